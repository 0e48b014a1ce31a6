/** `ir drill list`: the breaches and exercises that come with the program, and your own. */
import { join } from 'node:path';
import { ownFolder } from '../config.ts';
import { bundledScenarios, loadScenario, namesIn } from '../drills/load-scenario.ts';
import type { CommandContext } from './context.ts';

/** One of them. */
export interface DrillSummary {
  name: string;
  title: string;
  summary: string;
  /** How long its logs last. */
  days: number;
  /** The log files that it writes. */
  files: readonly string[];
  origin: 'bundled' | 'user';
  /** Minutes and number of injects of the exercise; absent where there are logs alone. */
  exercise: { minutes: number; injects: number; questions: number } | undefined;
}

/** The scenarios by name. */
export interface DrillListResult {
  drills: readonly DrillSummary[];
}

/** Reads what the scenarios say of themselves. */
export function listDrills({ settings }: Pick<CommandContext, 'settings'>): DrillListResult {
  const folder = ownFolder(settings.env, 'drills');
  const own = namesIn(folder).map((name) => summaryOf(join(folder, `${name}.yml`), 'user'));
  const taken = new Set(own.map(({ name }) => name));
  const bundled = bundledScenarios()
    .filter((name) => !taken.has(name))
    .map((name) => summaryOf(name, 'bundled'));
  return { drills: [...bundled, ...own] };
}

function summaryOf(nameOrPath: string, origin: DrillSummary['origin']): DrillSummary {
  const { name, title, summary, days, files, exercise } = loadScenario(nameOrPath);
  return {
    ...{ name, title, summary, days, origin },
    files: Object.values(files).map(({ path }) => path),
    exercise:
      exercise === undefined
        ? undefined
        : {
            minutes: exercise.minutes,
            injects: exercise.injects.length,
            questions: exercise.injects.flatMap(({ asks }) => asks).length,
          },
  };
}
