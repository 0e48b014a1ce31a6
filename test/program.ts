/** Runs the built `ir` in a process of its own, for tests of what only the whole program shows. */
import { type ChildProcess, spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { buildWhenStale } from '../bin/build.js';

export const ROOT = resolve(import.meta.dirname, '..');
/** IR_BIN names another build of the program. */
export const BIN = process.env['IR_BIN'] ?? join(ROOT, 'bin', 'ir.js');
/** The modules that the program is joined from, for tests that need one of them in a process of its own. */
export const DIST = join(ROOT, 'dist');

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

/** Builds the program when it is not that of the sources; a moment where it is. */
export function ensureBuilt(): void {
  if (process.env['IR_BIN'] === undefined) buildWhenStale();
}

/** A small environment that does not depend on who runs the tests. */
export const cleanEnv = (extra: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv => ({
  PATH: process.env['PATH'],
  HOME: '/nonexistent',
  TZ: 'UTC',
  LANG: 'C.UTF-8',
  CI: '1',
  IR_ACTOR: 'tester',
  // What lies in the temporary folder or above is nothing to the tests.
  IR_CEILING_DIRECTORIES: tmpdir(),
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
