/** What a check or a collection brought becomes evidence of the incident, and answers the step that asked for it. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { refusedError } from '../errors.ts';
import type { CheckReport } from '../host/observation.ts';
import type { CommandContext } from './context.ts';
import { keepEvidence } from './evidence-keep.ts';
import { findIncident, withStore } from './incident-access.ts';

/** Options that say what becomes of a result, as typed. */
export interface KeepOptions {
  /** The step of the checklist that asked; it is marked as done. */
  step?: string | undefined;
  /** False for `--no-save`. */
  save?: boolean | undefined;
}

/** What is kept. */
export interface ResultToKeep {
  title: string;
  /** The whole result, as machine output. */
  text: string;
  /** One line, for the step. */
  note: string;
  report: Pick<CheckReport, 'host' | 'endedAt'>;
}

/** Where it is kept. */
export interface Kept {
  incident: string;
  /** E-004; undefined where only a step was answered. */
  evidence: string | undefined;
  step: string | undefined;
}

/** Says before the work begins that the step cannot be answered. @throws IrError (exit 6) */
export async function assertStepOpen(
  context: CommandContext,
  { step }: KeepOptions,
): Promise<void> {
  if (step === undefined) return;
  const { runChecklist } = await import('./checklist.ts');
  await runChecklist(context, { done: [step], dryRun: true });
}

/** Keeps it with the current incident; without one it is not kept. @throws IrError (exit 6) where a step cannot be answered */
export async function keepResult(
  context: CommandContext,
  result: ResultToKeep,
  options: KeepOptions,
): Promise<Kept | undefined> {
  const kept = options.save === false ? undefined : await keepAsEvidence(context, result);
  const { step } = options;
  if (step === undefined) return kept;
  const { runChecklist } = await import('./checklist.ts');
  const evidence = kept?.evidence === undefined ? '' : `, evidence ${kept.evidence}`;
  const answered = await runChecklist(context, { done: [step], note: `${result.note}${evidence}` });
  return { incident: answered.result.incident.key, evidence: kept?.evidence, step };
}

async function keepAsEvidence(
  context: CommandContext,
  { title, text, report }: ResultToKeep,
): Promise<Kept | undefined> {
  const { findWorkspace } = await import('../store/workspace.ts');
  const { settings } = context;
  if (!findWorkspace(settings).exists) return undefined;
  return withStore(context, async ({ store }) => {
    if (settings.incident === undefined && (await store.currentIncidentId()) === undefined)
      return undefined;
    const { id, key, status } = await findIncident(context, store);
    if (status === 'closed') {
      context.say(`Not kept: ${key} is closed.`);
      return undefined;
    }
    const folder = await mkdtemp(join(tmpdir(), 'ir-result-'));
    try {
      const path = join(folder, 'result');
      await writeFile(path, text, { mode: 0o600 });
      const { added, known, failed } = await keepEvidence(context, store, id, [
        {
          ...{ path, title, origin: title, method: 'live', tool: 'ir' },
          ...{ host: report.host, collectedAt: report.endedAt, argv: process.argv.slice(2) },
        },
      ]);
      const [problem] = failed;
      if (problem !== undefined) throw refusedError(`the result was not kept: ${problem.reason}`);
      const evidence = added[0]?.evidenceNo ?? known[0]?.evidenceNo;
      return { incident: key, evidence, step: undefined };
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
}
