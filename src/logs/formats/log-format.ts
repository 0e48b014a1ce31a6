/**
 * What a log format is: all that the program knows of it. To add one, write a file in this folder that exports
 * `format`; `bin/list-formats.js` lists it. The contract test replays `samples`; nothing else has to change.
 */
import type { EcsField, Event, Skip } from '../../events/event.ts';
import type { Clock } from '../clock.ts';
import type { Wrapped } from '../envelopes/wrapped.ts';
import type { HeaderRule } from '../headers.ts';
import type { Stamp } from './syslog-stamp.ts';

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
  /** Of binary formats: `text` is what the bytes say. Absent: one character a byte, as they came. */
  isDecoded?: boolean;
  /**
   * Of binary formats, now and then: a splitter that begins at this place of the text finds this record and those
   * behind it, too.
   */
  restart?: number;
}

/** Finds records in a text that comes in pieces. */
export interface RecordSplitter {
  /** The records that end in this piece. */
  push(text: string): TextRecord[];
  /** The record that the end of the text cuts, if any. */
  end(): TextRecord[];
  /** What is wrong with the text as a whole, once it has ended: checksums, missing parts. */
  problem?(): string | undefined;
}

/**
 * What some events of a format are in the words of Sigma's `logsource`. A rule fits when every part that it
 * states is among them.
 * @see https://github.com/SigmaHQ/sigma-specification/blob/main/specification/sigma-appendix-taxonomy.md
 */
export interface LogSource {
  /** Which events: each of these fields has one of the words (of a list, any of its values). Absent: all. */
  when?: Conditions;
  /** Which of these not: none of the fields has one of its words. */
  unless?: Conditions;
  products?: readonly string[];
  categories?: readonly string[];
  services?: readonly string[];
  /** Categories that fit only a rule that also names the service. */
  serviceCategories?: readonly string[];
}

/**
 * How a program writes text from outside: quotes and backslashes behind a backslash; quotes doubled; those and control characters
 * as `\\x22`; control characters replaced; percent-encoded; as JSON.
 */
export type Writing = 'quoted' | 'doubled' | 'hex' | 'visible' | 'uri' | 'json';

/** Words that fields may have; `*` at one end of a word stands for anything, alone for any value. */
export type Conditions = Readonly<Partial<Record<EcsField, readonly string[]>>>;

/**
 * What a value is that may differ between lines that are read alike: the time; `source.ip`; the target of a request,
 * `http.response.body.bytes`, `http.request.referrer`, `user_agent.original`; a number or an id that decides nothing.
 */
export type SlotKind = 'time' | 'address' | 'target' | 'size' | 'referrer' | 'agent' | 'number';

/** Such a value in a line. */
export interface LineSlot {
  kind: SlotKind;
  start: number;
  end: number;
  /** Does it stand between double quotes? */
  isText: boolean;
}

/** All that the engine knows of a format. None of the functions throws. */
export interface LogFormat {
  /** Stable name, kebab-case, shown as `ir.format`: `syslog`, `access`, `auditd`, `cloudtrail`. */
  name: string;
  title: string;
  /** Where the format is specified. */
  url: string;
  /**
   * Formats are asked in this order: unmistakable ones (1) before those that would take nearly any line (9).
   * Absent: 5, and by name where it is the same.
   */
  order?: number;
  /** What its events are for rules: of these, the first that holds. */
  sources: readonly LogSource[];
  /** Values may stand in the raw line only escaped or encoded: there it says nothing of what a rule looks for. */
  isEncoded?: boolean;
  /** Its lines are those that nobody else knows: it reads a file, or a line, only where no other format claims any. */
  isGeneric?: boolean;
  /** It tells of requests and logins that another log of the same machine tells of, too. */
  isEcho?: boolean;
  /** Rules may ask for names of its records besides ECS fields: for all that look like this. Absent: for none. */
  ownNames?: RegExp;
  /** Who somebody is stands in many places of a record: an exact word anywhere in it counts for `--entity`. */
  isNamedAnywhere?: boolean;
  /** Its events tell of processes by number, so that an event knows its parent only by those before it. */
  hasProcesses?: boolean;
  /** The last digits of `event.id` rise by one from event to event of a machine: those that are missing were taken out. */
  isNumbered?: boolean;
  /**
   * The fast way through its files. `positions`: that of access lines, whose rules are answered from the bytes.
   * `shapes`: lines begin with a `stamp`, and those that differ only in it and in the digits of numbers of four digits
   * and more are read alike, so that what was found out about one is kept for the others. `templates`: lines that differ only
   * in their `slots` are. Absent: there is none.
   */
  lane?: 'positions' | 'shapes' | 'templates';
  /** What may differ between lines that are read alike; undefined for a line that is read for itself. */
  slots?(line: string): readonly LineSlot[] | undefined;
  /** Reads the stamp that a line begins with at `start`; false when there is none. */
  stamp?(line: string, start: number, into: Stamp): boolean;
  /** Large files are read in pieces of so many bytes: larger ones where few lines are kept. Absent: 4 MiB. */
  pieceBytes?: number;
  /**
   * Fields that hold what a stranger wrote, and how the program writes his text: whatever that is, time, address,
   * outcome and machine stay what they are.
   */
  forgeable?: Readonly<Partial<Record<EcsField, Writing>>>;
  /**
   * Could this line have been written in this format? Called on the first lines of a file; must be
   * cheap and must not throw. Of several that say so, the one that says most of the line has it.
   */
  detect(line: string): boolean;
  /** As `detect`, of a line in an envelope, which may have the time. Absent: `detect` says it. */
  detectsPayload?(payload: string): boolean;
  /**
   * Reads one line (no line ending) into an event, or says why it cannot. Never throws.
   * Regular expressions must be linear: no nested or adjacent ambiguous quantifiers.
   */
  parse(line: string, clock: Clock): Event | Skip;
  /**
   * For formats whose lines hold lines of others: the payload, which the engine reads as what it is, by stream and
   * up to three deep, and what the envelope knows. Undefined for a line that `parse` is to read.
   */
  unwrap?(line: string, clock: Clock): Wrapped | undefined;
  /**
   * True when the line is the rest of the event above it (a stack trace, a wrapped message).
   * The engine appends such lines to the event; they count as joined. Absent: never.
   * @param earlier the lines of the event so far; undefined where nobody knows them
   */
  continues?(line: string, earlier?: readonly string[]): boolean;
  /** Such lines are the event's whatever else they look like. */
  joinsFirst?: boolean;
  /**
   * The event once its continuation lines are known; `lines` begins with the event's own line. Absent:
   * the engine puts the further lines into `error.stack_trace`.
   */
  complete?(event: Event, lines: readonly string[], clock: Clock): Event;
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
    /** `head` has one character a byte where it is no text; `path` is for records that are told by the file's name only. */
    detect(head: string, path?: string): boolean;
    /** Files of these are no text: they are asked for before anything is refused as binary. */
    isBinary?: boolean;
    /**
     * Of binary formats: large files may be read in pieces that begin every `unitBytes` behind `firstByte`, if each of these
     * places begins with `magic`.
     */
    cuts?: { firstByte: number; unitBytes: number; magic: string };
    /** @param isInside the text begins with a record: whatever lists are in it are its own */
    splitter(isInside: boolean): RecordSplitter;
  };
  /** For formats whose columns are named by lines of the file: `clock.header()` has them for the line that is read. */
  header?: HeaderRule;
  /**
   * True of a line that only says that the last message of its host came again: the engine puts the fields of that
   * message in its place. Asked of lines whose event has `repeats`, and of those before it. Absent: never.
   */
  isRepeatNote?(line: string): boolean;
  /** True: its lines hold events of other formats as they were read before. */
  holdsEvents?: boolean;
  /** Parsing a line needs no earlier line, so a big file may be read in pieces by several workers. */
  splittable: boolean;
  samples: readonly Sample[];
}

/** How far back a log that `hasProcesses` is read to know them, in bytes. */
export const LOOK_BACK_BYTES = 1 << 20;
