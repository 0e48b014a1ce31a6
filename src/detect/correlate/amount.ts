/**
 * value_sum, value_avg, value_median and value_percentile: the numbers of the hits in the window of a group, oldest first,
 * and what is made of them.
 */
import type { SigmaCorrelation } from '../../sigma/rule.ts';
import { fromJson, openingOf, toJson, type WindowKind } from './window.ts';

/** Numbers that a group remembers within its window; when there are more, the oldest leave early. */
export const MOST_AMOUNTS = 65_536;

/** What the condition looks at. */
type Measure =
  | { kind: 'sum' | 'average' }
  /** The value below which so many of a hundred lie, between two values by their distance. */
  | { kind: 'percentile'; percent: number }
  /** How many of a hundred have the value of the newest hit. */
  | { kind: 'share' };

interface Amounts {
  /** Time, reference and number of each hit, side by side, from `start` on. */
  hits: number[];
  start: number;
  /** The numbers in order of size, for percentiles. */
  sorted: number[];
  /** How many hits have each number, for shares. */
  counts: Map<number, number>;
  /** Added up anew now and then: it would gather the errors of its roundings. */
  sum: number;
}

const measureOf = ({ type, percentile }: SigmaCorrelation): Measure => {
  if (type === 'value_sum') return { kind: 'sum' };
  if (type === 'value_avg') return { kind: 'average' };
  if (type === 'value_median') return { kind: 'percentile', percent: 50 };
  return percentile === undefined ? { kind: 'share' } : { kind: 'percentile', percent: percentile };
};

const WIDTH = 3;
const sizeOf = ({ hits, start }: Amounts): number => hits.length / WIDTH - start;

/** Windows over numbers. A hit whose value is no number has no part; of a share any value may be. */
export function amountWindow(
  correlation: SigmaCorrelation,
  textOf: (value: number) => string = String,
): WindowKind<Amounts> {
  const timespanUs = correlation.timespanSeconds * 1_000_000;
  const measure = measureOf(correlation);
  const create = (): Amounts => ({
    hits: [],
    start: 0,
    sorted: [],
    counts: new Map(),
    sum: 0,
  });
  const numberOf = (value: number): number => {
    if (measure.kind === 'share') return value;
    const text = textOf(value).trim();
    const number = text === '' ? Number.NaN : Number(text);
    return Number.isFinite(number) ? number : Number.NaN;
  };
  const add = (amounts: Amounts, timeUs: number, ref: number, amount: number): void => {
    amounts.hits.push(timeUs, ref, amount);
    if (measure.kind === 'percentile') {
      amounts.sorted.splice(placeIn(amounts.sorted, amount), 0, amount);
    } else if (measure.kind === 'share') {
      amounts.counts.set(amount, (amounts.counts.get(amount) ?? 0) + 1);
    } else amounts.sum += amount;
  };
  return {
    create,
    add(amounts, { timeUs, ref, value }) {
      const amount = numberOf(value);
      if (Number.isNaN(amount)) return amount;
      const sinceUs = timeUs - timespanUs;
      while (sizeOf(amounts) > 0 && amounts.hits[amounts.start * WIDTH]! < sinceUs)
        dropOldest(amounts, measure);
      // An event that hits several members counts once.
      if (sizeOf(amounts) === 0 || amounts.hits.at(-2) !== ref) add(amounts, timeUs, ref, amount);
      if (sizeOf(amounts) > MOST_AMOUNTS) dropOldest(amounts, measure);
      return measured(amounts, measure);
    },
    opening({ hits, start }) {
      const seen = hits.slice(start * WIDTH).filter((_, index) => index % WIDTH !== 2);
      return openingOf(seen);
    },
    save({ hits, start }, names) {
      const live = hits.slice(start * WIDTH);
      const values = live.filter((_, index) => index % WIDTH === 2);
      const isText = measure.kind === 'share';
      return [
        toJson(live.filter((_, index) => index % WIDTH !== 2)),
        isText ? values.map(names.textOf) : values,
      ];
    },
    load([seen, values = []], names) {
      const places = fromJson(seen);
      const amounts = create();
      values.forEach((value, index) => {
        const amount = typeof value === 'string' ? names.numberOf(value) : Number(value);
        add(amounts, places[2 * index]!, places[2 * index + 1]!, amount);
      });
      return amounts;
    },
  };
}

function dropOldest(amounts: Amounts, measure: Measure): void {
  const amount = amounts.hits[amounts.start * WIDTH + 2]!;
  amounts.start += 1;
  if (measure.kind === 'percentile') amounts.sorted.splice(placeIn(amounts.sorted, amount), 1);
  else if (measure.kind === 'share') {
    const count = amounts.counts.get(amount)! - 1;
    if (count === 0) amounts.counts.delete(amount);
    else amounts.counts.set(amount, count);
  } else amounts.sum -= amount;
  if (amounts.start <= sizeOf(amounts)) return;
  // What left is more than what stays: moving that down, and adding it up anew, costs each hit one look.
  amounts.hits = amounts.hits.slice(amounts.start * WIDTH);
  amounts.start = 0;
  amounts.sum = 0;
  for (let index = 2; index < amounts.hits.length; index += WIDTH)
    amounts.sum += amounts.hits[index]!;
}

function measured(amounts: Amounts, measure: Measure): number {
  const size = sizeOf(amounts);
  switch (measure.kind) {
    case 'sum':
      return amounts.sum;
    case 'average':
      return amounts.sum / size;
    case 'share':
      return (100 * amounts.counts.get(amounts.hits.at(-1)!)!) / size;
    case 'percentile': {
      const rank = (measure.percent / 100) * (size - 1);
      const below = amounts.sorted[Math.floor(rank)]!;
      const above = amounts.sorted[Math.ceil(rank)]!;
      return below + (above - below) * (rank - Math.floor(rank));
    }
  }
}

/** Where a number is, or belongs, among sorted ones. */
function placeIn(sorted: readonly number[], number: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < number) low = middle + 1;
    else high = middle;
  }
  return low;
}
