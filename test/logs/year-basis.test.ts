import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createClock } from '../../src/logs/clock.ts';
import { emptyStamp, readStamp } from '../../src/logs/formats/syslog-stamp.ts';
import { readStampRuns } from '../../src/logs/stamp-runs.ts';
import { findYears, type YearBounds, yearsBetween } from '../../src/logs/year-basis.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ir-years-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const NAMES = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');
const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

/** `Nov  4 10:00:01` */
function stampOf(ms: number): string {
  const date = new Date(ms);
  const day = String(date.getUTCDate()).padStart(2);
  return `${NAMES[date.getUTCMonth()]} ${day} ${date.toISOString().slice(11, 19)}`;
}

type Options = Partial<YearBounds> & { zone?: string; padding?: number };

/** What the lines that begin with the stamps are dated to, as RFC 3339 and how sure that is. */
function dated(stamps: readonly string[], limit: number, options: Options = {}) {
  const { zone = 'UTC', padding = 0, ...more } = options;
  const lines = stamps.map((stamp) => `${stamp} web01 app[1]: x${'x'.repeat(padding)}\n`);
  const text = lines.join('');
  const path = join(folder, 'log');
  writeFileSync(path, text);
  const descriptor = openSync(path, 'r');
  const runs = readStampRuns(descriptor, text.length);
  closeSync(descriptor);
  const bounds = { limitMs: limit, isStrict: false, offsetMinutes: 0, ...more };
  const { years } = findYears(runs, bounds);
  const stamp = emptyStamp();
  // Read backwards, and each line as if its piece of the file began there: nothing depends on lines before.
  let offset = text.length;
  return lines
    .toReversed()
    .map((line) => {
      offset -= line.length;
      const part = yearsBetween(years, offset, offset + line.length);
      const clock = createClock({ zone, years: part });
      clock.offset = offset;
      expect(readStamp(line, 0, stamp)).toBe(true);
      const { month, day, hour, minute, second } = stamp;
      const timeUs = clock.at(0, month, day, hour, minute, second, 0, stamp.offsetMinutes);
      return { time: new Date(timeUs / 1000).toISOString(), confidence: clock.confidence };
    })
    .toReversed();
}

/** Lines as they are: what those without a year are dated to, with `!` when that is after the file's date. */
function datesIn(lines: readonly string[], limit: string, options: Partial<YearBounds> = {}) {
  const text = lines.map((line) => `${line}\n`).join('');
  const path = join(folder, 'mixed');
  writeFileSync(path, text);
  const descriptor = openSync(path, 'r');
  const runs = readStampRuns(descriptor, text.length);
  closeSync(descriptor);
  const bounds = { limitMs: Date.parse(limit), isStrict: false, offsetMinutes: 0, ...options };
  const clock = createClock({ zone: 'UTC', years: findYears(runs, bounds).years });
  const stamp = emptyStamp();
  let offset = 0;
  return lines.flatMap((line) => {
    clock.offset = offset;
    offset += line.length + 1;
    if (!readStamp(line, 0, stamp) || stamp.year > 0) return [];
    const { month, day, hour, minute, second } = stamp;
    const timeUs = clock.at(0, month, day, hour, minute, second, 0, undefined);
    const date = new Date(timeUs / 1000).toISOString().slice(0, 10);
    return [clock.confidence === 'after-file-date' ? `${date}!` : date];
  });
}

const times = (stamps: readonly string[], limit: string, options?: Options): string[] =>
  dated(stamps, Date.parse(limit), options).map(({ time }) => time.slice(0, 10));

const lines = (count: number, stamp: string): string[] => new Array(count).fill(stamp);

describe('years of stamps that name none', () => {
  it.each<[string, string[], string, string[]]>([
    ['one line', ['Nov 20 10:00:00'], '2026-11-22', ['2026-11-20']],
    ['read long after', ['Dec 20 10:00:00'], '2026-11-22', ['2025-12-20']],
    [
      'ten lines, one a month',
      NAMES.slice(2).map((name) => `${name} 15 03:00:00`),
      '2027-01-03',
      NAMES.slice(2).map((_, index) => `2026-${String(index + 3).padStart(2, '0')}-15`),
    ],
    [
      'a pause of eight months within a year',
      ['Jan  5 03:00:00', 'Sep  9 03:00:00', 'Oct  9 03:00:00'],
      '2026-10-20',
      ['2026-01-05', '2026-09-09', '2026-10-09'],
    ],
    [
      'pauses of eight months over new year',
      ['Aug  1 03:00:00', 'Apr  4 03:00:00', 'Dec 12 03:00:00', 'Aug 15 03:00:00'],
      '2026-08-20',
      ['2024-08-01', '2025-04-04', '2025-12-12', '2026-08-15'],
    ],
    [
      'over new year and back by a late line',
      [
        'Dec 30 23:59:59',
        'Dec 31 23:59:59',
        'Jan  1 00:00:01',
        'Dec 31 23:59:58',
        'Jan  1 00:00:02',
      ],
      '2026-01-03',
      ['2025-12-30', '2025-12-31', '2026-01-01', '2025-12-31', '2026-01-01'],
    ],
    [
      'a 29 February in the newest year that has one',
      ['Feb 29 12:00:00', 'Mar  1 12:00:00', 'Mar 20 12:00:00'],
      '2027-03-25',
      ['2024-02-29', '2024-03-01', '2024-03-20'],
    ],
    [
      'over new year from a 29 February on',
      ['Feb 29 12:00:00', 'Aug  1 12:00:00', 'Jan 20 12:00:00'],
      '2026-08-01',
      ['2024-02-29', '2024-08-01', '2025-01-20'],
    ],
    [
      'a boot without a clock between two lines of an afternoon',
      [...lines(9, 'Nov 20 11:59:00'), ...lines(4, 'Jan  1 00:00:05'), 'Nov 20 13:10:00'],
      '2026-11-22',
      [...lines(9, '2026-11-20'), ...lines(4, '2026-01-01'), '2026-11-20'],
    ],
    [
      'the same in a zone east of UTC, after half a year without power',
      [
        ...lines(99, 'Apr  1 11:59:00'),
        ...lines(4, 'Jan  1 01:00:05'),
        ...lines(99, 'Oct 18 13:10:00'),
      ],
      '2026-11-22',
      [...lines(99, '2026-04-01'), ...lines(4, '2026-01-01'), ...lines(99, '2026-10-18')],
    ],
    [
      'a boot without a clock at the end',
      [...lines(9, 'Nov 20 11:59:00'), ...lines(4, 'Jan  1 00:00:05')],
      '2026-11-22',
      [...lines(9, '2026-11-20'), ...lines(4, '2026-01-01')],
    ],
    [
      'a job at the beginning of each month',
      ['Nov  1 00:00:01', 'Dec  1 00:00:01', 'Jan  1 00:00:01', 'Feb  1 00:00:01'],
      '2027-02-02',
      ['2026-11-01', '2026-12-01', '2027-01-01', '2027-02-01'],
    ],
    [
      'a busy new year',
      [...lines(20, 'Dec 31 23:59:59'), ...lines(20, 'Jan  1 00:00:00')],
      '2027-01-01',
      [...lines(20, '2026-12-31'), ...lines(20, '2027-01-01')],
    ],
    [
      'one line of a sender whose clock is wrong',
      [...lines(30, 'Nov 20 11:59:00'), 'Mar  3 00:12:00', ...lines(30, 'Nov 20 12:10:00')],
      '2026-11-22',
      [...lines(30, '2026-11-20'), '2026-03-03', ...lines(30, '2026-11-20')],
    ],
    [
      'the parts of a log, the newest first',
      [
        ...lines(20, 'Jan  9 10:00:00'),
        ...lines(20, 'Jan 12 10:00:00'),
        ...lines(20, 'Dec 29 10:00:00'),
        ...lines(20, 'Jan  4 10:00:00'),
        ...lines(20, 'Dec 20 10:00:00'),
      ],
      '2026-01-13',
      [
        ...lines(20, '2026-01-09'),
        ...lines(20, '2026-01-12'),
        ...lines(20, '2025-12-29'),
        ...lines(20, '2026-01-04'),
        ...lines(20, '2025-12-20'),
      ],
    ],
  ])('%s', (_, stamps, limit, expected) => {
    expect(times(stamps, limit)).toEqual(expected);
  });

  it('two turns of the year in one kilobyte', () => {
    const months = Array.from({ length: 25 }, (_, month) => Date.UTC(2024, 9 + month, 7, 3));
    const found = dated(months.map(stampOf), Date.UTC(2026, 10, 1));
    expect(found.map(({ time }) => time)).toEqual(months.map((ms) => new Date(ms).toISOString()));
  });

  it('tries wider runs when there are more than 50,000, however long the file', () => {
    const radiusOf = (turns: number): number => {
      const text = 'Mar  1 10:00:00 web01 app[1]: x\nMar 20 10:00:00 web01 app[1]: x\n'.repeat(
        turns,
      );
      const path = join(folder, 'runs');
      writeFileSync(path, text);
      const descriptor = openSync(path, 'r');
      const { radius } = readStampRuns(descriptor, text.length);
      closeSync(descriptor);
      return radius;
    };
    expect([radiusOf(25_000), radiusOf(25_001)]).toEqual([3, 30]);
  });

  it('marks what lies after the date of the file', () => {
    const found = dated(['Nov 21 10:00:00', 'Nov 22 05:00:00'], Date.UTC(2026, 10, 22));
    expect(found).toEqual([
      { time: '2026-11-21T10:00:00.000Z', confidence: 'year-inferred' },
      { time: '2026-11-22T05:00:00.000Z', confidence: 'after-file-date' },
    ]);
  });

  it('puts nothing after a date that the user has set, not even by a zone', () => {
    const isStrict = true;
    const limit = '2026-11-22T00:00:00Z';
    expect(times(['Nov 21 10:00:00', 'Nov 22 05:00:00'], limit, { isStrict })).toEqual([
      '2025-11-21',
      '2025-11-22',
    ]);
    const berlin = { isStrict, zone: 'Europe/Berlin', offsetMinutes: 60 };
    expect(times(['Nov 22 00:30:00'], limit, berlin)).toEqual(['2026-11-21']);
    expect(times(['Nov 22 01:00:01'], limit, berlin)).toEqual(['2025-11-22']);
    expect(times(['Feb 29 12:00:00', 'Mar  1 12:00:00'], '2025-03-02', { isStrict })).toEqual([
      '2024-02-29',
      '2024-03-01',
    ]);
  });

  it('lies before the file into which the log went on', () => {
    const nextFirstMs = Date.UTC(2025, 10, 15);
    expect(times(['Oct 15 10:00:00', 'Nov 15 10:00:00'], '2026-11-20', { nextFirstMs })).toEqual([
      '2025-10-15',
      '2025-11-15',
    ]);
  });
});

const LIMIT = '2026-11-30T01:00:00Z';
const at = (...stamps: string[]): string[] => stamps.map((stamp) => `${stamp} h app[1]: x`);
const access = (date: string): string =>
  `192.0.2.7 - - [${date}:10:00:00 +0000] "GET / HTTP/1.1" 200 1`;

describe('stamps that have a year bound those around them', () => {
  const early = '2023-03-12T10:00:00Z h app[1]: x';
  const audit =
    'Mar 12 10:00:05 h kernel: audit: type=1400 audit(1678615205.123:45): apparmor="DENIED"';
  it.each<[string, string[], string[]]>([
    ['between two', [early, ...at('Mar 12 10:00:05'), early], ['2023-03-12']],
    [
      'after one',
      [early, ...at('Mar 12 10:00:05', 'Apr  9 10:00:00')],
      ['2023-03-12', '2023-04-09'],
    ],
    ['before one', [...at('Feb 28 10:00:05'), early], ['2023-02-28']],
    ['before one, over new year', [...at('Dec 28 10:00:05'), early], ['2022-12-28']],
    [
      'after one, over new year',
      [early, ...at('Nov 28 10:00:05', 'Jan  2 10:00:05')],
      ['2023-11-28', '2024-01-02'],
    ],
    [
      'access lines',
      [access('12/Mar/2023'), ...at('Mar 12 10:00:05'), access('12/Mar/2023')],
      ['2023-03-12'],
    ],
    ['audit records', [audit, ...at('Mar 12 10:00:06')], ['2023-03-12', '2023-03-12']],
    [
      'audit records of the kernel alone',
      [
        ...at('Mar 12 10:00:05'),
        'Mar 12 10:00:06 h sshd[1]: Invalid user audit(1678615205.123:45) from 192.0.2.7',
      ],
      ['2026-03-12', '2026-03-12'],
    ],
    [
      'a year after the clock',
      ['Mar 12 10:00:05 2023 h app[1]: x', ...at('Mar 12 10:00:06')],
      ['2023-03-12'],
    ],
    ['the syslog of RFC 5424', [`<34>1 ${early}`, ...at('Mar 12 10:00:06')], ['2023-03-12']],
    [
      'new year itself',
      ['2022-12-31T23:59:58Z h app[1]: x', ...at('Dec 31 23:59:59', 'Jan  1 00:00:00')],
      ['2022-12-31', '2023-01-01'],
    ],
    [
      'parts of several years',
      [
        early,
        ...at('Mar 12 10:00:05'),
        '2025-03-13T10:00:00Z h app[1]: x',
        ...at('Mar 13 10:00:05'),
      ],
      ['2023-03-12', '2025-03-13'],
    ],
    [
      'a pause of a year that only they tell',
      [
        ...at('Mar 12 10:00:05'),
        '2023-03-12T10:00:06Z h app[1]: x',
        '2024-03-14T10:00:00Z h app[1]: x',
        ...at('Mar 20 10:00:05'),
      ],
      ['2023-03-12', '2024-03-20'],
    ],
    [
      'nothing that lies after the file',
      ['2031-03-12T10:00:00Z h app[1]: x', ...at('Mar 12 10:00:05')],
      ['2026-03-12'],
    ],
    [
      'no stray one between others',
      [early, ...at('Mar 12 10:00:05'), '2019-07-01 10:00:00 x', ...at('Mar 12 10:00:05'), early],
      ['2023-03-12', '2023-03-12'],
    ],
    [
      'no stray one among very many',
      [...lines(1001, at('Mar 12 10:00:05')[0] as string), early],
      lines(1001, '2026-03-12'),
    ],
  ])('%s', (_, text, expected) => {
    expect(datesIn(text, LIMIT)).toEqual(expected);
  });

  it('nothing, when the user has set the date', () => {
    const bounds = { isStrict: true };
    expect(datesIn([early, ...at('Mar 12 10:00:05')], LIMIT, bounds)).toEqual(['2026-03-12']);
  });

  it('in large files', () => {
    const year = (month: number, day: number) => new Date(Date.UTC(2023, month, day)).toISOString();
    const days = Array.from({ length: 100 }, (_, day) => year(0, day + 1));
    const text = days.flatMap((iso) => [
      `${iso} h app[1]: x`,
      ...lines(40, at(`${stampOf(Date.parse(iso))}`)[0] + 'x'.repeat(5000)),
    ]);
    const expected = days.flatMap((iso) => lines(40, iso.slice(0, 10)));
    expect(datesIn(text, LIMIT)).toEqual(expected);
  });
});

describe('a stamp ahead of its neighbours moves none of them', () => {
  it.each<[string, string[], string[]]>([
    [
      'in between',
      [
        'Nov 28 10:00:00',
        'Nov 29 10:00:00',
        'Dec 15 10:00:00',
        'Nov 29 11:00:00',
        'Nov 29 12:00:00',
      ],
      ['2026-11-28', '2026-11-29', '2026-12-15!', '2026-11-29', '2026-11-29'],
    ],
    [
      'by three days',
      [
        'Nov 28 10:00:00',
        'Nov 29 10:00:00',
        'Dec  2 10:00:00',
        'Nov 29 11:00:00',
        'Nov 29 12:00:00',
      ],
      ['2026-11-28', '2026-11-29', '2026-12-02!', '2026-11-29', '2026-11-29'],
    ],
    [
      'by six days',
      [
        'Nov 28 10:00:00',
        'Nov 29 10:00:00',
        'Dec  5 10:00:00',
        'Nov 29 11:00:00',
        'Nov 29 12:00:00',
      ],
      ['2026-11-28', '2026-11-29', '2026-12-05!', '2026-11-29', '2026-11-29'],
    ],
    [
      'over new year',
      [
        'Nov 28 10:00:00',
        'Nov 29 10:00:00',
        'Jan 15 10:00:00',
        'Nov 29 11:00:00',
        'Nov 29 12:00:00',
      ],
      ['2026-11-28', '2026-11-29', '2027-01-15!', '2026-11-29', '2026-11-29'],
    ],
    [
      'at the end',
      ['Nov 28 10:00:00', 'Nov 29 10:00:00', 'Dec 15 10:00:00'],
      ['2026-11-28', '2026-11-29', '2026-12-15!'],
    ],
    [
      'at the beginning: the others keep their year',
      ['Dec 15 10:00:00', 'Nov 28 10:00:00', 'Nov 29 10:00:00'],
      ['2025-12-15', '2026-11-28', '2026-11-29'],
    ],
    [
      'at the beginning of a busy file',
      ['Dec 15 10:00:00', ...lines(20, 'Nov 28 10:00:00'), ...lines(20, 'Nov 29 10:00:00')],
      ['2026-12-15!', ...lines(20, '2026-11-28'), ...lines(20, '2026-11-29')],
    ],
    [
      'for a while',
      [
        ...lines(9, 'Nov 29 10:00:00'),
        ...lines(4, 'Dec 15 10:00:00'),
        ...lines(9, 'Nov 29 11:00:00'),
      ],
      [...lines(9, '2026-11-29'), ...lines(4, '2026-12-15!'), ...lines(9, '2026-11-29')],
    ],
    [
      'for 3 lines, amid no more than that',
      [
        'Nov 28 10:00:00',
        'Nov 29 10:00:00',
        ...lines(3, 'Dec 15 10:00:00'),
        'Nov 29 11:00:00',
        'Nov 29 12:00:00',
      ],
      ['2026-11-28', '2026-11-29', ...lines(3, '2026-12-15!'), '2026-11-29', '2026-11-29'],
    ],
    [
      'for 4 lines, amid no more than that',
      [
        'Nov 28 10:00:00',
        'Nov 29 10:00:00',
        ...lines(4, 'Dec 15 10:00:00'),
        'Nov 29 11:00:00',
        'Nov 29 12:00:00',
      ],
      ['2026-11-28', '2026-11-29', ...lines(4, '2026-12-15!'), '2026-11-29', '2026-11-29'],
    ],
    [
      'nor do three old lines amid as few',
      [
        'Nov 28 10:00:00',
        'Nov 29 10:00:00',
        ...lines(3, 'Sep  3 10:00:00'),
        'Nov 29 11:00:00',
        'Nov 29 12:00:00',
      ],
      ['2026-11-28', '2026-11-29', ...lines(3, '2026-09-03'), '2026-11-29', '2026-11-29'],
    ],
    [
      'while a year that ends on another day is one',
      [
        'Nov 20 10:00:00',
        'Nov 21 10:00:00',
        ...lines(3, 'Dec 15 10:00:00'),
        'Nov 28 11:00:00',
        'Nov 29 12:00:00',
      ],
      ['2025-11-20', '2025-11-21', ...lines(3, '2025-12-15'), '2026-11-28', '2026-11-29'],
    ],
    [
      'for a long while',
      [
        ...lines(99, 'Nov 29 10:00:00'),
        ...lines(40, 'Dec 15 10:00:00'),
        ...lines(99, 'Nov 29 11:00:00'),
      ],
      [...lines(99, '2026-11-29'), ...lines(40, '2026-12-15!'), ...lines(99, '2026-11-29')],
    ],
    [
      'twice',
      [
        'Nov 28 10:00:00',
        'Nov 29 10:00:00',
        'Dec 15 10:00:00',
        'Nov 29 11:00:00',
        'Nov 29 12:00:00',
        'Dec 20 10:00:00',
        'Nov 29 13:00:00',
        'Nov 29 14:00:00',
      ],
      [
        '2026-11-28',
        '2026-11-29',
        '2026-12-15!',
        '2026-11-29',
        '2026-11-29',
        '2026-12-20!',
        '2026-11-29',
        '2026-11-29',
      ],
    ],
    [
      'nor does a backlog of old lines',
      [
        ...lines(8, 'Nov 28 10:00:00'),
        ...lines(4, 'Sep  3 10:00:00'),
        ...lines(8, 'Nov 29 11:00:00'),
      ],
      [...lines(8, '2026-11-28'), ...lines(4, '2026-09-03'), ...lines(8, '2026-11-29')],
    ],
    [
      'while the turn of the year goes back',
      ['Dec 30 10:00:00', 'Dec 31 10:00:00', 'Jan  2 10:00:00', 'Jan  3 10:00:00'],
      ['2025-12-30', '2025-12-31', '2026-01-02', '2026-01-03'],
    ],
    [
      'and two of them, with one ahead',
      [
        'Dec 20 10:00:00',
        'Jan  3 10:00:00',
        'Nov 28 10:00:00',
        'Jan  7 10:00:00',
        'Nov 28 10:00:00',
        'Nov 29 10:00:00',
        'Dec 20 10:00:00',
        'Nov 29 11:00:00',
        'Nov 29 12:00:00',
      ],
      [
        '2024-12-20',
        '2025-01-03',
        '2025-11-28',
        '2026-01-07',
        '2026-11-28',
        '2026-11-29',
        '2026-12-20!',
        '2026-11-29',
        '2026-11-29',
      ],
    ],
  ])('%s', (_, stamps, expected) => {
    expect(datesIn(at(...stamps), LIMIT)).toEqual(expected);
  });

  it('and takes the year before, when the user has set the date', () => {
    const stamps = at(
      'Nov 28 10:00:00',
      'Nov 29 10:00:00',
      'Dec 15 10:00:00',
      'Nov 29 11:00:00',
      'Nov 29 12:00:00',
    );
    expect(datesIn(stamps, LIMIT, { isStrict: true })).toEqual([
      '2026-11-28',
      '2026-11-29',
      '2025-12-15',
      '2026-11-29',
      '2026-11-29',
    ]);
  });

  it('in a part of a rotated log', () => {
    const stamps = at(
      'Nov 20 10:00:00',
      'Nov 21 10:00:00',
      'Dec 15 10:00:00',
      'Nov 21 11:00:00',
      'Nov 21 12:00:00',
    );
    const nextFirstMs = Date.parse('2026-11-21T12:30:00Z');
    expect(datesIn(stamps, LIMIT, { nextFirstMs })).toEqual([
      '2026-11-20',
      '2026-11-21',
      '2026-12-15!',
      '2026-11-21',
      '2026-11-21',
    ]);
  });
});

describe('the years of any log that keeps to what is assumed of logs', () => {
  /** Never in the minutes in which machines without a clock boot. */
  const start = fc
    .integer({ min: 0, max: 40 * 365 })
    .map((days) => Date.UTC(1990, 0, 1, 0, 30) + days * DAY_MS);
  const isRight = (truth: readonly number[], limit: number, options?: Options): void => {
    const found = dated(truth.map(stampOf), limit, options).map(({ time }) => time);
    expect(found).toEqual(truth.map((ms) => new Date(ms).toISOString()));
  };
  const timeline = (first: number, steps: readonly number[]): number[] => {
    const truth = [first];
    for (const step of steps) truth.push((truth.at(-1) as number) + step);
    return truth;
  };

  it('logs that write seldom: never silent for a year', () => {
    const step = fc.integer({ min: 12, max: 350 }).map((days) => days * DAY_MS);
    const file = fc.tuple(
      start,
      fc.array(step, { maxLength: 30 }),
      fc.integer({ max: 355, min: 0 }),
    );
    fc.assert(
      fc.property(file, ([first, steps, age]) => {
        const truth = timeline(first, steps);
        isRight(truth, (truth.at(-1) as number) + age * DAY_MS);
      }),
      { numRuns: 100 },
    );
  });

  it('logs that write often: pauses of nine months, lines out of order by days', () => {
    const late = fc.integer({ min: 0, max: 2 * DAY_MS });
    const short = fc.tuple(fc.integer({ min: 0, max: 30 * HOUR_MS }), late);
    const pause = fc.tuple(
      fc.integer({ min: 30, max: 280 }).map((days) => days * DAY_MS),
      late,
    );
    // Few lines between two pauses would pass for those of a wrong clock, when the log goes on a year later.
    const stretch = fc.tuple(fc.array(short, { minLength: 15, maxLength: 40 }), pause);
    const file = fc.tuple(
      start,
      fc.array(stretch, { minLength: 1, maxLength: 6 }).map((stretches) => {
        const steps = stretches.flatMap(([shorts, last]) => [...shorts, last]);
        return steps.slice(0, -1);
      }),
      fc.integer({ max: 350, min: 3 }),
      fc.integer({ min: 0, max: 300 }),
    );
    fc.assert(
      fc.property(file, ([first, steps, age, padding]) => {
        const order = timeline(
          first,
          steps.map(([each]) => each),
        );
        const truth = order.map((ms, index) => {
          const moved = ms - (steps[index - 1]?.[1] ?? 0);
          return Math.floor(moved / HOUR_MS) * HOUR_MS + 30 * MINUTE_MS;
        });
        const end = truth.reduce((latest, ms) => Math.max(latest, ms), 0);
        isRight(truth, end + age * DAY_MS, { padding });
      }),
      { numRuns: 60 },
    );
  });

  it('boots without a clock move no other line', () => {
    const boot = fc.tuple(fc.integer({ min: 1, max: 150 }), fc.integer({ min: 1, max: 9 }));
    const step = fc.integer({ min: 0, max: 20 * HOUR_MS });
    const file = fc.tuple(
      start,
      fc.array(step, { minLength: 160, maxLength: 400 }),
      fc.array(boot, { maxLength: 3 }),
    );
    fc.assert(
      fc.property(file, ([first, steps, boots]) => {
        const truth = timeline(first, steps).map((ms) => Math.floor(ms / 1000) * 1000);
        const all = truth.map((ms) => ({ ms, stamp: stampOf(ms) }));
        for (const [place, count] of boots) {
          const block = lines(count, 'Jan  1 00:00:07').map((stamp) => ({ ms: Number.NaN, stamp }));
          all.splice(place, 0, ...block);
        }
        const found = dated(
          all.map(({ stamp }) => stamp),
          (truth.at(-1) as number) + DAY_MS,
        );
        const limit = new Date((truth.at(-1) as number) + DAY_MS).toISOString();
        for (const [index, { ms }] of all.entries()) {
          const time = found[index]?.time ?? '';
          if (Number.isNaN(ms)) expect(time <= limit).toBe(true);
          else expect(time).toBe(new Date(ms).toISOString());
        }
      }),
      { numRuns: 60 },
    );
  });

  it('whatever stands in the file, nothing lies after a date that the user has set', () => {
    const stamp = fc
      .integer({ min: 0, max: 366 * 24 })
      .map((hour) => stampOf(Date.UTC(2024, 0, 1, hour)));
    const file = fc.tuple(fc.array(stamp, { minLength: 1, maxLength: 60 }), start);
    fc.assert(
      fc.property(file, ([stamps, limit]) => {
        for (const { time } of dated(stamps, limit, { isStrict: true }))
          expect(Date.parse(time)).toBeLessThanOrEqual(limit);
        for (const { time, confidence } of dated(stamps, limit))
          if (Date.parse(time) > limit) expect(confidence).toBe('after-file-date');
      }),
      { numRuns: 100 },
    );
  });
});

describe('few lines that go through the year twice', () => {
  const dates = (days: readonly string[]): string[] =>
    dated(
      days.map((day) => `${day} 10:00:00`),
      Date.UTC(2026, 10, 29),
    ).map(({ time }) => time.slice(0, 10));

  it('have one year less before the middle', () => {
    expect(dates(['Dec 30', 'Jan  2', 'Jun  2', 'Dec 30', 'Jan  2'])).toEqual([
      ...['2024-12-30', '2025-01-02', '2025-06-02', '2025-12-30', '2026-01-02'],
    ]);
  });

  it('keep one stray line out of the order, where the log goes on after it', () => {
    const found = dates(['Nov 10', 'Nov 10', 'Jun  2', 'Nov 10', 'Nov 11']);
    expect([...found.slice(0, 2), ...found.slice(3)]).toEqual([
      ...['2026-11-10', '2026-11-10', '2026-11-10', '2026-11-11'],
    ]);
  });
});
