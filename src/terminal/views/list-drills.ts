/** What there is to practise on. */
import type { DrillListResult } from '../../commands/list-drills.ts';
import { wrapLines } from '../layout.ts';
import { neutraliseLine } from '../neutralise.ts';
import type { View } from '../view.ts';

/** How `ir drill list` is shown. */
export const view: View<DrillListResult> = {
  text({ drills }, { paint, width }) {
    const indented = (text: string): string =>
      wrapLines(text, width - 2)
        .map((line) => `  ${line}\n`)
        .join('');
    const parts = drills.map(({ name, title, summary, files, exercise }) =>
      [
        `${paint.bold(name)}  ${neutraliseLine(title)}\n`,
        indented(neutraliseLine(summary)),
        files.length === 0 ? '' : indented(`Logs: ${files.join(' ')}`),
        exercise === undefined
          ? ''
          : indented(
              `Exercise: ${exercise.minutes} minutes, told something ${exercise.injects} times, ${exercise.questions} questions for a group`,
            ),
        '\n',
      ].join(''),
    );
    return `${parts.join('')}Write the logs of one:\n  ir drill logs NAME --output FOLDER\nBegin an exercise:\n  ir drill start NAME\n`;
  },
};
