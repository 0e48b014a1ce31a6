/** `ir check exposure --since TIME`: what came to be on a machine that lets somebody in, or keeps him in. */
import { usageError } from '../errors.ts';
import { checkExposure } from '../host/exposure.ts';
import { EXPOSURE_KINDS } from '../host/exposure-places.ts';
import {
  assertOptions,
  type CheckOptions,
  type CheckResult,
  finishCheck,
  withMachine,
} from './check-shared.ts';
import type { CommandContext } from './context.ts';
import { readInstant, readWord } from './incident-access.ts';
import type { CommandOutcome } from './outcome.ts';
import { FEW_TIMES } from './time-help.ts';

/** Options of `ir check exposure`, as typed. */
export interface ExposureOptions extends CheckOptions {
  since?: string | undefined;
  only?: readonly string[] | undefined;
}

/** Runs it. @throws IrError (exit 2) without a time */
export async function runExposureCheck(
  context: CommandContext,
  options: ExposureOptions,
): Promise<CommandOutcome<CheckResult>> {
  await assertOptions(context, options);
  const since = readInstant(context, options.since, '--since');
  if (since === undefined) {
    throw usageError(
      '--since is missing: from when on is a thing new?',
      `Give it as ${FEW_TIMES}.`,
    );
  }
  const only = (options.only ?? []).flatMap((word) =>
    readKind(word) === undefined ? [] : [readKind(word)!],
  );
  const kinds = EXPOSURE_KINDS.filter((kind) => only.length === 0 || only.includes(kind));
  const { now, progress } = context;
  const report = await withMachine(context, options, (machine) =>
    checkExposure(machine, kinds, Date.parse(since), { now, progress }),
  );
  return finishCheck(context, report, options, 'ir check exposure');
}

/** `authorized-key` is written with a hyphen, which `readWord` takes for a blank. */
const readKind = (word: string): (typeof EXPOSURE_KINDS)[number] | undefined =>
  EXPOSURE_KINDS.find((kind) => kind === word) ?? readWord(word, EXPOSURE_KINDS, '--only');
