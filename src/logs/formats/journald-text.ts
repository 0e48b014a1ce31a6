/**
 * The journal's records as text of several lines: `journalctl -o verbose` and `-o export`.
 * @see https://systemd.io/JOURNAL_EXPORT_FORMATS/#journal-export-format
 */
import { emptyStamp, readStamp } from './syslog-stamp.ts';

const FIELD = /^([A-Z_][A-Z0-9_]{0,63})=/;
const VERBOSE =
  /^\p{L}{2,6}\.? \d{4}-\d\d-\d\d \d\d:\d\d:\d\d[^[]{0,40} \[(?:[a-z]=[\da-f-]{0,64};?){2,8}\]$/u;
const INDENT = '    ';
/** The size of a value with line ends in it stands in eight bytes in front of it. */
const SIZE_BYTES = 8;

/** Does a record begin with this line? */
export const isTextRecord = (line: string): boolean =>
  line.startsWith('__CURSOR=') || (line.endsWith(']') && VERBOSE.test(line));

/** The rest of a record: indented in `verbose`, in `export` all up to a blank line that is no part of a value. */
export function continuesRecord(line: string, lines: readonly string[] | undefined): boolean {
  const [head] = lines ?? [];
  // Where a piece of a file begins nobody knows what was before.
  if (head === undefined)
    return line === '' || line.startsWith(INDENT) || (FIELD.test(line) && !isTextRecord(line));
  if (head.startsWith('__CURSOR=')) return lines?.at(-1) !== '' || openBytes(lines) > 0;
  return isTextRecord(head) && line.startsWith(INDENT);
}

/** How many bytes are missing of a value that was begun; what cannot be told of its size counts as little. */
function openBytes(lines: readonly string[]): number {
  let open = 0;
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] as string;
    if (open > 0) open -= Buffer.byteLength(line) + 1;
    else if (line !== '' && !FIELD.test(line)) open = sizeIn(lines[index + 1]);
  }
  return open;
}

/** A size beyond seven bits is no text: the smallest that it may be. */
function sizeIn(line = ''): number {
  let size = SIZE_BYTES;
  for (let byte = 0; byte < 4; byte += 1)
    size += Math.min(line.charCodeAt(byte) || 0, 128) * 256 ** byte;
  return size;
}

/** The fields of a record, as `-o json` names them; those that come twice as lists. */
export function textRecord(lines: readonly string[]): Readonly<Record<string, unknown>> {
  const record: Record<string, string> = Object.create(null);
  const [head = ''] = lines;
  const isExport = head.startsWith('__CURSOR=');
  let name = '';
  let open = 0;
  for (const line of isExport ? lines : lines.slice(1)) {
    const text = isExport ? line : line.slice(INDENT.length);
    const found = open > 0 ? null : FIELD.exec(text);
    if (found !== null) {
      name = found[1] as string;
      record[name] ??= text.slice(found[0].length);
    } else if (!isExport) record[name] = `${record[name] ?? ''}\n${text.trimStart()}`;
    else if (open > 0) {
      record[name] =
        record[name] === undefined ? text.slice(SIZE_BYTES) : `${record[name]}\n${text}`;
      open -= Buffer.byteLength(line) + 1;
    } else if (text !== '') {
      name = text;
      open = 1;
    }
    if (open === 1 && record[name] === undefined) open = sizeIn(lines[lines.indexOf(line) + 1]);
  }
  return record;
}

/** The stamp in front of a record of `verbose`; undefined in `export`, which has it as a field. */
export function stampOf(head: string) {
  const stamp = emptyStamp();
  return !head.startsWith('__CURSOR=') && readStamp(head, 0, stamp) ? stamp : undefined;
}
