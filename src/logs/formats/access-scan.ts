/**
 * The hot path of the access format: finds where the fields of a line lie, without making a string.
 * Knows positions only; what they mean as an event is `access.ts`, odd lines are `access-odd.ts`.
 */
import { scanOddAccess } from './access-odd.ts';
import { type AccessSpans, moveSpans } from './access-spans.ts';
import { addressEnd, ipv4Number, ipv4NumberOf, lastAddress } from './ipv4-number.ts';

const SPACE = 32;
const QUOTE = 34;
const DASH = 45;
const SLASH = 47;
const COLON = 58;
const OPEN = 91;
const BACKSLASH = 92;
const CLOSE = 93;

/** Characters of a target that mean something. */
const ENCODING = 1;
const ESCAPE = 2;
const QUERY = 3;
const MARKS = new Uint8Array(256);
for (const code of [37, 43, 59]) MARKS[code] = ENCODING;
MARKS[BACKSLASH] = ESCAPE;
MARKS[63] = QUERY;

/**
 * Finds the fields of the access line `bytes[start, end)` (no line ending) and writes their positions to
 * `spans`. `bytes` may hold many lines; nothing is copied or allocated for usual lines, and nothing before
 * `start` or at and after `end` decides the result. Returns false when this is no access line; `spans` is then
 * undefined in content.
 *
 *     const spans = createAccessSpans();            // once
 *     if (scanAccess(bytes, start, end, spans)) {
 *       const us = accessTime(bytes, spans, clock); // microseconds
 *       spans.status;                               // numbers are ready
 *       bytes.toString('latin1', spans.targetStart, spans.targetEnd); // strings only when a rule asks
 *     }
 */
export function scanAccess(bytes: Buffer, start: number, end: number, spans: AccessSpans): boolean {
  // `client - user [` or `vhost client - user [`; anything else in front goes the careful way.
  spans.vhostStart = -1;
  spans.vhostEnd = -1;
  let clientStart = start;
  let clientEnd = addressEnd(bytes, start, end);
  if (clientEnd < 0 || !isBeforeUser(bytes, clientEnd)) {
    clientEnd = tokenEnd(bytes, start, end);
    if (!isBeforeUser(bytes, clientEnd)) {
      if (!isHostToken(bytes, start, clientEnd)) return scanOdd(bytes, start, end, spans);
      spans.vhostStart = start;
      spans.vhostEnd = portStart(bytes, start, clientEnd);
      clientStart = clientEnd + 1;
      clientEnd = tokenEnd(bytes, clientStart, end);
      if (!isBeforeUser(bytes, clientEnd)) return scanOdd(bytes, start, end, spans);
    }
    if (!isPlainClient(bytes, clientStart, clientEnd)) return scanOdd(bytes, start, end, spans);
    spans.clientAddress = addressOf(bytes, clientStart, clientEnd);
  } else spans.clientAddress = lastAddress();
  const userStart = clientEnd + 3;
  const userEnd = tokenEnd(bytes, userStart, end);
  const bracket = userEnd + 1;
  // Shortest line: the stamp, an empty request and a status.
  if (
    bracket + 34 > end ||
    (bytes[bracket] as number) !== OPEN ||
    (bytes[bracket + 27] as number) !== CLOSE ||
    (bytes[bracket + 3] as number) !== SLASH ||
    (bytes[bracket + 12] as number) !== COLON ||
    (bytes[bracket + 29] as number) !== QUOTE
  ) {
    return scanOdd(bytes, start, end, spans);
  }
  spans.clientStart = clientStart;
  spans.clientEnd = clientEnd;
  spans.forwardedStart = spans.forwardedEnd = -1;
  const isAnonymous = userEnd - userStart === 1 && (bytes[userStart] as number) === DASH;
  spans.userStart = isAnonymous ? -1 : userStart;
  spans.userEnd = isAnonymous ? -1 : userEnd;
  spans.timeStart = bracket + 1;
  spans.timeEnd = bracket + 27;
  if (!scanRequest(bytes, bracket + 30, end, spans)) return scanOdd(bytes, start, end, spans);
  // What looks like a name with a request behind it may be a name that holds one.
  const isPlain = isAnonymous || !hasBracket(bytes, spans.extrasStart, end);
  return isPlain || scanOdd(bytes, start, end, spans);
}

function scanOdd(bytes: Buffer, start: number, end: number, spans: AccessSpans): boolean {
  if (!scanOddAccess(bytes.toString('latin1', start, end), 0, end - start, spans)) return false;
  moveSpans(spans, start);
  spans.clientAddress = addressOf(bytes, spans.clientStart, spans.clientEnd);
  spans.isEncoded = true;
  return true;
}

/** The client's number; names and IPv6 addresses, but those that stand for IPv4, have none. */
function addressOf(bytes: Buffer, start: number, end: number): number {
  const address = ipv4Number(bytes, start, end);
  if (address >= 0) return address;
  const first = bytes[start] as number;
  // `::ffff:192.0.2.1`, `[::ffff:192.0.2.1]:443`, `192.0.2.1:5000`, `192.0.2.1.5000`, and the same written at length.
  const mayBeIpv4 = isDigit(first) || first === COLON || first === OPEN;
  return mayBeIpv4 ? ipv4NumberOf(bytes.toString('latin1', start, end)) : -1;
}

function hasBracket(bytes: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (bytes[at] === OPEN) return true;
  return false;
}

/** Do ` - ` and the user follow? */
const isBeforeUser = (bytes: Buffer, at: number): boolean =>
  bytes[at + 1] === DASH && bytes[at + 2] === SPACE && bytes[at] === SPACE;

function tokenEnd(bytes: Buffer, start: number, end: number): number {
  let at = start;
  while (at < end && (bytes[at] as number) !== SPACE) at++;
  return at;
}

/** A name with a dot, perhaps with a port: `www.example.com:443`. Anything else is for the careful reader. */
function isHostToken(bytes: Buffer, start: number, end: number): boolean {
  let dots = 0;
  let letters = 0;
  let at = start;
  for (; at < end; at++) {
    const code = bytes[at] as number;
    const letter = code | 32;
    if (letter >= 97 && letter <= 122) letters++;
    else if (code === 46) dots++;
    else if (!isDigit(code) && code !== DASH) break;
  }
  const isName = dots > 0 && letters > 0 && isLetterOrDigit(bytes[start] as number);
  if (!isName || !isLetterOrDigit(bytes[at - 1] as number)) return false;
  return at === end || portStart(bytes, start, end) === at;
}

const isLetterOrDigit = (code: number): boolean =>
  isDigit(code) || ((code | 32) >= 97 && (code | 32) <= 122);

/** Digits and dots, an IPv6 address without port, or a name: no port to cut off, no quote, no list. */
function isPlainClient(bytes: Buffer, start: number, end: number): boolean {
  let colons = 0;
  for (let at = start; at < end; at++) {
    const code = bytes[at] as number;
    if (code === COLON) colons++;
    else if (code === QUOTE || code === OPEN || code === 44) return false;
  }
  return end > start && colons !== 1;
}

/** Where `:443` at the end of a host begins, else `end`. */
function portStart(bytes: Buffer, start: number, end: number): number {
  let at = end - 1;
  while (at > start && isDigit(bytes[at] as number)) at--;
  return at > start && at < end - 1 && (bytes[at] as number) === COLON ? at : end;
}

const isDigit = (code: number): boolean => code >= 48 && code <= 57;

/**
 * From the first character of the request on. A quote is looked for with `indexOf`, which may run past
 * `end`: only a line that itself has a quote starts such a search, so all searches together stay linear.
 */
function scanRequest(bytes: Buffer, from: number, end: number, spans: AccessSpans): boolean {
  const quote = bytes.indexOf(QUOTE, from);
  if (quote < 0 || quote + 5 > end || (bytes[quote - 1] as number) === BACKSLASH) return false;
  spans.requestStart = from;
  spans.requestEnd = quote;
  spans.hasEscape = false;
  if (!splitRequestLine(bytes, from, quote, spans)) return false;

  const hundreds = (bytes[quote + 2] as number) - 48;
  const tens = (bytes[quote + 3] as number) - 48;
  const ones = (bytes[quote + 4] as number) - 48;
  if (!(hundreds >= 0 && hundreds <= 9 && tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9)) {
    return false;
  }
  spans.status = hundreds * 100 + tens * 10 + ones;
  let at = quote + 6;
  let size = 0;
  const sizeStart = at;
  for (; at < end; at++) {
    const digit = (bytes[at] as number) - 48;
    if (!(digit >= 0 && digit <= 9)) break;
    size = size * 10 + digit;
  }
  if (at === sizeStart) {
    if (at >= end || (bytes[at] as number) !== DASH) return false;
    size = -1;
    at++;
  }
  spans.bytes = size;
  return scanTail(bytes, at, end, spans);
}

/** Splits `GET /path?query HTTP/1.1`; the usual shape only. */
function splitRequestLine(bytes: Buffer, from: number, quote: number, spans: AccessSpans): boolean {
  if (
    quote - from < 11 ||
    (bytes[quote - 9] as number) !== SPACE ||
    (bytes[quote - 8] as number) !== 72 ||
    (bytes[quote - 4] as number) !== SLASH
  ) {
    return false;
  }
  let at = from;
  for (; at < quote; at++) {
    const code = bytes[at] as number;
    if (code < 65 || code > 90) break;
  }
  const targetEnd = quote - 9;
  if (at === from || (bytes[at] as number) !== SPACE || at + 1 >= targetEnd) return false;
  spans.methodStart = from;
  spans.methodEnd = at;
  spans.targetStart = at + 1;
  spans.targetEnd = targetEnd;
  spans.versionStart = quote - 3;
  spans.versionEnd = quote;
  spans.queryStart = -1;
  spans.isEncoded = false;
  for (at++; at < targetEnd; at++) {
    const mark = MARKS[bytes[at] as number];
    if (mark === 0) continue;
    if (mark === ENCODING) spans.isEncoded = true;
    else if (mark === ESCAPE) spans.hasEscape = true;
    else if (spans.queryStart < 0) spans.queryStart = at + 1;
  }
  return true;
}

/** Referrer, user agent and the rest, from the character after the size. */
function scanTail(bytes: Buffer, at: number, end: number, spans: AccessSpans): boolean {
  spans.extrasEnd = end;
  if (at >= end) {
    spans.referrerStart = spans.referrerEnd = spans.agentStart = spans.agentEnd = -1;
    spans.extrasStart = end;
    return true;
  }
  if ((bytes[at] as number) !== SPACE || (bytes[at + 1] as number) !== QUOTE) return false;
  const referrerEnd = bytes.indexOf(QUOTE, at + 2);
  if (
    referrerEnd < 0 ||
    referrerEnd + 2 >= end ||
    (bytes[referrerEnd - 1] as number) === BACKSLASH ||
    (bytes[referrerEnd + 1] as number) !== SPACE ||
    (bytes[referrerEnd + 2] as number) !== QUOTE
  ) {
    return false;
  }
  const agentStart = referrerEnd + 3;
  const agentEnd = bytes.indexOf(QUOTE, agentStart);
  if (agentEnd < 0 || agentEnd >= end || (bytes[agentEnd - 1] as number) === BACKSLASH)
    return false;
  // A quote in the middle of a word closes nothing: leave it to the careful reader.
  if (agentEnd + 1 < end && (bytes[agentEnd + 1] as number) !== SPACE) return false;
  const hasReferrer = referrerEnd > at + 3 || (bytes[at + 2] as number) !== DASH;
  const isReferrerEmpty = referrerEnd === at + 2;
  spans.referrerStart = hasReferrer && !isReferrerEmpty ? at + 2 : -1;
  spans.referrerEnd = hasReferrer && !isReferrerEmpty ? referrerEnd : -1;
  const isAgentAbsent =
    agentEnd === agentStart ||
    (agentEnd === agentStart + 1 && (bytes[agentStart] as number) === DASH);
  spans.agentStart = isAgentAbsent ? -1 : agentStart;
  spans.agentEnd = isAgentAbsent ? -1 : agentEnd;
  spans.extrasStart = agentEnd + 1;
  return true;
}
