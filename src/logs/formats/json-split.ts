/**
 * Finds the records of JSON documents piece by piece: the elements of an array, of a list inside an object
 * (`{"Records": [...]}`), or objects that follow one another, pretty-printed or not. Nothing is parsed, and never
 * more than one record is held.
 */
import type { RecordSplitter, TextRecord } from './log-format.ts';

const NEWLINE = 10;
const QUOTE = 34;
const COMMA = 44;
const COLON = 58;
const OPEN_BRACKET = 91;
const BACKSLASH = 92;
const CLOSE_BRACKET = 93;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;

/** A longer record is not read but counted as skipped, as a longer line is. */
const MAX_RECORD = 1 << 24;
/** Only its beginning is kept, as an example. */
const HEAD_LENGTH = 200;
const MAX_KEY = 64;

/** Tells from the keys before it whether a list holds the document's records. */
export interface ListKeys {
  /** Names of such lists. */
  isList(key: string): boolean;
  /** A key that only a record has: what holds it is one, whatever lists are in it. */
  isOfRecord(key: string): boolean;
}

/** Where in the text the splitter is. */
type Place = 'between' | 'record' | 'rubbish';

/**
 * Makes a splitter. A record that the end of the text cuts, and text that is no record, come out too, so that
 * the reader can account for them.
 */
export function createRecordSplitter(keys: ListKeys | undefined): RecordSplitter {
  /** Brackets of records read so far, innermost last; those of lists around them are in `outer`. */
  let inner: number[] = [];
  let outer: number[] = [];
  /** Brackets open in what follows the list inside the object that holds it. */
  let afterList = 0;
  let place: Place = 'between';
  let kept = '';
  let startOffset = 0;
  let startLine = 1;
  let isTooLong = false;
  let isInString = false;
  let isEscaped = false;
  /** In an object, the next string is a key. */
  let isKeyNext = false;
  /** The latest key of the outermost object, and whether that object may still turn out to hold a list. */
  let key = '';
  let isKeyOpen = false;
  let mayHoldList = false;
  let line = 1;
  let wasNewline = true;
  let position = 0;
  let found: TextRecord[] = [];

  const keep = (text: string, from: number, to: number): void => {
    if (isTooLong) return;
    kept += text.slice(from, to);
    if (kept.length <= MAX_RECORD) return;
    isTooLong = true;
    kept = kept.slice(0, HEAD_LENGTH);
  };

  const finish = (): void => {
    const text = place === 'rubbish' ? kept.trimEnd() : kept;
    if (text !== '') {
      const record: TextRecord = { text, offset: startOffset, line: startLine };
      if (isTooLong) record.skip = 'a record longer than 16 MiB';
      found.push(record);
    }
    kept = '';
    isTooLong = false;
    isInString = false;
    isEscaped = false;
    inner = [];
    place = 'between';
  };

  const begin = (at: number, next: Place): void => {
    place = next;
    startOffset = position + at;
    startLine = line;
    if (next !== 'record') return;
    inner = [OPEN_BRACE];
    isKeyNext = true;
    key = '';
    mayHoldList = keys !== undefined && outer.length === 0;
  };

  /** Further keys of the object that holds the list say nothing about events. */
  const besideList = (code: number): void => {
    if (code === QUOTE) isInString = true;
    else if (code === OPEN_BRACE || code === OPEN_BRACKET) afterList += 1;
    else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) {
      if (afterList > 0) afterList -= 1;
      else outer.pop();
    }
  };

  /** Text between records: lists open and close, the rest of what holds them goes by. */
  const between = (code: number, at: number): void => {
    if (isSeparator(code)) return;
    if (outer.at(-1) === OPEN_BRACE) besideList(code);
    else if (code === OPEN_BRACE) begin(at, 'record');
    else if (code === OPEN_BRACKET) outer.push(code);
    else if (outer.length > 0 && (code === CLOSE_BRACKET || code === CLOSE_BRACE)) outer.pop();
    else begin(at, 'rubbish');
  };

  /** The object turns out to hold the list of records: it is none itself. */
  const becomeList = (): void => {
    outer.push(OPEN_BRACE, OPEN_BRACKET);
    afterList = 0;
    kept = '';
    inner = [];
    isTooLong = false;
    place = 'between';
  };

  const push = (text: string): TextRecord[] => {
    found = [];
    let from = 0;
    const close = (at: number): void => {
      keep(text, from, at);
      finish();
      from = at;
    };
    for (let at = 0; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      if (code === NEWLINE) line += 1;
      if (place === 'between') {
        if (isInString) {
          if (isEscaped) isEscaped = false;
          else if (code === BACKSLASH) isEscaped = true;
          else if (code === QUOTE || code === NEWLINE) isInString = false;
        } else {
          // An object that begins a line is the next document's, if the list's own was cut.
          if (code === OPEN_BRACE && wasNewline && outer.at(-1) === OPEN_BRACE) outer = [];
          between(code, at);
        }
        wasNewline = code === NEWLINE;
        from = at;
        continue;
      }
      if (place === 'rubbish') {
        if (code !== NEWLINE && code !== OPEN_BRACE) continue;
        close(at);
        if (code === OPEN_BRACE) between(code, at);
        continue;
      }
      if (isInString) {
        if (isEscaped) isEscaped = false;
        else if (code === BACKSLASH) isEscaped = true;
        else if (code === QUOTE) {
          isInString = false;
          isKeyOpen = false;
        } else if (code === NEWLINE) {
          // No string spans lines: the record was cut, and what follows is another's.
          close(at);
        } else if (isKeyOpen && key.length < MAX_KEY) key += text[at] as string;
        continue;
      }
      if (code === QUOTE) {
        isInString = true;
        isKeyOpen = isKeyNext && inner.length === 1;
        if (isKeyOpen) key = '';
        continue;
      }
      if (code === COLON) {
        isKeyNext = false;
        if (inner.length === 1 && keys?.isOfRecord(key) === true) mayHoldList = false;
      } else if (code === COMMA) {
        isKeyNext = inner.at(-1) === OPEN_BRACE;
      } else if (code === OPEN_BRACE || code === OPEN_BRACKET) {
        if (isKeyNext && code === OPEN_BRACE) {
          // A key must follow: the record was cut, and another begins.
          close(at);
          between(code, at);
          continue;
        }
        const isListHere = mayHoldList && inner.length === 1 && code === OPEN_BRACKET;
        if (isListHere && keys?.isList(key) === true) {
          becomeList();
          from = at + 1;
          continue;
        }
        inner.push(code);
        isKeyNext = code === OPEN_BRACE;
      } else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) {
        inner.pop();
        isKeyNext = false;
        if (inner.length === 0) close(at + 1);
      }
    }
    if (place !== 'between') keep(text, from, text.length);
    position += text.length;
    return found;
  };

  return {
    push,
    end() {
      found = [];
      if (place !== 'between') finish();
      return found;
    },
  };
}

const isBlank = (code: number): boolean => code === 32 || (code >= 9 && code <= 13);
/** 0x1e separates JSON text sequences; a byte order mark is 0xfeff, or three bytes. */
const isSeparator = (code: number): boolean =>
  isBlank(code) ||
  code === COMMA ||
  code === 0x1e ||
  code === 0xfeff ||
  code === 0xef ||
  code === 0xbb ||
  code === 0xbf;
