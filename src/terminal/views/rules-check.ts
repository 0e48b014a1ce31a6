/** What is wrong in rule files: place, text, caret, hint. */
import type { RuleCheckResult } from '../../commands/rules-check.ts';
import { neutraliseLine } from '../neutralise.ts';
import type { View } from '../view.ts';
import { problemLines } from './playbook-check.ts';

const counted = (count: number, noun: string): string =>
  `${count} ${noun}${count === 1 ? '' : 's'}`;

/** How `ir rules check` is shown. */
export const view: View<RuleCheckResult> = {
  text({ paths, rules, correlations, filters, problems, warnings }, style) {
    const { green, red, yellow } = style.paint;
    const lines = [
      ...problems.flatMap((problem) => problemLines(problem, style)),
      ...warnings.flatMap((warning) => {
        const [first = '', ...rest] = problemLines(warning, style);
        return [`${yellow('warning:')} ${first}`, ...rest];
      }),
    ];
    const found = [
      counted(rules, 'rule'),
      counted(correlations, 'correlation'),
      counted(filters, 'filter'),
    ].join(', ');
    const state =
      problems.length === 0 ? green('valid') : red(`${counted(problems.length, 'mistake')}`);
    return `${[...lines, `${paths.map(neutraliseLine).join(', ')}: ${state}; usable: ${found}`].join('\n')}\n`;
  },
  json: ({ problems, warnings, ...rest }) => ({
    ...rest,
    problems: problems.map(({ message, source, hint }) => ({ message, source, hint })),
    warnings: warnings.map(({ message, source, hint }) => ({ message, source, hint })),
  }),
};
