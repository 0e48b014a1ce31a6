/** The program as the source stands, in a folder of its own with an `ir` to call, and a practice breach. */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type CompiledProgram, compileProgram } from './respond/compiled-program.ts';

export interface Ran {
  status: number | null;
  stdout: string;
  stderr: string;
}

export interface Workplace {
  /** An empty folder in which commands run; nothing of the user's own configuration is seen there. */
  folder: string;
  /** The compiled program. */
  dist: string;
  /** Runs a line of shell that may call `ir`. */
  shell(line: string): Ran;
  remove(): void;
}

/** Compiles the program and makes the folder. */
export async function createWorkplace(): Promise<Workplace> {
  const program: CompiledProgram = compileProgram();
  const parent = mkdtempSync(join(tmpdir(), 'ir-documents-'));
  const folder = join(parent, 'work');
  const bin = join(parent, 'bin');
  for (const path of [folder, bin, join(parent, 'home')]) mkdirSync(path);
  writeFileSync(join(bin, 'ir'), `#!/bin/sh\nexec "${process.execPath}" "${program.main}" "$@"\n`);
  chmodSync(join(bin, 'ir'), 0o755);
  const rules = pathToFileURL(join(dirname(program.main), 'detect', 'load-rules.js')).href;
  const { cacheBundledRules } = (await import(rules)) as { cacheBundledRules(): Promise<void> };
  await cacheBundledRules();
  const env = {
    PATH: `${bin}:${dirname(process.execPath)}:${process.env['PATH'] ?? ''}`,
    HOME: join(parent, 'home'),
    LANG: 'C.UTF-8',
    IR_ACTOR: 'responder',
  };
  return {
    folder,
    dist: dirname(program.main),
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
      program.remove();
      rmSync(parent, { recursive: true, force: true });
    },
  };
}
