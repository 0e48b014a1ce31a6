/** What a store on PostgreSQL promises besides the contract: several at once, rights, breaks, and the way from SQLite and back. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addNote } from '../../src/commands/add-note.ts';
import { runChecklist } from '../../src/commands/checklist.ts';
import { addEvidence } from '../../src/commands/evidence-add.ts';
import { openIncident } from '../../src/commands/open-incident.ts';
import { sync } from '../../src/commands/sync.ts';
import { verifyJournal } from '../../src/commands/verify-journal.ts';
import type { NewEntry } from '../../src/incidents/journal-entry.ts';
import { MIGRATIONS } from '../../src/store/migrations/list.ts';
import { withMemoryDatabase } from '../../src/store/open-database.ts';
import { openStore } from '../../src/store/open-store.ts';
import { parsePostgres } from '../../src/store/postgres/address.ts';
import { fromStored, toStored } from '../../src/store/postgres/stored-text.ts';
import { POSTGRES_TABLES } from '../../src/store/postgres/tables.ts';
import { testContext } from '../commands/test-context.ts';
import { type Cluster, hasPostgres, startPostgres } from '../postgres.ts';
import { DIST, ensureBuilt } from '../program.ts';
import { entry, note, opened } from './sample-entries.ts';

const APPENDER = fileURLToPath(new URL('appender.js', import.meta.url));

it.each([
  [
    'postgres://alex@db.example.com:5433/ir?schema=case',
    'postgres://alex@db.example.com:5433/ir?schema=case',
  ],
  ['postgresql://db.example.com/ir?folder=/srv/ir', 'postgres://db.example.com/ir'],
])('reads the address %s', (address, shown) => {
  expect(parsePostgres(address).shown).toBe(shown);
});

it.each([
  ['postgres://alex:hunter2@db/ir', 'holds a password'],
  ['postgres://db/ir?schema=a;drop', 'names the schema'],
  ['postgres://db/ir?sslmode=require', 'asks for sslmode=require'],
  ['postgres://db/ir?option=x', 'knows no option'],
  ['postgres://@/ir', 'cannot be read'],
])('refuses the address %s and repeats no password', (address, says) => {
  expect(() => parsePostgres(address)).toThrow(says);
  expect(() => parsePostgres(address)).not.toThrow('hunter2');
});

it('keeps texts that PostgreSQL takes none of', () => {
  for (const text of ['', 'plain', 'a\0b', '\u{10FFFD}0', '\0\u{10FFFD}1\0', '\u{10FFFD}']) {
    expect(toStored(text)).not.toContain('\0');
    expect(fromStored(toStored(text))).toBe(text);
  }
});

it('has the tables that SQLite has', async () => {
  const inSqlite = await withMemoryDatabase(async (database) => {
    await database.transaction().execute(async (transaction) => {
      for (const migration of MIGRATIONS) await migration.up(transaction);
    });
    const { rows } = await sql<{ name: string; column: string }>`
      select m.name as name, c.name as "column" from sqlite_schema m join pragma_table_info(m.name) c
      where m.type = 'table' and m.name not like 'search%'`.execute(database);
    return rows.map(({ name, column }) => `${name}.${column}`);
  });
  const here = Object.entries(POSTGRES_TABLES)
    .filter(([name]) => name !== 'search')
    .flatMap(([name, { columns }]) => Object.keys(columns).map((column) => `${name}.${column}`));
  expect(here.sort()).toEqual(inSqlite.sort());
});

describe.skipIf(!hasPostgres())('on a server', () => {
  let server: Cluster;
  let root: string;
  beforeAll(async () => {
    ensureBuilt();
    server = await startPostgres();
    root = mkdtempSync(join(tmpdir(), 'ir-team-'));
  }, 60_000);
  afterAll(async () => {
    await server?.remove();
    rmSync(root, { recursive: true, force: true });
  });

  const open = (schema: string, user?: string) =>
    openStore(server.addressOf(schema, user), { create: true, folder: root });
  const begun = async (schema: string) => {
    const store = await open(schema);
    await store.append('a1', [opened('INC-2026-0001')]);
    return store;
  };
  const startAppender = (schema: string, tag: string, most?: number) =>
    spawn(
      process.execPath,
      [APPENDER, DIST, server.addressOf(schema), tag, ...(most === undefined ? [] : [`${most}`])],
      { stdio: ['ignore', 'pipe', 'ignore'] },
    );

  it('lets eight processes append at the same time, and loses nothing', async () => {
    const store = await begun('eight');
    const tags = Array.from({ length: 8 }, (_, index) => `writer-${index}`);
    const ends = await Promise.all(
      tags.map(async (tag) => {
        const child = startAppender('eight', tag, 2);
        child.stdout.resume();
        return (await once(child, 'close'))[0] as number | null;
      }),
    );
    expect(ends).toEqual(tags.map(() => 0));
    const notes = await store.notes('a1');
    const counts = tags.map((tag) => notes.filter(({ text }) => text.startsWith(`${tag}:`)).length);
    expect(counts).toEqual(tags.map(() => 2));
    expect(await store.verify()).toMatchObject({ isIntact: true, entries: 2 + 8 * 2 * 21 });
    await store.close();
  }, 120_000);

  it.each(['client', 'server'] as const)(
    'keeps every acknowledged entry when the %s is killed while it writes',
    async (who) => {
      const schema = `kill_${who}`;
      await (await begun(schema)).close();
      const acknowledged: string[] = [];
      for (let round = 1; round <= 2; round++) {
        const child = startAppender(schema, `round-${round}`);
        let output = '';
        // At a state: so many were acknowledged, and the next is on its way.
        const isKilled = new Promise<void>((resolve) => {
          child.stdout.setEncoding('utf8').on('data', (text: string) => {
            const before = output.split('\n').length;
            output += text;
            if (before <= round && output.split('\n').length > round)
              resolve(who === 'client' ? void child.kill('SIGKILL') : server.kill());
          });
        });
        await isKilled;
        await once(child, 'close');
        if (who === 'server') await server.start();
        acknowledged.push(...output.split('\n').slice(0, -1));
        const store = await open(schema);
        const notes = await store.notes('a1');
        const texts = new Set(notes.map(({ text }) => text));
        expect(acknowledged.filter((text) => !texts.has(text))).toEqual([]);
        expect((await store.load('a1')).steps).toHaveLength(20 * notes.length);
        expect(await store.verify()).toMatchObject({ isIntact: true, problems: [] });
        await store.close();
      }
      expect(acknowledged.length).toBeGreaterThanOrEqual(2);
    },
    120_000,
  );

  it.each([
    ['before it asks to keep the entries', 'insert into "journal"', 'broke the connection', 1],
    ['when it has asked to keep them', 'commit', 'All of them are in the store, or none', 2],
  ])('says what is known when the network is cut %s', async (_when, cutAt, says, most) => {
    const schema = `cut_${most}`;
    await (await begun(schema)).close();
    const { port, cut, close } = await startCut(server.addressOf(schema), cutAt);
    const { host: _socket, ...rest } = { host: '', port };
    const address = `postgres://postgres@127.0.0.1:${rest.port}/ir?schema=${schema}`;
    const store = await openStore(address, { create: false, folder: root });
    cut();
    const failed = await store.append('a1', [note('on its way')]).catch((error: unknown) => error);
    expect(failed).toMatchObject({ exit: 7 });
    const { message, hint } = failed as { message: string; hint: string };
    expect(`${message} ${hint}`).toContain(says);
    await store.close();
    await close();
    const again = await open(schema);
    expect((await again.notes('a1')).length).toBeLessThan(most);
    await again.append('a1', [note('goes on')]);
    expect((await again.verify()).isIntact).toBe(true);
    await again.close();
  });

  it('gives the roles of a plan the rights of the database', async () => {
    server.sql('create role ir_read; create role ir_respond; create role ir_lead');
    for (const [user, role] of [
      ['reader', 'ir_read'],
      ['responder', 'ir_respond'],
      ['lead', 'ir_lead'],
      ['stranger', 'pg_signal_backend'],
    ])
      server.sql(`create role ${user} login; grant ${role} to ${user}`);
    const owner = await begun('rights');
    await owner.append('a1', [note('her name')]);
    const named = (await owner.journal('a1')).at(-1)!.hash;
    const may = async (user: string) => {
      const store = await open('rights', user).catch(() => undefined);
      if (store === undefined) return [];
      const tried = async (what: string, entries: Parameters<typeof store.append>[1]) =>
        (await store.append('a1', entries).then(
          () => true,
          (error: unknown) => {
            expect(error).toMatchObject({ exit: 7, hint: expect.stringContaining('gives rights') });
            return false;
          },
        ))
          ? [what]
          : [];
      const done = [
        ...((await store.verify()).isIntact ? ['read'] : []),
        ...(await tried('note', [note(user)])),
        ...(await tried('close', [entry('incident_closed', { reason: '' })])),
        ...(await tried('reopen', [entry('incident_reopened', { reason: 'more' })])),
        ...(await tried('erase', [entry('payload_erased', { entry: named, reason: 'asked' })])),
      ];
      await store.close();
      return done;
    };
    expect(await may('stranger')).toEqual([]);
    expect(await may('reader')).toEqual(['read']);
    expect(await may('responder')).toEqual(['read', 'note']);
    expect(await may('lead')).toEqual(['read', 'note', 'close', 'reopen', 'erase']);
    // Not even by hand.
    expect(() => server.sql("set role responder; update rights.journal set at = 'x'")).toThrow(
      'permission denied',
    );
    expect(() => server.sql('set role lead; delete from rights.journal')).toThrow(
      'permission denied',
    );
    expect(() => server.sql('delete from rights.journal')).toThrow('append-only');
    expect(await owner.verify()).toMatchObject({ isIntact: true, erasedPayloads: 1 });
    await owner.close();
  });

  it('keeps a current incident for each user, and tells at once who listens', async () => {
    const [one, two] = [await begun('news'), await open('news', 'lead')];
    expect([await one.currentIncidentId(), await two.currentIncidentId()]).toEqual([
      'a1',
      undefined,
    ]);
    const heard: string[] = [];
    let more: () => void = () => {};
    const isTold = new Promise<void>((resolve) => {
      more = resolve;
    });
    const end = await one.listen!('a1', () => {
      heard.push('news');
      more();
    });
    await two.append('b2', [opened('INC-2026-0002')]);
    await two.append('a1', [entry('step_done', { stepId: 'x', phase: 'triage', note: '' })]);
    await isTold;
    expect(heard).toEqual(['news']);
    expect((await one.load('a1')).steps).toHaveLength(1);
    await end();
    await Promise.all([one.close(), two.close()]);
  });

  it('shows in a walk what somebody else answers while its question stands there', async () => {
    const store = server.addressOf('walk');
    const cwd = join(root, 'walk');
    mkdirSync(cwd);
    const context = testContext({ cwd, store });
    const { incident } = await openIncident(context, {
      title: 'Web shell',
      type: 'web-compromise',
    });
    const other = await open('walk', 'lead');
    const said: string[] = [];
    let hear: () => void = () => {};
    const isHeard = new Promise<void>((resolve) => {
      hear = resolve;
    });
    let asked = '';
    const key = async ({ message }: { message: string }) => {
      asked = message;
      const done = { stepId: message, phase: 'triage' as const, note: '' };
      await other.append(incident.id, [{ ...entry('step_done', done), actor: 'sam' } as NewEntry]);
      await isHeard;
      return 'quit' as never;
    };
    await runChecklist(
      {
        ...context,
        ask: { ...context.ask, isPossible: true, key },
        say(text) {
          said.push(text);
          if (text.includes('sam:')) hear();
        },
      },
      {},
    );
    expect(said.join('\n')).toContain(`* sam: ${asked} done`);
    await other.close();
  });

  it('sees what somebody changed by hand', async () => {
    const store = await begun('changed');
    await store.append('a1', [note('as it was')]);
    const problems = async (): Promise<string> => {
      const { problems: chains, storeProblems, staleProjections } = await store.verify();
      return [...chains.map(({ reason }) => reason), ...storeProblems, ...staleProjections].join();
    };
    const by = (text: string) => server.sql(`set search_path = changed; ${text}`);
    by("update note set text = 'as it never was'");
    expect(await problems()).toContain('differs from the journal');
    await store.rebuild();
    expect(await problems()).toBe('');
    by(
      'alter table journal disable trigger journal_keeps_content; update journal set at = at || 0 where seq = 2',
    );
    const said = await problems();
    expect(said).toContain('the trigger journal_keeps_content is switched off');
    expect(said).toContain('hash was changed');
    by("alter table report add column x text; update schema_migration set name = 'other'");
    expect(await problems()).toContain('the table report was changed');
    expect(await problems()).toContain('the migrations recorded are 1 other');
    await store.close();
  });

  it.each([
    ['no server', 'postgres://postgres@localhost:9/ir', 'cannot be reached'],
    ['no database', '/nothing?', 'has no such database'],
    ['no user', 'nobody@', 'does not let this user in'],
    ['no store', '', 'there is no store in'],
  ])('says so where there is %s', async (_what, change, says) => {
    const good = server.addressOf('empty');
    const address = change.startsWith('postgres:')
      ? change
      : change.startsWith('/')
        ? good.replace('/ir?', change)
        : good.replace('postgres@', change || 'postgres@');
    const failed = openStore(address, { create: false, folder: root });
    await expect(failed).rejects.toThrow(says);
  });

  it('takes a store of SQLite over and gives it back, chains, files and numbers as they were', async () => {
    const address = server.addressOf('moved');
    const at = (name: string, store?: string) => {
      mkdirSync(join(root, name), { recursive: true });
      const context = testContext({ cwd: join(root, name), ...(store !== undefined && { store }) });
      return { ...context, randomId: () => randomBytes(16).toString('hex') };
    };
    await openIncident(at('from'), { title: 'Web shell on web01' });
    await addEvidence(at('from'), [fileURLToPath(import.meta.url)], {});
    await addNote(at('from'), 'seen in SQLite', {}, async () => '');
    const before = await verifyJournal(at('from'), {});
    const team = `${address}&folder=${join(root, 'shared')}`;
    const { result } = await sync(at('from'), team, {});
    expect(result.document).toMatchObject({
      incidents: [{ given: 5, taken: 0, files: { given: 1 } }],
    });
    const there = await verifyJournal(at('from', team), {});
    expect(there).toMatchObject({
      isIntact: true,
      entries: before.entries,
      evidence: { pieces: 1 },
    });
    const both = { ...at('from', team), settings: { ...at('from', team).settings, incident: '1' } };
    await addNote(both, 'seen by the team', {}, async () => '');
    await sync(at('back', '.ir'), team, {});
    const back = await verifyJournal(at('back'), {});
    expect(back).toMatchObject({
      isIntact: true,
      entries: before.entries + 1,
      evidence: { pieces: 1 },
    });
    const [old, now] = await Promise.all(
      ['from', 'back'].map(async (name) => {
        const store = await openStore(join(root, name, '.ir'), { create: false });
        const [incident] = await store.list();
        const entries = await store.entries(incident!.id);
        await store.close();
        return entries.map(({ hash, writer, seq }) => ({ hash, writer, seq }));
      }),
    );
    expect(now!.slice(0, old!.length)).toEqual(old);
  });
});

/** A way to the server that is cut for good when the client sends a text, once it is armed. */
async function startCut(address: string, text: string) {
  const folder = new URL(address).searchParams.get('host')!;
  const sockets = new Set<Socket>();
  let isArmed = false;
  const proxy = createServer((client) => {
    const upstream = connect(join(folder, '.s.PGSQL.5432'));
    for (const one of [client, upstream]) sockets.add(one.on('error', () => {}));
    client.on('data', (data) => {
      upstream.write(data);
      if (isArmed && data.includes(text)) for (const one of [client, upstream]) one.destroy();
    });
    upstream.on('data', (data) => client.write(data));
    client.on('close', () => upstream.destroy());
    upstream.on('close', () => client.destroy());
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  return {
    port: (proxy.address() as { port: number }).port,
    cut: () => {
      isArmed = true;
    },
    async close() {
      for (const one of sockets) one.destroy();
      proxy.close();
    },
  };
}
