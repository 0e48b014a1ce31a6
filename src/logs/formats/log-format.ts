/**
 * What a log format is. To add one: write a file in this folder that exports `format`, and add one
 * line to `list.ts`. The contract test replays `samples`; nothing else has to change.
 */
import type { Event, Skip } from '../../events/event.ts';
import type { Clock } from '../clock.ts';

/** A sample line (or lines, for a joined event) with fields that the resulting event must have. */
export interface Sample {
  lines: readonly string[];
  /** Expected fields of the first event; `time` is RFC 3339 UTC with microseconds. */
  expect: Readonly<Record<string, unknown>> & { time?: string };
}

/** One record of a source that is not written as lines, and where it lies in the text. */
export interface TextRecord {
  /** The record as it stands in the text; may hold line breaks. */
  text: string;
  /** Offset of its first character in the text. */
  offset: number;
  /** 1-based line of its first character. */
  line: number;
  /** Why it cannot be read, when the splitter knows; `text` is then only its beginning. */
  skip?: string;
}

/** Finds records in a text that comes in pieces. */
export interface RecordSplitter {
  /** The records that end in this piece. */
  push(text: string): TextRecord[];
  /** The record that the end of the text cuts, if any. */
  end(): TextRecord[];
}

export interface LogFormat {
  /** Stable name, kebab-case, shown as `ir.format`: `syslog`, `access`, `auditd`, `cloudtrail`. */
  name: string;
  title: string;
  /** Where the format is specified. */
  url: string;
  /**
   * Could this line have been written in this format? Called on the first lines of a file; must be
   * cheap, must not throw, and must be false for the samples of every other format.
   */
  detect(line: string): boolean;
  /**
   * Reads one line (no line ending) into an event, or says why it cannot. Never throws.
   * Regular expressions must be linear: no nested or adjacent ambiguous quantifiers.
   */
  parse(line: string, clock: Clock): Event | Skip;
  /**
   * True when the line is the rest of the event above it (a stack trace, a wrapped message).
   * The engine appends such lines to the event; they count as joined. Absent: never.
   */
  continues?(line: string): boolean;
  /**
   * The event once its continuation lines are known; `lines` begins with the event's own line. Absent:
   * the engine puts the further lines into `error.stack_trace`.
   */
  complete?(event: Event, lines: readonly string[]): Event;
  /**
   * For formats that spread one event over several, possibly interleaved, records (auditd): lines with
   * the same key become one event. A line without a key is parsed alone.
   */
  group?: {
    key(line: string): string | undefined;
    /**
     * True for a record that is known to be the last of its key (auditd EOE, PROCTITLE).
     * @param earlier the lines of the key so far, for sources whose records may arrive out of order
     */
    ends(line: string, earlier?: readonly string[]): boolean;
    /**
     * True for a record that only closes its key and says nothing else (auditd EOE). When the key is
     * closed already, such a line counts as joined. Absent: never.
     */
    isTrailer?(line: string): boolean;
    parse(lines: readonly string[], clock: Clock): Event | Skip;
  };
  /**
   * For formats whose files may hold one big document instead of lines (CloudTrail `Records`, pretty-printed JSON). When
   * `detect` is true of a file's first characters, the engine reads the file as the records that
   * a splitter finds and gives each `text` to `parse`.
   */
  records?: {
    detect(head: string): boolean;
    /** @param isInside the text begins with a record: whatever lists are in it are its own */
    splitter(isInside: boolean): RecordSplitter;
  };
  /**
   * True of a line that only says that the last message of its host came again: the engine puts the fields of that
   * message in its place. Asked of lines whose event has `repeats`, and of those before it. Absent: never.
   */
  isRepeatNote?(line: string): boolean;
  /** Parsing a line needs no earlier line, so a big file may be read in pieces by several workers. */
  splittable: boolean;
  /**
   * Lines begin with a syslog stamp, and lines that differ only in it and in the digits of numbers of four
   * digits and more are read alike: what was found out about one may be kept for the others.
   */
  hasShapes?: boolean;
  samples: readonly Sample[];
}
