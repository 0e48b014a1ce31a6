/**
 * From pieces of whole lines to events, for any format: joins continuation lines and grouped records,
 * falls back to other formats line by line, and accounts for every line.
 */
import { type Event, isSkip, type Skip, skip } from '../events/event.ts';
import type { ChunkSink } from './chunks.ts';
import type { Clock } from './clock.ts';
import type { LogFormat } from './formats/log-format.ts';
import { createRepeatedEvent, type TextBefore } from './last-message.ts';
import { countSkip, type LineAccount } from './line-account.ts';

/** Takes one event with the text it came from (joined lines separated by newlines). */
export type EventSink = (event: Event, raw: string, offset: number) => void;

export interface EventReader extends ChunkSink {
  /** Hands out the event that was waiting for lines to join: the line after it is another event's. */
  settle(): void;
  /** Hands out what is still being joined. Call once, after the last piece. */
  end(): void;
}

/** The careful way, which also says where the records begin that may still get further lines. */
export interface CarefulReader extends EventReader {
  waiting(): number[];
}

interface Options {
  /** The main format of the file, if one was recognised. */
  format: LogFormat | undefined;
  /** All formats, for lines the main one does not know. */
  formats: readonly LogFormat[];
  clock: Clock;
  account: LineAccount;
  sink: EventSink;
  /** What lies before a place of the file, for lines that speak of one before. Absent: such a line stands alone. */
  textBefore?: TextBefore | undefined;
}

interface Pending {
  event: Event;
  raw: string;
  offset: number;
  extra: string[];
  format: LogFormat;
}

interface Group {
  lines: string[];
  offset: number;
  firstLine: number;
}

/** Records of one event may be interleaved with those of this many others. */
const MAX_OPEN_GROUPS = 64;
const MAX_JOINED_LINES = 2000;
/** How the lines begin that carry a time; a cheap look before any format is asked. */
const WHOLE_LINE =
  /^(?:<\d|\[?\d{4}[-/]\d\d[-/]\d\d|\[\d\d\/[A-Z]|\[?[A-Z][a-z]{2} [ \dA-Z]|\d{1,3}\.\d{1,3}\.|type=\w|\{")/;
const NON_ASCII = /[\x80-\xff]/;

/** Makes the reader of one file or part of a file. */
export function createEventReader(options: Options): CarefulReader {
  const { format: main, formats, clock, account, sink, textBefore } = options;
  const others = formats.filter((format) => format !== main);
  const repeatedEvent = textBefore && createRepeatedEvent(clock, textBefore, decodeUtf8);
  let pending: Pending | undefined;
  const groups = new Map<string, Group>();

  const flush = (): void => {
    if (pending === undefined) return;
    const { event, raw, offset, extra, format } = pending;
    pending = undefined;
    if (extra.length === 0) sink(event, raw, offset);
    else sink(completeEvent(format, event, raw, extra), `${raw}\n${extra.join('\n')}`, offset);
  };

  const accept = (format: LogFormat, event: Event, raw: string, offset: number): void => {
    account.parsed += 1;
    if (event.repeats !== undefined && format.isRepeatNote?.(raw) === true) {
      const note = { event, raw, offset };
      const known = repeatedEvent?.(note, format);
      if (known !== undefined) ({ event, raw } = known);
    }
    if (format.continues === undefined) {
      flush();
      sink(event, raw, offset);
    } else {
      flush();
      pending = { event, raw, offset, extra: [], format };
    }
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
    sink(parsed, group.lines.join('\n'), group.offset);
  };

  const group = (line: string, offset: number): boolean => {
    const grouping = main?.group;
    const key = grouping?.key(line);
    if (grouping === undefined || key === undefined) return false;
    const open = groups.get(key);
    if (open === undefined) {
      if (grouping.isTrailer?.(line) === true) {
        account.joined += 1;
        return true;
      }
      groups.set(key, { lines: [line], offset, firstLine: account.lines });
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

  const readLine = (line: string, offset: number): void => {
    account.lines += 1;
    if (line === '') {
      joinOrSkipBlank(line);
      return;
    }
    if (group(line, offset)) return;
    clock.offset = offset;
    let refusal: Skip | undefined;
    if (main !== undefined) {
      const parsed = attempt(main, () => main.parse(line, clock));
      if (!isSkip(parsed)) {
        accept(main, parsed, line, offset);
        return;
      }
      refusal = parsed;
    }
    if (readIndented(line, offset) || joins(line)) return;
    for (const format of others) {
      if (!format.detect(line)) continue;
      const parsed = attempt(format, () => format.parse(line, clock));
      if (isSkip(parsed)) continue;
      accept(format, parsed, line, offset);
      return;
    }
    countSkip(account, refusal?.skip ?? 'no known log format', account.lines, line);
  };

  /** An indented line that is an event of its own, with a time, is not the rest of the one above it. */
  const readIndented = (line: string, offset: number): boolean => {
    const bare = line.charCodeAt(0) <= 32 ? line.trimStart() : '';
    if (!WHOLE_LINE.test(bare)) return false;
    for (const format of main === undefined ? formats : [main, ...others]) {
      if (!format.detect(bare)) continue;
      const parsed = attempt(format, () => format.parse(bare, clock));
      if (isSkip(parsed) || parsed.timeUs === undefined) continue;
      accept(format, parsed, line, offset);
      return true;
    }
    return false;
  };

  const joins = (line: string): boolean => {
    if (pending?.format.continues?.(line) !== true || pending.extra.length >= MAX_JOINED_LINES)
      return false;
    pending.extra.push(line);
    account.joined += 1;
    return true;
  };

  const joinOrSkipBlank = (line: string): void => {
    if (!joins(line)) countSkip(account, 'blank line', account.lines, line);
  };

  return {
    lines(text, offset) {
      const isAscii = !NON_ASCII.test(text);
      for (let start = 0; start < text.length; ) {
        const newline = text.indexOf('\n', start);
        const next = newline === -1 ? text.length : newline + 1;
        let end = newline === -1 ? text.length : newline;
        if (end > start && text.charCodeAt(end - 1) === 13) end -= 1;
        if (text.charCodeAt(start) === 0) start = pastNuls(text, start, end);
        const latin1 = text.slice(start, end);
        readLine(isAscii ? latin1 : decodeUtf8(latin1), offset + start);
        start = next;
      }
    },
    longLine(_offset, head) {
      account.lines += 1;
      countSkip(account, 'longer than 1 MiB', account.lines, head);
    },
    settle: flush,
    waiting: () => [
      ...(pending === undefined ? [] : [pending.offset]),
      ...[...groups.values()].map(({ offset }) => offset),
    ],
    end() {
      for (const [key, open] of [...groups]) closeGroup(key, open);
      flush();
    },
  };
}

/** After a crash the next line written may follow a block of NULs. */
function pastNuls(text: string, start: number, end: number): number {
  let first = start;
  while (first < end && text.charCodeAt(first) === 0) first += 1;
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

/** The event with the lines that belong to it: the format's own way, else as stack trace. */
function completeEvent(
  format: LogFormat,
  event: Event,
  raw: string,
  extra: readonly string[],
): Event {
  if (format.complete !== undefined) return format.complete(event, [raw, ...extra]);
  const text = extra.join('\n');
  return { ...event, 'error.stack_trace': event['error.stack_trace'] ?? text };
}
