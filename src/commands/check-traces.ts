/** `ir check traces [PATH...]`: is anything of the incident still there? */
import { resolve } from 'node:path';
import { createAutomaton } from '../detect/aho-corasick.ts';
import { refusedError, usageError } from '../errors.ts';
import { checkTraces, TRACE_PLACES } from '../host/check-traces.ts';
import { copyMachine } from '../host/copied-machine.ts';
import type { CheckReport } from '../host/observation.ts';
import { createContentSearch } from '../host/search-content.ts';
import type { TraceCheck } from '../host/trace-found.ts';
import { traceTold } from '../host/trace-told.ts';
import { createSpool } from '../logs/spool.ts';
import {
  assertHost,
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
  /** `user@web01`: another machine, over ssh. */
  host?: string | undefined;
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
  const spool = createSpool();
  const search = createContentSearch({ traces, createAutomaton, spool, passwords, signal });
  const sinceMs = since === undefined ? undefined : Date.parse(since);
  const wanted = { traces, search, own, progress };
  try {
    const report =
      options.host === undefined
        ? await checkTraces({ ...wanted, machine: machineOf(context, options) }, places(), {
            now,
            sinceMs,
          })
        : await tracesOver(options.host);
    return await finishCheck(context, report, options, 'ir check traces');
  } finally {
    spool.remove();
  }

  function places(): string[] {
    return paths.map((path) => (options.root === undefined ? resolve(settings.cwd, path) : path));
  }

  async function tracesOver(ssh: string): Promise<CheckReport> {
    const there = paths.length === 0 ? TRACE_PLACES : paths;
    const bad = there.find((path) => !path.startsWith('/'));
    assertHost(ssh, options.root);
    if (bad !== undefined) throw usageError(`--host takes absolute paths: ${bad}`);
    progress(`copying from ${ssh}`);
    const place = { ssh };
    const copy = await copyMachine({ place, paths: there, env: settings.env, signal });
    try {
      const { machine } = copy;
      const { unseen } = machine.remote;
      const running = (check: TraceCheck): Promise<void> => traceTold(check, place, settings.env);
      return await checkTraces({ ...wanted, machine }, there, { now, sinceMs, running, unseen });
    } finally {
      copy.remove();
    }
  }
}
