/**
 * A second look at the lines that name somebody: found in the bytes, without reading the others as events. What it costs
 * grows with the lines that are found, not with the files.
 */
import { closeSync, readSync } from 'node:fs';
import type { Event } from '../events/event.ts';
import { createClock } from '../logs/clock.ts';
import { FORMATS } from '../logs/formats/list.ts';
import { createAccount } from '../logs/line-account.ts';
import { openInput } from '../logs/open-input.ts';
import type { PreparedFile } from '../logs/prepare.ts';
import { createEventReader, type FileReader } from '../logs/read-events.ts';
import { readRecords } from '../logs/read-records.ts';
import { createAutomaton } from './aho-corasick.ts';
import { type Location, locate } from './location.ts';

/** An event that was found again. */
export interface SeenEvent {
  event: Event;
  location: Location;
}

/** What is looked for. */
export interface Look {
  /**
   * Words that stand in the lines as they are: addresses, numbers of sessions and processes. `198.51.100.`, which ends in no
   * letter or digit, stands for all words that begin so.
   */
  words: readonly string[];
  /** Does an event belong to it? The words alone may stand in others. */
  isWanted(event: Event, raw: string, location: Location): boolean;
  /** Is the file of this number looked into? Absent: all are. */
  isIn?(file: number): boolean;
  /** Lines read before one that was found, where an event has several and its first does not hold the words. Absent: none. */
  linesBefore?: number;
}

const BLOCK_BYTES = 1 << 20;
/** Lines read on behind one that was found, for events of several lines. */
const LINES_BEHIND = 6;
/** Events that one look gives; further ones are left out. */
const MOST_EVENTS = 100_000;
/** Documents of records have to be read whole: larger ones are left alone. */
const MOST_DOCUMENT_BYTES = 1 << 27;

/** Events of all files that are wanted, in time order; a block is a step. */
export function* lookAgain(
  files: readonly PreparedFile[],
  look: Look,
): Generator<void, { seen: SeenEvent[]; isCut: boolean }, void> {
  const seen: SeenEvent[] = [];
  const words = look.words.filter(({ length }) => length > 0);
  const find = words.length > FEW_WORDS ? linesWithAny(words) : placesOf(words);
  for (const [index, file] of files.entries()) {
    if (words.length === 0 || seen.length >= MOST_EVENTS) break;
    if (look.isIn?.(index) === false) continue;
    try {
      yield* lookInto(file, index, find, look, seen);
    } catch {
      // The file went away since it was read; its account says so.
    }
  }
  seen.sort((a, b) => (a.event.timeUs ?? 0) - (b.event.timeUs ?? 0) || a.location - b.location);
  return { seen, isCut: seen.length >= MOST_EVENTS };
}

function* lookInto(
  file: PreparedFile,
  index: number,
  find: Finder,
  look: Look,
  seen: SeenEvent[],
): Generator<void, void, void> {
  const { format, streams, years, headers, zone, adjustment } = file;
  const account = createAccount();
  const reader = createEventReader({
    ...{ format, streams, formats: FORMATS, adjustment, account },
    clock: createClock({ zone, years, headers }),
    sink(event, raw, offset) {
      const location = locate(index, offset);
      if (seen.length < MOST_EVENTS && look.isWanted(event, raw, location))
        seen.push({ event, location });
    },
  });
  const descriptor = openInput(file.absolute, file.contentState);
  try {
    if (file.isRecords && format !== undefined) {
      if (file.contentBytes > MOST_DOCUMENT_BYTES) return;
      const range = { start: 0, end: file.contentBytes };
      yield* readRecords(descriptor, range, { format, account, reader, marks: [] });
      return;
    }
    // Records of one event stand together where processes are told by number.
    const [before, behind] =
      format?.hasProcesses === true ? [look.linesBefore ?? 0, LINES_BEHIND] : [0, 0];
    yield* linesWith(find, descriptor, { sizeBytes: file.contentBytes, before, behind }, reader);
    reader.end();
  } finally {
    closeSync(descriptor);
  }
}

/** Hands the lines with one of the words, and those behind them, to `reader`. */
function* linesWith(
  find: Finder,
  descriptor: number,
  { sizeBytes, before, behind }: { sizeBytes: number; before: number; behind: number },
  reader: FileReader,
): Generator<void, void, void> {
  const buffer = Buffer.allocUnsafe(BLOCK_BYTES);
  for (let position = 0; position < sizeBytes; ) {
    yield;
    const read = readSync(
      descriptor,
      buffer,
      0,
      Math.min(BLOCK_BYTES, sizeBytes - position),
      position,
    );
    if (read === 0) return;
    const isLast = position + read >= sizeBytes;
    const whole = isLast ? read : buffer.lastIndexOf(10, read - 1) + 1;
    // A line longer than a block is left out.
    const block = buffer.subarray(0, whole === 0 ? read : whole);
    let read0 = 0;
    for (const at of find(block)) {
      if (at < read0) continue;
      const own = Math.max(read0, lineStart(block, at));
      let start = own;
      for (let line = 0; line < before && start > read0; line += 1)
        start = Math.max(read0, lineStart(block, start - 1));
      let end = own;
      for (let line = 0; line <= behind && end < block.length; line += 1) {
        const newline = block.indexOf(10, end);
        end = newline === -1 ? block.length : newline + 1;
      }
      if (start > read0) reader.settle();
      reader.lines(block.toString('latin1', start, end), position + start);
      read0 = end;
    }
    position += block.length;
  }
}

/** Where the line begins in which a place is. */
const lineStart = (block: Buffer, at: number): number =>
  at === 0 ? 0 : block.lastIndexOf(10, at - 1) + 1;

/** Places in a block at which there is a word, in order. */
type Finder = (block: Buffer) => readonly number[];

/** Up to so many words are looked for one after the other. */
const FEW_WORDS = 12;

/** Where the words stand alone. */
const placesOf = (words: readonly string[]): Finder => {
  const sought = words.map((word) => Buffer.from(word, 'utf8'));
  return (block) => {
    const places: number[] = [];
    for (const word of sought) {
      for (let at = block.indexOf(word); at !== -1; at = block.indexOf(word, at + word.length))
        if (!isWord(block[at - 1]) && !(isWord(word.at(-1)) && isWord(block[at + word.length])))
          places.push(at);
    }
    return places.sort((a, b) => a - b);
  };
};

/** Where the lines begin in which any of many words stands: one pass, however many there are. */
const linesWithAny = (words: readonly string[]): Finder => {
  const automaton = createAutomaton(words.map((word) => word.toLowerCase()));
  const kinds = new Uint8Array(256);
  return (block) => {
    const places: number[] = [];
    for (let start = 0; start < block.length; ) {
      const newline = block.indexOf(10, start);
      const end = newline === -1 ? block.length : newline;
      let isFound = false;
      automaton.scan(block, start, end, () => (isFound = true), kinds);
      if (isFound) places.push(start);
      start = end + 1;
    }
    return places;
  };
};

/** Letters and digits: a number within another is another number. */
const isWord = (byte: number | undefined): boolean =>
  byte !== undefined &&
  ((byte >= 48 && byte <= 57) || (byte >= 65 && byte <= 90) || (byte >= 97 && byte <= 122));
