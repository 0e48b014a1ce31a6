/**
 * What the user says of single files, by globs on their paths: the zone of their stamps, by how much their clock was off,
 * the machine that wrote them, the format, and which are left out.
 */
import { usageError } from '../errors.ts';
import type { HostBasis } from '../events/event.ts';
import { globExpression } from './glob.ts';

/** A value for the paths that a glob matches. */
export interface ForPaths<T> {
  glob: string;
  value: T;
}

/** What was said, in the order in which it was said: of those that match a path the last one holds. */
export interface SaidOfFiles {
  /** IANA zone of stamps that name none, where nothing else was said. */
  zone: string;
  /** Did the user name it? */
  isZoneGiven?: boolean;
  zones?: readonly ForPaths<string>[];
  /** Microseconds that are added to every time. */
  skews?: readonly ForPaths<number>[];
  hosts?: readonly ForPaths<string>[];
  /** Names of formats. */
  formats?: readonly ForPaths<string>[];
  /** Globs of what is not read. */
  excluded?: readonly string[];
}

/** What is changed in each event of a file after it was read. */
export interface Adjustment {
  /** Microseconds that are added to the time. */
  skewUs: number;
  /** The host of events that name none. */
  host: string | undefined;
  hostBasis: HostBasis | undefined;
  /** The user said the format: no line is offered to another one first. */
  isFormatSaid?: boolean;
}

/** The value for a path; undefined when nothing was said of it. */
export const saidOf = <T>(said: readonly ForPaths<T>[] | undefined, path: string): T | undefined =>
  said?.findLast(({ glob }) => matchesPath(glob, path))?.value;

/** The first of the globs that leaves a path out. */
export const excludes = (said: SaidOfFiles | undefined, path: string): string | undefined =>
  said?.excluded?.find((glob) => matchesPath(glob, path));

/** Says which globs fit none of the files: they are mistyped. */
export function sayUnused(
  files: readonly { path: string }[],
  { said, say }: { said?: SaidOfFiles; say?(text: string): void },
): void {
  const lists: Record<string, readonly ForPaths<unknown>[] | undefined> = {
    ...{ '--tz': said?.zones, '--as': said?.formats },
    ...{ '--host': said?.hosts, '--skew': said?.skews },
  };
  const some = files.slice(0, 3).map(({ path }) => path);
  if (some.length === 0) return;
  for (const [flag, values = []] of Object.entries(lists))
    for (const { glob } of values)
      if (!files.some(({ path }) => matchesPath(glob, path)))
        say?.(
          `${flag} '${glob}=...' fits none of the files: ${some.join(', ')}${files.length > 3 ? ', ...' : ''}`,
        );
}

/**
 * Reads `GLOB=VALUE`; the glob may hold `=`.
 * @throws IrError (exit 2) when one of the two is missing
 */
export function readForPaths(text: string, flag: string, value: string): ForPaths<string> {
  const at = text.lastIndexOf('=');
  if (at < 1 || at === text.length - 1) {
    throw usageError(
      `${flag}: "${text}" is not GLOB=${value}`,
      `Write the files and what holds for them: ${flag} 'web1/**=${value}'.`,
    );
  }
  return { glob: text.slice(0, at), value: text.slice(at + 1) };
}

const expressions = new Map<string, RegExp>();

/**
 * Does a glob match a path or a folder above it? One that does not begin with `/` may begin at any segment: `web1`
 * is everything in a folder of that name, `*.log` every such file, `var/log/**` what lies below, wherever that is.
 */
export function matchesPath(glob: string, path: string): boolean {
  let expression = expressions.get(glob);
  if (expression === undefined) expressions.set(glob, (expression = globExpression(glob)));
  return expression.test(path);
}
