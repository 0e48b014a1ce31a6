import { closeSync, mkdtempSync, openSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createClock } from '../../src/logs/clock.ts';
import { createYearBasis, hasYearlessStamp, rotationDateMs } from '../../src/logs/year-basis.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ir-years-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const NAMES = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

describe('createYearBasis', () => {
  /** One line a day from `first` on. @param width length of a line */
  const log = (first: Date, days: number, width: number): { text: string; years: number[] } => {
    const years: number[] = [];
    const lines = Array.from({ length: days }, (_, day) => {
      const date = new Date(first.getTime() + day * 86_400_000);
      years.push(date.getUTCFullYear());
      const stamp = `${NAMES[date.getUTCMonth()]} ${String(date.getUTCDate()).padStart(2)} 12:00:00`;
      return `${stamp} web01 app[1]: `.padEnd(width, 'x');
    });
    return { text: `${lines.join('\n')}\n`, years };
  };

  it.each<[string, string, number, number, string]>([
    ['days within one year', '2025-02-01', 200, 100, '2025-12-01'],
    ['read long after', '2025-02-01', 20, 100, '2025-12-01'],
    ['over new year, few lines', '2025-12-30', 4, 100, '2026-01-03'],
    ['over new year, long lines', '2025-12-01', 60, 9000, '2026-01-30'],
    ['over three new years', '2023-11-01', 900, 1000, '2026-04-19'],
    ['the reference in another zone', '2025-12-30', 3, 100, '2025-12-31'],
  ])('%s: right wherever reading starts', (_, first, days, width, reference) => {
    const { text, years } = log(new Date(`${first}T00:00:00Z`), days, width);
    const path = join(folder, 'log');
    writeFileSync(path, text);
    const descriptor = openSync(path, 'r');
    const yearAt = createYearBasis(descriptor, statSync(path).size, Date.parse(reference));
    closeSync(descriptor);
    const found = years.map((__, index) => {
      const { year, month } = yearAt(index * (width + 1));
      const clock = createClock({ zone: 'UTC', firstYear: year, month });
      const line = text.slice(index * (width + 1));
      const at = clock.at(
        0,
        NAMES.indexOf(line.slice(0, 3)) + 1,
        Number(line.slice(4, 6)),
        12,
        0,
        0,
        0,
        0,
      );
      return new Date(at / 1000).getUTCFullYear();
    });
    expect(found).toEqual(years);
  });

  it('a file without stamps takes the year of the reference', () => {
    const path = join(folder, 'none');
    writeFileSync(path, 'nothing\n');
    const descriptor = openSync(path, 'r');
    expect(createYearBasis(descriptor, 8, Date.UTC(2024, 5, 1))(0)).toEqual({
      year: 2024,
      month: 0,
    });
    closeSync(descriptor);
  });
});

describe('rotationDateMs', () => {
  it.each<[string, string | undefined]>([
    ['auth.log-20260104', '2026-01-04T23:59:59.999Z'],
    ['/var/log/20240101/syslog-2026-01-04.gz', '2026-01-04T23:59:59.999Z'],
    ['access_20260104.log', '2026-01-04T23:59:59.999Z'],
    ['auth.log', undefined],
    ['auth.log.1', undefined],
    ['dump-120260104', undefined],
    ['auth.log-20261304', undefined],
    ['/var/20260104/auth.log', undefined],
  ])('%s', (path, expected) => {
    const found = rotationDateMs(path);
    expect(found === undefined ? undefined : new Date(found).toISOString()).toBe(expected);
  });
});

it.each<[string, boolean]>([
  ['Jan  5 04:00:00 web01 sshd[1]: x', true],
  ['<34>Oct 11 22:14:15 web01 su: x', true],
  ['2026-01-05T04:00:00Z web01 sshd[1]: x', false],
  ['Jan 2026', false],
])('hasYearlessStamp %s', (line, expected) => expect(hasYearlessStamp(line)).toBe(expected));
