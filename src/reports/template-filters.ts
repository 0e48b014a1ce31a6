/** Our own filters of report templates: dates, zones, durations, counts, defanging, tables. */
import type { Liquid } from 'liquidjs';
import { usageError } from '../errors.ts';
import { durationText, instantText, plural } from '../events/words.ts';
import { codeSpan, defang, escapeInline, textOf } from './markdown-escape.ts';
import { shortened } from './report-words.ts';

/** Their names, but for those that escape in a way of their own. */
export const OWN_FILTERS = [
  ...[
    'time',
    'date',
    'zone',
    'duration',
    'number',
    'plural',
    'shorten',
    'words',
    'defang',
    'table',
  ],
];

type Counted = (escaped: (value: unknown) => string) => (value: unknown) => string;

/** Registers them. @param counted bounds what is put out */
export function registerOwnFilters(engine: Liquid, counted: Counted): void {
  engine.registerFilter('time', (value: unknown) => (value ? instantText(textOf(value)) : ''));
  engine.registerFilter('day', (value: unknown) => textOf(value).slice(0, 10));
  engine.registerFilter('zone', (value: unknown, zone: unknown) =>
    value ? zonedText(textOf(value), textOf(zone)) : '',
  );
  engine.registerFilter('duration', (value: unknown) =>
    typeof value === 'number' && Number.isFinite(value) ? durationText(value) : '',
  );
  engine.registerFilter('number', (value: unknown) =>
    typeof value === 'number' ? value.toLocaleString('en') : textOf(value),
  );
  engine.registerFilter('plural', (value: unknown, one: unknown, many?: unknown) =>
    plural(Number(value), textOf(one), many === undefined ? undefined : textOf(many)),
  );
  engine.registerFilter('shorten', (value: unknown, most: unknown) =>
    shortened(textOf(value), Number(most)),
  );
  engine.registerFilter('words', (value: unknown) =>
    textOf(value).replaceAll('_', ' ').replaceAll('-', ' '),
  );
  engine.registerFilter('defang', (value: unknown) => defangValue(textOf(value)));
  engine.registerFilter('table', {
    raw: true,
    handler: (rows: unknown, ...columns: unknown[]) =>
      counted(tableText(columns.map(textOf)))(rows),
  });
}

/** `2026-03-01 13:04 GMT+1` */
function zonedText(instant: string, zone: string): string {
  const date = new Date(instant);
  if (Number.isNaN(date.getTime())) return instant;
  try {
    const parts = new Intl.DateTimeFormat('en-GB', {
      ...{ timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' },
      ...{ hour: '2-digit', minute: '2-digit', timeZoneName: 'short' },
    } as Intl.DateTimeFormatOptions).formatToParts(date);
    const part = (type: string): string => parts.find((one) => one.type === type)?.value ?? '';
    return `${part('year')}-${part('month')}-${part('day')} ${part('hour')}:${part('minute')} ${part('timeZoneName')}`;
  } catch {
    throw usageError(`"${zone}" is no time zone`, 'Write one as Europe/Berlin.');
  }
}

/** Addresses, names and mail addresses so that nothing links to them: `203.0.113[.]9`. */
function defangValue(value: string): string {
  if (/^\d{1,3}(?:\.\d{1,3}){3}(?:\/\d+)?$/.test(value)) return value.replaceAll('.', '[.]');
  if (/^[\w.+-]*@?[\w-]+(?:\.[\w-]+)*\.[a-z]{2,24}$/i.test(value) && !value.includes('/'))
    return value.replaceAll('.', '[.]').replace('@', '[@]');
  return defang(value);
}

/** A table of the members that are named, `field` or `field=Heading`; each cell escaped. */
const tableText =
  (columns: readonly string[]) =>
  (rows: unknown): string => {
    const named = columns.map((column) => {
      const [field = '', ...heading] = column.split('=');
      return { field, heading: heading.length > 0 ? heading.join('=') : field };
    });
    const list = Array.isArray(rows) ? (rows as Record<string, unknown>[]) : [];
    const cell = (row: Record<string, unknown>, field: string): string => {
      const value = Object.hasOwn(Object(row), field) ? row[field] : '';
      return field === 'command' || field === 'value' ? codeSpan(value) : escapeInline(value);
    };
    return [
      `| ${named.map(({ heading }) => escapeInline(heading)).join(' | ')} |`,
      `|${named.map(() => '---').join('|')}|`,
      ...list.map((row) => `| ${named.map(({ field }) => cell(row, field)).join(' | ')} |`),
    ].join('\n');
  };
