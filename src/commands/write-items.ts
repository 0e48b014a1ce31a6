/** What commands on collections share: a decision inside `append`, and a receipt. */
import type { Author } from '../incidents/incident-rules.ts';
import type { IncidentDetail } from '../incidents/incident-store.ts';
import type { NewEntry } from '../incidents/journal-entry.ts';
import type { CommandContext } from './context.ts';
import { assertFound, authorOf, withIncident } from './incident-access.ts';
import type { ReceiptResult } from './table-result.ts';

/** What is said of what was written. */
export interface Said {
  lines: ReceiptResult['lines'];
  next?: ReceiptResult['next'];
  /** Members of the JSON document beside `incident` and `head`. */
  document: object;
}

/**
 * Writes entries and says what they did.
 * @param entriesFor called with the incident as it stands; may throw to refuse
 */
export function writeItems(
  context: CommandContext,
  entriesFor: (detail: IncidentDetail, author: Author) => readonly NewEntry[],
  say: (detail: IncidentDetail, seqs: readonly number[]) => Said,
): Promise<ReceiptResult> {
  return withIncident(context, async (store, { id }) => {
    const author = authorOf(context);
    const written = await store.append(id, (state) => entriesFor(assertFound(state), author));
    const detail = await store.load(id);
    const {
      lines,
      next = [],
      document,
    } = say(
      detail,
      written.map(({ seq }) => seq),
    );
    const { key } = detail.incident;
    return { lines, next, document: { incident: key, ...document, head: detail.head } };
  });
}

/** An entry of this moment. */
export const entryBy = <T extends NewEntry['type']>(
  { actor, now }: Author,
  type: T,
  payload: Extract<NewEntry, { type: T }>['payload'],
): NewEntry => ({ type, payload, at: now.toISOString(), actor }) as NewEntry;
