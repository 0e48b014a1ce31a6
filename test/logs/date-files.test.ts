import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createClock } from '../../src/logs/clock.ts';
import { dateFiles } from '../../src/logs/date-files.ts';
import { FORMATS } from '../../src/logs/formats/list.ts';
import { isProblem, prepareFile, type UndatedFile } from '../../src/logs/prepare.ts';
import { createSpool } from '../../src/logs/spool.ts';
import { walk } from '../../src/logs/walk.ts';

let folder: string;
const spool = createSpool();
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ir-dates-'));
});
afterAll(() => {
  spool.remove();
  rmSync(folder, { recursive: true, force: true });
});

const lineOf = (stamp: string): string => `${stamp} 10:00:00 web01 sshd[7]: Connection closed\n`;
/** A gzip file says when the file in it was written. */
function packed(text: string, date: string): Buffer {
  const bytes = gzipSync(text);
  bytes.writeUInt32LE(Date.parse(date) / 1000, 4);
  return bytes;
}

/** The days to which the stamps of each file are dated. */
async function datesOf(
  files: Record<string, { stamps: string[]; date: string; packedAt?: string }>,
  reference?: string,
): Promise<Record<string, string[]>> {
  const path = mkdtempSync(join(folder, 'logs-'));
  for (const [name, { stamps, date, packedAt }] of Object.entries(files)) {
    const text = stamps.map(lineOf).join('');
    writeFileSync(join(path, name), packedAt === undefined ? text : packed(text, packedAt));
    utimesSync(join(path, name), new Date(date), new Date(date));
  }
  const undated: UndatedFile[] = [];
  for (const file of (await walk([path], folder)).files) {
    const [prepared] = await prepareFile(file, { formats: FORMATS, spool, stdin: process.stdin });
    if (prepared === undefined || isProblem(prepared)) throw new Error(prepared?.reason);
    undated.push(prepared);
  }
  const referenceMs = reference === undefined ? undefined : Date.parse(reference);
  return Object.fromEntries(
    dateFiles(undated, { referenceMs }).map(({ path: each, format, years }) => {
      const name = each.slice(path.length + 1);
      const clock = createClock({ zone: 'UTC', years });
      const dates = (files[name]?.stamps ?? []).map((stamp, index) => {
        clock.offset = index * lineOf('Nov 11').length;
        const event = format?.parse(lineOf(stamp), clock);
        const timeUs = event !== undefined && 'timeUs' in event ? event.timeUs : undefined;
        return new Date((timeUs ?? 0) / 1000).toISOString().slice(0, 10);
      });
      return [name, dates];
    }),
  );
}

const COPIED = '2026-11-20T12:00:00Z';

describe('dateFiles', () => {
  it('takes the date of the file, of its name, or of what is packed in it', async () => {
    const stamps = ['Oct  1', 'Nov 10'];
    expect(
      await datesOf({
        'auth.log': { stamps, date: COPIED },
        'secure-20251116': { stamps, date: COPIED },
        'old.gz': { stamps, date: COPIED, packedAt: '2023-12-24' },
        // A date after the one of the file says nothing.
        'odd.gz': { stamps, date: COPIED, packedAt: '2027-12-24' },
      }),
    ).toEqual({
      'auth.log': ['2026-10-01', '2026-11-10'],
      'secure-20251116': ['2025-10-01', '2025-11-10'],
      'old.gz': ['2023-10-01', '2023-11-10'],
      'odd.gz': ['2026-10-01', '2026-11-10'],
    });
  });

  it('bounds each part of a rotated log by the next, when copying lost the dates', async () => {
    expect(
      await datesOf({
        'auth.log': { stamps: ['Nov  1', 'Nov 19'], date: COPIED },
        'auth.log.1': { stamps: ['May 20', 'Oct 30'], date: COPIED },
        'auth.log.2.gz': { stamps: ['Jan  2', 'May 20'], date: COPIED, packedAt: '1970-01-01' },
        'auth.log.3': { stamps: ['Jul  2', 'Dec 30'], date: COPIED },
        'auth.log.4': { stamps: ['Jun  2', 'Jul  1'], date: COPIED },
        'auth.log.10': { stamps: ['Mar 30', 'May 30'], date: COPIED },
      }),
    ).toEqual({
      'auth.log': ['2026-11-01', '2026-11-19'],
      'auth.log.1': ['2026-05-20', '2026-10-30'],
      'auth.log.2.gz': ['2026-01-02', '2026-05-20'],
      'auth.log.3': ['2025-07-02', '2025-12-30'],
      'auth.log.4': ['2025-06-02', '2025-07-01'],
      'auth.log.10': ['2025-03-30', '2025-05-30'],
    });
  });

  it('leaves files alone that are numbered but lie beside each other', async () => {
    const file = { stamps: ['Nov  1', 'Nov 19'], date: COPIED };
    const dates = ['2026-11-01', '2026-11-19'];
    expect(await datesOf({ 'node.1': file, 'node.2': file, 'node.3': file })).toEqual({
      'node.1': dates,
      'node.2': dates,
      'node.3': dates,
    });
  });

  it('a date that the user sets counts in place of all others', async () => {
    const stamps = ['Oct  1', 'Nov 10'];
    const dates = ['2024-10-01', '2024-11-10'];
    expect(
      await datesOf(
        {
          'auth.log': { stamps, date: COPIED },
          'auth.log.1': { stamps, date: COPIED },
          'secure-20220101': { stamps, date: COPIED },
        },
        '2025-11-01T00:00:00Z',
      ),
    ).toEqual({ 'auth.log': dates, 'auth.log.1': dates, 'secure-20220101': dates });
  });
});
