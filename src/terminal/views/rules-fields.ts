/** The fields that rules of a log source may use. */
import type { RuleFields } from '../../detect/rule-fields.ts';
import { wrapAfter } from '../layout.ts';
import { neutraliseLine } from '../neutralise.ts';
import type { View } from '../view.ts';

/** How `ir rules fields` is shown. */
export const view: View<RuleFields> = {
  text({ formats, fields }, style) {
    const { bold, dim } = style.paint;
    const width = Math.min(40, Math.max(...fields.map(({ name }) => name.length))) + 2;
    const lines = [
      wrapAfter('Log formats: ', formats.map(neutraliseLine).join(', '), style.width, 2),
    ];
    for (const isFilled of [true, false]) {
      const some = fields.filter((field) => field.isFilled === isFilled);
      if (some.length === 0) continue;
      const heading = isFilled ? 'Fields' : 'Known names that none of these formats fills';
      lines.push('', bold(`${heading}: ${some.length}`));
      for (const { name, reads, from } of some) {
        const what = reads.length === 0 || reads.join() === name ? '' : reads.join(', ');
        const note = from === 'ecs' ? 'ECS' : `templates/mappings/${from}.yml`;
        lines.push(
          `  ${neutraliseLine(name).padEnd(width)}${neutraliseLine(what)} ${dim(`(${note})`)}`,
        );
      }
    }
    lines.push(
      '',
      'Every other name is that of the source itself; keywords search the whole line.',
    );
    return `${lines.join('\n')}\n`;
  },
  *jsonl({ fields }) {
    yield* fields;
  },
};
