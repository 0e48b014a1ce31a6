/**
 * From pieces of whole lines to events, for any format: joins continuation lines and grouped records, reads what a
 * line wraps, falls back to other formats line by line, and accounts for every line.
 */
import { type Event, isSkip, type Skip, skip } from '../events/event.ts';
import { asTold } from './adjust-event.ts';
import type { ChunkSink } from './chunks.ts';
import type { Clock } from './clock.ts';
import { claims } from './detect-format.ts';
import {
  createStreams,
  type LineReader,
  type Outer,
  type StreamFormats,
  streamPath,
} from './envelopes/streams.ts';
import { type KnownEvent, MAX_DEPTH, withEnvelope, within } from './envelopes/wrapped.ts';
import { readRecord } from './formats/json-record.ts';
import type { LogFormat } from './formats/log-format.ts';
import { isHeaderLine } from './headers.ts';
import { createRepeatedEvent, type TextBefore } from './last-message.ts';
import { countSkip, type LineAccount } from './line-account.ts';
import type { Adjustment } from './said-of-files.ts';

/**
 * Takes one event with the text it came from (joined lines separated by newlines): of a wrapped line the payload, and
 * then the first line as it stands in the file.
 */
export type EventSink = (event: Event, raw: string, offset: number, whole?: string) => void;

/** Takes whole lines and hands out their events. */
export interface EventReader extends ChunkSink {
  /** Hands out the event that was waiting for lines to join: the line after it is another event's. */
  settle(): void;
  /** Hands out what is still being joined. Call once, after the last piece. */
  end(): void;
}

/** The careful way, which reads anything, and says where the records begin that may still get further lines. */
export interface FileReader extends EventReader {
  /** Reads one line or record, without its ending. */
  line(text: string, offset: number): void;
  waiting(): number[];
}

interface Options {
  /** The main format of the file, if one was recognised. */
  format: LogFormat | undefined;
  /** Where that wraps lines of others: their formats, by path of streams. */
  streams?: StreamFormats | undefined;
  /** All formats, for lines the main one does not know. */
  formats: readonly LogFormat[];
  clock: Clock;
  account: LineAccount;
  sink: EventSink;
  /** What lies before a place of the file, for lines that speak of one before. Absent: such a line stands alone. */
  textBefore?: TextBefore | undefined;
  /** What is changed in every event. */
  adjustment?: Adjustment | undefined;
}

interface Pending {
  event: Event;
  /** The first is what the event was read from. */
  lines: string[];
  offset: number;
  format: LogFormat;
  outer: Outer | undefined;
}

interface Group {
  lines: string[];
  offset: number;
  firstLine: number;
  outer: Outer | undefined;
}

/** Records of one event may be interleaved with those of this many others. */
const MAX_OPEN_GROUPS = 64;
const MAX_JOINED_LINES = 2000;
/** How the lines begin that carry a time; a cheap look before any format is asked. */
const WHOLE_LINE =
  /^(?:<\d|\[?\d{4}[-/]\d\d[-/]\d\d|\[\d\d\/[A-Z]|\[?[A-Z][a-z]{2} [ \dA-Z]|\d{1,3}\.\d{1,3}\.|type=\w|\{")/;
/**
 * In a file of the last resort: what begins like a line of a daemon or a logger may be another format's. A cheap look, as
 * to ask them all takes ten times as long as to read such a line.
 */
const OF_ANOTHER =
  /[\w)]\[\d{1,10}\]:? |[\s[|](?:TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|CRITICAL|FATAL|LOG)\b|[\s[][\w-]{1,32}\.[\w.-]{1,64}(?:\[|: )|" \d{3} |\b(?:SRC|src)=/;
const HEAD = 200;
const NON_ASCII = /[\x80-\xff]/;

/** Makes the reader of one file or part of a file. */
export function createEventReader(options: Options): FileReader {
  const { account } = options;
  const reader = createLineReader(options, options.format, []);
  const line = (text: string, offset: number): void => {
    account.lines += 1;
    reader.read(text, offset, undefined);
  };
  return {
    line,
    lines(text, offset) {
      const isAscii = !NON_ASCII.test(text);
      for (let start = 0; start < text.length; ) {
        const newline = text.indexOf('\n', start);
        const next = newline === -1 ? text.length : newline + 1;
        let end = newline === -1 ? text.length : newline;
        if (end > start && text.charCodeAt(end - 1) === 13) end -= 1;
        if (text.charCodeAt(start) === 0) start = pastNuls(account, text, start, end);
        const latin1 = text.slice(start, end);
        line(isAscii ? latin1 : decodeUtf8(latin1), offset + start);
        start = next;
      }
    },
    longLine(_offset, head) {
      account.lines += 1;
      countSkip(account, 'longer than 1 MiB', account.lines, head);
    },
    settle: reader.settle,
    waiting: reader.waiting,
    end: reader.end,
  };
}

/**
 * Reads the lines of a file or, inside envelopes, the payloads of one stream.
 * @param path the streams that the lines stand in, outermost first
 */
function createLineReader(
  options: Options,
  main: LogFormat | undefined,
  path: readonly string[],
): LineReader {
  const { formats, clock, account, sink, textBefore, adjustment } = options;
  const others = formats.filter((format) => format !== main);
  const repeatedEvent =
    path.length === 0 && textBefore
      ? createRepeatedEvent(clock, textBefore, decodeUtf8)
      : undefined;
  let pending: Pending | undefined;
  const groups = new Map<string, Group>();
  const streams = createStreams(account, (stream) => {
    const inner = [...path, stream];
    const name = options.streams?.[streamPath(inner)];
    return createLineReader(
      options,
      formats.find((format) => format.name === name),
      inner,
    );
  });

  const emit = (event: Event, raw: string, offset: number, outer: Outer | undefined): void => {
    const whole = outer === undefined ? event : withEnvelope(event, outer.wrapped);
    const told = asTold(whole, clock, adjustment);
    if (told.timeUs === undefined) account.untimed += 1;
    if (outer === undefined) sink(told, raw, offset);
    else sink(told, raw, offset, outer.whole);
  };

  const emitKnown = (
    { event, isRecord }: KnownEvent,
    payload: string,
    offset: number,
    whole: string,
  ): void => {
    const read = isRecord ? { ...event, raw: readRecord(payload) } : event;
    const told = asTold(read, clock, adjustment);
    if (told.timeUs === undefined) account.untimed += 1;
    sink(told, payload, offset, whole);
  };

  const flush = (): void => {
    if (pending === undefined) return;
    const { event, lines, offset, format, outer } = pending;
    pending = undefined;
    clock.offset = offset;
    const whole = lines.length === 1 ? event : completeEvent(format, event, lines, clock);
    emit(whole, lines.join('\n'), offset, outer);
  };

  const accept = (
    format: LogFormat,
    read: Event,
    line: string,
    offset: number,
    outer: Outer | undefined,
  ): void => {
    let [event, raw] = [read, line];
    account.parsed += 1;
    if (format.isGeneric === true) account.generic += 1;
    if (event.repeats !== undefined && format.isRepeatNote?.(raw) === true) {
      const note = { event, raw, offset };
      const known = repeatedEvent?.(note, format);
      if (known !== undefined) ({ event, raw } = known);
    }
    flush();
    const rest = outer?.rest ?? [];
    if (format.continues === undefined && rest.length === 0) emit(event, raw, offset, outer);
    else pending = { event, lines: [raw, ...rest], offset, format, outer };
  };

  const closeGroup = (key: string, group: Group): void => {
    groups.delete(key);
    clock.offset = group.offset;
    const parsed = attempt(main as LogFormat, () => main!.group!.parse(group.lines, clock));
    if (isSkip(parsed)) {
      for (const line of group.lines) countSkip(account, parsed.skip, group.firstLine, line);
      return;
    }
    account.parsed += 1;
    account.joined += group.lines.length - 1;
    flush();
    emit(parsed, group.lines.join('\n'), group.offset, group.outer);
  };

  const group = (line: string, offset: number, outer: Outer | undefined): boolean => {
    const grouping = main?.group;
    const key = grouping?.key(line);
    if (grouping === undefined || key === undefined) return false;
    const open = groups.get(key);
    if (open === undefined) {
      if (grouping.isTrailer?.(line) === true) {
        account.joined += 1;
        return true;
      }
      groups.set(key, { lines: [line], offset, firstLine: account.lines, outer });
      if (groups.size > MAX_OPEN_GROUPS) {
        const [oldestKey, oldest] = groups.entries().next().value as [string, Group];
        closeGroup(oldestKey, oldest);
      }
      if (grouping.ends(line, [])) closeGroup(key, groups.get(key) as Group);
      return true;
    }
    const ends = grouping.ends(line, open.lines);
    open.lines.push(line);
    if (ends || open.lines.length > MAX_JOINED_LINES) closeGroup(key, open);
    return true;
  };

  /** Reads a line as one format, with what it wraps. Undefined when that is done, else why it cannot. */
  const take = (
    format: LogFormat,
    line: string,
    offset: number,
    outer: Outer | undefined,
  ): Skip | undefined => {
    const wrapped = path.length < MAX_DEPTH ? format.unwrap?.(line, clock) : undefined;
    if (wrapped?.known !== undefined) {
      if (formats.every(({ name }) => name !== wrapped.known?.event.format)) return NO_FORMAT;
      flush();
      account.parsed += 1;
      emitKnown(wrapped.known, wrapped.payload, offset, outer?.whole ?? line);
      return undefined;
    }
    if (wrapped !== undefined) {
      flush();
      streams.read(format, within(outer?.wrapped, wrapped), offset, outer?.whole ?? line);
      return undefined;
    }
    const parsed = attempt(format, () => format.parse(line, clock));
    if (isSkip(parsed)) return parsed;
    accept(format, parsed, line, offset, outer);
    return undefined;
  };

  const read = (line: string, offset: number, outer: Outer | undefined): void => {
    if (line === '') {
      joinOrSkipBlank(line);
      return;
    }
    if (group(line, offset, outer) || (pending?.format.joinsFirst === true && joins(line))) return;
    clock.offset = offset;
    if (readHeader(line)) return;
    const isLast =
      main?.isGeneric === true &&
      adjustment?.isFormatSaid !== true &&
      OF_ANOTHER.test(line.slice(0, HEAD));
    if (isLast && readOther(line, offset, outer)) return;
    const refusal = main === undefined ? NO_FORMAT : take(main, line, offset, outer);
    if (refusal === undefined) return;
    if (readIndented(line, offset, outer) || joins(line)) return;
    if (!isLast && readOther(line, offset, outer)) return;
    const plain = outer?.wrapped.plain(outer.wrapped.payload);
    if (plain !== undefined) accept((outer as Outer).format, plain, line, offset, outer);
    else countSkip(account, refusal.skip, account.lines, outer?.whole ?? line);
  };

  /** Reads a line as the first of the other formats that claims it. */
  const readOther = (line: string, offset: number, outer: Outer | undefined): boolean =>
    others.some(
      (format) =>
        claims(format, line, path.length > 0) && take(format, line, offset, outer) === undefined,
    );

  let headerLines = '';
  /** A line that names columns, or stands beside one that does, belongs to all events below it. */
  const readHeader = (line: string): boolean => {
    const rule = main?.header;
    const isIt = rule !== undefined && isHeaderLine(line, rule, clock.header());
    if (!isIt) headerLines = '';
    else {
      headerLines += headerLines === '' ? line : `\n${line}`;
      if (rule.marker !== undefined && headerLines.includes(rule.marker))
        clock.noteHeader(headerLines);
      account.joined += 1;
      flush();
    }
    return isIt;
  };

  /** An indented line that is an event of its own, with a time, is not the rest of the one above it. */
  const readIndented = (line: string, offset: number, outer: Outer | undefined): boolean => {
    const bare = line.charCodeAt(0) <= 32 ? line.trimStart() : '';
    if (!WHOLE_LINE.test(bare)) return false;
    for (const format of main === undefined ? formats : [main, ...others]) {
      if (format.isGeneric === true || !format.detect(bare)) continue;
      const parsed = attempt(format, () => format.parse(bare, clock));
      if (isSkip(parsed) || parsed.timeUs === undefined) continue;
      accept(format, parsed, line, offset, outer);
      return true;
    }
    return false;
  };

  const joins = (line: string): boolean => {
    if (pending === undefined || pending.lines.length > MAX_JOINED_LINES) return false;
    const { format, lines } = pending;
    if (format.continues?.(line, lines) !== true) return false;
    lines.push(line);
    account.joined += 1;
    return true;
  };

  const joinOrSkipBlank = (line: string): void => {
    if (!joins(line)) countSkip(account, 'blank line', account.lines, line);
  };

  const settle = (): void => {
    flush();
    streams.settle();
  };

  return {
    read,
    settle,
    waiting: () => [
      ...(pending === undefined ? [] : [pending.offset]),
      ...[...groups.values()].map(({ offset }) => offset),
      ...streams.waiting(),
    ],
    end() {
      for (const [key, open] of [...groups]) closeGroup(key, open);
      flush();
      streams.end();
    },
  };
}

const NO_FORMAT = skip('no known log format');

/** After a crash the next line written may follow a block of NULs. */
function pastNuls(account: LineAccount, text: string, start: number, end: number): number {
  let first = start;
  while (first < end && text.charCodeAt(first) === 0) first += 1;
  account.nulBytes += first - start;
  return first;
}

/** A line on which a format fails (nesting too deep for the stack, say) must not take the others along. */
function attempt(format: LogFormat, parse: () => Event | Skip): Event | Skip {
  try {
    return parse();
  } catch {
    return skip(`the ${format.name} reader failed on it`);
  }
}

/** Decodes a latin1 view of UTF-8 bytes; what is not UTF-8 becomes U+FFFD. */
export const decodeUtf8 = (latin1: string): string =>
  NON_ASCII.test(latin1) ? Buffer.from(latin1, 'latin1').toString('utf8') : latin1;

/** A line of bytes as text, without a carriage return at its end. */
export const lineText = (bytes: Buffer, start: number, end: number): string =>
  decodeUtf8(bytes.toString('latin1', start, end > start && bytes[end - 1] === 13 ? end - 1 : end));

/** The event with the lines that belong to it, its own first: the format's own way, else as stack trace. */
function completeEvent(
  format: LogFormat,
  event: Event,
  lines: readonly string[],
  clock: Clock,
): Event {
  if (format.complete !== undefined) return format.complete(event, lines, clock);
  const text = lines.slice(1).join('\n');
  return { ...event, 'error.stack_trace': event['error.stack_trace'] ?? text };
}
