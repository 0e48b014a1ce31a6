import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { IrError } from '../../src/errors.ts';
import { headAfter, sealEntry } from '../../src/incidents/journal-chain.ts';
import { migrate } from '../../src/store/migrate.ts';
import { sealOf } from '../../src/store/migration-seal.ts';
import { MIGRATIONS } from '../../src/store/migrations/list.ts';
import { openDatabase } from '../../src/store/open-database.ts';
import { openStore } from '../../src/store/open-store.ts';
import { entryFromRow, entryToRow } from '../../src/store/rows.ts';
import { MIGRATIONS_SEAL, readSetting } from '../../src/store/settings.ts';
import { openSqlite } from '../../src/store/sqlite-driver.ts';
import { explainStoreError } from '../../src/store/store-error.ts';
import { account, entry, finding, note, opened } from './sample-entries.ts';

let folder: string;
let path: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ir-bad-'));
  path = join(folder, 'ir.db');
  const store = await openStore(folder, { create: true });
  await store.append('a1', [opened('INC-2026-0001'), note('first'), note('second')]);
  await store.append('b2', [
    opened('INC-2026-0002'),
    entry('step_done', { stepId: 'look', phase: 'triage', note: '' }),
    entry('timeline_saved', {
      findings: [finding('f1')],
      files: [account('a.log', 'aa')],
      argv: [],
    }),
  ]);
  await store.close();
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Changes the file behind the store's back. */
function tamper(...statements: string[]): void {
  // The driver makes no file.
  writeFileSync(path, '', { flag: 'a' });
  const database = openSqlite(path);
  // Lets the schema itself be changed, as the sqlite3 shell would.
  database.unsafeMode(true);
  for (const statement of statements) database.exec(statement);
  database.close();
}

const DROP = 'drop trigger journal_keeps_entries; drop trigger journal_keeps_content';

/** Puts the triggers back as they were, as somebody would who hides a change. */
function tamperUnseen(...statements: string[]): void {
  const database = openSqlite(path);
  const triggers = database
    .prepare("select sql from sqlite_schema where type = 'trigger'")
    .all() as { sql: string }[];
  database.close();
  tamper(
    'pragma foreign_keys = off',
    DROP,
    ...statements,
    ...triggers.map(({ sql: text }) => text),
  );
}

async function verify() {
  const store = await openStore(folder, { create: false });
  try {
    return await store.verify();
  } finally {
    await store.close();
  }
}

const openingFails = async (): Promise<IrError> => {
  const error: unknown = await openStore(folder, { create: false }).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(IrError);
  return error as IrError;
};

/** Puts an entry behind the last one of the first incident, sealed as it must be. */
async function forge(type: string, payload: object): Promise<void> {
  const database = openDatabase(path, { create: false });
  const rows = await database.selectFrom('journal').selectAll().orderBy('number').execute();
  const { incident, writer, seq, actor, hash, at } = entryFromRow(rows[3]!);
  const unsealed = { incident, writer, seq: seq + 1, actor, at, type, payload, prevHash: hash };
  const forged = sealEntry(unsealed, '7'.repeat(32));
  const storeHead = headAfter(rows.at(-1)!.store_head, forged.hash);
  const row = entryToRow({ ...forged, number: rows.length + 1, storeHead });
  await database.insertInto('journal').values(row).execute();
  await database.destroy();
}

describe('a changed journal', () => {
  it.each<[string, string, number, string]>([
    [
      "update journal set payload = replace(payload, 'first', 'other') where number = 3",
      'INC-2026-0001',
      3,
      'payload was changed',
    ],
    ["update journal set actor = 'mallory' where number = 4", 'INC-2026-0001', 4, 'was changed'],
    [
      "update journal set at = '2020-01-01T00:00:00.000Z' where number = 6",
      'INC-2026-0002',
      2,
      'was changed',
    ],
    ["update journal set incident = 'c9' where number = 4", 'c9', 4, 'the journal begins with 4'],
    ["update journal set writer = 'x' where number = 4", 'INC-2026-0001', 4, 'begins with 4'],
    ['update journal set seq = 9 where number = 4', 'INC-2026-0001', 9, 'number'],
    ['delete from journal where number = 7', 'INC-2026-0002', 4, 'entry 3 is missing'],
    ['delete from journal where number = 5', 'INC-2026-0002', 2, 'entry 1 is missing'],
    ["update journal set hash = 'x' where number = 3", 'INC-2026-0001', 3, 'does not fit'],
    [
      "update journal set prev_hash = 'x' where number = 3",
      'INC-2026-0001',
      3,
      'does not follow entry 2',
    ],
    ["update journal set payload = 'no json' where number = 8", 'INC-2026-0002', 4, 'was changed'],
    // What no chain of one incident shows, the log of the store does.
    [
      'delete from note; delete from journal where number = 4',
      'INC-2026-0002',
      1,
      'log breaks off',
    ],
    ["delete from journal where incident = 'a1'", 'INC-2026-0002', 1, 'log breaks off'],
    ["update journal set store_head = 'x' where number = 4", 'INC-2026-0001', 4, 'log breaks off'],
    ['update journal set number = 80 where number = 8', 'INC-2026-0002', 4, 'log breaks off'],
  ])('%s', async (statement, incident, seq, reason) => {
    tamper('pragma foreign_keys = off', DROP, statement);
    const result = await verify();
    expect(result).toMatchObject({ isIntact: false, canRebuild: false });
    const problem = result.problems.find((one) => one.incident === incident);
    expect(problem).toMatchObject({ seq, reason: expect.stringContaining(reason) });
  });

  it('of one incident leaves the others whole', async () => {
    tamper(DROP, "update journal set actor = 'mallory' where number = 3");
    const { problems, incidents } = await verify();
    expect(problems.map(({ incident, seq }) => [incident, seq])).toEqual([['INC-2026-0001', 3]]);
    expect(incidents).toBe(2);
  });

  it('is refused by the triggers while they are there', () => {
    for (const statement of ['delete from journal', "update journal set actor = 'x'"]) {
      expect(() => tamper(statement)).toThrow('append-only');
    }
  });

  it('does not hold when a payload is gone and no entry authorises it, also after a rebuild', async () => {
    tamper('update journal set payload = null where number = 3', 'delete from note where seq = 3');
    const missing = { seq: 3, reason: expect.stringContaining('payload is gone') as string };
    expect(await verify()).toMatchObject({
      ...{ isIntact: false, problems: [missing], erasedPayloads: 1 },
    });
    const store = await openStore(folder, { create: false });
    await expect(store.rebuild()).rejects.toMatchObject({ exit: 7 });
    await store.close();
  });

  it('does not hold when an entry says that a payload was erased which is there', async () => {
    const store = await openStore(folder, { create: false });
    const journal = await store.journal('a1');
    await store.close();
    await forge('payload_erased', { entry: journal[2]!.hash, reason: 'x' });
    expect((await verify()).problems).toMatchObject([
      {
        seq: 5,
        reason: expect.stringMatching(/entry \w+ was erased, and that is not so/) as string,
      },
    ]);
  });

  it.each<[string, object, boolean]>([
    ['note_added', { text: 5 }, false],
    ['item_corrected', { of: 'note' }, false],
    ['phase_changed', {}, true],
    ['incident_updated', {}, true],
    ['timeline_saved', { findings: 1, files: null, argv: [] }, true],
  ])(
    'sealed by another program, with a payload that no %s has (%j), is no bug of ours',
    async (type, payload, isTold) => {
      await forge(type, payload);
      const { isIntact, problems } = await verify();
      const reason = expect.stringContaining('not what entries of its kind hold') as string;
      const told = [{ incident: 'INC-2026-0001', seq: 5, reason }];
      expect(problems).toEqual(isTold ? told : []);
      if (isTold) expect(isIntact).toBe(false);
    },
  );

  it('with its tail cut off verifies from inside; a head noted before shows the loss', async () => {
    const before = await verify();
    tamperUnseen(
      'delete from journal where number = 8',
      'delete from finding',
      'delete from source_file',
    );
    const after = await verify();
    expect(after).toMatchObject({ isIntact: true, entries: 7 });
    const store = await openStore(folder, { create: false });
    expect(await store.findHead(before.head)).toBeUndefined();
    expect(await store.findHead(after.head.slice(0, 12))).toEqual({
      ...{ incident: 'INC-2026-0002', seq: 3, of: 'store' },
    });
    await store.close();
  });
});

describe('changed tables', () => {
  it.each([
    ["update incident set severity = 'SEV4' where id = 'a1'", 'INC-2026-0001: incident differs'],
    ["update note set text = 'nothing' where seq = 3", /^INC-2026-0001: notes \w{64} differs/m],
    ['delete from note where seq = 3', /^INC-2026-0001: notes \w{64} is missing/m],
    ["update actor set name = 'mallory'", /actors \w{32} differs/],
    [
      "insert into step values ('a1', 'x', 'triage', 'done', '', null, 'm')",
      'steps x is not in the journal',
    ],
    [
      "update finding set document = replace(document, '203.0.113.7', '203.0.113.8')",
      'findings f1 differs',
    ],
    ["update finding set document = '{'", 'cannot be read'],
    ['delete from search', 'INC-2026-0001: the words that ir search finds differ'],
    ["update search set text = 'forged'", 'words that ir search finds differ'],
    [
      "insert into search (text, incident, entry) select 'forged', incident, entry from search limit 1",
      'words that ir search finds differ',
    ],
    ["update source_file set evidence_no = 'E-009'", 'sources aa:a.log differs'],
  ])('%s', async (statement, problem) => {
    tamper(statement);
    const result = await verify();
    expect(result.isIntact).toBe(false);
    expect(result.staleProjections.join('\n')).toMatch(problem);
  });
});

it('words in another order than the journal, as after a merge, are the same words', async () => {
  const moved = 'create temp table moved as select * from search order by rowid desc';
  tamper(`${moved}; delete from search; insert into search select * from moved`);
  expect((await verify()).staleProjections).toEqual([]);
});

const REWRITTEN = 'the record of migrations or its seal was rewritten';

describe('a changed store around the journal', () => {
  it.each([
    ['drop table finding', 'the table finding is missing'],
    ['pragma foreign_keys = off; drop table journal', 'the table journal is missing'],
    ['drop table setting', 'the table setting is missing'],
    ['drop table schema_migration', 'the table schema_migration is missing'],
    ['alter table note rename column text to words', 'the table note was changed'],
    ['drop trigger journal_keeps_entries', 'the trigger journal_keeps_entries is missing'],
    [
      "create trigger quiet after insert on journal begin update incident set severity = 'SEV4'; end",
      'the trigger quiet is none of ours',
    ],
    [
      "drop trigger journal_keeps_entries; create trigger journal_keeps_entries before delete on journal when old.seq > 9 begin select raise(abort, 'no'); end",
      'the trigger journal_keeps_entries was changed',
    ],
    ['create table hidden (x)', 'the table hidden is none of ours'],
    ["create view shown as select 'x'", 'the view shown is none of ours'],
    ['drop index note_by_incident', 'the index note_by_incident is missing'],
    [
      "insert or replace into setting values ('current_incident', 'zz')",
      'zz is not in the journal',
    ],
    ['delete from setting', 'the setting current_incident is gone'],
    ["insert into setting values ('other', 'x')", 'the setting other is none of ours'],
    ["delete from setting where name = 'store_id'", 'the id of the store is missing'],
    ["update schema_migration set name = 'x' where number = 1", 'the migrations recorded are 1 x'],
    ['delete from schema_migration', 'the migrations recorded are'],
    ["update schema_migration set applied_at = '2020-01-01T00:00:00.000Z'", REWRITTEN],
    ["update schema_migration set applied_at = applied_at || ' ' where number = 2", REWRITTEN],
    ["update setting set value = substr(value, 2) where name = 'migrations_seal'", REWRITTEN],
    ["delete from setting where name = 'migrations_seal'", 'the seal on the record of migrations'],
  ])('%s', async (statement, problem) => {
    tamper(statement);
    const result = await verify();
    expect(result.isIntact).toBe(false);
    expect(result.storeProblems.join('\n')).toContain(problem);
  });
});

describe('rebuild', () => {
  it('makes the tables anew from the journal', async () => {
    const store = await openStore(folder, { create: false });
    const before = [await store.load('a1'), await store.load('b2')];
    tamper(
      "update incident set severity = 'SEV4', title = 'x'",
      'delete from finding',
      "update note set text = 'y'",
      "insert into step values ('a1', 'x', 'triage', 'done', '', null, 'm')",
    );
    expect((await store.verify()).isIntact).toBe(false);
    await store.rebuild();
    expect([await store.load('a1'), await store.load('b2')]).toEqual(before);
    expect((await store.verify()).isIntact).toBe(true);
    await store.close();
  });

  it.each([
    ["update schema_migration set applied_at = '2020-01-01T00:00:00.000Z'", REWRITTEN],
    ["delete from setting where name = 'migrations_seal'", 'is gone'],
  ])('does not bless a record of migrations that was rewritten: %s', async (statement, problem) => {
    const store = await openStore(folder, { create: false });
    tamper(statement);
    await store.rebuild();
    const { isIntact, storeProblems } = await store.verify();
    expect([isIntact, storeProblems.join('\n')]).toEqual([false, expect.stringContaining(problem)]);
    await store.close();
  });

  it('is refused when the journal does not hold, and changes nothing', async () => {
    tamper(
      DROP,
      "update journal set actor = 'mallory' where number = 3",
      "update note set text = 'y'",
    );
    const store = await openStore(folder, { create: false });
    await expect(store.rebuild()).rejects.toMatchObject({ exit: 7 });
    expect((await store.notes('a1')).map(({ text }) => text)).toEqual(['y', 'y']);
    await store.close();
  });
});

it('damage of the file itself is told', async () => {
  // The index says one thing and the table another: SQLite's own check sees it.
  tamper(
    'pragma writable_schema = on',
    "update sqlite_schema set sql = replace(sql, '(incident, seq)', '(actor, seq)') where name = 'note_by_incident'",
  );
  const result = await verify();
  expect(result.isIntact).toBe(false);
  expect(result.storeProblems.join()).toContain('damaged');
});

describe('a store that cannot be used', () => {
  it('locked: waits, then says so, and writes nothing', async () => {
    const store = await openStore(folder, { create: false, lockWaitMs: 100 });
    const other = openSqlite(path);
    other.exec('begin immediate');
    const started = Date.now();
    await expect(store.append('a1', [note('x')])).rejects.toMatchObject({
      exit: 7,
      message: expect.stringContaining('locked by another process') as string,
    });
    expect(Date.now() - started).toBeGreaterThanOrEqual(90);
    expect(await store.notes('a1')).toHaveLength(2);
    other.exec('rollback');
    other.close();
    await store.append('a1', [note('x')]);
    await store.close();
  });

  it.each([0, 1, 2, 3])('with its version set back to %i: refused, unchanged', async (version) => {
    tamper(`pragma user_version = ${version}`);
    const error = await openingFails();
    expect(error).toMatchObject({ exit: 7 });
    expect(error.message).toContain(`schema version ${version}, but`);
    expect(readdirSync(folder).filter((name) => name.endsWith('.bak'))).toEqual([]);
  });

  it('without one of its tables: said plainly by what needs it, and by a rebuild', async () => {
    tamper('drop table finding');
    const store = await openStore(folder, { create: false });
    const missing = { exit: 7, message: expect.stringContaining('no such table') as string };
    await expect(store.load('a1')).rejects.toMatchObject(missing);
    await expect(store.rebuild()).rejects.toMatchObject(missing);
    await store.close();
  });

  it('of a newer version: refused, unchanged', async () => {
    tamper('pragma user_version = 99');
    const error = await openingFails();
    expect(error).toMatchObject({ exit: 7 });
    expect(error.message).toContain('schema version 99');
    const database = openSqlite(path);
    expect(database.pragma('user_version', { simple: true })).toBe(99);
    database.close();
  });

  it('another SQLite file: refused', async () => {
    rmSync(path);
    tamper('create table t (x)');
    expect((await openingFails()).message).toContain('not a store of ir');
  });

  it.each([
    ['text', Buffer.from('this is no database, only some text that is long enough'.repeat(20))],
    ['zeros', Buffer.alloc(8_192)],
  ])('no database at all (%s): refused', async (_name, content) => {
    writeFileSync(path, content);
    expect(await openingFails()).toMatchObject({ exit: 7 });
  });

  it('a file in place of the folder: refused', async () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    await expect(openStore(join(file, 'x'), { create: true })).rejects.toMatchObject({ exit: 7 });
  });

  it('explains what cannot be made to happen here', () => {
    const explain = (code: string): unknown =>
      explainStoreError(Object.assign(new Error('low level'), { code }), '/case/ir.db');
    expect(explain('SQLITE_IOERR_WRITE')).toMatchObject({ exit: 7 });
    expect(explain('SQLITE_READONLY_DBMOVED')).toMatchObject({ exit: 7 });
    expect(explain('SQLITE_CONSTRAINT_CHECK')).not.toBeInstanceOf(IrError);
  });
});

const isRoot = process.getuid?.() === 0;

const CANNOT_MOUNT = 'skipped: a small file system cannot be mounted here';

const mountPoint = (): string => join(folder, 'small');
const mount = (): boolean => {
  mkdirSync(mountPoint());
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=900k', 'tmpfs', mountPoint()], {
      stdio: 'ignore',
    });
    return true;
  } catch {
    return false;
  }
};

describe('a full disk', () => {
  it('is said, and nothing is half-written, as root', async (test) => {
    if (!isRoot || !mount()) return test.skip(CANNOT_MOUNT);
    const store = await openStore(mountPoint(), { create: true });
    try {
      await store.append('a1', [opened('INC-2026-0001')]);
      let kept = 0;
      const fill = async (): Promise<void> => {
        for (; kept < 100; kept++) {
          await store.append('a1', [note('a'), note('x'.repeat(20_000))]);
        }
      };
      await expect(fill()).rejects.toMatchObject({
        exit: 7,
        message: expect.stringMatching(/full|read or written/) as string,
      });
      expect(kept).toBeGreaterThan(0);
      expect(await store.notes('a1')).toHaveLength(2 * kept);
      expect(await store.verify()).toMatchObject({ isIntact: true, entries: 2 + 2 * kept });
    } finally {
      await store.close();
      execFileSync('umount', [mountPoint()]);
    }
  });
});

describe('migrations', () => {
  const later = {
    number: MIGRATIONS.length + 1,
    name: 'test-only',
    up: async (transaction: Parameters<(typeof MIGRATIONS)[0]['up']>[0]) => {
      await sql.raw('create table later (x integer) strict').execute(transaction);
    },
  };
  const now = (): Date => new Date('2026-03-01T08:00:00.000Z');

  it('back up a store before they change it', async () => {
    const database = openDatabase(path, { create: false });
    await migrate(database, { path, migrations: [...MIGRATIONS, later], now });
    const done = await database.selectFrom('schema_migration').selectAll().execute();
    expect(done.map(({ name }) => name)).toEqual([
      ...MIGRATIONS.map(({ name }) => name),
      'test-only',
    ]);
    await database.destroy();
    const backup = `${path}.v${MIGRATIONS.length}.bak`;
    expect(statSync(backup).mode & 0o777).toBe(0o600);
    const copy = openSqlite(backup);
    expect(copy.prepare('select count(*) as entries from journal').get()).toEqual({ entries: 8 });
    expect(copy.prepare("select name from sqlite_schema where name = 'later'").all()).toEqual([]);
    copy.close();
  });

  it('add to the seal on their record, and make none where it was rewritten', async () => {
    const sealAfter = async (...statements: string[]): Promise<boolean> => {
      tamper(...statements);
      const database = openDatabase(path, { create: false });
      await migrate(database, { path, migrations: [...MIGRATIONS, later], now });
      const record = await database.selectFrom('schema_migration').selectAll().execute();
      const seal = await readSetting(database, MIGRATIONS_SEAL);
      await database.destroy();
      expect(record).toHaveLength(MIGRATIONS.length + 1);
      return seal === sealOf(record);
    };
    const original = readFileSync(path);
    expect(await sealAfter()).toBe(true);
    writeFileSync(path, original);
    expect(await sealAfter("update schema_migration set applied_at = 'x' where number = 1")).toBe(
      false,
    );
    writeFileSync(path, original);
    expect(await sealAfter("delete from setting where name = 'migrations_seal'")).toBe(false);
  });

  it('leave nothing behind when they fail', async () => {
    const broken = {
      ...later,
      up: async (transaction: Parameters<typeof later.up>[0]) => {
        await later.up(transaction);
        await sql.raw('create table later (x integer) strict').execute(transaction);
      },
    };
    const database = openDatabase(path, { create: false });
    await expect(
      migrate(database, { path, migrations: [...MIGRATIONS, broken], now }),
    ).rejects.toThrow('already exists');
    await database.destroy();
    expect((await verify()).isIntact).toBe(true);
    const after = openSqlite(path);
    expect(after.pragma('user_version', { simple: true })).toBe(MIGRATIONS.length);
    expect(after.prepare("select name from sqlite_schema where name = 'later'").all()).toEqual([]);
    after.close();
  });

  it('neither replace a copy that an interrupted run left nor stop at it', async () => {
    const first = `${path}.v${MIGRATIONS.length}.bak`;
    writeFileSync(first, 'left by an interrupted run');
    const database = openDatabase(path, { create: false });
    await migrate(database, { path, migrations: [...MIGRATIONS, later], now });
    await database.destroy();
    expect(readFileSync(first, 'utf8')).toBe('left by an interrupted run');
    expect(existsSync(`${path}.v${MIGRATIONS.length}-2.bak`)).toBe(true);
  });

  it('are numbered without gaps', () => {
    expect(MIGRATIONS.map(({ number }) => number)).toEqual(MIGRATIONS.map((_, index) => index + 1));
    expect(existsSync(path)).toBe(true);
  });
});

describe('a folder that cannot be made', () => {
  it.runIf(existsSync('/proc/self'))('is refused at once', async () => {
    const place = '/proc/store/deep';
    await expect(openStore(place, { create: true })).rejects.toMatchObject({
      exit: 7,
      message: expect.stringContaining('cannot be made') as string,
    });
  });
});

describe('a store that may only be read', () => {
  const readAndWrite = async (place: string): Promise<void> => {
    const store = await openStore(place, { create: false });
    expect(await store.notes('a1')).toHaveLength(2);
    expect(await store.verify()).toMatchObject({ isIntact: true, entries: 8 });
    await expect(store.append('a1', [note('x')])).rejects.toMatchObject({
      exit: 7,
      message: expect.stringContaining('read-only') as string,
    });
    await store.close();
  };

  it('by its permissions: is shown and verified, and says so on writing', async (test) => {
    if (isRoot) return test.skip('skipped: root may write to everything');
    chmodSync(path, 0o400);
    await readAndWrite(folder);
  });

  it('by its file system: is shown and verified, and says so on writing, as root', async (test) => {
    if (!isRoot || !mount()) return test.skip(CANNOT_MOUNT);
    try {
      copyFileSync(path, join(mountPoint(), 'ir.db'));
      execFileSync('mount', ['-o', 'remount,ro', mountPoint()]);
      await readAndWrite(mountPoint());
    } finally {
      execFileSync('umount', [mountPoint()]);
    }
  });
});
