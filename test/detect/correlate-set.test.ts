import { describe, expect, it } from 'vitest';
import { BLOCK_ROWS } from '../../src/detect/correlate/block.ts';
import { createCorrelator } from '../../src/detect/correlate/correlator.ts';
import { createCorrelations } from '../../src/detect/correlate/set.ts';
import { type CorrelationResult, NO_VALUE } from '../../src/detect/correlate/window.ts';
import { compiled, correlation, rowsOf, us, type WrittenRow } from './correlate-rows.ts';

const correlations = [
  compiled(correlation('event_count', 1, 30, { gte: 4 }), [0], [0]),
  compiled(correlation('event_count', 1, 30, { gte: 3, lt: 9 }), [0], [0]),
  compiled(correlation('event_count', 1, 3000, { gte: 80 }), [0], [0]),
  compiled(correlation('value_count', 1, 60, { gte: 5 }), [1], [1]),
  compiled(correlation('temporal', 2, 40), [0, 1], [0, 1]),
  compiled(correlation('temporal_ordered', 2, 40), [1, 0], [0, 1]),
];

/** The feeds of rule 0 that are grouped alike, and of rule 1. */
const kinds = [
  { isCounted: false, feeds: [0, 1, 2, 4].map((index) => ({ correlation: index, input: 0 })) },
  { isCounted: true, feeds: [3, 4].map((index) => ({ correlation: index, input: index - 3 })) },
  { isCounted: false, feeds: [{ correlation: 5, input: 0 }] },
  { isCounted: false, feeds: [{ correlation: 5, input: 1 }] },
];

/** Rows that look random, several blocks of them, with quiet times. */
function writtenRows(count: number): WrittenRow[] {
  let seed = 7;
  const random = (below: number): number => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((seed / 2_147_483_648) * below);
  };
  let seconds = 0;
  return Array.from({ length: count }, (_, location) => {
    seconds += random(100) === 0 ? random(200) : random(2);
    return {
      kind: random(kinds.length),
      timeUs: us(seconds),
      location,
      group: `g${random(6)}`,
      value: `v${random(12)}`,
    };
  });
}

type Numbered = readonly [index: number, result: CorrelationResult];

const sorted = (results: Numbered[]): Numbered[] =>
  results.sort(
    ([leftIndex, left], [rightIndex, right]) =>
      leftIndex - rightIndex || left.group - right.group || left.lastUs - right.lastUs,
  );

describe('createCorrelations', () => {
  const rows = rowsOf(writtenRows(BLOCK_ROWS * 2 + 1234));

  /** Every row to every correlator, one by one. */
  const expected = (): Numbered[] => {
    const results: Numbered[] = [];
    const correlators = correlations.map(({ rule }, index) =>
      createCorrelator(rule, { onResult: (result) => results.push([index, result]) }),
    );
    for (let row = 0; row < rows.count; row += 1) {
      const { feeds, isCounted } = kinds[rows.kinds[row]!]!;
      for (const feed of feeds) {
        const { members, inputs } = correlations[feed.correlation]!;
        const base = inputs[feed.input]!.rule;
        correlators[feed.correlation]!.push({
          rule: members.findIndex(({ index }) => index === base),
          timeUs: rows.times[row]!,
          group: rows.groups[row]!,
          value: isCounted ? rows.values[row]! : NO_VALUE,
          ref: rows.locations[row]!,
        });
      }
    }
    for (const correlator of correlators) correlator.finish();
    return sorted(results);
  };

  it.each([1, 7, BLOCK_ROWS - 1, rows.count])(
    'finds in stretches of %d what single rows give',
    (length) => {
      const results: Numbered[] = [];
      const all = createCorrelations(correlations, kinds, (index, result) =>
        results.push([index, result]),
      );
      for (let start = 0; start < rows.count; start += length) {
        all.push({ rows, start, end: Math.min(rows.count, start + length) });
      }
      all.finish();
      expect(sorted(results)).toEqual(expected());
      expect(new Set(results.map(([index]) => index)).size).toBe(correlations.length);
    },
  );

  it('finds the same when it is settled, kept as JSON and taken up again with other numbers', () => {
    const results: (readonly [number, Omit<CorrelationResult, 'group'> & { group: string }])[] = [];
    const held = new Map<string, number>();
    let kept = '';
    let numbered = rows;
    const parts = [0, 1, 2000, 2003, 19_000, rows.count];
    for (const [part, start] of parts.entries()) {
      if (start === rows.count) break;
      numbered = renumbered(rows, part);
      const names = {
        textOf: (number: number) => numbered.strings[number]!,
        numberOf: (text: string) => numbered.strings.indexOf(text),
      };
      const { strings } = numbered;
      const all = createCorrelations(
        chained,
        kindsOfChained,
        (index, result) => results.push([index, { ...result, group: strings[result.group]! }]),
        undefined,
        undefined,
        (index, group, burst, isFirst) => {
          const key = `${index} ${strings[group]} ${burst.firstUs}`;
          if (isFirst) expect(held.has(key)).toBe(false);
          held.set(key, burst.lastUs);
        },
      );
      if (kept !== '') all.load(JSON.parse(kept), names);
      const end = parts[part + 1]!;
      all.push({ rows: numbered, start, end });
      if (end === rows.count) all.finish();
      else {
        all.settle(rows.times[end]!);
        kept = JSON.stringify(all.save(names));
        // Not all that ever was: only what lies in a window.
        expect(kept.length).toBeLessThan(120_000);
      }
    }
    const whole: typeof results = [];
    const all = createCorrelations(chained, kindsOfChained, (index, result) =>
      whole.push([index, { ...result, group: rows.strings[result.group]! }]),
    );
    all.push({ rows, start: 0, end: rows.count });
    all.finish();
    const byText = (list: typeof results) => list.map((one) => JSON.stringify(one)).sort();
    expect(byText(results)).toEqual(byText(whole));
    expect(new Set(results.map(([index]) => index)).size).toBe(chained.length);
    // What opened is what was found.
    expect([...held].map(([key, lastUs]) => `${key} ${lastUs}`).sort()).toEqual(
      whole.map(([at, { group, firstUs, lastUs }]) => `${at} ${group} ${firstUs} ${lastUs}`).sort(),
    );
  });
});

/** The correlations above, and one that waits for the first of them. */
const chained = [
  ...correlations,
  compiled(correlation('temporal_ordered', 2, 60), [{ of: 0 }, 1], [0, 1]),
];
const kindsOfChained = [
  { ...kinds[0]!, feeds: [...kinds[0]!.feeds, { correlation: 6, input: 0 }] },
  { ...kinds[1]!, feeds: [...kinds[1]!.feeds, { correlation: 6, input: 1 }] },
  ...kinds.slice(2),
];

/** The same rows with their texts in another order. */
function renumbered(rows: ReturnType<typeof rowsOf>, by: number): ReturnType<typeof rowsOf> {
  const { length } = rows.strings;
  const moved = (column: Uint32Array): Uint32Array => column.map((at) => (at + by) % length);
  const strings = rows.strings.map((_, at) => rows.strings[(at - by + length) % length]!);
  return { ...rows, groups: moved(rows.groups), values: moved(rows.values), strings };
}
