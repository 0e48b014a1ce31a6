import { describe, expect, it } from 'vitest';
import type { KeyTimes } from '../../src/incidents/incident.ts';
import { assertTimesInOrder, metricsOf } from '../../src/incidents/key-times.ts';

const NOW = new Date('2026-03-02T00:00:00.000Z');
const at = (time: string): string => `2026-03-01T${time}Z`;

const NONE: KeyTimes = {
  occurred: undefined,
  detected: undefined,
  acknowledged: undefined,
  declared: undefined,
  contained: undefined,
  eradicated: undefined,
  recovered: undefined,
  closed: undefined,
};

describe('assertTimesInOrder', () => {
  it.each<[Partial<KeyTimes>, (keyof KeyTimes)[], string | undefined]>([
    [
      { occurred: at('01:00:00.000'), detected: at('02:00:00.000') },
      ['occurred', 'detected'],
      undefined,
    ],
    [{ detected: at('02:00:00.000'), contained: at('02:00:00.000') }, ['contained'], undefined],
    [{ occurred: at('03:00:00.000'), detected: at('02:00:00.000') }, ['detected'], 'detected'],
    [{ detected: at('02:00:00.000'), contained: at('01:59:59.999') }, ['contained'], 'contained'],
    [
      { detected: at('02:00:00.000500'), contained: at('02:00:00.000400') },
      ['contained'],
      'contained',
    ],
    [{ eradicated: at('04:00:00.000'), recovered: at('03:00:00.000') }, ['recovered'], 'recovered'],
    [
      { contained: at('05:00:00.000'), eradicated: at('04:00:00.000') },
      ['contained'],
      'eradicated',
    ],
    [{ detected: '2026-03-02T00:04:59.000Z' }, ['detected'], undefined],
    [{ detected: '2026-03-02T00:05:01.000Z' }, ['detected'], 'future'],
    // A contradiction from before is no reason to refuse an unrelated change.
    [{ detected: at('02:00:00.000'), contained: at('01:00:00.000') }, ['recovered'], undefined],
  ])('%j, given %j: %s', (times, given, problem) => {
    const check = (): void => assertTimesInOrder({ ...NONE, ...times }, given, NOW);
    if (problem === undefined) expect(check).not.toThrow();
    else expect(check).toThrow(problem);
  });

  it('names both values', () => {
    const times = { ...NONE, detected: at('02:00:00.000'), contained: at('01:00:00.000') };
    expect(() => assertTimesInOrder(times, ['contained'], NOW)).toThrow(
      'contained (2026-03-01T01:00:00.000Z) would be before detected (2026-03-01T02:00:00.000Z)',
    );
  });
});

describe('metricsOf', () => {
  it('gives milliseconds, and nothing while a time is missing', () => {
    expect(metricsOf(NONE)).toEqual({
      mttdMs: undefined,
      mttaMs: undefined,
      mttcMs: undefined,
      mttrMs: undefined,
    });
    const times = {
      ...NONE,
      occurred: at('01:00:00.000'),
      detected: at('02:30:00.000'),
      acknowledged: at('02:35:00.000'),
      contained: at('03:00:00.000250'),
      recovered: at('12:30:00.000'),
    };
    expect(metricsOf(times)).toEqual({
      mttdMs: 5_400_000,
      mttaMs: 300_000,
      mttcMs: 1_800_000,
      mttrMs: 36_000_000,
    });
  });
});
