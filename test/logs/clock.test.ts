import { describe, expect, it } from 'vitest';
import { createClock } from '../../src/logs/clock.ts';

const iso = (timeUs: number): string => new Date(timeUs / 1000).toISOString();

describe('zones', () => {
  it.each<[string, number[], string]>([
    ['UTC', [2026, 3, 29, 2, 30, 0], '2026-03-29T02:30:00.000Z'],
    ['Europe/Berlin', [2026, 1, 5, 12, 0, 0], '2026-01-05T11:00:00.000Z'],
    ['Europe/Berlin', [2026, 7, 5, 12, 0, 0], '2026-07-05T10:00:00.000Z'],
    ['Europe/Berlin', [2026, 3, 29, 1, 59, 59], '2026-03-29T00:59:59.000Z'],
    ['Europe/Berlin', [2026, 3, 29, 3, 0, 0], '2026-03-29T01:00:00.000Z'],
    // The hour that does not exist: the offset before the gap.
    ['Europe/Berlin', [2026, 3, 29, 2, 30, 0], '2026-03-29T01:30:00.000Z'],
    // The hour that comes twice: the earlier one.
    ['Europe/Berlin', [2026, 10, 25, 2, 30, 0], '2026-10-25T00:30:00.000Z'],
    ['Europe/Berlin', [2026, 10, 25, 3, 0, 0], '2026-10-25T02:00:00.000Z'],
    ['America/New_York', [2026, 3, 8, 2, 30, 0], '2026-03-08T07:30:00.000Z'],
    ['America/New_York', [2026, 11, 1, 1, 30, 0], '2026-11-01T05:30:00.000Z'],
    ['Asia/Kolkata', [2026, 6, 1, 5, 30, 0], '2026-06-01T00:00:00.000Z'],
    ['Australia/Lord_Howe', [2026, 1, 15, 11, 0, 0], '2026-01-15T00:00:00.000Z'],
  ])('%s %j', (zone, [year, month, day, hour, minute, second], expected) => {
    const clock = createClock({ zone, firstYear: 2026 });
    const at = clock.at(year!, month!, day!, hour!, minute!, second!, 0, undefined);
    expect(iso(at)).toBe(expected);
    expect(clock.confidence).toMatch(/^zone-assumed$|^dst-/);
  });

  it.each<[string, number[], string]>([
    ['Europe/Berlin', [3, 29, 1, 59], 'zone-assumed'],
    ['Europe/Berlin', [3, 29, 2, 0], 'dst-gap'],
    ['Europe/Berlin', [3, 29, 2, 59], 'dst-gap'],
    ['Europe/Berlin', [3, 29, 3, 0], 'zone-assumed'],
    ['Europe/Berlin', [10, 25, 1, 59], 'zone-assumed'],
    ['Europe/Berlin', [10, 25, 2, 0], 'dst-overlap'],
    ['Europe/Berlin', [10, 25, 2, 59], 'dst-overlap'],
    ['Europe/Berlin', [10, 25, 3, 0], 'zone-assumed'],
    // Half an hour only.
    ['Australia/Lord_Howe', [4, 5, 1, 45], 'dst-overlap'],
    ['Australia/Lord_Howe', [4, 5, 2, 0], 'zone-assumed'],
    ['Asia/Kolkata', [3, 29, 2, 30], 'zone-assumed'],
    ['UTC', [3, 29, 2, 30], 'zone-assumed'],
  ])('%s %j is %s', (zone, [month, day, hour, minute], expected) => {
    const clock = createClock({ zone, firstYear: 2026 });
    clock.at(2026, month!, day!, hour!, minute!, 0, 0, undefined);
    expect(clock.confidence).toBe(expected);
    clock.at(0, month!, day!, hour!, minute!, 0, 0, undefined);
    expect(clock.confidence).toBe(expected === 'zone-assumed' ? 'year-inferred' : expected);
    clock.at(2026, month!, day!, hour!, minute!, 0, 0, 120);
    expect(clock.confidence).toBe('exact');
  });

  it('takes the offset that the stamp names, and its microseconds', () => {
    const clock = createClock({ zone: 'Europe/Berlin', firstYear: 2026 });
    expect(clock.at(2026, 3, 5, 4, 0, 0, 123_456, -330)).toBe(
      Date.UTC(2026, 2, 5, 9, 30) * 1000 + 123_456,
    );
    expect(clock.confidence).toBe('exact');
  });
});

describe('stamps without a year', () => {
  const years = (
    firstYear: number,
    month: number | undefined,
    months: readonly number[],
  ): number[] => {
    const clock = createClock({
      zone: 'UTC',
      firstYear,
      ...(month === undefined ? {} : { month }),
    });
    return months.map((each) =>
      new Date(clock.at(0, each, 1, 0, 0, 0, 0, undefined) / 1000).getUTCFullYear(),
    );
  };
  it.each<[string, number | undefined, number[], number[]]>([
    ['one year', undefined, [3, 4, 8, 12], [2025, 2025, 2025, 2025]],
    ['over new year', undefined, [11, 12, 1, 2], [2025, 2025, 2026, 2026]],
    ['over two', undefined, [12, 1, 5, 9, 12, 1], [2025, 2026, 2026, 2026, 2026, 2027]],
    ['a late line of the old year', undefined, [12, 1, 12, 1, 2], [2025, 2026, 2025, 2026, 2026]],
    ['a small step back', undefined, [5, 4, 5], [2025, 2025, 2025]],
    ['going on after a December', 12, [1, 2], [2026, 2026]],
    ['going on in a December', 12, [12, 1], [2025, 2026]],
    ['going on after a January, first a late line', 1, [12, 1], [2024, 2025]],
  ])('%s', (_, month, months, expected) => {
    expect(years(2025, month, months)).toEqual(expected);
  });
});
