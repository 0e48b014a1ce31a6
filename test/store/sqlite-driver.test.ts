/**
 * What the store relies on, whichever driver serves the running Node.js: the same tests run under each version, as
 * does all of `test/store`. And: who needs no store, needs no driver.
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { driverFor, openSqlite } from '../../src/store/sqlite-driver.ts';
import { DIST, ensureBuilt, runIr } from '../program.ts';

let folder: string;
beforeAll(() => {
  ensureBuilt();
  folder = mkdtempSync(join(tmpdir(), 'ir-driver-'));
  writeFileSync(
    join(folder, 'auth.log'),
    '2026-03-05T04:00:01Z web01 sshd[901]: Failed password for root from 198.51.100.7 port 40001 ssh2\n',
  );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the driver', () => {
  it.each([
    ['20.19.0', 'better-sqlite3'],
    ['22.14.0', 'better-sqlite3-napi'],
    ['24.21.0', 'better-sqlite3-napi'],
    ['26.12.1', 'better-sqlite3-napi'],
  ])('of Node.js %s is %s', (version, driver) => {
    expect(driverFor(version).name).toBe(driver);
  });

  const database = (name: string): string => {
    const path = join(folder, name);
    writeFileSync(path, '', { flag: 'a' });
    return path;
  };

  it('makes no file of its own', () => {
    expect(() => openSqlite(join(folder, 'none.db'))).toThrow(
      expect.objectContaining({ code: 'SQLITE_CANTOPEN' }),
    );
  });

  it('keeps text, numbers up to 2^53, bytes and null as they are', () => {
    const connection = openSqlite(database('values.db'));
    connection.exec('create table t (a any) strict');
    const values = ['Grüße \u{1f6a8} \u0000 end', 2 ** 53 - 1, -1.5, Buffer.from([0, 255]), null];
    const insert = connection.prepare('insert into t values (?)');
    for (const value of values) insert.run(value);
    const read = connection.prepare('select a from t order by rowid').pluck().all();
    expect(read).toEqual(values);
    connection.close();
  });

  it('knows whether a transaction is open, and streams rows inside it', () => {
    const connection = openSqlite(database('transaction.db'));
    connection.exec('create table t (a integer) strict');
    expect(connection.inTransaction).toBe(false);
    connection.exec('begin immediate');
    expect(connection.inTransaction).toBe(true);
    for (let number = 1; number <= 3; number++) {
      connection.prepare('insert into t values (?)').run(number);
    }
    const rows = [...connection.prepare('select a from t').pluck().iterate()];
    expect(rows).toEqual([1, 2, 3]);
    connection.exec('rollback');
    expect(connection.inTransaction).toBe(false);
    expect(connection.prepare('select count(*) from t').pluck().get()).toBe(0);
    connection.close();
  });

  it("gives SQLite's own result codes", () => {
    const path = database('codes.db');
    const connection = openSqlite(path);
    connection.exec('create table t (a integer unique) strict; insert into t values (1)');
    const codeOf = (statement: string, of = connection): unknown => {
      try {
        of.exec(statement);
      } catch (error) {
        return (error as NodeJS.ErrnoException).code;
      }
      return undefined;
    };
    expect(codeOf('insert into t values (1)')).toBe('SQLITE_CONSTRAINT_UNIQUE');
    expect(codeOf('no statement')).toBe('SQLITE_ERROR');
    connection.exec('begin immediate');
    const other = openSqlite(path);
    expect(codeOf('insert into t values (2)', other)).toBe('SQLITE_BUSY');
    connection.exec('rollback');
    other.pragma('query_only = on');
    expect(codeOf('insert into t values (2)', other)).toBe('SQLITE_READONLY');
    other.close();
    connection.close();
  });

  it('opens the content of a file', () => {
    const path = database('bytes.db');
    const connection = openSqlite(path);
    connection.exec('create table t (a integer) strict; insert into t values (7)');
    connection.close();
    const copy = openSqlite(readFileSync(path));
    expect(copy.prepare('select a from t').pluck().get()).toBe(7);
    copy.close();
  });
});

/** Makes both drivers fail as a package does that is not there or was compiled for another Node.js. */
const withoutDriver = (failure: string): Record<string, string> => {
  const hook = join(folder, 'without-driver.cjs');
  writeFileSync(
    hook,
    `const Module = require('node:module');
    const load = Module._load;
    Module._load = function (name, ...rest) {
      if (!/better-sqlite3/.test(name)) return load.call(this, name, ...rest);
      throw Object.assign(new Error('no driver'), { code: '${failure}' });
    };`,
  );
  return { NODE_OPTIONS: `--require=${hook}` };
};

describe('without a driver', () => {
  it.each([
    { args: ['--version'] },
    { args: ['--help'] },
    { args: ['timeline', 'auth.log'] },
    { args: ['timeline', 'auth.log', '--all', '--format', 'jsonl'] },
    { args: ['playbook', 'list'] },
    { args: ['playbook', 'show', 'ssh-brute-force'] },
    { args: ['report', '--list'] },
    { args: ['drill', 'logs', 'webshop', '--output', 'practice', '--scale', '0.01'] },
  ])('ir $args works', async ({ args }) => {
    const env = withoutDriver('MODULE_NOT_FOUND');
    const { stderr, exit } = await runIr(args, { cwd: folder, env });
    expect(stderr).not.toContain('error');
    expect(exit).toBe(0);
  });

  it('a command on a store that is not there says that', async () => {
    const env = withoutDriver('MODULE_NOT_FOUND');
    const { stderr, exit } = await runIr(['show'], { cwd: folder, env });
    expect(stderr).toContain('no store found');
    expect(exit).toBe(6);
  });

  it.each(['MODULE_NOT_FOUND', 'ERR_DLOPEN_FAILED'])(
    'a command that needs the store says what to do (%s)',
    async (failure) => {
      const cwd = join(folder, failure);
      mkdirSync(cwd);
      const args = ['open', 'A case', '--severity', 'SEV3', '--no-input'];
      const { stderr, exit } = await runIr(args, { cwd, env: withoutDriver(failure) });
      expect(stderr).toContain(`not installed for this Node.js (${process.versions.node}`);
      expect(stderr).toMatch(/Run once in \/.*: npm start/);
      expect(stderr).not.toContain('bug');
      expect(exit).toBe(3);
    },
  );
});

describe('the built program', () => {
  it('holds the libraries of hundreds of files that every command on a store needs', () => {
    const folder = join(DIST, 'bundle');
    const scripts = readdirSync(folder).filter((name) => name.endsWith('.js'));
    const outside = scripts.flatMap((name) =>
      Array.from(
        readFileSync(join(folder, name), 'latin1').matchAll(/\(["'](kysely|zod)["']\)/g),
        ([, library]) => `${name}: ${library}`,
      ),
    );
    expect(scripts.length).toBeGreaterThan(20);
    // A user's own detectors alone ask for it, where there are any.
    expect(outside.filter((one) => !/^masker-[\w-]+\.js: zod$/.test(one))).toEqual([]);
  });
});
