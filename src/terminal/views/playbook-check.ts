/** What is wrong in playbook files: place, text, caret, hint. */
import type { PlaybookCheckResult } from '../../commands/playbook.ts';
import type { IrError } from '../../errors.ts';
import { neutraliseLine } from '../neutralise.ts';
import type { Style } from '../style.ts';
import type { View } from '../view.ts';

/** How `ir playbook check` is shown. */
export const view: View<PlaybookCheckResult> = {
  text({ files }, style) {
    const lines = files.flatMap(({ path, id, steps, problems }) =>
      problems.length === 0
        ? [`${neutraliseLine(path)}: ${style.paint.green('valid')}, playbook ${id}, ${steps} steps`]
        : [
            `${neutraliseLine(path)}: ${style.paint.red(`${problems.length} ${problems.length === 1 ? 'mistake' : 'mistakes'}`)}`,
            ...problems.flatMap((problem) => problemLines(problem, style)),
          ],
    );
    return `${lines.join('\n')}\n`;
  },
};

/** One problem with its place and a caret under it. */
export function problemLines(
  { message, source, hint }: Pick<IrError, 'message' | 'source' | 'hint'>,
  { paint }: Style,
): string[] {
  const place = [source?.path, source?.line, source?.column]
    .filter((part) => part !== undefined)
    .join(':');
  const lines = [`${neutraliseLine(place)}: ${neutraliseLine(message)}`];
  if (source?.text !== undefined) {
    lines.push(`  | ${neutraliseLine(source.text)}`);
    if (source.column !== undefined)
      lines.push(`  | ${' '.repeat(source.column - 1)}${paint.red('^')}`);
  }
  if (hint !== undefined) lines.push(`  ${paint.dim('hint:')} ${neutraliseLine(hint)}`);
  return lines;
}
