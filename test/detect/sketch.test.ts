import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  countInSketch,
  createSketchMemory,
  hashGroup,
  isHot,
  sketchCells,
  sumSketch,
} from '../../src/detect/sketch.ts';

const WINDOW = 10;

describe('sketch', () => {
  it('never calls a group cold that has a full window', () => {
    const event = fc.record({
      group: fc.constantFrom('a', 'b', 'c'),
      time: fc.nat(100),
      times: fc.constantFrom(undefined, undefined, 2, 70_000),
    });
    fc.assert(
      fc.property(
        fc.array(event, { maxLength: 120 }),
        fc.integer({ min: 2, max: 8 }),
        (events, needed) => {
          const memory = createSketchMemory(1, 2);
          events.forEach(({ group, time, times }, index) => {
            const cells = sketchCells(memory, 0, 1 + (index % 2), 1);
            countInSketch(cells, hashGroup(group), time, WINDOW, times);
          });
          const anyHot = sumSketch(memory, 0, 1, needed);
          const sums = sketchCells(memory, 0, 0, 1);
          for (const { group, time } of events) {
            const inWindow = events.filter(
              (other) => other.group === group && other.time >= time - WINDOW && other.time <= time,
            );
            // A window includes both ends, so it may touch a third slot by one instant.
            const strict = inWindow.filter((other) => other.time > time - WINDOW);
            if (strict.reduce((sum, { times = 1 }) => sum + times, 0) < needed) continue;
            expect(anyHot).toBe(true);
            expect(isHot(sums, hashGroup(group), time, WINDOW, needed)).toBe(true);
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  it.each([
    ['before', 5],
    ['after', 25],
  ])('counts the stretch %s an event with its own', (_, other) => {
    const cells = sketchCells(createSketchMemory(1, 1), 0, 1, 1);
    const hash = hashGroup('a');
    countInSketch(cells, hash, 15, WINDOW, 2);
    countInSketch(cells, hash, other, WINDOW, 2);
    expect(isHot(cells, hash, 15, WINDOW, 4)).toBe(true);
    expect(isHot(cells, hash, 15, WINDOW, 5)).toBe(false);
  });
});
