/** Finds report templates: those that come with the program, those of the user, and files named by path. */
import { existsSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Environment, ownFolder } from '../config.ts';
import { EXIT, IrError, messageOf, suggestion, usageError } from '../errors.ts';

const MAX_BYTES = 1_000_000;
const ENDING = '.md';

/** A report template and where it lies. */
export interface TemplateFile {
  /** Name without ending, such as `postmortem`. */
  name: string;
  path: string;
  origin: 'bundled' | 'user' | 'file';
}

/** All templates by name; a user's takes the place of a bundled one with the same name. */
export async function listTemplates(environment: Environment): Promise<readonly TemplateFile[]> {
  const found = new Map<string, TemplateFile>();
  const folders = [
    { folder: bundledFolder(), origin: 'bundled' as const },
    { folder: ownFolder(environment, 'reports'), origin: 'user' as const },
  ];
  for (const { folder, origin } of folders) {
    for (const file of await markdownFilesIn(folder)) {
      const name = file.slice(0, -ENDING.length);
      found.set(name, { name, path: join(folder, file), origin });
    }
  }
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/**
 * The template of that name, or at that path when it has a folder or an ending.
 * @throws IrError (exit 2) that lists the names
 */
export async function findTemplate(
  wanted: string,
  cwd: string,
  environment: Environment,
): Promise<TemplateFile> {
  const templates = await listTemplates(environment);
  const named = templates.find(({ name }) => name === wanted);
  if (named !== undefined) return named;
  const path = resolve(cwd, wanted);
  if (/[/\\.]/.test(wanted) || existsSync(path)) {
    const name = path.split(/[/\\]/).at(-1) as string;
    return { name: name.replace(/\.(?:md|liquid|txt)$/, ''), path, origin: 'file' };
  }
  const names = templates.map(({ name }) => name);
  throw usageError(
    `there is no report template "${wanted}"`,
    suggestion(wanted, names, `Use one of: ${names.join(', ')}. Or name a file.`),
  );
}

/** Parts that templates take in by name: those that come with the program, and the user's, which go first. */
export async function readPartials(environment: Environment): Promise<Record<string, string>> {
  const partials: Record<string, string> = {};
  for (const folder of [bundledFolder(), ownFolder(environment, 'reports')]) {
    for (const file of await markdownFilesIn(join(folder, 'partials'))) {
      const path = join(folder, 'partials', file);
      const name = file.slice(0, -ENDING.length);
      partials[name] = (await readTemplate({ name, path, origin: 'file' })).replace(/\n$/, '');
    }
  }
  return partials;
}

/** The text of a template. Throws an IrError (exit 3) when it cannot be read. */
export async function readTemplate({ path }: TemplateFile): Promise<string> {
  try {
    const about = await stat(path);
    if (!about.isFile()) throw new Error('it is not a file');
    if (about.size > MAX_BYTES) throw new Error(`${about.size} bytes are too many for a template`);
    return (await readFile(path, 'utf8')).replace(/^\ufeff/, '').replaceAll('\r\n', '\n');
  } catch (error) {
    throw new IrError(`cannot read the template: ${messageOf(error)}`, {
      exit: EXIT.invalidTemplate,
      source: { path },
      hint: 'ir report --list shows the templates there are.',
      cause: error,
    });
  }
}

async function markdownFilesIn(folder: string): Promise<readonly string[]> {
  try {
    return (await readdir(folder)).filter((name) => name.endsWith(ENDING)).sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw new IrError(`cannot read the folder of templates: ${messageOf(error)}`, {
      exit: EXIT.invalidTemplate,
      source: { path: folder },
      cause: error,
    });
  }
}

/** `templates/reports`, found upwards from this file: the same from `src/` and from `dist/`. */
export function bundledFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  for (let up = 0; up < 5; up++) {
    const candidate = join(folder, 'templates', 'reports');
    if (existsSync(candidate)) return candidate;
    folder = dirname(folder);
  }
  throw new IrError('the bundled report templates are missing', {
    exit: EXIT.invalidTemplate,
    hint: 'Install the package again; templates/reports belongs to it.',
  });
}
