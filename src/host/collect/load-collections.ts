/** Finds collection files: those that come with the program and those of the user. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Environment, ownFolder } from '../../config.ts';
import { EXIT, IrError, messageOf, suggestion, templateError, usageError } from '../../errors.ts';
import type { Problem } from '../../yaml.ts';
import { type Collection, type Item, VOLATILITIES } from './collection.ts';
import { readCollection } from './read-collection.ts';

const MAX_BYTES = 1_000_000;

/** Collections, and what could not be used. */
export interface LoadedCollections {
  /** By id. A user's collection takes the place of a bundled one with the same id. */
  collections: readonly Collection[];
  problems: readonly Problem[];
}

/** Loads every collection; a broken file is a problem, the others still load. */
export async function loadCollections(environment: Environment): Promise<LoadedCollections> {
  const problems: Problem[] = [];
  const found = new Map<string, Collection>();
  const folders = [
    { folder: bundledFolder(), origin: 'bundled' },
    { folder: ownFolder(environment, 'collections'), origin: 'user' },
  ] as const;
  for (const { folder, origin } of folders) {
    for (const path of await yamlFilesIn(folder)) {
      const read = await readFileAt(path, origin);
      problems.push(...read.problems);
      if (read.collection !== undefined) found.set(read.collection.id, read.collection);
    }
  }
  return { collections: [...found.values()].sort((a, b) => (a.id < b.id ? -1 : 1)), problems };
}

async function readFileAt(
  path: string,
  origin: Collection['origin'],
): ReturnType<typeof readCollection> {
  try {
    const { size } = await stat(path);
    if (size > MAX_BYTES) throw new Error(`${size} bytes is too large for a collection`);
    return await readCollection(await readFile(path, 'utf8'), path, origin);
  } catch (error) {
    const problem = {
      message: `cannot read it: ${messageOf(error)}`,
      source: { path },
      hint: undefined,
    };
    return { collection: undefined, problems: [problem] };
  }
}

async function yamlFilesIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names
    .filter((name) => /\.ya?ml$/.test(name))
    .sort()
    .map((name) => join(folder, name));
}

/** `templates/collections`, found upwards from this file: the same from `src/` and from `dist/`. */
export function bundledFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  for (let up = 0; up < 6; up++) {
    const candidate = join(folder, 'templates', 'collections');
    if (existsSync(candidate)) return candidate;
    folder = dirname(folder);
  }
  throw new IrError('the bundled collections are missing', {
    exit: EXIT.invalidTemplate,
    hint: 'Install the package again; templates/collections belongs to it.',
  });
}

/** What is taken with a profile: its own items and those of what it includes, in the order of their volatility. */
export interface Profile {
  id: string;
  title: string;
  maxBytes: number;
  maxMs: number;
  items: readonly Item[];
  /** Of all that decides what is taken: a collection goes on only with the same. */
  sha256: string;
}

/** The profile with that id. @throws IrError (exit 2) that lists the ids, (exit 3) for a broken file or include */
export function pickProfile(loaded: LoadedCollections, id: string): Profile {
  const chosen = new Map<string, Collection>();
  const waiting = [id];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (chosen.has(next)) continue;
    const collection = loaded.collections.find((one) => one.id === next);
    if (collection === undefined) throw missing(loaded, next, [...chosen.values()].at(-1));
    chosen.set(next, collection);
    waiting.push(...collection.includes);
  }
  const collections = [...chosen.values()].reverse();
  const items = new Map(
    collections.flatMap(({ items: own }) => own.map((item) => [item.id, item] as const)),
  );
  const ordered = VOLATILITIES.flatMap((volatility) =>
    [...items.values()].filter((item) => item.volatility === volatility),
  );
  const { title, maxBytes, maxMs } = chosen.get(id)!;
  const sha256 = createHash('sha256').update(JSON.stringify(ordered)).digest('hex');
  return { id, title, maxBytes, maxMs, items: ordered, sha256 };
}

function missing(loaded: LoadedCollections, id: string, by: Collection | undefined): IrError {
  const ids = loaded.collections.map((one) => one.id);
  const broken = loaded.problems.find(({ source }) => source.path.includes(`/${id}.y`));
  if (broken !== undefined) return templateError(broken.message, broken.source, broken.hint);
  if (by === undefined) return usageError(`there is no profile "${id}"`, suggestion(id, ids));
  return templateError(`it includes "${id}", which is not there`, by.source, suggestion(id, ids));
}
