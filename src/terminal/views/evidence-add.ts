import type { EvidenceAddResult } from '../../commands/evidence-add.ts';
import { plural } from '../../events/words.ts';
import { evidenceLine } from '../evidence-text.ts';
import { headLines } from '../incident-text.ts';
import { shorten, wrap } from '../layout.ts';
import type { Style } from '../style.ts';
import type { View } from '../view.ts';
import { withNulls } from '../with-nulls.ts';

const MOST_ROWS = 40;

/** How `ir evidence add` is shown. */
export const view: View<EvidenceAddResult> = {
  text(result, style) {
    const { incident, added, known, failed, leftOut, head } = result;
    const row = (text: string): string => `  ${shorten(text, style.width - 2, style)}`;
    return `${[
      ...wrap(
        `${plural(added.length, 'piece', 'pieces')} of evidence added to ${incident}.`,
        style.width,
      ),
      ...cut(
        added.map((item) => `  ${evidenceLine(item, style)}`),
        style,
      ),
      ...added.flatMap(({ evidenceNo, remarks = [] }) =>
        remarks.flatMap((remark) => wrap(`${evidenceNo}: ${remark}`, style.width)),
      ),
      ...cut(
        known.map(({ path, evidenceNo }) =>
          row(`${path}: the same content as ${evidenceNo}, kept once`),
        ),
        style,
      ),
      ...cut(
        leftOut.map(({ path, reason, isFailure }) =>
          row(`${path}: ${isFailure ? 'NOT added' : 'left out'}, ${reason}`),
        ),
        style,
      ),
      ...cut(
        failed.map(({ path, reason }) => row(`${path}: NOT added, ${reason}`)),
        style,
      ),
      ...headLines(head, style, 'Chain head  '),
    ].join('\n')}\n`;
  },
  json: withNulls,
};

const cut = (rows: readonly string[], { isTerminal }: Style): readonly string[] =>
  isTerminal && rows.length > MOST_ROWS
    ? [...rows.slice(0, MOST_ROWS), `  and ${rows.length - MOST_ROWS} more (--json has all)`]
    : rows;
