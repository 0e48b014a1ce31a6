import type { EvidenceWithdrawResult } from '../../commands/evidence-verify.ts';
import { headLines } from '../incident-text.ts';
import { wrap } from '../layout.ts';
import type { View } from '../view.ts';
import { withNulls } from '../with-nulls.ts';

/** How `ir evidence withdraw` is shown. */
export const view: View<EvidenceWithdrawResult> = {
  text({ incident, item, reason, head }, style) {
    const text = `${item.evidenceNo} of ${incident} (${item.title}) is withdrawn, because: ${reason}`;
    return `${[...wrap(text, style.width), ...headLines(head, style, 'Chain head  ')].join('\n')}\n`;
  },
  json: withNulls,
};
