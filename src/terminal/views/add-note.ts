import type { NoteResult } from '../../commands/add-note.ts';
import { showInstant, wrapAfter, wrapLines } from '../layout.ts';
import type { Style } from '../style.ts';
import type { View } from '../view.ts';
import { withNulls } from '../with-nulls.ts';

/** How `ir note` is shown. */
export const view: View<NoteResult> = {
  text(result, style) {
    const text = result.isWithdrawal ? [] : wrapLines(result.text, style.width - 2);
    const lines = text.map((line) => `  ${line}`);
    return `${[wrapAfter('', headline(result, style), style.width, 0), ...lines].join('\n')}\n`;
  },
  json: withNulls,
};

function headline(
  { key, seq, kind, happenedAt, note, isWithdrawal }: NoteResult,
  style: Style,
): string {
  if (isWithdrawal) return `Note ${note} of ${key} is withdrawn, by entry ${seq}.`;
  const facts = [
    ...(kind === 'note' ? [] : [kind]),
    ...(happenedAt === undefined ? [] : [`happened ${showInstant(happenedAt, style.offsetAt)}`]),
  ].join(', ');
  const about = facts === '' ? '' : ` (${facts})`;
  return note === undefined
    ? `Noted in ${key} as entry ${seq}${about}:`
    : `Note ${note} of ${key} is corrected, by entry ${seq}${about}:`;
}
