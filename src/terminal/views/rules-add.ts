/** What was copied into the user's folders of rules. */
import type { RuleAddResult } from '../../commands/rules-change.ts';
import { problemLine } from '../../errors.ts';
import { neutraliseLine } from '../neutralise.ts';
import type { View } from '../view.ts';
import { problemLines } from './playbook-check.ts';

const MOST_PROBLEMS = 50;

/** How `ir rules add` is shown. */
export const view: View<RuleAddResult> = {
  text({ to, files, rules, filters, mappings, passed, problems }, style) {
    const shown = problems.slice(0, MOST_PROBLEMS);
    const lines = shown.flatMap((problem) => problemLines(problem, style));
    if (problems.length > shown.length)
      lines.push(`and ${problems.length - shown.length} more; ir rules check names them all`);
    const also = [
      filters > 0 ? `, ${filters} filters` : '',
      mappings > 0 ? `, ${mappings} mappings` : '',
    ].join('');
    lines.push(`Added to ${neutraliseLine(to)}: ${rules} rules of ${files} files${also}.`);
    if (problems.length > 0)
      lines.push(`${problems.length} mistakes: those documents are left out.`);
    if (passed > 0)
      lines.push(`${passed} files hold no rule that is in use, and were passed over.`);
    lines.push('Next: ir rules list, ir rules doctor /var/log');
    return `${lines.join('\n')}\n`;
  },
  json: ({ problems, ...rest }) => ({ ...rest, problems: problems.map(problemLine) }),
};
