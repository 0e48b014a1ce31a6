/** What every store promises, whatever it is made of. */
import { createHash } from 'node:crypto';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { canonicalJson } from '../../src/incidents/canonical-json.ts';
import type { ClockDoubt, JournalEntry } from '../../src/incidents/incident.ts';
import { type IncidentStore, loadWhole } from '../../src/incidents/incident-store.ts';
import { GENESIS_HASH } from '../../src/incidents/journal-chain.ts';
import { clockDoubtText } from '../../src/incidents/journal-clock.ts';
import type { NewEntry } from '../../src/incidents/journal-entry.ts';
import { STORE_JOURNAL } from '../../src/incidents/store-journal.ts';
import { account, command, entry, finding, journalOf, note, opened } from './sample-entries.ts';
import { endServers, joined, type OpenedKind, STORE_KINDS } from './store-kinds.ts';

const sam = (by: NewEntry): NewEntry => ({ ...by, actor: 'sam' });
const strange = (text: string): NewEntry =>
  ({
    type: 'weather_observed',
    payload: { text },
    at: '2026-03-01T08:00:00.000Z',
    actor: 'alex',
  }) as never;

afterAll(endServers);

describe.each(Object.entries(STORE_KINDS))('a store in %s', (_name, open) => {
  let opening: OpenedKind[] = [];
  let store: IncidentStore;
  let told: ClockDoubt[] = [];

  const another = async (log?: Parameters<typeof open>[1]): Promise<OpenedKind> => {
    const one = await open(() => {}, log);
    opening.push(one);
    return one;
  };
  beforeEach(async () => {
    told = [];
    const first = await open((doubt) => told.push(doubt));
    opening = [first];
    ({ store } = first);
  });
  afterEach(() => Promise.all(opening.map(({ remove }) => remove())));

  const entryOf = async (incident: string, seq: number): Promise<JournalEntry> => {
    const found = (await store.journal(incident)).find((one) => one.seq === seq);
    expect(found).toBeDefined();
    return found!;
  };
  const idOf = async (incident: string, seq: number): Promise<string> =>
    (await entryOf(incident, seq)).hash;
  const corrected = (id: string, changes: { text: string; kind?: 'factor' }): NewEntry =>
    entry('item_corrected', { of: 'note', id, changes, reason: 'typo' });
  const withdrawn = (id: string): NewEntry =>
    entry('item_withdrawn', { of: 'note', id, reason: 'not ours' });
  const erased = (id: string): NewEntry =>
    entry('payload_erased', { entry: id, reason: 'asked for by the person' });

  describe('append', () => {
    it('makes a chain for each incident, under one head of the store', async () => {
      await store.append('a1', [opened('INC-2026-0001'), note('first look')]);
      await store.append('b2', [opened('INC-2026-0002')]);
      const before = await store.verify();
      const [last] = await store.append('a1', [note('second look')]);
      const detail = await loadWhole(store, 'a1');
      expect(detail.journal.map(({ seq, type }) => [seq, type])).toEqual([
        [1, 'actor_named'],
        [2, 'incident_opened'],
        [3, 'note_added'],
        [4, 'note_added'],
      ]);
      const links = detail.journal.map(({ prevHash }) => prevHash);
      expect(links).toEqual([GENESIS_HASH, ...detail.journal.slice(0, -1).map(({ hash }) => hash)]);
      expect((await entryOf('b2', 1)).prevHash).toBe(GENESIS_HASH);
      expect(detail.head).toBe(last?.hash);
      expect(detail.notes.map(({ seq, text, kind }) => ({ seq, text, kind }))).toEqual([
        { seq: 3, text: 'first look', kind: 'note' },
        { seq: 4, text: 'second look', kind: 'note' },
      ]);
      expect((await store.load('b2')).head).toBe(await idOf('b2', 2));
      const after = await store.verify();
      expect(after).toMatchObject({ isIntact: true, entries: 6, incidents: 2, problems: [] });
      expect(after.head).not.toBe(before.head);
      expect(await store.findHead(before.head.slice(0, 12))).toEqual({
        ...{ incident: 'INC-2026-0002', seq: 2, of: 'store' },
      });
      expect(await store.findHead(last!.hash.toUpperCase())).toEqual({
        ...{ incident: 'INC-2026-0001', seq: 4, of: 'entry' },
      });
      expect(await store.findHead('f'.repeat(64))).toBeUndefined();
    });

    it('shows nothing of an incident in the journal of another', async () => {
      await store.append('a1', [opened('INC-2026-0001'), note('x')]);
      await store.append('b2', [opened('INC-2026-0002'), note('x')]);
      const [a, b] = [await store.journal('a1'), await store.journal('b2')];
      const words = (journal: readonly JournalEntry[]): Set<string> =>
        new Set(JSON.stringify(journal).match(/[0-9a-f]{32,64}/g));
      // The id of the store that wrote both, and the zeros before the first entry.
      const shared = [...words(a)].filter((word) => words(b).has(word));
      expect(shared.sort()).toEqual([GENESIS_HASH, a[0]!.writer].sort());
      expect(a.map(({ actor }) => actor)).toEqual(b.map(({ actor }) => actor));
    });

    it('hashes 128 random bits with every payload: nothing short can be guessed back', async () => {
      await store.append('a1', [opened('INC-2026-0001'), note('yes'), note('yes')]);
      const journal = await store.journal('a1');
      expect(new Set(journal.map(({ payloadHash }) => payloadHash)).size).toBe(4);
      for (const { salt, payload, payloadHash } of journal) {
        expect(salt).toMatch(/^[0-9a-f]{32}$/);
        expect(payload).not.toHaveProperty('salt');
        const text = canonicalJson({ ...(payload as object), salt });
        expect(createHash('sha256').update(text).digest('hex')).toBe(payloadHash);
      }
    });

    it('writes nothing when it is refused, before the first entry or at a later one', async () => {
      await store.append('a1', [opened('INC-2026-0001')]);
      const refuse = (): never => {
        throw new Error('no');
      };
      await expect(store.append('a1', refuse)).rejects.toThrow('no');
      const bad = entry('note_added', { text: Number.NaN as unknown as string });
      await expect(store.append('a1', [note('x'), bad])).rejects.toThrow('NaN');
      expect(await store.journal('a1')).toHaveLength(2);
      expect(await store.notes('a1')).toHaveLength(0);
      expect((await store.verify()).isIntact).toBe(true);
    });

    it('shows who decides the state before', async () => {
      const seen: (string | undefined)[] = [];
      const opens = (key: string | undefined): NewEntry[] => {
        seen.push(key);
        return key === undefined ? [opened('INC-2026-0001')] : [note('x')];
      };
      await store.append('a1', (before) => opens(before?.incident.key));
      await store.append('a1', (before) => opens(before?.incident.key));
      expect(seen).toEqual([undefined, 'INC-2026-0001']);
    });

    it('lets many append at once, one after the other', async () => {
      await store.append('a1', [opened('INC-2026-0001')]);
      const seen: number[] = [];
      const counting = (before: { variables: object } | undefined): NewEntry[] => {
        const count = Object.keys(before!.variables).length;
        seen.push(count);
        return [entry('note_added', { text: 'x', variables: { [`v${count}`]: '1' } })];
      };
      await Promise.all(Array.from({ length: 8 }, () => store.append('a1', counting)));
      expect(seen).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
      expect((await store.verify()).isIntact).toBe(true);
    });

    it.each(['INC-2026-0001', 'INC-2026-0002'])(
      'adopts an incident of another store as it is, once and whole: %s',
      async (key) => {
        await store.append('a1', [opened('INC-2026-0001'), note('x')]);
        const theirs = journalOf([opened(key), note('theirs'), note('more')], 'b2');
        for (const broken of [theirs.slice(1), [...theirs].reverse(), []]) {
          await expect(store.adopt('b2', broken)).rejects.toMatchObject({ exit: 7 });
        }
        await expect(store.adopt('a1', theirs)).rejects.toMatchObject({ exit: 7 });
        await store.adopt('b2', theirs);
        await expect(store.adopt('b2', theirs)).rejects.toMatchObject({ exit: 6 });
        expect((await store.notes('b2')).map(({ text }) => text)).toEqual(['theirs', 'more']);
        await store.append('b2', [note('goes on')]);
        expect(await store.verify()).toMatchObject({ isIntact: true, incidents: 2, entries: 8 });
        expect(await store.currentIncidentId()).toBe('b2');
      },
    );

    it('refuses an incident that was never opened and a key that is taken', async () => {
      await expect(store.append('zz', [note('x')])).rejects.toMatchObject({ exit: 6 });
      await store.append('a1', [opened('INC-2026-0001')]);
      await expect(store.append('b2', [opened('inc-2026-0001')])).rejects.toMatchObject({
        exit: 6,
      });
      await expect(store.append('a1', [opened('INC-2026-0002')])).rejects.toMatchObject({
        exit: 6,
      });
      expect((await store.verify()).entries).toBe(2);
    });

    it('tells of entries whose times do not go together', async () => {
      const at = (time: string): NewEntry => entry('note_added', { text: time }, time);
      await store.append('a1', [opened('INC-2026-0001')]);
      await store.append('a1', [at('2026-02-27T08:00:00.000Z')]);
      await store.append('a1', [at('2026-02-27T07:59:55.000Z'), at('2026-02-28T08:00:00.000Z')]);
      await store.append('a1', [at('2036-02-28T08:00:00.000Z')]);
      const closing = entry('incident_closed', { reason: '' }, '2036-02-28T08:00:01.000Z');
      await store.append('a1', [closing]);
      await store.append('a1', [at('2037-02-28T08:00:00.000Z')]);
      expect(told.map(({ seq, kind }) => [seq, kind])).toEqual([
        [3, 'back'],
        [6, 'ahead'],
      ]);
      expect((await store.load('a1')).clockDoubts).toEqual(told);
      const said = told.map((doubt) => ({ ...doubt, incident: 'INC-2026-0001' }));
      expect(await store.verify()).toMatchObject({ isIntact: true, clockDoubts: said });
      expect(clockDoubtText(told[0]!)).toContain('is dated 2 d before entry 2');
    });
  });

  describe('what is taken back', () => {
    it('corrects and withdraws notes', async () => {
      await store.append('a1', [
        opened('INC-2026-0001'),
        entry('note_added', { text: 'wed01', variables: { host: 'web01' } }),
        note('nonsense'),
      ]);
      const [first, second] = [await idOf('a1', 3), await idOf('a1', 4)];
      await store.append('a1', [corrected(first, { text: 'web01', kind: 'factor' })]);
      expect((await store.load('a1')).variables).toEqual({ host: 'web01' });
      await store.append('a1', [withdrawn(second), withdrawn(first), withdrawn(GENESIS_HASH)]);
      expect(await store.notes('a1')).toMatchObject([
        {
          seq: 3,
          id: first,
          kind: 'factor',
          corrections: [{ text: 'web01' }],
          withdrawn: { seq: 7 },
        },
        { seq: 4, id: second, withdrawn: { reason: 'not ours' } },
      ]);
      expect(await store.note('a1', 4)).toMatchObject({ id: second, text: 'nonsense' });
      expect(await store.notes('a1', 1)).toMatchObject([{ id: second }]);
      expect(await store.countNotes('a1')).toBe(2);
      expect((await store.load('a1')).variables).toEqual({});
      expect((await store.verify()).isIntact).toBe(true);
    });

    it('erases a payload by an entry that says so, and the rows follow', async () => {
      await store.append('a1', [opened('INC-2026-0001'), note('her name is Kim'), note('kept')]);
      await store.append('b2', [opened('INC-2026-0002'), note('of another case')]);
      const personal = await idOf('a1', 3);
      for (const wrong of ['ab', await idOf('a1', 2), await idOf('b2', 3)]) {
        await expect(store.append('a1', [erased(wrong)])).rejects.toMatchObject({ exit: 6 });
      }
      await store.append('a1', [erased(personal)]);
      expect((await store.notes('a1')).map(({ text }) => text)).toEqual(['kept']);
      expect(await entryOf('a1', 3)).toMatchObject({ payload: undefined, salt: undefined });
      expect(await store.verify()).toMatchObject({ isIntact: true, entries: 8, erasedPayloads: 1 });
      await store.rebuild();
      expect(await store.verify()).toMatchObject({ isIntact: true, staleProjections: [] });
      await expect(store.append('a1', [erased(personal)])).rejects.toMatchObject({ exit: 6 });
    });

    it('puts what is left in place of a payload that goes, also where how the incident stands rests on it', async () => {
      const replaced = (hash: string, instead: object, again?: true): NewEntry =>
        entry('payload_erased', {
          entry: hash,
          reason: 'asked for',
          instead: { ...instead },
          again,
        });
      const first = { ...opened('INC-2026-0001').payload, title: 'Mailbox of Kim and Jo' };
      await store.append('a1', [
        { ...opened('INC-2026-0001'), payload: first } as NewEntry,
        note('Kim called Jo'),
      ]);
      const [opening, called] = [await idOf('a1', 2), await idOf('a1', 3)];
      await store.append('a1', [
        replaced(opening, { ...first, title: 'Mailbox of [erased] and Jo' }),
        replaced(called, { text: '[erased] called Jo', kind: 'note' }),
      ]);
      expect((await store.load('a1')).incident.title).toBe('Mailbox of [erased] and Jo');
      expect((await store.search('jo', { limit: 9 })).total).toBe(2);
      expect((await store.search('kim', { limit: 9 })).total).toBe(0);
      // What the first erasures kept names the next person: they go, others say anew what is gone.
      const [ofOpening, ofCall] = [await idOf('a1', 4), await idOf('a1', 5)];
      await expect(store.append('a1', [erased(ofOpening)])).rejects.toMatchObject({ exit: 6 });
      await store.append('a1', [
        replaced(opening, { ...first, title: 'Mailbox of [erased] and [erased]' }),
        erased(ofOpening),
        entry('payload_erased', { entry: called, reason: 'asked for', again: true }),
        erased(ofCall),
      ]);
      const whole = await loadWhole(store, 'a1');
      expect(whole.incident.title).toBe('Mailbox of [erased] and [erased]');
      expect(whole.notes).toEqual([]);
      expect(JSON.stringify(whole)).not.toMatch(/Kim|Jo/);
      await store.rebuild();
      expect(await store.verify()).toMatchObject({ isIntact: true, erasedPayloads: 4 });
      expect((await store.load('a1')).incident.title).toBe('Mailbox of [erased] and [erased]');
      expect((await store.search('jo', { limit: 9 })).total).toBe(0);
    });

    it('has a journal of its own for what belongs to no incident', async () => {
      const id = 'ab'.repeat(16);
      const hold = { id, title: 'Case 7', logs: ['/var/log/**'], reason: 'asked by counsel' };
      const holds = () => store.items(STORE_JOURNAL, 'holds');
      await store.append(STORE_JOURNAL, [entry('hold_set', hold)]);
      await expect(store.append(STORE_JOURNAL, [note('no')])).rejects.toMatchObject({ exit: 6 });
      await store.append(STORE_JOURNAL, [entry('hold_lifted', { hold: id, reason: 'settled' })]);
      expect(await holds()).toMatchObject([{ title: 'Case 7', lifted: { reason: 'settled' } }]);
      expect(await store.list()).toEqual([]);
      expect(await store.verify()).toMatchObject({ isIntact: true, entries: 3, incidents: 0 });
      await store.rebuild();
      expect(await holds()).toMatchObject([{ lifted: { actor: 'alex' } }]);
    });

    it('finds words in all incidents, and none that were erased', async () => {
      const found = async (words: string, incident?: string): Promise<string[]> => {
        const { places } = await store.search(words, { incident, limit: 10 });
        return places.map(({ incident: key, seq }) => `${key} ${seq}`);
      };
      await store.append('a1', [opened('INC-2026-0001'), note('Kowalski read orders at bastion')]);
      await store.append('b2', [opened('INC-2026-0002'), note('bastion again')]);
      expect(await found('BASTION')).toEqual(['INC-2026-0002 3', 'INC-2026-0001 3']);
      expect(await found('bastion', 'b2')).toEqual(['INC-2026-0002 3']);
      expect(await found('kowal*')).toEqual(['INC-2026-0001 3']);
      expect(await found('bastion unseen')).toEqual([]);
      const personal = (await store.journal('a1')).find(({ type }) => type === 'note_added')!;
      await store.append('a1', [erased(personal.hash)]);
      expect(await found('kowalski')).toEqual([]);
      expect(await found('bastion')).toEqual(['INC-2026-0002 3']);
      await store.rebuild();
      expect(await found('kowalski')).toEqual([]);
      expect(await found('bastion')).toEqual(['INC-2026-0002 3']);
    });

    it('finds a hash that is a value of its own, none that was erased', async () => {
      const sum = '0B'.repeat(32);
      const hash = { id: 'cd'.repeat(16), type: 'hash', value: sum.toLowerCase(), source: 'x' };
      const seen = entry('indicator_added', hash);
      await store.append('a1', [opened('INC-2026-0001'), seen]);
      await store.append('b2', [opened('INC-2026-0002'), seen]);
      const found = async (incident?: string): Promise<string[]> =>
        (await store.search(sum, { incident, limit: 10 })).places.map((one) => one.incident).sort();
      expect(await found()).toEqual(['INC-2026-0001', 'INC-2026-0002']);
      expect(await found('b2')).toEqual(['INC-2026-0002']);
      const [added] = await store.journal('b2', 'indicator_added');
      await store.append('b2', [erased(added!.hash)]);
      expect(await found()).toEqual(['INC-2026-0001']);
    });

    it('erases a name by an entry that says so: what the person did stays, nothing says who', async () => {
      await store.append('a1', [
        opened('INC-2026-0001'),
        sam(note('seen')),
        sam(entry('step_done', { stepId: 'look', phase: 'triage', note: '' })),
      ]);
      const named = (await store.journal('a1')).filter(({ type }) => type === 'actor_named');
      expect(named.map(({ payload, actor }) => [actor, payload])).toEqual([
        ['alex', { actor: named[0]!.actorId, name: 'alex' }],
        ['sam', { actor: named[1]!.actorId, name: 'sam' }],
      ]);
      await store.append('a1', [erased(named[1]!.hash)]);
      const whole = await loadWhole(store, 'a1');
      expect(JSON.stringify(whole)).not.toContain('sam');
      const stand = `erased-${named[1]!.actorId.slice(0, 8)}`;
      expect(whole).toMatchObject({ notes: [{ actor: stand }], steps: [{ actor: stand }] });
      expect((await store.verify()).isIntact).toBe(true);
      // The same name again is somebody else, as far as anyone can tell.
      await store.append('a1', [sam(note('again'))]);
      const [, again] = await store.notes('a1');
      expect(again).toMatchObject({ actor: 'sam', text: 'again' });
      expect((await store.journal('a1')).at(-1)?.actorId).not.toBe(named[1]!.actorId);
      expect((await store.verify()).isIntact).toBe(true);
    });
  });

  describe('what it shows', () => {
    it('pairs start and end of a run by its id, also where two of a step overlap', async () => {
      const [slow, quick, lost] = ['a', 'b', 'c'].map((digit) => digit.repeat(32)) as [
        string,
        string,
        string,
      ];
      const [startSlow, endSlow] = command(slow, ['sleep', '9'], 0) as [NewEntry, NewEntry];
      const [startQuick, endQuick] = command(quick, ['true'], 1) as [NewEntry, NewEntry];
      await store.append('a1', [opened('INC-2026-0001'), startSlow, startQuick]);
      await store.append('a1', [endQuick, ...command(lost, ['cut'], undefined)]);
      await store.append('a1', [endSlow]);
      const { commandRuns } = await store.load('a1');
      expect(
        commandRuns.map(({ id, seq, role, argv, exitCode }) => ({ id, seq, role, argv, exitCode })),
      ).toEqual([
        { id: slow, seq: 3, role: 'run', argv: ['sleep', '9'], exitCode: 0 },
        { id: quick, seq: 4, role: 'run', argv: ['true'], exitCode: 1 },
        { id: lost, seq: 6, role: 'run', argv: ['cut'], exitCode: undefined },
      ]);
      expect((await store.verify()).isIntact).toBe(true);
    });

    it('numbers evidence by content and folds repeated findings', async () => {
      const saved = (findings: string[], files: [string, string][]) =>
        entry('timeline_saved', {
          findings: findings.map((id, index) => finding(id, index + 1)),
          files: files.map(([path, sha256]) => account(path, sha256)),
          argv: ['timeline', '.'],
        });
      const first: [string, string][] = [
        ['a.log', 'aa'],
        ['b.log', 'bb'],
        ['gone.log', ''],
      ];
      const second: [string, string][] = [
        ...([
          ['copy-of-a.log', 'aa'],
          ['b.log', 'bb'],
          ['c.log', 'cc'],
          ['other.log', ''],
        ] as const),
      ].map(([path, sha256]) => [path, sha256]);
      await store.append('a1', [opened('INC-2026-0001'), saved(['f1', 'f1'], first)]);
      await store.append('a1', [saved(['f0', 'f2', 'f1'], second)]);
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

    it('keeps, checks and counts entries of a kind that it does not know', async () => {
      await store.append('a1', [
        opened('INC-2026-0001'),
        strange('rain'),
        note('wet'),
        strange('sun'),
      ]);
      const whole = await loadWhole(store, 'a1');
      expect(whole.unknownKinds).toEqual({ weather_observed: 2 });
      expect(whole.journal[2]).toMatchObject({
        type: 'weather_observed',
        payload: { text: 'rain' },
      });
      expect(whole.notes).toMatchObject([{ text: 'wet' }]);
      const result = await store.verify();
      expect(result).toMatchObject({ isIntact: true, unknownKinds: { weather_observed: 2 } });
      await store.rebuild();
      expect(await loadWhole(store, 'a1')).toEqual(whole);
      const unknown = await idOf('a1', 3);
      await expect(store.append('a1', [erased(unknown)])).rejects.toMatchObject({ exit: 6 });
    });

    it('counts keys per year and finds them in any case', async () => {
      expect(await store.nextKey(2026)).toBe('INC-2026-0001');
      await store.append('a1', [opened('INC-2026-0009')]);
      await store.append('b2', [opened('INC-2025-0004')]);
      expect(await store.nextKey(2026)).toBe('INC-2026-0010');
      expect((await store.find('inc-2026-0009'))?.id).toBe('a1');
      expect((await store.find('b2'))?.key).toBe('INC-2025-0004');
      expect(await store.find('INC-2026-0001')).toBeUndefined();
      expect((await store.list()).map(({ key }) => key)).toEqual([
        'INC-2025-0004',
        'INC-2026-0009',
      ]);
      await expect(store.load('zz')).rejects.toMatchObject({ exit: 6 });
    });

    it('remembers the current incident', async () => {
      expect(await store.currentIncidentId()).toBeUndefined();
      await store.append('a1', [opened('INC-2026-0001')]);
      await store.append('b2', [opened('INC-2026-0002')]);
      expect(await store.currentIncidentId()).toBe('b2');
      await store.setCurrentIncidentId('a1');
      expect(await store.currentIncidentId()).toBe('a1');
    });
  });

  it('what two stores wrote apart is one incident when it is brought together', async () => {
    const [here] = opening as [OpenedKind];
    await store.append('a1', [opened('INC-2026-0001'), note('before we parted')]);
    const there = await another(joined([], await here.log()));
    expect((await there.store.verify()).isIntact).toBe(true);
    const shared = await idOf('a1', 3);
    await store.append('a1', [
      note('here'),
      entry('step_done', { stepId: 'one', phase: 'triage', note: '' }),
    ]);
    await there.store.append('a1', [sam(corrected(shared, { text: 'when we parted' }))]);
    await there.store.append('a1', [sam(note('there'))]);
    await there.store.append('c3', [sam(opened('INC-2026-0002'))]);
    await store.append('b2', [opened('INC-2026-0002')]);

    const hereLog = joined(await here.log(), await there.log());
    const both = [
      await another(hereLog),
      await another(joined(await there.log(), await here.log())),
    ];
    const [mine, yours] = await Promise.all(both.map((one) => loadWhole(one.store, 'a1')));
    expect(mine).toEqual(yours);
    expect(new Set(mine!.journal.map(({ writer }) => writer)).size).toBe(2);
    expect(mine!.notes.map(({ text }) => text).sort()).toEqual([
      'before we parted',
      'here',
      'there',
    ]);
    expect(mine!.notes[0]).toMatchObject({
      id: shared,
      corrections: [{ text: 'when we parted', actor: 'sam' }],
    });
    for (const { store: one } of both) {
      expect(await one.verify()).toMatchObject({ isIntact: true, incidents: 3, problems: [] });
      expect((await one.list()).map(({ key }) => key)).toEqual([
        'INC-2026-0001',
        'INC-2026-0002',
        'INC-2026-0002',
      ]);
      const highest = Math.max(...mine!.journal.map(({ seq }) => seq));
      const [next] = await one.append('a1', [note('together')]);
      expect(next!.seq).toBeGreaterThan(highest);
      expect((await one.verify()).isIntact).toBe(true);
    }
  });
});
