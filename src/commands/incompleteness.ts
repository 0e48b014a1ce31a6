/** Why a run did not read all that it was given, in the words of its last lines. */
import type { FileAccount, PathProblem } from '../detect/finding.ts';
import type { TimelineOptions } from './timeline.ts';

/** Paths named one by one before they are only counted. */
const MOST_NAMED = 10;

/** Why the input was not read in full; empty when it was. */
export function incompleteness(
  unread: readonly PathProblem[],
  files: readonly FileAccount[],
  { strict }: Pick<TimelineOptions, 'strict'>,
): string[] {
  const named = unread
    .slice(0, MOST_NAMED)
    .map(({ path, problem }) => `not read in full: ${path}: ${problem}`);
  const more = unread.length - named.length;
  if (more > 0) named.push(`not read in full: ${more} more`);
  // Blank lines hold nothing to parse; of what is read by its stamp alone nobody knows what it says.
  const unparsed = (file: FileAccount): number =>
    file.generic + file.skipped - (file.skips['blank line']?.count ?? 0);
  const incomplete = strict === true ? files.filter((file) => unparsed(file) > 0) : [];
  const [first] = incomplete;
  if (first !== undefined) {
    const lines = incomplete.reduce((sum, file) => sum + unparsed(file), 0);
    named.push(
      `--strict: ${counted(lines, 'line')} of ${counted(incomplete.length, 'file')} not parsed${incomplete.some(({ generic }) => generic > 0) ? ' or generic' : ''}, the first of them in ${first.path}`,
    );
  }
  return named;
}

/** `3 files` */
export const counted = (count: number, noun: string): string =>
  `${count} ${noun}${count === 1 ? '' : 's'}`;
