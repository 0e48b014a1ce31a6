/** `ir search WORDS`: what was entered, in all incidents. */
import { usageError } from '../errors.ts';
import type { CommandContext } from './context.ts';
import { findIncident, withStore } from './incident-access.ts';
import type { TableResult } from './table-result.ts';

const USUAL = 50;

/** Finds the entries that hold all these words, the newest first. */
export async function search(
  context: CommandContext,
  words: string,
  { limit, current = false }: { limit?: string; current?: boolean },
): Promise<TableResult> {
  if (words.trim() === '') throw usageError('nothing to look for', 'Write: ir search WORDS');
  const most = limit === undefined ? USUAL : Number(limit);
  if (!Number.isInteger(most) || most < 1 || most > 10_000)
    throw usageError(`--limit: "${limit}" is no number from 1 to 10000`);
  return withStore(context, async ({ store }) => {
    const one =
      current || context.settings.incident !== undefined
        ? await findIncident(context, store)
        : undefined;
    const { places, total } = await store.search(words, { incident: one?.id, limit: most });
    const where = one === undefined ? 'any incident' : one.key;
    return {
      title:
        total === 0
          ? `"${words}" is in no entry of ${where}.`
          : `"${words}": ${total} ${total === 1 ? 'place' : 'places'}`,
      heads: ['Incident', 'Entry', 'At', 'Kind', 'Text'],
      rows: places.map(({ incident, seq, at, type, text }) => [
        incident,
        seq,
        { at },
        type.replaceAll('_', ' '),
        text.replace(/\s+/g, ' '),
      ]),
      notes:
        total > places.length ? [`The newest ${places.length} are shown; --limit gives more.`] : [],
      next: [],
      documents: places,
      about: { words, total },
    };
  });
}
