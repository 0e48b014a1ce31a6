/** A journal file as `journalctl -o json --all` shows it: an entry a line. @see https://systemd.io/JOURNAL_EXPORT_FORMATS/ */
import { isUtf8 } from 'node:buffer';
import {
  createObjectReader,
  entryAt,
  entryPlaces,
  fieldAt,
  type JournalEntry,
  type JournalHeader,
  journalHeader,
  type ObjectReader,
} from './journal-file.ts';
import type { OpenFile } from './zip-directory.ts';

/** Values larger than what is left of this are null, as large ones are in journalctl without `--all`. */
const MAX_LINE_CHARS = 900_000;
const MAX_FIELDS = 4096;
const BATCH_CHARS = 1 << 18;
/** Most fields come again and again: host, unit, boot. */
const KEPT_FIELDS = 8192;
const MAX_KEPT_CHARS = 1024;
const NAME = /^[A-Z_][A-Z0-9_]{0,63}$/;
/** What makes systemd write a value as a list of bytes; surrogates are no UTF-8 to begin with. */
const UNPRINTABLE = /[\0-\x08\x0b-\x1f\x7f-\x9f\u{fdd0}-\u{fdef}]|[\ufffe\uffff]|[^\0-\uffff]/u;
const PLANE_END = 0xfffe;

/** A field as it stands in the line. */
interface Field {
  name: string;
  json: string;
}

/**
 * The lines of a journal file.
 * @param note told what is wrong with it
 * @throws Error when it has no header
 */
export async function* journalLines(
  file: OpenFile,
  note: (problem: string) => void,
): AsyncGenerator<Buffer> {
  const header = journalHeader(file);
  if (header.problem !== undefined) note(header.problem);
  const objects = createObjectReader(file);
  const fieldOf = createFieldReader(objects, header.isCompact);
  let [damaged, batch] = [0, ''];
  for (const place of entryPlaces(objects, header, note)) {
    const entry = entryAt(objects, place, header.isCompact);
    const line = entry === undefined ? undefined : lineOf(entry, header, fieldOf);
    if (line === undefined) damaged += 1;
    else batch += line;
    if (batch.length < BATCH_CHARS) continue;
    yield Buffer.from(batch);
    batch = '';
    // Others have a turn.
    await new Promise((resolve) => setImmediate(resolve));
  }
  if (batch !== '') yield Buffer.from(batch);
  if (damaged > 0) note(`${damaged} entries are damaged, the others were read`);
}

/** Undefined of an entry of which nothing is left. */
function lineOf(
  { seqnum, realtime, monotonic, bootId, xorHash, fieldsAt }: JournalEntry,
  { seqnumId }: JournalHeader,
  fieldOf: (place: number) => Field | undefined,
): string | undefined {
  const hex = (value: bigint): string => value.toString(16);
  const cursor = `s=${seqnumId};i=${hex(seqnum)};b=${bootId};m=${hex(monotonic)};t=${hex(realtime)};x=${hex(xorHash)}`;
  let line = `{"__CURSOR":"${cursor}","__REALTIME_TIMESTAMP":"${realtime}","__MONOTONIC_TIMESTAMP":"${monotonic}","_BOOT_ID":"${bootId}"`;
  const values = new Map<string, string[]>();
  let chars = line.length;
  for (const place of fieldsAt.slice(0, MAX_FIELDS)) {
    const field = fieldOf(place);
    if (field === undefined || field.name === '_BOOT_ID') continue;
    const json = chars + field.json.length > MAX_LINE_CHARS ? 'null' : field.json;
    chars += json.length + field.name.length + 4;
    const same = values.get(field.name);
    if (same === undefined) values.set(field.name, [json]);
    else same.push(json);
  }
  if (values.size === 0 && fieldsAt.length > 0) return undefined;
  for (const [name, [first, ...more]] of values)
    line += `,"${name}":${more.length === 0 ? first : `[${[first, ...more].join(',')}]`}`;
  return `${line}}\n`;
}

function createFieldReader(
  objects: ObjectReader,
  isCompact: boolean,
): (place: number) => Field | undefined {
  const kept = new Map<number, Field>();
  return (place) => {
    const known = kept.get(place);
    if (known !== undefined) return known;
    const bytes = fieldAt(objects, place, isCompact);
    const field = bytes === undefined ? undefined : fieldOfBytes(bytes);
    if (field === undefined || field.json.length > MAX_KEPT_CHARS) return field;
    if (kept.size >= KEPT_FIELDS) kept.clear();
    kept.set(place, field);
    return field;
  };
}

function fieldOfBytes(bytes: Buffer): Field | undefined {
  const equals = bytes.indexOf(0x3d);
  const name = equals === -1 ? '' : bytes.toString('latin1', 0, equals);
  if (!NAME.test(name)) return undefined;
  const value = bytes.subarray(equals + 1);
  if (value.length > MAX_LINE_CHARS) return { name, json: 'null' };
  const text = isUtf8(value) ? value.toString('utf8') : undefined;
  const isText = text !== undefined && isPrintable(text);
  return { name, json: isText ? JSON.stringify(text) : `[${value.join(',')}]` };
}

function isPrintable(text: string): boolean {
  if (!UNPRINTABLE.test(text)) return true;
  // Planes above the first hold pictures and scripts; only their last two places are no characters.
  for (const character of text) {
    const code = character.codePointAt(0) as number;
    if (code > 0xffff ? (code & PLANE_END) === PLANE_END : UNPRINTABLE.test(character))
      return false;
  }
  return true;
}
