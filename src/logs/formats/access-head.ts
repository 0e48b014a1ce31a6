/** What stands before the time of an odd access line: virtual host, client, forwarded addresses, user. */
import type { AccessSpans } from './access-spans.ts';
import { isDash, isDigitAt, lastIndexAfter, spaceAfter, type Token } from './line-range.ts';

const MAX_HEAD_TOKENS = 64;
/** Addresses, host names, `unix:`; nothing that could belong to JSON or prose. */
const CLIENT = /^[\w.:%-]+$/;

/** `client ident user`, `vhost[:port] client[, client...] ident user`, `client ident`, `client`. */
export function readHead(text: string, start: number, end: number, spans: AccessSpans): boolean {
  const tokens = splitTokens(text, start, end, MAX_HEAD_TOKENS);
  if (tokens.length === 0) return false;
  let at = 0;
  const second = tokens[1];
  const third = tokens[2];
  if (
    tokens.length >= 4 &&
    second !== undefined &&
    !isDash(text, second) &&
    !endsWithComma(text, tokens[0])
  ) {
    setVhost(text, tokens[0] as Token, spans);
    at = 1;
  } else if (tokens.length === 3 && second !== undefined && third !== undefined) {
    // Some hosters write `client vhost user`.
    if (text.slice(second.start, second.end).includes('.')) setVhost(text, second, spans);
  }
  const afterClient = readClient(text, tokens, at, spans);
  if (afterClient < 0) return false;
  readUser(text, tokens, afterClient, spans);
  return true;
}

function setVhost(text: string, token: Token, spans: AccessSpans): void {
  spans.vhostStart = token.start;
  spans.vhostEnd = cutPort(text, token.start, token.end);
}

/** Reads one address or a list of forwarded ones; keeps the first public one, else the first. */
function readClient(
  text: string,
  tokens: readonly Token[],
  from: number,
  spans: AccessSpans,
): number {
  let at = from;
  let chosen: Token | undefined;
  let isChosenPublic = false;
  for (; at < tokens.length; at++) {
    const token = tokens[at] as Token;
    const isListed = token.isQuoted || endsWithComma(text, token);
    for (const address of splitList(text, token)) {
      if (chosen === undefined || (!isChosenPublic && isPublicIp(text, address))) chosen = address;
      isChosenPublic = isPublicIp(text, chosen);
    }
    if (!isListed) break;
  }
  // `"list" proxy - -`: the address after a list is the proxy.
  const next = tokens[at + 1];
  if (next !== undefined && at > from && tokens.length - at > 3 && !isDash(text, next)) at++;
  if (chosen === undefined) return -1;
  const isBracketed = text[chosen.start] === '[';
  const end = cutPort(text, chosen.start, chosen.end);
  spans.clientStart = isBracketed ? chosen.start + 1 : chosen.start;
  spans.clientEnd = isBracketed && text[end - 1] === ']' ? end - 1 : end;
  const client = text.slice(spans.clientStart, spans.clientEnd);
  return CLIENT.test(client) ? at + 1 : -1;
}

/** The tokens after the client: `ident user`, where a user name may hold spaces. */
function readUser(text: string, tokens: readonly Token[], from: number, spans: AccessSpans): void {
  const last = tokens[tokens.length - 1];
  if (last === undefined || tokens.length <= from || isDash(text, last)) return;
  const first = tokens[tokens.length - from >= 2 ? from + 1 : from] as Token;
  if (last.end <= first.start) return;
  spans.userStart = first.start;
  spans.userEnd = last.end;
}

function splitTokens(text: string, start: number, end: number, limit: number): Token[] {
  const tokens: Token[] = [];
  let at = start;
  while (at < end && tokens.length < limit) {
    if (text.charCodeAt(at) <= 32) {
      at++;
      continue;
    }
    const isQuoted = text.charCodeAt(at) === 34;
    const close = isQuoted ? closingQuote(text, at + 1, end) : spaceAfter(text, at, end);
    const stop = close < 0 ? end : close;
    tokens.push({ start: isQuoted ? at + 1 : at, end: stop, isQuoted });
    at = isQuoted ? stop + 1 : stop;
  }
  return tokens;
}

function splitList(text: string, token: Token): Token[] {
  const parts: Token[] = [];
  let start = token.start;
  for (let at = token.start; at <= token.end; at++) {
    const code = at < token.end ? text.charCodeAt(at) : 44;
    if (code !== 44 && code !== 32) continue;
    if (at > start) parts.push({ start, end: at, isQuoted: false });
    start = at + 1;
  }
  return parts;
}

const endsWithComma = (text: string, token: Token | undefined): boolean =>
  token !== undefined && text[token.end - 1] === ',';

const PRIVATE_V4 = /^(?:10|127|192\.168|169\.254|172\.(?:1[6-9]|2\d|3[01]))\./;

function isPublicIp(text: string, token: Token): boolean {
  const address = text.slice(token.start, token.end);
  if (/^\d{1,3}(?:\.\d{1,3}){3}$/.test(address)) return !PRIVATE_V4.test(address);
  return address.includes(':') && !/^(?:::1$|f[cd]|fe80)/i.test(address);
}

/** End of a host without its `:port`; the colons of a bare IPv6 address are no port. */
function cutPort(text: string, start: number, end: number): number {
  const colon = lastIndexAfter(text, 58, start, end);
  if (colon <= start || colon === end - 1) return end;
  for (let at = colon + 1; at < end; at++) if (!isDigitAt(text, at)) return end;
  const isBareIpv6 = text[colon - 1] !== ']' && lastIndexAfter(text, 58, start, colon) >= 0;
  return isBareIpv6 ? end : colon;
}

/** The first quote that no backslash escapes, or -1. */
function closingQuote(text: string, from: number, end: number): number {
  for (let at = from; at < end; at++) {
    const code = text.charCodeAt(at);
    if (code === 92) at++;
    else if (code === 34) return at;
  }
  return -1;
}
