/**
 * Hits of groups that have too few of them for a correlation to hold: nearly all groups of a busy log. They lie in columns,
 * linked backwards by group, until they are older than the timespan or their group has enough of them and gets a window.
 */
import { widened } from './block.ts';
import { type CorrelationHit, type Names, NO_VALUE } from './window.ts';

/** The hits that wait. */
export interface ColdHits {
  /** Keeps a hit. False: with it the group may have enough; it is not kept, and `each` gives those before it. */
  add(hit: CorrelationHit): boolean;
  /** The hits of a group that lie in the window of this one, oldest first. The object is used again. */
  each(hit: CorrelationHit, take: (earlier: CorrelationHit) => void): void;
  /** Forgets hits older than the window that ends at `nowUs`. */
  forget(nowUs: number): void;
  /** Names the numbers of all groups and values that are kept. */
  mark(note: (number: number) => void): void;
  /** The hits as JSON can carry them; undefined where there are none. @param names numbers of the texts that are kept beside them */
  save(names: ColdNames): SavedCold | undefined;
  /** Goes on with what `save` gave. Call on new ones. @param texts of the numbers that were given */
  load(saved: SavedCold, texts: readonly string[], names: Names): void;
}

/** Gives a group or value the number under which its text is kept. */
export type ColdNames = (number: number) => number;

/** Columns as base64: times, references, groups and values (as numbers of texts, one up; 0 is none), members. */
export interface SavedCold {
  times: string;
  refs: string;
  groups: string;
  values: string;
  rules: string;
}

/** What all correlations together may keep. */
export interface ColdRoom {
  /** So many more hits. */
  left: number;
  /** Hits that were forgotten before their time. */
  forgotten: number;
}

/** Room for a million groups in each of six windows: 200 MB. */
export const createColdRoom = (left = 6_000_000): ColdRoom => ({ left, forgotten: 0 });

/** So many each correlation may keep, also where there is no room. */
const LEAST_KEPT = 4096;
const FIRST_CAPACITY = 256;
/** Places in the order of coming are counted in this circle; 0 stands for none in `last` and `prev`. */
const CIRCLE = 2 ** 30 - 1;

interface Columns {
  times: Float64Array;
  refs: Float64Array;
  groups: Uint32Array;
  values: Int32Array;
  /** The one before it of the same group, one up. */
  prev: Int32Array;
  /** How many of the group lie close together up to here: at least as many as there are in a window. */
  counts: Uint16Array;
  rules: Uint16Array;
}

const createColumns = (capacity: number): Columns => ({
  times: new Float64Array(capacity),
  refs: new Float64Array(capacity),
  groups: new Uint32Array(capacity),
  values: new Int32Array(capacity),
  prev: new Int32Array(capacity),
  counts: new Uint16Array(capacity),
  rules: new Uint16Array(capacity),
});

/** More than this fits no column of counts. */
export const MOST_NEEDED = 0xffff;

/**
 * Makes an empty one for windows of `timespanUs` that need so many hits, at most `MOST_NEEDED`.
 * @param room where there is none left, each hit takes the place of the oldest one
 */
export function createColdHits(needed: number, timespanUs: number, room: ColdRoom): ColdHits {
  let capacity = FIRST_CAPACITY;
  let columns = createColumns(capacity);
  /** The next place, and how many before it are kept. */
  let next = 0;
  let size = 0;
  /** By group: the place of its latest hit, one up. */
  let last = new Int32Array(FIRST_CAPACITY);
  const earlier: CorrelationHit = { rule: 0, timeUs: 0, group: 0, value: 0, weight: 1, ref: 0 };

  /** How far back a place lies that is kept; 0 where it is not, or is of another group by now. */
  const ageOf = (placeUp: number, group: number): number => {
    if (placeUp === 0) return 0;
    const age = (next - placeUp + 1) & CIRCLE;
    return age <= size && columns.groups[(placeUp - 1) & (capacity - 1)] === group ? age : 0;
  };
  /** The latest hits of a group in the window that ends at `timeUs`, newest first, as slots. */
  const slotsOf = (group: number, timeUs: number): number[] => {
    const sinceUs = timeUs - timespanUs;
    const slots: number[] = [];
    let before = 0;
    for (let at = last[group] ?? 0; ; ) {
      const age = ageOf(at, group);
      if (age <= before) return slots;
      const slot = (at - 1) & (capacity - 1);
      if (columns.times[slot]! < sinceUs) return slots;
      slots.push(slot);
      before = age;
      at = columns.prev[slot]!;
    }
  };
  const resize = (wanted: number): void => {
    const old = columns;
    const oldMask = capacity - 1;
    capacity = wanted;
    columns = createColumns(capacity);
    for (let index = 1; index <= size; index += 1) {
      const place = (next - index) & CIRCLE;
      const [from, to] = [place & oldMask, place & (capacity - 1)];
      for (const name of COLUMNS) columns[name][to] = old[name][from]!;
    }
  };
  const dropOldest = (): void => {
    size -= 1;
    room.left += 1;
  };
  const append = ({ timeUs, ref, group, value, rule }: CorrelationHit, count: number): void => {
    if (room.left <= 0 && size >= LEAST_KEPT) {
      dropOldest();
      room.forgotten += 1;
    }
    if (size === capacity) resize(capacity * 2);
    if (group >= last.length) last = widened(last, group + 1);
    const slot = next & (capacity - 1);
    columns.times[slot] = timeUs;
    columns.refs[slot] = ref;
    columns.groups[slot] = group;
    columns.values[slot] = value;
    columns.rules[slot] = rule;
    columns.counts[slot] = count;
    columns.prev[slot] = last[group]!;
    last[group] = next + 1;
    next = (next + 1) & CIRCLE;
    size += 1;
    room.left -= 1;
  };
  /** So many there are with one more at `timeUs`; counted anew where the quick count reaches what is needed. */
  const countWith = (group: number, timeUs: number): number => {
    const latest = last[group] ?? 0;
    if (ageOf(latest, group) === 0) return 1;
    const slot = (latest - 1) & (capacity - 1);
    if (columns.times[slot]! < timeUs - timespanUs) return 1;
    const quick = columns.counts[slot]! + 1;
    return quick < needed ? quick : slotsOf(group, timeUs).length + 1;
  };

  return {
    add(hit) {
      // One that stands for many is rare, and has no column.
      if ((hit.weight ?? 1) > 1) return false;
      const count = countWith(hit.group, hit.timeUs);
      if (count >= needed) return false;
      append(hit, count);
      return true;
    },
    each({ group, timeUs }, take) {
      earlier.group = group;
      for (const slot of slotsOf(group, timeUs).reverse()) {
        earlier.timeUs = columns.times[slot]!;
        earlier.ref = columns.refs[slot]!;
        earlier.value = columns.values[slot]!;
        earlier.rule = columns.rules[slot]!;
        take(earlier);
      }
    },
    forget(nowUs) {
      const sinceUs = nowUs - timespanUs;
      while (size > 0 && columns.times[(next - size) & (capacity - 1)]! < sinceUs) dropOldest();
      if (size * 8 < capacity && capacity > FIRST_CAPACITY) resize(capacity / 4);
    },
    mark(note) {
      for (let index = 1; index <= size; index += 1) {
        const slot = (next - index) & (capacity - 1);
        note(columns.groups[slot]!);
        if (columns.values[slot]! !== NO_VALUE) note(columns.values[slot]!);
      }
    },
    save(names) {
      if (size === 0) return undefined;
      const kept = createColumns(size);
      for (let index = 0; index < size; index += 1) {
        const slot = (next - size + index) & (capacity - 1);
        for (const name of SAVED) kept[name][index] = columns[name][slot]!;
        const value = columns.values[slot]!;
        kept.groups[index] = names(columns.groups[slot]!) + 1;
        kept.values[index] = value === NO_VALUE ? 0 : names(value) + 1;
      }
      const { times, refs, groups, values, rules } = kept;
      return {
        ...{ times: toBase64(times), refs: toBase64(refs), groups: toBase64(groups) },
        ...{ values: toBase64(values), rules: toBase64(rules) },
      };
    },
    load(saved, texts, { numberOf }) {
      const times = new Float64Array(bytesOf(saved.times));
      const refs = new Float64Array(bytesOf(saved.refs));
      const groups = new Uint32Array(bytesOf(saved.groups));
      const values = new Int32Array(bytesOf(saved.values));
      const rules = new Uint16Array(bytesOf(saved.rules));
      times.forEach((timeUs, index) => {
        const value = values[index] === 0 ? NO_VALUE : numberOf(texts[values[index]! - 1] ?? '');
        const group = numberOf(texts[groups[index]! - 1] ?? '');
        const hit = { rule: rules[index]!, timeUs, group, value, ref: refs[index]! };
        append(hit, Math.min(countWith(group, timeUs), needed - 1));
      });
    },
  };
}

const SAVED = ['times', 'refs', 'rules'] as const;
const COLUMNS = [...SAVED, 'groups', 'values', 'prev', 'counts'] as const;

const toBase64 = ({ buffer, byteOffset, byteLength }: ArrayBufferView): string =>
  Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength).toString('base64');

/** A copy that begins where columns may. */
const bytesOf = (base64: string): ArrayBuffer =>
  Uint8Array.from(Buffer.from(base64, 'base64')).buffer;
