/** A folder to work in, with the built `ir` to call, and the logs of a practice breach. */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect } from 'vitest';
import { BIN, ensureBuilt } from './program.ts';

export interface Ran {
  status: number | null;
  stdout: string;
  stderr: string;
}

export interface Workplace {
  /** An empty folder in which commands run; nothing of the user's own configuration is seen there. */
  folder: string;
  /** Runs a line of shell that may call `ir`. */
  shell(line: string): Ran;
  remove(): void;
}

/** Makes the folder. */
export function createWorkplace(): Workplace {
  ensureBuilt();
  const parent = mkdtempSync(join(tmpdir(), 'ir-documents-'));
  const folder = join(parent, 'work');
  const bin = join(parent, 'bin');
  for (const path of [folder, bin, join(parent, 'home')]) mkdirSync(path);
  writeFileSync(join(bin, 'ir'), `#!/bin/sh\nexec "${process.execPath}" "${BIN}" "$@"\n`);
  chmodSync(join(bin, 'ir'), 0o755);
  const env = {
    PATH: `${bin}:${dirname(process.execPath)}:${process.env['PATH'] ?? ''}`,
    HOME: join(parent, 'home'),
    LANG: 'C.UTF-8',
    IR_ACTOR: 'responder',
    IR_CEILING_DIRECTORIES: tmpdir(),
  };
  return {
    folder,
    shell(line) {
      const { status, stdout, stderr } = spawnSync('bash', ['-o', 'pipefail', '-c', line], {
        cwd: folder,
        env,
        encoding: 'utf8',
        maxBuffer: 512 * 1024 * 1024,
        stdio: ['ignore', 'pipe', 'pipe'],
        timeout: 120_000,
      });
      return { status, stdout, stderr };
    },
    remove() {
      rmSync(parent, { recursive: true, force: true });
    },
  };
}

/** Logs of which nearly all lines are ordinary traffic. */
const BUSY = ['app/shop.jsonl', 'web01/nginx/access.log', 'web01/nginx/access.log.1'];

/** Keeps of ordinary traffic every twentieth line, and of the attack all: not every test need read all of it again. */
export function thinOut(practice: string): void {
  const truth = readFileSync(join(practice, 'truth.jsonl'), 'utf8').trimEnd().split('\n');
  const rows = truth.map((row) => JSON.parse(row) as { file: string; line: number });
  for (const name of BUSY) {
    const attack = new Set(rows.filter(({ file }) => file === name).map(({ line }) => line));
    const lines = readFileSync(join(practice, name), 'utf8').trimEnd().split('\n');
    const kept = lines.filter((_, index) => attack.has(index + 1) || index % 20 === 0);
    expect(kept.length).toBeLessThan(lines.length / 5);
    writeFileSync(join(practice, name), `${kept.join('\n')}\n`);
  }
}
