/** What the readers of regular expressions share: how an expression is meant, and where they stand in it. */

/** The modifiers of an expression. */
export interface RegexFlags {
  ignoreCase: boolean;
  multiLine: boolean;
  dotAll: boolean;
}

/** A place in an expression. */
export interface Cursor {
  text: string;
  at: number;
  /** How many groups are open. */
  depth: number;
  flags: RegexFlags;
}

/** Thrown at syntax that is not certain to be understood. */
export class Unknown extends Error {}

const ASCII = /^[\0-\x7f]*$/;

/** Is every character one of the 128? */
export const isAscii = (text: string): boolean => ASCII.test(text);
