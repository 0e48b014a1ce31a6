/** Finds what is to be masked in a text: words first, in one pass over the bytes; what they lead to is looked at closely. */
import { CHECKS, entropy } from './check-digits.ts';
import {
  decodeBase64,
  decodeEscapes,
  decodeHex,
  ESCAPE_WORDS,
  RUN_BYTES,
  runAround,
} from './decoded-view.ts';
import type { DetectorFile } from './detector.ts';
import { ownEnding, ownNever, ownPattern } from './own-expression.ts';
import { memberEnd, type Place, readValues } from './read-value.ts';
import { readIban, readMail, readPrivateKey, readSqlInsert } from './readers.ts';
import { createWordFinder } from './words.ts';

/** A value that is to be masked. */
export interface Span extends Place {
  /** Where what was recognised begins: the name of the value. */
  from: number;
  kind: string;
  /** The detector's name. */
  by: string;
}

/** Looks for values. */
export interface SpanFinder {
  /** In order, none inside or across another. @param text of one character per byte, or any text */
  find(text: string, bytes?: Uint8Array): Span[];
}

/** Reads what a word leads to. Places are in the text; undefined where it leads to nothing. */
type Read = (text: string, start: number, end: number, isDecoded: boolean) => readonly Place[];

interface Detector {
  name: string;
  kind: string;
  read: Read;
  check: ((text: string) => boolean) | undefined;
  /** Does it read what stands behind names? */
  isName: boolean;
  least: number;
  entropy: number;
  never: readonly { test(text: string): boolean }[];
}

/** How deep writings lie in one another: JSON in JSON in a query string in base64 is four. */
const DEEPEST = 5;
/** What was masked before, or is written in the place of a value by people and programs. */
const MASKED =
  /^(?:masked-[a-z-]+|(?:tok|hash)-[a-z-]+-[a-z2-7]{16})(?:@masked\.invalid)?$|^[*xX•]{3,}$|^\[[A-Za-z-]{3,20}\]$|^<[A-Za-z_ -]{3,20}>$|^\(?(?:null|none|nil|undefined|true|false|redacted|filtered|hidden|withheld|\*+|-)\)?$|^\$\{[\w.]+\}$|^\$[a-z_]+$|^%[sdv]$|^[?:]$|^\$\d$/i;
/** A rejected value of this length is not read again from a word within it. */
const LONG = 256;
/** Shortest run in which something without a name is looked for. */
const LEAST_RUN = 20;
const NOTHING: readonly Place[] = [];

/** @param files the detectors to look with */
export function createSpanFinder(files: readonly DetectorFile[]): SpanFinder {
  const words: string[] = [...ESCAPE_WORDS];
  const ofWord: Detector[][] = ESCAPE_WORDS.map(() => []);
  const ofRuns: Detector[] = [];
  for (const file of files) {
    const detector = compile(file);
    if (file.words.length === 0) ofRuns.push(detector);
    for (const word of file.words) {
      const known = words.indexOf(word);
      if (known === -1) {
        words.push(word);
        ofWord.push([detector]);
      } else (ofWord[known] as Detector[]).push(detector);
    }
  }
  const lengths = words.map(({ length }) => length);
  const finder = createWordFinder(words);

  const findIn = (text: string, bytes: Uint8Array, depth: number): Span[] => {
    const spans: Span[] = [];
    let viewed = 0;
    let covered = 0;
    let rejecting: Detector | undefined;
    let rejected = 0;
    const take = (detector: Detector, from: number, places: readonly Place[]): void => {
      for (const { start, end } of places) {
        if (!fits(detector, text.slice(start, end))) {
          if (end - start > LONG) {
            rejected = end;
            rejecting = detector;
          }
          continue;
        }
        spans.push({
          start,
          end,
          from: Math.min(from, start),
          kind: detector.kind,
          by: detector.name,
        });
        covered = Math.max(covered, end);
      }
    };
    const view = (at: number): void => {
      const { start, end: quote } = runAround(text, at, viewed);
      // A name may be written so, and its value stands behind the quotes: `"p\u0061ssword":"x"`.
      const end = text[at] === '\\' ? (memberEnd(text, quote) ?? quote) : quote;
      viewed = end;
      const decoded = decodeEscapes(text, start, end);
      if (decoded.text.length === end - start) return;
      const { places } = decoded;
      for (const span of findIn(decoded.text, latin1(decoded.text), depth + 1))
        spans.push({
          ...span,
          start: places[span.start] as number,
          end: places[span.end] as number,
          from: places[span.from] as number,
        });
    };
    finder.scan(bytes, (word, end) => {
      const start = end - (lengths[word] as number);
      if (word < ESCAPE_WORDS.length) {
        if (start >= viewed && depth < DEEPEST) view(start);
        return;
      }
      for (const detector of ofWord[word] as Detector[]) {
        // A name within a value is a part of it; a shape may go on behind it.
        if (detector.isName && start < covered && isInside(spans, start)) continue;
        if (start < rejected && detector === rejecting) continue;
        take(detector, start, detector.read(text, start, end, depth > 0));
      }
    });
    findInRuns(text, bytes, (start, end) => {
      for (const detector of ofRuns)
        take(detector, start, detector.read(text, start, end, depth > 0));
      if (depth >= DEEPEST) return;
      for (const part of base64Parts(text, start, end)) {
        const decoded = decodeBase64(text.slice(part.start, part.end));
        const [inner] = decoded === undefined ? [] : findIn(decoded, latin1(decoded), depth + 1);
        if (inner !== undefined) spans.push({ ...inner, ...part, from: part.start });
      }
      const command = decodeHex(text, start, end);
      const [argument] = command === undefined ? [] : findIn(command, latin1(command), depth + 1);
      if (argument !== undefined) spans.push({ ...argument, start, end, from: start });
    });
    return tidy(spans);
  };
  return { find: (text, bytes) => findIn(text, bytes ?? latin1(text), 0) };
}

/** One byte per character, so that places are the same. */
const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');

const isInside = (spans: readonly Span[], at: number): boolean => {
  for (let index = spans.length - 1; index >= 0 && index > spans.length - 4; index -= 1) {
    const span = spans[index] as Span;
    if (span.start <= at && at < span.end) return true;
  }
  return false;
};

/** Every run of at least `LEAST_RUN` letters and digits holds a place that is a multiple of it: only these are looked at. */
function findInRuns(
  text: string,
  bytes: Uint8Array,
  take: (start: number, end: number) => void,
): void {
  for (let at = LEAST_RUN - 1; at < text.length; at += LEAST_RUN) {
    if (RUN_BYTES[bytes[at] as number] === 0) continue;
    let start = at;
    while (start > 0 && RUN_BYTES[bytes[start - 1] as number] === 1) start -= 1;
    let end = at + 1;
    while (end < bytes.length && RUN_BYTES[bytes[end] as number] === 1) end += 1;
    if (end - start >= LEAST_RUN) take(start, end);
    // The next probe lies behind this run.
    while (at + LEAST_RUN < end) at += LEAST_RUN;
  }
}

/** The run, and where it is a path the parts of it. */
function base64Parts(text: string, start: number, end: number): Place[] {
  const parts: Place[] = [{ start, end: padded(text, end) }];
  // Looked for in the run alone: behind it a megabyte without one may follow.
  const run = text.slice(start, end);
  if (!run.includes('/')) return parts;
  let at = start;
  for (const part of run.split('/')) {
    const to = at + part.length;
    if (part.length >= LEAST_RUN)
      parts.push({ start: at, end: to === end ? padded(text, end) : to });
    at = to + 1;
  }
  return parts;
}

const padded = (text: string, end: number): number =>
  text[end] !== '=' ? end : text[end + 1] === '=' ? end + 2 : end + 1;

function fits({ check, least, entropy: bits, never }: Detector, value: string): boolean {
  if (value.length < least || MASKED.test(value) || value.includes('@masked.invalid')) return false;
  if (never.some((expression) => expression.test(value))) return false;
  if (bits > 0 && entropy(value.length > 1024 ? value.slice(0, 1024) : value) < bits) return false;
  return check === undefined || check(value);
}

/** In order; what overlaps becomes one, under the name of the longest. */
function tidy(spans: Span[]): Span[] {
  if (spans.length < 2) return spans;
  spans.sort((a, b) => a.start - b.start || b.end - a.end);
  const kept: Span[] = [];
  for (const span of spans) {
    const last = kept.at(-1);
    if (last === undefined || span.start >= last.end) kept.push(span);
    else if (span.end > last.end) {
      const longer = span.end - span.start > last.end - last.start ? span : last;
      kept[kept.length - 1] = {
        ...longer,
        start: last.start,
        end: span.end,
        from: Math.min(last.from, span.from),
      };
    }
  }
  return kept;
}

function compile(file: DetectorFile): Detector {
  return {
    ...{ name: file.name, kind: file.kind, read: readerOf(file) },
    ...{ isName: file.value !== undefined, least: file.least, entropy: file.entropy },
    check: file.check && CHECKS[file.check],
    never: file.never.map((one) =>
      file.isOwn === true ? ownNever(one) : new RegExp(`^(?:${one})$`, 'i'),
    ),
  };
}

function readerOf({ pattern, before, value, reader, name, isOwn }: DetectorFile): Read {
  if (reader === 'iban') return readIban;
  if (reader === 'mail') return readMail;
  if (reader === 'private-key') return readPrivateKey;
  if (reader === 'sql-insert') return readSqlInsert;
  if (value !== undefined) {
    const form = { isRest: value.rest, isArgument: value.argument, isProse: value.prose };
    return (text, start, end, isDecoded) => readValues(text, start, end, form, isDecoded);
  }
  if (pattern === undefined) throw new Error(`the detector ${name} says nothing of what it finds`);
  if (isOwn === true) return readOwn(pattern, before);
  // Places of groups cost a second matching: they are asked for where there is one.
  const expression = new RegExp(pattern, pattern.includes('(?<value>') ? 'dy' : 'y');
  return readPattern(expression, before === undefined ? undefined : new RegExp(`(?:${before})$`));
}

/** Longest text before a word that belongs to the value. */
const LONGEST_BEFORE = 80;

function readOwn(pattern: string, before: string | undefined): Read {
  const match = ownPattern(pattern);
  const ending = before === undefined ? undefined : ownEnding(before);
  return (text, start) => {
    const place = match(text, start);
    if (place === undefined || ending === undefined) return place === undefined ? NOTHING : [place];
    const from = Math.max(0, start - LONGEST_BEFORE);
    const lead = ending(text.slice(from, start));
    return lead === undefined ? NOTHING : [{ start: from + lead, end: place.end }];
  };
}

function readPattern(expression: RegExp, before: RegExp | undefined): Read {
  return (text, start) => {
    expression.lastIndex = start;
    const found = expression.exec(text);
    if (found === null) return NOTHING;
    const [from, to] = found.indices?.groups?.['value'] ?? [start, expression.lastIndex];
    if (before === undefined) return [{ start: from, end: to }];
    const lead = before.exec(text.slice(Math.max(0, start - LONGEST_BEFORE), start))?.[0];
    return lead === undefined ? NOTHING : [{ start: start - lead.length, end: to }];
  };
}
