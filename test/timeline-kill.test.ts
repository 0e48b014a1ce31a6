/** kill -9 while `ir timeline --save` writes: what was acknowledged stays, the next command works. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { BIN, cleanEnv, ensureBuilt, runIr } from './program.ts';

const KILLS = 9;
let folder: string;

const env = () => ({ IR_STORE: join(folder, 'store') });
const ir = (...args: string[]) => runIr(args, { cwd: folder, env: env() });

beforeAll(() => {
  ensureBuilt();
  folder = mkdtempSync(join(tmpdir(), 'ir-save-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** How far a run has come, by the files of the store. */
const STATES: readonly [name: string, isReached: (writtenBefore: number) => boolean][] = [
  ['the store is open', () => sizeOf('ir.db-shm') > 0],
  ['the first page is written', () => sizeOf('ir.db-wal') > 0],
  ['more is written', (before) => sizeOf('ir.db-wal') > before],
];
const sizeOf = (name: string): number =>
  statSync(join(folder, 'store', name), { throwIfNoEntry: false })?.size ?? 0;

/** What the run printed before it ended or was killed. */
async function saveAndKill(
  isReached: (writtenBefore: number) => boolean,
): Promise<{ isKilled: boolean; stdout: string }> {
  const writtenBefore = sizeOf('ir.db-wal');
  const child = spawn(process.execPath, [BIN, 'timeline', 'auth.log', '--save', '--json'], {
    cwd: folder,
    env: cleanEnv(env()),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let stdout = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  const closed = once(child, 'close') as Promise<[number | null, string | null]>;
  while (child.exitCode === null && !isReached(writtenBefore)) {
    await new Promise((wait) => setImmediate(wait));
  }
  child.kill('SIGKILL');
  const [, signal] = await closed;
  return { isKilled: signal === 'SIGKILL', stdout };
}

it(`loses nothing over ${KILLS} kills`, async () => {
  const lines = Array.from({ length: 2000 }, (_, index) => {
    const clock = new Date(index * 1000).toISOString().slice(11, 19);
    return `2026-03-05T${clock}Z web01 sshd[1]: Failed password for root from 198.51.100.7 port 40000 ssh2\n`;
  });
  writeFileSync(join(folder, 'auth.log'), lines.join(''));
  expect((await ir('open', 'Guessing on web01', '--no-input')).exit).toBe(0);

  const whole = await ir('timeline', 'auth.log', '--save', '--json');
  expect([whole.exit, whole.stderr]).toEqual([0, '']);
  const heads = [(JSON.parse(whole.stdout) as { saved: { head: string } }).saved.head];

  let killed = 0;
  // A run may be over before it is hit: another one is tried.
  for (let round = 1; killed < KILLS && round <= 4 * KILLS; round += 1) {
    const [, isReached] = STATES[round % STATES.length] as (typeof STATES)[number];
    const { isKilled, stdout } = await saveAndKill(isReached);
    if (isKilled) killed += 1;
    else heads.push((JSON.parse(stdout) as { saved: { head: string } }).saved.head);

    const verified = await ir('verify', '--json');
    expect([verified.exit, verified.stderr]).toEqual([0, '']);
    const note = await ir('note', `after round ${round}`, '--json');
    expect([note.exit, note.stderr]).toEqual([0, '']);
    const { stdout: shown } = await ir('show', '--json');
    for (const head of heads) expect(shown).toContain(head);
    for (let earlier = 1; earlier <= round; earlier += 1) {
      expect(shown).toContain(`after round ${earlier}`);
    }
  }
  expect(killed).toBe(KILLS);
});
