/** A format file as checked data: what the build keeps, and what readers are made of. */

import type { LogSource, Sample, Writing } from '../formats/log-format.ts';
import type { KeyTable } from './listed-fields.ts';
import type { Needles } from './needles.ts';

/** A field and what is put into it; a text that begins with `$` stands for what a pattern found under that name. */
export type Setting = readonly [field: string, value: string | number | readonly string[] | null];

/** One of the texts, or a number in the range. */
export type Test = { in: readonly string[] } | { from: number; to: number };

/** What follows when all its tests hold. */
export interface Case {
  if: readonly (readonly [field: string, test: Test])[];
  set: readonly Setting[];
}

/** Patterns that mean the same, and what they mean. */
export interface Phrase {
  patterns: readonly string[];
  set: readonly Setting[];
  /** `$name` and the table that says what its values mean; a value that is not in the table makes the phrase another's. */
  by: readonly (readonly [variable: string, table: string])[];
  /** The first whose tests hold. */
  cases: readonly Case[];
  /** Texts of which everything that a pattern fits holds one, where such are known. */
  needles?: Needles;
}

/** Columns that a line of the file names. */
export interface HeaderColumns {
  /** What the line with the names begins with; absent: it is the first of the file. */
  marker?: string | undefined;
  /** Names that a header must have. */
  needs: readonly string[];
}

/** What a JSON record has at these paths: one of the words, `*` for anything, `!` for nothing. */
export type RecordTest = readonly (readonly [path: string, words: readonly string[]])[];

/** A whole format file, as JSON can carry it. */
export interface FormatDocument {
  name: string;
  title: string;
  url: string;
  /** What the engine knows of a format of whole lines. */
  order: number;
  isEcho: boolean;
  isEncoded: boolean;
  sources: readonly LogSource[];
  /** Programs of syslog whose messages the phrases read; empty for a format of whole lines. */
  programs: readonly string[];
  ignoresCase: boolean;
  /** What every event has. */
  set: readonly Setting[];
  lines: readonly Phrase[];
  /** Texts of which every line holds one. */
  needles: Needles;
  /** How the columns of its lines are named, where lines of the file do so. */
  header: HeaderColumns | undefined;
  /** Its stamps are in UTC, which they do not say. */
  isUtc: boolean;
  /** For a format of JSON: a record is one when all of one of these hold. */
  records: readonly RecordTest[];
  /** Its lines also come as messages of syslog: they are known by themselves, and their own time counts. */
  isBorne: boolean;
  /** Tables for values of its lists, whatever phrase it was. */
  by: Phrase['by'];
  phrases: readonly Phrase[];
  cases: readonly Case[];
  /** The further lines of an event are read together with its own, as one text. */
  isJoined: boolean;
  /** Its lines are those that nobody else knows. */
  isGeneric: boolean;
  /** Which key or column of a list goes where: of `{keys}`, `{keys.name}`. */
  keys: Readonly<Record<string, KeyTable>>;
  values: Readonly<Record<string, Readonly<Record<string, readonly Setting[]>>>>;
  /** Code of ours that fills what no pattern says, by its name. */
  refine: string | undefined;
  /** Which further lines belong to an event: indented ones, those of stack traces, or of these patterns. */
  continues: 'indented' | 'stack' | readonly string[];
  /** Fields that hold what a stranger wrote, and how the program writes it. */
  forgeable: Readonly<Record<string, Writing>>;
  samples: readonly Sample[];
}
