#!/usr/bin/env node
// Brings a bare clone to a state in which `ir` runs: installs and builds, and skips what is up to date.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
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
  const stamp = join(root, 'dist', '.breachline-build');
  const sources = [
    ...filesBelow(join(root, 'src')),
    ...filesBelow(join(root, 'templates', 'rules')),
    join(root, 'bin', 'bundle.js'),
    join(root, 'bin', 'cache-rules.js'),
    join(root, 'bin', 'cache-code.js'),
    join(root, 'bin', 'load-cached.cjs'),
    join(root, 'tsconfig.json'),
    join(root, 'tsconfig.build.json'),
  ];
  // The bytecode that the build keeps is of one version of Node.
  const wanted = `${process.version} ${hashOf(sources)}`;
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  process.stderr.write('Building...\n');
  run(process.execPath, [
    join(root, 'node_modules', 'typescript', 'bin', 'tsc'),
    '-p',
    'tsconfig.build.json',
  ]);
  run(process.execPath, [join(root, 'bin', 'bundle.js')]);
  run(process.execPath, [join(root, 'bin', 'cache-rules.js')]);
  run(process.execPath, [join(root, 'bin', 'cache-code.js')]);
  writeFileSync(stamp, wanted);
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

function hashOf(paths) {
  const hash = createHash('sha256');
  for (const path of paths) hash.update(path).update(readFileSync(path));
  return hash.digest('hex');
}

function filesBelow(folder) {
  const names = readdirSync(folder, { recursive: true }).map(String).sort();
  return names.map((name) => join(folder, name)).filter((path) => statSync(path).isFile());
}
