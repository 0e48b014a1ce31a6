import type { NoteResult } from '../../commands/add-note.ts';
import { wrapLines } from '../layout.ts';
import type { View } from '../view.ts';
import { withNulls } from '../with-nulls.ts';

export const view: View<NoteResult> = {
  text: ({ key, seq, kind, text }, style) =>
    `${[`Noted in ${key} as entry ${seq}${kind === 'note' ? '' : ` (${kind})`}:`, ...wrapLines(text, style.width - 2).map((line) => `  ${line}`)].join('\n')}\n`,
  json: withNulls,
};
