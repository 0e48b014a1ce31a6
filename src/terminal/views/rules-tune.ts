/** The exception that was written for a rule. */
import type { RuleTuneResult } from '../../commands/rules-change.ts';
import { neutraliseLine } from '../neutralise.ts';
import type { View } from '../view.ts';

/** How `ir rules tune` is shown. */
export const view: View<RuleTuneResult> = {
  text({ rule, narrowed, alsoCounted, ignored, file, text, isWritten }, { paint }) {
    const what = ignored.map(({ field, value }) => `${field}=${value}`).join(' and ');
    const lines = [
      `${isWritten ? 'From now on' : 'It would be so that'} "${neutraliseLine(rule)}" leaves out events with ${neutraliseLine(what)}.`,
      ...(narrowed.length > 1
        ? [`It counts ${narrowed.length} rules, which are all narrowed.`]
        : []),
      ...(alsoCounted.length > 0
        ? [`So do others that count the same: ${alsoCounted.map(neutraliseLine).join('; ')}.`]
        : []),
      `${isWritten ? 'Written to' : 'To be written to'} ${neutraliseLine(file)}:`,
      ...text
        .trimEnd()
        .split('\n')
        .map((line) => paint.dim(`  ${neutraliseLine(line)}`)),
    ];
    return `${lines.join('\n')}\n`;
  },
};
