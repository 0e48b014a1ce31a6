import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isSkip } from '../../src/events/event.ts';
import { createClock } from '../../src/logs/clock.ts';
import { overlapsBetween } from '../../src/logs/clock-folds.ts';
import { dateFiles } from '../../src/logs/date-files.ts';
import { FORMATS } from '../../src/logs/formats/list.ts';
import { isProblem, prepareFile } from '../../src/logs/prepare.ts';
import { createSpool } from '../../src/logs/spool.ts';
import { walk } from '../../src/logs/walk.ts';

let folder: string;
const spool = createSpool();
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ir-folds-'));
});
afterAll(() => {
  spool.remove();
  rmSync(folder, { recursive: true, force: true });
});

/** The times of the lines in a zone, each read on its own. */
async function timesOf(lines: readonly string[], zone: string): Promise<string[]> {
  const path = join(folder, 'a.log');
  writeFileSync(path, lines.map((line) => `${line}\n`).join(''));
  utimesSync(path, new Date('2026-12-01'), new Date('2026-12-01'));
  const [found] = (await walk([path], folder)).files;
  if (found === undefined) throw new Error('the file is gone');
  const [prepared] = await prepareFile(found, { formats: FORMATS, spool, stdin: process.stdin });
  if (prepared === undefined || isProblem(prepared)) throw new Error(prepared?.reason);
  const [file] = dateFiles([{ ...prepared, zone }], { referenceMs: undefined });
  let offset = 0;
  return lines.map((line) => {
    const clock = createClock({ zone, ...(file === undefined ? {} : { years: file.years }) });
    clock.offset = offset;
    offset += line.length + 1;
    const event = file?.format?.parse(line, clock);
    if (event === undefined || isSkip(event) || event.timeUs === undefined) return '-';
    return new Date(event.timeUs / 1000).toISOString().slice(5, 19);
  });
}

const syslog = (time: string): string => `Oct 25 ${time} web01 sshd[7]: Connection closed`;
const access = (time: string): string =>
  `192.0.2.7 - - [25/Oct/2026:${time}] "GET / HTTP/1.1" 200 5 "-" "x"`;
const nginx = (time: string): string => `2026/10/25 ${time} [error] 7#7: *1 gone`;

const SHOWN = ['01:59:58', '02:10:00', '02:59:59', '02:00:00', '02:30:00', '03:00:00'];
const MEANT = ['23:59:58', '00:10:00', '00:59:59', '01:00:00', '01:30:00', '02:00:00'];

describe('the hour that comes twice', () => {
  it.each([
    ['syslog', syslog],
    ['access lines', access],
    ['nginx', nginx],
  ])('is told apart by the order of lines of %s', async (_, lineOf) => {
    const times = await timesOf(SHOWN.map(lineOf), 'Europe/Berlin');
    expect(times.map((time) => time.slice(6))).toEqual(MEANT);
  });

  it('lies anywhere in a long file', async () => {
    const day = (date: string, hour: number): string[] =>
      Array.from({ length: 900 }, (_, second) => {
        const clock = `${String(hour).padStart(2, '0')}:${String(Math.floor(second / 60)).padStart(2, '0')}`;
        return `${date} ${clock}:${String(second % 60).padStart(2, '0')} web01 sshd[7]: Connection closed`;
      });
    const lines = [
      ...day('Oct 20', 10),
      ...day('Oct 25', 2),
      ...day('Oct 25', 2),
      ...day('Oct 30', 10),
    ];
    const times = await timesOf(lines, 'Europe/Berlin');
    expect(times[900]).toBe('10-25T00:00:00');
    expect(times[1799]).toBe('10-25T00:14:59');
    expect(times[1800]).toBe('10-25T01:00:00');
    expect(times[2699]).toBe('10-25T01:14:59');
    expect(times[2700]).toBe('10-30T09:00:00');
  });

  it('stays the first where nothing steps back, or by less than lines are out of order', async () => {
    const shown = ['02:10:00', '02:30:00', '02:29:30', '02:59:00'];
    expect(await timesOf(shown.map(syslog), 'Europe/Berlin')).toEqual(
      ['00:10:00', '00:30:00', '00:29:30', '00:59:00'].map((time) => `10-25T${time}`),
    );
  });

  it('is none of a file whose stamps name their zone', async () => {
    const lines = ['02:59:59 +0200', '02:00:00 +0100'].map(access);
    expect(await timesOf(lines, 'Europe/Berlin')).toEqual(['10-25T00:59:59', '10-25T01:00:00']);
  });
});

it.each<[string, number, string[]]>([
  ['Europe/Berlin', 2026, ['2026-10-25T02:00 to 03:00']],
  ['America/New_York', 2026, ['2026-11-01T01:00 to 02:00']],
  ['Australia/Lord_Howe', 2026, ['2026-04-05T01:30 to 02:00']],
  ['Asia/Kolkata', 2026, []],
])('%s in %i', (zone, year, expected) => {
  const found = overlapsBetween(zone, Date.UTC(year, 0, 1), Date.UTC(year + 1, 0, 1));
  const shown = found.map(({ fromMs, toMs }) =>
    [new Date(fromMs).toISOString().slice(0, 16), new Date(toMs).toISOString().slice(11, 16)].join(
      ' to ',
    ),
  );
  expect(shown).toEqual(expected);
});
