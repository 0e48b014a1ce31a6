/** A log that is rotated in every way, while it is followed and while it is not, is read once, each line of it. */
import {
  appendFileSync,
  copyFileSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { followFile } from '../../src/logs/follow-file.ts';
import { FORMATS } from '../../src/logs/formats/list.ts';
import type { RecordSource, SavedSource } from '../../src/logs/record-source.ts';
import { createSpool, type Spool } from '../../src/logs/spool.ts';

let folder: string;
let spool: Spool;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ir-follow-'));
  spool = createSpool();
});
afterAll(() => {
  spool.remove();
  rmSync(folder, { recursive: true, force: true });
});

const lineOf = (number: number): string =>
  `2026-11-20T10:00:00.${String(number).padStart(6, '0')}+00:00 web01 app[7]: line ${number} of the log\n`;

/** What is done, one after the other; `read` is a look of the follower, `restart` a kill and a new one. */
type Act =
  | 'read'
  | 'keep'
  | 'restart'
  | 'rename'
  | 'copy'
  | 'empty'
  | 'empty to NULs'
  | 'pack'
  | 'old'
  | 'half'
  | 'begin'
  | 'wait'
  | number;

const CASES: { name: string; acts: Act[] }[] = [
  {
    name: 'is renamed twice between two looks',
    acts: [3, 'read', 2, 'rename', 4, 'rename', 5, 'read'],
  },
  {
    name: 'is renamed, then copied and emptied between two looks',
    acts: [30, 'read', 2, 'rename', 40, 'copy', 'empty', 5, 'read'],
  },
  {
    name: 'is not there, then written and renamed between two looks',
    acts: ['read', 3, 'rename', 4, 'read'],
  },
  {
    name: 'is not there, then written, copied and emptied while nobody looked',
    acts: ['read', 'keep', 30, 'copy', 'empty', 'restart', 'read', 5, 'read'],
  },
  {
    name: 'has no whole line yet, then is written, copied and emptied, twice, while nobody looked',
    acts: ['begin', 'read', 'keep', 30, 'copy', 'empty', 20, 'copy', 'empty', 'restart', 5, 'read'],
  },
  { name: 'grows', acts: [3, 'read', 2, 'read'] },
  { name: 'is cut in a line', acts: [3, 'half', 'read', 2, 'read'] },
  { name: 'is renamed', acts: [3, 'read', 2, 'rename', 4, 'read'] },
  {
    name: 'is renamed and written on under its new name',
    acts: [3, 'read', 'rename', 2, 'read', 'old', 'read', 'old', 'wait', 'read'],
  },
  {
    name: 'is renamed twice between two looks, when nobody looked',
    acts: [3, 'read', 'keep', 2, 'rename', 4, 'rename', 5, 'restart', 'read'],
  },
  {
    name: 'is renamed three times and packed while nobody looked',
    acts: [
      3,
      'read',
      'keep',
      2,
      'rename',
      4,
      'rename',
      'pack',
      5,
      'rename',
      'pack',
      2,
      'restart',
      'read',
    ],
  },
  {
    name: 'is renamed and packed while nobody looked',
    acts: [30, 'read', 'keep', 2, 'rename', 'pack', 4, 'restart', 'read'],
  },
  { name: 'is copied and emptied', acts: [30, 'read', 2, 'copy', 'empty', 4, 'read'] },
  {
    name: 'is copied and emptied, and grows beyond where it was',
    acts: [30, 'read', 2, 'copy', 'empty', 60, 'read'],
  },
  {
    name: 'is copied, packed and emptied',
    acts: [30, 'read', 2, 'copy', 'pack', 'empty', 40, 'read', 3, 'read'],
  },
  {
    name: 'is copied and emptied while nobody looked',
    acts: [30, 'read', 'keep', 2, 'copy', 'empty', 50, 'restart', 'read'],
  },
  {
    name: 'is emptied by one who writes on behind NULs',
    acts: [30, 'read', 'copy', 'empty to NULs', 4, 'read'],
  },
  {
    name: 'is killed between two states',
    acts: [5, 'read', 'keep', 4, 'read', 'restart', 3, 'read'],
  },
];

describe('followFile', () => {
  it.each(CASES)('reads each line once where a log $name', async ({ name, acts }) => {
    const path = join(folder, `${name.replaceAll(/\W/g, '-')}.log`);
    let number = 0;
    let rotations = 0;
    let nowMs = 1_790_000_000_000;
    /** By state: a restart forgets what was read since. */
    let told: string[] = [];
    let kept: { saved: SavedSource | undefined; told: string[] } = { saved: undefined, told: [] };
    const open = (saved: SavedSource | undefined): RecordSource =>
      followFile({
        path,
        absolute: path,
        formats: FORMATS,
        zone: 'UTC',
        spool,
        saved,
        now: () => nowMs,
      });
    let source = open(undefined);
    let contents = 0;
    const sink = {
      begin: (_: unknown, known: number | undefined) => known ?? contents++,
      known: () => undefined,
      event: (_content: number, _event: unknown, raw: string) => void told.push(raw),
    };
    const write = (to: string, count: number): void => {
      for (let index = 0; index < count; index += 1) {
        const line = lineOf((number += 1));
        appendFileSync(to, isHalf ? line.slice(40) : line);
        isHalf = false;
      }
      // Rotations are told by when a file was written: they lie further apart than these lines.
      utimesSync(to, new Date(), new Date(1_790_000_000_000 + number * 1000));
    };
    /** Half of the first line; `write` adds the rest. */
    const beginLine = (to: string): void => {
      appendFileSync(to, lineOf(1).slice(0, 40));
      utimesSync(to, new Date(), new Date(1_790_000_000_000));
      isHalf = true;
    };
    let isHalf = false;
    const latest = (): string => `${path}.${rotations}`;
    for (const act of acts) {
      if (typeof act === 'number') write(path, act);
      else if (act === 'half') appendFileSync(path, lineOf(number + 1).slice(0, 40));
      else if (act === 'begin') beginLine(path);
      else if (act === 'read') await source.advance(sink);
      else if (act === 'keep') kept = { saved: source.save(), told: [...told] };
      else if (act === 'rename') renameSync(path, `${path}.${(rotations += 1)}`);
      else if (act === 'copy') {
        copyFileSync(path, `${path}.${(rotations += 1)}`);
        utimesSync(latest(), new Date(), new Date(1_790_000_000_000 + number * 1000));
      } else if (act === 'empty') truncateSync(path, 0);
      else if (act === 'empty to NULs') writeFileSync(path, Buffer.alloc(900));
      else if (act === 'old') write(latest(), 1);
      else if (act === 'wait') nowMs += 3_600_000;
      else if (act === 'pack') {
        const at = latest();
        writeFileSync(`${at}.gz`, gzipSync(readFileSync(at)));
        utimesSync(`${at}.gz`, new Date(), new Date(1_790_000_000_000 + number * 1000));
        rmSync(at);
      } else {
        source.close();
        told = kept.told;
        source = open(JSON.parse(JSON.stringify(kept.saved)) as SavedSource);
      }
      if (act === 'half') {
        await source.advance(sink);
        number += 1;
        appendFileSync(path, lineOf(number).slice(40));
      }
    }
    await source.end(sink);
    expect(source.problem?.()).toBeUndefined();
    source.close();
    const wanted = Array.from({ length: number }, (_, index) => lineOf(index + 1).trimEnd());
    expect(told.toSorted()).toEqual(wanted);
  });

  it('says that lines may be missing where a log was emptied and nobody copied it', async () => {
    const path = join(folder, 'lost.log');
    const told: string[] = [];
    appendFileSync(path, lineOf(1) + lineOf(2));
    const source = followFile({ path, absolute: path, formats: FORMATS, zone: 'UTC', spool });
    const sink = {
      begin: () => 0,
      known: () => undefined,
      event: (_content: number, _event: unknown, raw: string) => void told.push(raw),
    };
    await source.advance(sink);
    truncateSync(path, 0);
    await source.advance(sink);
    expect(source.problem?.()).toContain('emptied without a copy');
    appendFileSync(path, lineOf(3));
    await source.advance(sink);
    await source.end(sink);
    source.close();
    expect(told).toHaveLength(3);
  });

  it('gives its last line when nothing more came for a moment, with the lines that belong to it', async () => {
    const path = join(folder, 'calm.log');
    const told: string[] = [];
    let ms = Date.parse('2026-11-20T10:00:00Z');
    writeFileSync(path, '');
    const source = followFile({
      ...{ path, absolute: path, formats: FORMATS, zone: 'UTC', spool },
      now: () => ms,
    });
    const sink = {
      begin: () => 0,
      known: () => undefined,
      event: (_content: number, _event: unknown, raw: string) => void told.push(raw),
    };
    await source.advance(sink);
    appendFileSync(path, lineOf(1));
    await source.advance(sink);
    ms += 400;
    await source.advance(sink);
    expect(told).toEqual([]);
    appendFileSync(path, '    at the end of it\n');
    await source.advance(sink);
    ms += 600;
    await source.advance(sink);
    expect(told).toHaveLength(1);
    ms += 600;
    await source.advance(sink);
    await source.end(sink);
    source.close();
    expect(told).toEqual([expect.stringContaining('line 1 of the log')]);
  });
});
