/**
 * Up to when nothing can come any more. Time is that of the events; it goes on by the clock while none come, so that old
 * logs that are written anew are judged as they were when they were new.
 */

/** How a source stands: the latest time it has given, and whether there is more to read. */
export interface SourceTime {
  latestUs: number | undefined;
  isBehind: boolean;
}

/** Follows the time of events. All times are microseconds since the epoch. */
export interface Watermark {
  /** Every event at or before it has come; undefined while none is known. Never goes back. */
  at(sources: readonly SourceTime[], nowUs: number): number | undefined;
}

/** Stamps are often whole seconds: an event of this second may yet come. */
const GRAIN_US = 1_000_000;

/** Begins. @param delayUs so much later than others may an event come */
export function createWatermark(delayUs: number): Watermark {
  let latestUs = Number.NEGATIVE_INFINITY;
  let sinceUs = 0;
  let reached: number | undefined;
  return {
    at(sources, nowUs) {
      const times = sources.flatMap(({ latestUs: time }) => time ?? []);
      // A clock that runs ahead does not make the others late.
      const newest = Math.min(nowUs, Math.max(Number.NEGATIVE_INFINITY, ...times));
      if (newest > latestUs) {
        latestUs = newest;
        sinceUs = nowUs;
      }
      if (latestUs === Number.NEGATIVE_INFINITY) return undefined;
      const behind = sources.filter(({ isBehind }) => isBehind);
      const eventNowUs = latestUs + Math.max(0, nowUs - sinceUs);
      const settled = Math.max(
        Math.min(latestUs, eventNowUs - delayUs),
        eventNowUs - GRAIN_US - delayUs,
      );
      const held = Math.min(
        settled,
        ...behind.map((source) => (source.latestUs ?? Number.NEGATIVE_INFINITY) - delayUs),
      );
      if (held > (reached ?? Number.NEGATIVE_INFINITY)) reached = held;
      return reached;
    },
  };
}
