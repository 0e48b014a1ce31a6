/** `--columns`: some fields of each row, as a table or as flat documents. */
import { csvRecord } from '../csv.ts';
import { neutraliseLine } from '../neutralise.ts';
import type { Style } from '../style.ts';
import { field, type Row, type Rows, text } from './row.ts';

const written = (row: Row, name: string): string | number | undefined => {
  const value = field(row, name);
  return typeof value === 'number' ? value : text(row, name) || undefined;
};

/** A table that is safe to open in a spreadsheet. */
export async function* columnsCsv(rows: Rows, columns: readonly string[]): AsyncGenerator<string> {
  // Our own names: `@timestamp` is no formula to be disarmed.
  yield `${columns.join(',')}\r\n`;
  for await (const row of rows) yield csvRecord(columns.map((name) => written(row, name)));
}

/** A row a line, tabs between the fields, dashes where there is none. */
export async function* columnsText(
  rows: Rows,
  columns: readonly string[],
  { paint }: Style,
): AsyncGenerator<string> {
  yield `${paint.dim(columns.join('\t'))}\n`;
  for await (const row of rows) {
    const cells = columns.map((name) => neutraliseLine(String(written(row, name) ?? '-')));
    yield `${cells.join('\t')}\n`;
  }
}

/** Flat documents of these fields, null where there is none; without columns the rows as they are. */
export async function* onlyColumns(
  rows: Rows,
  columns: readonly string[] | undefined,
): AsyncGenerator<unknown> {
  for await (const row of rows) {
    if (columns === undefined) yield row;
    else yield Object.fromEntries(columns.map((name) => [name, field(row, name) ?? null]));
  }
}
