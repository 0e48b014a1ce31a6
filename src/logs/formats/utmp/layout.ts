/**
 * How the records of utmp, wtmp, btmp and lastlog lie in memory: by machine, times of 32 or 64 bits, either byte order. They have
 * no magic number; records that make sense tell the layout.
 * @see https://man7.org/linux/man-pages/man5/utmp.5.html
 */

/** Where the fields of a record of utmp lie. */
export interface UtmpLayout {
  bytes: number;
  isBigEndian: boolean;
  /** Of the time: its place and size in bytes; microseconds follow. */
  timeAt: number;
  timeBytes: 4 | 8;
  addressAt: number;
}

const of = (isBigEndian: boolean, isWide: boolean): UtmpLayout =>
  isWide
    ? { bytes: 400, isBigEndian, timeAt: 344, timeBytes: 8, addressAt: 360 }
    : { bytes: 384, isBigEndian, timeAt: 340, timeBytes: 4, addressAt: 348 };

/** Most machines; those such as arm64 with times of 64 bits; the same with the highest byte first. */
const LAYOUTS = [of(false, false), of(false, true), of(true, false), of(true, true)] as const;

/** Where the text fields lie in all of them: place and length. */
export const TEXT_FIELDS = {
  line: [8, 32],
  id: [40, 4],
  user: [44, 32],
  host: [76, 256],
} as const;

/** What a record says; texts as they stand there, one character a byte. */
export interface UtmpRecord {
  type: number;
  pid: number;
  line: string;
  id: string;
  user: string;
  host: string;
  seconds: number;
  micros: number;
  /** 16 bytes: an IPv6 address, or an IPv4 address and zeros. */
  address: Buffer;
}

const MOST_TYPE = 9;
const MOST_PID = 1 << 22;
/** 1980 to 2100: earlier and later ones are no logins. */
const LEAST_SECONDS = 315_532_800;
const MOST_SECONDS = 4_102_444_800;
const SAMPLE_RECORDS = 40;

/** The layout of records that begin so; undefined when they are none. */
export function utmpLayout(head: Buffer): UtmpLayout | undefined {
  let best: UtmpLayout | undefined;
  let bestShare = 0;
  for (const layout of LAYOUTS) {
    const { sound, whole } = countSound(head, layout);
    // A few may be damaged, and the last one cut.
    if (sound === 0 || sound < whole * 0.8 || sound / whole <= bestShare) continue;
    best = layout;
    bestShare = sound / whole;
  }
  return best;
}

function countSound(head: Buffer, layout: UtmpLayout): { sound: number; whole: number } {
  let [sound, whole] = [0, 0];
  for (let at = 0; at + layout.bytes <= head.length && whole < SAMPLE_RECORDS; at += layout.bytes) {
    const record = utmpRecord(head.subarray(at, at + layout.bytes), layout);
    if (record === 'empty') continue;
    whole += 1;
    if (record !== undefined) sound += 1;
  }
  return { sound, whole };
}

/** Reads one record: `empty` when it is nothing but zeros, undefined when it makes no sense. */
export function utmpRecord(bytes: Buffer, layout: UtmpLayout): UtmpRecord | 'empty' | undefined {
  if (bytes.every((byte) => byte === 0)) return 'empty';
  const { isBigEndian, timeAt, timeBytes, addressAt } = layout;
  const number = (at: number, size: number): number => {
    const part = isBigEndian ? at + size - 4 : at;
    return isBigEndian ? bytes.readInt32BE(part) : bytes.readInt32LE(part);
  };
  const type = isBigEndian ? bytes.readInt16BE(0) : bytes.readInt16LE(0);
  const pid = number(4, 4);
  const seconds = number(timeAt, timeBytes) >>> 0;
  const micros = number(timeAt + timeBytes, timeBytes);
  if (type < 0 || type > MOST_TYPE || pid < 0 || pid > MOST_PID) return undefined;
  if (micros < 0 || micros >= 1_000_000) return undefined;
  if (seconds < LEAST_SECONDS || seconds > MOST_SECONDS) return undefined;
  const text = ([at, length]: readonly [number, number]): string => textAt(bytes, at, length);
  return {
    ...{ type, pid, seconds, micros, address: bytes.subarray(addressAt, addressAt + 16) },
    line: text(TEXT_FIELDS.line),
    id: text(TEXT_FIELDS.id),
    user: text(TEXT_FIELDS.user),
    host: text(TEXT_FIELDS.host),
  };
}

function textAt(bytes: Buffer, at: number, length: number): string {
  const text = bytes.toString('latin1', at, at + length);
  const end = text.indexOf('\0');
  return end === -1 ? text : text.slice(0, end);
}

/** Of lastlog: a record for each number of an account, most of them zeros. */
export const LASTLOG_BYTES = 292;
const LASTLOG_LINE = 4;
const LASTLOG_HOST = 36;
/** No name of a terminal fills its field, and text has no zeros. */
const TERMINAL = /^[\x21-\x7e]{1,31}\0+$/;
const HOST = /^[\x21-\x7e]*\0*$/;

/** What a record of lastlog says; undefined when it makes no sense. */
export function lastlogRecord(
  bytes: Buffer,
): { seconds: number; line: string; host: string } | 'empty' | undefined {
  if (bytes.every((byte) => byte === 0)) return 'empty';
  const little = bytes.readUInt32LE(0);
  const seconds = little >= LEAST_SECONDS && little < MOST_SECONDS ? little : bytes.readUInt32BE(0);
  const line = bytes.toString('latin1', LASTLOG_LINE, LASTLOG_HOST);
  const host = bytes.toString('latin1', LASTLOG_HOST, LASTLOG_BYTES);
  const isSound = seconds >= LEAST_SECONDS && seconds < MOST_SECONDS;
  if (!isSound || !TERMINAL.test(line) || !HOST.test(host)) return undefined;
  return { seconds, line: line.replace(/\0+$/, ''), host: host.replace(/\0+$/, '') };
}
