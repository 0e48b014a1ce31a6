/**
 * Rows as log2timeline's CSV: seventeen fields, no quotes, so that commas become blanks as in Plaso.
 * @see https://forensics.wiki/l2t_csv/
 */
import { neutraliseLine } from '../neutralise.ts';
import {
  field,
  isFinding,
  messageOf,
  placeOf,
  type Row,
  type Rows,
  text,
  timeMeaning,
  timeUsOf,
} from './row.ts';

const HEADER = [
  ...['date', 'time', 'timezone', 'MACB', 'source', 'sourcetype', 'type', 'user', 'host', 'short'],
  ...['desc', 'version', 'filename', 'inode', 'notes', 'format', 'extra'],
];
const SHORT = 80;
const EXTRA = [
  ...[
    'source.ip',
    'destination.ip',
    'event.action',
    'event.outcome',
    'process.name',
    'url.original',
  ],
  ...['http.response.status_code', 'rule.id', 'ir.level', 'ir.count'],
];

/** Neither a further field nor a formula of a spreadsheet; a dash where there is nothing. */
function cell(value: string): string {
  const plain = neutraliseLine(value).replaceAll(',', ' ').trim();
  if (plain === '') return '-';
  return /^[=+\-@\uff1d\uff0b\uff0d\uff20]/.test(plain) && plain !== '-' ? `'${plain}` : plain;
}

/** The header and a line for each row. */
export async function* l2tcsvLines(rows: Rows): AsyncGenerator<string> {
  yield `${HEADER.join(',')}\n`;
  for await (const row of rows) yield `${cellsOf(row).join(',')}\n`;
}

function cellsOf(row: Row): string[] {
  const timeUs = timeUsOf(row);
  const iso = timeUs === undefined ? undefined : new Date(Math.floor(timeUs / 1000)).toISOString();
  const date =
    iso === undefined ? '00/00/0000' : `${iso.slice(5, 7)}/${iso.slice(8, 10)}/${iso.slice(0, 4)}`;
  const { file, line } = placeOf(row);
  const message = messageOf(row);
  const extra = EXTRA.filter((name) => field(row, name) !== undefined)
    .map((name) => `${name}: ${text(row, name)}`)
    .join('; ');
  const place = line === undefined ? '' : `line ${line}`;
  return [
    ...[date, iso === undefined ? '--:--:--' : iso.slice(11, 19), 'UTC', '....'],
    isFinding(row) ? 'ALERT' : 'LOG',
    ...[text(row, 'event.dataset') || text(row, 'ir.format'), timeMeaning(row)].map(cell),
    ...[text(row, 'user.name'), text(row, 'host.hostname') || text(row, 'host.name')].map(cell),
    ...[message.length > SHORT ? `${message.slice(0, SHORT - 3)}...` : message, message].map(cell),
    ...['2', cell(file), '-', cell(place), cell(text(row, 'ir.format')), cell(extra)],
  ];
}
