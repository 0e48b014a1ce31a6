/** The groups of one correlation that hit lately, found by number. */
import { widened } from './block.ts';
import type { Before, Names, Saved } from './window.ts';

/** A group and what its window holds. */
export interface Group<W> {
  group: number;
  window: W;
  /** Time of the latest hit. */
  lastUs: number;
  burst: Burst | undefined;
}

/** A result that is still open. */
export interface Burst {
  firstUs: number;
  lastUs: number;
  count: number;
  refs: number[];
  lastRef: number;
  deciding: number[];
  before: readonly Before[];
}

/** The groups of one correlation, those alone that the window may still need. */
export interface Groups<W> {
  /** The group of a number, made when it is new. */
  take(group: number): Group<W>;
  /** The group of a number, if it is there. */
  find(group: number): Group<W> | undefined;
  /** Forgets groups that had no hit in the window that ends at `nowUs`, sooner or later. */
  forget(nowUs: number): void;
  clear(): void;
  /** The open result of a group, if there is one. */
  burstOf(group: number): Burst | undefined;
  save(names: Names, saveWindow: (window: W) => Saved): SavedGroup[];
  load(saved: readonly SavedGroup[], names: Names, loadWindow: (saved: Saved) => W): void;
}

/** A group at rest. */
export interface SavedGroup {
  group: string;
  window: Saved;
  lastUs: number;
  burst: Burst | undefined;
}

const FIRST_CAPACITY = 256;

/** Keeps groups for a timespan after their latest hit; `onForget` sees each one that goes. */
export function createGroups<W>(
  createWindow: () => W,
  timespanUs: number,
  onForget: (group: Group<W>) => void,
): Groups<W> {
  const live: Group<W>[] = [];
  /** Forgotten ones, used again: all that their windows hold is older than any window to come. */
  const spare: Group<W>[] = [];
  /** Group number to place in `live`, counted from 1; 0 is none. */
  let places = new Int32Array(FIRST_CAPACITY);
  let latest: Group<W> | undefined;
  let nextSweepUs = Number.NEGATIVE_INFINITY;

  /** Once per timespan, so that a hit pays for no more than one or two looks at its group. */
  const sweep = (nowUs: number): void => {
    const sinceUs = nowUs - timespanUs;
    for (let index = live.length - 1; index >= 0; index -= 1) {
      const old = live[index]!;
      if (old.lastUs >= sinceUs) continue;
      onForget(old);
      const last = live.pop()!;
      if (last !== old) {
        live[index] = last;
        places[last.group] = index + 1;
      }
      places[old.group] = 0;
      spare.push(old);
    }
    latest = undefined;
    nextSweepUs = nowUs + timespanUs;
  };

  const open = (group: number): Group<W> => {
    if (group >= places.length) places = widened(places, group + 1);
    const opened = spare.pop() ?? {
      group,
      window: createWindow(),
      lastUs: Number.NEGATIVE_INFINITY,
      burst: undefined,
    };
    opened.group = group;
    opened.lastUs = Number.NEGATIVE_INFINITY;
    places[group] = live.push(opened);
    return opened;
  };

  return {
    burstOf: (group) => live[(places[group] ?? 0) - 1]?.burst,
    save: ({ textOf }, saveWindow) =>
      live.map(({ group, window, lastUs, burst }) => ({
        group: textOf(group),
        window: saveWindow(window),
        lastUs,
        burst,
      })),
    load(saved, { numberOf }, loadWindow) {
      for (const { group, window, lastUs, burst } of saved) {
        Object.assign(open(numberOf(group)), { window: loadWindow(window), lastUs, burst });
      }
    },
    find(group) {
      if (group === latest?.group) return latest;
      const place = group < places.length ? places[group]! : 0;
      return place === 0 ? undefined : (latest = live[place - 1]!);
    },
    take(group) {
      if (group === latest?.group) return latest;
      const place = group < places.length ? places[group]! : 0;
      latest = place === 0 ? open(group) : live[place - 1]!;
      return latest;
    },
    forget(nowUs) {
      if (nowUs >= nextSweepUs) sweep(nowUs);
    },
    clear() {
      for (const group of live) onForget(group);
      live.length = 0;
      latest = undefined;
      places.fill(0);
    },
  };
}
