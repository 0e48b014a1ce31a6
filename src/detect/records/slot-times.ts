/** The times in the slots of lines: of lines in one minute only the seconds are read. */
import type { Clock } from '../../logs/clock.ts';
import { readEpoch, readTimeText } from '../../logs/formats/time-text.ts';

/** The minute that was read last. */
export interface SlotTimes {
  /** Microseconds since the epoch; NaN when the bytes are no time that says its zone. */
  timeOf(bytes: Buffer, start: number, end: number, clock: Clock): number;
}

/** `2026-03-02T00:00:` of `2026-03-02T00:00:07.180Z` */
const PREFIX = 17;
const ZERO = 48;
const STAMP = /^(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:)\d\d(?:[.,]\d{1,9})?(Z|[+-]\d\d:?\d\d)$/;

/** Makes the memory of one minute. */
export function createSlotTimes(): SlotTimes {
  const prefix = Buffer.alloc(PREFIX);
  let zone = Buffer.alloc(0);
  let minuteUs = Number.NaN;

  const isSame = (known: Buffer, bytes: Uint8Array, at: number): boolean => {
    for (let index = known.length - 1; index >= 0; index -= 1) {
      if (bytes[at + index] !== known[index]) return false;
    }
    return true;
  };

  const readMinute = (text: string, clock: Clock): void => {
    const [, head, offset] = STAMP.exec(text) ?? [];
    const timeUs = head === undefined ? undefined : readTimeText(`${head}00${offset}`, clock);
    minuteUs = timeUs ?? Number.NaN;
    if (timeUs === undefined) return;
    prefix.write(head as string, 'latin1');
    zone = Buffer.from(offset as string, 'latin1');
  };

  /** The time of a stamp in the minute at hand; NaN when it is in another one, or is none. */
  const inMinute = (bytes: Uint8Array, start: number, end: number): number => {
    const zoneStart = end - zone.length;
    const at = start + PREFIX;
    if (zoneStart < at + 2 || !isSame(prefix, bytes, start) || !isSame(zone, bytes, zoneStart))
      return Number.NaN;
    const tens = (bytes[at] as number) - ZERO;
    const ones = (bytes[at + 1] as number) - ZERO;
    if (!(tens >= 0 && tens <= 5 && ones >= 0 && ones <= 9)) return Number.NaN;
    let micros = 0;
    if (zoneStart > at + 2) {
      const mark = bytes[at + 2] as number;
      const digits = zoneStart - at - 3;
      if ((mark !== 46 && mark !== 44) || digits < 1 || digits > 9) return Number.NaN;
      let unit = 100_000;
      for (let index = at + 3; index < zoneStart; index += 1, unit /= 10) {
        const digit = (bytes[index] as number) - ZERO;
        if (!(digit >= 0 && digit <= 9)) return Number.NaN;
        if (unit >= 1) micros += digit * unit;
      }
    }
    return minuteUs + (tens * 10 + ones) * 1_000_000 + micros;
  };

  return {
    timeOf(bytes, start, end, clock) {
      if (end - start <= 13) {
        const value = wholeNumber(bytes, start, end);
        const isEpoch = value >= 0 && (end - start === 10 || end - start === 13);
        return (isEpoch ? readEpoch(value, clock) : undefined) ?? Number.NaN;
      }
      const known = Number.isNaN(minuteUs) ? Number.NaN : inMinute(bytes, start, end);
      if (!Number.isNaN(known) || end - start > 40) return known;
      readMinute(bytes.toString('latin1', start, end), clock);
      return Number.isNaN(minuteUs) ? Number.NaN : inMinute(bytes, start, end);
    },
  };
}

/** The number that the digits say; -1 where something else stands among them. */
function wholeNumber(bytes: Uint8Array, start: number, end: number): number {
  let value = 0;
  for (let index = start; index < end; index += 1) {
    const digit = (bytes[index] as number) - ZERO;
    if (!(digit >= 0 && digit <= 9)) return -1;
    value = value * 10 + digit;
  }
  return value;
}
