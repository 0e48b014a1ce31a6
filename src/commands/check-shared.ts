/** What the commands of `ir check` share: the machine that is meant, what the result is kept as, and the exit code. */
import { realpathSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { EXIT, IrError, usageError } from '../errors.ts';
import { LEVELS, type Level, levelRank } from '../events/level.ts';
import { plural } from '../events/words.ts';
import { openRemote } from '../host/copied-machine.ts';
import { localMachine, type Machine } from '../host/machine.ts';
import type { CheckReport } from '../host/observation.ts';
import { reasonOf } from '../logs/reason.ts';
import type { CommandContext } from './context.ts';
import { readWord } from './incident-access.ts';
import { assertStepOpen, type KeepOptions, type Kept, keepResult } from './keep-result.ts';
import type { CommandOutcome } from './outcome.ts';

/** Options that every check has, as typed. */
export interface CheckOptions extends KeepOptions {
  /** Where a disk is mounted; undefined: the running system. */
  root?: string | undefined;
  /** `user@web01`: another machine, over ssh. */
  host?: string | undefined;
  failOn?: string | undefined;
}

/** What a check came to, and what became of it. */
export interface CheckResult {
  report: CheckReport;
  kept: Kept | undefined;
}

/** The machine that a check is about. @throws IrError (exit 2) for a folder that is none */
export function machineOf(context: CommandContext, { root }: CheckOptions): Machine {
  const { settings, signal } = context;
  return localMachine({
    ...{ env: settings.env, signal },
    root: root === undefined ? undefined : folderOf(resolve(settings.cwd, root), root),
  });
}

/**
 * Checks the machine that is meant: this one, a disk, or another one over ssh, whose copy goes away.
 * @param mostBytes of one archive of another machine, packed
 * @throws IrError (exit 2) for options that do not go together, (exit 5) where the machine does not answer
 */
export async function withMachine<T>(
  context: CommandContext,
  options: Pick<CheckOptions, 'host' | 'root'>,
  check: (machine: Machine) => Promise<T>,
  mostBytes?: number,
): Promise<T> {
  const { host: ssh, root } = options;
  if (ssh === undefined) return check(machineOf(context, options));
  assertHost(ssh, root);
  const { settings, signal } = context;
  const copy = openRemote({ place: { ssh }, env: settings.env, signal, mostBytes });
  try {
    return await check(copy.machine);
  } finally {
    copy.remove();
  }
}

/** @throws IrError (exit 2) */
export function assertHost(ssh: string, root: string | undefined): void {
  if (root !== undefined)
    throw usageError('--host and --root do not go together', 'Leave one of them out.');
  if (!/^[A-Za-z0-9_][A-Za-z0-9_.@:%[\]-]*$/.test(ssh))
    throw usageError(`--host "${ssh.slice(0, 60)}" is no name for ssh`, 'Write --host user@web01.');
}

function folderOf(path: string, shown: string): string {
  try {
    const real = realpathSync(path);
    if (statSync(real).isDirectory()) return real;
  } catch (error) {
    throw usageError(
      `--root: ${shown}: ${reasonOf(error)}`,
      'Name the folder that a disk is mounted on.',
    );
  }
  throw usageError(`--root: ${shown} is no folder`, 'Name the folder that a disk is mounted on.');
}

/** Says what is wrong with the options before the work begins. @throws IrError (exit 2, 6) */
export async function assertOptions(context: CommandContext, options: CheckOptions): Promise<void> {
  readFailOn(options);
  await assertStepOpen(context, options);
}

const readFailOn = ({ failOn }: CheckOptions): Level | undefined =>
  readWord(failOn, LEVELS, '--fail-on');

/**
 * Keeps the report with the incident and decides on the exit code: a check that could look at nothing is no clean bill of health.
 * @param title what the evidence is called
 */
export async function finishCheck(
  context: CommandContext,
  report: CheckReport,
  options: CheckOptions,
  title: string,
): Promise<CommandOutcome<CheckResult>> {
  const failOn = readFailOn(options);
  const text = `${JSON.stringify(report, null, 2)}\n`;
  const note = `${title}: ${plural(report.observations.length + report.further, 'observation')}`;
  const kept = await keepResult(context, { title, text, note, report }, options);
  const result = { report, kept };
  if (report.looked.every(({ count }) => count === 0)) {
    const reasons = report.unseen.map(({ what, why }) => `not looked at: ${what}: ${why}`);
    return { result, exit: EXIT.unreadableInput, reasons: () => reasons };
  }
  if (failOn === undefined) return { result };
  const grave = report.observations.filter(({ level }) => levelRank(level) >= levelRank(failOn));
  if (grave.length === 0) return { result };
  const reason = `--fail-on: ${plural(grave.length, 'observation')} of level ${failOn} or above`;
  return { result, exit: EXIT.findings, reasons: () => [reason] };
}

/** That something needed is not there to be read (exit 4). */
export const unreadable = (path: string, error: unknown, hint: string): IrError =>
  new IrError(`cannot read ${path}: ${reasonOf(error)}`, {
    exit: EXIT.unreadableInput,
    hint,
    cause: error,
  });
