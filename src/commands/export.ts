/** `ir export`: the whole incident for other programs. */
import { dirname } from 'node:path';
import { loadWhole } from '../incidents/incident-store.ts';
import { bundledFolder } from '../reports/load-templates.ts';
import type { ReportModel } from '../reports/report-model.ts';
import type { CommandContext } from './context.ts';
import { reportModel } from './gather-report.ts';
import { readWord, withIncident } from './incident-access.ts';
import type { CommandOutcome } from './outcome.ts';
import { outputTo } from './write-file.ts';

/** What an incident can be written as. */
export const EXPORTS = ['stix', 'misp', 'veris', 'navigator'] as const;

/** Writes it. */
export async function exportIncident(
  context: CommandContext,
  wanted: string,
  options: { output?: string; force?: boolean },
): Promise<CommandOutcome<{ text: string }>> {
  const kind = readWord(wanted, EXPORTS, 'the form')!;
  const written = await outputTo(context, options);
  return withIncident(context, async (store, { id }) => {
    const detail = await loadWhole(store, id);
    const whole = await reportModel(context, store, detail, context.settings.actor);
    const document = await documentOf(kind, context.masked?.(whole) ?? whole);
    return { result: { text: `${JSON.stringify(document, null, 2)}\n` }, ...written };
  });
}

async function documentOf(kind: (typeof EXPORTS)[number], model: ReportModel): Promise<object> {
  if (kind === 'stix') return (await import('../reports/exports/stix.ts')).stixOf(model);
  if (kind === 'misp') return (await import('../reports/exports/misp.ts')).mispOf(model);
  if (kind === 'veris') return (await import('../reports/exports/veris.ts')).verisOf(model);
  const { navigatorOf } = await import('../reports/exports/navigator.ts');
  const { readTechniques } = await import('../reports/technique-names.ts');
  return navigatorOf(model, readTechniques(dirname(bundledFolder())));
}
