/** `ir check system`: the installed files against the package databases and AIDE. */
import { resolve } from 'node:path';
import { checkSystem } from '../host/check-system.ts';
import {
  assertOptions,
  type CheckOptions,
  type CheckResult,
  finishCheck,
  machineOf,
} from './check-shared.ts';
import type { CommandContext } from './context.ts';
import type { CommandOutcome } from './outcome.ts';

/** Options of `ir check system`, as typed. */
export interface SystemOptions extends CheckOptions {
  aideConfig?: string | undefined;
}

/** Runs it. */
export async function runSystemCheck(
  context: CommandContext,
  options: SystemOptions,
): Promise<CommandOutcome<CheckResult>> {
  await assertOptions(context, options);
  const { aideConfig } = options;
  const report = await checkSystem(machineOf(context, options), {
    now: context.now,
    progress: context.progress,
    aideConfig: aideConfig === undefined ? undefined : resolve(context.settings.cwd, aideConfig),
  });
  return finishCheck(context, report, options, 'ir check system');
}
