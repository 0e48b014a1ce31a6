/** `ir evidence verify` reads what is kept once more and enters that it did; `ir evidence withdraw` takes an item back. */
import { refusedError, usageError } from '../errors.ts';
import { type CheckedItem, checkItems } from '../evidence/check-evidence.ts';
import type { EvidenceItem } from '../incidents/evidence.ts';
import type { NewEntry } from '../incidents/journal-entry.ts';
import type { CommandContext } from './context.ts';
import { findEvidence, findOne } from './evidence-find.ts';
import { assertFound, authorOf, withIncident } from './incident-access.ts';

/** What `ir evidence verify` found. */
export interface EvidenceVerifyResult {
  /** Key of the incident. */
  incident: string;
  isIntact: boolean;
  checked: readonly CheckedItem[];
}

/** What `ir evidence withdraw` did. */
export interface EvidenceWithdrawResult {
  incident: string;
  item: EvidenceItem;
  reason: string;
  head: string;
}

/** Reads the items (all that count, where none is named) and enters for those that are the same that they were verified. */
export const verifyEvidence = (
  context: CommandContext,
  words: readonly string[],
): Promise<EvidenceVerifyResult> =>
  withIncident(context, async (store, { id, key }) => {
    const detail = await store.load(id);
    const items = findEvidence(detail, words);
    context.progress(`Reading ${items.length} pieces of evidence`);
    const checked = await checkItems(store.folder, items, detail.custody, context);
    context.progress('');
    const { actor, now } = authorOf(context);
    const at = now.toISOString();
    const entries = checked
      .filter(({ state }) => state === 'same')
      .map(({ item: { id: evidence, sha256 } }): NewEntry => {
        const event = { id: context.randomId(), evidence, event: 'verified' as const };
        const payload = { ...event, at, purpose: '', sha256 };
        return { type: 'custody_recorded', payload, at, actor };
      });
    if (entries.length > 0) await store.append(id, entries);
    return { incident: key, isIntact: entries.length === checked.length, checked };
  });

/** From then on the item no longer counts; its content stays. */
export const withdrawEvidence = (
  context: CommandContext,
  word: string,
  options: { reason?: string | undefined },
): Promise<EvidenceWithdrawResult> => {
  const reason = options.reason?.trim() ?? '';
  if (reason === '') throw usageError('withdrawing needs --reason', 'Say why it no longer counts.');
  return withIncident(context, async (store, { id, key }) => {
    const { actor, now } = authorOf(context);
    let item: EvidenceItem | undefined;
    await store.append(id, (before) => {
      item = findOne(assertFound(before), word);
      if (item.withdrawn !== undefined) {
        throw refusedError(`${item.evidenceNo} was withdrawn before: ${item.withdrawn.reason}`);
      }
      const payload = { of: 'evidence' as const, id: item.id, reason };
      return [{ type: 'item_withdrawn', payload, at: now.toISOString(), actor }];
    });
    return { incident: key, item: item!, reason, head: (await store.load(id)).head };
  });
};
