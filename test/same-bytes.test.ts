/** The same input and flags give the same bytes, whatever the number of workers and the order of the paths. */
import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { thinOut } from './practice-breach.ts';
import { ensureBuilt, runIr } from './program.ts';

const { generateLog } = (await import(new URL('../bench/generate.js', import.meta.url).href)) as {
  generateLog(kind: 'access' | 'auth' | 'json', path: string, bytes: number): number;
};

let folder: string;

beforeAll(async () => {
  ensureBuilt();
  folder = mkdtempSync(join(tmpdir(), 'ir-same-'));
  const args = ['drill', 'logs', 'webshop', '--scale', '0.05', '--output', 'drill'];
  const drill = await runIr(args, { cwd: folder });
  expect([drill.exit, drill.stderr]).toEqual([0, '']);
  thinOut(join(folder, 'drill'));
  // Three pieces each.
  generateLog('access', join(folder, 'big', 'access.log'), 17_500_000);
  // Lines that other formats read, stack traces and junk, on both sides of where pieces meet.
  generateLog('auth', join(folder, 'big', 'auth.log'), 9_000_000);
  noteRepetitions(join(folder, 'big', 'auth.log'));
  generateLog('json', join(folder, 'big', 'app.json'), 9_000_000);
  for (const name of ['access.log', 'auth.log', 'app.json']) {
    appendFileSync(
      join(folder, 'big', name),
      'no log line\n\n{"time":"2026-03-05T00:00:00Z","msg":"x"}\n',
    );
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** After every fifth line one that says that the last message of its host came again. */
function noteRepetitions(path: string): void {
  const lines = readFileSync(path, 'latin1').split('\n');
  const noted = lines.flatMap((line, index) => {
    const head = index % 5 === 0 ? /^\w{3} [ \d]\d [\d:]{8} \S+ /.exec(line)?.[0] : undefined;
    return head === undefined ? [line] : [line, `${head}last message repeated ${index % 7} times`];
  });
  expect(noted.length).toBeGreaterThan(lines.length + 10_000);
  writeFileSync(path, noted.join('\n'), 'latin1');
}

/** The object of `--json`, or what another format prints. */
const read = async (...args: string[]): Promise<string> => {
  const { stdout, exit, stderr } = await runIr(
    ['timeline', '--quiet', '--level', 'informational', ...args],
    {
      cwd: folder,
    },
  );
  expect([exit, stderr]).toEqual([0, '']);
  return stdout;
};

let alone: string;

describe('the drill and the large logs', () => {
  beforeAll(async () => {
    alone = await read('drill', 'big', '--json', '--workers', '0');
  });

  it.each(['1', '2', '5'])('0 and %s workers', async (workers) => {
    expect((await read('drill', 'big', '--json', '--workers', workers)) === alone).toBe(true);
  });

  it('paths in another order: the same findings', async () => {
    const names = ['drill', 'big'].flatMap((name) =>
      readdirSync(join(folder, name)).map((file) => join(name, file)),
    );
    const findingsOf = (text: string): unknown[] =>
      (JSON.parse(text) as { findings: unknown[] }).findings;
    const other = findingsOf(await read(...names.reverse(), '--json'));
    expect(other.length).toBeGreaterThan(20);
    expect(other).toEqual(findingsOf(alone));
  });
});

it('every event of the drill, with 0 and 3 workers', async () => {
  const args = ['drill', '--all', '--format', 'jsonl', '--workers'];
  expect((await read(...args, '0')) === (await read(...args, '3'))).toBe(true);
});
