/** Events over time in a readable number of equal buckets, with the findings marked. */
import { LEVELS, type Level, levelRank } from '../events/level.ts';
import type { Finding, Timeline } from './finding.ts';
import { MINUTE_US } from './totals.ts';

const MINUTES = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 2880, 10_080, 43_200, 525_600];
const MAX_BUCKETS = 72;

/** Buckets from the first to the last event; the size is the smallest that gives at most 72. */
export function buildHistogram(
  perMinute: ReadonlyMap<number, number>,
  findings: readonly Finding[],
): Timeline['histogram'] {
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  for (const minute of perMinute.keys()) {
    if (minute < first) first = minute;
    if (minute > last) last = minute;
  }
  if (first > last) return { startUs: 0, bucketUs: MINUTE_US, counts: [], marks: [] };
  const size =
    MINUTES.find((minutes) => bucketCount(first, last, minutes) <= MAX_BUCKETS) ??
    Math.ceil((last - first + 1) / MAX_BUCKETS);
  const start = Math.floor(first / size) * size;
  const counts = new Array<number>(bucketCount(first, last, size)).fill(0);
  for (const [minute, count] of perMinute) {
    counts[Math.floor((minute - start) / size)]! += count;
  }
  const bucketUs = size * MINUTE_US;
  const startUs = start * MINUTE_US;
  return { startUs, bucketUs, counts, marks: marksOf(findings, startUs, bucketUs, counts.length) };
}

const bucketCount = (first: number, last: number, size: number): number =>
  Math.floor(last / size) - Math.floor(first / size) + 1;

/** The highest level of the findings in each bucket, by the event that makes each one. */
function marksOf(
  findings: readonly Finding[],
  startUs: number,
  bucketUs: number,
  length: number,
): (Level | undefined)[] {
  const ranks = new Array<number>(length).fill(-1);
  for (const { firstUs, atUs = firstUs, level } of findings) {
    if (atUs === undefined) continue;
    const bucket = Math.min(length - 1, Math.max(0, Math.floor((atUs - startUs) / bucketUs)));
    ranks[bucket] = Math.max(ranks[bucket]!, levelRank(level));
  }
  return ranks.map((rank) => LEVELS[rank]);
}
