/** What is erased from the journal leaves the file, its index of words included. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openStore } from '../../src/store/open-store.ts';
import { entry, note, opened } from './sample-entries.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ir-words-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('no byte of an erased word stays in the store', async () => {
  const store = await openStore(folder, { create: true });
  await store.append('a1', [opened('INC-2026-0001'), note('Zyxwvutkowalski was seen')]);
  const filler = Array.from({ length: 300 }, (_, index) =>
    note(`filler number${index} word${index}`),
  );
  await store.append('a1', filler);
  const holds = (): boolean =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((one) => one.isFile())
      .some((one) =>
        readFileSync(join(one.parentPath, one.name), 'latin1').toLowerCase().includes('zyxwvutkow'),
      );
  expect(holds()).toBe(true);
  const named = (await store.journal('a1')).find(({ type }) => type === 'note_added')!;
  await store.append('a1', [entry('payload_erased', { entry: named.hash, reason: 'asked for' })]);
  expect((await store.search('zyxwvutkowalski', { limit: 5 })).total).toBe(0);
  await store.close();
  expect(holds()).toBe(false);
});
