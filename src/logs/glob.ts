/** Shell-style globs (`*`, `?`, `[...]`, `**`) for arguments that the shell did not expand. */
import { readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';

/** Does the path hold glob characters? */
export const isGlob = (path: string): boolean => /[*?[]/.test(path);

/** Paths that match, sorted. `*` and `?` do not cross `/`; `**` as a whole segment does. */
export async function expandGlob(pattern: string, cwd: string): Promise<readonly string[]> {
  const segments = pattern.split('/');
  const start = segments[0] === '' ? '/' : '';
  const matches = await expand(start, segments[0] === '' ? segments.slice(1) : segments, cwd);
  const found = [...new Set(matches)].sort();
  if (isGlob(segments.at(-1) ?? '')) return found;
  // A plain name after a pattern was put there untested.
  return (await Promise.all(found.map((path) => isThere(path, cwd)))).flat();
}

const isThere = (path: string, cwd: string): Promise<readonly string[]> =>
  stat(resolve(cwd, path)).then(
    () => [path],
    () => [],
  );

async function expand(base: string, segments: readonly string[], cwd: string): Promise<string[]> {
  const [segment, ...rest] = segments;
  if (segment === undefined) return [base];
  if (!isGlob(segment)) return expand(join(base, segment), rest, cwd);
  let entries: { name: string; isDirectory(): boolean }[];
  try {
    entries = await readdir(resolve(cwd, base), { withFileTypes: true });
  } catch {
    return [];
  }
  const found: string[] = [];
  if (segment === '**') found.push(...(await expand(base, rest, cwd)));
  const test = segment === '**' ? undefined : segmentPattern(segment);
  for (const entry of entries) {
    const path = join(base, entry.name);
    if (test === undefined) {
      if (entry.isDirectory()) found.push(...(await expand(path, segments, cwd)));
      else if (rest.length === 0) found.push(path);
    } else if (test.test(entry.name) && (rest.length === 0 || entry.isDirectory())) {
      found.push(...(await expand(path, rest, cwd)));
    }
  }
  return found;
}

/** One path segment as a regular expression; adjacent stars are merged, so it stays linear enough. */
function segmentPattern(segment: string): RegExp {
  const body = segment.replace(/\*+/g, '*').replace(/[.+^${}()|\\]|\*|\?|\[!?/g, (part) => {
    if (part === '*') return '[^/]*';
    if (part === '?') return '[^/]';
    if (part === '[!') return '[^';
    return part === '[' ? '[' : `\\${part}`;
  });
  try {
    return new RegExp(`^${body}$`);
  } catch {
    return /^\b$/;
  }
}
