/** Sums of many minutes from few rows: hours and tens of minutes that are over are added up once, and kept as long as their minutes are. */
import { sumOf, type TrafficMinute, WIDE_KEPT } from '../watch/traffic.ts';

/** Minutes that are added up once, from large to small. */
const BLOCKS = [60, 10];

/** The sum of a block, by its first minute. */
interface Kept {
  last: TrafficMinute;
  count: number;
  sum: TrafficMinute;
}
const kept = BLOCKS.map(() => new WeakMap<TrafficMinute, Kept>());

/** The sum of minutes from `first` to before `end`, in order of time; undefined for none. */
export function sumWithin(
  minutes: readonly TrafficMinute[],
  first: number,
  end: number,
): TrafficMinute | undefined {
  return sumOf(partsOf(minutes, first, end, 0));
}

function partsOf(
  minutes: readonly TrafficMinute[],
  first: number,
  end: number,
  level: number,
): TrafficMinute[] {
  const size = BLOCKS[level];
  if (size === undefined) return minutes.slice(first, end);
  const blockOf = (at: number): number => Math.floor((minutes[at]?.at ?? Infinity) / size);
  const parts: TrafficMinute[] = [];
  for (let from = first; from < end; ) {
    const block = blockOf(from);
    let to = from + 1;
    while (to < end && blockOf(to) === block) to += 1;
    // The last block may get more; one that is cut is made of smaller ones.
    const isWhole = blockOf(from - 1) !== block && to < minutes.length && blockOf(to) !== block;
    if (isWhole && to - from > 1) parts.push(blockSum(minutes, from, to, level));
    else parts.push(...partsOf(minutes, from, to, level + 1));
    from = to;
  }
  return parts;
}

function blockSum(
  minutes: readonly TrafficMinute[],
  from: number,
  to: number,
  level: number,
): TrafficMinute {
  const [first, last] = [minutes[from]!, minutes[to - 1]!];
  const known = kept[level]!.get(first);
  if (known?.last === last && known.count === to - from) return known.sum;
  // More values than are shown: what is small everywhere may be large in the sum.
  const sum = sumOf(partsOf(minutes, from, to, level + 1), { most: WIDE_KEPT })!;
  kept[level]!.set(first, { last, count: to - from, sum });
  return sum;
}
