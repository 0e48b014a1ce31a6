/** Amounts against a group's own history. */
import { describe, expect, it } from 'vitest';
import { createCorrelator } from '../../src/detect/correlate/correlator.ts';
import { unusualWindow } from '../../src/detect/correlate/unusual.ts';
import type { CorrelationResult } from '../../src/detect/correlate/window.ts';
import { correlation, us } from './correlate-rows.ts';

const DAY = 86_400;
/** `[hours, amount, group]` */
type Written = readonly [hours: number, amount: number, group?: number];

function run(written: readonly Written[]): [group: number, firstHour: number, count: number][] {
  const rule = {
    ...correlation('value_sum', 1, 14 * DAY, { gte: 1000 }),
    custom: { ir: { unusual_times: 10 } },
  };
  const results: CorrelationResult[] = [];
  const correlator = createCorrelator(rule, { onResult: (result) => results.push(result) });
  for (const [ref, [hours, value, group = 1]] of written.entries()) {
    const timeUs = us(hours * 3600);
    correlator.forget(timeUs);
    correlator.push({ rule: 0, timeUs, group, value, ref });
  }
  correlator.finish();
  return results.map((one) => [one.group, one.firstUs / us(3600), one.count]);
}

const usual = (hours: number, amount: number): Written[] =>
  Array.from({ length: hours }, (_, hour): Written => [hour, amount]);

describe('an amount that is unusual', () => {
  it.each<[name: string, written: Written[], results: ReturnType<typeof run>]>([
    ['is many times the usual hour', [...usual(20, 50), [30, 600], [30.5, 500]], [[1, 30, 2]]],
    ['is not what is much, but usual', [...usual(20, 900), [30, 5000]], []],
    ['is not many times little', [...usual(20, 5), [30, 900]], []],
    ['is of an hour of the clock', [...usual(20, 50), [30.9, 600], [31.1, 600]], []],
    ['needs no history', [[5, 1200]], [[1, 5, 1]]],
    ['is measured against its own group', [...usual(20, 900), [30, 1200, 2]], [[2, 30, 1]]],
    [
      'is told twice where it comes twice',
      [...usual(20, 50), [30, 1200], [31, 60], [50, 1300]],
      [
        [1, 30, 1],
        [1, 50, 1],
      ],
    ],
    [
      'has no history of one that was forgotten',
      [...usual(20, 900), [20 * 24 * 3, 1200]],
      [[1, 1440, 1]],
    ],
    [
      'survives one exceptional hour',
      [...usual(20, 50), [25, 9000], [26, 50], [40, 1100]],
      [
        [1, 25, 1],
        [1, 40, 1],
      ],
    ],
  ])('%s', (_name, written, results) => {
    expect(run(written)).toEqual(results);
  });

  it('goes on where it was saved', () => {
    const kind = unusualWindow(10, us(14 * DAY), String);
    const hit = (hour: number, value: number) => ({
      ...{ rule: 0, group: 1, ref: hour, value, timeUs: us(hour * 3600) },
    });
    const whole = kind.create();
    let kept = kind.create();
    const names = { textOf: String, numberOf: Number };
    for (const [hour, amount] of [...usual(20, 50), [30, 400], [30, 900], [31, 20]] as Written[]) {
      kept = kind.load(JSON.parse(JSON.stringify(kind.save(kept, names))), names);
      expect(kind.add(kept, hit(hour, amount))).toBe(kind.add(whole, hit(hour, amount)));
    }
    expect(kept).toEqual(whole);
  });
});
