/** Stores that older versions wrote: copied, brought to the form of this version, and whole. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { loadWhole } from '../../src/incidents/incident-store.ts';
import { payloadOf } from '../../src/incidents/tell-journal.ts';
import { migrate } from '../../src/store/migrate.ts';
import { MIGRATIONS } from '../../src/store/migrations/list.ts';
import { openDatabase } from '../../src/store/open-database.ts';
import { openStore } from '../../src/store/open-store.ts';
import { MIGRATIONS_SEAL, readSetting } from '../../src/store/settings.ts';
import { openSqlite } from '../../src/store/sqlite-driver.ts';
import { misfits } from './payloads.ts';

/** What the second version wrote, as `sqlite3 ir.db .dump` gave it. */
const VERSION_2 = readFileSync(new URL('version-2.sql', import.meta.url), 'utf8');
const A = '0a'.repeat(16);
const B = '0b'.repeat(16);

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ir-old-'));
  path = join(folder, 'ir.db');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Runs SQL on the file, which is made when it is not there. */
function onFile(...statements: string[]): void {
  writeFileSync(path, '', { flag: 'a' });
  const database = openSqlite(path);
  for (const statement of statements) database.exec(statement);
  database.close();
}

/** The first version had the same journal, and fewer columns in the tables made from it. */
async function writeVersion1(): Promise<void> {
  const database = openDatabase(path, { create: true });
  await database.transaction().execute((transaction) => MIGRATIONS[0]!.up(transaction));
  await database.destroy();
  const journal = VERSION_2.split('\n').filter((line) => line.startsWith('INSERT INTO journal '));
  expect(journal).toHaveLength(16);
  onFile(
    ...journal,
    "insert into schema_migration values (1, 'journal-and-projections', '2026-03-01T08:00:00.000Z')",
    'pragma user_version = 1; pragma application_id = 1230128194',
  );
}

it.each([
  [1, writeVersion1],
  [2, async () => onFile(VERSION_2)],
])('a store of version %i', async (version, write) => {
  await write();
  const told: string[] = [];
  const store = await openStore(folder, { create: false, onUpgrade: (copy) => told.push(copy) });
  expect(told).toEqual([`${path}.v${version}.bak`]);
  expect(await store.verify()).toMatchObject({
    ...{ isIntact: true, incidents: 2, erasedPayloads: 1, storeProblems: [], problems: [] },
    unknownKinds: {},
  });
  const a = await loadWhole(store, A);
  expect(a.incident).toMatchObject({
    ...{ key: 'INC-2026-0001', phase: 'containment', determination: 'confirmed', openedBy: 'alex' },
    times: { occurred: '2026-03-01T07:00:00.000Z', acknowledged: '2026-03-01T08:05:00.000Z' },
  });
  expect(a.notes).toMatchObject([
    { text: 'seen on wed01', kind: 'detection', corrections: [{ text: 'seen on web01' }] },
  ]);
  expect(a.variables).toEqual({ host: 'wed01' });
  expect(a.commandRuns).toMatchObject([
    {
      stepId: 'collect-logs',
      role: 'run',
      argv: ['cp', '-a', '/var/log/nginx', '/evidence'],
      exitCode: 0,
    },
    { stepId: 'block', role: 'run', exitCode: undefined, stdoutSha256: '' },
  ]);
  expect(a.steps.map(({ stepId, status }) => `${stepId} ${status}`)).toEqual([
    'collect-logs done',
    'scope waived',
  ]);
  expect(a.findings.map(({ id }) => id)).toEqual(['f1']);
  expect(a.sources.map(({ evidenceNo, savedBy }) => `${evidenceNo} ${savedBy}`)).toEqual([
    'E-001 alex',
  ]);
  expect(a.reports).toMatchObject([{ path: 'report.md', actor: 'alex' }]);
  const b = await loadWhole(store, B);
  expect(misfits([...a.journal, ...b.journal])).toEqual([]);
  expect(b.incident).toMatchObject({ key: 'INC-2026-0002', isDrill: true, openedBy: 'sam' });
  expect(b.notes).toMatchObject([{ withdrawn: { reason: 'it was not', actor: 'alex' } }]);
  // The first version's file, as it is made here, names none: the one that was opened last becomes it.
  expect(await store.currentIncidentId()).toBe(version === 1 ? B : A);
  await store.close();
});

it('a store of version 3, whose record of migrations has no seal, gets one', async () => {
  onFile(VERSION_2);
  const database = openDatabase(path, { create: false });
  await migrate(database, { path, migrations: MIGRATIONS.slice(0, 3), now: () => new Date() });
  expect(await readSetting(database, MIGRATIONS_SEAL)).toBeUndefined();
  await database.destroy();
  const store = await openStore(folder, { create: false });
  expect(await store.verify()).toMatchObject({ isIntact: true, storeProblems: [] });
  onFile('update schema_migration set applied_at = upper(applied_at || 1) where number = 1');
  expect(await store.verify()).toMatchObject({
    isIntact: false,
    storeProblems: ['the record of migrations or its seal was rewritten'],
  });
  await store.close();
});

it('keeps the hashes that were noted before, and nothing that was erased', async () => {
  onFile(VERSION_2);
  const before = openSqlite(path);
  const old = before
    .prepare('select seq, hash, incident, payload_hash from journal order by seq')
    .all() as {
    seq: number;
    hash: string;
    incident: string;
    payload_hash: string;
  }[];
  before.close();
  const store = await openStore(folder, { create: false });
  for (const { seq, hash, incident } of old) {
    const key = incident === A ? 'INC-2026-0001' : 'INC-2026-0002';
    expect(await store.findHead(hash)).toEqual({ incident: key, seq, of: 'converted' });
  }
  const journal = await store.journal(A);
  // A hash without salt would let a short text be guessed.
  const all = JSON.stringify(journal);
  expect(old.filter(({ payload_hash: hash }) => all.includes(hash))).toEqual([]);
  expect(journal.every(({ payload, salt }) => payload === undefined || salt?.length === 32)).toBe(
    true,
  );
  const last = journal.at(-1)!;
  expect(last.actor).toBe('ir');
  expect(payloadOf(last, 'journal_converted')?.entries.map(({ seq }) => seq)).toEqual(
    old.filter(({ incident }) => incident === A).map(({ seq }) => seq),
  );
  await store.close();
});

it('is not touched where it may only be read', async () => {
  onFile(VERSION_2);
  const database = openDatabase(path, { create: false });
  await sql`pragma query_only = on`.execute(database);
  const options = { path, migrations: MIGRATIONS, now: () => new Date() };
  await expect(migrate(database, options)).rejects.toMatchObject({
    exit: 7,
    message: expect.stringContaining('is of version 2 and may only be read') as string,
  });
  await database.destroy();
  expect(readdirSync(folder).filter((name) => name.endsWith('.bak'))).toEqual([]);
});

it('is refused when its journal does not hold: sealed anew, the damage would be hidden', async () => {
  onFile(
    VERSION_2,
    'drop trigger journal_keeps_content',
    "update journal set actor = 'mallory' where seq = 7",
  );
  await expect(openStore(folder, { create: false })).rejects.toMatchObject({
    exit: 7,
    message: expect.stringContaining('entry 7 of its journal does not hold') as string,
  });
  expect(readdirSync(folder).filter((name) => name.endsWith('.bak'))).toEqual([]);
  expect(existsSync(path)).toBe(true);
  const database = openSqlite(path);
  expect(database.pragma('user_version', { simple: true })).toBe(2);
  database.close();
});
