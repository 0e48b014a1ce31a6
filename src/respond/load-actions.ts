/** Finds the catalogue of actions: a file is named by the id in it, so that one action costs one file. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Environment, ownFolder } from '../config.ts';
import { EXIT, fileFault, IrError, suggestion, usageError } from '../errors.ts';
import type { Problem } from '../yaml.ts';
import type { Action } from './action.ts';
import { keepTemplate, keptTemplate } from './template-cache.ts';
import { bundledFolder } from './templates-folder.ts';

const MAX_BYTES = 200_000;

/** Actions, and what could not be used. */
export interface LoadedActions {
  /** Sorted by id. A user's action takes the place of a bundled one with the same id. */
  actions: readonly Action[];
  problems: readonly Problem[];
}

interface Place {
  folder: string;
  origin: Action['origin'];
}

const placesOf = (environment: Environment): readonly Place[] => [
  { folder: ownFolder(environment, 'actions'), origin: 'user' },
  { folder: bundledFolder('actions'), origin: 'bundled' },
];

/** Loads every action; a broken file is a problem, the others still load. */
export async function loadActions(environment: Environment): Promise<LoadedActions> {
  const problems: Problem[] = [];
  const found = new Map<string, Action>();
  for (const place of placesOf(environment)) {
    for (const id of await idsIn(place)) {
      if (found.has(id)) continue;
      const read = await readActionFile(place, id);
      problems.push(...read.problems);
      if (read.action !== undefined) found.set(id, read.action);
    }
  }
  return { actions: [...found.values()].sort((a, b) => (a.id < b.id ? -1 : 1)), problems };
}

/**
 * The action with that id. Throws a usage error that names those that are near, or the first problem of a broken file
 * (exit 3).
 */
export async function loadAction(environment: Environment, id: string): Promise<Action> {
  const ids: string[] = [];
  for (const place of placesOf(environment)) {
    const here = await idsIn(place);
    ids.push(...here);
    if (!here.includes(id)) continue;
    const { action, problems } = await readActionFile(place, id);
    if (action !== undefined) return action;
    const [first] = problems;
    throw new IrError(first?.message ?? `action ${id} cannot be used`, {
      exit: EXIT.invalidTemplate,
      ...(first === undefined ? {} : { source: first.source }),
      hint: first?.hint ?? 'Correct the file of the action.',
    });
  }
  throw usageError(
    `there is no action "${id}"`,
    suggestion(id, ids, 'ir act lists the catalogue.'),
  );
}

async function idsIn({ folder }: Place): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names
    .filter((name) => name.endsWith('.yml'))
    .map((name) => name.slice(0, -'.yml'.length))
    .sort();
}

/** Reads one file of the catalogue. A file that cannot be read is a problem too. */
async function readActionFile({ folder, origin }: Place, id: string) {
  const path = join(folder, `${id}.yml`);
  try {
    const { size } = await stat(path);
    if (size > MAX_BYTES) throw new Error(`${size} bytes is too large for an action`);
    const text = await readFile(path, 'utf8');
    const kept = keptTemplate('action', text);
    if (kept?.id === id) return { action: { ...kept, path, origin }, problems: [] };
    const { readAction } = await import('./action-file.ts');
    const read = await readAction(text, path, origin);
    if (read.action?.id === id) keepTemplate('action', text, read.action);
    if (read.action === undefined || read.action.id === id) return read;
    const message = `the id is "${read.action.id}", and the file is named ${id}.yml`;
    const source = { path, line: 1, column: 1 };
    return { action: undefined, problems: [{ message, source, hint: 'Give both one name.' }] };
  } catch (error) {
    const { message, source, hint } = fileFault(error, 'action', { path });
    return { action: undefined, problems: [{ message, source: source ?? { path }, hint }] };
  }
}
