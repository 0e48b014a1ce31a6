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
}

/** A place in an expression whose modifiers count. */
export interface FlaggedCursor extends Cursor {
  flags: RegexFlags;
}

/** Thrown at syntax that is not certain to be understood. */
export class Unknown extends Error {}

const MAX_DEPTH = 50;

/** The branches between `|` at the cursor, each read by `readSequence`. Throws `Unknown` when nested too deep. */
export function readBranches<C extends Cursor, T>(cursor: C, readSequence: (cursor: C) => T): T[] {
  cursor.depth += 1;
  if (cursor.depth > MAX_DEPTH) throw new Unknown();
  const branches = [readSequence(cursor)];
  while (cursor.text[cursor.at] === '|') {
    cursor.at += 1;
    branches.push(readSequence(cursor));
  }
  cursor.depth -= 1;
  return branches;
}

/** What `read` makes of the whole expression; undefined for syntax that is not certain to be understood. */
export function readWhole<C extends Cursor, T>(cursor: C, read: (cursor: C) => T): T | undefined {
  try {
    const found = read(cursor);
    return cursor.at === cursor.text.length ? found : undefined;
  } catch (error) {
    if (error instanceof Unknown) return undefined;
    throw error;
  }
}

const ASCII = /^[\0-\x7f]*$/;

/** Is every character one of the 128? */
export const isAscii = (text: string): boolean => ASCII.test(text);
