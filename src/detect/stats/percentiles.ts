/** Durations in buckets of 5 %: percentiles of any number of them in a few hundred counts, with an error of half of that. */

const STEP = Math.log(1.05);

/** The bucket of a duration in nanoseconds. */
export const bucketOf = (ns: number): number => (ns < 1 ? -1 : Math.round(Math.log(ns) / STEP));

const nsOf = (bucket: number): number => (bucket < 0 ? 0 : Math.exp(bucket * STEP));

/** The durations, in nanoseconds, that these parts of all do not exceed. @param parts each of 0 to 1 */
export function percentiles(
  buckets: ReadonlyMap<number, number>,
  parts: readonly number[],
): (number | undefined)[] {
  const sorted = [...buckets].sort(([one], [other]) => one - other);
  const total = sorted.reduce((sum, [, count]) => sum + count, 0);
  return parts.map((part) => {
    let seen = 0;
    for (const [bucket, count] of sorted) {
      seen += count;
      if (seen >= part * total) return Math.round(nsOf(bucket));
    }
    return undefined;
  });
}
