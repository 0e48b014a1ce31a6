/** Finds the format of a file from its first lines, and of what its lines wrap. */
import { type Event, isSkip } from '../events/event.ts';
import { type Clock, createClock } from './clock.ts';
import { type StreamFormats, streamPath } from './envelopes/streams.ts';
import { MAX_DEPTH } from './envelopes/wrapped.ts';
import type { LogFormat } from './formats/log-format.ts';
import { headerIn } from './headers.ts';

/** So many lines tell a format. */
export const SAMPLE_LINES = 200;

/**
 * The format that claims most of the first lines; on a tie the earlier in the list.
 * @returns undefined when no format claims any
 */
export function detectFormat(head: string, formats: readonly LogFormat[]): LogFormat | undefined {
  const whole = formats.find((format) => format.records?.detect(head) === true);
  return whole ?? mostNamed(head, formats) ?? mostClaimed(sampleLines(head), formats);
}

/** The format of which the header of the file has the most names. */
function mostNamed(head: string, formats: readonly LogFormat[]): LogFormat | undefined {
  let best: LogFormat | undefined;
  let most = 0;
  for (const format of formats) {
    const { header: rule } = format;
    const header = rule && headerIn(head, rule);
    const names = header === undefined ? 0 : (rule?.fits(header, head) ?? 0);
    if (names > most) [best, most] = [format, names];
  }
  return best;
}

/** A format that claims this share of the lines that the first claims may be the better one. */
const NEARLY = 0.8;

/** Of those that claim most lines, the format that says most of them; of equals, the earlier in the list. */
function mostClaimed(
  lines: readonly string[],
  formats: readonly LogFormat[],
  isPayload = false,
): LogFormat | undefined {
  const claimed: { format: LogFormat; own: readonly string[] }[] = [];
  for (const format of formats) {
    if (format.isGeneric === true && claimed.length > 0) continue;
    const own = lines.filter((line) => line !== '' && claims(format, line, isPayload));
    if (own.length > 0) claimed.push({ format, own });
  }
  const most = Math.max(...claimed.map(({ own }) => own.length));
  const [first, ...others] = claimed.filter(({ own }) => own.length >= most * NEARLY);
  if (others.length === 0) return first?.format;
  let best = first?.format;
  let mostSaid = -1;
  for (const { format, own } of [first as (typeof claimed)[number], ...others]) {
    const said = saidOf(format, own);
    if (said > mostSaid) [best, mostSaid] = [format, said];
  }
  return best;
}

/** How many characters of the lines the format says something of: all but messages that it only passes on. */
export function saidOf(format: LogFormat, lines: readonly string[]): number {
  const clock = createClock({ zone: 'UTC' });
  let said = 0;
  for (const line of lines) {
    const event =
      format.unwrap?.(line, clock) === undefined ? format.parse(line, clock) : undefined;
    if (event === undefined) said += line.length;
    else if (!isSkip(event)) said += line.length - passedOn(event, line);
  }
  return said;
}

const passedOn = ({ message, 'event.action': action }: Event, line: string): number =>
  message === undefined || message === line || action !== undefined ? 0 : message.length;

/** Could the line be one of the format? A payload is one that stands in an envelope. */
export const claims = (format: LogFormat, line: string, isPayload: boolean): boolean =>
  isPayload && format.detectsPayload !== undefined
    ? format.detectsPayload(line)
    : (!isPayload || format.isGeneric !== true || LEADING_STAMP.test(line)) && format.detect(line);

/** A time further in is what a record's own message speaks of: the record says more. */
const LEADING_STAMP = /^[[("<|]{0,2}(?:\d{2,4}[-/.]|\d{6}|[A-Z][a-z]{2} [\dA-Z ])/;

/** The first whole lines of a text, without their endings. */
export function sampleLines(head: string): readonly string[] {
  const lines = head.split('\n').slice(0, SAMPLE_LINES).map(withoutCarriageReturn);
  // The last line of the sample may be cut.
  if (lines.length > 1) lines.pop();
  return lines;
}

/**
 * The formats of what the first lines of a file wrap, stream by stream.
 * @param isRecords the file is one document of records
 */
export function detectStreams(
  head: string,
  main: LogFormat | undefined,
  formats: readonly LogFormat[],
  isRecords: boolean,
): StreamFormats {
  const streams: Record<string, string> = {};
  if (main?.unwrap === undefined) return streams;
  const records = isRecords ? main.records?.splitter(false).push(head) : undefined;
  const lines = records?.slice(0, SAMPLE_LINES).map(({ text }) => text) ?? sampleLines(head);
  const text = main?.header && headerIn(head, main.header);
  const clock = createClock({
    zone: 'UTC',
    headers: text === undefined ? [] : [{ offset: 0, text }],
  });
  addStreams(streams, [], lines, { format: main, formats, clock });
  return streams;
}

function addStreams(
  streams: Record<string, string>,
  path: readonly string[],
  lines: readonly string[],
  {
    format,
    formats,
    clock,
  }: { format: LogFormat | undefined; formats: readonly LogFormat[]; clock: Clock },
): void {
  if (format?.unwrap === undefined || path.length === MAX_DEPTH) return;
  const payloads = new Map<string, string[]>();
  for (const line of lines) {
    const wrapped = format.unwrap(line, clock);
    if (wrapped === undefined) continue;
    if (wrapped.known !== undefined) {
      streams[streamPath([...path, ''])] ??= wrapped.known.event.format;
      continue;
    }
    const stream = wrapped.stream ?? '';
    const known = payloads.get(stream);
    if (known === undefined) payloads.set(stream, [wrapped.payload]);
    else known.push(wrapped.payload);
  }
  for (const [stream, inner] of payloads) {
    const found = mostClaimed(inner, formats, true);
    if (found === undefined) continue;
    const innerPath = [...path, stream];
    streams[streamPath(innerPath)] = found.name;
    addStreams(streams, innerPath, inner, { format: found, formats, clock });
  }
}

const withoutCarriageReturn = (line: string): string =>
  line.endsWith('\r') ? line.slice(0, -1) : line;
