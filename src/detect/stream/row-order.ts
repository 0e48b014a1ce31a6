/**
 * Rows of several live sources on their way into the one order of time: each waits until nothing can come before it.
 * Texts have numbers only while something needs them.
 */
import type { Names } from '../correlate/window.ts';
import { type Rows, weightOf } from '../rows/rows.ts';

/** A row with its texts, as JSON can carry it: kind, time, location, group and value. */
export type WrittenRow = readonly [number, number, number, string, string];

/** Rows that wait. Times are microseconds since the epoch. */
export interface RowOrder {
  /** Takes rows in. @param nowUs what lies later has a clock that runs ahead, and counts as of then */
  add(rows: Rows, nowUs?: number): void;
  /** Takes out what lies at or before `nowUs`, by (time, location, kind). What comes too late is moved to the last `nowUs`. */
  due(nowUs: number): Rows;
  /** How often the event of a row happened, by the row's value. */
  weightOf(value: number): number;
  names: Names & { size(): number };
  /** Forgets the texts of all numbers but those that `mark` names; new texts get these numbers. */
  keepTexts(mark: (note: (number: number) => void) => void): void;
  save(): readonly WrittenRow[];
  load(rows: readonly WrittenRow[]): void;
  /** How many came too late. */
  late(): number;
}

/** Makes an empty one. */
export function createRowOrder(lateBefore = 0): RowOrder {
  /** Rows by numbers alone, which need no objects of their own: kind, time, location, group and value. */
  const waiting: [number, number, number, number, number][] = [];
  let settledUs = Number.NEGATIVE_INFINITY;
  let late = lateBefore;
  const texts: string[] = [];
  const numbers = new Map<string, number>();
  const free: number[] = [];
  const numberOf = (text: string): number => {
    let number = numbers.get(text);
    if (number === undefined) {
      number = free.pop() ?? texts.length;
      texts[number] = text;
      numbers.set(text, number);
    }
    return number;
  };
  return {
    names: { numberOf, textOf: (number) => texts[number] ?? '', size: () => numbers.size },
    weightOf: (value) => weightOf(texts[value] ?? '') ?? 1,
    late: () => late,
    add({ count, times, locations, kinds, groups, values, strings }, nowUs = Infinity) {
      // A text of one batch is looked up once, however many rows have it.
      const known = new Int32Array(strings.length).fill(-1);
      const numberIn = (index: number): number => {
        if (known[index] === -1) known[index] = numberOf(strings[index]!);
        return known[index]!;
      };
      for (let index = 0; index < count; index += 1) {
        const isLate = times[index]! < settledUs;
        if (isLate) late += 1;
        waiting.push([
          kinds[index]!,
          isLate ? settledUs : Math.min(times[index]!, nowUs),
          locations[index]!,
          numberIn(groups[index]!),
          numberIn(values[index]!),
        ]);
      }
    },
    due(nowUs) {
      settledUs = Math.max(settledUs, nowUs);
      const due: typeof waiting = [];
      let kept = 0;
      for (const row of waiting) {
        if (row[1] <= nowUs) due.push(row);
        else waiting[kept++] = row;
      }
      waiting.length = kept;
      due.sort((a, b) => a[1] - b[1] || a[2] - b[2] || a[0] - b[0]);
      return {
        count: due.length,
        kinds: Uint16Array.from(due, ([kind]) => kind),
        times: Float64Array.from(due, ([, timeUs]) => timeUs),
        locations: Float64Array.from(due, ([, , location]) => location),
        groups: Uint32Array.from(due, ([, , , group]) => group),
        values: Uint32Array.from(due, ([, , , , value]) => value),
        strings: texts,
      };
    },
    keepTexts(mark) {
      const isKept = new Uint8Array(texts.length);
      mark((number) => {
        isKept[number] = 1;
      });
      for (const [, , , group, value] of waiting) {
        isKept[group] = 1;
        isKept[value] = 1;
      }
      for (const [text, number] of numbers) {
        if (isKept[number] === 1) continue;
        numbers.delete(text);
        texts[number] = '';
        free.push(number);
      }
    },
    save: () =>
      waiting.map(([kind, timeUs, location, group, value]) => [
        ...([kind, timeUs, location] as const),
        ...([texts[group] ?? '', texts[value] ?? ''] as const),
      ]),
    load(rows) {
      for (const [kind, timeUs, location, group, value] of rows)
        waiting.push([kind, timeUs, location, numberOf(group), numberOf(value)]);
    },
  };
}
