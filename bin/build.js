#!/usr/bin/env node
// Builds `dist` from `src`. As a module: `buildWhenStale`.
import { spawnSync } from 'node:child_process';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isBuilt, root, wantedStamp, writeStamp } from './build-stamp.js';

const STEPS = [
  'compile.js',
  'bundle.js',
  'bundle-pages.js',
  'write-shell-files.js',
  'cache-rules.js',
  'cache-templates.js',
  'cache-formats.js',
  'cache-masks.js',
  'cache-code.js',
];
const lock = join(root, 'node_modules', '.cache', 'breachline-build.lock');

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  run('list-formats.js');
  build(wantedStamp());
}

/** Builds unless `dist` is of these very sources; while another process builds, waits for it. */
export function buildWhenStale() {
  const wanted = wantedStamp();
  if (isBuilt(wanted)) return;
  takeLock();
  try {
    if (!isBuilt(wanted)) build(wanted);
  } finally {
    rmSync(lock, { force: true });
  }
}

function build(wanted) {
  for (const step of STEPS) run(step);
  writeStamp(wanted);
}

function run(step) {
  const { status, stderr } = spawnSync(process.execPath, [join(root, 'bin', step)], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'inherit', 'pipe'],
  });
  if (status !== 0) throw new Error(`the build failed in bin/${step}:\n${stderr}`);
  process.stderr.write(stderr);
}

/** One builder at a time. A lock whose process is gone was left by a crash. */
function takeLock() {
  mkdirSync(dirname(lock), { recursive: true });
  const own = `${lock}.${process.pid}`;
  writeFileSync(own, String(process.pid));
  try {
    while (!link(own)) {
      if (!isHeld()) rmSync(lock, { force: true });
      else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
    }
  } finally {
    rmSync(own, { force: true });
  }
}

/** A link is there with its content or not at all. */
function link(own) {
  try {
    linkSync(own, lock);
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    return false;
  }
}

function isHeld() {
  try {
    return process.kill(Number(readFileSync(lock, 'utf8')), 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
}
