/**
 * The shape of a log line: all of it but its time stamp, its IPv4 addresses and its large numbers (process ids,
 * ports, session numbers), of which only the length counts. Lines of one shape differ in nothing else, so that
 * what was found out about one of them holds for all, but for their addresses, unless somebody looks at these.
 */
import { addressEnd } from '../../logs/formats/ipv4-number.ts';

/** A part of a line of which only kind and length belong to the shape. */
export interface Slot {
  start: number;
  end: number;
  /** An IPv4 address; else a number. */
  isAddress: boolean;
}

/** Longer lines are rare and not worth remembering. */
export const MAX_SHAPE_LENGTH = 400;

const PLAIN = 0;
const DIGIT = 1;
/** Escapes, encodings and what is not printable ASCII: such lines are read with care. */
const REFUSED = 2;
const NEWLINE = 4;

const CLASSES = Uint8Array.from({ length: 256 }, (_, code) => {
  if (code === 10) return NEWLINE;
  if (code >= 48 && code <= 57) return DIGIT;
  return code < 32 || code > 126 || '%+\\'.includes(String.fromCharCode(code)) ? REFUSED : PLAIN;
});

const SPACE = 32;
const DOT = 46;
const ZERO = 48;
const OPEN_BRACKET = 91;
const CLOSE_BRACKET = 93;
const COLON = 58;
const isBefore = (code: number): boolean =>
  code === SPACE || code === 61 || code === OPEN_BRACKET || code === 40;
const isAfter = (code: number): boolean =>
  code === SPACE ||
  code === CLOSE_BRACKET ||
  code === 41 ||
  code === 44 ||
  code === COLON ||
  code === 10 ||
  code === 13;

function digitsEnd(bytes: Uint8Array, start: number, limit: number): number {
  let end = start;
  while (end < limit && CLASSES[bytes[end] as number] === DIGIT) end += 1;
  return end;
}

/**
 * Where the slot ends that begins with the digits `[start, end)`; -1 when they are part of the shape.
 * @param limit end of the bytes
 */
function slotEnd(bytes: Uint8Array, start: number, end: number, limit: number): number {
  if (!isBefore(bytes[start - 1] as number)) return -1;
  if (end < limit && bytes[end] === DOT) {
    const last = addressEnd(bytes, start, limit);
    return last > 0 && (last === limit || isAfter(bytes[last] as number)) ? last : -1;
  }
  const length = end - start;
  // Leading zeros are written on purpose.
  if (length > 9 || (length > 1 && bytes[start] === ZERO)) return -1;
  if (length >= 4) return end === limit || isAfter(bytes[end] as number) ? end : -1;
  // Process ids may be small.
  const isProcessId =
    bytes[end] === CLOSE_BRACKET && bytes[start - 1] === OPEN_BRACKET && bytes[end + 1] === COLON;
  return isProcessId ? end : -1;
}

/** Hash of a line that has no shape. */
export const NO_SHAPE = 0;

/** Finds the shapes of lines, one after the other. */
export interface ShapeScan {
  /**
   * The hash of the shape of the line whose rest begins at `start`, behind the stamp; `NO_SHAPE` when it has
   * none. @param limit end of the bytes
   */
  hash(bytes: Uint8Array, start: number, limit: number, seed: number): number;
  /** Where that line ends; known when it has a shape. */
  readonly end: number;
  /** Where its newline is, or the end of the bytes. */
  readonly newline: number;
}

/** Makes a scan. */
export function createShapeScan(): ShapeScan {
  let lineEnd = 0;
  let newline = 0;
  return {
    get end() {
      return lineEnd;
    },
    get newline() {
      return newline;
    },
    hash(bytes, start, limit, seed) {
      let hash = seed ^ 0x811c9dc5;
      let index = start;
      while (index < limit) {
        const first = bytes[index] as number;
        if (index + 4 <= limit) {
          // Four characters at once where none is special: they are most.
          const second = bytes[index + 1] as number;
          const third = bytes[index + 2] as number;
          const fourth = bytes[index + 3] as number;
          const kinds =
            (CLASSES[first] as number) |
            (CLASSES[second] as number) |
            (CLASSES[third] as number) |
            (CLASSES[fourth] as number);
          if (kinds === PLAIN) {
            hash = mix(hash, first | (second << 8) | (third << 16) | (fourth << 24));
            index += 4;
            continue;
          }
        }
        const kind = CLASSES[first] as number;
        if (kind === PLAIN) {
          hash = mix(hash, first);
          index += 1;
        } else if (kind === DIGIT) {
          const next = digitsEnd(bytes, index + 1, limit);
          const last = slotEnd(bytes, index, next, limit);
          if (last > 0) {
            hash = mix(hash, (last > next ? 512 : 256) + last - index);
            index = last;
            continue;
          }
          for (; index < next; index += 1) hash = mix(hash, bytes[index] as number);
        } else {
          const isReturn = first === 13 && index + 1 < limit && bytes[index + 1] === 10;
          if (kind === REFUSED && !isReturn) return NO_SHAPE;
          newline = isReturn ? index + 1 : index;
          lineEnd = index;
          return hash === NO_SHAPE ? 1 : hash;
        }
      }
      lineEnd = limit;
      newline = limit;
      return hash === NO_SHAPE ? 1 : hash;
    },
  };
}

function mix(hash: number, value: number): number {
  const product = Math.imul(hash ^ value, 0x01000193);
  return (product << 13) | (product >>> 19);
}

/** The slots of `bytes[start, end)`. */
export function slotsIn(bytes: Uint8Array, start: number, end: number): Slot[] {
  const slots: Slot[] = [];
  for (let index = start; index < end; ) {
    const next = digitsEnd(bytes, index, end);
    const last = next > index ? slotEnd(bytes, index, next, end) : -1;
    if (last > 0) slots.push({ start: index, end: last, isAddress: last > next });
    index = Math.max(next, last, index + 1);
  }
  return slots;
}
