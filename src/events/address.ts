/**
 * The one reader of addresses: whatever a log, a rule or a person writes, one address has one spelling. IPv4 as
 * a dotted quad, IPv6 as RFC 5952 writes it, an IPv4 address mapped into IPv6 as the IPv4 address that it is;
 * without brackets, port and zone. What is no address is none: a clock, half an address, a dash.
 */

/** Who is at the other end of a connection. */
export interface Peer {
  /** The address, or the name of a host. */
  address: string;
  /** Set when it is an address and no name. */
  ip: string | undefined;
  port: number | undefined;
}

const DOT = 46;
const COLON = 58;
const ZERO = 48;

/** Is the text four decimal numbers up to 255, without leading zeros? */
function isDottedQuad(text: string): boolean {
  let dots = 0;
  let value = -1;
  if (text.length < 7 || text.length > 15) return false;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === DOT) {
      if (value < 0) return false;
      dots += 1;
      value = -1;
    } else {
      const digit = code - ZERO;
      if (!(digit >= 0 && digit <= 9) || value === 0) return false;
      value = value < 0 ? digit : value * 10 + digit;
      if (value > 255) return false;
    }
  }
  return dots === 3 && value >= 0;
}

/** `192.000.002.007`, as some write it: padded, and not octal. */
const PADDED = /^\d{1,3}(?:\.\d{1,3}){3}$/;

function unpadded(text: string): string | undefined {
  if (!PADDED.test(text)) return undefined;
  const quad = text.split('.').map(Number).join('.');
  return isDottedQuad(quad) ? quad : undefined;
}

const GROUPS = 8;
const LONGEST_IPV6 = 64;

/** The group in the hexadecimal digits of `[start, end)`, or -1. */
function groupIn(text: string, start: number, end: number): number {
  if (end <= start || end - start > 4) return -1;
  let value = 0;
  for (let at = start; at < end; at += 1) {
    const code = text.charCodeAt(at);
    const letter = (code | 32) - 97;
    if (code >= ZERO && code <= 57) value = value * 16 + code - ZERO;
    else if (letter >= 0 && letter <= 5) value = value * 16 + letter + 10;
    else return -1;
  }
  return value;
}

/** The eight groups of `text[0, end)`; undefined when it is no IPv6 address. @see RFC 4291 section 2.2 */
function groupsOf(text: string, end: number): number[] | undefined {
  const groups: number[] = [];
  let gap = -1;
  let at = 0;
  if (text.charCodeAt(0) === COLON) {
    if (text.charCodeAt(1) !== COLON) return undefined;
    gap = 0;
    at = 2;
  }
  while (at < end) {
    const colon = text.indexOf(':', at);
    const stop = colon === -1 || colon > end ? end : colon;
    if (stop === end && text.indexOf('.', at) !== -1) {
      const quad = text.slice(at, end);
      if (!isDottedQuad(quad)) return undefined;
      const [a = 0, b = 0, c = 0, d = 0] = quad.split('.').map(Number);
      groups.push(a * 256 + b, c * 256 + d);
      at = end;
      break;
    }
    const group = groupIn(text, at, stop);
    if (group < 0) return undefined;
    groups.push(group);
    if (groups.length > GROUPS) return undefined;
    at = stop + 1;
    if (stop === end) break;
    // A single colon at the end is half an address.
    if (at === end) return undefined;
    if (text.charCodeAt(at) !== COLON) continue;
    if (gap >= 0) return undefined;
    gap = groups.length;
    at += 1;
  }
  if (gap < 0) return groups.length === GROUPS ? groups : undefined;
  if (groups.length >= GROUPS) return undefined;
  groups.splice(gap, 0, ...new Array<number>(GROUPS - groups.length).fill(0));
  return groups;
}

/** The address as RFC 5952 section 4 spells it. */
function spelled(groups: readonly number[]): string {
  if (groups[5] === 0xffff && groups.slice(0, 5).every((group) => group === 0)) {
    const [high = 0, low = 0] = groups.slice(6);
    return `${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`;
  }
  let start = -1;
  let length = 1;
  for (let at = 0; at < GROUPS; at += 1) {
    let run = 0;
    while (at + run < GROUPS && groups[at + run] === 0) run += 1;
    if (run > length) [start, length] = [at, run];
    at += run;
  }
  const text = (from: number, to: number): string =>
    groups
      .slice(from, to)
      .map((group) => group.toString(16))
      .join(':');
  return start < 0 ? text(0, GROUPS) : `${text(0, start)}::${text(start + length, GROUPS)}`;
}

/** Names of interfaces, as they stand behind the `%` of a link-local address. */
const ZONE = /^%[\w.~-]{1,32}$/;

/**
 * The address that `text` is, in its one spelling; undefined when the text is anything else. A zone
 * (`fe80::1%eth0`) is dropped: it says where the address was seen, not who it is.
 */
export function readIp(text: string): string | undefined {
  const first = text.indexOf(':');
  if (first === -1) return isDottedQuad(text) ? text : unpadded(text);
  if (first > 4 || text.length > LONGEST_IPV6) return undefined;
  const percent = text.indexOf('%');
  if (percent !== -1 && !ZONE.test(text.slice(percent))) return undefined;
  const groups = groupsOf(text, percent === -1 ? text.length : percent);
  return groups === undefined ? undefined : spelled(groups);
}

/** The port in all of `text`, or undefined. */
export function readPort(text: string): number | undefined {
  if (text.length === 0 || text.length > 5) return undefined;
  const port = Number(text);
  return Number.isInteger(port) && port > 0 && port <= 65_535 ? port : undefined;
}

/** Words that stand where nobody is known. */
const NOBODY = new Set([
  '',
  '-',
  '?',
  '_',
  'unknown',
  '(null)',
  'null',
  'none',
  'undefined',
  'n/a',
]);
const MAX_NAME = 255;
/** Labels of letters, digits, dashes and underscores, as far as the last one. */
const NAME = /^[A-Za-z0-9_][A-Za-z0-9_-]*(?:\.[A-Za-z0-9_][A-Za-z0-9_-]*)*\.?$/;
/** A last label of digits alone would make `300.1.2.3` a name. */
const LAST_IS_NUMBER = /(?:^|\.)\d+\.?$/;

/** Could the text be the name of a host? */
export const isHostName = (text: string): boolean =>
  text.length <= MAX_NAME && NAME.test(text) && !LAST_IS_NUMBER.test(text);

const DIGITS = /^\d{1,5}$/;

const peer = (address: string, ip: string | undefined, port: number | undefined): Peer => ({
  address,
  ip,
  port,
});

/** `[address]` with nothing, a port or `:port` behind it. */
function readBracketed(text: string): Peer | undefined {
  const close = text.indexOf(']');
  const ip = close < 0 ? undefined : readIp(text.slice(1, close));
  if (ip === undefined) return undefined;
  const rest = text.slice(close + 1);
  if (rest === '') return peer(ip, ip, undefined);
  if (rest.charCodeAt(0) !== COLON || !DIGITS.test(rest.slice(1))) return undefined;
  return peer(ip, ip, readPort(rest.slice(1)));
}

/** What stands before the last colon, with the number behind it as its port. */
function readGlued(text: string): Peer | undefined {
  const colon = text.lastIndexOf(':');
  if (colon <= 0) return undefined;
  const digits = text.slice(colon + 1);
  if (!DIGITS.test(digits)) return undefined;
  const port = readPort(digits);
  const host = text.slice(0, colon);
  const ip = readIp(host);
  if (ip !== undefined) return peer(ip, ip, port);
  return isHostName(host) ? peer(host, undefined, port) : undefined;
}

/** An address with a dot before its port, as BSD and tcpdump write it: `192.0.2.1.443`, `2001:db8::1.443`. */
function readDotted(text: string): Peer | undefined {
  const dot = text.lastIndexOf('.');
  const digits = text.slice(dot + 1);
  const ip = dot > 0 && DIGITS.test(digits) ? readIp(text.slice(0, dot)) : undefined;
  return ip === undefined ? undefined : peer(ip, ip, readPort(digits));
}

/**
 * Reads who is named in a field of a log: an address or a host name in any of the ways in which programs write
 * them (`[2001:db8::1]:443`, `::ffff:192.0.2.1`, `"192.0.2.1"`, `IPv6:2001:db8::1`, `192.0.2.1:5000`, `192.0.2.1.5000`).
 * @param hasPort the writer puts a port behind every address, also behind IPv6 without brackets
 * @returns undefined when nobody is named (`-`, `unknown`) or the text is neither address nor name
 */
export function readPeer(written: string, hasPort = false): Peer | undefined {
  // The usual case first: nothing to take away.
  if (isDottedQuad(written)) return peer(written, written, undefined);
  let text = written.trim();
  const quote = text.charCodeAt(0);
  if (
    (quote === 34 || quote === 39) &&
    text.length > 1 &&
    text.charCodeAt(text.length - 1) === quote
  )
    text = text.slice(1, -1).trim();
  if (text.length > MAX_NAME || NOBODY.has(text.toLowerCase())) return undefined;
  if (/^(?:ipv[46]|ip):/i.test(text)) text = text.slice(text.indexOf(':') + 1);
  if (text.charCodeAt(0) === 91) return readBracketed(text);
  const glued = hasPort ? readGlued(text) : undefined;
  if (glued !== undefined) return glued;
  const ip = readIp(text);
  if (ip !== undefined) return peer(ip, ip, undefined);
  if (isHostName(text)) return peer(text, undefined, undefined);
  return readGlued(text) ?? readDotted(text);
}

const MAX_LISTED = 64;

/** The addresses of a list such as `X-Forwarded-For`, in their order, each once; what is no address is left out. */
export function readIpList(written: string): string[] {
  const found = new Set<string>();
  for (const part of written.split(',', MAX_LISTED)) {
    const ip = readPeer(part)?.ip;
    if (ip !== undefined) found.add(ip);
  }
  return [...found];
}
