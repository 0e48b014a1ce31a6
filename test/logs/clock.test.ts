import { describe, expect, it } from 'vitest';
import { type Clock, createClock } from '../../src/logs/clock.ts';
import { detectFormat } from '../../src/logs/detect-format.ts';
import { FORMATS } from '../../src/logs/formats/list.ts';
import { createAccount } from '../../src/logs/line-account.ts';
import { createEventReader } from '../../src/logs/read-events.ts';

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
  const years = (offset: number): Clock => {
    const clock = createClock({
      zone: 'UTC',
      years: {
        marks: [
          { offset: 100, latestMs: Date.UTC(2024, 11, 5) },
          { offset: 200, latestMs: Date.UTC(2025, 5, 9) },
          { offset: 900, latestMs: Date.UTC(2026, 0, 3) },
        ],
        limitMs: Date.UTC(2026, 0, 2),
        isStrict: false,
      },
    });
    clock.offset = offset;
    return clock;
  };
  it.each<[number, number, number, string, string]>([
    [0, 12, 4, '2024-12-04', 'year-inferred'],
    [100, 12, 6, '2023-12-06', 'year-inferred'],
    [199, 1, 2, '2024-01-02', 'year-inferred'],
    [200, 1, 2, '2025-01-02', 'year-inferred'],
    [899, 12, 31, '2024-12-31', 'year-inferred'],
    [900, 12, 31, '2025-12-31', 'year-inferred'],
    [5000, 1, 1, '2026-01-01', 'year-inferred'],
    [5000, 1, 3, '2026-01-03', 'after-file-date'],
    [5000, 2, 29, '2024-02-29', 'year-inferred'],
  ])('at byte %i the stamp of %i/%i is of %s', (offset, month, day, expected, confidence) => {
    const clock = years(offset);
    expect(iso(clock.at(0, month, day, 0, 0, 0, 0, undefined)).slice(0, 10)).toBe(expected);
    expect(clock.confidence).toBe(confidence);
  });
});

describe('a time later than the date of the file', () => {
  const STAMPS: [string, string][] = [
    ['a zone', '2027-03-01T10:00:00Z web01 app[7]: x'],
    ['no zone', '2027-03-01 10:00:00 web01 app[7]: x'],
    ['an access line', '203.0.113.9 - - [01/Mar/2027:10:00:00 +0000] "GET / HTTP/1.1" 200 5'],
    ['seconds since 1970', '{"level":"info","ts":1803895200.5,"logger":"a","msg":"x"}'],
    ['a record', '{"time":"2027-03-01T10:00:00Z","msg":"x","level":"info"}'],
  ];
  const LIMIT = Date.UTC(2027, 2, 1, 10);
  const confidenceOf = (line: string, limitMs: number): string[] => {
    const words: string[] = [];
    const reader = createEventReader({
      format: detectFormat(`${line}\n`, FORMATS),
      formats: FORMATS,
      clock: createClock({
        zone: 'UTC',
        years: { marks: [{ offset: 0, latestMs: limitMs }], limitMs, isStrict: false },
      }),
      account: createAccount(),
      sink: ({ timeConfidence }) => words.push(timeConfidence),
    });
    reader.lines(`${line}\n`, 0);
    reader.end();
    return words;
  };
  it.each(STAMPS)('is marked, with %s', (_, line) => {
    expect(confidenceOf(line, LIMIT - 86_400_000)).toEqual(['after-file-date']);
    // By a machine whose clock is five minutes ahead as well.
    expect(confidenceOf(line, LIMIT - 300_000)).toEqual(['after-file-date']);
    // Dates of files are coarser than stamps.
    expect(confidenceOf(line, LIMIT - 400)).toEqual([
      line.startsWith('2027-03-01 ') ? 'zone-assumed' : 'exact',
    ]);
  });
});
