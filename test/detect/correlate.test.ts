import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileCondition, effectiveCondition } from '../../src/detect/correlate/condition.ts';
import { createCorrelator, requiredCount } from '../../src/detect/correlate/correlator.ts';
import {
  type CorrelationHit,
  type CorrelationResult,
  NO_VALUE,
} from '../../src/detect/correlate/window.ts';
import type {
  CorrelationCondition,
  CorrelationType,
  SigmaCorrelation,
} from '../../src/sigma/rule.ts';
import { correlation, us } from './correlate-rows.ts';

function run(rule: SigmaCorrelation, hits: readonly CorrelationHit[]): CorrelationResult[] {
  const results: CorrelationResult[] = [];
  const correlator = createCorrelator(rule, { onResult: (result) => results.push(result) });
  for (const hit of hits) {
    correlator.forget(hit.timeUs);
    correlator.push(hit);
  }
  correlator.finish();
  return sorted(results);
}

const sorted = (results: CorrelationResult[]): CorrelationResult[] =>
  results.sort((left, right) => left.group - right.group || left.lastUs - right.lastUs);

/** `[seconds, member, group, value]`; references number the hits from 0. */
type Written = readonly [seconds: number, member?: number, group?: string, value?: string];

const hitsOf = (written: readonly Written[]): CorrelationHit[] =>
  written.map(([seconds, rule = 0, group = 'a', value = 'v'], ref) => ({
    rule,
    timeUs: us(seconds),
    group: numberOf(group),
    value: numberOf(value),
    ref,
  }));

const numberOf = (letter: string): number => letter.charCodeAt(0);

const at = (...seconds: number[]): Written[] => seconds.map((second) => [second]);

type Row = readonly [
  name: string,
  rule: SigmaCorrelation,
  hits: readonly Written[],
  results: readonly (readonly [first: number, last: number, count: number, refs: number[]])[],
];

const rows: Row[] = [
  [
    'fires when the count is reached, with its hits',
    correlation('event_count', 1, 10, { gte: 3 }),
    at(0, 1, 2),
    [[0, 2, 3, [0, 1, 2]]],
  ],
  ['does not fire below the count', correlation('event_count', 1, 10, { gte: 3 }), at(0, 1), []],
  [
    'takes a hit exactly one timespan ago into the window',
    correlation('event_count', 1, 10, { gte: 2 }),
    at(0, 10),
    [[0, 10, 2, [0, 1]]],
  ],
  [
    'leaves out a hit before the window',
    correlation('event_count', 1, 10, { gte: 2 }),
    at(0, 10.1),
    [],
  ],
  [
    'slides: the window does not begin at fixed boundaries',
    correlation('event_count', 1, 10, { gte: 3 }),
    at(0, 8, 12, 16),
    [[8, 16, 3, [1, 2, 3]]],
  ],
  [
    'extends one result while the count holds, keeping the first three hits and the last',
    correlation('event_count', 1, 10, { gte: 3 }),
    at(0, 1, 2, 3, 4, 9),
    [[0, 9, 6, [0, 1, 2, 5]]],
  ],
  [
    're-arms when the count no longer holds',
    correlation('event_count', 1, 10, { gte: 3 }),
    at(0, 1, 2, 30, 31, 32),
    [
      [0, 2, 3, [0, 1, 2]],
      [30, 32, 3, [3, 4, 5]],
    ],
  ],
  [
    'ends a result at a pause longer than the timespan even when one hit is enough',
    correlation('event_count', 1, 10, { gte: 1 }),
    at(0, 5, 16),
    [
      [0, 5, 2, [0, 1]],
      [16, 16, 1, [2]],
    ],
  ],
  [
    'ends a range when the count grows out of it',
    correlation('event_count', 1, 10, { gte: 2, lt: 4 }),
    at(0, 1, 2, 3, 4),
    [[0, 2, 3, [0, 1, 2]]],
  ],
  [
    'fires eq at that count only',
    correlation('event_count', 1, 10, { eq: 2 }),
    at(0, 1, 2),
    [[0, 1, 2, [0, 1]]],
  ],
  [
    'never fires lt for a group without hits, and fires at the first hit of one',
    correlation('event_count', 1, 10, { lt: 2 }),
    at(5),
    [[5, 5, 1, [0]]],
  ],
  [
    'counts distinct values',
    correlation('value_count', 1, 10, { gte: 2 }),
    [
      [0, 0, 'a', 'x'],
      [1, 0, 'a', 'x'],
      [2, 0, 'a', 'y'],
    ],
    [[1, 2, 2, [1, 2]]],
  ],
  [
    'forgets values whose latest hit left the window',
    correlation('value_count', 1, 10, { gte: 2 }),
    [
      [0, 0, 'a', 'x'],
      [11, 0, 'a', 'y'],
    ],
    [],
  ],
  [
    'sees members in any order',
    correlation('temporal', 2, 10),
    [
      [0, 1],
      [3, 0],
    ],
    [[0, 3, 2, [0, 1]]],
  ],
  [
    'wants every member',
    correlation('temporal', 3, 10),
    [
      [0, 0],
      [1, 1],
      [2, 0],
    ],
    [],
  ],
  [
    'wants as many members as its condition says',
    correlation('temporal', 3, 10, { gte: 2 }),
    [
      [0, 0],
      [1, 1],
    ],
    [[0, 1, 2, [0, 1]]],
  ],
  [
    'sees members in their order',
    correlation('temporal_ordered', 2, 10),
    [
      [0, 0],
      [3, 1],
    ],
    [[0, 3, 2, [0, 1]]],
  ],
  [
    'does not see them in another order',
    correlation('temporal_ordered', 2, 10),
    [
      [0, 1],
      [3, 0],
    ],
    [],
  ],
  [
    'keeps the input order at equal times',
    correlation('temporal_ordered', 2, 10),
    [
      [5, 0],
      [5, 1],
    ],
    [[5, 5, 2, [0, 1]]],
  ],
  [
    'does not turn equal times round',
    correlation('temporal_ordered', 2, 10),
    [
      [5, 1],
      [5, 0],
    ],
    [],
  ],
  [
    'begins a chain anew when its start has left the window',
    correlation('temporal_ordered', 3, 10),
    [
      [0, 0],
      [9, 1],
      [11, 2],
      [12, 0],
      [13, 1],
      [14, 2],
    ],
    [[12, 14, 3, [3, 4, 5]]],
  ],
  [
    'shows the chain that came first beside a hit that only made the count fit (neq)',
    correlation('temporal_ordered', 3, 12, { neq: 3 }),
    [
      [0, 0],
      [1, 1],
      [2, 2],
      [5, 0],
      [6, 1],
      [12.5, 1],
    ],
    [
      [0, 1, 2, [0, 1]],
      [5, 12.5, 3, [3, 4, 5]],
    ],
  ],
  [
    'shows the chain that came first beside a hit that only made the count fit (eq)',
    correlation('temporal_ordered', 3, 12, { eq: 2 }),
    [
      [0, 0],
      [1, 1],
      [2, 2],
      [5, 0],
      [6, 1],
      [12.5, 1],
      [13, 1],
    ],
    [
      [0, 1, 2, [0, 1]],
      [5, 13, 4, [3, 4, 5, 6]],
    ],
  ],
];

describe('createCorrelator', () => {
  it.each(rows)('%s', (_name, rule, hits, expected) => {
    const results = run(rule, hitsOf(hits)).map(({ deciding: _, before: __, ...rest }) => rest);
    expect(results).toEqual(
      expected.map(([first, last, count, refs]) => ({
        group: numberOf('a'),
        firstUs: us(first),
        lastUs: us(last),
        count,
        refs,
      })),
    );
  });

  it('keeps groups apart', () => {
    const hits = hitsOf([
      [0, 0, 'a'],
      [1, 0, 'b'],
      [2, 0, 'a'],
    ]);
    const results = run(correlation('event_count', 1, 10, { gte: 2 }), hits);
    expect(results.map(({ group, count }) => [group, count])).toEqual([[numberOf('a'), 2]]);
  });

  it('counts an event that hits two members once', () => {
    const hits: CorrelationHit[] = [0, 1].map((rule) => ({
      rule,
      timeUs: us(1),
      group: 1,
      value: NO_VALUE,
      ref: 7,
    }));
    expect(run(correlation('event_count', 2, 10, { gte: 2 }), hits)).toEqual([]);
  });

  it('counts an event as often as it happened, once for all members that it hits', () => {
    const twice = (seconds: number, ref: number, weight: number): CorrelationHit[] =>
      [0, 1].map((rule) => ({ rule, timeUs: us(seconds), group: 1, value: NO_VALUE, weight, ref }));
    for (const gte of [5, 100]) {
      const rule = correlation('event_count', 2, 10, { gte });
      expect(run(rule, [...twice(0, 3, 1), ...twice(1, 4, gte - 2)])).toEqual([]);
      const [result] = run(rule, [...twice(0, 3, 1), ...twice(1, 4, 1_000_000), ...twice(2, 5, 7)]);
      expect(result).toMatchObject({ firstUs: us(0), count: 1_000_008, refs: [3, 4, 5] });
    }
  });

  it('counts a weight as that many hits, and values without it', () => {
    const hit = fc.record({
      seconds: fc.nat(40),
      group: fc.nat(1),
      weight: fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 90 })),
    });
    fc.assert(
      fc.property(
        fc.array(hit, { maxLength: 30 }),
        fc.integer({ min: 1, max: 150 }),
        (all, gte) => {
          const weighed = all
            .sort((left, right) => left.seconds - right.seconds)
            .map(({ seconds, group, weight }, ref) => ({
              ...{ rule: 0, timeUs: us(seconds), group, value: 5, weight, ref: 1000 * ref },
            }));
          const single = weighed.flatMap((one) =>
            Array.from({ length: one.weight }, (_, copy) => ({
              ...{ ...one, weight: 1, ref: one.ref + copy },
            })),
          );
          // Copies come one by one, so that later results may begin elsewhere.
          const firsts = (hits: readonly CorrelationHit[]) => {
            const results = run(correlation('event_count', 1, 10, { gte }), hits).reverse();
            return new Map(results.map(({ group: of, firstUs }) => [of, firstUs]));
          };
          expect(firsts(weighed)).toEqual(firsts(single));
          expect(run(correlation('value_count', 1, 10, { gte: 2 }), weighed)).toEqual([]);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('leaves out hits without the counted value', () => {
    const hits: CorrelationHit[] = [0, 1].map((ref) => ({
      rule: 0,
      timeUs: us(ref),
      group: 1,
      value: NO_VALUE,
      ref,
    }));
    expect(run(correlation('value_count', 1, 10, { gte: 1 }), hits)).toEqual([]);
  });

  it('gives out a result as soon as its group is quiet, not only at the end', () => {
    const results: CorrelationResult[] = [];
    const correlator = createCorrelator(correlation('event_count', 1, 10, { gte: 1 }), {
      onResult: (result) => results.push(result),
    });
    for (const hit of hitsOf([
      [0, 0, 'a'],
      [35, 0, 'b'],
    ]))
      correlator.push(hit);
    correlator.forget(us(40));
    expect(results.map(({ group }) => group)).toEqual([numberOf('a')]);
  });
});

/** The same semantics, said as directly as possible and in quadratic time. */
function oracle(rule: SigmaCorrelation, hits: readonly CorrelationHit[]): CorrelationResult[] {
  const holds = compileCondition(effectiveCondition(rule));
  const spanUs = us(rule.timespanSeconds);
  const results: CorrelationResult[] = [];
  for (const group of new Set(hits.map((hit) => hit.group))) {
    const mine = hits.filter((hit) => hit.group === group);
    let open: CorrelationHit[] | undefined;
    let deciding: CorrelationHit[] = [];
    const isTemporal = rule.type === 'temporal' || rule.type === 'temporal_ordered';
    const last = rule.type === 'temporal_ordered' ? rule.references_to.length - 1 : -1;
    const close = () => {
      if (open !== undefined) {
        const refs = isTemporal ? deciding.map(({ ref }) => ref) : [];
        const distinct = refs.filter((ref, index) => ref !== refs[index - 1]).slice(0, 64);
        results.push({ ...oracleResult(group, open), deciding: distinct });
      }
      open = undefined;
    };
    mine.forEach((hit, index) => {
      const window = mine.slice(0, index + 1).filter(({ timeUs }) => timeUs >= hit.timeUs - spanUs);
      const witnesses = witnessesOf(rule, window);
      if (index > 0 && hit.timeUs - mine[index - 1]!.timeUs > spanUs) close();
      if (!holds(witnesses.length)) close();
      else if (open === undefined) {
        open = witnesses.at(-1) === hit ? witnesses : [...witnesses, hit];
        deciding = [hit];
      } else {
        open = [...open, hit];
        if (hit.rule === last) deciding.push(hit);
      }
    });
    close();
  }
  return sorted(results);
}

function oracleResult(group: number, hits: readonly CorrelationHit[]): CorrelationResult {
  const refs = hits.map(({ ref }) => ref);
  const last = hits.at(-1)!;
  return {
    group,
    firstUs: hits[0]!.timeUs,
    lastUs: Math.max(...hits.map(({ timeUs }) => timeUs)),
    count: hits.length,
    refs: [...new Set([...refs.slice(0, 3), last.ref])],
    deciding: [],
    before: [],
  };
}

/** The hits of a window that count, oldest first. */
function witnessesOf(rule: SigmaCorrelation, window: readonly CorrelationHit[]): CorrelationHit[] {
  const isLatest =
    (keyOf: (hit: CorrelationHit) => unknown) => (hit: CorrelationHit, index: number) =>
      !window.slice(index + 1).some((later) => keyOf(later) === keyOf(hit));
  switch (rule.type) {
    case 'event_count':
      return [...window];
    case 'value_count':
      return window.filter(isLatest((hit) => hit.value));
    case 'temporal':
      return window.filter(isLatest((hit) => hit.rule));
    case 'temporal_ordered':
      return longestChain(rule.references_to.length, window);
    default:
      throw new Error(`${rule.type} is in correlate-amount.test.ts`);
  }
}

/** Tries every start; the longest chain wins, among equally long ones the one that begins last. */
function longestChain(members: number, window: readonly CorrelationHit[]): CorrelationHit[] {
  let best: CorrelationHit[] = [];
  window.forEach((start, from) => {
    if (start.rule !== 0) return;
    const chain = [start];
    for (const hit of window.slice(from + 1)) {
      if (chain.length < members && hit.rule === chain.length) chain.push(hit);
    }
    if (chain.length >= best.length) best = chain;
  });
  return best;
}

const conditions = fc.oneof(
  fc.record({ gte: fc.integer({ min: 1, max: 6 }) }),
  fc.record({ gt: fc.integer({ min: 0, max: 5 }) }),
  fc.record({ lt: fc.integer({ min: 2, max: 6 }) }),
  fc.record({ lte: fc.integer({ min: 1, max: 6 }) }),
  fc.record({ eq: fc.integer({ min: 1, max: 5 }) }),
  fc.record({ neq: fc.integer({ min: 1, max: 5 }) }),
  fc.record({ gte: fc.integer({ min: 1, max: 3 }), lt: fc.integer({ min: 4, max: 6 }) }),
);

const streams = fc
  .array(
    fc.record({
      // Now and then a group is quiet for longer than a timespan.
      stepSeconds: fc.oneof({ weight: 9, arbitrary: fc.nat({ max: 7 }) }, fc.nat({ max: 40 })),
      rule: fc.nat({ max: 2 }),
      group: fc.nat({ max: 1 }),
      value: fc.nat({ max: 3 }),
    }),
    { maxLength: 60 },
  )
  .map((steps) => {
    let seconds = 0;
    return steps.map(({ stepSeconds, rule, group, value }, ref): CorrelationHit => {
      seconds += stepSeconds;
      return { rule, timeUs: us(seconds), group, value, ref };
    });
  });

describe('createCorrelator against a direct reading of its semantics', () => {
  const compare = (
    type: CorrelationType,
    condition: CorrelationCondition,
    hits: CorrelationHit[],
  ) => {
    const rule = correlation(type, 3, 12, condition);
    expect(run(rule, hits)).toEqual(oracle(rule, hits));
  };

  it.each(['event_count', 'value_count', 'temporal', 'temporal_ordered'] as const)('%s', (type) => {
    fc.assert(
      fc.property(conditions, streams, (condition, hits) => compare(type, condition, hits)),
      {
        numRuns: 500,
      },
    );
  });

  it.each(['temporal', 'temporal_ordered'] as const)('%s without a condition', (type) => {
    fc.assert(
      fc.property(streams, (hits) => compare(type, {}, hits)),
      { numRuns: 300 },
    );
  });
});

describe('requiredCount', () => {
  it.each<[SigmaCorrelation, number | undefined]>([
    [correlation('event_count', 1, 60, { gte: 5 }), 5],
    [correlation('event_count', 1, 60, { gt: 5 }), 6],
    [correlation('event_count', 1, 60, { gt: 5, lte: 9 }), 6],
    [correlation('event_count', 1, 60, { eq: 4 }), 4],
    [correlation('value_count', 1, 60, { gte: 2.5 }), 3],
    [correlation('event_count', 1, 60, { lt: 4 }), undefined],
    [correlation('event_count', 1, 60, { gte: 1 }), undefined],
    [correlation('temporal', 3, 60), 3],
    [correlation('temporal_ordered', 3, 60, { gte: 2 }), 2],
  ])('%#: the least number of hits', (rule, count) => {
    expect(requiredCount(rule)).toEqual(
      count === undefined ? undefined : { count, windowUs: us(60) },
    );
  });

  it('never asks for more hits than a result has', () => {
    const types = fc.constantFrom('event_count', 'value_count', 'temporal', 'temporal_ordered');
    fc.assert(
      fc.property(types, conditions, streams, (type, condition, hits) => {
        const rule = correlation(type, 3, 12, condition);
        const least = requiredCount(rule)?.count ?? 1;
        for (const result of run(rule, hits)) expect(result.count).toBeGreaterThanOrEqual(least);
      }),
    );
  });
});
