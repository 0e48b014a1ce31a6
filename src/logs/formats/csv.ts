/**
 * Files of comma-, semicolon-, bar- or tab-separated values whose first line names the columns, whoever exported them.
 * A row is read as the object that its names and values make, by the names of `json-aliases.ts`; a time or an address
 * that no name tells is found by its value.
 */
import { readIp } from '../../events/address.ts';
import { type Event, isSkip, type Skip, skip } from '../../events/event.ts';
import { type Clock, createClock } from '../clock.ts';
import { applicationSources } from './application.ts';
import { recordEvent } from './json-lines.ts';
import type { LogFormat } from './log-format.ts';
import { readTimeText } from './time-text.ts';

interface Columns {
  header: string;
  separator: string;
  names: readonly string[];
}

const SEPARATORS = [',', ';', '\t', '|'] as const;
const MAX_COLUMNS = 500;
/** A name of a column: words, no value. */
const NAME = /^[A-Za-z_@#$][\w .,@#$:()/[\]%+-]{0,79}$/;

/** The values of a row; `isOpen` when a quote is not closed before the end. Quotes inside are doubled. */
function cellsOf(row: string, separator: string): { cells: string[]; isOpen: boolean } {
  const cells: string[] = [];
  for (let at = 0; at <= row.length && cells.length < MAX_COLUMNS; ) {
    let end = row.indexOf(separator, at);
    if (end === -1) end = row.length;
    let text = row.slice(at, end);
    if (row.charCodeAt(at) === 34) {
      const close = closingQuote(row, at);
      if (close === -1) return { cells: [...cells, row.slice(at + 1)], isOpen: true };
      end = row.indexOf(separator, close);
      if (end === -1) end = row.length;
      text = row.slice(at + 1, close).replaceAll('""', '"') + row.slice(close + 1, end).trimEnd();
    }
    cells.push(text);
    at = end + 1;
  }
  return { cells, isOpen: false };
}

function closingQuote(row: string, at: number): number {
  let quote = row.indexOf('"', at + 1);
  while (quote !== -1 && row.charCodeAt(quote + 1) === 34) quote = row.indexOf('"', quote + 2);
  return quote;
}

let latest: Columns | undefined;

/** The columns that a first line names; undefined when it names none. */
function columnsOf(header: string): Columns | undefined {
  if (latest?.header === header) return latest;
  const [best] = SEPARATORS.map((separator) => ({
    separator,
    names: cellsOf(header, separator).cells,
  }))
    .filter(({ names }) => names.length > 1)
    .sort((left, right) => right.names.length - left.names.length);
  const names = best?.names.map((name) => name.trim()) ?? [];
  // A nameless last column is one that a separator at the end makes.
  const isNamed = names.every((name, index) => NAME.test(name) || (name === '' && index > 0));
  if (best === undefined || !isNamed || new Set(names).size < names.length) return undefined;
  latest = { header, separator: best.separator, names };
  return latest;
}

/** The names say whose each value is; `-` and nothing say none. */
function recordOf({ names }: Columns, cells: readonly string[]): Record<string, unknown> {
  const record: Record<string, unknown> = Object.create(null);
  for (const [index, name] of names.entries()) {
    const cell = cells[index]?.trim() ?? '';
    if (cell !== '' && cell !== '-')
      record[name.replace(/[^\w.@$-]+/g, '_')] = cell.startsWith('{') ? innerOf(cell) : cell;
  }
  return record;
}

/** Exports of audit logs keep the record itself in a column. */
function innerOf(cell: string): unknown {
  try {
    return JSON.parse(cell);
  } catch {
    return cell;
  }
}

function read(row: string, columns: Columns, clock: Clock): Event | Skip {
  const { cells, isOpen } = cellsOf(row, columns.separator);
  if (!isOpen && cells.length !== columns.names.length)
    return skip('not the columns that the header names');
  const event = recordEvent(recordOf(columns, cells), clock);
  if (event.timeUs === undefined) setTimeByValue(event, cells, clock);
  const addresses = cells.map((cell) => readIp(cell)).filter((ip) => ip !== undefined);
  if (event['source.ip'] === undefined && addresses.length > 0)
    event['related.ip'] = [...new Set([...(event['related.ip'] ?? []), ...addresses])];
  event.format = 'csv-file';
  event['event.dataset'] = 'csv';
  event.message ??= row;
  return event;
}

/** The first value that is a time, or a day and a time of the day that follow each other. */
function setTimeByValue(event: Event, cells: readonly string[], clock: Clock): void {
  for (const [index, cell] of cells.entries()) {
    if (cell.length < 8 || !/\d/.test(cell)) continue;
    const next = cells[index + 1] ?? '';
    const isDay = !cell.includes(':') && /^\d{1,2}:\d\d/.test(next);
    const timeUs = readTimeText(isDay ? `${cell} ${next}` : cell, clock);
    if (timeUs === undefined || (!isDay && !/[:T]/.test(cell))) continue;
    event.timeUs = timeUs;
    event.timeConfidence = clock.confidence;
    return;
  }
}

function parse(line: string, clock: Clock): Event | Skip {
  const header = clock.header();
  const columns = header === undefined ? undefined : columnsOf(header);
  return columns === undefined ? skip('no header names its columns') : read(line, columns, clock);
}

const LEAST_COLUMNS = 3;

/** Rows below a line of names, of which the first has as many columns and a time. */
function fits(header: string, head: string): number {
  const columns = columnsOf(header);
  if (columns === undefined || columns.names.length < LEAST_COLUMNS) return 0;
  const lines = head.replaceAll('\r\n', '\n').split('\n').slice(1, 40);
  let row = lines[0] ?? '';
  for (const line of lines.slice(1)) {
    if (!cellsOf(row, columns.separator).isOpen) break;
    row += `\n${line}`;
  }
  const event = read(row, columns, createClock({ zone: 'UTC' }));
  // Formats that know the names of a vendor's columns know better.
  return isSkip(event) || event.timeUs === undefined ? 0 : 0.5;
}

/** Columns with names in the first line. */
export const format: LogFormat = {
  name: 'csv-file',
  title: 'CSV and TSV with a header line',
  url: 'https://www.rfc-editor.org/rfc/rfc4180',
  order: 9,
  sources: applicationSources(),
  isEcho: true,
  ownNames: /^/,
  forgeable: { 'user.name': 'doubled', 'user_agent.original': 'doubled' },
  detect: () => false,
  parse,
  header: { fits },
  // A value in quotes may hold line ends.
  continues: (line, earlier) => {
    const separator = latest?.separator ?? ',';
    return earlier !== undefined && line !== '' && cellsOf(earlier.join('\n'), separator).isOpen;
  },
  joinsFirst: true,
  complete: (event, lines, clock) => {
    const whole = parse(lines.join('\n'), clock);
    return isSkip(whole) ? event : whole;
  },
  // Whether a line begins a row, those before it tell.
  splittable: false,
  samples: [
    {
      lines: [
        'Time,Level,User,Source IP,Action,Result,Message,User Agent',
        '2026-11-24T10:00:01Z,WARN,"bob",203.0.113.9,login,failure,"wrong ""password"", again","curl/8.5.0"',
      ],
      expect: {
        time: '2026-11-24T10:00:01.000000Z',
        message: 'wrong "password", again',
        'log.level': 'warn',
        'user.name': 'bob',
        'source.ip': '203.0.113.9',
        'event.action': 'login',
        'event.outcome': 'failure',
      },
    },
    {
      lines: ['id;when it was;who;where', '7;2026-11-24 10:00:02;bob;203.0.113.9'],
      expect: { time: '2026-11-24T10:00:02.000000Z', 'related.ip': ['203.0.113.9'] },
    },
    {
      lines: ['timestamp\tusername\tnote', '2026-11-24 10:00:03\tcarol\t"two', 'lines"'],
      expect: { time: '2026-11-24T10:00:03.000000Z', 'user.name': 'carol' },
    },
  ],
};
