/** What every store promises of incidents that another one wrote on as well. */
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type IncidentStore, loadWhole } from '../../src/incidents/incident-store.ts';
import type { NewEntry } from '../../src/incidents/journal-entry.ts';
import { AT, account, entry, note, opened } from './sample-entries.ts';
import { endServers, type OpenedKind, STORE_KINDS } from './store-kinds.ts';

const BY = { at: '2026-03-02T09:00:00.000Z', actor: 'alex', reason: 'night shift' };
const sam = (by: NewEntry): NewEntry => ({ ...by, actor: 'sam' });
const saved = (...hashes: string[]): NewEntry =>
  entry('timeline_saved', {
    findings: [],
    files: hashes.map((hash) => account(`${hash}.log`, hash.repeat(32))),
    argv: ['timeline'],
  });
const planned = (id: string): NewEntry =>
  entry('action_proposed', {
    ...{ id: id.repeat(16), name: 'block-address', risk: 'change', host: 'fw01', target: id },
    ...{ values: {}, reason: '' },
  });

afterAll(endServers);

describe.each(Object.entries(STORE_KINDS))('a store in %s', (_name, open) => {
  let opening: OpenedKind[] = [];
  let here: IncidentStore;
  let there: IncidentStore;

  const another = async (): Promise<IncidentStore> => {
    const one = await open();
    opening.push(one);
    return one.store;
  };
  const bring = async (from: IncidentStore, to: IncidentStore, id = 'a1') =>
    to.merge(id, await from.entries(id), BY);
  const numbers = async (store: IncidentStore) => {
    const { sources, actions = [] } = await store.load('a1');
    return [
      ...sources.map(({ path, evidenceNo }) => `${evidenceNo} ${path}`),
      ...actions.map(({ no, target }) => `${no} ${target}`),
    ];
  };
  beforeEach(async () => {
    here = await another();
    there = await another();
    await here.append('a1', [opened('INC-2026-0001'), note('before we parted'), saved('aa')]);
    await bring(here, there);
  });
  afterEach(async () => {
    await Promise.all(opening.map(({ remove }) => remove()));
    opening = [];
  });

  it('keeps both chains, says once that they were joined, and gives the same on both sides', async () => {
    expect(await there.currentIncidentId()).toBe('a1');
    await here.append('a1', [note('here')]);
    await there.append('a1', [sam(note('there')), sam(note('there again'))]);
    expect(await bring(there, here)).toEqual({ taken: 3, erased: 0, isJoined: true, moved: [] });
    // Who knows all that the other does takes it without an entry.
    expect(await bring(here, there)).toEqual({ taken: 2, erased: 0, isJoined: false, moved: [] });
    for (const [from, to] of [
      [here, there],
      [there, here],
    ] as const) {
      expect(await bring(from, to)).toEqual({ taken: 0, erased: 0, isJoined: false, moved: [] });
      expect(await to.verify()).toMatchObject({ isIntact: true, problems: [], entries: 9 });
    }
    const [mine, yours] = [await loadWhole(here, 'a1'), await loadWhole(there, 'a1')];
    expect(mine).toEqual(yours);
    expect(mine.journal.at(-1)).toMatchObject({
      ...{ type: 'chains_joined', actor: 'alex' },
      payload: { reason: 'night shift', chains: [{ entries: 3 }] },
    });
    expect(new Set(mine.journal.map(({ writer }) => writer)).size).toBe(2);
    expect((await here.search('there', { limit: 9 })).total).toBe(2);
    await there.append('a1', [note('goes on')]);
    expect(await bring(there, here)).toMatchObject({ taken: 1, isJoined: false });
    for (const one of [here, there]) {
      await one.rebuild();
      expect((await one.verify()).isIntact).toBe(true);
    }
  });

  it('doubts no times of entries that were written apart, only those of one writer', async () => {
    const at = (time: string): NewEntry => entry('note_added', { text: time }, time);
    await there.append('a1', [sam(at('2026-03-03T08:00:00.000Z'))]);
    await here.append('a1', [at('2026-03-01T10:00:00.000Z'), at('2026-03-01T11:00:00.000Z')]);
    await there.append('a1', [sam(at('2026-03-03T09:00:00.000Z')), sam(at(AT))]);
    await here.append('a1', [at('2026-03-01T12:00:00.000Z')]);
    await bring(there, here);
    const { clockDoubts } = await here.load('a1');
    expect(clockDoubts.map(({ at: time, kind }) => [time, kind])).toEqual([[AT, 'back']]);
    expect((await here.verify()).isIntact).toBe(true);
  });

  it.each(['here', 'there'])(
    'leaves the numbers of the store in which it was opened, brought together %s',
    async (where) => {
      await there.append('a1', [sam(saved('b1')), sam(saved('cc')), sam(planned('c1'))]);
      await here.append('a1', [note('later'), note('later'), saved('d1', 'cc'), planned('d2')]);
      const [from, to] = where === 'here' ? [there, here] : [here, there];
      const { moved, isJoined } = await bring(from, to);
      expect(isJoined).toBe(true);
      expect(moved.map(({ was, number }) => `${was} ${number}`).sort()).toEqual([
        'A-001 A-002',
        'E-002 E-004',
      ]);
      await bring(to, from);
      const together = [
        ...['E-001 aa.log', 'E-002 d1.log', 'E-003 cc.log', 'E-004 b1.log'],
        ...['A-001 d2', 'A-002 c1'],
      ];
      for (const one of [here, there]) expect((await numbers(one)).sort()).toEqual(together.sort());
      await from.append('a1', [saved('ee'), planned('e1')]);
      await bring(from, to);
      await to.rebuild();
      expect(await to.verify()).toMatchObject({ isIntact: true, staleProjections: [] });
      expect((await numbers(to)).sort()).toEqual([...together, 'E-005 ee.log', 'A-003 e1'].sort());
      expect((await to.journal('a1')).some(({ type }) => type === 'chains_joined')).toBe(true);
    },
  );

  it('erases on both sides what was erased on one', async () => {
    const journal = await here.journal('a1');
    const named = journal.find(({ type }) => type === 'note_added')!.hash;
    await here.append('a1', [
      entry('payload_erased', {
        ...{ entry: named, reason: 'asked for' },
        instead: { text: 'before we [erased]', kind: 'note' },
      }),
    ]);
    await there.append('a1', [sam(note('meanwhile'))]);
    expect(await bring(here, there)).toMatchObject({ taken: 1, erased: 1 });
    // What is there no more does not come back from where it still was.
    expect(await bring(there, here)).toMatchObject({ erased: 0 });
    for (const one of [here, there]) {
      expect(JSON.stringify(await loadWhole(one, 'a1'))).not.toContain('parted');
      expect((await one.search('parted', { limit: 9 })).total).toBe(0);
      expect((await one.search('before', { limit: 9 })).total).toBe(1);
      expect(await one.verify()).toMatchObject({ isIntact: true, erasedPayloads: 1 });
    }
  });

  it('refuses chains that do not hold, and a store that went on in two copies', async () => {
    await there.append('a1', [sam(note('one')), sam(note('two'))]);
    const entries = await there.entries('a1');
    const before = await here.verify();
    const changed = entries.map((one, index) =>
      index === 3 ? { ...one, payloadText: one.payloadText!.replace('aa', 'ab') } : one,
    );
    const cut = entries.filter((_, index) => index !== entries.length - 2);
    const others = await here.entries('a1');
    await here.append('a1', [note('in this copy')]);
    const copy = await another();
    await copy.merge('a1', others, BY);
    for (const wrong of [changed, cut, []]) {
      await expect(here.merge('a1', wrong, BY)).rejects.toMatchObject({ exit: 7 });
    }
    const [last] = await here.append('a1', [note('x')]);
    const own = await here.entries('a1');
    const forged = [
      ...own.slice(0, -2),
      { ...own.at(-1)!, seq: own.at(-2)!.seq, prevHash: own.at(-2)!.prevHash },
    ];
    await expect(here.merge('a1', forged, BY)).rejects.toMatchObject({ exit: 7 });
    expect((await here.load('a1')).head).toBe(last!.hash);
    expect((await here.verify()).entries).toBe(before.entries + 2);
  });
});

it('tells a copy from the store that it was copied of', async () => {
  const { planJoin } = await import('../../src/incidents/join-journals.ts');
  const { journalOf } = await import('./sample-entries.ts');
  const one = journalOf([opened('INC-2026-0001'), note('the same'), note('in one copy')]);
  const other = journalOf([opened('INC-2026-0001'), note('the same'), note('in the other')]);
  expect(() => planJoin('a1', one, other)).toThrow(/of which one is a copy/);
  expect(planJoin('a1', one.slice(0, -1), one)).toMatchObject({ joined: undefined });
});
