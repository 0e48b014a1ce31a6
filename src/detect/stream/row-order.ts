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
  let waiting: WrittenRow[] = [];
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
      for (let index = 0; index < count; index += 1) {
        const isLate = times[index]! < settledUs;
        if (isLate) late += 1;
        waiting.push([
          kinds[index]!,
          isLate ? settledUs : Math.min(times[index]!, nowUs),
          locations[index]!,
          strings[groups[index]!] ?? '',
          strings[values[index]!] ?? '',
        ]);
      }
    },
    due(nowUs) {
      settledUs = Math.max(settledUs, nowUs);
      const due = waiting.filter(([, timeUs]) => timeUs <= nowUs);
      waiting = waiting.filter(([, timeUs]) => timeUs > nowUs);
      due.sort((a, b) => a[1] - b[1] || a[2] - b[2] || a[0] - b[0]);
      return {
        count: due.length,
        kinds: Uint16Array.from(due, ([kind]) => kind),
        times: Float64Array.from(due, ([, timeUs]) => timeUs),
        locations: Float64Array.from(due, ([, , location]) => location),
        groups: Uint32Array.from(due, ([, , , group]) => numberOf(group)),
        values: Uint32Array.from(due, ([, , , , value]) => numberOf(value)),
        strings: texts,
      };
    },
    keepTexts(mark) {
      const isKept = new Uint8Array(texts.length);
      mark((number) => {
        isKept[number] = 1;
      });
      for (const [text, number] of numbers) {
        if (isKept[number] === 1) continue;
        numbers.delete(text);
        texts[number] = '';
        free.push(number);
      }
    },
    save: () => waiting,
    load(rows) {
      waiting.push(...rows);
    },
  };
}
