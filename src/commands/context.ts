/**
 * What a command gets from the outside, passed in so that tests pass their own: prompts, clock, random
 * ids, environment. A command takes this and its options and returns a result object; it never prints.
 */
import type { Settings } from '../settings.ts';
import type { BrowseScreen } from './browse-source.ts';

/** One answer to choose from. */
export interface Choice<T> {
  name: string;
  value: T;
  description?: string;
}

/** Prompts. Every method rejects with exit 6, naming `flag`, when prompting is not possible. */
export interface Ask {
  /** True when stdin and stderr are terminals and neither --no-input nor CI is set. */
  readonly isPossible: boolean;
  text(question: {
    message: string;
    flag: string;
    initial?: string;
    required?: boolean;
    /** Throws an IrError for an answer that will not do: it is shown, and the question asked again. */
    check?(answer: string): void;
  }): Promise<string>;
  select<T>(question: {
    message: string;
    flag: string;
    choices: readonly Choice<T>[];
    initial?: T;
  }): Promise<T>;
  /** One key answers; arrows and Enter do as well. */
  key<T>(question: {
    message: string;
    flag: string;
    choices: readonly (Choice<T> & { key: string })[];
    initial?: T;
  }): Promise<T>;
  confirm(question: { message: string; flag: string; initial?: boolean }): Promise<boolean>;
  /** Opens the user's editor on a text. @throws IrError (exit 6) where nobody can be asked, or the editor fails */
  edit(question: { message: string; flag: string; initial: string }): Promise<Edited>;
}

/** A text that was written in an editor, and the file that holds it until it is thrown away. */
export interface Edited {
  text: string;
  path: string;
  discard(): void;
}

/** All that a command gets from outside: it reaches for nothing itself. */
export interface CommandContext {
  settings: Settings;
  ask: Ask;
  /** The whole terminal, for what is looked around in. Absent where a run has none. */
  readonly screen?: BrowseScreen;
  /** Shows a line on stderr while an interactive command runs (never the result). Text is neutralised. */
  say(text: string): void;
  /** Columns of the terminal that `say` writes to; absent when there is none. */
  readonly columns?: number;
  /** A passing progress line on stderr; shown only on a terminal. An empty text clears it. */
  progress(text: string): void;
  now(): Date;
  /** 128 random bits, hex. */
  randomId(): string;
  /** With `--mask`: a copy in which nothing is left that should not be told. Whoever saves, sends or writes asks for it. */
  masked?<T>(item: T): T;
  /** Aborts on the first SIGINT or SIGTERM. */
  signal: AbortSignal;
}
