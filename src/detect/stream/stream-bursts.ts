/** Hits of reporting rules over several live sources: what has changed, and what nothing can extend any more. */
import { atOnce } from '../../logs/turns.ts';
import {
  BURST_PAUSE_US,
  type Burst,
  type BurstCollector,
  createBurstCollector,
  keyOfBurst,
  mergeBursts,
} from '../bursts.ts';
import type { Witnesses } from '../witnesses.ts';

/** A burst over all sources, and whether it was told of before. */
export interface ToldBurst {
  burst: Burst;
  state: 'open' | 'going-on' | 'closed';
}

/** The bursts of all contents; a content is what a source's name stood for at a time. */
export interface StreamBursts {
  /** The collector of a content. */
  of(content: number): BurstCollector;
  /** Bursts that are new or have grown since the last call. */
  changed(): ToldBurst[];
  /** Takes out the bursts that are over: every hit to come is at `nowUs` or later. */
  ended(nowUs: number): ToldBurst[];
  save(): readonly (readonly [number, readonly Burst[]])[];
  load(saved: ReturnType<StreamBursts['save']>): void;
}

/** Is a finding told of again? When it has doubled: an attack of a million requests is told of twenty times. */
export const isWorthTelling = (told: number | undefined, count: number): boolean =>
  told === undefined || count >= 2 * told;

/** Makes an empty one. `witnessesNow` says which contents may tell of the same acts. */
export function createStreamBursts(witnessesNow: () => Witnesses): StreamBursts {
  const collectors = new Map<number, BurstCollector>();
  /** Number of hits by key and first place, as it was told. */
  const told = new Map<string, number>();
  /** Hits by key when it was last looked at. */
  const seen = new Map<string, number>();

  const of = (content: number): BurstCollector => {
    let collector = collectors.get(content);
    if (collector === undefined) collectors.set(content, (collector = createBurstCollector()));
    return collector;
  };
  const parts = (): Map<string, Burst[]> => {
    const byKey = new Map<string, Burst[]>();
    for (const collector of collectors.values()) {
      for (const burst of collector.all()) {
        const key = keyOfBurst(burst);
        byKey.set(key, [...(byKey.get(key) ?? []), burst]);
      }
    }
    return byKey;
  };
  /** As the whole run will see them, without touching what still grows. */
  const merged = (bursts: readonly Burst[]): Burst[] =>
    atOnce(mergeBursts(structuredClone(bursts), witnessesNow()));
  const nameOf = (burst: Burst): string => `${keyOfBurst(burst)}\u0001${burst.locations[0]}`;

  return {
    of,
    changed() {
      const changed: ToldBurst[] = [];
      for (const [key, bursts] of parts()) {
        const hits = bursts.reduce((sum, { count }) => sum + count, 0);
        if (seen.get(key) === hits) continue;
        seen.set(key, hits);
        for (const burst of merged(bursts)) {
          const before = told.get(nameOf(burst));
          if (!isWorthTelling(before, burst.count)) continue;
          told.set(nameOf(burst), burst.count);
          changed.push({ burst, state: before === undefined ? 'open' : 'going-on' });
        }
      }
      return changed;
    },
    ended(nowUs) {
      const ended: ToldBurst[] = [];
      const isOver = ({ lastUs }: Burst): boolean =>
        nowUs === Number.POSITIVE_INFINITY ||
        (lastUs !== undefined && lastUs + BURST_PAUSE_US < nowUs);
      for (const [key, bursts] of parts()) {
        // What several logs tell of together ends no earlier than the part that goes on longest.
        if (!bursts.some(isOver)) continue;
        const over = merged(bursts).filter(isOver);
        if (over.length === 0) continue;
        for (const burst of over) {
          told.delete(nameOf(burst));
          ended.push({ burst, state: 'closed' });
        }
        const untilUs = Math.max(...over.map(({ lastUs }) => lastUs ?? Number.POSITIVE_INFINITY));
        seen.delete(key);
        const gone = new Set(bursts.filter(({ lastUs }) => (lastUs ?? -Infinity) <= untilUs));
        for (const collector of collectors.values()) collector.drop(gone);
      }
      return ended;
    },
    save: () => [...collectors].map(([content, collector]) => [content, collector.all()]),
    load(saved) {
      for (const [content, bursts] of saved) of(content).load(bursts);
    },
  };
}
