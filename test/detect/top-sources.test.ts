import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSources } from '../../src/detect/access/sources.ts';
import { createAddressTable } from '../../src/detect/shapes/address-table.ts';
import { topSources } from '../../src/detect/top-sources.ts';
import { addTotals, createTotals, sourceCount, sourcesOf } from '../../src/detect/totals.ts';
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
      fc.property(fc.array(requests, { maxLength: 4 }), (readers) => {
        const columns = createTotals();
        const named = createTotals();
        for (const reader of readers) {
          const totals = createTotals();
          const sources = createSources(createTotals());
          for (const [address, bytes] of reader) {
            sources.count(address, NO_LINE, 0, 0, bytes);
            const count = sourceCount(named.sources, dottedQuad(address));
            count.requests += 1;
            count.bytes += bytes;
          }
          sources.addTo(totals);
          addTotals(columns, totals);
        }
        expect(topSources(columns)).toEqual(topSources(named));
        expect(new Map([...sourcesOf(columns)].sort())).toEqual(new Map([...named.sources].sort()));
      }),
    );
  });

  it('counts what two logs tell of once, and orders equal counts by name', () => {
    const totals = createTotals();
    Object.assign(sourceCount(totals.sources, '192.0.2.9'), { requests: 3, failedLogins: 2 });
    Object.assign(sourceCount(totals.echoes, '192.0.2.9'), { requests: 5, failedLogins: 1 });
    Object.assign(sourceCount(totals.sources, '192.0.2.10'), { requests: 5 });
    expect(topSources(totals)).toEqual({
      byRequests: [
        { value: '192.0.2.10', count: 5 },
        { value: '192.0.2.9', count: 5 },
      ],
      byBytes: [],
      byFailedLogins: [{ value: '192.0.2.9', count: 2 }],
    });
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
