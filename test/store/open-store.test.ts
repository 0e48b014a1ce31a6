import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ClockDoubt } from '../../src/incidents/incident.ts';
import { type IncidentStore, loadWhole } from '../../src/incidents/incident-store.ts';
import { GENESIS_HASH } from '../../src/incidents/journal-chain.ts';
import { clockDoubtText } from '../../src/incidents/journal-clock.ts';
import type { NewEntry } from '../../src/incidents/journal-entry.ts';
import { openStore } from '../../src/store/open-store.ts';
import { account, entry, finding, note, opened } from './sample-entries.ts';

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

describe('append', () => {
  it('chains entries over all incidents and shows them in the tables', async () => {
    await store.append('a1', [opened('INC-2026-0001'), note('first look')]);
    await store.append('b2', [opened('INC-2026-0002')]);
    const [last] = await store.append('a1', [note('second look')]);
    const detail = await loadWhole(store, 'a1');
    expect(detail.journal.map((line) => line.seq)).toEqual([1, 2, 4]);
    expect(detail.journal[0]?.prevHash).toBe(GENESIS_HASH);
    expect(last?.prevHash).toBe((await store.journal('b2'))[0]?.hash);
    expect(detail.head).toBe(last?.hash);
    expect(detail.notes.map(({ seq, text, kind }) => ({ seq, text, kind }))).toEqual([
      { seq: 2, text: 'first look', kind: 'note' },
      { seq: 4, text: 'second look', kind: 'note' },
    ]);
    expect(await store.verify()).toMatchObject({ isIntact: true, entries: 4, head: last?.hash });
  });

  it('writes nothing when the guard or a later entry refuses', async () => {
    await store.append('a1', [opened('INC-2026-0001')]);
    const refuse = (): never => {
      throw new Error('no');
    };
    await expect(store.append('a1', [note('x')], refuse)).rejects.toThrow('no');
    const bad = entry('note_added', { text: Number.NaN as unknown as string });
    await expect(store.append('a1', [note('x'), bad])).rejects.toThrow('NaN');
    expect(await store.journal('a1')).toHaveLength(1);
    expect(await store.notes('a1')).toHaveLength(0);
  });

  it('shows the guard the state before', async () => {
    const seen: (string | undefined)[] = [];
    await store.append('a1', [opened('INC-2026-0001')], (before) =>
      seen.push(before?.incident.key),
    );
    await store.append('a1', [note('x')], (before) => seen.push(before?.incident.key));
    expect(seen).toEqual([undefined, 'INC-2026-0001']);
  });

  it('erases a payload by an entry that says so, and the tables follow', async () => {
    await store.append('a1', [opened('INC-2026-0001'), note('her name is Kim'), note('kept')]);
    const [, personal] = await store.journal('a1');
    const erasure = (seq: number, payloadHash: string): NewEntry =>
      entry('payload_erased', { entry: seq, payloadHash, reason: 'asked for by the person' });
    const hash = personal!.payloadHash;
    for (const wrong of [erasure(2, 'ab'), erasure(9, hash), erasure(1, hash)]) {
      await expect(store.append('a1', [wrong])).rejects.toMatchObject({ exit: 6 });
    }
    await store.append('a1', [erasure(2, hash)]);
    expect((await store.notes('a1')).map(({ text }) => text)).toEqual(['kept']);
    expect((await store.journal('a1'))[1]?.payload).toBeUndefined();
    expect(await store.verify()).toMatchObject({ isIntact: true, entries: 4, erasedPayloads: 1 });
    await store.rebuild();
    expect(await store.verify()).toMatchObject({ isIntact: true, staleProjections: [] });
    await expect(store.append('a1', [erasure(2, hash)])).rejects.toMatchObject({ exit: 6 });
  });

  it('corrects and withdraws notes, in one append as well', async () => {
    await store.append('a1', [
      opened('INC-2026-0001'),
      entry('note_added', { text: 'wed01', variables: { host: 'web01' } }),
      entry('note_corrected', { note: 2, text: 'web01', kind: 'factor', reason: 'typo' }),
      note('nonsense'),
    ]);
    expect((await store.load('a1')).variables).toEqual({ host: 'web01' });
    await store.append('a1', [
      entry('note_withdrawn', { note: 4, reason: 'not ours' }),
      entry('note_withdrawn', { note: 2, reason: 'not ours' }),
      entry('note_withdrawn', { note: 99, reason: 'no such note' }),
    ]);
    expect(await store.notes('a1')).toMatchObject([
      { seq: 2, kind: 'factor', corrections: [{ text: 'web01' }], withdrawn: { seq: 6 } },
      { seq: 4, withdrawn: { reason: 'not ours' } },
    ]);
    expect((await store.load('a1')).variables).toEqual({});
    expect((await store.verify()).isIntact).toBe(true);
  });

  it('tells of entries whose times do not go together', async () => {
    const told: ClockDoubt[] = [];
    const watched = await openStore(folder, {
      create: false,
      onClockDoubt: (doubt) => told.push(doubt),
    });
    const at = (time: string): NewEntry => entry('note_added', { text: time }, time);
    await watched.append('a1', [opened('INC-2026-0001')]);
    await watched.append('a1', [at('2026-02-27T08:00:00.000Z')]);
    await watched.append('a1', [at('2026-02-27T07:59:55.000Z'), at('2026-02-28T08:00:00.000Z')]);
    await watched.append('a1', [at('2036-02-28T08:00:00.000Z')]);
    await watched.append('a1', [
      entry('incident_closed', { reason: '' }, '2036-02-28T08:00:01.000Z'),
    ]);
    await watched.append('a1', [at('2037-02-28T08:00:00.000Z')]);
    expect(told.map(({ seq, kind }) => [seq, kind])).toEqual([
      [2, 'back'],
      [5, 'ahead'],
    ]);
    expect((await watched.load('a1')).clockDoubts).toEqual(told);
    expect(await watched.verify()).toMatchObject({ isIntact: true, clockDoubts: told });
    expect(clockDoubtText(told[0]!)).toContain('is dated 2 d before entry 1');
    await watched.close();
  });

  it('refuses an incident that was never opened and a key that is taken', async () => {
    await expect(store.append('zz', [note('x')])).rejects.toMatchObject({ exit: 6 });
    await store.append('a1', [opened('INC-2026-0001')]);
    await expect(store.append('b2', [opened('inc-2026-0001')])).rejects.toMatchObject({ exit: 6 });
    await expect(store.append('a1', [opened('INC-2026-0002')])).rejects.toMatchObject({ exit: 6 });
    expect((await store.verify()).entries).toBe(1);
  });

  it('numbers evidence by content and folds repeated findings', async () => {
    const saved = (findings: string[], files: [string, string][]) =>
      entry('timeline_saved', {
        findings: findings.map((id, index) => finding(id, index + 1)),
        files: files.map(([path, sha256]) => account(path, sha256)),
        argv: ['timeline', '.'],
      });
    await store.append('a1', [
      opened('INC-2026-0001'),
      saved(
        ['f1', 'f1'],
        [
          ['a.log', 'aa'],
          ['b.log', 'bb'],
          ['gone.log', ''],
        ],
      ),
      saved(
        ['f0', 'f2', 'f1'],
        [
          ['copy-of-a.log', 'aa'],
          ['b.log', 'bb'],
          ['c.log', 'cc'],
          ['other.log', ''],
        ],
      ),
    ]);
    const { sources, findings } = await store.load('a1');
    expect(sources.map(({ path, evidenceNo }) => `${evidenceNo} ${path}`)).toEqual([
      'E-001 a.log',
      'E-001 copy-of-a.log',
      'E-002 b.log',
      'E-003 c.log',
    ]);
    expect(findings.map(({ id, count }) => `${id} ${count}`)).toEqual(['f0 1', 'f2 2', 'f1 3']);
    expect(findings[0]?.evidence[0]?.raw).toContain('\ud800');
    expect(Object.keys(findings[0]?.event ?? {})).toContain('__proto__');
    expect((await store.verify()).staleProjections).toEqual([]);
  });
});

describe('keys and the current incident', () => {
  it('count per year and are found in any case', async () => {
    expect(await store.nextKey(2026)).toBe('INC-2026-0001');
    await store.append('a1', [opened('INC-2026-0009')]);
    await store.append('b2', [opened('INC-2025-0004')]);
    expect(await store.nextKey(2026)).toBe('INC-2026-0010');
    expect((await store.find('inc-2026-0009'))?.id).toBe('a1');
    expect((await store.find('b2'))?.key).toBe('INC-2025-0004');
    expect(await store.find('INC-2026-0001')).toBeUndefined();
    expect((await store.list()).map(({ key }) => key)).toEqual(['INC-2025-0004', 'INC-2026-0009']);
  });

  it('outlive the process', async () => {
    expect(await store.currentIncidentId()).toBeUndefined();
    await store.setCurrentIncidentId('a1');
    await store.setCurrentIncidentId('b2');
    await store.close();
    store = await openStore(folder, { create: false });
    expect(await store.currentIncidentId()).toBe('b2');
  });
});
