/**
 * The values of BinXML as Windows writes them in XML.
 * @see https://learn.microsoft.com/openspecs/windows_protocols/ms-even6/c73573ae-1c90-43a2-a65f-ad7501155956
 */
import { BrokenBinXml } from './broken.ts';

/** The bit of a type that says that there are several values. */
export const ARRAY = 0x80;
/** Text in UTF-16. */
export const STRING = 0x01;
/** No value. */
export const NULL = 0x00;
/** Elements of their own. */
export const BIN_XML = 0x21;

const ANSI = 0x02;
const SID = 0x13;

interface ValueType {
  /** Bytes of one value; 0: it takes all there is. */
  size: number;
  text(bytes: Buffer, start: number, size: number): string;
}

const hex = (value: number | bigint): string => `0x${value.toString(16)}`;
/** What Windows-1252 has where Latin-1 has control characters; what it has not stays as it is. */
const ANSI_CHARACTERS = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ';
const ansi = (bytes: Buffer, start: number, end: number): string =>
  bytes
    .toString('latin1', start, end)
    .replace(/[\x80-\x9f]/g, (one) => ANSI_CHARACTERS[one.charCodeAt(0) - 0x80] as string);

/** What Windows calls the types is in MS-EVEN6 2.2.13; 0x10 and 0x20 are as wide as the writer's pointers. */
const TYPES: readonly (readonly [type: number, size: number, text: ValueType['text']])[] = [
  [STRING, 0, (bytes, start, size) => utf16(bytes, start, start + size)],
  [ANSI, 0, (bytes, start, size) => upToNul(ansi(bytes, start, start + size))],
  [0x03, 1, (bytes, start) => String(bytes.readInt8(start))],
  [0x04, 1, (bytes, start) => String(bytes.readUInt8(start))],
  [0x05, 2, (bytes, start) => String(bytes.readInt16LE(start))],
  [0x06, 2, (bytes, start) => String(bytes.readUInt16LE(start))],
  [0x07, 4, (bytes, start) => String(bytes.readInt32LE(start))],
  [0x08, 4, (bytes, start) => String(bytes.readUInt32LE(start))],
  [0x09, 8, (bytes, start) => String(bytes.readBigInt64LE(start))],
  [0x0a, 8, (bytes, start) => String(bytes.readBigUInt64LE(start))],
  [0x0b, 4, (bytes, start) => single(bytes.readFloatLE(start))],
  [0x0c, 8, (bytes, start) => String(bytes.readDoubleLE(start))],
  [0x0d, 4, (bytes, start, size) => String(uint(bytes, start, size) !== 0n)],
  [0x0e, 0, (bytes, start, size) => bytes.toString('hex', start, start + size).toUpperCase()],
  [0x0f, 16, guid],
  [0x10, 8, (bytes, start, size) => hex(uint(bytes, start, size))],
  [0x11, 8, (bytes, start) => fileTime(bytes, start)],
  [0x12, 16, systemTime],
  [SID, 0, sid],
  [0x14, 4, (bytes, start) => hex(bytes.readUInt32LE(start))],
  [0x15, 8, (bytes, start) => hex(bytes.readBigUInt64LE(start))],
  [0x20, 8, (bytes, start, size) => hex(uint(bytes, start, size))],
  [0x23, 0, (bytes, start, size) => utf16(bytes, start, start + size)],
];

const BY_TYPE: ReadonlyMap<number, ValueType> = new Map(
  TYPES.map(([type, size, text]) => [type, { size, text }]),
);
/** Types whose values may be narrower: a pointer of 32 bits, a truth value of one byte. */
const NARROW: ReadonlySet<number> = new Set([0x0d, 0x10, 0x20]);

/** The text of one value. Throws `BrokenBinXml`. */
export function valueText(bytes: Buffer, type: number, start: number, size: number): string {
  const known = BY_TYPE.get(type);
  if (known === undefined) throw new BrokenBinXml('unknown type of value');
  if (size === 0) return '';
  if (size < known.size && !NARROW.has(type)) throw new BrokenBinXml('a value too short');
  return known.text(bytes, start, size);
}

/** The texts of the values of an array. Throws `BrokenBinXml`. */
export function arrayTexts(bytes: Buffer, type: number, start: number, size: number): string[] {
  const end = start + size;
  const texts: string[] = [];
  if (type === STRING || type === ANSI) {
    const width = type === STRING ? 2 : 1;
    for (let at = start; at < end; ) {
      let stop = at;
      while (stop + width <= end && (bytes[stop] !== 0 || (width === 2 && bytes[stop + 1] !== 0)))
        stop += width;
      texts.push(valueText(bytes, type, at, Math.min(stop, end) - at));
      at = stop + width;
    }
    return texts;
  }
  const width = BY_TYPE.get(type)?.size ?? 0;
  for (let at = start; at < end; ) {
    const next = type === SID ? at + sidBytes(bytes, at) : width === 0 ? end : at + width;
    texts.push(valueText(bytes, type, at, Math.min(next, end) - at));
    at = next;
  }
  return texts;
}

/** A text up to the zero that ends it. */
export function utf16(bytes: Buffer, start: number, end: number): string {
  const text = bytes.toString('utf16le', start, end);
  return text.charCodeAt(text.length - 1) === 0 ? upToNul(text) : text;
}

function upToNul(text: string): string {
  let end = text.length;
  while (end > 0 && text.charCodeAt(end - 1) === 0) end -= 1;
  return text.slice(0, end);
}

function uint(bytes: Buffer, start: number, size: number): bigint {
  if (size >= 8) return bytes.readBigUInt64LE(start);
  return BigInt(bytes.readUIntLE(start, Math.min(size, 4)));
}

/** The shortest decimal that is the same number in single precision. */
function single(value: number): string {
  for (let digits = 6; digits < 9; digits += 1) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return String(short);
  }
  return String(value);
}

function guid(bytes: Buffer, start: number): string {
  const part = (value: number, digits: number): string =>
    value.toString(16).padStart(digits, '0').toUpperCase();
  const tail = bytes.toString('hex', start + 8, start + 16).toUpperCase();
  const head = `${part(bytes.readUInt32LE(start), 8)}-${part(bytes.readUInt16LE(start + 4), 4)}`;
  return `{${head}-${part(bytes.readUInt16LE(start + 6), 4)}-${tail.slice(0, 4)}-${tail.slice(4)}}`;
}

/** Seconds from 1601 to 1970. */
const EPOCH_SECONDS = 11_644_473_600;
/** Hundreds of nanoseconds in a second, and how often they go into the upper word of a time. */
const TICKS = 10_000_000;
const UPPER_SECONDS = 429;
const UPPER_TICKS = 4_967_296;

/** The time of 100 ns since 1601 as RFC 3339 with seven digits; a number too large for a date as it is. */
export function fileTime(bytes: Buffer, start: number): string {
  const upper = bytes.readUInt32LE(start + 4);
  const rest = upper * UPPER_TICKS + bytes.readUInt32LE(start);
  const seconds = upper * UPPER_SECONDS + Math.floor(rest / TICKS) - EPOCH_SECONDS;
  // Beyond the year 9999.
  if (seconds > 253_402_300_799) return String(bytes.readBigUInt64LE(start));
  const date = new Date(seconds * 1000).toISOString().slice(0, 19);
  return `${date}.${String(rest % TICKS).padStart(7, '0')}Z`;
}

function systemTime(bytes: Buffer, start: number): string {
  const at = (index: number, digits = 2): string =>
    String(bytes.readUInt16LE(start + index * 2)).padStart(digits, '0');
  // The third word is the day of the week.
  return `${at(0, 4)}-${at(1)}-${at(3)}T${at(4)}:${at(5)}:${at(6)}.${at(7, 3)}Z`;
}

const sidBytes = (bytes: Buffer, start: number): number => 8 + (bytes[start + 1] ?? 0) * 4;

function sid(bytes: Buffer, start: number, size: number): string {
  if (size < 8 || sidBytes(bytes, start) > size) throw new BrokenBinXml('a value too short');
  let text = `S-${bytes[start]}-${bytes.readUIntBE(start + 2, 6)}`;
  const end = start + sidBytes(bytes, start);
  for (let at = start + 8; at < end; at += 4) text += `-${bytes.readUInt32LE(at)}`;
  return text;
}
