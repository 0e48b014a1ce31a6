/**
 * A store that keeps everything in memory: the proof that what the domain asks of a store can be had without a
 * database. It passes the same contract as the real one, and another database will have to.
 */
import { randomBytes } from 'node:crypto';
import { EXIT, IrError, refusedError } from '../../src/errors.ts';
import {
  assertErasable,
  type Ends,
  type LoggedEntry,
  planAppend,
} from '../../src/incidents/append-entries.ts';
import type { ClockDoubt, Incident } from '../../src/incidents/incident.ts';
import {
  detailOf,
  type IncidentDetail,
  type IncidentStore,
  type JournalProblem,
  type KnownHead,
  type VerifyResult,
} from '../../src/incidents/incident-store.ts';
import { planJoin } from '../../src/incidents/join-journals.ts';
import {
  GENESIS_HASH,
  headAfter,
  parseEntry,
  withInstead,
} from '../../src/incidents/journal-chain.ts';
import { type EntryPayloads, kindOf } from '../../src/incidents/journal-entry.ts';
import { replay } from '../../src/incidents/projection.ts';
import type { IncidentState } from '../../src/incidents/projections.ts';
import { searchTexts } from '../../src/incidents/search-texts.ts';
import { STORE_JOURNAL } from '../../src/incidents/store-journal.ts';
import {
  assertWhole,
  createChainCheck,
  createLogCheck,
  differences,
} from '../../src/incidents/verify-journal.ts';

const randomId = (): string => randomBytes(16).toString('hex');

/** @param log entries that it begins with, such as those that two stores wrote */
export function createMemoryStore(
  onClockDoubt: (doubt: ClockDoubt) => void = () => {},
  log: LoggedEntry[] = [],
): IncidentStore {
  const writer = randomId();
  const states = new Map<string, IncidentState>();
  let current: string | undefined;

  const entriesOf = (id: string): LoggedEntry[] => [
    ...withInstead(
      log
        .filter(({ incident }) => incident === id)
        .sort((a, b) => a.seq - b.seq || (a.writer < b.writer ? -1 : 1)),
    ),
  ];
  const insteadText = (id: string, hash: string): string | undefined =>
    entriesOf(id).find((entry) => entry.hash === hash)?.insteadText;
  const ids = (): string[] => [...new Set(log.map(({ incident }) => incident))].sort();
  const refresh = (id: string): void => {
    states.set(id, replay(entriesOf(id)));
  };
  const incidents = (): Incident[] =>
    [...states.values()]
      .flatMap(({ incident }) => incident ?? [])
      .sort((a, b) => (a.key < b.key ? -1 : 1));
  const keyOf = (id: string): string => states.get(id)?.incident?.key ?? id;
  const unknownKinds = (id: string): Record<string, number> => {
    const counts: Record<string, number> = {};
    for (const { type } of entriesOf(id)) {
      if (kindOf(type) === undefined) counts[type] = (counts[type] ?? 0) + 1;
    }
    return counts;
  };
  const detail = (id: string): IncidentDetail | undefined => {
    const state = states.get(id);
    const { incident } = state ?? {};
    if (state === undefined || incident === undefined) return undefined;
    return detailOf({ ...state, incident }, unknownKinds(id), entriesOf(id).at(-1)!.hash);
  };
  const ends = (id: string): Ends => {
    const own = entriesOf(id).filter((entry) => entry.writer === writer);
    const { number = 0, storeHead = GENESIS_HASH } = log.at(-1) ?? {};
    return { writer, hash: own.at(-1)?.hash ?? GENESIS_HASH, number, storeHead };
  };
  const check = (): Pick<VerifyResult, 'head' | 'problems' | 'entries' | 'erasedPayloads'> => {
    const logCheck = createLogCheck();
    for (const entry of log) logCheck.see(entry);
    const problems: JournalProblem[] = [];
    let erasedPayloads = 0;
    for (const id of ids()) {
      const chains = createChainCheck();
      for (const entry of entriesOf(id)) chains.see(entry);
      const result = chains.result();
      erasedPayloads += result.erasedPayloads;
      if (result.problem !== undefined) problems.push({ incident: keyOf(id), ...result.problem });
    }
    const { head, broken } = logCheck.result();
    if (broken !== undefined) problems.push({ incident: '', seq: broken, reason: 'the log' });
    return { head, problems, entries: log.length, erasedPayloads };
  };
  for (const id of ids()) refresh(id);

  return {
    folder: '/nowhere',
    version: () => Promise.resolve(log.length),
    name: '/nowhere',
    async append(id, decision) {
      const entries = typeof decision === 'function' ? decision(detail(id)) : decision;
      // A state of its own: when something refuses, nothing has changed.
      const plan = planAppend(id, entries, replay(entriesOf(id)), ends(id), randomId);
      for (const { change, entry } of plan.steps) {
        const key = change.incident?.key.toUpperCase();
        if (entry.type !== 'incident_opened') continue;
        if (incidents().some((incident) => incident.key.toUpperCase() === key)) {
          throw refusedError(`the key ${key} was taken in the meantime`);
        }
      }
      const all = [...log, ...plan.steps.map(({ entry }) => entry)];
      const gone = plan.erasures.map((erasure) => {
        const named = all.find(({ hash }) => hash === erasure.entry);
        assertErasable(named, id, erasure, plan.erasures);
        return named!;
      });
      log.push(...plan.steps.map(({ entry }) => entry));
      if (plan.steps.some(({ entry }) => entry.type === 'incident_opened')) current = id;
      for (const entry of gone) entry.payloadText = undefined;
      for (const doubt of plan.doubts) onClockDoubt(doubt);
      refresh(id);
      return plan.appended;
    },
    async adopt(id, entries) {
      assertWhole(id, entries);
      if (entriesOf(id).length > 0) throw refusedError(`this store has the incident ${id} already`);
      for (const entry of entries) {
        const { number = 0, storeHead = GENESIS_HASH } = log.at(-1) ?? {};
        log.push({ ...entry, number: number + 1, storeHead: headAfter(storeHead, entry.hash) });
      }
      refresh(id);
      current = id;
    },
    async merge(id, entries, { reason, ...author }) {
      const { missing, erased, joined } = planJoin(id, entriesOf(id), entries);
      for (const entry of missing) {
        const { number = 0, storeHead = GENESIS_HASH } = log.at(-1) ?? {};
        log.push({ ...entry, number: number + 1, storeHead: headAfter(storeHead, entry.hash) });
      }
      for (const { hash } of erased)
        log.find((entry) => entry.hash === hash)!.payloadText = undefined;
      refresh(id);
      current ??= id;
      if (joined !== undefined)
        await this.append(id, [
          { type: 'chains_joined', payload: { ...joined, reason }, ...author },
        ]);
      return {
        ...{ taken: missing.length, erased: erased.length, isJoined: joined !== undefined },
        moved: joined?.numbers?.filter(({ was }) => was !== undefined) ?? [],
      };
    },
    entries: async (id) => entriesOf(id),
    async findHead(start) {
      const found: KnownHead[] = log.flatMap(
        ({ incident, seq, hash, storeHead, type, payloadText }) => {
          const at = (of: KnownHead['of'], which = seq) => ({
            incident: keyOf(incident),
            seq: which,
            of,
          });
          const before =
            type === 'journal_converted'
              ? (JSON.parse(payloadText!) as EntryPayloads['journal_converted']).entries
              : [];
          return [
            ...(hash.startsWith(start.toLowerCase()) ? [at('entry')] : []),
            ...(storeHead.startsWith(start.toLowerCase()) ? [at('store')] : []),
            ...before
              .filter((entry) => entry.hash.startsWith(start.toLowerCase()))
              .map((entry) => at('converted', entry.seq)),
          ];
        },
      );
      return found.length === 1 ? found[0] : undefined;
    },
    find: async (keyOrId) =>
      incidents().find(({ id, key }) => id === keyOrId || key === keyOrId.toUpperCase()),
    list: async () => incidents(),
    async load(id) {
      const found = detail(id);
      if (found === undefined) throw refusedError(`there is no incident ${id} in this store`);
      return found;
    },
    async notes(id, latest) {
      const notes = [...(states.get(id)?.notes.values() ?? [])].sort((a, b) => a.seq - b.seq);
      return latest === undefined ? notes : notes.slice(-latest);
    },
    note: async (id, seq) =>
      [...(states.get(id)?.notes.values() ?? [])].find((note) => note.seq === seq),
    items: async (id, name) =>
      [...(states.get(id)?.[name].values() ?? [])].sort((a, b) => a.seq - b.seq) as never,
    async search(words, { incident, limit }) {
      const places = [...log].reverse().flatMap((entry) => {
        const { incident: id, seq, at, type, hash } = entry;
        const { payloadText = insteadText(id, hash) } = entry;
        if (payloadText === undefined || (incident ?? id) !== id) return [];
        const wanted = words.toLowerCase().replaceAll('*', '').split(/\s+/);
        const isHash = /^[0-9a-f]{32}(?:[0-9a-f]{32})?$/.test(wanted.join(' '));
        if (isHash && payloadText.includes(`"${wanted[0]}"`))
          return [{ incident: keyOf(id), seq, at, type, text: wanted.join(' ') }];
        return searchTexts(type, JSON.parse(payloadText))
          .filter((text) => wanted.every((word) => text.toLowerCase().includes(word)))
          .map((text) => ({ incident: keyOf(id), seq, at, type, text }));
      });
      return { places: places.slice(0, limit), total: places.length };
    },
    actionsInPlace: async () =>
      incidents().flatMap(({ id, key }) =>
        [...(states.get(id)?.actions.values() ?? [])]
          .filter(({ state, risk }) => risk !== 'read' && !['undone', 'expired'].includes(state))
          .map((action) => ({ incident: key, action })),
      ),
    countNotes: async (id) => states.get(id)?.notes.size ?? 0,
    journal: async (id, type) =>
      entriesOf(id)
        .filter((entry) => type === undefined || entry.type === type)
        .map((entry) => parseEntry(entry, states.get(id)?.actors ?? new Map())),
    async nextKey(year) {
      const prefix = `INC-${year}-`;
      const numbers = incidents()
        .filter(({ key }) => key.startsWith(prefix))
        .map(({ key }) => Number(key.slice(prefix.length)));
      return `${prefix}${String(Math.max(0, ...numbers) + 1).padStart(4, '0')}`;
    },
    currentIncidentId: async () => current,
    async setCurrentIncidentId(id) {
      current = id;
    },
    async verify() {
      const journal = check();
      const stale = ids().flatMap((id) => differences(id, replay(entriesOf(id)), states.get(id)!));
      const kinds = ids().flatMap((id) => Object.entries(unknownKinds(id)));
      const holds = journal.problems.length === 0;
      return {
        isIntact: holds && stale.length === 0,
        ...journal,
        incidents: ids().filter((id) => id !== STORE_JOURNAL).length,
        staleProjections: stale,
        storeProblems: [],
        canRebuild: holds,
        unknownKinds: Object.fromEntries(kinds),
        clockDoubts: ids().flatMap((id) =>
          [...states.get(id)!.clockDoubts.values()].map((doubt) => ({
            ...doubt,
            incident: keyOf(id),
          })),
        ),
      };
    },
    async rebuild() {
      const [problem] = check().problems;
      if (problem !== undefined) throw new IrError(problem.reason, { exit: EXIT.integrity });
      for (const id of ids()) refresh(id);
    },
    scrub: async () => {},
    close: async () => {},
  };
}
