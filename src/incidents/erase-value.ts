/** Takes a value out of what the journal says: which entries hold it, and what is left of each. Pure. */
import type { JournalEntry } from './incident.ts';
import type { EntryPayloads } from './journal-entry.ts';

/** What stands in place of an erased value. */
export const ERASED = '[erased]';

/** Checks whether a payload has the shape of its kind. */
export type FitsKind = (type: string, payload: unknown) => boolean;

/** What erases a value from an incident, and entries of which nothing can be left although they must stay. */
export interface ErasePlan {
  erasures: readonly EntryPayloads['payload_erased'][];
  /** Entries that hold it, by number. */
  seqs: readonly number[];
  stuck: readonly JournalEntry[];
}

/** Finds a value in text, whatever its case. */
export function valueFinder(value: string): {
  holds(text: string): boolean;
  without(text: string): string;
} {
  const pattern = new RegExp(value.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'), 'giu');
  return {
    holds: (text) => text.search(pattern) !== -1,
    without: (text) => text.replace(pattern, ERASED),
  };
}

/**
 * What must be appended so that no entry holds the value any more.
 * @param entries of one incident, in the order of their numbers
 * @param stays kinds whose payload the way the incident stands rests on
 */
export function planErasure(
  entries: readonly JournalEntry[],
  value: string,
  reason: string,
  stays: (type: string) => boolean,
  fits: FitsKind,
): ErasePlan {
  const finder = valueFinder(value);
  const erasures = new Map<string, EntryPayloads['payload_erased']>();
  const stuck: JournalEntry[] = [];
  const seqs: number[] = [];
  const byHash = new Map(entries.map((entry) => [entry.hash, entry]));
  for (const entry of entries) {
    const { payload, type, hash, salt } = entry;
    // Without salt it is what another entry keeps in its place, and goes with that one.
    if (payload === undefined || salt === undefined || !holds(payload, finder)) continue;
    seqs.push(entry.seq);
    if (type === 'payload_erased') {
      const { entry: named } = payload as EntryPayloads['payload_erased'];
      const kept = byHash.get(named)?.payload;
      erasures.set(hash, { entry: hash, reason });
      if (!erasures.has(named)) {
        erasures.set(
          named,
          kept === undefined
            ? { entry: named, reason, again: true }
            : { entry: named, reason, instead: cleaned(kept, finder) as Record<string, unknown> },
        );
      }
      continue;
    }
    const instead = cleaned(payload, finder) as Record<string, unknown>;
    if (type !== 'actor_named' && fits(type, instead))
      erasures.set(hash, { entry: hash, reason, instead });
    else if (stays(type)) stuck.push(entry);
    else erasures.set(hash, { entry: hash, reason });
  }
  return { erasures: [...erasures.values()], seqs, stuck };
}

type Finder = ReturnType<typeof valueFinder>;

function holds(value: unknown, finder: Finder): boolean {
  if (typeof value === 'string') return finder.holds(value);
  if (typeof value === 'number') return finder.holds(String(value));
  if (Array.isArray(value)) return value.some((one) => holds(one, finder));
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(([name, one]) => finder.holds(name) || holds(one, finder));
}

function cleaned(value: unknown, finder: Finder): unknown {
  if (typeof value === 'string') return finder.without(value);
  if (typeof value === 'number') return finder.holds(String(value)) ? 0 : value;
  if (Array.isArray(value)) return value.map((one) => cleaned(one, finder));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [finder.without(name), cleaned(one, finder)]),
  );
}
