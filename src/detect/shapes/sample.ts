/** A line to learn from, and the same line with something else in its slots. */
import type { Clock } from '../../logs/clock.ts';
import type { LogFormat } from '../../logs/formats/log-format.ts';
import { emptyStamp } from '../../logs/formats/syslog-stamp.ts';
import type { Slot } from './line-shape.ts';

/** A line; positions count from its start. */
export interface SampleLine {
  text: string;
  /** Where the stamp ends. */
  stampEnd: number;
  /** What does not belong to the shape, after the stamp. */
  slots: readonly Slot[];
}

/** Two other lines of the same shape: no slot holds what it held, and neighbours do not move alike. */
export const variantsOf = (line: SampleLine): SampleLine[] => [
  variant(line, 2, '17'),
  variant(line, 5, '42'),
];

function variant({ text, stampEnd, slots }: SampleLine, step: number, minute: string): SampleLine {
  let changed = text.slice(0, stampEnd).replace(/:\d\d:/, `:${minute}:`);
  let from = stampEnd;
  for (const [index, { start, end, isAddress }] of slots.entries()) {
    const change = isAddress ? otherAddress : otherNumber;
    changed += text.slice(from, start) + change(text.slice(start, end), ((step + index) % 8) + 1);
    from = end;
  }
  return { text: changed + text.slice(from), stampEnd, slots };
}

/** Each digit moved on; the first one is 1 to 3, so that ports stay ports. */
function otherNumber(digits: string, step: number): string {
  const first = Number(digits[0]);
  const moved = ((first + step) % 3) + 1;
  const rest = digits.slice(1).replace(/\d/g, (digit) => String((Number(digit) + step) % 10));
  return `${moved === first ? (moved % 3) + 1 : moved}${rest}`;
}

/** Each octet moved on among those of its length. */
const otherAddress = (address: string, step: number): string =>
  address
    .split('.')
    .map((octet) => {
      const [least, count] = OCTETS[octet.length - 1] as readonly [number, number];
      return least + ((Number(octet) - least + step) % count);
    })
    .join('.');

/** The least octet of one, two and three digits, and how many there are. */
const OCTETS = [
  [0, 10],
  [10, 90],
  [100, 156],
] as const;

const stamp = emptyStamp();

/** The time that the stamp at the start of a line of the format says. */
export function stampTime(line: string, clock: Clock, format: LogFormat): number | undefined {
  if (format.stamp?.(line, 0, stamp) !== true) return undefined;
  if (stamp.epochUs !== 0) return stamp.epochUs;
  const { year, month, day, hour, minute, second, micros, offsetMinutes } = stamp;
  return clock.at(year, month, day, hour, minute, second, micros, offsetMinutes);
}
