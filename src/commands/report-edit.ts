/** `ir report --edit`: what people write for the report, in their editor, kept in the journal of the incident. */
import { refusedError } from '../errors.ts';
import { loadWhole } from '../incidents/incident-store.ts';
import type { Section } from '../reports/report-model.ts';
import { partsText, readParts } from '../reports/writer-parts.ts';
import type { CommandContext, Edited } from './context.ts';
import { reportModel } from './gather-report.ts';
import { authorOf, withIncident } from './incident-access.ts';
import { writtenIn } from './report-journal.ts';
import type { ReceiptResult } from './table-result.ts';

/** Characters of one part. */
const MOST = 100_000;

/** Opens the writer's parts and keeps what was changed of them; what cannot be kept stays in the file, which is said. */
export async function editReport(context: CommandContext): Promise<ReceiptResult> {
  let edited: Edited | undefined;
  try {
    const result = await withIncident(context, async (store, { id, key, title }) => {
      const before = await loadWhole(store, id);
      const model = await reportModel(context, store, before, context.settings.actor);
      edited = await context.ask.edit({
        message: 'what should the report say?',
        flag: 'ir report --edit on a terminal',
        initial: partsText(`${key}: ${title}`, model.written, model.questions),
      });
      const parts = changedParts(edited.text, model.written);
      if (Object.keys(parts).length === 0)
        return receipt(key, 'Nothing was changed in the report of', []);
      const now = writtenIn((await loadWhole(store, id)).journal);
      const lost = Object.keys(parts).find(
        (name) => (now[name] ?? '') !== model.written[name as Section],
      );
      if (lost !== undefined)
        throw refusedError(
          `the part "${lost}" was changed by somebody else meanwhile`,
          'Open it again and put yours to theirs.',
        );
      const author = authorOf(context);
      const at = author.now.toISOString();
      await store.append(id, [
        { type: 'report_parts_written', payload: { parts }, at, actor: author.actor },
      ]);
      return receipt(key, 'Kept for the report of', Object.keys(parts));
    });
    edited?.discard();
    return result;
  } catch (error) {
    if (edited !== undefined) context.say(`The text is kept in ${edited.path}`);
    throw error;
  }
}

/** The parts that say something else now. @throws IrError (exit 6) */
function changedParts(
  text: string,
  written: Readonly<Record<Section, string>>,
): Record<string, string> {
  const read = readParts(text);
  if ('problem' in read) throw refusedError(`nothing was kept: ${read.problem}`);
  const parts = Object.entries(read.parts).filter(
    ([name, part]) => part !== written[name as Section],
  );
  for (const [name, part] of parts)
    if (part.length > MOST)
      throw refusedError(`the part "${name}" has ${part.length} characters, at most ${MOST}`);
  return Object.fromEntries(parts);
}

const receipt = (incident: string, text: string, parts: readonly string[]): ReceiptResult => ({
  lines: [[`${text} ${incident}${parts.length === 0 ? '' : `: ${parts.join(', ')}`}.`]],
  next: [{ command: 'ir report', shows: 'the report with them' }],
  document: { incident, parts },
});
