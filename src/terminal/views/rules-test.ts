/** The tests of rules, and those that fail. */
import type { RuleTestResult } from '../../commands/rules-check.ts';
import { problemLine } from '../../errors.ts';
import { neutraliseLine } from '../neutralise.ts';
import type { View } from '../view.ts';
import { problemLines } from './playbook-check.ts';

/** How `ir rules test` is shown. */
export const view: View<RuleTestResult> = {
  text({ rules, tests, failures, problems }, style) {
    const { green, red } = style.paint;
    const lines = failures.map(
      ({ rule, file, reason }) =>
        `${red('failed')} ${neutraliseLine(rule)} (${neutraliseLine(file)}): ${neutraliseLine(reason)}`,
    );
    lines.push(...problems.flatMap((problem) => problemLines(problem, style)));
    const state = failures.length === 0 ? green('all pass') : red(`${failures.length} failed`);
    lines.push(`${tests} tests of ${rules} rules: ${state}`);
    return `${lines.join('\n')}\n`;
  },
  json: ({ problems, ...rest }) => ({ ...rest, problems: problems.map(problemLine) }),
};
