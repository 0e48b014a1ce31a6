/**
 * Where records come from, as the engine sees it: content that can be read at any offset, and that hands out its
 * events in the order in which they were written. A file that has ended is handed out at once (or in pieces, by several
 * readers), one that is still written bit by bit; what has no offsets of its own (a pipe, a socket, the answer to a
 * query) is first written to a private file, which then grows.
 */
import type { Event } from '../events/event.ts';
import type { Fingerprint } from './find-again.ts';
import type { LineAccount, LineMark } from './line-account.ts';
import type { PreparedFile } from './prepare.ts';
import type { EventSink } from './read-events.ts';

/** One content: a file from its first byte on. A log that is rotated goes on in the next one. */
export interface Content {
  /** What is known of it. `contentBytes` is how far it can be cited by now. */
  file: PreparedFile;
  /** Open for reading, also when the path leads to another file by now. */
  descriptor: number;
  /** It was emptied, and no copy is there: what stands at a place now is not what was read there. */
  isGone?: boolean;
  account: LineAccount;
  /** Now and then: where a line begins, and how many lines lie before it. */
  marks: LineMark[];
}

/** Takes the events of one content after the other. */
export interface SourceSink {
  /** Content begins that was not there before, or that an earlier run has known. Gives its number. */
  begin(content: Content, known: number | undefined): number;
  /** @param content the number that `begin` gave */
  event(content: number, ...event: Parameters<EventSink>): void;
  /** An event that an earlier run was given, for what must be known of the past, such as processes. */
  known(content: number, event: Event): void;
}

/** Content that hands out its events; `close` it in any case. */
export interface RecordSource {
  /** As the user named it. */
  readonly path: string;
  /** May there be more later? */
  readonly isLive: boolean;
  /**
   * Hands out what has come since the last call, whole records only.
   * @param mostBytes so much at once, where more is there; at least one record
   * @returns the number of bytes that were read
   */
  advance(sink: SourceSink, mostBytes?: number): Promise<number>;
  /** Is there more, so that what it has handed out is no news? Absent: no. */
  isBehind?(): boolean;
  /** Does it read the file of this device and inode, whatever its name is now? */
  holds?(dev: string, ino: string): boolean;
  /** Lines read of the present content, and those that became no event. */
  account?(): { lines: number; skipped: number } | undefined;
  /** Bytes read so far, since this run began. */
  bytes?(): number;
  /** What is wrong with it at the moment, for people; undefined: nothing. */
  problem?(): string | undefined;
  /** Hands out what still waits for further lines, and a last line without its ending. */
  end(sink: SourceSink): Promise<void>;
  /** Where to go on after a restart, as JSON can carry it. */
  save(): SavedSource;
  close(): void;
}

/** How far a source has been read. */
export interface SavedSource {
  path: string;
  /** The contents that can still be cited, the present one last. */
  contents: readonly SavedContent[];
  /** When nothing was there to be read, milliseconds since the epoch; of a log that had no line yet. */
  emptyMs?: number | undefined;
}

/** How far one content has been read. Positions are bytes from its beginning. */
export interface SavedContent {
  /** The number that the sink gave it. */
  number: number;
  /** Device and inode: the name may have changed. */
  dev: string;
  ino: string;
  /** How it begins: inodes are used again. Absent in states of the first version. */
  head?: Fingerprint;
  /** When it was last written to, milliseconds since the epoch. */
  mtimeMs?: number;
  /** All records that begin before it were handed out, but for those at `open`. */
  position: number;
  /** Where records begin that wait for further lines. */
  open: readonly number[];
  account: Omit<LineAccount, 'skips'> & { skips: readonly (readonly [string, SkipOf])[] };
  marks: Content['marks'];
}

type SkipOf = LineAccount['skips'] extends Map<string, infer S> ? S : never;
