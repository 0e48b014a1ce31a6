/**
 * Rows for Timesketch: `message`, `datetime` and `timestamp_desc` are what it demands, all else are attributes.
 * @see https://timesketch.org/guides/user/import-from-json-csv/
 */
import { csvRecord } from '../csv.ts';
import { safeJson } from '../neutralise.ts';
import { messageOf, placeOf, type Row, type Rows, text, timeMeaning, timeUsOf } from './row.ts';

const TAG_FIELDS = ['rule.name', 'ir.level'];

/** Attributes of the CSV form, where none are named. */
const COLUMNS = [
  ...['event.dataset', 'event.action', 'event.outcome', 'source.ip', 'user.name', 'host.hostname'],
  ...['process.name', 'url.original', 'http.response.status_code', 'rule.name', 'ir.level'],
];

/** Python's `isoformat`, as the examples of Timesketch have it. What has no time stands at its beginning. */
const isoOf = (timeUs: number): string => {
  const seconds = new Date(Math.floor(timeUs / 1000)).toISOString().slice(0, 19);
  const micros = ((timeUs % 1e6) + 1e6) % 1e6;
  return `${seconds}.${String(micros).padStart(6, '0')}+00:00`;
};

const required = (row: Row) => {
  const timeUs = timeUsOf(row) ?? 0;
  return {
    message: messageOf(row),
    datetime: isoOf(timeUs),
    timestamp: timeUs,
    timestamp_desc: timeMeaning(row),
  };
};

/** One document a line. */
export async function* timesketchJsonl(rows: Rows): AsyncGenerator<string> {
  for await (const row of rows) {
    const { message: _message, '@timestamp': _time, tags: _tags, ...others } = row;
    const tag = TAG_FIELDS.map((name) => text(row, name)).filter((word) => word !== '');
    const document = { ...required(row), ...others, ...(tag.length > 0 && { tag }) };
    yield `${safeJson(JSON.stringify(document))}\n`;
  }
}

/** A table with the same first columns, safe to open in a spreadsheet. */
export async function* timesketchCsv(
  rows: Rows,
  columns: readonly string[] = COLUMNS,
): AsyncGenerator<string> {
  const own = ['message', 'datetime', 'timestamp', 'timestamp_desc'];
  const others = columns.filter((name) => !own.includes(name));
  yield csvRecord([...own, ...others, 'file', 'line', 'raw']);
  for await (const row of rows) {
    const { message, datetime, timestamp, timestamp_desc } = required(row);
    const { file, line, raw } = placeOf(row);
    const cells = others.map((name) => text(row, name));
    yield csvRecord([message, datetime, timestamp, timestamp_desc, ...cells, file, line, raw]);
  }
}
