/** The rows of a question in SQL: columns for people, values for machines. */
import type { SqlResult } from '../../commands/stats-sql.ts';
import { csvRecord } from '../csv.ts';
import { neutraliseLine } from '../neutralise.ts';
import type { View } from '../view.ts';

const MOST_WIDTH = 60;

/** How `ir stats --sql` is shown. */
export const view: View<SqlResult> = {
  text({ columns, rows }, { paint }) {
    const cells = [...rows].map((row) => row.map(textOf));
    const widths = columns.map((name, index) =>
      Math.min(MOST_WIDTH, Math.max(name.length, ...cells.map((row) => row[index]?.length ?? 0))),
    );
    const line = (row: readonly string[]): string =>
      row
        .map((text, index) => text.padEnd(widths[index] ?? 0))
        .join('  ')
        .trimEnd();
    return `${[paint.bold(line(columns.map(neutraliseLine))), ...cells.map(line)].join('\n')}\n`;
  },
  json: (result) => [...documents(result)],
  jsonl: documents,
  *csv({ columns, rows }) {
    yield csvRecord(columns);
    for (const row of rows) yield csvRecord(row.map((value) => plainValue(value)));
  },
};

function* documents({ columns, rows }: SqlResult): Generator<Record<string, unknown>> {
  for (const row of rows)
    yield Object.fromEntries(columns.map((name, index) => [name, row[index]]));
}

const textOf = (value: unknown): string => neutraliseLine(String(plainValue(value) ?? ''));

const plainValue = (value: unknown): string | number | undefined => {
  if (value === null || value === undefined) return undefined;
  return typeof value === 'number' || typeof value === 'string' ? value : String(value);
};
