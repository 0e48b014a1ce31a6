/** One rule with its text. */
import type { RuleShowResult } from '../../commands/rules.ts';
import { wrapLines } from '../layout.ts';
import { paintLevel } from '../level-text.ts';
import { neutraliseLine } from '../neutralise.ts';
import type { View } from '../view.ts';

/** How `ir rules show` is shown. */
export const view: View<RuleShowResult> = {
  text(rule, style) {
    const { bold, dim } = style.paint;
    const row = (label: string, value: string): string[] =>
      value === '' ? [] : [`${dim(label.padEnd(12))}${neutraliseLine(value)}`];
    const lines = [
      `${paintLevel(rule.level, rule.level, style)} ${bold(neutraliseLine(rule.title))}`,
      ...wrapLines(rule.description, style.width),
      '',
      ...row('id', rule.id),
      ...row('name', rule.name),
      ...row('status', rule.status),
      ...row('logs', rule.logsources.join(' ')),
      ...row('ATT&CK', [...rule.tactics, ...rule.techniques].join(' ')),
      ...row('fields', rule.fields.join(' ')),
      ...row('file', rule.file),
      '',
      ...rule.text.split('\n').map(neutraliseLine),
    ];
    return `${lines.join('\n')}\n`;
  },
};
