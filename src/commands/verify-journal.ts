/** `ir verify`: checks the journal's hash chain and everything made from it, the evidence, and what lies elsewhere. */
import { usageError } from '../errors.ts';
import type { IncidentStore, KnownHead, VerifyResult } from '../incidents/incident-store.ts';
import { clockDoubtText } from '../incidents/journal-clock.ts';
import type { CommandContext } from './context.ts';
import { withStore } from './incident-access.ts';
import type { BagCheck, EvidenceCheck } from './verify-evidence.ts';

/** What can have changed. */
export type Part = 'journal' | 'tables' | 'store' | 'evidence' | 'export';

/** What `ir verify` found. */
export interface VerifyJournalResult extends VerifyResult {
  folder: string;
  /** What of it is not as it was. */
  changed: readonly Part[];
  /** Each of `clockDoubts` in a sentence. */
  doubtfulTimes: readonly string[];
  /** The head that was given to compare with, and what it stands for in this store; undefined when none was given. */
  witness: { head: string; known: KnownHead | undefined } | undefined;
  /** What was found of the evidence of all incidents; undefined where it was not looked at. */
  evidence: EvidenceCheck | undefined;
  /** What was found of the bag that was named; undefined where none was. */
  bag: BagCheck | undefined;
}

/** The options of `ir verify`. */
export interface VerifyOptions {
  /** A head printed earlier, at least its first 8 hex digits. */
  head?: string | undefined;
  /** Make the tables anew from the journal first. */
  rebuild?: boolean | undefined;
  /** A bag of this store. */
  bag?: string | undefined;
  /** Certificates that a time stamp in the bag must lead to. */
  tsa?: string | undefined;
  /** False: the journal alone. */
  evidence?: boolean | undefined;
}

/** Entries that were cut off the end leave a chain that holds; only a head or a bag kept elsewhere shows the loss. */
export async function verifyJournal(
  context: CommandContext,
  options: VerifyOptions,
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
    const known =
      head === undefined || result.entries === 0 ? undefined : await store.findHead(head);
    const witness = head === undefined ? undefined : { head, known };
    const evidence =
      options.evidence === false ? undefined : await evidenceOf(context, store, result);
    const bag = options.bag === undefined ? undefined : await bagOf(context, store, options);
    const changed = partsOf(result, witness, evidence, bag);
    return {
      ...{ folder: store.name, doubtfulTimes, ...result },
      ...{ isIntact: changed.length === 0, changed, witness, evidence, bag },
    };
  });
}

async function bagOf(
  context: CommandContext,
  store: IncidentStore,
  { bag, tsa }: VerifyOptions,
): Promise<BagCheck> {
  const { checkBagBesideStore } = await import('./verify-evidence.ts');
  return checkBagBesideStore(context, store, bag!, tsa);
}

/** Tables that are gone say nothing of evidence. */
async function evidenceOf(
  context: CommandContext,
  store: IncidentStore,
  { isIntact }: VerifyResult,
): Promise<EvidenceCheck | undefined> {
  const { checkAllEvidence } = await import('./verify-evidence.ts');
  try {
    return await checkAllEvidence(context, store);
  } catch (error) {
    if (isIntact || context.signal.aborted) throw error;
    return undefined;
  }
}

function partsOf(
  { problems, staleProjections, storeProblems }: VerifyResult,
  witness: VerifyJournalResult['witness'],
  evidence: EvidenceCheck | undefined,
  bag: BagCheck | undefined,
): Part[] {
  const isCut = witness !== undefined && witness.known === undefined;
  const isBehind = bag !== undefined && bag.missing.length > 0;
  const found: readonly (readonly [Part, boolean])[] = [
    ['journal', problems.length > 0 || isCut || isBehind],
    ['tables', staleProjections.length > 0],
    ['store', storeProblems.length > 0],
    ['evidence', evidence?.isIntact === false],
    ['export', (bag?.problems.length ?? 0) > 0],
  ];
  return found.flatMap(([part, isChanged]) => (isChanged ? [part] : []));
}
