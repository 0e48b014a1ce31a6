/** Finds regulations: those that come with the program, those of the user, and the contracts of the plan. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Environment, ownFolder } from '../config.ts';
import { EXIT, fileFault, IrError, suggestion, usageError } from '../errors.ts';
import type { Problem } from '../yaml.ts';
import { bundledPath } from './calendar.ts';
import type { Duty, Regulation } from './regulation.ts';
import { readRegulation } from './regulation-file.ts';

/** Regulations sorted by id, and what could not be used. */
export interface LoadedRegulations {
  regulations: readonly Regulation[];
  problems: readonly Problem[];
}

interface File {
  id: string;
  path: string;
  origin: Regulation['origin'];
}

/**
 * Loads regulations; a broken file is a problem, the others still load.
 * @param wanted id of a regulation or of a duty: only files that may hold it are read
 * @param contracts of the plan
 */
export async function loadRegulations(
  environment: Environment,
  wanted?: string,
  contracts: readonly Regulation[] = [],
): Promise<LoadedRegulations> {
  const problems: Problem[] = [];
  const found = new Map<string, Regulation>();
  for (const { id, path, origin } of filesOf(environment)) {
    if (wanted !== undefined && wanted !== id && !wanted.startsWith(`${id}-`)) continue;
    try {
      const read = await readRegulation(readFileSync(path, 'utf8'), path, origin);
      for (const problem of read.problems) problems.push(problem);
      // The user's file takes the place of a bundled one with its id.
      if (read.regulation !== undefined) found.set(read.regulation.id, read.regulation);
    } catch (error) {
      const { message, source, hint } = fileFault(error, 'regulation', { path });
      problems.push({ message, source: source ?? { path }, hint });
    }
  }
  for (const contract of contracts) found.set(contract.id, contract);
  const regulations = [...found.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  return { regulations, problems };
}

function filesOf(environment: Environment): File[] {
  const folders = [
    { folder: bundledPath('regulations'), origin: 'bundled' as const },
    { folder: ownFolder(environment, 'regulations'), origin: 'user' as const },
  ];
  return folders.flatMap(({ folder, origin }) =>
    (existsSync(folder) ? readdirSync(folder) : [])
      .filter((name) => /\.ya?ml$/.test(name))
      .sort()
      .map((name) => ({ id: name.replace(/\.ya?ml$/, ''), path: join(folder, name), origin })),
  );
}

/** A regulation and those of its duties that a name stands for. */
export interface ChosenDuties {
  regulation: Regulation;
  duties: readonly Duty[];
}

/**
 * The duties that a name stands for: one by its id, or all that a regulation starts.
 * @throws IrError (exit 2) for a name that nothing has, (exit 3) for a file with mistakes
 */
export async function pickDuties(
  environment: Environment,
  name: string,
  contracts: readonly Regulation[] = [],
): Promise<ChosenDuties> {
  const wanted = name.toLowerCase();
  const { regulations, problems } = await loadRegulations(environment, wanted, contracts);
  const byRegulation = regulations.find(({ id }) => id === wanted);
  if (byRegulation !== undefined) {
    const duties = byRegulation.duties.filter(
      ({ isOptional, after }) => !isOptional && after === undefined,
    );
    if (duties.length > 0) return { regulation: byRegulation, duties };
    const ids = byRegulation.duties.map(({ id }) => id);
    throw usageError(
      `${wanted} has several duties, of which one applies`,
      `Start one of: ${ids.join(', ')}`,
    );
  }
  for (const regulation of regulations) {
    const duty = regulation.duties.find(({ id }) => id === wanted);
    if (duty !== undefined) return { regulation, duties: [duty] };
  }
  const broken = problems.find(({ source }) => source.path.includes(wanted.split('-')[0]!));
  if (broken !== undefined) {
    const { message, source, hint } = broken;
    throw new IrError(message, { exit: EXIT.invalidTemplate, source, ...(hint && { hint }) });
  }
  const all = await loadRegulations(environment, undefined, contracts);
  const ids = all.regulations.flatMap(({ id, duties }) => [id, ...duties.map((duty) => duty.id)]);
  throw usageError(
    `there is no regulation and no duty "${name}"`,
    suggestion(wanted, [...new Set(ids)], 'See them with: ir clock list --rules'),
  );
}
