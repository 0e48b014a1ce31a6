/** All playbooks, one paragraph each. */
import type { PlaybookListResult } from '../../commands/playbook.ts';
import { wrap } from '../layout.ts';
import { neutraliseLine } from '../neutralise.ts';
import type { View } from '../view.ts';
import { problemLines } from './playbook-check.ts';

/** How `ir playbook list` is shown. */
export const view: View<PlaybookListResult> = {
  text({ playbooks, problems }, style) {
    const prose = (text: string): string[] =>
      wrap(text, style.width - 2).map((line) => `  ${line}`);
    const lines = playbooks.flatMap((playbook) => [
      `${style.paint.bold(neutraliseLine(playbook.id))}${playbook.origin === 'user' ? ` (${neutraliseLine(playbook.path)})` : ''}`,
      ...prose(`${playbook.title}: ${playbook.steps} steps, ${playbook.commands} with a command`),
      ...prose(playbook.summary).map((line) => style.paint.dim(line)),
      '',
    ]);
    const broken = problems.flatMap((problem) => problemLines(problem, style));
    if (broken.length > 0)
      lines.push(style.paint.red('Left out because of mistakes:'), ...broken, '');
    return `${lines.join('\n').trimEnd()}\n`;
  },
  *jsonl({ playbooks }) {
    yield* playbooks;
  },
};
