/** Groups that get a window only once they may have enough hits find what groups with a window from the start find. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createColdRoom } from '../../src/detect/correlate/cold.ts';
import { createCorrelator } from '../../src/detect/correlate/correlator.ts';
import type { CorrelationHit, Names } from '../../src/detect/correlate/window.ts';
import type {
  CorrelationCondition,
  CorrelationType,
  SigmaCorrelation,
} from '../../src/sigma/rule.ts';
import { correlation, us } from './correlate-rows.ts';

const NAMES: Names = { textOf: String, numberOf: Number };

/** What a correlator tells, while it goes on and in the end; cut where the hits say so. */
function told(rule: SigmaCorrelation, hits: readonly Hit[], isLate: boolean): string[] {
  const lines: string[] = [];
  const create = () =>
    createCorrelator(rule, {
      onResult: (result) => lines.push(JSON.stringify(result)),
      onHold: (hit, isFirst, { count, refs }) =>
        lines.push(JSON.stringify([hit.group, hit.ref, isFirst, count, refs])),
      ...(isLate && { room: createColdRoom() }),
    });
  let correlator = create();
  for (const [ref, { isCut, ...hit }] of hits.entries()) {
    if (isCut) {
      const texts: string[] = [];
      const groups = JSON.parse(JSON.stringify(correlator.save(NAMES)));
      const cold = correlator.cold?.save((number) => texts.push(String(number)) - 1);
      correlator = create();
      correlator.load(groups, NAMES);
      if (cold !== undefined) correlator.cold?.load(JSON.parse(JSON.stringify(cold)), texts, NAMES);
    }
    correlator.forget(hit.timeUs);
    correlator.push({ ...hit, ref });
  }
  correlator.finish();
  return lines.sort();
}

type Hit = Omit<CorrelationHit, 'ref'> & { isCut: boolean };

/** Few groups come often, many now and then: pauses are shorter and longer than the window. */
const streams = fc
  .array(
    fc.record({
      pause: fc.oneof(
        { weight: 12, arbitrary: fc.constant(0) },
        { weight: 12, arbitrary: fc.nat({ max: 3 }) },
        { weight: 1, arbitrary: fc.constant(20) },
      ),
      group: fc.oneof(
        { weight: 3, arbitrary: fc.nat({ max: 2 }) },
        { weight: 1, arbitrary: fc.nat({ max: 900 }) },
      ),
      value: fc.nat({ max: 6 }),
      rule: fc.nat({ max: 2 }),
      weight: fc.oneof({ weight: 9, arbitrary: fc.constant(1) }, fc.nat({ max: 4 })),
      isCut: fc.oneof({ weight: 15, arbitrary: fc.constant(false) }, fc.constant(true)),
    }),
    { minLength: 20, maxLength: 120 },
  )
  .map((written): Hit[] => {
    let second = 0;
    return written.map(({ pause, weight, ...hit }) => {
      second += pause;
      return { ...hit, weight: Math.max(1, weight), timeUs: us(second) };
    });
  });

const rows: readonly (readonly [CorrelationType, CorrelationCondition])[] = [
  ['event_count', { gte: 4 }],
  ['event_count', { gte: 70 }],
  ['event_count', { eq: 3 }],
  ['event_count', { gt: 2, lte: 5 }],
  ['value_count', { gte: 4 }],
  ['value_count', { gt: 2, neq: 4 }],
  ['temporal', {}],
  ['temporal_ordered', { gte: 2 }],
];

describe('groups without a window', () => {
  it.each(rows)('%s %j', (type, condition) => {
    const rule = correlation(type, 3, 12, condition);
    let count = 0;
    fc.assert(
      fc.property(streams, (hits) => {
        const expected = told(rule, hits, false);
        count += expected.length;
        expect(told(rule, hits, true)).toEqual(expected);
      }),
      { numRuns: 200 },
    );
    if (condition.gte !== 70) expect(count).toBeGreaterThan(100);
  });

  it('keeps to its memory over many windows, and to the hits through every growth', () => {
    const rule = correlation('event_count', 1, 10, { gte: 3 });
    const found: number[] = [];
    const room = createColdRoom();
    const correlator = createCorrelator(rule, {
      onResult: ({ group }) => found.push(group),
      room,
    });
    let most = 0;
    for (let ref = 0; ref < 60_000; ref += 1) {
      // A thousand a second: each group once, but for one that comes every four seconds.
      const group = ref % 4000 === 0 ? 7 : 10 + ref;
      const hit = { rule: 0, timeUs: us(0) + ref * 1000, group, value: -1, ref };
      correlator.forget(hit.timeUs);
      correlator.push(hit);
      if (ref % 10_000 === 9999) {
        let kept = 0;
        correlator.cold?.mark(() => {
          kept += 1;
        });
        most = Math.max(most, kept);
      }
    }
    correlator.finish();
    expect(found).toEqual([7]);
    expect(most).toBeGreaterThan(9000);
    expect(most).toBeLessThan(10_100);
    expect(room.forgotten).toBe(0);
  });

  it('forgets the oldest hits where there is no more room, and says how many', () => {
    const room = createColdRoom(5000);
    const found: number[] = [];
    const correlator = createCorrelator(correlation('event_count', 1, 1000, { gte: 2 }), {
      onResult: ({ group }) => found.push(group),
      room,
    });
    const push = (group: number, ref: number): void =>
      correlator.push({ rule: 0, timeUs: us(0) + ref, group, value: -1, ref });
    for (let ref = 0; ref < 6000; ref += 1) push(ref, ref);
    expect([room.left, room.forgotten]).toEqual([0, 1000]);
    push(999, 6000);
    push(1002, 6001);
    correlator.finish();
    expect(found).toEqual([1002]);
    correlator.forget(us(5000));
    expect(room.left).toBe(5000);
  });
});
