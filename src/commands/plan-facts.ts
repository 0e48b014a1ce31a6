/** What of the incident response plan other commands use. */
import { join } from 'node:path';
import { type PlanContracts, readPlanContracts } from '../clocks/plan-contracts.ts';
import { ownFolder } from '../config.ts';
import { findWorkspace } from '../store/workspace.ts';
import type { CommandContext } from './context.ts';

/** The plan of the workspace, else the user's own. @throws IrError (exit 3) for a mistake in it */
export const planFacts = ({ settings }: CommandContext): Promise<PlanContracts> =>
  readPlanContracts([
    join(findWorkspace(settings).folder, 'plan.yml'),
    ownFolder(settings.env, 'plan.yml'),
  ]);
