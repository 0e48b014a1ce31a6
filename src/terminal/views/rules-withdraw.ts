/** The rules that were taken out of use. */
import type { RuleWithdrawResult } from '../../commands/rules-withdraw.ts';
import { neutraliseLine } from '../neutralise.ts';
import type { View } from '../view.ts';

/** How `ir rules withdraw` is shown. */
export const view: View<RuleWithdrawResult> = {
  text({ file, kept, rules, filters, counting, isWritten }) {
    const all = [...rules, ...filters].map((title) => `"${neutraliseLine(title)}"`).join(', ');
    const lines = [
      `${isWritten ? 'Out of use' : 'It would be out of use'}: ${all || neutraliseLine(file)}.`,
      ...(counting.length > 0
        ? [`Nothing to count any more: ${counting.map(neutraliseLine).join('; ')}.`]
        : []),
      `${isWritten ? 'Kept as' : 'To be kept as'} ${neutraliseLine(kept)}; its old name brings it back.`,
    ];
    return `${lines.join('\n')}\n`;
  },
};
