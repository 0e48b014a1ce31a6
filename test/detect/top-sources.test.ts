import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addAt,
  addSource,
  countOf,
  createSourceCounts,
  nameOfSource,
  placeOf,
  type SourceCounts,
} from '../../src/detect/source-counts.ts';
import { createTopSources } from '../../src/detect/top-sources.ts';
import { createTotals, type Totals } from '../../src/detect/totals.ts';
import { dottedQuad } from '../../src/logs/formats/ipv4-number.ts';

const NOTHING = { requests: 0, bytes: 0, failedLogins: 0 };
const requests = fc.array(
  fc.tuple(fc.constantFrom(1, 2, 3, 77, 2 ** 31, 2 ** 32 - 1), fc.nat(9999)),
  {
    maxLength: 60,
  },
);

describe('topSources', () => {
  it('ranks by the counts of all pieces, and equal ones by name', () => {
    fc.assert(
      fc.property(fc.array(requests, { maxLength: 4 }), (pieces) => {
        const sources = createTopSources();
        const counted = new Map<string, { requests: number; bytes: number }>();
        for (const piece of pieces) {
          const totals = createTotals();
          for (const [address, bytes] of piece) {
            addAt(totals.sources, placeOf(totals.sources, address), 1, bytes, 0);
            const name = dottedQuad(address);
            const known = counted.get(name) ?? { requests: 0, bytes: 0 };
            counted.set(name, { requests: known.requests + 1, bytes: known.bytes + bytes });
          }
          sources.add(totals);
        }
        const ranked = (measure: 'requests' | 'bytes') =>
          [...counted]
            .map(([value, counts]) => ({ value, count: counts[measure] }))
            .filter(({ count }) => count > 0)
            .sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1));
        expect(sources.top().byRequests).toEqual(ranked('requests'));
        expect(sources.top().byBytes).toEqual(ranked('bytes'));
      }),
    );
  });

  it('counts what two logs tell of once, and orders equal counts by name', () => {
    const totals = createTotals();
    addSource(totals.sources, '192.0.2.9', { ...NOTHING, requests: 3, failedLogins: 2 });
    addSource(totals.echoes, '192.0.2.9', { ...NOTHING, requests: 5, failedLogins: 1 });
    addSource(totals.sources, '192.0.2.10', { ...NOTHING, requests: 5 });
    const sources = createTopSources();
    sources.add(totals);
    expect(sources.top()).toEqual({
      byRequests: [
        { value: '192.0.2.10', count: 5 },
        { value: '192.0.2.9', count: 5 },
      ],
      byBytes: [],
      byFailedLogins: [{ value: '192.0.2.9', count: 2 }],
      isApproximate: false,
    });
  });

  it('with too many sources, finds the largest ones, says that counts are estimates, in any order of the pieces', () => {
    const pieces = Array.from({ length: 20 }, (_, piece) => {
      const totals = createTotals();
      for (let index = 0; index < 3000; index += 1) {
        const source = dottedQuad(((piece * 3000 + index) * 70_001) >>> 0);
        addSource(totals.sources, source, { ...NOTHING, requests: 1 + (index % 3), bytes: 9 });
      }
      for (let large = 1; large <= 10; large += 1) {
        const source = `2001:db8::${large}`;
        addSource(totals.sources, source, { ...NOTHING, requests: 100 * large });
      }
      return totals;
    });
    const topOf = (list: readonly Totals[]) => {
      const sources = createTopSources(10_000);
      for (const part of list) sources.add(part);
      return sources.top();
    };
    const top = topOf(pieces);
    expect(top.isApproximate).toBe(true);
    expect(top.byRequests.map(({ value }) => value)).toEqual(
      Array.from({ length: 10 }, (_, index) => `2001:db8::${10 - index}`),
    );
    for (const [index, { count }] of top.byRequests.entries()) {
      const real = 20 * 100 * (10 - index);
      expect(Math.abs(count - real) / real).toBeLessThan(0.02);
    }
    expect(topOf([...pieces].reverse())).toEqual(top);
  });
});

describe('counts of sources', () => {
  it('keep the place of each of many addresses, and what was counted there', () => {
    const counts: SourceCounts = createSourceCounts();
    const many = 20_000;
    for (let turn = 0; turn < 2; turn += 1) {
      for (let index = 0; index < many; index += 1) {
        const place = placeOf(counts, index * 200_003);
        expect(place).toBe(index);
        addAt(counts, place, 1, 7, turn);
      }
    }
    expect(counts.size).toBe(many);
    expect(countOf(counts, 200_003)).toEqual({ requests: 2, bytes: 14, failedLogins: 1 });
    expect(countOf(counts, 200_004)).toBeUndefined();
  });

  it.each([
    ['192.0.2.1', 3_221_225_985],
    ['0.0.0.0', 0],
    ['255.255.255.255', 2 ** 32 - 1],
    ['192.0.2.01', undefined],
    ['192.0.2', undefined],
    ['\u0131.0.2.1', undefined],
    ['2001:db8::1', undefined],
    ['web01', undefined],
  ])('%s is counted by its number: %s', (name, number) => {
    const counts = createSourceCounts();
    addSource(counts, name, { requests: 1, bytes: 2, failedLogins: 3 });
    expect(countOf(counts, number ?? name)).toEqual({ requests: 1, bytes: 2, failedLogins: 3 });
    expect(nameOfSource(number ?? name)).toBe(name);
  });
});
