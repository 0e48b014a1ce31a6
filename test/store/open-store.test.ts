import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { IncidentStore } from '../../src/incidents/incident-store.ts';
import { openStore } from '../../src/store/open-store.ts';
import { note, opened } from './sample-entries.ts';

let folder: string;
let store: IncidentStore;

beforeEach(async () => {
  folder = join(mkdtempSync(join(tmpdir(), 'ir-store-')), '.ir');
  store = await openStore(folder, { create: true });
});

afterEach(async () => {
  await store.close();
  rmSync(join(folder, '..'), { recursive: true, force: true });
});

describe('files', () => {
  it('are for their owner alone', async () => {
    await store.append('a1', [opened('INC-2026-0001')]);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    for (const name of ['ir.db', 'ir.db-wal', 'ir.db-shm']) {
      expect(statSync(join(folder, name)).mode & 0o777, name).toBe(0o600);
    }
  });

  it('are not made unless asked', async () => {
    await expect(openStore(join(folder, 'none'), { create: false })).rejects.toMatchObject({
      exit: 6,
    });
  });
});

it('what a store holds outlives the process, and it goes on as the same writer', async () => {
  await store.append('a1', [opened('INC-2026-0001')]);
  await store.setCurrentIncidentId('a1');
  await store.close();
  store = await openStore(folder, { create: false });
  expect(await store.currentIncidentId()).toBe('a1');
  await store.append('a1', [note('x')]);
  const journal = await store.journal('a1');
  expect(journal.map(({ seq }) => seq)).toEqual([1, 2, 3]);
  expect(new Set(journal.map(({ writer }) => writer)).size).toBe(1);
});
