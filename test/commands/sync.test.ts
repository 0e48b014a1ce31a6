/** Two workspaces that were apart, brought together by the command. */
import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { addNote } from '../../src/commands/add-note.ts';
import { addEvidence } from '../../src/commands/evidence-add.ts';
import { openIncident } from '../../src/commands/open-incident.ts';
import { type SyncOptions, sync } from '../../src/commands/sync.ts';
import { verifyJournal } from '../../src/commands/verify-journal.ts';
import { openSqlite } from '../../src/store/sqlite-driver.ts';
import { testContext } from './test-context.ts';

interface Told {
  incidents: { key: string; taken: number; given: number; joined: boolean; both: string[] }[];
  alike: { key: string; id: string; both: string[] }[];
  same_key: { ids: string[] }[];
  store_journal: string;
}

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'ir-sync-'));
  for (const name of ['a', 'b']) mkdirSync(join(root, name));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const at = (name: string, store?: string) => ({
  ...testContext({ cwd: join(root, name), ...(store !== undefined && { store }) }),
  randomId: () => randomBytes(16).toString('hex'),
});
const bring = async (name: string, other: string, options: SyncOptions = {}) => {
  const { result, exit } = await sync(at(name, '.ir'), other, options);
  return { exit, lines: result.lines.flat(), ...(result.document as Told) };
};
const keep = (name: string, content: string) => {
  const path = join(root, name, `${content}.txt`);
  writeFileSync(path, content);
  return addEvidence(at(name), [path], {});
};
const note = (name: string, text: string) => addNote(at(name), text, {}, async () => '');
const intact = (name: string) => verifyJournal(at(name), {});

it('gives each what the other has, files among it, and nothing the second time', async () => {
  await openIncident(at('a'), { title: 'Web shell on web01' });
  await keep('a', 'first');
  expect(await bring('b', '../a')).toMatchObject({ incidents: [{ taken: 4, given: 0 }] });
  await note('a', 'seen here');
  await keep('a', 'second');
  await note('b', 'seen there');
  await keep('b', 'third');
  const tried = await bring('b', '../a/.ir', { dryRun: true });
  expect(tried.lines.join('\n')).toContain('would be taken in');
  const gap = { taken: 3, given: 3, joined: true };
  expect(tried.incidents).toMatchObject([gap]);
  const told = await bring('b', '../a/.ir', { reason: 'night shift' });
  expect(told.incidents).toMatchObject([gap]);
  expect(told.lines).toContain('  E-002 of one of them is E-003 from now on');
  expect((await bring('a', '../b')).incidents).toMatchObject([
    { taken: 0, given: 0, joined: false },
  ]);
  const [here, there] = [await intact('a'), await intact('b')];
  for (const one of [here, there]) {
    expect(one).toMatchObject({ isIntact: true, evidence: { isIntact: true, pieces: 3 } });
  }
  expect(here.entries).toBe(there.entries);
});

it('names the same case that was opened on both, and brings neither over unless told that they are two', async () => {
  await openIncident(at('a'), { title: 'Web shell on web01' });
  await openIncident(at('b'), { title: 'web shell on WEB01' });
  await openIncident(at('b'), { title: 'Something else' });
  const told = await bring('b', '../a');
  expect(told.alike).toMatchObject([{ key: 'INC-2026-0001', both: ['the title'] }, {}]);
  expect(told.incidents).toMatchObject([{ key: 'INC-2026-0002', given: 2 }]);
  expect((await intact('a')).incidents).toBe(2);
  const both = await bring('b', '../a', { apart: [told.alike[0]!.id] });
  expect(both.alike).toEqual([]);
  expect(both.same_key).toMatchObject([{ ids: [expect.any(String), expect.any(String)] }]);
  expect([(await intact('a')).incidents, (await intact('b')).incidents]).toEqual([3, 3]);
});

it('takes in alone with --one-way, also of what it may not write to', async () => {
  await openIncident(at('a'), { title: 'Web shell on web01' });
  await bring('b', '../a');
  await note('b', 'stays here');
  await note('a', 'comes over');
  const before = (await intact('a')).head;
  expect((await bring('b', '../a', { oneWay: true })).incidents).toMatchObject([
    { taken: 1, joined: true },
  ]);
  expect((await intact('a')).head).toBe(before);
});

it('refuses what is no store, is itself, or does not hold, before anything is written', async () => {
  await expect(bring('b', '../nowhere')).rejects.toMatchObject({ exit: 6 });
  expect(existsSync(join(root, 'b/.ir'))).toBe(false);
  await openIncident(at('a'), { title: 'Web shell on web01' });
  await note('a', 'her name');
  await expect(bring('a', '.')).rejects.toThrow('is the store of this run itself');
  const database = openSqlite(join(root, 'a/.ir/ir.db'));
  database.exec(
    "drop trigger journal_keeps_content; update journal set payload = replace(payload, 'her', 'his')",
  );
  database.close();
  await expect(bring('b', '../a')).rejects.toMatchObject({
    exit: 7,
    message: expect.stringContaining('the payload was changed'),
  });
  expect((await intact('b')).entries).toBe(0);
});

it('gives no file on that is not what the journal says', async () => {
  await openIncident(at('a'), { title: 'Web shell on web01' });
  const { added } = await keep('a', 'first');
  const path = join(root, 'a/.ir/evidence', added[0]!.sha256);
  chmodSync(path, 0o600);
  writeFileSync(path, 'other');
  const told = await bring('b', '../a');
  expect(told.exit).toBe(7);
  expect(told.lines.join('\n')).toContain(`not what the journal says, left there: ${path}`);
  expect(existsSync(join(root, 'b/.ir/evidence', added[0]!.sha256))).toBe(false);
});
