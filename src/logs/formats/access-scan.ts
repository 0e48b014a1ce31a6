/**
 * The hot path of the access format: finds where the fields of a line lie, without making a string.
 * Knows positions only; what they mean as an event is `access.ts`, odd lines are `access-odd.ts`.
 */
import { scanOddAccess } from './access-odd.ts';
import type { AccessSpans } from './access-spans.ts';

const SPACE = 32;
const QUOTE = 34;
const DASH = 45;
const SLASH = 47;
const COLON = 58;
const QUESTION = 63;
const OPEN = 91;
const BACKSLASH = 92;
const CLOSE = 93;

/**
 * Finds the fields of the access line `text[start, end)` (no line ending) and writes their positions to
 * `spans`. `text` may be a large latin1 chunk of many lines; nothing is copied or allocated, and nothing
 * before `start` or at and after `end` decides the result. Returns false when this is no access line; `spans`
 * is then undefined in content.
 *
 *     const spans = createAccessSpans();            // once
 *     if (scanAccess(chunk, start, end, spans)) {
 *       const us = accessTime(chunk, spans, clock); // microseconds
 *       spans.status;                               // numbers are ready
 *       chunk.slice(spans.targetStart, spans.targetEnd); // strings only when a rule asks
 *     }
 *
 * Callers that keep a slice beyond the chunk should copy it: V8 slices hold the whole chunk.
 */
export function scanAccess(text: string, start: number, end: number, spans: AccessSpans): boolean {
  // `client - user [` or `vhost client - user [`; anything else in front goes the careful way.
  let clientStart = start;
  let clientEnd = tokenEnd(text, start, end);
  spans.vhostStart = -1;
  spans.vhostEnd = -1;
  if (text.charCodeAt(clientEnd + 1) !== DASH || text.charCodeAt(clientEnd + 2) !== SPACE) {
    if (!isHostToken(text, start, clientEnd)) return scanOddAccess(text, start, end, spans);
    spans.vhostStart = start;
    spans.vhostEnd = portStart(text, start, clientEnd);
    clientStart = clientEnd + 1;
    clientEnd = tokenEnd(text, clientStart, end);
    if (text.charCodeAt(clientEnd + 1) !== DASH || text.charCodeAt(clientEnd + 2) !== SPACE) {
      return scanOddAccess(text, start, end, spans);
    }
  }
  const userStart = clientEnd + 3;
  const userEnd = tokenEnd(text, userStart, end);
  const bracket = userEnd + 1;
  // Shortest line: the stamp, an empty request and a status.
  if (
    bracket + 34 > end ||
    text.charCodeAt(bracket) !== OPEN ||
    text.charCodeAt(bracket + 27) !== CLOSE ||
    text.charCodeAt(bracket + 3) !== SLASH ||
    text.charCodeAt(bracket + 12) !== COLON ||
    text.charCodeAt(bracket + 29) !== QUOTE ||
    !isPlainClient(text, clientStart, clientEnd)
  ) {
    return scanOddAccess(text, start, end, spans);
  }
  spans.clientStart = clientStart;
  spans.clientEnd = clientEnd;
  const isAnonymous = userEnd - userStart === 1 && text.charCodeAt(userStart) === DASH;
  spans.userStart = isAnonymous ? -1 : userStart;
  spans.userEnd = isAnonymous ? -1 : userEnd;
  spans.timeStart = bracket + 1;
  spans.timeEnd = bracket + 27;
  return scanRequest(text, bracket + 30, end, spans) || scanOddAccess(text, start, end, spans);
}

function tokenEnd(text: string, start: number, end: number): number {
  let at = start;
  while (at < end && text.charCodeAt(at) !== SPACE) at++;
  return at;
}

/** Not a list member (`a,`), not quoted, not a bracket: could be `www.example.com:443`. */
function isHostToken(text: string, start: number, end: number): boolean {
  if (end <= start) return false;
  const first = text.charCodeAt(start);
  return first !== QUOTE && first !== OPEN && first !== DASH && text.charCodeAt(end - 1) !== 44;
}

/** Digits and dots, an IPv6 address without port, or a name: no port to cut off, no quote, no list. */
function isPlainClient(text: string, start: number, end: number): boolean {
  let colons = 0;
  for (let at = start; at < end; at++) {
    const code = text.charCodeAt(at);
    if (code === COLON) colons++;
    else if (code === QUOTE || code === OPEN || code === 44) return false;
  }
  return end > start && colons !== 1;
}

/** Where `:443` at the end of a host begins, else `end`. */
function portStart(text: string, start: number, end: number): number {
  let at = end - 1;
  while (at > start && isDigit(text.charCodeAt(at))) at--;
  return at > start && at < end - 1 && text.charCodeAt(at) === COLON ? at : end;
}

const isDigit = (code: number): boolean => code >= 48 && code <= 57;

/**
 * From the first character of the request on. A quote is looked for with `indexOf`, which may run past
 * `end`: only a line that itself has a quote starts such a search, so all searches together stay linear.
 */
function scanRequest(text: string, from: number, end: number, spans: AccessSpans): boolean {
  const quote = text.indexOf('"', from);
  if (quote < 0 || quote + 5 > end || text.charCodeAt(quote - 1) === BACKSLASH) return false;
  spans.requestStart = from;
  spans.requestEnd = quote;
  spans.hasEscape = false;
  if (!splitRequestLine(text, from, quote, spans)) return false;

  const hundreds = text.charCodeAt(quote + 2) - 48;
  const tens = text.charCodeAt(quote + 3) - 48;
  const ones = text.charCodeAt(quote + 4) - 48;
  if (!(hundreds >= 0 && hundreds <= 9 && tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9)) {
    return false;
  }
  spans.status = hundreds * 100 + tens * 10 + ones;
  let at = quote + 6;
  let bytes = 0;
  const bytesStart = at;
  for (; at < end; at++) {
    const digit = text.charCodeAt(at) - 48;
    if (!(digit >= 0 && digit <= 9)) break;
    bytes = bytes * 10 + digit;
  }
  if (at === bytesStart) {
    if (at >= end || text.charCodeAt(at) !== DASH) return false;
    bytes = -1;
    at++;
  }
  spans.bytes = bytes;
  return scanTail(text, at, end, spans);
}

/** Splits `GET /path?query HTTP/1.1`; the usual shape only. */
function splitRequestLine(text: string, from: number, quote: number, spans: AccessSpans): boolean {
  if (
    quote - from < 11 ||
    text.charCodeAt(quote - 9) !== SPACE ||
    text.charCodeAt(quote - 8) !== 72 ||
    text.charCodeAt(quote - 4) !== SLASH
  ) {
    return false;
  }
  let at = from;
  for (; at < quote; at++) {
    const code = text.charCodeAt(at);
    if (code < 65 || code > 90) break;
  }
  const targetEnd = quote - 9;
  if (at === from || text.charCodeAt(at) !== SPACE || at + 1 >= targetEnd) return false;
  spans.methodStart = from;
  spans.methodEnd = at;
  spans.targetStart = at + 1;
  spans.targetEnd = targetEnd;
  spans.versionStart = quote - 3;
  spans.versionEnd = quote;
  spans.queryStart = -1;
  for (at++; at < targetEnd; at++) {
    const code = text.charCodeAt(at);
    if (code === QUESTION && spans.queryStart < 0) spans.queryStart = at + 1;
    else if (code === BACKSLASH) spans.hasEscape = true;
  }
  return true;
}

/** Referrer, user agent and the rest, from the character after the size. */
function scanTail(text: string, at: number, end: number, spans: AccessSpans): boolean {
  spans.extrasEnd = end;
  if (at >= end) {
    spans.referrerStart = spans.referrerEnd = spans.agentStart = spans.agentEnd = -1;
    spans.extrasStart = end;
    return true;
  }
  if (text.charCodeAt(at) !== SPACE || text.charCodeAt(at + 1) !== QUOTE) return false;
  const referrerEnd = text.indexOf('"', at + 2);
  if (
    referrerEnd < 0 ||
    referrerEnd + 2 >= end ||
    text.charCodeAt(referrerEnd - 1) === BACKSLASH ||
    text.charCodeAt(referrerEnd + 1) !== SPACE ||
    text.charCodeAt(referrerEnd + 2) !== QUOTE
  ) {
    return false;
  }
  const agentStart = referrerEnd + 3;
  const agentEnd = text.indexOf('"', agentStart);
  if (agentEnd < 0 || agentEnd >= end || text.charCodeAt(agentEnd - 1) === BACKSLASH) return false;
  // A quote in the middle of a word closes nothing: leave it to the careful reader.
  if (agentEnd + 1 < end && text.charCodeAt(agentEnd + 1) !== SPACE) return false;
  const hasReferrer = referrerEnd > at + 3 || text.charCodeAt(at + 2) !== DASH;
  const isReferrerEmpty = referrerEnd === at + 2;
  spans.referrerStart = hasReferrer && !isReferrerEmpty ? at + 2 : -1;
  spans.referrerEnd = hasReferrer && !isReferrerEmpty ? referrerEnd : -1;
  const isAgentAbsent =
    agentEnd === agentStart ||
    (agentEnd === agentStart + 1 && text.charCodeAt(agentStart) === DASH);
  spans.agentStart = isAgentAbsent ? -1 : agentStart;
  spans.agentEnd = isAgentAbsent ? -1 : agentEnd;
  spans.extrasStart = agentEnd + 1;
  return true;
}
