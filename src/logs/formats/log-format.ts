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
   * For formats that spread one event over several, possibly interleaved, records (auditd): lines with
   * the same key become one event. A line without a key is parsed alone.
   */
  group?: {
    key(line: string): string | undefined;
    /** True for a record that is known to be the last of its key (auditd EOE, PROCTITLE). */
    ends(line: string): boolean;
    parse(lines: readonly string[], clock: Clock): Event | Skip;
  };
  /** Parsing a line needs no earlier line, so a big file may be read in pieces by several workers. */
  splittable: boolean;
  samples: readonly Sample[];
}
