/** The template of lines that differ in their slots only, and where a line has them. */
import { ipv4Number } from '../../logs/formats/ipv4-number.ts';
import type { LineSlot, SlotKind } from '../../logs/formats/log-format.ts';

/** What stands between the slots of a line, byte for byte. */
export interface Template {
  slots: readonly LineSlot[];
  kinds: Uint8Array;
  isText: Uint8Array;
  /** All that stands around the slots, one after the other, and where each begins; one more than there are slots. */
  around: DataView;
  starts: Uint16Array;
  /** By kind, which slot holds it; -1 where none does. */
  slotOf: Readonly<Record<Exclude<SlotKind, 'number'>, number>>;
}

/** Where the line that was matched last has its slots. One serves all templates. */
export interface Found {
  starts: Int32Array;
  ends: Int32Array;
  /** The number of its address; -1 without one. */
  address: number;
  /** Where its newline is. */
  newline: number;
}

const KINDS = ['time', 'address', 'target', 'size', 'referrer', 'agent', 'number'] as const;
const [TIME, ADDRESS, TARGET, SIZE, REFERRER, AGENT] = [0, 1, 2, 3, 4, 5];

/** Makes the place for what is found. */
export const createFound = (): Found => ({
  starts: new Int32Array(64),
  ends: new Int32Array(64),
  address: -1,
  newline: -1,
});

/** Puts what was found for one line in the place of another's. */
export function exchange(one: Found, other: Found): void {
  const { starts, ends, address, newline } = one;
  Object.assign(one, other);
  Object.assign(other, { starts, ends, address, newline });
}

/** What a line without its slots is. */
export const keyOf = (line: string, slots: readonly LineSlot[]): string =>
  around(line, slots).join('\n');

function around(line: string, slots: readonly LineSlot[]): string[] {
  const parts: string[] = [];
  let from = 0;
  for (const { start, end } of slots) {
    parts.push(line.slice(from, start));
    from = end;
  }
  return [...parts, line.slice(from)];
}

/** Makes the template of an ASCII line. */
export function createTemplate(line: string, slots: readonly LineSlot[]): Template {
  const parts = around(line, slots);
  const bytes = Buffer.from(parts.join(''), 'latin1');
  const starts = new Uint16Array(parts.length + 1);
  for (const [index, part] of parts.entries())
    starts[index + 1] = (starts[index] as number) + part.length;
  const slotOf = Object.fromEntries(
    KINDS.map((kind) => [kind, slots.findIndex((slot) => slot.kind === kind)]),
  ) as unknown as Template['slotOf'];
  return {
    slots,
    kinds: Uint8Array.from(slots, ({ kind }) => KINDS.indexOf(kind)),
    isText: Uint8Array.from(slots, ({ isText }) => (isText ? 1 : 0)),
    around: new DataView(bytes.buffer, bytes.byteOffset, bytes.length),
    starts,
    slotOf,
  };
}

/** Do the bytes from `at` on hold what `around` has in `[from, to)`? */
function isAround(around: DataView, from: number, to: number, view: DataView, at: number): boolean {
  let index = from;
  let place = at;
  for (; index + 4 <= to; index += 4, place += 4) {
    if (around.getInt32(index) !== view.getInt32(place)) return false;
  }
  for (; index < to; index += 1, place += 1) {
    if (around.getUint8(index) !== view.getUint8(place)) return false;
  }
  return true;
}

const NEWLINE = 10;
const QUOTE = 34;
const DOT = 46;
const SLASH = 47;
const ZERO = 48;
const BACKSLASH = 92;

/**
 * Finds the slots of the line that begins at `start`; false when it is no line of the template, or not one for sure.
 * @param limit end of the bytes
 */
export function findSlots(
  { kinds, isText, around, starts }: Template,
  bytes: Uint8Array,
  view: DataView,
  start: number,
  limit: number,
  found: Found,
): boolean {
  const count = kinds.length;
  let at = start;
  for (let slot = 0; slot <= count; slot += 1) {
    const from = starts[slot] as number;
    const to = starts[slot + 1] as number;
    if (at + to - from > limit || !isAround(around, from, to, view, at)) return false;
    at += to - from;
    if (slot === count) break;
    const kind = kinds[slot] as number;
    const end = isText[slot] === 1 ? textEnd(bytes, at, limit) : numberEnd(bytes, at, limit);
    if (end < 0 || !isOfKind(kind, isText[slot] === 1, bytes, at, end, found)) return false;
    found.starts[slot] = at;
    found.ends[slot] = end;
    at = end;
  }
  found.newline = at;
  return at < limit && bytes[at] === NEWLINE;
}

/** Where a text without escapes and of printable ASCII ends; -1 when it is none. */
function textEnd(bytes: Uint8Array, start: number, limit: number): number {
  for (let index = start; index < limit; index += 1) {
    const code = bytes[index] as number;
    if (code === QUOTE) return index;
    if (code < 32 || code > 126 || code === BACKSLASH) return -1;
  }
  return -1;
}

/** Where a number in its plainest form ends. */
function numberEnd(bytes: Uint8Array, start: number, limit: number): number {
  let index = start;
  let dot = -1;
  for (; index < limit; index += 1) {
    const code = bytes[index] as number;
    if (code >= ZERO && code <= 57) continue;
    if (code !== DOT || dot >= 0 || index === start) break;
    dot = index;
  }
  const whole = (dot < 0 ? index : dot) - start;
  if (whole === 0 || whole > 15 || dot === index - 1 || index - start > 24) return -1;
  return whole > 1 && bytes[start] === ZERO ? -1 : index;
}

function isOfKind(
  kind: number,
  isText: boolean,
  bytes: Uint8Array,
  start: number,
  end: number,
  found: Found,
): boolean {
  switch (kind) {
    case TIME:
      return true;
    case ADDRESS:
      found.address = ipv4Number(bytes, start, end);
      return found.address >= 0;
    case TARGET:
      return end > start && bytes[start] === SLASH;
    case SIZE:
      return digitsUpTo(bytes, start, end);
    case REFERRER:
    case AGENT:
      return !isWord(bytes, start, end);
    default:
      return !isText || isNumeric(bytes, start, end);
  }
}

/** A size in plain digits. */
function digitsUpTo(bytes: Uint8Array, start: number, end: number): boolean {
  if (end === start || end - start > 15 || (end - start > 1 && bytes[start] === ZERO)) return false;
  for (let index = start; index < end; index += 1) {
    const code = bytes[index] as number;
    if (code < ZERO || code > 57) return false;
  }
  return true;
}

/** A single word might be one by which a product's records are told. */
function isWord(bytes: Uint8Array, start: number, end: number): boolean {
  for (let index = start; index < end; index += 1) {
    const letter = (bytes[index] as number) | 32;
    if (letter < 97 || letter > 122) return false;
  }
  return end - start > 2;
}

/** Digits, also hexadecimal ones, and what stands between them in numbers, times and ids. */
const NUMERIC = Uint8Array.from({ length: 256 }, (_, code) =>
  /[\da-fA-F.:-]/.test(String.fromCharCode(code)) ? 1 : 0,
);

function isNumeric(bytes: Uint8Array, start: number, end: number): boolean {
  let hasDigit = false;
  for (let index = start; index < end; index += 1) {
    const code = bytes[index] as number;
    if (NUMERIC[code] === 0) return false;
    if (code >= ZERO && code <= 57) hasDigit = true;
  }
  return hasDigit && end - start <= 64;
}
