/** The YAML files of a folder: of the program's own, and of the user's. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type IrError, messageOf, templateError } from '../errors.ts';
import type { RuleFile } from './rule-cache.ts';

/** The same depth below the package for `src/detect` and `dist/detect`. */
const TEMPLATES = fileURLToPath(new URL('../../templates', import.meta.url));

/** A rule file is a page of text, a list of indicators some megabytes; more than this is something else. */
const MAX_FILE_BYTES = 64 * 1024 * 1024;

/** A folder of the program's `templates`. */
export const templateFolder = (name: string): string => join(TEMPLATES, name);

/**
 * The files of a folder in a stable order, without those already seen. Links are followed, but each folder is read once, by its
 * identity: links may lead in a circle.
 */
export function readYamlFiles(
  folder: string,
  seen: Set<string>,
  problems: IrError[],
  what = 'rules',
): RuleFile[] {
  const found: { path: string; bytes: number }[] = [];
  const read = new Set<string>();
  const visit = (path: string, isNamed: boolean): void => {
    try {
      // A broken link to a rule counts as a file, so that reading it reports it.
      const status = statSync(path, { throwIfNoEntry: isNamed });
      if (status?.isDirectory() === true) {
        const identity = `${status.dev}:${status.ino}`;
        if (read.has(identity)) return;
        read.add(identity);
        for (const name of readdirSync(path)) visit(`${path}${sep}${name}`, false);
      } else if ((isNamed || /\.ya?ml$/i.test(path)) && (status === undefined || status.isFile())) {
        // Overlapping folders must not make every rule a duplicate of itself.
        if (!seen.has(path)) found.push({ path, bytes: status?.size ?? 0 });
        seen.add(path);
      }
    } catch (error) {
      problems.push(unreadable(path, error, what));
    }
  };
  visit(resolve(folder), true);
  // By code units: the order must not depend on the locale.
  found.sort((left, right) => (left.path < right.path ? -1 : 1));
  return found.flatMap(({ path, bytes }) => readFile(path, bytes, problems, what) ?? []);
}

function readFile(
  path: string,
  bytes: number,
  problems: IrError[],
  what: string,
): RuleFile | undefined {
  const shown = shownPath(path);
  if (bytes > MAX_FILE_BYTES) {
    problems.push(
      templateError(`the file is too large for ${what} (${bytes} bytes)`, { path: shown }),
    );
    return undefined;
  }
  try {
    return { path: shown, text: readFileSync(path, 'utf8') };
  } catch (error) {
    problems.push(unreadable(path, error, what));
    return undefined;
  }
}

function unreadable(path: string, error: unknown, what: string): IrError {
  const code = (error as NodeJS.ErrnoException).code;
  const reason = code === 'ENOENT' ? 'it does not exist' : (code ?? messageOf(error));
  return templateError(`the ${what} cannot be read: ${reason}`, { path: shownPath(path) });
}

/** Files of the program by their place in the package, so that output is the same wherever it is installed. */
function shownPath(path: string): string {
  // Not path.relative, which is far too slow for hundreds of files at every start.
  if (!path.startsWith(TEMPLATES + sep)) return path;
  return `templates/${path
    .slice(TEMPLATES.length + 1)
    .split(sep)
    .join('/')}`;
}
