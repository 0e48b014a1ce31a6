/** Files that change between their opening and the end of the run. */
import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  closeSync,
  copyFileSync,
  fstatSync,
  mkdtempSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { analyse } from '../../src/detect/analyse.ts';
import type { FileAccount, Timeline } from '../../src/detect/finding.ts';
import { changeOf, createSpan } from '../../src/logs/file-change.ts';
import { openInput, stateOf } from '../../src/logs/open-input.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ir-change-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const at = (name: string): string => join(folder, name);
const overwrite = (path: string, position: number, text: string): void => {
  const descriptor = openSync(path, 'r+');
  writeSync(descriptor, text, position);
  closeSync(descriptor);
};

const LINE = '2026-03-05T04:00:01Z web01 sshd[900]: Failed password for root from 198.51.100.7\n';
const TEXT = Array.from({ length: 5000 }, (_, index) =>
  LINE.replace('900', String(10_000 + index)),
).join('');

describe('changeOf', () => {
  it.each<[string, string, (path: string) => void, object]>([
    ['nothing', TEXT, () => undefined, { problem: undefined, appendedLines: 0 }],
    [
      'a change of rights, which nobody can tell from one of content',
      TEXT,
      (path) => chmodSync(path, 0o600),
      { problem: expect.stringMatching(/touched/) },
    ],
    [
      'three lines appended, the last without its ending',
      TEXT,
      (path) => appendFileSync(path, 'one\ntwo\nthr'),
      { problem: undefined, appendedLines: 3, isLastLineCut: false },
    ],
    [
      'a line that was still being written',
      `${TEXT}2026-03-05T04:00:02Z web01 sshd[900]: from 198.51.100.1`,
      (path) => appendFileSync(path, '77 port 4\nnext\n'),
      { problem: undefined, appendedLines: 1, isLastLineCut: true },
    ],
    ['cut', TEXT, (path) => truncateSync(path, 100), { problem: expect.stringMatching(/shorter/) }],
    ['removed', TEXT, (path) => rmSync(path), { problem: expect.stringMatching(/went away/) }],
    [
      'rotated',
      TEXT,
      (path) => {
        renameSync(path, `${path}.1`);
        writeFileSync(path, TEXT);
      },
      { problem: expect.stringMatching(/replaced/) },
    ],
    [
      'a pipe in its place',
      TEXT,
      (path) => {
        rmSync(path);
        execFileSync('mkfifo', [path]);
      },
      { problem: expect.stringMatching(/replaced/) },
    ],
    [
      'one character in the middle overwritten',
      TEXT,
      (path) => overwrite(path, TEXT.length >> 1, 'X'),
      { problem: expect.stringMatching(/touched/) },
    ],
    [
      'the same, and the old time put back',
      TEXT,
      (path) => {
        overwrite(path, 3, 'X');
        utimesSync(path, 1_700_000_000, 1_700_000_000);
      },
      { problem: expect.stringMatching(/touched/) },
    ],
    [
      'a line overwritten, and lines appended',
      TEXT,
      (path) => {
        overwrite(
          path,
          LINE.length * 2000,
          LINE.replace('198.51.100.7', '203.0.113.99').slice(0, -1),
        );
        appendFileSync(path, LINE);
      },
      { problem: expect.stringMatching(/rewritten/) },
    ],
    [
      'a line dropped, and lines appended',
      TEXT,
      (path) => writeFileSync(path, TEXT.slice(LINE.length) + LINE.repeat(9)),
      { problem: expect.stringMatching(/rewritten/) },
    ],
    [
      'copied away, cut, and grown beyond its old size',
      TEXT,
      (path) => {
        copyFileSync(path, `${path}.1`);
        truncateSync(path, 0);
        writeFileSync(path, LINE.replace('root', 'anna').repeat(6000));
      },
      { problem: expect.stringMatching(/rewritten/) },
    ],
  ])('%s', async (_, text, change, expected) => {
    const path = at('auth.log');
    writeFileSync(path, text);
    utimesSync(path, 1_700_000_000, 1_700_000_000);
    const descriptor = openInput(path);
    const state = stateOf(fstatSync(descriptor, { bigint: true }));
    closeSync(descriptor);
    const span = createSpan();
    const bytes = readFileSync(path);
    span.add(bytes.subarray(0, 65_536), 0);
    span.add(bytes.subarray(65_536), 65_536);
    change(path);
    expect(await changeOf(path, state, [span.take()!], () => undefined)).toMatchObject(expected);
  });
});

/** Guesses that a rule reports, spread over more than one piece. */
const guesses = (count: number): string =>
  Array.from({ length: count }, (_, index) => {
    const clock = new Date(Date.UTC(2026, 2, 5, 4) + index * 1000).toISOString().slice(11, 19);
    return `2026-03-05T${clock}Z web01 sshd[${900 + index}]: Failed password for root from 198.51.100.7 port ${40_000 + (index % 9000)} ssh2\n`;
  }).join('');

describe('a run', () => {
  const run = async (
    change: () => void,
    name = 'auth.log',
  ): Promise<{ timeline: Timeline; account: FileAccount; said: string[] }> => {
    const said: string[] = [];
    let isChanged = false;
    const timeline = await analyse([name], {
      cwd: folder,
      zone: 'UTC',
      env: {},
      filter: { sinceUs: -Infinity, untilUs: Infinity, entities: [], grep: undefined },
      level: 'medium',
      ruleNames: [],
      ruleFolders: [],
      referenceMs: undefined,
      workers: 0,
      stdin: (async function* () {})(),
      // Called when a piece has been read.
      progress(text) {
        if (!text.startsWith('reading') || isChanged) return;
        isChanged = true;
        change();
      },
      say: (text) => said.push(text),
    });
    expect(isChanged).toBe(true);
    return { timeline, account: timeline.files[0]!, said };
  };

  beforeEach(() => writeFileSync(at('auth.log'), guesses(200)));

  it('over a log that grows leaves out what is appended, and says how much', async () => {
    const { timeline, account, said } = await run(() => appendFileSync(at('auth.log'), guesses(3)));
    expect(account).toMatchObject({ lines: 200, parsed: 200, problem: undefined });
    expect(timeline.unreadable).toBe(0);
    expect(said).toEqual(['auth.log grew while it was read: 3 lines appended since are left out']);
    expect(timeline.findings[0]?.evidence[0]?.raw).toMatch(/Failed password/);
  });

  it.each<[string, RegExp, () => void]>([
    ['cut', /shorter/, () => truncateSync(at('auth.log'), 500)],
    ['removed', /went away/, () => rmSync(at('auth.log'))],
    ['rewritten', /touched/, () => overwrite(at('auth.log'), 0, '2025')],
    [
      'rotated',
      /replaced/,
      () => {
        renameSync(at('auth.log'), at('auth.log.1'));
        writeFileSync(at('auth.log'), guesses(300).replaceAll('root', 'anna'));
      },
    ],
  ])(
    'over a log that is %s names it and cites none of the new lines',
    async (_, reason, change) => {
      const { timeline, account, said } = await run(change);
      expect(account).toMatchObject({
        lines: 200,
        problem: expect.stringMatching(reason),
        sha256: '',
      });
      expect(timeline.unreadable).toBe(1);
      expect(said).toEqual([]);
      expect(timeline.findings.length).toBeGreaterThan(0);
      for (const { evidence } of timeline.findings) {
        for (const { raw, sha256 } of evidence) expect([raw, sha256]).toEqual(['', '']);
      }
    },
  );

  it('over a compressed log that is rewritten names it', async () => {
    execFileSync('gzip', [at('auth.log')]);
    const { account } = await run(() => overwrite(at('auth.log.gz'), 40, 'XX'), 'auth.log.gz');
    expect(account).toMatchObject({ lines: 200, problem: expect.stringMatching(/touched/) });
  });
});
