/** The same input and flags give the same bytes, whatever the number of workers and the order of the paths. */
import { appendFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
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
  const drill = await runIr(['drill', 'logs', 'webshop', '--out', 'drill'], { cwd: folder });
  expect([drill.exit, drill.stderr]).toEqual([0, '']);
  generateLog('access', join(folder, 'big', 'access.log'), 40_000_000);
  // Lines that other formats read, stack traces and junk, on both sides of where pieces meet.
  generateLog('auth', join(folder, 'big', 'auth.log'), 9_000_000);
  for (const name of ['access.log', 'auth.log']) {
    appendFileSync(
      join(folder, 'big', name),
      'no log line\n\n{"time":"2026-03-05T00:00:00Z","msg":"x"}\n',
    );
  }
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const read = async (...args: string[]): Promise<unknown> => {
  const { stdout, exit, stderr } = await runIr(['timeline', '--level', 'informational', ...args], {
    cwd: folder,
  });
  expect([exit, stderr]).toEqual([0, '']);
  return stdout;
};

it.each(['drill', 'big'])(
  '%s: 0, 1 and 3 workers',
  async (name) => {
    const alone = await read(name, '--json', '--workers', '0');
    for (const workers of ['1', '3']) {
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
