/** A playbook that was made: its text, or where it lies and what to do with it. */
import type { WrittenPlaybook } from '../../commands/playbook-new.ts';
import { wrap } from '../layout.ts';
import { neutralise, neutraliseLine } from '../neutralise.ts';
import type { View } from '../view.ts';

/** How `ir playbook new` and `import` are shown. */
export const view: View<WrittenPlaybook> = {
  text({ id, path, text, remarks }, style) {
    if (path === undefined) return neutralise(text);
    const lines = [
      `Written: ${neutraliseLine(path)}`,
      ...(remarks.length === 0 ? [] : ['', style.paint.bold('Not expressed as it was:')]),
      ...remarks.flatMap((remark) =>
        wrap(neutraliseLine(remark), style.width - 4).map(
          (line, at) => `${at === 0 ? '  - ' : '    '}${line}`,
        ),
      ),
      '',
      'Check and try it:',
      `  ir playbook check ${neutraliseLine(path)}`,
      `  ir playbook test ${neutraliseLine(id)}`,
    ];
    return `${lines.join('\n')}\n`;
  },
};
