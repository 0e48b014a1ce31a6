import { describe, expect, it } from 'vitest';
import { createCorrelations } from '../../src/detect/correlate/set.ts';
import type { CompiledCorrelation } from '../../src/sigma/compiled-rule.ts';
import { compiled, correlation, rowsOf, us } from './correlate-rows.ts';

/** `[seconds, correlation, input, group, value]`; rows of one second are one event. */
type Row = readonly [number, number, number, string, string?];

function run(correlations: readonly CompiledCorrelation[], rows: readonly Row[]) {
  const results: [index: number, group: string, first: number, last: number, count: number][] = [];
  const places = correlations.flatMap(({ inputs }, index) =>
    inputs.map((_, input) => ({ correlation: index, input })),
  );
  const kindOf = (index: number, input: number): number =>
    places.findIndex((place) => place.correlation === index && place.input === input);
  const made = rowsOf(
    rows.map(([seconds, index, input, group, value]) => ({
      kind: kindOf(index, input),
      timeUs: us(seconds),
      location: seconds,
      group,
      value: value ?? '',
    })),
  );
  const all = createCorrelations(
    correlations,
    places.map((place) => ({ feeds: [place], isCounted: true })),
    (index, { group, firstUs, lastUs, count }) =>
      results.push([index, made.strings[group]!, firstUs / 1e6, lastUs / 1e6, count]),
  );
  all.push({ rows: made, start: 0, end: made.count });
  all.finish();
  return results.sort((left, right) => left[0] - right[0] || left[2] - right[2]);
}

const FAILED = 0;
const LOGIN = 1;

/** Three failed logins per source, then a login of the same user within a minute. */
const breakIn = [
  compiled(correlation('event_count', 1, 10, { gte: 3 }), [FAILED], [FAILED]),
  compiled(correlation('temporal_ordered', 2, 60), [{ of: 0 }, LOGIN], [FAILED, LOGIN]),
];

/** A failed login is a row for the count (by source) and one for the chain (by user). */
const failed = (seconds: number, source = 's', user = 'u'): Row[] => [
  [seconds, 0, 0, source],
  [seconds, 1, 0, user],
];
const login = (seconds: number, user = 'u'): Row[] => [[seconds, 1, 1, user]];

describe('createCorrelations with chains', () => {
  it('runs correlations over rules side by side', () => {
    const correlations = [
      compiled(correlation('event_count', 1, 10, { gte: 2 }), [0], [0]),
      compiled(correlation('value_count', 1, 10, { gte: 2 }), [0], [0]),
    ];
    const rows: Row[] = [
      [0, 0, 0, 'a'],
      [0, 1, 0, 'a', 'x'],
      [1, 0, 0, 'a'],
      [1, 1, 0, 'a', 'x'],
    ];
    expect(run(correlations, rows)).toEqual([[0, 'a', 0, 1, 2]]);
  });

  it('makes a result a hit of the correlation that refers to it', () => {
    const rows = [...failed(0), ...failed(1), ...failed(2), ...login(30)];
    expect(run(breakIn, rows)).toEqual([
      [0, 's', 0, 2, 3],
      [1, 'u', 2, 30, 2],
    ]);
  });

  it('does not fire the chain when the inner condition was not met', () => {
    expect(run(breakIn, [...failed(0), ...failed(1), ...login(30)])).toEqual([]);
  });

  it('groups the chain by its own fields', () => {
    const rows = [...failed(0), ...failed(1), ...failed(2), ...login(30, 'other')];
    expect(run(breakIn, rows).map(([index]) => index)).toEqual([0]);
  });

  it('counts a long result with its latest time', () => {
    const rows: Row[] = [];
    for (let second = 0; second <= 100; second += 1) rows.push(...failed(second));
    // More than a minute after the result opened, and within a minute of its last hit.
    rows.push(...login(150));
    expect(run(breakIn, rows).filter(([index]) => index === 1)).toEqual([[1, 'u', 100, 150, 2]]);
  });

  it('sees a login in the middle of the guessing', () => {
    const rows = [...failed(0), ...failed(1), ...failed(2), ...login(3), ...failed(4)];
    expect(run(breakIn, rows).filter(([index]) => index === 1)).toEqual([[1, 'u', 2, 4, 3]]);
  });

  it('takes each inner result once into a count', () => {
    const correlations = [
      compiled(correlation('event_count', 1, 10, { gte: 2 }), [FAILED], [FAILED]),
      compiled(correlation('event_count', 1, 1000, { gte: 2 }), [{ of: 0 }], [FAILED]),
    ];
    const once = [0, 1, 2, 3, 4].flatMap((second) => failed(second));
    expect(run(correlations, once).map(([index]) => index)).toEqual([0]);
    const twice = [...once, ...[50, 51].flatMap((second) => failed(second))];
    expect(run(correlations, twice).filter(([index]) => index === 1)).toEqual([[1, 'u', 1, 51, 2]]);
  });

  it('runs chains of three', () => {
    const correlations = [
      compiled(correlation('event_count', 1, 10, { gte: 2 }), [FAILED], [FAILED]),
      compiled(correlation('temporal_ordered', 2, 60), [{ of: 0 }, LOGIN], [FAILED, LOGIN]),
      compiled(correlation('temporal_ordered', 2, 60), [{ of: 1 }, 2], [FAILED, LOGIN, 2]),
    ];
    const base = (seconds: number): Row[] => [...failed(seconds), [seconds, 2, 0, 'h']];
    const rows: Row[] = [...base(0), ...base(1), ...login(5), [5, 2, 1, 'h'], [9, 2, 2, 'h']];
    expect(run(correlations, rows)).toEqual([
      [0, 's', 0, 1, 2],
      [1, 'u', 1, 5, 2],
      [2, 'h', 5, 9, 2],
    ]);
  });
});
