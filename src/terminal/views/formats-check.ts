/** What is wrong in format files: place, text, caret, hint. */
import type { FormatCheckResult } from '../../commands/formats.ts';
import { neutraliseLine } from '../neutralise.ts';
import type { View } from '../view.ts';
import { problemLines } from './playbook-check.ts';

/** How `ir formats check` is shown. */
export const view: View<FormatCheckResult> = {
  text({ files }, style) {
    const { green, red, dim } = style.paint;
    const lines = files.flatMap(({ path, name, samples, problems, rivals }) =>
      problems.length === 0
        ? [
            `${neutraliseLine(path)}: ${green('valid')}, format ${name}, ${samples} ${samples === 1 ? 'sample' : 'samples'} read`,
            ...rivals.map(({ format, line }) =>
              dim(`  the format ${format} claims this sample, too: ${neutraliseLine(line)}`),
            ),
          ]
        : [
            `${neutraliseLine(path)}: ${red(`${problems.length} ${problems.length === 1 ? 'mistake' : 'mistakes'}`)}`,
            ...problems.flatMap((problem) => problemLines(problem, style)),
          ],
    );
    return `${lines.join('\n')}\n`;
  },
};
