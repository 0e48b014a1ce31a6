import type { AtCell, Cell, TableResult } from '../../commands/table-result.ts';
import { csvRecord } from '../csv.ts';
import { shorten, showInstant, wrap } from '../layout.ts';
import { neutralise, neutraliseLine } from '../neutralise.ts';
import { nextLines } from '../next-lines.ts';
import type { Style } from '../style.ts';
import type { View } from '../view.ts';
import { withNulls } from '../with-nulls.ts';

const isAt = (cell: Cell): cell is AtCell => typeof cell === 'object';

/** A cell as it is shown on a terminal: on one line. */
export const cellText = (cell: Cell, style: Style): string =>
  isAt(cell) ? showInstant(cell.at, style.offsetAt) : neutraliseLine(String(cell ?? ''));

const plain = (cell: Cell): string | number | undefined => (isAt(cell) ? cell.at : cell);

/** How collections are listed. */
export const view: View<TableResult> = {
  text({ title, heads, rows, widest = heads.length - 1, notes, verbatim = [], next }, style) {
    const lines =
      rows.length === 0
        ? wrap(title, style.width)
        : [style.paint.bold(title), '', ...tableLines(heads, rows, widest, style)];
    const after = [
      ...notes.flatMap((note) => wrap(note, style.width)),
      ...verbatim.map((line) => neutralise(line)),
    ];
    const parts = [lines, after, next.length === 0 ? [] : nextLines('Next:', next, style)];
    return `${parts
      .filter((part) => part.length > 0)
      .map((part) => part.join('\n'))
      .join('\n\n')}\n`;
  },
  json: ({ about, documents }) => withNulls({ ...about, items: documents }),
  jsonl: ({ documents }) => documents.map(withNulls),
  csv: ({ heads, rows }) =>
    [
      csvRecord(heads.map((head) => head.toLowerCase().replaceAll(' ', '_'))),
      ...rows.map((row) => csvRecord(row.map(plain))),
    ].join(''),
  md: ({ title, heads, rows, notes, verbatim = [] }) =>
    [
      `## ${markdown(title)}`,
      '',
      ...(rows.length === 0
        ? []
        : [
            `| ${heads.map(markdown).join(' | ')} |`,
            `|${' --- |'.repeat(heads.length)}`,
            ...rows.map((row) => `| ${row.map((cell) => markdown(plain(cell))).join(' | ')} |`),
            '',
          ]),
      ...notes.flatMap((note) => [markdown(note), '']),
      ...verbatim.map((line) => `    ${neutralise(line)}`),
    ].join('\n'),
};

/** Text that is nothing but text in a cell of a Markdown table. */
const markdown = (value: string | number | undefined): string =>
  neutraliseLine(String(value ?? '')).replace(/[\\`*_[\]<>|#~]/g, '\\$&');

function tableLines(
  heads: readonly string[],
  rows: readonly (readonly Cell[])[],
  widest: number,
  style: Style,
): string[] {
  const texts = rows.map((row) => heads.map((_, index) => cellText(row[index], style)));
  const widths = heads.map((head, index) =>
    Math.max(head.length, ...texts.map((row) => [...row[index]!].length)),
  );
  const others = widths.reduce((sum, width, index) => sum + (index === widest ? 0 : width + 2), 0);
  widths[widest] = Math.min(widths[widest]!, Math.max(16, style.width - others));
  const lineOf = (cells: readonly string[]): string =>
    cells
      .map((cell, index) => {
        const text = index === widest ? shorten(cell, widths[index]!, style) : cell;
        return text + ' '.repeat(Math.max(0, widths[index]! - [...text].length));
      })
      .join('  ')
      .trimEnd();
  return [style.paint.dim(lineOf(heads)), ...texts.map(lineOf)];
}
