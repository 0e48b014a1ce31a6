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
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ensureBuilt, runIr } from './program.ts';

const { generateLog } = (await import(new URL('../bench/generate.js', import.meta.url).href)) as {
  generateLog(kind: 'access' | 'auth', path: string, bytes: number): number;
};

let folder: string;

beforeAll(async () => {
  ensureBuilt();
  folder = mkdtempSync(join(tmpdir(), 'ir-same-'));
  const args = ['drill', 'logs', 'webshop', '--scale', '0.05', '--out', 'drill'];
  const drill = await runIr(args, { cwd: folder });
  expect([drill.exit, drill.stderr]).toEqual([0, '']);
  // Four pieces, and three of the next.
  generateLog('access', join(folder, 'big', 'access.log'), 26_000_000);
  // Lines that other formats read, stack traces and junk, on both sides of where pieces meet.
  generateLog('auth', join(folder, 'big', 'auth.log'), 9_000_000);
  noteRepetitions(join(folder, 'big', 'auth.log'));
  for (const name of ['access.log', 'auth.log']) {
    appendFileSync(
      join(folder, 'big', name),
      'no log line\n\n{"time":"2026-03-05T00:00:00Z","msg":"x"}\n',
    );
  }
}, 120_000);
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

const read = async (...args: string[]): Promise<unknown> => {
  const { stdout, exit, stderr } = await runIr(['timeline', '--level', 'informational', ...args], {
    cwd: folder,
  });
  expect([exit, stderr]).toEqual([0, '']);
  return stdout;
};

it.each(['drill', 'big'])(
  '%s: 0, 1, 2 and 5 workers',
  async (name) => {
    const alone = await read(name, '--json', '--workers', '0');
    for (const workers of ['1', '2', '5']) {
      expect((await read(name, '--json', '--workers', workers)) === alone).toBe(true);
    }
  },
  240_000,
);

it('every event of the drill, with 0 and 3 workers', async () => {
  const alone = await read('drill', '--all', '--format', 'jsonl', '--workers', '0');
  expect((await read('drill', '--all', '--format', 'jsonl', '--workers', '3')) === alone).toBe(
    true,
  );
}, 120_000);

it('paths in another order: the same findings', async () => {
  const names = readdirSync(join(folder, 'drill')).map((name) => join('drill', name));
  const forward = await read(...names, '--format', 'jsonl');
  expect(await read(...names.reverse(), '--format', 'jsonl')).toBe(forward);
}, 120_000);
