import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openStore } from '../../src/store/open-store.ts';
import { openSqlite } from '../../src/store/sqlite-driver.ts';
import { isThere } from '../needs.ts';
import { account, entry, finding, note, opened } from './sample-entries.ts';

let folder: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ir-stock-'));
  const store = await openStore(folder, { create: true });
  await store.append('a1', [
    opened('INC-2026-0001', { title: 'Grüße, "quotes", \\backslash, tab\t and \u0001' }),
    note('  two\nlines and an emoji \u{1f6a8} '),
    entry('timeline_saved', {
      findings: [finding('f1')],
      files: [account('a.log', 'aa')],
      argv: [],
    }),
  ]);
  await store.append('b2', [opened('INC-2026-0002'), note('her name is Kim')]);
  const [, second] = await store.journal('b2');
  const erased = { entry: second!.seq, payloadHash: second!.payloadHash, reason: 'asked for' };
  await store.append('b2', [entry('payload_erased', erased)]);
  await store.close();
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const hasTools = (): boolean => {
  try {
    execFileSync('sh', ['-c', 'command -v sqlite3 && command -v sha256sum'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

/** The first shell block of docs/journal.md. */
const recipe = (): string => {
  const page = readFileSync(new URL('../../docs/journal.md', import.meta.url), 'utf8');
  const block = /```sh\n([\s\S]*?)```/.exec(page)?.[1];
  expect(block).toContain('sha256sum');
  return block!;
};

const check = (): string =>
  execFileSync('sh', ['-c', recipe(), 'sh', join(folder, 'ir.db')], { encoding: 'utf8' });

const canCheck = isThere('the check of the journal with sqlite3 and sha256sum', hasTools());

it.skipIf(!canCheck)(
  'the documented check with sqlite3 and sha256sum agrees with ir verify',
  () => {
    expect(check()).toBe('');
    const database = openSqlite(join(folder, 'ir.db'));
    database.exec('drop trigger journal_keeps_content; drop trigger journal_keeps_entries');
    database.exec('update journal set payload = null where seq = 3; delete from finding');
    expect(check()).toBe(
      'entry 3: its payload is gone, and no later entry says that it was erased\n',
    );
    database.exec("update journal set payload = replace(payload, 'emoji', 'emojo') where seq = 2");
    expect(check()).toContain('entry 2: changed\n');
    database.exec("update journal set actor = 'mallory' where seq = 3");
    expect(check()).toContain('entry 3: changed\nentry 2: changed\n');
    database.exec('pragma foreign_keys = off; delete from journal where seq = 2');
    expect(check()).toContain('entry 3: does not follow the one before it');
    database.close();
  },
);
