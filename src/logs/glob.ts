/** Shell-style globs (`*`, `?`, `[...]`, `**`) for arguments that the shell did not expand. */

import { readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { inFolder, type NamedPath, namesLike } from './input-path.ts';
import { pseudoFileSystem } from './pseudo-file-system.ts';
import type { Turn } from './turns.ts';

/** Does the path hold glob characters? */
export const isGlob = (path: string): boolean => /[*?[]/.test(path);

/** The folder that a pattern names: what stands before its first glob character. */
export function globBase(pattern: string): string {
  const segments = pattern.split('/');
  const first = segments.findIndex(isGlob);
  const base = segments.slice(0, first).join('/');
  return base === '' ? (pattern.startsWith('/') ? '/' : '.') : base;
}

/**
 * Paths that match, sorted. `*` and `?` do not cross `/`; `**` as a whole segment does, but enters neither symbolic
 * links nor pseudo file systems.
 * @param step called per entry; what it throws ends the search
 */
export async function expandGlob(
  pattern: string,
  cwd: string,
  step: Turn = () => undefined,
): Promise<readonly NamedPath[]> {
  const segments = pattern.split('/');
  const isWhole = segments[0] === '';
  const start = { shown: isWhole ? '/' : '', absolute: isWhole ? '/' : cwd };
  const matches = await expand(start, isWhole ? segments.slice(1) : segments, step);
  const found = [...new Map(matches.map((match) => [match.shown, match])).values()];
  found.sort((a, b) => (a.shown < b.shown ? -1 : 1));
  if (isGlob(segments.at(-1) ?? '')) return found;
  // A plain name after a pattern was put there untested.
  return (await Promise.all(found.map(isThere))).flat();
}

const isThere = (path: NamedPath): Promise<readonly NamedPath[]> =>
  stat(path.absolute).then(
    () => [path],
    () => [],
  );

async function expand(
  base: NamedPath,
  segments: readonly string[],
  step: Turn,
): Promise<NamedPath[]> {
  const [segment, ...rest] = segments;
  if (segment === undefined) return [base];
  const found: NamedPath[] = [];
  if (!isGlob(segment)) {
    for (const path of await plainPaths(base, segment))
      found.push(...(await expand(path, rest, step)));
    return found;
  }
  let entries: { name: Buffer; isDirectory(): boolean }[];
  try {
    entries = await readdir(base.absolute, { withFileTypes: true, encoding: 'buffer' });
  } catch {
    return [];
  }
  if (segment === '**') found.push(...(await expand(base, rest, step)));
  const test = segment === '**' ? undefined : segmentPattern(segment);
  for (const entry of entries) {
    await step();
    const path = inFolder(base, entry.name);
    if (test === undefined) {
      if (!entry.isDirectory()) {
        if (rest.length === 0) found.push(path);
      } else if ((await pseudoFileSystem(path.absolute)) === undefined) {
        found.push(...(await expand(path, segments, step)));
      }
      // Bytes that are not UTF-8 count as one character each, as `?` has it.
    } else if (
      test.test(entry.name.toString('utf8')) &&
      (rest.length === 0 || entry.isDirectory())
    ) {
      found.push(...(await expand(path, rest, step)));
    }
  }
  return found;
}

async function plainPaths(base: NamedPath, segment: string): Promise<readonly NamedPath[]> {
  if (segment === '' || segment === '.' || segment === '..') {
    const absolute =
      typeof base.absolute === 'string'
        ? resolve(base.absolute, segment)
        : Buffer.concat([base.absolute, Buffer.from(`/${segment}`)]);
    return [{ shown: join(base.shown, segment), absolute }];
  }
  return (await namesLike(base.absolute, segment)).map((name) => inFolder(base, name));
}

/** One path segment as a regular expression; adjacent stars are merged, so it stays linear enough. */
function segmentPattern(segment: string): RegExp {
  try {
    return new RegExp(`^${segmentBody(segment)}$`);
  } catch {
    return NOTHING;
  }
}

const NOTHING = /^\b$/;

const segmentBody = (segment: string): string =>
  segment.replace(/\*+/g, '*').replace(/[.+^${}()|\\]|\*|\?|\[!?/g, (part) => {
    if (part === '*') return '[^/]*';
    if (part === '?') return '[^/]';
    if (part === '[!') return '[^';
    return part === '[' ? '[' : `\\${part}`;
  });

/** A glob that matches whole segments anywhere in a path, from its beginning when it begins with `/`. */
export function globExpression(glob: string): RegExp {
  const isWhole = glob.startsWith('/');
  const segments = glob.split('/').filter((segment) => segment !== '' && segment !== '.');
  const bodies = segments.map((segment, index) => {
    const isLast = index === segments.length - 1;
    if (segment === '**') return isLast ? '.*' : '(?:[^/]+/)*';
    return isLast ? segmentBody(segment) : `${segmentBody(segment)}!?/`;
  });
  try {
    // Behind the name of an archive stands a mark before the path inside it.
    return new RegExp(`${isWhole ? '^/' : '(?:^|/)'}${bodies.join('')}(?:!?/|$)`, 's');
  } catch {
    return NOTHING;
  }
}
