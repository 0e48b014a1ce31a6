/** The JSON object of a line, read once for all who ask for it. */
import { isRecord } from './json-fields.ts';

type JsonRecord = Readonly<Record<string, unknown>>;

/** The latest record: formats are asked one by one, then a line for what it wraps, and then it is read. */
let latest: { line: string; record: JsonRecord | undefined } = { line: '', record: undefined };

/** The object that a line is, perhaps behind a word and a colon; undefined when it is none. */
export function readRecord(line: string): JsonRecord | undefined {
  if (latest.line !== line) latest = { line, record: parseRecord(line) };
  return latest.record;
}

function parseRecord(line: string): JsonRecord | undefined {
  const start = line.indexOf('{');
  if (start < 0 || (start > 0 && !/^[\w.-]{0,64}:?\s{0,32}$/.test(line.slice(0, start)))) {
    return undefined;
  }
  // A line of a piece of an array.
  const end = line.endsWith('},') ? line.length - 1 : line.length;
  try {
    const value: unknown = JSON.parse(line.slice(start, end));
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
