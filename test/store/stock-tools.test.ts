import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
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
  const erased = { entry: (await store.journal('b2')).at(-1)!.hash, reason: 'asked for' };
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

const check = (script = recipe()): string =>
  execFileSync('sh', ['-c', script, 'sh', join(folder, 'ir.db')], { encoding: 'utf8' });

/** Without what is about the log of the store. */
const forOneIncident = (): string => {
  const lines = recipe().split('\n');
  const kept = lines.filter((line) => !/store_head|number_before/.test(line));
  expect(lines.length - kept.length).toBe(2);
  return kept.join('\n');
};

const canCheck = isThere('the check of the journal with sqlite3 and sha256sum', hasTools());

describe.skipIf(!canCheck)('the documented check with sqlite3 and sha256sum', () => {
  let database: ReturnType<typeof openSqlite>;

  beforeEach(() => {
    database = openSqlite(join(folder, 'ir.db'));
    database.exec('drop trigger journal_keeps_content; drop trigger journal_keeps_entries');
    database.exec('pragma foreign_keys = off');
  });
  afterEach(() => database.close());

  it('finds nothing where all is well', () => {
    expect(check()).toBe('');
  });

  it.each([
    [
      'update journal set payload = null where number = 3',
      ['number 3: its payload is gone, and no entry says that it was erased'],
    ],
    [
      "update journal set payload = replace(payload, 'emoji', 'emojo') where number = 3",
      ['number 3: changed'],
    ],
    ["update journal set actor = 'mallory' where number = 2", ['number 2: changed']],
    [
      'delete from journal where number = 2',
      [
        'number 3: changed',
        'number 3: does not follow the one before it',
        'an entry is missing before number 3',
      ],
    ],
    [
      'delete from journal where number = 4',
      ['number 5: changed', 'an entry is missing before number 5'],
    ],
    [
      "update journal set store_head = 'x' where number = 4",
      ['number 4: changed', 'number 5: changed'],
    ],
  ])('%s', (statement, lines) => {
    database.exec(statement);
    expect(check().trim().split('\n')).toEqual(lines);
  });

  it('holds for the rows of one incident alone, which show nothing of the other', () => {
    database.exec("delete from journal where incident = 'a1'");
    expect(check(forOneIncident())).toBe('');
    expect(check()).toContain('an entry is missing before number 5');
    database.exec("update journal set at = '2020-01-01T00:00:00.000Z' where number = 7");
    expect(check(forOneIncident())).toBe('number 7: changed\n');
  });
});
