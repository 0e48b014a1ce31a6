#!/usr/bin/env node
// Run by npm after a package was installed, where it runs scripts of packages: makes what depends on the Node.js that is
// there and that the package brought for another one. Never a reason for the installation to fail. A checkout is left to
// `setup.js`.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { compileForNode20 } from './compile-for-node-20.js';

const beside = (name) => fileURLToPath(new URL(name, import.meta.url));

if (!existsSync(beside('setup.js'))) {
  const isNode20 = Number(process.versions.node.split('.')[0]) < 22;
  const problem = isNode20 && !hasDriver() ? compileForNode20() : undefined;
  if (problem !== undefined) process.stderr.write(`${problem}\n`);
  spawnSync(process.execPath, [beside('cache-code.js')], { stdio: 'ignore' });
}

/** A package made with Node.js 20 brings the driver compiled for machines like the one it was made on. */
function hasDriver() {
  try {
    const Sqlite = createRequire(beside('../packages/sqlite-node-20/package.json'))(
      'better-sqlite3',
    );
    new Sqlite(':memory:').close();
    return true;
  } catch {
    return false;
  }
}
