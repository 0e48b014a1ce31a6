/**
 * `last message repeated 4 times`: what the message was stands in an earlier line. It is looked for in the file,
 * backwards from the note, so that the answer does not depend on where reading began or which way a line took.
 */
import { readSync } from 'node:fs';
import { type Event, isSkip } from '../events/event.ts';
import type { Clock } from './clock.ts';
import type { LogFormat } from './formats/log-format.ts';

/** At most `length` bytes that lie before `offset`, as latin1: fewer at the beginning of the file only. */
export type TextBefore = (offset: number, length: number) => string;

/** Most notes follow their message; a relay writes those of other machines between. */
const WINDOW_BYTES = [1 << 10, 1 << 12, 1 << 14, 1 << 16] as const;

/** Lines that are looked at, notes left out, and of these such as name the host and are read. */
const MAX_LINES = 500;
const MAX_READ = 16;

/** Reads the text before a place of an open file. */
export function textBeforeOf(descriptor: number): TextBefore {
  let buffer = Buffer.alloc(0);
  return (offset, length) => {
    const start = Math.max(0, offset - length);
    if (buffer.length < offset - start) buffer = Buffer.allocUnsafe(offset - start);
    const got = readSync(descriptor, buffer, 0, offset - start, start);
    return buffer.toString('latin1', 0, got);
  };
}

interface Note {
  event: Event;
  raw: string;
  offset: number;
}

/** The last message of a host before a place. */
interface Message {
  event: Event;
  line: string;
  offset: number;
}

/**
 * Gives the event that a note stands for: fields of the last message of its host, the note's own time and number.
 * Undefined when that message is not among the 64 KiB before the note.
 */
export type RepeatedEvent = (
  note: Note,
  format: LogFormat,
) => { event: Event; raw: string } | undefined;

/** @param decode from latin1 to text */
export function createRepeatedEvent(
  clock: Clock,
  textBefore: TextBefore,
  decode: (latin1: string) => string,
): RepeatedEvent {
  /** The note before this one. */
  let latest: { host: string | undefined; end: number; message: Message | undefined } | undefined;
  return ({ event, raw, offset }, format) => {
    const host = event['host.hostname'];
    const gap = offset - (latest?.end ?? -1);
    // Right behind another note the answer is the same, unless the message is too far away by now.
    const isNext = latest !== undefined && latest.host === host && (gap === 1 || gap === 2);
    const message = !isNext
      ? lastMessage(host, offset, format, clock, textBefore, decode)
      : isWithin(latest?.message, offset)
        ? latest?.message
        : undefined;
    clock.offset = offset;
    latest = { host, end: offset + Buffer.byteLength(raw), message };
    if (message === undefined) return undefined;
    const { timeUs, timeConfidence, repeats, areRepeatsCut } = event;
    const own = { timeUs, timeConfidence, repeats, areRepeatsCut };
    return { event: { ...message.event, ...own }, raw: `${raw}\n${message.line}` };
  };
}

/** Does a line that begins there lie whole in the widest window? */
const isWithin = (message: Message | undefined, offset: number): boolean => {
  const widest = WINDOW_BYTES.at(-1) as number;
  return message !== undefined && (offset <= widest || message.offset > offset - widest);
};

function lastMessage(
  host: string | undefined,
  offset: number,
  format: LogFormat,
  clock: Clock,
  textBefore: TextBefore,
  decode: (latin1: string) => string,
): Message | undefined {
  let seenBytes = 0;
  let lines = 0;
  let read = 0;
  for (const length of WINDOW_BYTES) {
    const text = textBefore(offset, length);
    const isFromStart = text.length < length || text.length === offset;
    // What was looked at in a shorter window is not asked again, but for the line that it cut.
    let end = text.length - seenBytes;
    while (end > 0 && lines < MAX_LINES && read < MAX_READ) {
      const newline = end < 2 ? -1 : text.lastIndexOf('\n', end - 2);
      if (newline === -1 && !isFromStart) break;
      const start = newline + 1;
      const line = text.slice(start, end).replace(/\r?\n$/, '');
      end = start;
      if (line === '' || format.isRepeatNote?.(line) === true) continue;
      lines += 1;
      if (host !== undefined && !line.includes(host)) continue;
      read += 1;
      const whole = decode(line);
      const at = offset - text.length + start;
      const event = parsed(whole, format, clock, at);
      if (event === undefined || (host !== undefined && event['host.hostname'] !== host)) continue;
      return { event, line: whole, offset: at };
    }
    if (isFromStart) break;
    seenBytes = text.length - end;
  }
  return undefined;
}

/** The event of a whole line; undefined for what is none or goes on from the line above. */
function parsed(line: string, format: LogFormat, clock: Clock, offset: number): Event | undefined {
  if (line === '' || format.continues?.(line) === true) return undefined;
  clock.offset = offset;
  try {
    const event = format.parse(line, clock);
    return isSkip(event) ? undefined : event;
  } catch {
    return undefined;
  }
}
