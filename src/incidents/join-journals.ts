/**
 * What it takes to bring the journals of one incident together that two stores wrote apart. Pure: every store does what this says.
 */
import { EXIT, IrError } from '../errors.ts';
import { type StoredEntry, withInstead } from './journal-chain.ts';
import type { EntryPayloads } from './journal-entry.ts';
import { replay } from './projection.ts';
import type { IncidentState } from './projections.ts';
import { assertWhole } from './verify-journal.ts';

/** A number that is another one once both are together. */
export type Renumbered = NonNullable<EntryPayloads['chains_joined']['numbers']>[number];

/** What a store has to do. */
export interface JoinPlan {
  /** Entries that are not here, in the order of their numbers. */
  missing: readonly StoredEntry[];
  /** Entries that are here with a payload, and were erased there. */
  erased: readonly StoredEntry[];
  /** What `chains_joined` has to say; undefined where one of the two knows all that the other does. */
  joined: Omit<EntryPayloads['chains_joined'], 'reason'> | undefined;
}

/**
 * Compares what is here of an incident with what is there.
 * @throws IrError (exit 7) where their chains do not hold, or a store that was copied was gone on with in both copies
 */
export function planJoin(
  incident: string,
  own: readonly StoredEntry[],
  theirs: readonly StoredEntry[],
): JoinPlan {
  assertWhole(incident, theirs);
  assertNoFork(own, theirs);
  const here = new Map(own.map((entry) => [entry.hash, entry]));
  const there = new Map(theirs.map((entry) => [entry.hash, entry]));
  const isGone = (entry: StoredEntry): boolean =>
    [here, there].some((side) => {
      const known = side.get(entry.hash);
      return known !== undefined && known.payloadText === undefined;
    });
  const missing = theirs.filter(({ hash }) => !here.has(hash));
  const all = inOrder([...own, ...missing]).map((entry) =>
    isGone(entry) ? { ...entry, payloadText: undefined, insteadText: undefined } : entry,
  );
  assertWhole(incident, all);
  const isForked = missing.length > 0 && own.some(({ hash }) => !there.has(hash));
  const erased = own.filter((entry) => entry.payloadText !== undefined && isGone(entry));
  const numbers = isForked ? renumbered(own, theirs, all) : [];
  return {
    ...{ missing, erased },
    joined: isForked
      ? { chains: chainsOf(missing), ...(numbers.length > 0 && { numbers }) }
      : undefined,
  };
}

const inOrder = (entries: readonly StoredEntry[]): StoredEntry[] =>
  [...entries].sort((a, b) => a.seq - b.seq || (a.writer < b.writer ? -1 : 1));

/** One writer has one chain: two entries in one place of it are of two copies of one store. */
function assertNoFork(own: readonly StoredEntry[], theirs: readonly StoredEntry[]): void {
  const place = ({ writer, prevHash }: StoredEntry): string => `${writer} ${prevHash}`;
  const known = new Map(own.map((entry) => [place(entry), entry]));
  for (const entry of theirs) {
    const other = known.get(place(entry));
    if (other === undefined || other.hash === entry.hash) continue;
    throw new IrError(
      `entry ${entry.seq} of incident ${entry.incident} is another one there: both were written as store ${entry.writer.slice(0, 8)}, of which one is a copy`,
      {
        exit: EXIT.integrity,
        hint: 'Nothing was taken. Keep both as they are; what one of them has besides can be brought over with: ir evidence export --case, ir note.',
      },
    );
  }
}

function chainsOf(missing: readonly StoredEntry[]): EntryPayloads['chains_joined']['chains'] {
  const chains = new Map<string, { writer: string; entries: number; head: string }>();
  for (const { writer, hash } of missing) {
    const entries = (chains.get(writer)?.entries ?? 0) + 1;
    chains.set(writer, { writer, entries, head: hash });
  }
  return [...chains.values()];
}

/** Ids (of evidence: the hash of its content) and the numbers by which people call them. */
function numbersOf({ sources, evidence, actions }: IncidentState): Map<string, string> {
  const numbered = [...sources.values(), ...evidence.values()];
  return new Map([
    ...numbered.map(({ sha256, evidenceNo }) => [sha256, evidenceNo] as const),
    ...[...actions.values()].map(({ id, no }) => [id, no] as const),
  ]);
}

/**
 * E-004 of a report must not become something else: the numbers that the store gave stay in which the incident was opened, and
 * what has the same number in the other gets the next that is free. The same comes out wherever the two are brought together.
 */
function renumbered(
  own: readonly StoredEntry[],
  theirs: readonly StoredEntry[],
  all: readonly StoredEntry[],
): Renumbered[] {
  const sides = [own, theirs].map((entries) => ({
    numbers: numbersOf(replay(withInstead(entries))),
    rank: rankOf(entries, entries === own ? theirs : own),
  }));
  const [first, second] = sides.sort((a, b) => (a.rank < b.rank ? -1 : 1)) as [
    (typeof sides)[0],
    (typeof sides)[0],
  ];
  const wanted = new Map(first.numbers);
  const taken = new Set(wanted.values());
  const moved = new Map<string, string>();
  for (const [id, number] of second.numbers) {
    const known = wanted.get(id);
    if (known === undefined) {
      const free = taken.has(number) ? nextFree(number, taken, second.numbers.values()) : number;
      taken.add(free);
      wanted.set(id, free);
    }
    if (wanted.get(id) !== number) moved.set(id, number);
  }
  const unmended = numbersOf(replay(withInstead(all)));
  return [...wanted].flatMap(([id, number]) => {
    const was = moved.get(id);
    if (was === undefined && unmended.get(id) === number) return [];
    return [{ id, number, ...(was !== undefined && { was }) }];
  });
}

/** Behind the highest that either has. */
function nextFree(number: string, taken: ReadonlySet<string>, others: Iterable<string>): string {
  const letter = number.slice(0, 2);
  const same = [...taken, ...others].filter((one) => one.startsWith(letter));
  const highest = Math.max(...same.map((one) => Number(one.slice(2)) || 0));
  return `${letter}${String(highest + 1).padStart(3, '0')}`;
}

/** The side on which the opener wrote on comes first; else what the ids of the writers say. */
function rankOf(entries: readonly StoredEntry[], others: readonly StoredEntry[]): string {
  const known = new Set(others.map(({ hash }) => hash));
  const opener = entries.find(({ type }) => type === 'incident_opened')?.writer;
  const writers = entries.filter(({ hash }) => !known.has(hash)).map(({ writer }) => writer);
  return `${writers.includes(opener ?? '') ? 0 : 1} ${writers.sort()[0] ?? ''}`;
}
