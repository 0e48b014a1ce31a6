/** `ir check system`: the installed files against the package databases and AIDE. */
import { resolve } from 'node:path';
import { checkSystem } from '../host/check-system.ts';
import {
  assertOptions,
  type CheckOptions,
  type CheckResult,
  finishCheck,
  withMachine,
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
  const { settings, now, progress } = context;
  const isAsTyped = aideConfig === undefined || options.host !== undefined;
  const settingsOfAide = isAsTyped ? aideConfig : resolve(settings.cwd, aideConfig);
  const report = await withMachine(context, options, (machine) =>
    checkSystem(machine, { now, progress, aideConfig: settingsOfAide }),
  );
  return finishCheck(context, report, options, 'ir check system');
}
