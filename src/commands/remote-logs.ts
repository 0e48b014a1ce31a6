/** Places among the paths of a command that reads logs: they are read into a private folder first. */
import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CommandContext } from './context.ts';
import type { PlaceOptions } from './places.ts';

/** What is asked of places. */
export interface RemoteOptions extends PlaceOptions {
  since?: string;
  until?: string;
  query?: string;
}

/** Paths that are all files or folders of this machine. */
export interface LocalPaths {
  paths: readonly string[];
  /** What a path is called before people. */
  shownAs: ((path: string) => string) | undefined;
}

const PLACE = /^[a-z][a-z0-9]*(?:\+[a-z]+)?:\/\//i;

/** Reads every place among the paths, and leaves the others as they are. @throws IrError (exit 5) */
export async function localPaths(
  context: CommandContext,
  paths: readonly string[],
  options: RemoteOptions,
): Promise<LocalPaths> {
  if (!paths.some((path) => PLACE.test(path))) return { paths, shownAs: undefined };
  const { pullFile } = await import('../connectors/pull-file.ts');
  const { splitByFile } = await import('../connectors/split-by-file.ts');
  const { readAsked, sourceOf } = await import('./pull.ts');
  const folder = await mkdtemp(join(tmpdir(), 'ir-places-'));
  // Lines are read again while the result is printed.
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const names = new Map<string, string>();
  const local: string[] = [];
  for (const path of paths) {
    if (!PLACE.test(path)) {
      local.push(path);
      continue;
    }
    const { source, shown } = await sourceOf(context, path, options);
    const file = join(folder, 'pulled');
    const asked = { ...readAsked(context, options), isByFile: true };
    const { records } = await pullFile(source, shown, asked, file, (count) =>
      context.progress(`${shown}: ${count} records`),
    );
    context.progress('');
    if (records === 0) context.say(`${shown}: nothing is there that was asked for`);
    for (const part of await splitByFile(file, folder, String(names.size))) {
      names.set(part.path, part.file ?? shown);
      local.push(part.path);
    }
    await rm(file, { force: true });
  }
  return { paths: local, shownAs: (path) => names.get(path) ?? path };
}
