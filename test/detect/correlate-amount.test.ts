/** Correlations over numbers, against a direct reading of what each means. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createCorrelator } from '../../src/detect/correlate/correlator.ts';
import type { Names } from '../../src/detect/correlate/window.ts';
import type { CorrelationCondition, SigmaCorrelation } from '../../src/sigma/rule.ts';
import { correlation, us } from './correlate-rows.ts';

type Written = readonly [seconds: number, value: string];

const TEXTS: string[] = [];
const names: Names = {
  textOf: (number) => TEXTS[number] ?? '',
  numberOf(text) {
    const known = TEXTS.indexOf(text);
    return known >= 0 ? known : TEXTS.push(text) - 1;
  },
};

function amountOf(
  type: SigmaCorrelation['type'],
  condition: CorrelationCondition,
  percentile?: number,
): SigmaCorrelation {
  return { ...correlation(type, 1, 10, condition), countedFields: ['bytes'], percentile };
}

/** The seconds at which the condition holds. With `restart`, half way through it is saved and loaded. */
function held(rule: SigmaCorrelation, hits: readonly Written[], restart = false): number[] {
  const seconds: number[] = [];
  const make = () =>
    createCorrelator(rule, {
      onResult: () => undefined,
      onHold: ({ timeUs }) => seconds.push(timeUs / us(1)),
      textOf: names.textOf,
    });
  let correlator = make();
  hits.forEach(([second, value], ref) => {
    if (restart && ref === hits.length >> 1) {
      const saved = JSON.parse(JSON.stringify(correlator.save(names)));
      correlator = make();
      correlator.load(saved, names);
    }
    correlator.push({ rule: 0, timeUs: us(second), group: 1, value: names.numberOf(value), ref });
  });
  return seconds;
}

type Row = readonly [
  name: string,
  rule: SigmaCorrelation,
  hits: readonly Written[],
  held: readonly number[],
];

const rows: Row[] = [
  [
    'sum: holds when the numbers of the window reach it, both ends included',
    amountOf('value_sum', { gte: 30 }),
    [
      [0, '10'],
      [5, '15'],
      [10, '5'],
      [11, '5'],
    ],
    [10],
  ],
  [
    'sum: takes fractions, signs and exponents, and leaves out what is no number',
    amountOf('value_sum', { gt: 2.4, lte: 1002.5 }),
    [
      [0, '1.5'],
      [1, 'many'],
      [2, ''],
      [3, '1e3'],
      [4, '-999'],
      [5, '99999'],
    ],
    [3, 4],
  ],
  [
    'average: of the hits in the window',
    amountOf('value_avg', { gt: 500 }),
    [
      [0, '100'],
      [1, '900'],
      [2, '800'],
      [11.5, '700'],
    ],
    [2, 11.5],
  ],
  [
    'average: a lower bound may be below zero',
    amountOf('value_avg', { lt: -1 }),
    [
      [0, '0'],
      [1, '-4'],
    ],
    [1],
  ],
  [
    'median: of an even number the middle of the two in the middle',
    amountOf('value_median', { eq: 2.5 }),
    [
      [0, '1'],
      [1, '4'],
      [2, '3'],
      [3, '2'],
    ],
    [1, 3],
  ],
  [
    'percentile: with a number, the value below which so many of a hundred lie',
    amountOf('value_percentile', { gte: 90 }, 95),
    [
      [0, '1'],
      [1, '2'],
      [2, '100'],
    ],
    [2],
  ],
  [
    'percentile: without one, how many of a hundred have the value of the hit',
    amountOf('value_percentile', { lte: 25 }),
    [
      [0, 'sh'],
      [1, 'sh'],
      [2, 'sh'],
      [3, 'nc'],
      [4, 'sh'],
    ],
    [3],
  ],
];

describe('correlations over numbers', () => {
  it.each(rows)('%s', (_, rule, hits, expected) => {
    expect(held(rule, hits)).toEqual(expected);
    expect(held(rule, hits, true)).toEqual(expected);
  });

  const measures: Readonly<Record<string, (window: readonly number[]) => number>> = {
    value_sum: (window) => window.reduce((sum, number) => sum + number, 0),
    value_avg: (window) => window.reduce((sum, number) => sum + number, 0) / window.length,
    value_median(window) {
      const sorted = window.toSorted((left, right) => left - right);
      const half = (sorted.length - 1) / 2;
      return (sorted[Math.floor(half)]! + sorted[Math.ceil(half)]!) / 2;
    },
    value_percentile: (window) =>
      (100 * window.filter((number) => number === window.at(-1)).length) / window.length,
  };

  it.each(Object.keys(measures))('%s: any stream as a direct reading has it', (type) => {
    const stream = fc.array(fc.tuple(fc.nat(6), fc.nat(9)), { maxLength: 80 });
    fc.assert(
      fc.property(stream, fc.nat(30), fc.boolean(), (steps, limit, restart) => {
        let second = 0;
        const hits = steps.map(([step, number]): Written => [(second += step), String(number)]);
        const expected = hits.flatMap(([at], index) => {
          const window = hits.slice(0, index + 1).filter(([time]) => time >= at - 10);
          const amount = measures[type]!(window.map(([, value]) => Number(value)));
          return amount >= limit ? [at] : [];
        });
        const rule = amountOf(type as SigmaCorrelation['type'], { gte: limit });
        expect(held(rule, hits, restart)).toEqual(expected);
      }),
      { numRuns: 200 },
    );
  });
});
