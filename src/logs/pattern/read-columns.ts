/** Reads lines whose columns a header names: which name fills which field says the table `keys` of the format. */
import type { Event } from '../../events/event.ts';
import type { Clock } from '../clock.ts';
import type { HeaderRule } from '../headers.ts';
import { compilePattern } from './compile-pattern.ts';
import type { FormatDocument } from './format-document.ts';
import { type KeyTable, setPartedTime, type ValueSetter, valueSetters } from './listed-fields.ts';
import { parsePattern } from './parse-pattern.ts';

/** Why a line is none of the header's; undefined when it was read. */
export type ColumnReader = (
  event: Event,
  line: string,
  kept: Map<string, string>,
  clock: Clock,
) => string | undefined;

/** The names of a header and what stands between the columns. */
interface Columns {
  header: string;
  count: number;
  /** What the table of the format has for each; undefined for those that it does not name. */
  setters: readonly (ValueSetter | undefined)[];
  isComma: boolean;
  /** The day that its comments name, for lines that have a time alone. */
  date: string;
}

/** The line of a header that has the names, without its marker. */
const nameLine = (header: string, marker: string | undefined): string => {
  const line =
    marker === undefined ? header : header.split('\n').findLast((each) => each.startsWith(marker));
  return (line ?? '').slice(marker?.length ?? 0).trim();
};

const isCommaList = (header: string, marker: string | undefined): boolean =>
  nameLine(header, marker).includes(',');

/** The columns' names, in lower case; a name in quotes without them. */
function namesOf(header: string, marker: string | undefined): readonly string[] {
  const names = nameLine(header, marker).split(isCommaList(header, marker) ? ',' : /[ \t]{1,80}/);
  return names.map((name) =>
    name
      .trim()
      .replace(/^"(.*)"$/, '$1')
      .toLowerCase(),
  );
}

/** How well a header fits: by the names that the table knows. */
export function headerRule(document: FormatDocument): HeaderRule | undefined {
  const { header: declared } = document;
  if (declared === undefined) return undefined;
  const known = new Set(Object.keys(tableOf(document)).map((name) => name.toLowerCase()));
  return {
    marker: declared.marker,
    fits(header) {
      const names = namesOf(header, declared.marker);
      if (!declared.needs.every((name) => names.includes(name.toLowerCase()))) return 0;
      const found = names.filter((name) => known.has(name)).length;
      // Two that know as many names: the one that asks for more.
      return found === 0 ? 0 : found + declared.needs.length / 1000;
    },
  };
}

const tableOf = ({ keys }: FormatDocument): KeyTable => keys['keys'] ?? {};

/** Makes the reader of the lines of a format with a header. */
export function columnReader(document: FormatDocument): ColumnReader {
  const marker = document.header?.marker;
  const setters = valueSetters(
    Object.fromEntries(
      Object.entries(tableOf(document)).map(([name, field]) => [name.toLowerCase(), field]),
    ),
    (pattern) => compilePattern(parsePattern(pattern)),
  );
  let latest: Columns | undefined;
  const columnsOf = (header: string): Columns => {
    if (latest?.header === header) return latest;
    const names = namesOf(header, marker);
    latest = {
      header,
      count: names.length,
      setters: names.map((name) => setters.get(name)),
      isComma: isCommaList(header, marker),
      date: /^#(?:Start-)?Date: ?(\d{4}-\d\d-\d\d)/m.exec(header)?.[1] ?? '',
    };
    return latest;
  };
  return (event, line, kept, clock) => {
    const columns = columnsOf(clock.header() ?? '');
    const separator = columns.isComma ? ',' : line.includes('\t') ? '\t' : ' ';
    if (columns.date !== '') kept.set('@date', columns.date);
    let [at, index] = [0, 0];
    for (; at <= line.length; index += 1) {
      const end = cellEnd(line, at, separator);
      const setter = columns.setters[index];
      const value = setter === undefined ? '' : cellText(line, at, end);
      if (setter !== undefined && value !== '' && value !== '-') setter(event, value, kept, clock);
      at = end + 1;
      if (separator === ' ') while (line.charCodeAt(at) === 32) at += 1;
    }
    if (index !== columns.count) return 'not the columns that the header names';
    setPartedTime(event, kept, clock);
    return undefined;
  };
}

/** A value in quotes ends at the quote before the next separator; quotes inside are doubled. */
function cellEnd(line: string, at: number, separator: string): number {
  if (line.charCodeAt(at) === 34 && separator !== '\t') {
    for (let quote = line.indexOf('"', at + 1); quote !== -1; ) {
      if (line.charCodeAt(quote + 1) === 34) quote = line.indexOf('"', quote + 2);
      else if (quote + 1 === line.length || line[quote + 1] === separator) return quote + 1;
      else break;
    }
  }
  const end = line.indexOf(separator, at);
  return end === -1 ? line.length : end;
}

function cellText(line: string, at: number, end: number): string {
  const isQuoted = end - at > 1 && line.charCodeAt(at) === 34 && line.charCodeAt(end - 1) === 34;
  return isQuoted ? line.slice(at + 1, end - 1).replaceAll('""', '"') : line.slice(at, end);
}
