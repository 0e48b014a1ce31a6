/** The techniques that rules name: a table, or a layer of the ATT&CK Navigator. */
import type { CoverageResult } from '../../commands/rules.ts';
import { neutraliseLine } from '../neutralise.ts';
import type { View } from '../view.ts';

/** How `ir rules coverage` is shown. JSON is a layer. @see https://github.com/mitre-attack/attack-navigator/tree/master/layers */
export const view: View<CoverageResult> = {
  text({ techniques, untagged, rules }, style) {
    const lines = techniques.map(
      ({ id, tactics, rules: titles }) =>
        `${style.paint.bold(id.padEnd(10))} ${String(titles.length).padStart(4)}  ${neutraliseLine(tactics.join(' '))}`,
    );
    lines.push(
      `${techniques.length} techniques named by ${rules} rules; ${untagged.length} rules name none`,
    );
    return `${lines.join('\n')}\n`;
  },
  json: ({ techniques }) => ({
    name: 'Breachline rules',
    versions: { layer: '4.5', navigator: '5.1.0' },
    domain: 'enterprise-attack',
    description: 'Techniques that the loaded rules name; the score is the number of rules.',
    techniques: techniques.map(({ id, rules }) => ({
      techniqueID: id,
      score: rules.length,
      comment: rules.join('; '),
    })),
    gradient: {
      colors: ['#ffffff', '#66b1ff'],
      minValue: 0,
      maxValue: Math.max(1, ...techniques.map(({ rules }) => rules.length)),
    },
  }),
  csv({ techniques }) {
    const rows = techniques.map(({ id, rules }) => `${id},${rules.length}`);
    return `${['technique,rules', ...rows].join('\r\n')}\r\n`;
  },
};
