/**
 * The careful reader of access lines, for what the hot path in `access-scan.ts` turns down: address lists,
 * ports, quoted lines, escaped quotes, malformed requests, missing fields, fields between size and referrer.
 * Linear in the line's length.
 */
import { closingQuote, isVirtualHost, readHead } from './access-head.ts';
import type { AccessSpans } from './access-spans.ts';
import { isDash, isDigitAt, lastIndexAfter, spaceAfter, type Token } from './line-range.ts';
import { emptyStamp, readStamp } from './syslog-stamp.ts';

/** Longer heads than this are no access line. */
const MAX_HEAD = 4096;

/** As `scanAccess`, for any shape of line. */
export function scanOddAccess(
  text: string,
  lineStart: number,
  lineEnd: number,
  spans: AccessSpans,
): boolean {
  clear(spans);
  let start = lineStart;
  let end = lineEnd;
  while (end > start && text.charCodeAt(end - 1) <= 32) end--;
  if (isWrapped(text, start, end)) {
    start++;
    end--;
  }
  if (isForeign(text, start)) return false;
  const bracket = findStamp(text, start, end, spans);
  if (bracket >= 0 && readFrom(text, start, bracket, end, spans, false)) return true;
  const unbalanced = findUnbalancedStamp(text, start, end, spans);
  if (unbalanced < 0) return false;
  clear(spans);
  spans.timeStart = unbalanced + 1;
  spans.timeEnd = stampEnd(text, unbalanced) - 1;
  // Other logs quote a refused name that may hold all this, so that the client must be beyond doubt.
  return readFrom(text, start, unbalanced, end, spans, true);
}

/** Reads what stands before the stamp at `bracket` and what follows it. */
const readFrom = (
  text: string,
  start: number,
  bracket: number,
  end: number,
  spans: AccessSpans,
  isDoubted: boolean,
): boolean =>
  readHead(text, start, bracket, spans, isDoubted) &&
  readRequest(text, spans.timeEnd + 1, end, spans);

/** Some exports wrap the whole line in quotes without escaping what is inside: the next quote opens the request. */
function isWrapped(text: string, start: number, end: number): boolean {
  if (text[start] !== '"' || text[end - 1] !== '"' || !isAddressStart(text, start + 1))
    return false;
  const quote = closingQuote(text, start + 1, end);
  return text.slice(start, Math.min(quote < 0 ? end : quote, start + MAX_HEAD)).includes('[');
}

const foreign = emptyStamp();
const BRACKETED = /\[[\w:.%]{2,64}\]/y;

/**
 * Does the line begin as those of another log do, in which whoever logged in may have written an access line as his
 * name?
 */
function isForeign(text: string, start: number): boolean {
  if ('<{@'.includes(text.charAt(start))) return true;
  // Other logs begin with their stamp in brackets.
  BRACKETED.lastIndex = start;
  if (text.charCodeAt(start) === 91 && !BRACKETED.test(text)) return true;
  return readStamp(text, start, foreign);
}

function clear(spans: AccessSpans): void {
  spans.vhostStart = spans.vhostEnd = spans.clientStart = spans.clientEnd = -1;
  spans.userStart = spans.userEnd = spans.requestStart = spans.requestEnd = -1;
  spans.methodStart = spans.methodEnd = spans.targetStart = spans.targetEnd = -1;
  spans.queryStart = spans.versionStart = spans.versionEnd = -1;
  spans.referrerStart = spans.referrerEnd = spans.agentStart = spans.agentEnd = -1;
  spans.extrasStart = spans.extrasEnd = spans.status = spans.bytes = -1;
  spans.hasEscape = false;
  spans.isEncoded = true;
  spans.clientAddress = -1;
  spans.forwardedStart = spans.forwardedEnd = -1;
}

const STAMP_AT =
  /\[(?:\d{1,2}\/(?:[A-Za-z]{3,9}|\d\d)\/\d{4}[: ]|(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\/\d\d\/\d{4}:|\d{4}-\d\d-\d\d[T ])[^\]"[]{4,32}\]/y;

/** The end of a stamp in brackets at `at`, or -1. */
function stampEnd(text: string, at: number): number {
  if (!isDigitAt(text, at + 1) && text[at + 4] !== '/') return -1;
  STAMP_AT.lastIndex = at;
  return STAMP_AT.test(text) ? STAMP_AT.lastIndex : -1;
}

/**
 * The `[` of the stamp, which is put into the spans. The user name in front of it may hold stamps of its own, so
 * it is the last one before the quote that opens the request; servers escape quotes in names.
 */
function findStamp(text: string, start: number, end: number, spans: AccessSpans): number {
  const limit = Math.min(end, start + MAX_HEAD);
  let bracket = -1;
  for (let at = start; at < limit; at++) {
    const code = text.charCodeAt(at);
    if (code === 92) at++;
    else if (code === 34 && bracket >= 0) break;
    else if (code === 34 && (at === start || text.charCodeAt(at - 1) <= 32)) {
      // A quoted field of the head, such as a list of forwarded addresses.
      const close = closingQuote(text, at + 1, limit);
      if (close > 0) at = close;
    } else if (code === 91) {
      const close = stampEnd(text, at);
      if (close < 0 || close > end) continue;
      setStamp(spans, at, close);
      bracket = at;
      at = close - 1;
    }
  }
  if (bracket < 0 || isAnonymous(text, bracket)) return bracket;
  return laterStamp(text, bracket, limit, spans);
}

/** Longer than any stamp in brackets. */
const MAX_STAMP = 64;

/**
 * The `[` of the stamp where a name holds one quote, which swallows the stamp up to the quote of the request: the
 * first with a request behind it and an odd number of quotes in front of it. Only for lines that read in no other
 * way, so that a name in two quotes stays one field.
 */
function findUnbalancedStamp(text: string, start: number, end: number, spans: AccessSpans): number {
  const limit = Math.min(end, start + MAX_HEAD);
  let quotes = 0;
  let counted = start;
  let close = text.indexOf('] "', start);
  for (; close >= 0 && close < limit; close = text.indexOf('] "', close + 1)) {
    for (; counted < close; counted++) if (text.charCodeAt(counted) === 34) quotes++;
    const from = Math.max(start, close - MAX_STAMP);
    const bracket = from + text.slice(from, close).lastIndexOf('[');
    if (quotes % 2 === 0 || bracket < from || stampEnd(text, bracket) !== close + 1) continue;
    setStamp(spans, bracket, close + 1);
    return laterStamp(text, bracket, limit, spans);
  }
  return -1;
}

function setStamp(spans: AccessSpans, bracket: number, end: number): void {
  spans.timeStart = bracket + 1;
  spans.timeEnd = end - 1;
}

/** Does a dash for nobody stand before the stamp? */
const isAnonymous = (text: string, bracket: number): boolean => text.startsWith(' - ', bracket - 3);

/**
 * Of a server that escapes nothing, a name may hold a whole access line: then a further stamp with a request
 * behind it stands outside all quotes.
 */
function laterStamp(text: string, from: number, end: number, spans: AccessSpans): number {
  let bracket = from;
  let at = spans.timeEnd + 1;
  if (!text.startsWith(' "', at)) return bracket;
  const request = requestEnd(text, at + 2, end);
  at = request < 0 ? end : request + 1;
  while (at < end) {
    const token = nextToken(text, at, end);
    if (token === undefined) break;
    at = token.isQuoted ? token.end + 1 : token.end;
    if (token.isQuoted || text[token.start] !== '[') continue;
    const close = stampEnd(text, token.start);
    if (close < 0 || !text.startsWith(' "', close)) continue;
    setStamp(spans, token.start, close);
    bracket = token.start;
    const next = requestEnd(text, close + 2, end);
    at = next < 0 ? end : next + 1;
  }
  return bracket;
}

const isAddressStart = (text: string, at: number): boolean => /[0-9A-Za-z:[]/.test(text.charAt(at));

function readRequest(text: string, from: number, end: number, spans: AccessSpans): boolean {
  let at = from;
  while (at < end && text.charCodeAt(at) === 32) at++;
  if (text[at] === '-' && (at + 1 >= end || text[at + 1] === ' ')) {
    spans.requestStart = spans.requestEnd = at;
    return readNumbers(text, at + 1, end, spans);
  }
  if (text[at] !== '"') {
    // Some write the virtual host between time and request.
    const hostEnd = spaceAfter(text, at, end);
    if (text[hostEnd] !== ' ' || text[hostEnd + 1] !== '"') return false;
    if (isVirtualHost(text.slice(at, hostEnd))) {
      spans.vhostStart = at;
      spans.vhostEnd = hostEnd;
    }
    at = hostEnd + 1;
  }
  const start = at + 1;
  const quote = requestEnd(text, start, end);
  spans.requestStart = start;
  spans.requestEnd = quote < 0 ? end : quote;
  splitRequest(text, start, spans.requestEnd, spans);
  spans.extrasStart = spans.extrasEnd = end;
  // Cut off in the request: what was read so far still stands.
  return quote < 0 || readNumbers(text, quote + 1, end, spans);
}

/**
 * The quote that ends the request: the first unescaped one before a status, else the first at all before a
 * status (servers that escape nothing), else the first unescaped one.
 */
function requestEnd(text: string, start: number, end: number): number {
  let firstUnescaped = -1;
  let firstBeforeStatus = -1;
  let isEscaped = false;
  for (let at = start; at < end; at++) {
    const code = text.charCodeAt(at);
    if (code === 34) {
      const isBeforeStatus = isStatusAt(text, at + 1, end);
      if (!isEscaped && isBeforeStatus) return at;
      if (!isEscaped && firstUnescaped < 0) firstUnescaped = at;
      if (isBeforeStatus && firstBeforeStatus < 0) firstBeforeStatus = at;
    }
    isEscaped = code === 92 && !isEscaped;
  }
  return firstBeforeStatus >= 0 ? firstBeforeStatus : firstUnescaped;
}

function isStatusAt(text: string, from: number, end: number): boolean {
  if (text[from] !== ' ') return false;
  if (text[from + 1] === '-') return from + 2 >= end || text[from + 2] === ' ';
  if (from + 4 > end) return false;
  for (let at = from + 1; at <= from + 3; at++) if (!isDigitAt(text, at)) return false;
  return from + 4 >= end || !isDigitAt(text, from + 4);
}

const METHOD = /^[A-Za-z][A-Za-z_-]{1,31}$/;

/** `METHOD target HTTP/x`, `METHOD target`; anything else leaves method and target absent. */
function splitRequest(text: string, start: number, end: number, spans: AccessSpans): void {
  for (let at = start; at < end; at++) if (text.charCodeAt(at) === 92) spans.hasEscape = true;
  const space = spaceAfter(text, start, end);
  if (space >= end || !METHOD.test(text.slice(start, space))) return;
  let targetStart = space;
  while (targetStart < end && text.charCodeAt(targetStart) === 32) targetStart++;
  const last = lastIndexAfter(text, 32, targetStart, end);
  const hasVersion = last >= targetStart && /^HTT?P\/\d/.test(text.slice(last + 1, last + 8));
  const targetEnd = hasVersion ? last : end;
  if (targetEnd <= targetStart) return;
  if (!hasVersion && !/^(?:[/*]|https?:)/.test(text.slice(targetStart, targetStart + 6))) return;
  spans.methodStart = start;
  spans.methodEnd = space;
  spans.targetStart = targetStart;
  spans.targetEnd = targetEnd;
  if (hasVersion) {
    spans.versionStart = text.indexOf('/', last) + 1;
    spans.versionEnd = end;
  }
  for (let at = targetStart; at < targetEnd; at++) {
    if (text.charCodeAt(at) === 63) {
      spans.queryStart = at + 1;
      return;
    }
  }
}

/** Status and size, then whatever bare fields stand before the first quoted one. */
function readNumbers(text: string, from: number, end: number, spans: AccessSpans): boolean {
  const status = nextToken(text, from, end);
  spans.extrasStart = spans.extrasEnd = end;
  if (status === undefined) return true;
  const code = text.slice(status.start, status.end);
  if (/^\d{3}$/.test(code)) spans.status = Number(code);
  else if (code !== '-') return false;
  const size = nextToken(text, status.end, end);
  if (size === undefined) return true;
  let at = size.end;
  const bytes = text.slice(size.start, size.end);
  if (!size.isQuoted && /^\d{1,15}$/.test(bytes)) spans.bytes = Number(bytes);
  else if (bytes !== '-') at = status.end;
  readReferrerAndAgent(text, at, end, spans);
  return true;
}

function nextToken(text: string, from: number, end: number): Token | undefined {
  let at = from;
  while (at < end && text.charCodeAt(at) <= 32) at++;
  if (at >= end) return undefined;
  if (text.charCodeAt(at) !== 34)
    return { start: at, end: spaceAfter(text, at, end), isQuoted: false };
  const quote = fieldEnd(text, at + 1, end);
  return { start: at + 1, end: quote, isQuoted: true };
}

/** The quote that ends a quoted field: unescaped and before a space or the end; else the end. */
function fieldEnd(text: string, from: number, end: number): number {
  for (let at = from; at < end; at++) {
    const code = text.charCodeAt(at);
    if (code === 92) at++;
    else if (code === 34 && (at + 1 >= end || text.charCodeAt(at + 1) <= 32)) return at;
  }
  return end;
}

/** Quoted referrer and agent in this order, or a bare `-` in the referrer's place. */
function readReferrerAndAgent(text: string, from: number, end: number, spans: AccessSpans): void {
  spans.extrasStart = from;
  let at = from;
  let referrer: Token | undefined;
  for (let seen = 0; seen < 8; seen++) {
    const token = nextToken(text, at, end);
    if (token === undefined) return;
    at = token.isQuoted ? token.end + 1 : token.end;
    const isAgentNext = text.startsWith(' "', at);
    if (referrer === undefined && (token.isQuoted || isDash(text, token)) && isAgentNext) {
      referrer = token;
    } else if (referrer !== undefined && token.isQuoted) {
      setField(text, referrer, 'referrer', spans);
      setField(text, token, 'agent', spans);
      spans.extrasStart = Math.min(at, end);
      return;
    }
  }
}

function setField(
  text: string,
  token: Token,
  field: 'referrer' | 'agent',
  spans: AccessSpans,
): void {
  const isAbsent = token.end <= token.start || isDash(text, token);
  const start = isAbsent ? -1 : token.start;
  const end = isAbsent ? -1 : token.end;
  if (text.slice(token.start, token.end).includes('\\')) spans.hasEscape = true;
  if (field === 'referrer') {
    spans.referrerStart = start;
    spans.referrerEnd = end;
  } else {
    spans.agentStart = start;
    spans.agentEnd = end;
  }
}
