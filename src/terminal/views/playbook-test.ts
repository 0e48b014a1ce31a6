/** What came of walking a playbook dry. */
import type { PlaybookTestResult } from '../../commands/playbook-try.ts';
import { wrap } from '../layout.ts';
import { neutraliseLine } from '../neutralise.ts';
import type { View } from '../view.ts';

/** How `ir playbook test` is shown. */
export const view: View<PlaybookTestResult> = {
  text(result, { paint, width }) {
    const { playbook, walks, combinations, shortest, longest, branches, leadsTo, path } = result;
    const of =
      combinations > walks ? `, of ${combinations} ways to answer` : ', every way to answer';
    const prose = (text: string, indent: string): string[] =>
      wrap(neutraliseLine(text), width - indent.length).map((line) => indent + line);
    const lines = [
      `${paint.bold(neutraliseLine(playbook.id))}: ${walks} ${walks === 1 ? 'walk' : 'walks'}${of}; ${shortest === longest ? shortest : `${shortest} to ${longest}`} of ${playbook.steps} steps`,
    ];
    if (path !== undefined)
      lines.push('', ...path.map((id, at) => `  ${at + 1}. ${neutraliseLine(id)}`));
    else if (branches.length > 0) {
      lines.push('', 'Steps with a condition, and in how many walks they came up:');
      for (const { step, when, taken, left } of branches) {
        const never =
          taken === 0 ? paint.red('never') : left === 0 ? 'always' : `${taken} of ${walks}`;
        lines.push(
          `  ${neutraliseLine(step)}: ${never}`,
          ...prose(when, '      ').map((line) => paint.dim(line)),
        );
      }
    }
    const leads = Object.entries(leadsTo);
    if (leads.length > 0) {
      lines.push('', 'Leads to:');
      for (const [id, count] of leads) lines.push(`  ${neutraliseLine(id)}: ${count} of ${walks}`);
    }
    lines.push('');
    for (const problem of result.problems)
      lines.push(...prose(problem, '').map((line) => paint.red(line)));
    lines.push(result.problems.length === 0 ? paint.green('Every walk reaches its end.') : '');
    return `${lines.join('\n').trimEnd()}\n`;
  },
};
