import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Environment, ownFolder } from '../config.ts';
import { EXIT, fileFault, IrError, messageOf, suggestion, usageError } from '../errors.ts';
import type { Problem } from '../yaml.ts';
import type { Playbook } from './playbook.ts';
import type { ReadPlaybook } from './playbook-file.ts';
import { keepTemplate, keptTemplate } from './template-cache.ts';
import { bundledFolder } from './templates-folder.ts';

const MAX_BYTES = 1_000_000;

/** Playbooks, and what could not be used. */
export interface LoadedPlaybooks {
  /** Sorted by id. A user's playbook takes the place of a bundled one with the same id. */
  playbooks: readonly Playbook[];
  problems: readonly Problem[];
}

/** Loads every playbook; a broken file is a problem, the others still load. */
export async function loadPlaybooks(environment: Environment): Promise<LoadedPlaybooks> {
  const problems: Problem[] = [];
  const found = new Map<string, Playbook>();
  const folders = [
    { folder: bundledFolder('playbooks'), origin: 'bundled' as const },
    { folder: ownFolder(environment, 'playbooks'), origin: 'user' as const },
  ];
  for (const { folder, origin } of folders) {
    for (const path of await yamlFilesIn(folder, problems)) {
      const read = await readPlaybookFile(path, origin, environment);
      for (const problem of read.problems) problems.push(problem);
      if (read.playbook === undefined) continue;
      const earlier = found.get(read.playbook.id);
      if (earlier?.origin === origin) {
        problems.push({
          message: `playbook "${read.playbook.id}" exists already in ${earlier.path}`,
          source: { path, line: 1, column: 1 },
          hint: 'Give it another id.',
        });
        continue;
      }
      found.set(read.playbook.id, read.playbook);
    }
  }
  const playbooks = [...found.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  return { playbooks, problems };
}

/** Reads one file. A file that cannot be read is a problem too. */
export async function readPlaybookFile(
  path: string,
  origin: Playbook['origin'],
  environment: Environment,
): Promise<ReadPlaybook> {
  const read = await readUnbound(path, origin);
  if (read.playbook === undefined) return read;
  const { bindActions } = await import('./bind-actions.ts');
  return bindActions(read.playbook, environment);
}

async function readUnbound(path: string, origin: Playbook['origin']): Promise<ReadPlaybook> {
  try {
    const { size } = await stat(path);
    if (size > MAX_BYTES) throw new Error(`${size} bytes is too large for a playbook`);
    const text = await readFile(path, 'utf8');
    const cached = keptTemplate('playbook', text);
    if (cached !== undefined) return { playbook: { ...cached, path, origin }, problems: [] };
    const { readPlaybook } = await import('./playbook-file.ts');
    const read = await readPlaybook(text, path, origin);
    if (read.playbook !== undefined) keepTemplate('playbook', text, read.playbook);
    return read;
  } catch (error) {
    const { message, source, hint } = fileFault(error, 'playbook', { path });
    return { playbook: undefined, problems: [{ message, source: source ?? { path }, hint }] };
  }
}

async function yamlFilesIn(folder: string, problems: Problem[]): Promise<string[]> {
  try {
    const names = await readdir(folder);
    return names
      .filter((name) => /\.ya?ml$/.test(name))
      .sort()
      .map((name) => join(folder, name));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
      problems.push({
        message: `cannot read the folder: ${messageOf(error)}`,
        source: { path: folder },
        hint: undefined,
      });
    }
    return [];
  }
}

/** The playbook with that id. Throws a usage error that lists the ids, or the problems of a broken file. */
export function pickPlaybook(loaded: LoadedPlaybooks, id: string): Playbook {
  const playbook = loaded.playbooks.find((candidate) => candidate.id === id);
  if (playbook !== undefined) return playbook;
  const broken = loaded.problems.find((problem) => problem.source.path.includes(`${id}.y`));
  if (broken !== undefined) {
    throw new IrError(broken.message, {
      exit: EXIT.invalidTemplate,
      source: broken.source,
      hint: 'ir playbook check FILE lists all problems of a file.',
    });
  }
  const ids = loaded.playbooks.map((candidate) => candidate.id);
  throw usageError(`there is no playbook "${id}"`, suggestion(id, ids));
}
