/** All rules, a line each. */
import type { RuleListResult } from '../../commands/rules.ts';
import { problemLine } from '../../errors.ts';
import { paintLevel } from '../level-text.ts';
import { neutraliseLine } from '../neutralise.ts';
import type { View } from '../view.ts';
import { problemLines } from './playbook-check.ts';

/** How `ir rules list` is shown. */
export const view: View<RuleListResult> = {
  text({ rules, problems }, style) {
    const lines = rules.map(({ level, title, name, logsources, techniques, origin, isSilent }) => {
      const notes = [
        name,
        logsources.slice(0, 3).join(' '),
        techniques.join(' '),
        origin === 'user' ? 'your own' : '',
        isSilent ? 'only counted' : '',
      ].filter((note) => note !== '');
      return `${paintLevel(level, level.padEnd(13), style)} ${neutraliseLine(title)}  ${style.paint.dim(neutraliseLine(notes.join(' · ')))}`;
    });
    const silent = rules.filter(({ isSilent }) => isSilent).length;
    lines.push(
      `${rules.length} ${rules.length === 1 ? 'rule' : 'rules'}, of which ${rules.length - silent} report and ${silent} only feed others`,
    );
    if (problems.length > 0) {
      lines.push('', style.paint.red('Left out because of mistakes:'));
      lines.push(...problems.flatMap((problem) => problemLines(problem, style)));
    }
    return `${lines.join('\n')}\n`;
  },
  json: ({ rules, problems }) => ({ rules, problems: problems.map(problemLine) }),
  *jsonl({ rules }) {
    yield* rules;
  },
};
