import type { CustodyResult } from '../../commands/evidence-custody.ts';
import { headLines } from '../incident-text.ts';
import { wrap } from '../layout.ts';
import type { View } from '../view.ts';
import { withNulls } from '../with-nulls.ts';

/** How `ir evidence seal`, `transfer` and `receive` are shown. */
export const view: View<CustodyResult> = {
  text({ incident, item, event, from, to, signature, head }, style) {
    const number = item.evidenceNo;
    const mark = signature === undefined ? 'not signed' : `signed by ${signature.key}`;
    const lines: Partial<Record<CustodyResult['event'], readonly string[]>> = {
      sealed: [`${number} of ${incident} is sealed, ${mark}.`],
      transferred: [
        `${number} of ${incident} is handed from ${from} to ${to}, ${mark}. It stays open until it is received.`,
        `${to} runs: ir evidence receive ${number}`,
        `or signs the receipt: ir evidence receive ${number} --print`,
      ],
      received: [
        `${number} of ${incident} went from ${from} to ${to}; the receipt is ${mark}.`,
        ...(signature === undefined ? ['Nothing but the name of the account vouches for it.'] : []),
      ],
    };
    const said = (lines[event] ?? []).flatMap((line) => wrap(line, style.width));
    return `${[...said, ...headLines(head, style, 'Chain head  ')].join('\n')}\n`;
  },
  json: withNulls,
};
