/** What there is to practise on. */
import type { DrillListResult } from '../../commands/list-drills.ts';
import { wrapLines } from '../layout.ts';
import type { View } from '../view.ts';

/** How `ir drill list` is shown. */
export const view: View<DrillListResult> = {
  text({ drills }, { paint, width }) {
    const indented = (text: string): string =>
      wrapLines(text, width - 2)
        .map((line) => `  ${line}\n`)
        .join('');
    const parts = drills.map(
      ({ name, title, summary, files }) =>
        `${paint.bold(name)}  ${title}\n${indented(summary)}${indented(`Logs: ${files.join(' ')}`)}\n`,
    );
    return `${parts.join('')}Write one:\n  ir drill logs NAME --output FOLDER\n`;
  },
};
