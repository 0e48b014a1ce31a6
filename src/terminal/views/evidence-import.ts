import type { ImportResult } from '../../commands/evidence-import.ts';
import { plural } from '../../events/words.ts';
import { evidenceLine } from '../evidence-text.ts';
import { headLines } from '../incident-text.ts';
import { shorten, wrap } from '../layout.ts';
import type { View } from '../view.ts';
import { withNulls } from '../with-nulls.ts';

const MOST_ROWS = 40;

/** How `ir evidence import` is shown. */
export const view: View<ImportResult> = {
  text(result, style) {
    const { incident, path, added, known, failed, signedBy, entries, head, isKnown } = result;
    const journal =
      entries === 0
        ? ''
        : ` with ${plural(entries, isKnown ? 'new entry' : 'entry', isKnown ? 'new entries' : 'entries')} of its journal`;
    const mark = signedBy === undefined ? 'NOT signed' : `signed by ${signedBy}`;
    const rows = [
      ...added.map((item) => evidenceLine(item, style)),
      ...known.map(({ path: file, evidenceNo }) => `${file}: the same content as ${evidenceNo}`),
      ...failed.map(({ path: file, reason }) => `${file}: NOT taken, ${reason}`),
    ];
    return `${[
      ...wrap(
        isKnown && entries === 0
          ? `This store has all of ${incident} that ${path} holds (${mark}).`
          : `${plural(added.length, 'piece', 'pieces')} of evidence taken into ${incident}${journal}, from ${path} (${mark}).`,
        style.width,
      ),
      ...rows.slice(0, MOST_ROWS).map((row) => `  ${shorten(row, style.width - 2, style)}`),
      ...(rows.length > MOST_ROWS
        ? [`  and ${rows.length - MOST_ROWS} more (--json has all)`]
        : []),
      ...headLines(head, style, 'Chain head  '),
    ].join('\n')}\n`;
  },
  json: withNulls,
};
