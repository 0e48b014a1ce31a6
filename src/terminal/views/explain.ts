/** Why a finding is one. */
import type { ExplainedLine, ExplainFindingResult } from '../../commands/explain.ts';
import { rfc3339 } from '../../events/rfc3339.ts';
import { plural } from '../../events/words.ts';
import { shorten, showMicros, wrapAfter } from '../layout.ts';
import { paintLevel } from '../level-text.ts';
import { neutraliseLine } from '../neutralise.ts';
import type { Style } from '../style.ts';
import type { View } from '../view.ts';
import { partLines } from './rules-explain.ts';

/** How `ir explain` is shown. */
export const view: View<ExplainFindingResult> = {
  *text({ finding, number, rule, why, lines, further, neighbours, next }, style) {
    const { level, firstUs, lastUs, count } = finding;
    const head = `${number ?? finding.id}  ${level}  ${finding.rule.title}`;
    yield `${wrapAfter('', head, style.width, 0).replace(level, () => paintLevel(level, level, style))}\n`;
    const span =
      firstUs === undefined
        ? ''
        : `, ${showMicros(firstUs, style.offsetAt)} to ${showMicros(lastUs ?? firstUs, style.offsetAt)}`;
    yield `${wrapAfter('', `${plural(count, 'event')}${span}`, style.width, 0)}\n`;
    if (rule !== undefined) {
      yield* block('Rule', [rule.description, rule.condition, rule.place], style);
    }
    if (why !== undefined)
      yield `\n${style.paint.bold('Why')}\n${partLines(why, style, 1).join('\n')}\n`;
    yield* linesOf('Lines', lines, style);
    if (further > 0)
      yield `  ${style.paint.dim(`and ${plural(further, 'more line')} (--lines all)`)}\n`;
    yield* linesOf('Around it', neighbours, style);
    yield* block('It may be', rule?.falsepositives ?? [], style);
    if (next !== undefined) {
      const text = `${next.title} (playbook ${next.playbook}, step ${next.step})`;
      yield* block('Next', [text, next.instructions], style);
    }
  },
  json: ({ finding, number, rule, why, lines, further, neighbours, next }) => ({
    schema: 'ir.explain/v1',
    ...{ id: finding.id, number: number ?? null, level: finding.level, count: finding.count },
    rule: { id: finding.rule.id, ...(rule ?? { title: finding.rule.title }) },
    why: why ?? null,
    lines: lines.map(lineDocument),
    further_lines: further,
    neighbours: neighbours.map(lineDocument),
    next: next ?? null,
  }),
};

const lineDocument = ({ file, line, timeUs, raw }: ExplainedLine): unknown => ({
  ...{ file, line, raw },
  time: timeUs === undefined ? null : rfc3339(timeUs),
});

function* block(title: string, texts: readonly string[], style: Style): Iterable<string> {
  const told = texts.filter((text) => text !== '');
  if (told.length === 0) return;
  yield `\n${style.paint.bold(title)}\n`;
  for (const text of told) yield `${wrapAfter('  ', text.replaceAll('\n', ' '), style.width, 2)}\n`;
}

function* linesOf(title: string, lines: readonly ExplainedLine[], style: Style): Iterable<string> {
  if (lines.length === 0) return;
  yield `\n${style.paint.bold(title)}\n`;
  for (const { file, line, raw } of lines)
    yield `  ${shorten(`${neutraliseLine(file)}:${line}  ${raw}`, style.width - 2, style)}\n`;
}
