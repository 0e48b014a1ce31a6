/** `ir verify`: checks the journal's hash chain and everything made from it. */
import { usageError } from '../errors.ts';
import type { KnownHead, VerifyResult } from '../incidents/incident-store.ts';
import { clockDoubtText } from '../incidents/journal-clock.ts';
import type { CommandContext } from './context.ts';
import { withStore } from './incident-access.ts';

/** What `ir verify` found. */
export interface VerifyJournalResult extends VerifyResult {
  folder: string;
  /** Each of `clockDoubts` in a sentence. */
  doubtfulTimes: readonly string[];
  /** The head that was given to compare with, and what it stands for in this store; undefined when none was given. */
  witness: { head: string; known: KnownHead | undefined } | undefined;
}

/**
 * Entries that were cut off the end leave a chain that holds; only a head noted elsewhere shows the loss.
 * @param options.rebuild make the tables anew from the journal first
 * @param options.head a head printed earlier, at least its first 8 hex digits
 */
export async function verifyJournal(
  context: CommandContext,
  options: { head?: string | undefined; rebuild?: boolean | undefined },
): Promise<VerifyJournalResult> {
  const head = options.head?.trim().toLowerCase();
  if (head !== undefined && !/^[0-9a-f]{8,64}$/.test(head)) {
    throw usageError(
      `--head: "${options.head}" is not a hash`,
      'Give 8 to 64 hex digits of a head.',
    );
  }
  return withStore(context, async ({ store }) => {
    const asItIs = await store.verify();
    // Tables made from a journal that does not hold would hide the damage.
    const isRebuilt = options.rebuild === true && asItIs.canRebuild;
    if (isRebuilt) await store.rebuild();
    const result = isRebuilt ? await store.verify() : asItIs;
    const doubtfulTimes = result.clockDoubts.map(
      (doubt) => `${doubt.incident}: ${clockDoubtText(doubt)}`,
    );
    const known = { folder: store.folder, doubtfulTimes, ...result };
    if (head === undefined) return { ...known, witness: undefined };
    const found = result.entries === 0 ? undefined : await store.findHead(head);
    const isIntact = result.isIntact && found !== undefined;
    return { ...known, isIntact, witness: { head, known: found } };
  });
}
