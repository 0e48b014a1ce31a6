/** A row of a timeline as an ECS document: what exports need of it, whatever it is exported to. */
import { createHash } from 'node:crypto';
import { parseRfc3339 } from '../../events/rfc3339.ts';

/** An event or a finding as nested ECS document. */
export type Row = Readonly<Record<string, unknown>>;

/** Rows as they come. */
export type Rows = Iterable<Row> | AsyncIterable<Row>;

/** The value of a dotted field; undefined where there is none. */
export function field(row: Row, name: string): unknown {
  let value: unknown = row;
  for (const key of name.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<string, unknown>)[key];
  }
  return value ?? undefined;
}

/** The same as text; lists with blanks between. Empty where there is none. */
export function text(row: Row, name: string): string {
  const value = field(row, name);
  if (value === undefined) return '';
  if (Array.isArray(value)) return value.map(String).join(' ');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** Is it a finding, and not an event of a log? */
export const isFinding = (row: Row): boolean => field(row, 'event.kind') === 'alert';

/** What happened in one line. */
export function messageOf(row: Row): string {
  const said = text(row, 'message') || text(row, 'event.original');
  return isFinding(row) ? [text(row, 'rule.name'), said].filter(Boolean).join(': ') : said;
}

/** Microseconds since the epoch; undefined where the line has no time. */
export function timeUsOf(row: Row): number | undefined {
  const time = text(row, '@timestamp');
  const us = time === '' ? Number.NaN : parseRfc3339(time);
  return Number.isNaN(us) ? undefined : us;
}

/** What the time of a row is the time of. */
export const timeMeaning = (row: Row): string => {
  if (timeUsOf(row) === undefined) return 'Not a time';
  return isFinding(row) ? 'First Seen' : 'Event Logged';
};

interface Evidence {
  file?: string;
  line?: number;
  offset?: number;
  raw?: string;
}

/** Where it stands: of a finding the line that leads. */
export function placeOf(row: Row): { file: string; line: number | undefined; raw: string } {
  const evidence = field(row, 'ir.evidence');
  const first = (Array.isArray(evidence) ? evidence[0] : undefined) as Evidence | undefined;
  if (first !== undefined)
    return { file: first.file ?? '', line: first.line, raw: first.raw ?? '' };
  return {
    file: text(row, 'log.file.path'),
    line: field(row, 'ir.line') as number | undefined,
    raw: text(row, 'event.original'),
  };
}

/** The same for the same row of the same file, and for no other. */
export function stableId(row: Row): string {
  const known = text(row, 'ir.id');
  if (known !== '') return known;
  const { file, raw } = placeOf(row);
  const place = JSON.stringify([file, field(row, 'log.offset') ?? null, raw]);
  return createHash('sha256').update(place).digest('hex').slice(0, 32);
}
