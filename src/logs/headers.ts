/**
 * Lines that name the columns of those below them: `#Fields:` of W3C, `#fields` of Zeek, the first line of a CSV file.
 * They are found before reading, as marks: from this offset on, these names. So what a line says depends on its text
 * and its offset alone, wherever reading starts.
 */
import { readSync } from 'node:fs';

/** From this offset on, these lines name the columns. */
export interface HeaderMark {
  offset: number;
  /** The line with the names, together with the comments around it. */
  text: string;
}

/** How a format's columns are named. */
export interface HeaderRule {
  /** What the line with the names begins with, such as `#Fields:`; absent: the first line of the file has them. */
  marker?: string | undefined;
  /** How many names of a header say that it is one of this format; 0: it is none. The most specific format reads the file. */
  fits(header: string, head: string): number;
}

const BLOCK_BYTES = 1 << 20;
/** Around the line with the names. */
const MAX_HEADER = 1 << 15;
/** A file may not fill the memory with names. */
const MAX_MARKS = 10_000;

/** Is the line one of a header, or a comment? */
export const isHeaderLine = (
  line: string,
  rule: HeaderRule,
  header: string | undefined,
): boolean =>
  rule.marker === undefined ? line === header : line.startsWith(rule.marker.charAt(0));

/** The header in the first characters of a file. */
export function headerIn(head: string, { marker }: HeaderRule): string | undefined {
  const text = head.replaceAll('\r\n', '\n');
  if (marker === undefined) {
    const end = text.indexOf('\n');
    const first = end === -1 ? text : text.slice(0, end);
    return first === '' || first.length > MAX_HEADER ? undefined : first;
  }
  const at = text.startsWith(marker) ? 0 : text.indexOf(`\n${marker}`) + 1;
  if (at === 0 && !text.startsWith(marker)) return undefined;
  return blockAround(text, at, marker.charAt(0)).text;
}

/** The header of a short text, as marks of it. */
export function sampleHeaders(rule: HeaderRule | undefined, text: string): readonly HeaderMark[] {
  const header = rule && headerIn(text, rule);
  const isHeader = header !== undefined && (rule?.fits(header, text) ?? 0) > 0;
  return isHeader ? [{ offset: 0, text: header }] : [];
}

/** The comments around the line at `at`, and where they begin. */
function blockAround(text: string, at: number, sign: string): { text: string; start: number } {
  let start = at;
  while (start > 0) {
    const before = text.lastIndexOf('\n', start - 2) + 1;
    if (text[before] !== sign) break;
    start = before;
  }
  let end = at;
  while (text[end] === sign) {
    const newline = text.indexOf('\n', end);
    end = newline === -1 ? text.length : newline + 1;
  }
  return { text: text.slice(start, end).replaceAll('\r\n', '\n').trimEnd(), start };
}

/** The headers of a file, in order; of the same names again only the first. */
export function findHeaders(
  descriptor: number,
  sizeBytes: number,
  rule: HeaderRule,
): readonly HeaderMark[] {
  const { marker } = rule;
  if (marker === undefined) {
    const text = headerIn(textAt(descriptor, 0, MAX_HEADER).replace(/^\ufeff/, ''), rule);
    return text === undefined ? [] : [{ offset: 0, text }];
  }
  const marks: HeaderMark[] = [];
  for (const at of placesOf(descriptor, sizeBytes, marker)) {
    const from = Math.max(0, at - MAX_HEADER);
    const window = textAt(descriptor, from, MAX_HEADER * 2, 'latin1');
    const { text, start } = blockAround(window, at - from, marker.charAt(0));
    const decoded = Buffer.from(text, 'latin1').toString('utf8');
    if (decoded !== marks.at(-1)?.text) marks.push({ offset: from + start, text: decoded });
    if (marks.length === MAX_MARKS) break;
  }
  return marks;
}

/** The byte order mark of UTF-8, byte by byte. */
const MARK = '\xef\xbb\xbf';

/** Where lines begin with the marker. */
function* placesOf(descriptor: number, sizeBytes: number, marker: string): Generator<number> {
  const buffer = Buffer.allocUnsafe(BLOCK_BYTES);
  const wanted = `\n${marker}`;
  const atStart = textAt(descriptor, 0, marker.length + MARK.length, 'latin1');
  const first = atStart.startsWith(MARK) ? MARK.length : 0;
  if (atStart.startsWith(marker, first)) yield first;
  for (let position = 0; position < sizeBytes; position += BLOCK_BYTES - wanted.length) {
    const got = readSync(descriptor, buffer, 0, BLOCK_BYTES, position);
    const block = buffer.subarray(0, got);
    const limit = got === BLOCK_BYTES ? BLOCK_BYTES - wanted.length : got;
    for (
      let at = block.indexOf(wanted);
      at !== -1 && at < limit;
      at = block.indexOf(wanted, at + 1)
    )
      yield position + at + 1;
    if (got < BLOCK_BYTES) return;
  }
}

function textAt(
  descriptor: number,
  position: number,
  length: number,
  encoding: 'utf8' | 'latin1' = 'utf8',
): string {
  const buffer = Buffer.allocUnsafe(length);
  return buffer.toString(encoding, 0, readSync(descriptor, buffer, 0, length, position));
}

/** The marks that count somewhere between two offsets. */
export const headersBetween = (
  marks: readonly HeaderMark[],
  start: number,
  end: number,
): readonly HeaderMark[] =>
  marks.filter(({ offset }, index) => {
    const next = marks[index + 1]?.offset ?? Number.POSITIVE_INFINITY;
    return offset < end && next > start;
  });
