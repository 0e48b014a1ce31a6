/** Runs the built `ir` in a process of its own, for tests of what only the whole program shows. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const ROOT = resolve(import.meta.dirname, '..');
/** IR_BIN names another build of the program. */
export const BIN = process.env['IR_BIN'] ?? join(ROOT, 'bin', 'ir.js');

export interface RunOptions {
  cwd: string;
  stdin?: string | Buffer;
  env?: Readonly<Record<string, string>>;
  /** User to run as; needs root. */
  uid?: number;
  /** Called once the process runs. */
  whileRunning?(child: ChildProcess): void;
}

export interface Ran {
  stdout: string;
  stderr: string;
  exit: number | null;
}

/** Builds the program when there is none. */
export function ensureBuilt(): void {
  const isBuilt = existsSync(join(ROOT, 'dist', 'bundle', 'main.js'));
  if (process.env['IR_BIN'] !== undefined || isBuilt) return;
  const built = spawnSync(process.execPath, [join(ROOT, 'bin', 'setup.js')], { encoding: 'utf8' });
  if (built.status !== 0) throw new Error(`the build failed: ${built.stderr}`);
}

/** A small environment that does not depend on who runs the tests. */
export const cleanEnv = (extra: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv => ({
  PATH: process.env['PATH'],
  HOME: '/nonexistent',
  TZ: 'UTC',
  LANG: 'C.UTF-8',
  CI: '1',
  IR_ACTOR: 'tester',
  ...extra,
});

/** Runs `ir` to its end. */
export function runIr(args: readonly string[], options: RunOptions): Promise<Ran> {
  const { cwd, stdin, env, uid, whileRunning } = options;
  const child = spawn(process.execPath, [BIN, ...args], {
    cwd,
    env: cleanEnv(env),
    stdio: ['pipe', 'pipe', 'pipe'],
    ...(uid === undefined ? {} : { uid, gid: uid }),
  });
  const parts = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
  child.stdout.on('data', (data: Buffer) => parts.stdout.push(data));
  child.stderr.on('data', (data: Buffer) => parts.stderr.push(data));
  // A program that ends before it has read everything is no failure of the test.
  child.stdin.on('error', () => undefined);
  child.stdin.end(stdin ?? '');
  whileRunning?.(child);
  return new Promise((done, fail) => {
    child.on('error', fail);
    child.on('close', (exit) =>
      done({
        stdout: Buffer.concat(parts.stdout).toString('utf8'),
        stderr: Buffer.concat(parts.stderr).toString('utf8'),
        exit,
      }),
    );
  });
}
