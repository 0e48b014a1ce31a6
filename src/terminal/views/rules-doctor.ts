/** Rules that had no chance, by reason. */
import type { DoctorResult } from '../../commands/rules-check.ts';
import { problemLine } from '../../errors.ts';
import { wrapAfter } from '../layout.ts';
import { neutraliseLine } from '../neutralise.ts';
import type { View } from '../view.ts';
import { problemLines } from './playbook-check.ts';

const REASONS = {
  'log-source': 'No file of their log source',
  field: 'A field that no log here has',
  rules: 'Correlations over such rules',
} as const;

/** Rules that are named of each log source; JSON has them all. */
const MOST_NAMED = 3;

/** How `ir rules doctor` is shown. */
export const view: View<DoctorResult> = {
  text({ able, broken, unmatchable, formats, events }, style) {
    const { bold, red } = style.paint;
    const lines = [`${events} events of ${formats.join(', ')}: ${able} rules may hit.`];
    if (broken.length > 0) {
      lines.push('', red(`Not loaded: ${broken.length}`));
      lines.push(...broken.flatMap((problem) => problemLines(problem, style)));
    }
    for (const reason of ['log-source', 'field', 'rules'] as const) {
      const byWhat = new Map<string, string[]>();
      for (const rule of unmatchable.filter((one) => one.reason === reason))
        byWhat.set(rule.what, [...(byWhat.get(rule.what) ?? []), rule.title]);
      if (byWhat.size === 0) continue;
      const count = [...byWhat.values()].reduce((sum, titles) => sum + titles.length, 0);
      lines.push('', bold(`${REASONS[reason]}: ${count}`));
      for (const [what, titles] of [...byWhat].sort((a, b) => b[1].length - a[1].length)) {
        const more = titles.length > MOST_NAMED ? ` and ${titles.length - MOST_NAMED} more` : '';
        const named = `${titles.slice(0, MOST_NAMED).join('; ')}${more}`;
        lines.push(wrapAfter(`  ${neutraliseLine(what)}: `, neutraliseLine(named), style.width, 4));
      }
    }
    return `${lines.join('\n')}\n`;
  },
  json: ({ broken, ...rest }) => ({ ...rest, broken: broken.map(problemLine) }),
};
