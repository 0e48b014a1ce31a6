/** Finds the records of a CloudTrail file by scanning for matching braces, without parsing the file. */
import type { TextRecord } from './log-format.ts';

const QUOTE = 34;
const OPEN_BRACKET = 91;
const CLOSE_BRACKET = 93;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;
const COLON = 58;
const NEWLINE = 10;

/** Keys whose array holds the records: S3 delivery, `aws cloudtrail lookup-events`. */
const LIST_KEYS: ReadonlySet<string> = new Set(['Records', 'records', 'Events', 'events']);

/** True for the first characters of a file whose records are not one a line. */
export function looksLikeRecords(head: string): boolean {
  const start = skipBlanks(head, 0);
  const first = head.charCodeAt(start);
  if (first === OPEN_BRACKET) return hasTrailKeys(head);
  if (first !== OPEN_BRACE) return false;
  const inner = skipBlanks(head, start + 1);
  const isListFirst = /^"(?:Records|records|Events|events)"\s*:\s*\[/.test(
    head.slice(inner, inner + 200),
  );
  // A pretty-printed object breaks the line after its brace.
  const isPretty = head.slice(start, inner).includes('\n');
  return isListFirst || isPretty ? hasTrailKeys(head) : false;
}

/** Keys that records have and lists of event names about CloudTrail have not. */
function hasTrailKeys(head: string): boolean {
  if (head.includes('"CloudTrailEvent"')) return true;
  if (!head.includes('"awsRegion"') && !head.includes('"userIdentity"')) return false;
  return head.includes('"eventVersion"') || head.includes('"eventName"');
}

/**
 * The records of a CloudTrail document: the elements of its `Records`, of a plain array, or the
 * objects themselves; documents may follow one another. A record that the end of the text cuts and
 * text that is no record come out too, so that the reader can account for them.
 */
export function* splitCloudTrail(text: string): Iterable<TextRecord> {
  const at = createLineCounter(text);
  let position = skipSeparators(text, 0);
  while (position < text.length) {
    const code = text.charCodeAt(position);
    if (code === OPEN_BRACE) {
      const list = findList(text, position);
      if (list === undefined) {
        const end = endOfValue(text, position);
        yield at(position, end);
        position = end;
      } else {
        position = yield* splitList(text, list, at);
        position = endOfWrapper(text, position);
      }
    } else if (code === OPEN_BRACKET) {
      position = yield* splitList(text, position, at);
    } else {
      const end = endOfRubbish(text, position);
      yield at(position, end);
      position = end;
    }
    position = skipSeparators(text, position);
  }
}

type RecordAt = (start: number, end: number) => TextRecord;

function* splitList(text: string, open: number, at: RecordAt): Generator<TextRecord, number> {
  let position = skipSeparators(text, open + 1);
  while (position < text.length && text.charCodeAt(position) !== CLOSE_BRACKET) {
    const isObject = text.charCodeAt(position) === OPEN_BRACE;
    const end = isObject ? endOfValue(text, position) : endOfRubbish(text, position);
    yield at(position, end);
    position = skipSeparators(text, end);
  }
  return Math.min(position + 1, text.length);
}

/** Offsets come in ascending order, so line breaks are counted once. */
function createLineCounter(text: string): RecordAt {
  let line = 1;
  let next = text.indexOf('\n');
  return (start, end) => {
    while (next !== -1 && next < start) {
      line += 1;
      next = text.indexOf('\n', next + 1);
    }
    return { text: text.slice(start, end), offset: start, line };
  };
}

/** Where the record array of the object at `open` starts; undefined when it has none. */
function findList(text: string, open: number): number | undefined {
  let position = skipSeparators(text, open + 1);
  while (text.charCodeAt(position) === QUOTE) {
    const keyEnd = endOfString(text, position);
    const key = text.slice(position + 1, keyEnd - 1);
    const colon = skipBlanks(text, keyEnd);
    if (text.charCodeAt(colon) !== COLON) return undefined;
    const value = skipBlanks(text, colon + 1);
    if (LIST_KEYS.has(key) && text.charCodeAt(value) === OPEN_BRACKET) return value;
    // A record names its own keys; reading all of a big one twice would double the work.
    if (key.startsWith('event') || key === 'userIdentity') return undefined;
    position = skipSeparators(text, endOfValue(text, value));
  }
  return undefined;
}

/** The end of the object whose record array has just been read. */
function endOfWrapper(text: string, from: number): number {
  let position = skipSeparators(text, from);
  while (text.charCodeAt(position) === QUOTE) {
    const colon = skipBlanks(text, endOfString(text, position));
    if (text.charCodeAt(colon) !== COLON) return colon;
    position = skipSeparators(text, endOfValue(text, skipBlanks(text, colon + 1)));
  }
  return text.charCodeAt(position) === CLOSE_BRACE ? position + 1 : position;
}

/** The end of the JSON value at `start`: behind its last character, or the end of the text. */
function endOfValue(text: string, start: number): number {
  const first = text.charCodeAt(start);
  if (first === QUOTE) return endOfString(text, start);
  if (first !== OPEN_BRACE && first !== OPEN_BRACKET) return endOfScalar(text, start);
  let depth = 0;
  let position = start;
  while (position < text.length) {
    const code = text.charCodeAt(position);
    if (code === QUOTE) {
      position = endOfString(text, position);
      continue;
    }
    if (code === OPEN_BRACE || code === OPEN_BRACKET) depth += 1;
    else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) depth -= 1;
    position += 1;
    if (depth === 0) return position;
  }
  return text.length;
}

/** Behind the closing quote of the string at `start`. */
function endOfString(text: string, start: number): number {
  let close = text.indexOf('"', start + 1);
  while (close !== -1) {
    let slashes = 0;
    while (text.charCodeAt(close - 1 - slashes) === 92) slashes += 1;
    if (slashes % 2 === 0) return close + 1;
    close = text.indexOf('"', close + 1);
  }
  return text.length;
}

function endOfScalar(text: string, start: number): number {
  let position = start;
  while (position < text.length && !isSeparator(text.charCodeAt(position))) {
    const code = text.charCodeAt(position);
    if (code === CLOSE_BRACE || code === CLOSE_BRACKET) break;
    position += 1;
  }
  return Math.max(position, Math.min(start + 1, text.length));
}

/** Text that is no value lasts to the end of its line or the next object. */
function endOfRubbish(text: string, start: number): number {
  let position = start + 1;
  while (position < text.length) {
    const code = text.charCodeAt(position);
    if (code === NEWLINE || code === OPEN_BRACE) break;
    position += 1;
  }
  return position;
}

const isBlank = (code: number): boolean => code === 32 || (code >= 9 && code <= 13);
// 0x1e separates JSON text sequences, 0xfeff is the mark of an UTF-8 file.
const isSeparator = (code: number): boolean =>
  isBlank(code) || code === 44 || code === 0x1e || code === 0xfeff;

function skipBlanks(text: string, from: number): number {
  let position = from;
  while (position < text.length && isBlank(text.charCodeAt(position))) position += 1;
  return position;
}

function skipSeparators(text: string, from: number): number {
  let position = from;
  while (position < text.length && isSeparator(text.charCodeAt(position))) position += 1;
  return position;
}
