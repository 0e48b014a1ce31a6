/** The count of what became of the lines of one file or of a part of it. */

/** The lines that were skipped for one reason. */
export interface SkipAccount {
  count: number;
  /** 1-based, within the part that was read. */
  firstLine: number;
  /** Beginning of the first such line. */
  example: string;
}

/** `parsed + joined + skipped = lines`, always. */
export interface LineAccount {
  lines: number;
  parsed: number;
  /** Of these, the ones that no format knows and that are read by their stamp alone. */
  generic: number;
  /** Events that have no time. */
  untimed: number;
  joined: number;
  skipped: number;
  skips: Map<string, SkipAccount>;
  /** NUL bytes in front of lines, which were passed over. */
  nulBytes: number;
}

const EXAMPLE_LENGTH = 160;
/** Reasons are our own words, so there are few; this bounds formats that put values into them. */
const MAX_REASONS = 50;

/** An account of no lines. */
export const createAccount = (): LineAccount => ({
  lines: 0,
  parsed: 0,
  generic: 0,
  untimed: 0,
  joined: 0,
  skipped: 0,
  skips: new Map(),
  nulBytes: 0,
});

/** Counts one skipped line (already counted in `lines`). */
export function countSkip(account: LineAccount, reason: string, line: number, text: string): void {
  account.skipped += 1;
  const known = account.skips.get(reason);
  if (known !== undefined) {
    known.count += 1;
  } else if (account.skips.size < MAX_REASONS) {
    account.skips.set(reason, {
      count: 1,
      firstLine: line,
      example: text.slice(0, EXAMPLE_LENGTH),
    });
  } else {
    const other = account.skips.get('other reasons');
    if (other === undefined) {
      account.skips.set('other reasons', {
        count: 1,
        firstLine: line,
        example: text.slice(0, EXAMPLE_LENGTH),
      });
    } else other.count += 1;
  }
}

/** Adds a later part of the same file; its line numbers follow those of `account`. */
export function addAccount(account: LineAccount, part: LineAccount): void {
  for (const [reason, skipped] of part.skips) {
    const known = account.skips.get(reason);
    if (known !== undefined) known.count += skipped.count;
    else account.skips.set(reason, { ...skipped, firstLine: skipped.firstLine + account.lines });
  }
  account.lines += part.lines;
  account.parsed += part.parsed;
  account.generic += part.generic;
  account.untimed += part.untimed;
  account.joined += part.joined;
  account.skipped += part.skipped;
  account.nulBytes += part.nulBytes;
}

/** Where a piece of a file begins, in bytes, and how many lines lie before it. */
export interface LineMark {
  start: number;
  linesBefore: number;
  /** True where a reader began anew, with what it looked back for. */
  isPiece?: boolean;
}

/** Bytes between marks: whoever numbers a line later counts from the nearest one on. */
export const MARK_BYTES = 1 << 19;
