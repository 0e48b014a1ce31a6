/**
 * The SQLite driver that fits the running Node.js. Version 13 of better-sqlite3 is made for Node-API 10, which Node.js 20 lacks:
 * it ends the process there. Version 12 ends it on Node.js 24 and newer. Both have one interface, which the tests of the store hold them to.
 * @see https://github.com/WiseLibs/better-sqlite3/issues/1514
 */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { Database as Connection } from 'better-sqlite3';
import { EXIT, IrError } from '../errors.ts';

type Driver = typeof import('better-sqlite3');

/** The same depth for `src/store`, `dist/store` and `dist/bundle`. */
const PACKAGE_ROOT = new URL('../../', import.meta.url);

/** A driver: the package, and the module from whose place it is looked for. */
interface Place {
  name: string;
  from: URL;
}

/** An alias in package.json. */
const FOR_NEWER: Place = { name: 'better-sqlite3-napi', from: new URL(import.meta.url) };
const FOR_NODE_20: Place = {
  name: 'better-sqlite3',
  from: new URL('packages/sqlite-node-20/package.json', PACKAGE_ROOT),
};

/** The driver under a version of Node.js such as `24.21.0`. */
export const driverFor = (nodeVersion: string): Place =>
  Number(nodeVersion.split('.')[0]) < 22 ? FOR_NODE_20 : FOR_NEWER;

/**
 * Opens a database file, or the content of one; a file that is not there is not made.
 * @param lockWaitMs how long a statement waits for the lock of another process
 * @throws IrError when the installed packages are those of another Node.js; else what the driver throws
 */
export function openSqlite(file: string | Buffer, lockWaitMs = 0): Connection {
  const Sqlite = loadDriver();
  try {
    return typeof file === 'string'
      ? new Sqlite(file, { fileMustExist: true, timeout: lockWaitMs })
      : new Sqlite(file);
  } catch (error) {
    // The compiled half of the driver is loaded with the first connection.
    throw explained(error);
  }
}

function loadDriver(): Driver {
  try {
    const { name, from } = driverFor(process.versions.node);
    return createRequire(from)(name) as Driver;
  } catch (error) {
    throw explained(error);
  }
}

/** Codes of a package, or of its compiled half, that is not there or was made for another Node.js or machine. */
const UNFIT = new Set(['MODULE_NOT_FOUND', 'ERR_DLOPEN_FAILED']);

function explained(error: unknown): unknown {
  const { code, message = '' } = error as NodeJS.ErrnoException;
  // `bindings`, which looks for the compiled half, gives its failure no code.
  if (!UNFIT.has(code ?? '') && !message.startsWith('Could not locate the bindings file')) {
    return error;
  }
  return new IrError(
    `the database driver is not installed for this Node.js (${process.versions.node}, ${process.platform} ${process.arch}); was Node.js exchanged after the installation?`,
    {
      exit: EXIT.invalidTemplate,
      hint: remedy(),
      cause: error,
    },
  );
}

/** A checkout is set up again; of an installed package, only the driver for Node.js 20 can be had afterwards. */
function remedy(): string {
  const path = (name: string): string => fileURLToPath(new URL(name, PACKAGE_ROOT));
  if (existsSync(path('bin/setup.js'))) return `Run once in ${path('.')}: npm start -- --version`;
  return driverFor(process.versions.node) === FOR_NODE_20
    ? `Run once: node ${path('bin/after-install.js')}`
    : 'Install Breachline again with this Node.js';
}
