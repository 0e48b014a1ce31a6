#!/usr/bin/env node
// Brings a bare clone to a state in which `ir` runs: installs and builds, and skips what is up to date.
//   --to-pack  for the package that follows a driver is welcome, not needed
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hashOf, isBuilt, root } from './build-stamp.js';
import { compileForNode20, npm } from './compile-for-node-20.js';

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (!((major === 20 && minor >= 19) || (major === 22 && minor >= 14) || major > 22)) {
  process.stderr.write(
    `Breachline needs Node.js 20.19, or 22.14 and newer; this is ${process.versions.node}.\n`,
  );
  process.exit(2);
}
/** From Node.js 22 on nothing is compiled: one installation fits all of them. */
const compiles = major < 22;
const machine = `${compiles ? `node ${process.versions.modules}` : 'node-api'} ${process.platform} ${process.arch}`;

install();
// What needs no store works also where the driver could not be compiled.
const problem = compiles ? compile() : undefined;
build();
if (problem !== undefined) {
  process.stderr.write(`${problem}\n`);
  if (!process.argv.includes('--to-pack')) process.exit(1);
}

function install() {
  const lists = ['package-lock.json', 'package.json', '.npmrc'].map((name) => join(root, name));
  once('node_modules/.breachline-install', `${machine} ${hashOf(lists)}`, () => {
    process.stderr.write('Installing packages...\n');
    run('npm', ['ci', '--include=dev', '--ignore-scripts', '--loglevel=error']);
  });
}

function compile() {
  let found;
  const lock = join(root, 'packages', 'sqlite-node-20', 'package-lock.json');
  once(
    'packages/sqlite-node-20/node_modules/.breachline-driver',
    `${machine} ${hashOf([lock])}`,
    () => {
      found = compileForNode20();
      return found === undefined;
    },
  );
  // The pseudo terminal: only tests need it, and they say when it is not there.
  if (found === undefined) {
    once('node_modules/.breachline-terminal', machine, () => {
      npm(['rebuild', 'node-pty'], root);
    });
  }
  return found;
}

function build() {
  if (isBuilt()) return;
  process.stderr.write('Building...\n');
  run(process.execPath, [join(root, 'bin', 'build.js')]);
}

/** Does something unless the stamp says that it was done for this very state; stamps go with the packages beside them. */
function once(name, wanted, action) {
  const stamp = join(root, name);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  rmSync(stamp, { force: true });
  if (action() !== false) writeFileSync(stamp, wanted);
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
