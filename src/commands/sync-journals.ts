/** The journal of one incident in two stores: what each lacks, and bringing it over. */
import type { IncidentStore } from '../incidents/incident-store.ts';
import { planJoin, type Renumbered } from '../incidents/join-journals.ts';
import { saidOnBoth } from '../incidents/same-case.ts';
import type { CommandContext } from './context.ts';

/** What the two have of an incident. */
export interface JournalGap {
  /** Entries that are missing here. */
  taken: number;
  /** Entries that are missing there. */
  given: number;
  /** Both went on apart. */
  joined: boolean;
  /** Numbers such as E-002 that both gave, and what they are from now on. */
  moved: readonly Renumbered[];
  /** What both said while they were apart. */
  both: readonly string[];
}

/** Reads only. @throws IrError (exit 7) where they do not go together */
export async function compareJournals(
  _context: CommandContext,
  own: IncidentStore,
  other: IncidentStore,
  id: string,
): Promise<JournalGap> {
  const [here, there] = [await own.entries(id), await other.entries(id)];
  if (there.length === 0) return { ...NOTHING, given: here.length };
  const { missing, joined } = planJoin(id, here, there);
  const known = new Set(there.map(({ hash }) => hash));
  const alone = here.filter(({ hash }) => !known.has(hash));
  return {
    ...{ taken: missing.length, given: alone.length, joined: joined !== undefined },
    moved: joined?.numbers?.filter(({ was }) => was !== undefined) ?? [],
    both: saidOnBoth(alone, missing),
  };
}

const NOTHING: JournalGap = { taken: 0, given: 0, joined: false, moved: [], both: [] };

/** Takes in what is there, then gives what is here, with what says that they were joined. */
export async function takeEntries(
  context: CommandContext,
  own: IncidentStore,
  other: IncidentStore,
  id: string,
  { oneWay, reason = '' }: { oneWay?: boolean | undefined; reason?: string | undefined },
): Promise<JournalGap> {
  const gap = await compareJournals(context, own, other, id);
  const by = { at: context.now().toISOString(), actor: context.settings.actor, reason };
  const theirs = await other.entries(id);
  if (theirs.length > 0) await own.merge(id, theirs, by);
  if (oneWay !== true) await other.merge(id, await own.entries(id), by);
  return gap;
}
