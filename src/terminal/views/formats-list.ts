/** All log formats, a line each. */
import type { FormatListResult } from '../../commands/formats.ts';
import { wrap } from '../layout.ts';
import { neutraliseLine } from '../neutralise.ts';
import type { View } from '../view.ts';
import { problemLines } from './playbook-check.ts';

/** How `ir formats list` is shown. */
export const view: View<FormatListResult> = {
  text({ formats, problems, notes }, style) {
    const width = Math.max(...formats.map(({ name }) => name.length)) + 2;
    const rows = formats.flatMap(({ name, title, origin, programs }) => {
      const own = origin === 'user' ? ' (your own)' : '';
      const what = `${title}${own}${programs.length > 0 ? `; in syslog: ${programs.join(', ')}` : ''}`;
      const [first = '', ...rest] = wrap(neutraliseLine(what), style.width - width);
      return [
        `${style.paint.bold(neutraliseLine(name).padEnd(width))}${first}`,
        ...rest.map((line) => `${' '.repeat(width)}${line}`),
      ];
    });
    const broken = problems.flatMap((problem) => problemLines(problem, style));
    if (broken.length > 0)
      rows.push('', style.paint.red('Left out because of mistakes:'), ...broken);
    return `${[...rows, ...notes.map(neutraliseLine)].join('\n')}\n`;
  },
  *jsonl({ formats }) {
    yield* formats;
  },
};
