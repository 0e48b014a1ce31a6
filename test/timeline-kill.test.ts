/** kill -9 at random moments of `ir timeline --save`: what was acknowledged stays, the next command works. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { BIN, cleanEnv, ensureBuilt, runIr } from './program.ts';

const KILLS = 15;
let folder: string;

const env = () => ({ IR_STORE: join(folder, 'store') });
const ir = (...args: string[]) => runIr(args, { cwd: folder, env: env() });

beforeAll(() => {
  ensureBuilt();
  folder = mkdtempSync(join(tmpdir(), 'ir-save-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What the run printed before it ended or was killed. */
async function saveAndKill(afterMs: number): Promise<{ isKilled: boolean; stdout: string }> {
  const child = spawn(process.execPath, [BIN, 'timeline', 'auth.log', '--save', '--json'], {
    cwd: folder,
    env: cleanEnv(env()),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let stdout = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), afterMs);
  const [, signal] = (await once(child, 'close')) as [number | null, string | null];
  clearTimeout(timer);
  return { isKilled: signal === 'SIGKILL', stdout };
}

it(`loses nothing over ${KILLS} kills`, async () => {
  const lines = Array.from({ length: 2000 }, (_, index) => {
    const clock = new Date(index * 1000).toISOString().slice(11, 19);
    return `2026-03-05T${clock}Z web01 sshd[1]: Failed password for root from 198.51.100.7 port 40000 ssh2\n`;
  });
  writeFileSync(join(folder, 'auth.log'), lines.join(''));
  expect((await ir('open', 'Guessing on web01', '--no-input')).exit).toBe(0);

  const started = Date.now();
  const whole = await ir('timeline', 'auth.log', '--save', '--json');
  const usualMs = Date.now() - started;
  expect([whole.exit, whole.stderr]).toEqual([0, '']);
  const heads = [(JSON.parse(whole.stdout) as { saved: { head: string } }).saved.head];

  let killed = 0;
  for (let round = 1; round <= KILLS; round += 1) {
    // The second half of a run is where the store is written.
    const { isKilled, stdout } = await saveAndKill(usualMs * (0.3 + 0.8 * Math.random()));
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
  expect(killed).toBeGreaterThan(0);
}, 240_000);
