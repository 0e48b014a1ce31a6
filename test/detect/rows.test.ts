import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fileOf, locate, offsetOf } from '../../src/detect/location.ts';
import { createRowStore, type RowStore } from '../../src/detect/rows/row-store.ts';
import { createRowCollector } from '../../src/detect/rows/rows.ts';

function* rowsOf(store: RowStore) {
  for (const { rows, start, end } of store.merged()) {
    for (let index = start; index < end; index += 1) {
      yield {
        timeUs: rows.times[index]!,
        location: rows.locations[index]!,
        group: store.textOf(rows.groups[index]!),
      };
    }
  }
}

const merge = (runs: readonly (readonly [time: number, location: number, group: string])[][]) => {
  const store = createRowStore();
  for (const run of runs) {
    const collector = createRowCollector();
    for (const [time, location, group] of run) collector.add(1, time, location, group, '');
    store.add(collector.take());
  }
  return [...rowsOf(store)];
};

describe('row store', () => {
  it('merges runs by time, then location', () => {
    const row = fc.tuple(fc.nat(20), fc.nat(1000), fc.constantFrom('a', 'b', 'c'));
    fc.assert(
      fc.property(fc.array(fc.array(row, { maxLength: 20 }), { maxLength: 6 }), (runs) => {
        const expected = runs.flat().sort((a, b) => a[0] - b[0] || a[1] - b[1]);
        const merged = merge(runs);
        expect(merged.map(({ timeUs, location }) => [timeUs, location])).toEqual(
          expected.map(([time, location]) => [time, location]),
        );
        expect(merged.map(({ group }) => group).sort()).toEqual(
          expected.map(([, , group]) => group).sort(),
        );
      }),
    );
  });

  it('gives back every row in order when runs are spilled to disk', () => {
    const perRun = 300_000;
    const store = createRowStore();
    for (let run = 0; run < 12; run += 1) {
      const collector = createRowCollector();
      for (let index = 0; index < perRun; index += 1) {
        collector.add(2, index * 12 + run, locate(run, index), `g${index % 7}`, '');
      }
      store.add(collector.take());
    }
    let count = 0;
    let isOrdered = true;
    for (const row of rowsOf(store)) {
      if (row.timeUs !== count || row.group !== `g${offsetOf(row.location) % 7}`) isOrdered = false;
      count += 1;
    }
    expect(isOrdered).toBe(true);
    expect(count).toBe(12 * perRun);
  });
});

describe('location', () => {
  it.each([
    [0, 0],
    [1, 2 ** 36 - 1],
    [131_071, 123_456_789_012 % 2 ** 36],
  ])('packs file %d and offset %d', (file, offset) => {
    const location = locate(file, offset);
    expect(Number.isSafeInteger(location)).toBe(true);
    expect([fileOf(location), offsetOf(location)]).toEqual([file, offset]);
  });
});
