/** The journal in words: a summary line per entry. */
import type { Names, StartedRun } from './entry-kind.ts';
import type { Instant, JournalEntry } from './incident.ts';
import { type EntryPayloads, kindOf } from './journal-entry.ts';

/** An entry as people read it. */
export interface ToldEntry {
  seq: number;
  at: Instant;
  actor: string;
  text: string;
  /** Of the command that it is about; absent for the others. */
  argv?: readonly string[];
  /** A later entry took its place, or took it back. */
  isStruck: boolean;
}

/**
 * One line per entry that is news, oldest first. A command's start is told only when its end is not known.
 * @param stepTitles titles of the playbook's steps by id
 */
export function tellJournal(
  journal: readonly JournalEntry[],
  stepTitles: ReadonlyMap<string, string>,
): ToldEntry[] {
  const names = namesIn(journal, stepTitles);
  const struck = struckEntries(journal);
  return journal.flatMap((entry) => {
    const { seq, at, actor, type, payload, hash } = entry;
    const kind = kindOf(type);
    const told =
      payload === undefined
        ? { text: `Entry ${seq} (${type}): its content was erased; its hash remains.` }
        : kind === undefined
          ? { text: `Entry ${seq} is of a kind that this version does not know: ${type}.` }
          : kind.tell(payload, names);
    return told === undefined ? [] : [{ seq, at, actor, ...told, isStruck: struck.has(hash) }];
  });
}

function namesIn(journal: readonly JournalEntry[], stepTitles: ReadonlyMap<string, string>): Names {
  const numbers = new Map(journal.map(({ hash, seq }) => [hash, seq]));
  const runs = new Map<string, StartedRun>();
  for (const entry of journal) {
    const started = payloadOf(entry, 'command_started');
    if (started !== undefined) runs.set(started.run, { ...started, isFinished: false });
    const id = payloadOf(entry, 'command_finished')?.run ?? '';
    const run = runs.get(id);
    if (run !== undefined) runs.set(id, { ...run, isFinished: true });
  }
  return {
    step(id) {
      const title = stepTitles.get(id);
      return title === undefined ? `step ${id}` : `"${title}"`;
    },
    entry: (hash) => `Entry ${numbers.get(hash) ?? hash.slice(0, 12)}`,
    run: (id) => runs.get(id),
  };
}

/** The payload of an entry of that kind; undefined for other kinds and where it was erased. */
export const payloadOf = <T extends keyof EntryPayloads>(
  { type, payload }: JournalEntry,
  kind: T,
): EntryPayloads[T] | undefined =>
  type === kind && payload !== undefined ? (payload as EntryPayloads[T]) : undefined;

/** Hashes of notes, and of corrections of notes, that a later entry took the place of or took back. */
function struckEntries(journal: readonly JournalEntry[]): ReadonlySet<string> {
  const struck = new Set<string>();
  const wordings = new Map<string, string[]>();
  for (const entry of journal) {
    const correction = payloadOf(entry, 'item_corrected');
    const item = correction ?? payloadOf(entry, 'item_withdrawn');
    if (item?.of !== 'note') continue;
    const earlier = wordings.get(item.id) ?? [item.id];
    for (const wording of earlier) struck.add(wording);
    wordings.set(item.id, correction === undefined ? earlier : [...earlier, entry.hash]);
  }
  return struck;
}
