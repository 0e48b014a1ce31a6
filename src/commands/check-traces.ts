/** `ir check traces [PATH...]`: is anything of the incident still there? */
import { resolve } from 'node:path';
import { createAutomaton } from '../detect/aho-corasick.ts';
import { refusedError } from '../errors.ts';
import { checkTraces } from '../host/check-traces.ts';
import { createContentSearch } from '../host/search-content.ts';
import { createSpool } from '../logs/spool.ts';
import {
  assertOptions,
  type CheckOptions,
  type CheckResult,
  finishCheck,
  machineOf,
} from './check-shared.ts';
import type { CommandContext } from './context.ts';
import { readInstant } from './incident-access.ts';
import type { CommandOutcome } from './outcome.ts';
import { readPasswords } from './read-passwords.ts';
import { type TraceOptions, wantedTraces } from './traces-of-incident.ts';

/** Options of `ir check traces`, as typed. */
export interface TracesOptions extends CheckOptions, TraceOptions {
  since?: string | undefined;
  passwordFile?: string | undefined;
}

/** Runs it. @throws IrError (exit 6) where there is nothing to look for */
export async function runTracesCheck(
  context: CommandContext,
  paths: readonly string[],
  options: TracesOptions,
): Promise<CommandOutcome<CheckResult>> {
  await assertOptions(context, options);
  const { settings, signal, now, progress } = context;
  const since = readInstant(context, options.since, '--since');
  const passwords = readPasswords(options.passwordFile, settings.cwd);
  const { traces, own } = await wantedTraces(context, options);
  if (traces.length === 0) {
    throw refusedError(
      'there is nothing to look for: no incident is current that has indicators or findings',
      'Name it with --trace KIND=VALUE or --ioc FILE.',
    );
  }
  const machine = machineOf(context, options);
  const spool = createSpool();
  try {
    const search = createContentSearch({ traces, createAutomaton, spool, passwords, signal });
    const places = paths.map((path) =>
      options.root === undefined ? resolve(settings.cwd, path) : path,
    );
    const check = { machine, traces, search, own, progress };
    const sinceMs = since === undefined ? undefined : Date.parse(since);
    const report = await checkTraces(check, places, { now, sinceMs });
    return await finishCheck(context, report, options, 'ir check traces');
  } finally {
    spool.remove();
  }
}
