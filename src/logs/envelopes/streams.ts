/**
 * The streams inside envelopes: each container, pod or log stream has its own reader, so that lines of one event find
 * each other between those of others. Pieces into which a runtime cut a long line are put together here.
 */
import type { LogFormat } from '../formats/log-format.ts';
import type { LineAccount } from '../line-account.ts';
import type { Wrapped } from './wrapped.ts';

/** The names of the formats inside envelopes, by `streamPath`. */
export type StreamFormats = Readonly<Record<string, string>>;

/** One key for the streams that a payload stands in, outermost first. */
export const streamPath = (streams: readonly string[]): string => streams.join('\n');

/** What is around a payload that is being read. */
export interface Outer {
  wrapped: Wrapped;
  /** The format of the envelope. */
  format: LogFormat;
  /** The line as it stands in the file. */
  whole: string;
  /** Further lines of the payload. */
  rest: readonly string[];
}

/** Reads lines that may have something around them. */
export interface LineReader {
  read(line: string, offset: number, outer: Outer | undefined): void;
  settle(): void;
  /** Where the records begin that may still get further lines. */
  waiting(): number[];
  end(): void;
}

/** The readers of all streams of one file, in bounded number. Offsets are those of lines of the file. */
export interface Streams {
  /** Reads the payload of a line, or keeps it until the rest of it comes. */
  read(format: LogFormat, wrapped: Wrapped, offset: number, whole: string): void;
  settle(): void;
  /** Where the records begin that may still get further lines. */
  waiting(): number[];
  end(): void;
}

/** More streams at a time than these: the one that has been silent longest ends. */
const MAX_STREAMS = 128;
/** A line that is longer when put together is read in parts, and so is one of too many pieces. */
const MAX_JOINED = 1 << 20;

interface Stream {
  reader: LineReader;
  /** The pieces of a line so far, with what was around the first one. */
  part: { outer: Outer; offset: number; text: string } | undefined;
}

/** @param open makes the reader of a stream */
export function createStreams(account: LineAccount, open: (stream: string) => LineReader): Streams {
  const streams = new Map<string, Stream>();

  const end = (stream: Stream): void => {
    if (stream.part !== undefined) {
      // All pieces were counted as joined: one of them is the line.
      account.joined -= 1;
      readPart(stream);
    }
    stream.reader.end();
  };

  const streamOf = (name: string): Stream => {
    let stream = streams.get(name);
    if (stream === undefined) {
      stream = { reader: open(name), part: undefined };
      if (streams.size >= MAX_STREAMS) {
        const [oldest, silent] = streams.entries().next().value as [string, Stream];
        streams.delete(oldest);
        end(silent);
      }
    } else if (streams.size > 1) streams.delete(name);
    streams.set(name, stream);
    return stream;
  };

  return {
    read(format, wrapped, offset, whole) {
      const { stream: name, isPartial = false } = wrapped;
      const stream = streamOf(name ?? '');
      const { part } = stream;
      if (part === undefined && !isPartial) {
        readPayload(stream.reader, { wrapped, format, whole, rest: [] }, offset);
      } else {
        const outer = part?.outer ?? { wrapped, format, whole, rest: [] };
        const text = (part?.text ?? '') + wrapped.payload;
        stream.part = { outer, offset: part?.offset ?? offset, text };
        if (isPartial && text.length < MAX_JOINED) account.joined += 1;
        else readPart(stream);
      }
      if (name === undefined) stream.reader.settle();
    },
    settle: () => {
      for (const { reader } of streams.values()) reader.settle();
    },
    waiting: () =>
      [...streams.values()].flatMap(({ reader, part }) => [
        ...(part === undefined ? [] : [part.offset]),
        ...reader.waiting(),
      ]),
    end() {
      for (const stream of streams.values()) end(stream);
      streams.clear();
    },
  };
}

function readPart(stream: Stream): void {
  const { outer, offset, text: payload } = stream.part as NonNullable<Stream['part']>;
  stream.part = undefined;
  readPayload(stream.reader, { ...outer, wrapped: { ...outer.wrapped, payload } }, offset);
}

/** A payload of several lines is one event, unless it is a record, which may be spread over lines. */
function readPayload(reader: LineReader, outer: Outer, offset: number): void {
  const payload = outer.wrapped.payload.replace(/^[\r\n]+/, '');
  if (!payload.includes('\n') || payload.startsWith('{')) reader.read(payload, offset, outer);
  else {
    const [first = '', ...rest] = payload.split('\n', MAX_LINES);
    reader.read(first, offset, { ...outer, rest });
  }
}

const MAX_LINES = 2000;
