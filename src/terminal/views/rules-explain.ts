/** Which parts of a rule fit an event. */
import type { ExplainResult } from '../../commands/rules-check.ts';
import type { ExplainedPart } from '../../sigma/explain-rule.ts';
import { neutraliseLine } from '../neutralise.ts';
import type { Style } from '../style.ts';
import type { View } from '../view.ts';

/** Values of a field that are shown; a list may have thousands. */
const MOST_VALUES = 5;
const MOST_TEXT = 300;

/** How `ir rules explain` is shown. */
export const view: View<ExplainResult> = {
  text({ rule, logsource, events, isMore }, style) {
    const lines = [style.paint.bold(neutraliseLine(rule))];
    for (const { file, line, format, isOfLogSource, isHit, explanation, raw } of events) {
      lines.push(
        '',
        `${neutraliseLine(file)}:${line} (${format}): ${isHit ? style.paint.green('hits') : style.paint.red('does not hit')}`,
        `  ${style.paint.dim(neutraliseLine(raw.slice(0, MOST_TEXT)))}`,
      );
      if (!isOfLogSource)
        lines.push(`  ${mark(false, style)} the rule is for ${logsource}, which this event is not`);
      lines.push(...partLines(explanation, style, 1));
    }
    if (isMore) lines.push('', 'The file holds more events: --limit explains them, too.');
    return `${lines.join('\n')}\n`;
  },
};

const mark = (isHit: boolean, { paint, isUnicode }: Style): string =>
  isHit
    ? paint.green(isUnicode === true ? '✓' : 'yes')
    : paint.red(isUnicode === true ? '✗' : 'no');

/** What each part of a rule came to, a line each. */
export function partLines(part: ExplainedPart, style: Style, depth: number): string[] {
  const { what, isHit, wants, has, parts } = part;
  const indent = '  '.repeat(depth);
  const isField = wants !== undefined && what !== 'keywords' && !what.startsWith('keywords|');
  const found = isField ? `; the event has ${has === undefined ? 'nothing' : shown(has)}` : '';
  const asked = wants === undefined ? '' : ` ${listed(wants)}${found}`;
  return [
    `${indent}${mark(isHit, style)} ${neutraliseLine(`${what}${asked}`)}`,
    ...parts.flatMap((one) => partLines(one, style, depth + 1)),
  ];
}

const shown = (value: unknown): string => (JSON.stringify(value) ?? '').slice(0, MOST_TEXT);

const listed = (values: readonly unknown[]): string => {
  const more = values.length > MOST_VALUES ? ` and ${values.length - MOST_VALUES} more` : '';
  return `${values.slice(0, MOST_VALUES).map(shown).join(', ')}${more}`;
};
