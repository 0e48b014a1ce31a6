/**
 * Hits as columns: what crosses from the readers to the one pass in time order. A row is a kind (which
 * correlation inputs it is for), a time, a location, a group and a counted value or, where none is counted, how
 * often the event happened. Rows of one piece of work
 * are sorted and become a run; the store merges all runs.
 */
import type { Event } from '../../events/event.ts';
import type { Location } from '../location.ts';

/** Columns of equal length; group and value index into `strings`. */
export interface Rows {
  count: number;
  times: Float64Array;
  locations: Float64Array;
  kinds: Uint16Array;
  groups: Uint32Array;
  values: Uint32Array;
  strings: readonly string[];
}

/** The value of a row whose kind counts no values: how often its event happened, or that it only announces; empty for once. */
export const weightText = ({ repeats, isAnnouncing: announces }: Event): string =>
  announces === true
    ? ANNOUNCING
    : repeats === undefined || repeats === 1
      ? ''
      : `${WEIGHT_MARK}${repeats}`;

/** Is it the value of a row whose event only announces what another line tells? */
export const isAnnouncing = (text: string): boolean => text === ANNOUNCING;

const ANNOUNCING = '\u001f';

/** How often the event of such a row happened; undefined for other texts. */
export const weightOf = (text: string): number | undefined =>
  text.startsWith(WEIGHT_MARK) ? Number(text.slice(WEIGHT_MARK.length)) || 1 : undefined;

/** Tells weights from most values that are counted. */
const WEIGHT_MARK = '\u001e';

/** Kind of rows that stand for events: their group is empty, or the index of the rule that hit. */
export const HIT_KIND = 0xffff;
/** Time of rows for events without one: they come first. */
export const NO_TIME = Number.MIN_SAFE_INTEGER;

/** Takes the rows of one piece of work in any order. Times are microseconds since the epoch. */
export interface RowCollector {
  add(kind: number, timeUs: number, location: Location, group: string, value: string): void;
  /** The same for texts that `intern` gave numbers since the last `take`. */
  addInterned(kind: number, timeUs: number, location: Location, group: number, value: number): void;
  /** The number of a text until the next `take`. */
  intern(text: string): number;
  /** Sorted rows; the collector is empty afterwards. */
  take(): Rows;
  readonly count: number;
}

const FIRST_CAPACITY = 1024;

/** Gathers the rows of one piece of work. */
export function createRowCollector(): RowCollector {
  let capacity = FIRST_CAPACITY;
  let times = new Float64Array(capacity);
  let locations = new Float64Array(capacity);
  let kinds = new Uint16Array(capacity);
  let groups = new Uint32Array(capacity);
  let values = new Uint32Array(capacity);
  let count = 0;
  let strings: string[] = [];
  let indexOfString = new Map<string, number>();
  let lastGroup: string | undefined;
  let lastIndex = 0;

  const intern = (text: string): number => {
    let index = indexOfString.get(text);
    if (index === undefined) {
      index = strings.length;
      // A copy: a slice of a chunk would keep the whole chunk alive.
      const copy = Buffer.from(text, 'utf8').toString('utf8');
      strings.push(copy);
      indexOfString.set(copy, index);
    }
    return index;
  };
  const grow = (): void => {
    capacity *= 2;
    const widen = <T extends Float64Array | Uint16Array | Uint32Array>(old: T, wider: T): T => {
      wider.set(old);
      return wider;
    };
    times = widen(times, new Float64Array(capacity));
    locations = widen(locations, new Float64Array(capacity));
    kinds = widen(kinds, new Uint16Array(capacity));
    groups = widen(groups, new Uint32Array(capacity));
    values = widen(values, new Uint32Array(capacity));
  };

  const addInterned: RowCollector['addInterned'] = (kind, timeUs, location, group, value) => {
    if (count === capacity) grow();
    times[count] = timeUs;
    locations[count] = location;
    kinds[count] = kind;
    groups[count] = group;
    values[count] = value;
    count += 1;
  };

  return {
    get count() {
      return count;
    },
    intern,
    addInterned,
    add(kind, timeUs, location, group, value) {
      // An event's rows are often of one group.
      if (group !== lastGroup) lastIndex = intern((lastGroup = group));
      addInterned(kind, timeUs, location, lastIndex, intern(value));
    },
    take() {
      const rows = sortRows({ count, times, locations, kinds, groups, values, strings });
      count = 0;
      strings = [];
      indexOfString = new Map();
      lastGroup = undefined;
      return rows;
    },
  };
}

/** Does row `index` come after the one before it? */
function isOrdered({ times, locations, kinds }: Rows, index: number): boolean {
  const time = times[index]! - times[index - 1]!;
  if (time !== 0) return time > 0;
  const location = locations[index]! - locations[index - 1]!;
  return location !== 0 ? location > 0 : kinds[index]! >= kinds[index - 1]!;
}

/** Copies the rows that are there, ordered by (time, location, kind). */
function sortRows(rows: Rows): Rows {
  const { count, times, locations, kinds } = rows;
  let sorted = 1;
  while (sorted < count && isOrdered(rows, sorted)) sorted += 1;
  let pick = <T extends Float64Array | Uint16Array | Uint32Array>(from: T): T =>
    from.slice(0, count) as T;
  if (sorted < count) {
    const order = Uint32Array.from({ length: count }, (_, index) => index).sort(
      (a, b) =>
        times[a]! - times[b]! || locations[a]! - locations[b]! || kinds[a]! - kinds[b]! || a - b,
    );
    pick = (from) => {
      const to = from.slice(0, count);
      for (let index = 0; index < count; index += 1) to[index] = from[order[index]!]!;
      return to as typeof from;
    };
  }
  return {
    count,
    times: pick(times),
    locations: pick(locations),
    kinds: pick(kinds),
    groups: pick(rows.groups),
    values: pick(rows.values),
    strings: rows.strings,
  };
}

/** No rows. */
export const emptyRows = (): Rows => ({
  count: 0,
  times: new Float64Array(0),
  locations: new Float64Array(0),
  kinds: new Uint16Array(0),
  groups: new Uint32Array(0),
  values: new Uint32Array(0),
  strings: [],
});
