/** What of the incident response plan other commands use. */
import { join, resolve } from 'node:path';
import { ownFolder } from '../config.ts';
import { IrError, problemLine } from '../errors.ts';
import { type Plan, readPlan } from '../plan/read-plan.ts';
import { findWorkspace } from '../store/workspace.ts';
import type { CommandContext } from './context.ts';
import { requirePaths } from './require-path.ts';

/** Where a plan may be: in the workspace, else the user's own. */
export const planPaths = ({ settings }: Pick<CommandContext, 'settings'>): string[] => [
  join(findWorkspace(settings).folder, 'plan.yml'),
  ownFolder(settings.env, 'plan.yml'),
];

/** The plan of the workspace, else the user's own. @throws IrError (exit 3) for a mistake in it */
export const planFacts = (context: Pick<CommandContext, 'settings'>): Promise<Plan> =>
  readPlan(planPaths(context));

/** All of a plan that is named, else of the one in force, as whoever writes it looks at it. @throws IrError (exit 3) for a mistake in it, exit 4 where nothing is */
export function planNamed(
  context: Pick<CommandContext, 'settings'>,
  file: string | undefined,
): Promise<Plan> {
  if (file === undefined) return readPlan(planPaths(context), true);
  const { cwd } = context.settings;
  requirePaths(cwd, [file]);
  return readPlan([resolve(cwd, file)], true);
}

/** The plan, or none where there is a mistake in it, which is said: it must not keep anybody from opening a case. */
export async function planIfReadable(
  context: Pick<CommandContext, 'settings' | 'say'>,
): Promise<Plan | undefined> {
  try {
    return await planFacts(context);
  } catch (error) {
    if (!(error instanceof IrError)) throw error;
    context.say(`The plan is left out: ${problemLine(error)}`);
    return undefined;
  }
}
