/** Decoding of audit values: hexadecimal text, split arguments, socket addresses. */

/**
 * Fields that hold untrusted text. The kernel writes them in quotes, or, when they contain a blank, a
 * quote, a control character or a byte above ASCII, as hexadecimal without quotes.
 */
const ENCODED_FIELDS: ReadonlySet<string> = new Set(
  (
    'acct cmd comm cwd data device dir exe file grp key name new-disk ocomm old-disk path peer ' +
    'proctitle profile root_dir sw vm watch'
  ).split(' '),
);

/** True when an unquoted value of this field may be hexadecimal text. */
export const isEncodedField = (key: string): boolean => ENCODED_FIELDS.has(key);

const HEXADECIMAL = /^(?:[0-9A-Fa-f]{2})+$/;

/** Decodes the hexadecimal form of an untrusted value; what is no hexadecimal is returned as it is. */
export function decodeText(value: string): string {
  if (value.length % 2 !== 0 || !HEXADECIMAL.test(value)) return value;
  return Buffer.from(value, 'hex').toString('utf8');
}

/** The keys of an audit rule (`-k`): several are joined by the byte 1. Empty when there is none. */
export function splitKeys(key: string | undefined): readonly string[] {
  if (key === undefined || key === '(null)' || key === '') return [];
  return key.split('\u0001').filter((part) => part !== '');
}

interface Pieces {
  /** The argument's text as logged, by piece number; piece 0 is the only one of a short argument. */
  parts: Map<number, string>;
  isQuoted: boolean;
}

const ARGUMENT = /^a(\d{1,9})(?:\[(\d{1,9})\])?$/;

/**
 * The command line of an `execve`, from the fields of its EXECVE records. Long arguments come in
 * pieces (`a1[0]`, `a1[1]`) that may be spread over several records and only decode as a whole.
 */
export function readArguments(
  records: readonly { fields: ReadonlyMap<string, string>; quoted: ReadonlySet<string> }[],
): readonly string[] {
  const pieces = new Map<number, Pieces>();
  for (const { fields, quoted } of records) {
    for (const [key, value] of fields) {
      const match = ARGUMENT.exec(key);
      if (match === null) continue;
      const index = Number(match[1]);
      const argument = pieces.get(index) ?? { parts: new Map<number, string>(), isQuoted: false };
      argument.parts.set(Number(match[2] ?? 0), value);
      if (quoted.has(key)) argument.isQuoted = true;
      pieces.set(index, argument);
    }
  }
  const indexes = [...pieces.keys()].sort((a, b) => a - b);
  const words: string[] = [];
  let expected = 0;
  for (const index of indexes) {
    // Very long command lines lose records; the gap is shown, not closed.
    if (index > expected) words.push(`[${index - expected} arguments missing]`);
    words.push(joinPieces(pieces.get(index)));
    expected = index + 1;
  }
  return words;
}

function joinPieces(argument: Pieces | undefined): string {
  if (argument === undefined) return '';
  const numbers = [...argument.parts.keys()].sort((a, b) => a - b);
  const text = numbers.map((number) => argument.parts.get(number) ?? '').join('');
  return argument.isQuoted ? text : decodeText(text);
}

/** A decoded `saddr` of a SOCKADDR record. */
export interface SocketAddress {
  family: 'inet' | 'inet6' | 'unix' | 'netlink' | 'other';
  address?: string;
  port?: number;
  /** Unix sockets; abstract ones start with `@`. */
  path?: string;
}

const AF_UNIX = 1;
const AF_INET = 2;
const AF_INET6 = 10;
const AF_NETLINK = 16;

/** Decodes `saddr`, a `struct sockaddr` in hexadecimal; undefined when it is none. */
export function decodeSocketAddress(saddr: string): SocketAddress | undefined {
  if (saddr.length < 4 || !HEXADECIMAL.test(saddr)) return undefined;
  const bytes = Buffer.from(saddr, 'hex');
  // Host byte order: little-endian on all machines whose system calls we know.
  const family = bytes.readUInt16LE(0);
  if (family === AF_INET && bytes.length >= 8) {
    return { family: 'inet', address: bytes.subarray(4, 8).join('.'), port: bytes.readUInt16BE(2) };
  }
  if (family === AF_INET6 && bytes.length >= 24) {
    return {
      family: 'inet6',
      address: formatIpv6(bytes.subarray(8, 24)),
      port: bytes.readUInt16BE(2),
    };
  }
  if (family === AF_UNIX) return { family: 'unix', path: unixPath(bytes.subarray(2)) };
  return { family: family === AF_NETLINK ? 'netlink' : 'other' };
}

function unixPath(bytes: Buffer): string {
  const isAbstract = bytes[0] === 0;
  const name = isAbstract ? bytes.subarray(1) : bytes;
  const end = name.indexOf(0);
  const text = name.subarray(0, end === -1 ? name.length : end).toString('utf8');
  return isAbstract && text !== '' ? `@${text}` : text;
}

/** RFC 5952 text of 16 bytes; IPv4-mapped addresses come out as the IPv4 address they stand for. */
function formatIpv6(bytes: Buffer): string {
  const isMapped =
    bytes.subarray(0, 10).every((byte) => byte === 0) && bytes.readUInt16BE(10) === 0xffff;
  if (isMapped) return bytes.subarray(12, 16).join('.');
  const groups = Array.from({ length: 8 }, (_, index) => bytes.readUInt16BE(index * 2));
  const { start, length } = longestZeroRun(groups);
  const hex = groups.map((group) => group.toString(16));
  if (length < 2) return hex.join(':');
  return `${hex.slice(0, start).join(':')}::${hex.slice(start + length).join(':')}`;
}

function longestZeroRun(groups: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  let start = 0;
  for (let index = 0; index <= groups.length; index += 1) {
    if (groups[index] === 0) continue;
    if (index - start > best.length) best = { start, length: index - start };
    start = index + 1;
  }
  return best;
}
