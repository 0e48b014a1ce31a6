#!/usr/bin/env node
// The last step of the build, and after an installation: runs commands of a case and a timeline over practice logs and keeps the bytecode of
// what was loaded and called, so that later runs need not compile it. It is of one Node.js.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const self = fileURLToPath(import.meta.url);
const root = dirname(dirname(self));
const bundle = join(root, 'dist', 'bundle');
const { bytecodePath, load, scripts } = createRequire(import.meta.url)('./load-cached.cjs');

if (process.argv[2] === undefined) practise();
else run();

/** In a process of its own, as its output is of no interest. */
function practise() {
  const folder = mkdtempSync(join(tmpdir(), 'ir-build-'));
  const ir = (...args) => {
    const { status } = spawnSync(process.execPath, args, {
      cwd: folder,
      env: { ...process.env, IR_ACTOR: 'build', IR_STORE: join(folder, 'store') },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}`);
  };
  try {
    const logs = join(folder, 'logs');
    ir(join(root, 'bin', 'ir.js'), 'drill', 'logs', 'webshop', '--scale', '0.2', '--output', logs);
    ir(self, 'open', 'practice', '--type', 'web-compromise');
    for (const asked of [['actions'], ['search', 'practice'], ['list'], ['status']])
      ir(self, ...asked);
    // What all run, the timeline leaves as it used it.
    ir(self, 'grep', 'Accepted', logs, '--quiet', '--workers', '0');
    ir(self, 'timeline', logs, '--workers', '0');
    ir(self, 'respond', '--list');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function run() {
  process.on('exit', () => {
    for (const [path, script] of scripts) {
      writeFileSync(bytecodePath(path), script.createCachedData());
    }
  });
  load(join(bundle, 'main-entry.js'));
}
