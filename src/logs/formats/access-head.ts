/** What stands before the time of an odd access line: virtual host, client, forwarded addresses, user. */
import { isHostName, type Peer, readIp, readPeer } from '../../events/address.ts';
import type { AccessSpans } from './access-spans.ts';
import { isDash, spaceAfter, type Token } from './line-range.ts';

const MAX_HEAD_TOKENS = 64;

/**
 * `client ident user`, `vhost[:port] client[, client...] ident user`, `client ident`, `client`; false when what
 * stands there is no client.
 * @param isWrapped something else's stamp stands in front or a quote is open, so that the rest must be beyond doubt
 */
export function readHead(
  text: string,
  start: number,
  end: number,
  spans: AccessSpans,
  isWrapped: boolean,
): boolean {
  const tokens = splitTokens(text, start, end, MAX_HEAD_TOKENS);
  const [first, second, third] = tokens;
  if (first === undefined) return false;
  let at = 0;
  if (tokens.length >= 4 && isVhostBefore(text, tokens)) {
    setVhost(text, first, spans);
    at = 1;
  } else if (tokens.length === 3 && second !== undefined && third !== undefined) {
    // Some hosters write `client vhost user`.
    if (text.slice(second.start, second.end).includes('.')) setVhost(text, second, spans);
  }
  const afterClient = readClient(text, tokens, at, spans);
  if (afterClient < 0 || (isWrapped && !isBeyondDoubt(text, tokens, spans))) return false;
  readUser(text, tokens, afterClient, spans);
  return true;
}

/** A name in front of a client; an address is a virtual host only in front of another one or of `name - -`. */
function isVhostBefore(text: string, [first, second, third]: readonly Token[]): boolean {
  if (first === undefined || second === undefined || third === undefined) return false;
  if (isDash(text, second) || first.isQuoted || endsWithComma(text, first)) return false;
  const isAddress = readPeer(text.slice(first.start, first.end))?.ip !== undefined;
  return !isAddress || isClient(text, second) || isDash(text, third);
}

const isClient = (text: string, token: Token): boolean =>
  token.isQuoted ||
  endsWithComma(text, token) ||
  readPeer(text.slice(token.start, token.end))?.ip !== undefined;

/** An address in front, and no tag of syslog where the ident stands. */
function isBeyondDoubt(text: string, tokens: readonly Token[], spans: AccessSpans): boolean {
  const client = readPeer(text.slice(spans.clientStart, spans.clientEnd));
  if (client?.ip === undefined || tokens.length < 2) return false;
  const ident = tokens[1] as Token;
  if (isDash(text, ident)) return true;
  return tokens.slice(1, 3).every(({ start, end }) => !/[[:]/.test(text.slice(start, end)));
}

/** Words that stand in front of a client without being a site: levels, streams, stamps. */
const NO_SITE = /^(?:[a-z]*(?:info|error|warn(?:ing)?|notice|debug|access|stdout|stderr)|[a-z])$/i;

/** Could the text be a virtual host, with or without port? */
export function isVirtualHost(text: string): boolean {
  const peer = readPeer(text);
  return peer !== undefined && !NO_SITE.test(peer.address);
}

function setVhost(text: string, token: Token, spans: AccessSpans): void {
  if (!isVirtualHost(text.slice(token.start, token.end))) return;
  spans.vhostStart = token.start;
  spans.vhostEnd = portStart(text, token.start, token.end);
}

/** A client to be, and where it stands. */
interface Candidate extends Token {
  peer: Peer | undefined;
}

/** Reads one address or a list of forwarded ones; keeps the first public one, else the first. */
function readClient(
  text: string,
  tokens: readonly Token[],
  from: number,
  spans: AccessSpans,
): number {
  const listed: Candidate[] = [];
  let at = from;
  let isList = false;
  for (; at < tokens.length; at++) {
    const token = tokens[at] as Token;
    for (const part of splitList(text, token)) listed.push(part);
    isList ||= token.isQuoted || endsWithComma(text, token);
    if (token.isQuoted || !endsWithComma(text, token)) break;
  }
  // `"list" proxy - -`: the address after a list is the proxy.
  const next = tokens[at + 1];
  if (isList && tokens[at]?.isQuoted === true && next !== undefined && isClient(text, next)) {
    at++;
    for (const part of splitList(text, next)) listed.push(part);
  }
  const chosen =
    listed.find(({ peer }) => peer?.ip !== undefined && isPublic(peer.ip)) ??
    listed.find(({ peer }) => peer !== undefined) ??
    listed[0];
  if (chosen === undefined || !isNamed(text, chosen)) return -1;
  if (isList && listed.length > 1) {
    spans.forwardedStart = listed[0]?.start ?? -1;
    spans.forwardedEnd = listed.at(-1)?.end ?? -1;
  }
  spans.clientStart = chosen.start;
  spans.clientEnd = chosen.end;
  return at + 1;
}

/** Addresses, host names, a dash for nobody, `unix:`; nothing that could belong to JSON or prose. */
function isNamed(text: string, { peer, start, end }: Candidate): boolean {
  if (peer !== undefined) return true;
  const written = text.slice(start, end);
  return written === '-' || written === '_' || written === 'unknown' || written === 'unix:';
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
    // An open quote runs to the end of the head, but not over the blank in front of the stamp.
    const stop = close < 0 ? Math.max(at + 1, text.slice(at, end).trimEnd().length + at) : close;
    tokens.push({ start: isQuoted ? at + 1 : at, end: stop, isQuoted });
    at = isQuoted ? stop + 1 : stop;
  }
  // A user name longer than the limit ends where the head ends.
  const last = tokens[limit - 1];
  if (last !== undefined && at < end) last.end = text.slice(start, end).trimEnd().length + start;
  return tokens;
}

function splitList(text: string, token: Token): Candidate[] {
  const parts: Candidate[] = [];
  let start = token.start;
  for (let at = token.start; at <= token.end; at++) {
    const code = at < token.end ? text.charCodeAt(at) : 44;
    if (code !== 44 && code !== 32) continue;
    if (at > start) {
      parts.push({ start, end: at, isQuoted: false, peer: readPeer(text.slice(start, at)) });
    }
    start = at + 1;
  }
  return parts;
}

const endsWithComma = (text: string, token: Token | undefined): boolean =>
  token !== undefined && text[token.end - 1] === ',';

const PRIVATE = /^(?:(?:10|127|192\.168|169\.254|172\.(?:1[6-9]|2\d|3[01]))\.|::1?$|f[cd]|fe80)/;

/** The first address of the public network, else the first. */
export const firstPublic = (ips: readonly string[]): string | undefined =>
  ips.find(isPublic) ?? ips[0];

const isPublic = (ip: string): boolean => !PRIVATE.test(ip);

/** Where the port of a host begins, else `end`; the colons of a bare IPv6 address are no port. */
function portStart(text: string, start: number, end: number): number {
  const colon = text.lastIndexOf(':', end - 1);
  if (colon <= start || !/^\d{1,5}$/.test(text.slice(colon + 1, end))) return end;
  const host = text.slice(start, colon);
  return host.endsWith(']') || isHostName(host) || readIp(host) !== undefined ? colon : end;
}

/** The first quote that no backslash escapes, or -1. */
export function closingQuote(text: string, from: number, end: number): number {
  for (let at = from; at < end; at++) {
    const code = text.charCodeAt(at);
    if (code === 92) at++;
    else if (code === 34) return at;
  }
  return -1;
}
