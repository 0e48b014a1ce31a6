/**
 * The expected failures of the program. Anything that is not an `IrError` is our bug (exit 70).
 */

/** Process exit codes; `docs/exit-codes.md` lists them for users. */
export const EXIT = {
  done: 0,
  findings: 1,
  usage: 2,
  invalidTemplate: 3,
  unreadableInput: 4,
  remoteFailed: 5,
  refused: 6,
  integrity: 7,
  actionFailed: 8,
  outputFailed: 9,
  bug: 70,
  sigint: 130,
  sigterm: 143,
} as const;

/** One of the exit codes of `EXIT`. */
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Where in a user-written file (rule, playbook, template, configuration) a failure lies. 1-based. */
export interface SourcePlace {
  path: string;
  line?: number;
  column?: number;
  /** The text of that line, shown with a caret under `column`. */
  text?: string;
}

/** What an error says besides what failed. */
export interface IrErrorOptions {
  /** Which exit code the program ends with when nobody handles the error. */
  exit: Exclude<ExitCode, 0>;
  /** What the user can do about it, one sentence. */
  hint?: string;
  source?: SourcePlace;
  cause?: unknown;
}

/** An expected failure: says what failed, with which value, where, and what to do. */
export class IrError extends Error {
  readonly exit: Exclude<ExitCode, 0>;
  readonly hint: string | undefined;
  readonly source: SourcePlace | undefined;

  constructor(message: string, options: IrErrorOptions) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'IrError';
    this.exit = options.exit;
    this.hint = options.hint;
    this.source = options.source;
  }
}

/** A wrong option or argument (exit 2). */
export const usageError = (message: string, hint?: string): IrError =>
  new IrError(message, { exit: EXIT.usage, ...(hint === undefined ? {} : { hint }) });

/** A broken rule, playbook, template or configuration (exit 3), with its place. */
export const templateError = (message: string, source: SourcePlace, hint?: string): IrError =>
  new IrError(message, {
    exit: EXIT.invalidTemplate,
    source,
    ...(hint === undefined ? {} : { hint }),
  });

/** A problem on one line: place, message and hint. */
export function problemLine({
  message,
  hint,
  source,
}: Pick<IrError, 'message' | 'hint' | 'source'>): string {
  const place =
    source === undefined ? '' : `${source.path}:${source.line ?? 1}:${source.column ?? 1}: `;
  return `${place}${message}${hint === undefined ? '' : `. ${hint}`}`;
}

/** Something that needs a confirmation, an answer or a met condition first (exit 6). */
export const refusedError = (message: string, hint?: string): IrError =>
  new IrError(message, { exit: EXIT.refused, ...(hint === undefined ? {} : { hint }) });

/** The message of anything that was thrown. */
export const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);

/**
 * What was thrown while somebody's file (rule, playbook, report template) was loaded, compiled or used, as an
 * expected failure that names the file: such a file is left out, the rest runs. An interruption is thrown on.
 * @param what the kind of file, for the message
 */
export function fileFault(error: unknown, what: string, place: SourcePlace): IrError {
  if (error instanceof IrError) return error;
  if ((error as { name?: unknown } | null)?.name === 'AbortError') throw error;
  const [reason = ''] = messageOf(error).split('\n');
  const isTooDeep = error instanceof RangeError;
  return new IrError(`the ${what} cannot be used: ${reason}`, {
    exit: EXIT.invalidTemplate,
    source: place,
    hint: isTooDeep ? 'Something in it is nested too deeply or too large.' : 'It is left out.',
    cause: error,
  });
}

/**
 * A hint for a word that is none of `known`: `Did you mean "high"?`, the one rule and wording for commands, options,
 * values, steps, files and rules. Up to three words that are equally near are named.
 * @param otherwise the hint where none is near (default: all of them)
 */
export function suggestion(
  word: string,
  known: readonly string[],
  otherwise = `Use one of: ${known.join(', ')}.`,
): string {
  const near = nearestWords(word, known);
  if (near.length === 0 || near.length > 3) return otherwise;
  const quoted = near.map((candidate) => `"${candidate}"`);
  const last = quoted.pop();
  return `Did you mean ${quoted.length === 0 ? '' : `${quoted.join(', ')} or `}${last}?`;
}

/** The known word within two edits (one for short words) of `word`, or undefined. */
export const nearestWord = (word: string, known: Iterable<string>): string | undefined =>
  withinEdits(word, known)[0];

/** The known words that are nearest by edits, of them those that begin with `word`; where none is near, all that do. */
function nearestWords(word: string, known: readonly string[]): string[] {
  const near = withinEdits(word, known);
  const start = plainWord(word);
  const beginning = (near.length > 0 ? near : [...new Set(known)]).filter((candidate) =>
    plainWord(candidate).startsWith(start),
  );
  return start.length < 2 || beginning.length === 0 ? near : beginning;
}

function withinEdits(word: string, known: Iterable<string>): string[] {
  const plain = plainWord(word);
  if (plain.length > 40 || plain === '') return [];
  let best: string[] = [];
  let bestDistance = plain.length <= 4 ? 1 : 2;
  for (const candidate of new Set(known)) {
    const other = plainWord(candidate);
    if (Math.abs(other.length - plain.length) > bestDistance) continue;
    const distance = editDistance(plain, other);
    // A guess that shares nothing with what was written is none.
    if (distance > bestDistance || distance >= plain.length) continue;
    if (distance < bestDistance) best = [];
    bestDistance = distance;
    best.push(candidate);
  }
  return best;
}

/** Neither case nor the dashes of an option count. */
const plainWord = (word: string): string => word.toLowerCase().replace(/^-+/, '');

/** Levenshtein distance where a swap of neighbours counts as one edit. */
function editDistance(left: string, right: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let i = 1; i <= left.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= right.length; j += 1) {
      const cost = left[i - 1] === right[j - 1] ? 0 : 1;
      let value = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + cost);
      const isSwap = i > 1 && j > 1 && left[i - 1] === right[j - 2] && left[i - 2] === right[j - 1];
      if (isSwap) value = Math.min(value, beforeLast[j - 2]! + 1);
      row.push(value);
    }
    beforeLast = last;
    last = row;
  }
  return last[right.length]!;
}
