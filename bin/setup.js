#!/usr/bin/env node
// Brings a bare clone to a state in which `ir` runs: installs and builds, and skips what is up to date.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hashOf, isBuilt, root } from './build-stamp.js';

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(
    `Breachline needs Node.js 20.19 or newer; this is ${process.versions.node}.\n`,
  );
  process.exit(2);
}

install();
build();

function install() {
  const stamp = join(root, 'node_modules', '.breachline-install');
  const wanted = `${process.versions.modules} ${hashOf([join(root, 'package-lock.json'), join(root, 'package.json')])}`;
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  process.stderr.write(
    'Installing packages (about a minute the first time: SQLite is compiled)...\n',
  );
  run('npm', ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error']);
  writeFileSync(stamp, wanted);
}

function build() {
  if (isBuilt()) return;
  process.stderr.write('Building...\n');
  run(process.execPath, [join(root, 'bin', 'build.js')]);
}

function run(command, args) {
  // npm's own progress goes to stderr, so that the output of the command that follows stays clean.
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: ['ignore', 2, 2] });
  if (status === 0) return;
  process.stderr.write(
    `Set-up failed: ${command} ${args.join(' ')}${error ? ` (${error.message})` : ''}\n`,
  );
  process.exit(status ?? 1);
}
