import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  countInSketch,
  createSketchMemory,
  createValueCounter,
  hashGroup,
  isHot,
  sketchCells,
  sumSketch,
  thresholdOfValues,
  valueCells,
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

  it('counts a value of a group once in a stretch of time, and calls hot only who has enough', () => {
    const memory = createSketchMemory(1, 1);
    const values = valueCells(memory, 0, 1);
    const add = createValueCounter(values, sketchCells(memory, 0, 1, 1), WINDOW);
    const groups = Array.from({ length: 300 }, (_, index) => hashGroup(`g${index}`));
    for (let time = 0; time < 200; time += 1)
      for (const group of groups)
        for (let value = 0; value < 10; value += 1) add(group, hashGroup(`v${value}`), time);
    expect(sumSketch(memory, 0, 1, 21)).toBe(false);
    // Ten each in two neighbouring stretches.
    expect(sumSketch(memory, 0, 1, 20)).toBe(true);
    const sums = sketchCells(memory, 0, 0, 1);
    for (const group of groups) expect(isHot(sums, group, 100, WINDOW, 20)).toBe(true);
  });

  it('loses no group with enough values where there is no room for all', () => {
    const memory = createSketchMemory(1, 1);
    const add = createValueCounter(valueCells(memory, 0, 1), sketchCells(memory, 0, 1, 1), WINDOW);
    const walker = hashGroup('walker');
    for (let other = 0; other < 200_000; other += 1) {
      add(hashGroup(`o${other}`), other, 5);
      if (other % 5_000 === 0) add(walker, hashGroup(`w${other}`), 5);
    }
    expect(sumSketch(memory, 0, 1, 40)).toBe(true);
    expect(isHot(sketchCells(memory, 0, 0, 1), walker, 5, WINDOW, 40)).toBe(true);
  });

  it('counts each value of a group where more pairs came than are remembered, and many groups share a place', () => {
    const memory = createSketchMemory(1, 1);
    const add = createValueCounter(valueCells(memory, 0, 1), sketchCells(memory, 0, 1, 1), WINDOW);
    const walkers = Array.from({ length: 500 }, (_, index) => hashGroup(`w${index}`));
    for (let value = 0; value < 60; value += 1) {
      for (const walker of walkers) add(walker, hashGroup(`/${value}`), 5);
      // In between come more groups and pairs than there is room for.
      for (let other = 0; other < 6_000; other += 1)
        add(hashGroup(`o${other * 60 + value}`), hashGroup(`/${value}`), 5);
    }
    const needed = thresholdOfValues(60);
    expect(needed).toBe(57);
    expect(sumSketch(memory, 0, 1, needed)).toBe(true);
    const sums = sketchCells(memory, 0, 0, 1);
    expect(walkers.filter((walker) => !isHot(sums, walker, 5, WINDOW, needed))).toEqual([]);
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
