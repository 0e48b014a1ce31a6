import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSources } from '../../src/detect/access/sources.ts';
import { createAddressTable } from '../../src/detect/shapes/address-table.ts';
import { createTopSources } from '../../src/detect/top-sources.ts';
import { createTotals, sourceCount, type Totals } from '../../src/detect/totals.ts';
import { dottedQuad } from '../../src/logs/formats/ipv4-number.ts';

const NO_LINE = Buffer.alloc(0);
const requests = fc.array(
  fc.tuple(fc.constantFrom(1, 2, 3, 77, 2 ** 31, 2 ** 32 - 1), fc.nat(9999)),
  {
    maxLength: 60,
  },
);

describe('topSources', () => {
  it('ranks addresses in columns as it ranks them by name', () => {
    fc.assert(
      fc.property(fc.array(requests, { maxLength: 4 }), (pieces) => {
        const columns = createTopSources();
        const named = createTotals();
        for (const piece of pieces) {
          const totals = createTotals();
          const sources = createSources();
          for (const [address, bytes] of piece) {
            sources.count(address, NO_LINE, 0, 0, bytes);
            const count = sourceCount(named.sources, dottedQuad(address));
            count.requests += 1;
            count.bytes += bytes;
          }
          sources.addTo(totals);
          columns.add(totals);
        }
        const byName = createTopSources();
        byName.add(named);
        expect(columns.top()).toEqual(byName.top());
      }),
    );
  });

  it('counts what two logs tell of once, and orders equal counts by name', () => {
    const totals = createTotals();
    Object.assign(sourceCount(totals.sources, '192.0.2.9'), { requests: 3, failedLogins: 2 });
    Object.assign(sourceCount(totals.echoes, '192.0.2.9'), { requests: 5, failedLogins: 1 });
    Object.assign(sourceCount(totals.sources, '192.0.2.10'), { requests: 5 });
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
        Object.assign(sourceCount(totals.sources, source), { requests: 1 + (index % 3), bytes: 9 });
      }
      for (let large = 1; large <= 10; large += 1) {
        sourceCount(totals.sources, `2001:db8::${large}`).requests = 100 * large;
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

describe('createAddressTable', () => {
  const effect = { source: '', isEchoing: false, requests: 1, bytes: 7, failedLogins: 1 };

  it('keeps counts and numbers of many addresses, and forgets them when asked', () => {
    const table = createAddressTable();
    const names: string[] = [];
    const intern = (text: string): number => names.push(text) - 1;
    const many = 20_000;
    for (let turn = 0; turn < 2; turn += 1) {
      for (let address = 0; address < many; address += 1) {
        const place = table.find(address * 200_003);
        table.countAt(place, effect);
        expect(table.numberAt(place, intern)).toBe(address);
      }
    }
    expect([names.length, names[1]]).toEqual([many, dottedQuad(200_003)]);
    const totals = createTotals();
    table.flush(totals);
    expect(totals.sources.size).toBe(many);
    expect(totals.sources.get(dottedQuad(200_003))).toEqual({
      requests: 2,
      bytes: 14,
      failedLogins: 2,
    });
    const empty = createTotals();
    table.flush(empty);
    expect(empty.sources.size).toBe(0);
  });
});
