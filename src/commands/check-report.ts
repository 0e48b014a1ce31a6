/** `ir report --check`: what is wrong with the report before anybody reads it. */
import { EXIT } from '../errors.ts';
import { loadWhole } from '../incidents/incident-store.ts';
import { checkReport, DEGREES } from '../reports/check-report.ts';
import { findTemplate, readPartials, readTemplate } from '../reports/load-templates.ts';
import { renderTemplate } from '../reports/render-template.ts';
import type { CommandContext } from './context.ts';
import { reportModel } from './gather-report.ts';
import { readWord, withIncident } from './incident-access.ts';
import { counted } from './incompleteness.ts';
import type { CommandOutcome } from './outcome.ts';
import { personalData } from './report-personal.ts';
import type { TableResult } from './table-result.ts';

/** Lists the problems; ends with exit 1 where one is as grave as `failOn` or graver. */
export async function checkIncidentReport(
  context: CommandContext,
  { failOn, template: wanted = 'postmortem' }: { failOn?: string; template?: string },
): Promise<CommandOutcome<TableResult>> {
  const least = readWord(failOn, DEGREES, '--fail-on');
  const { cwd, env } = context.settings;
  const file = await findTemplate(wanted, cwd, env);
  const template = await readTemplate(file);
  const partials = await readPartials(env);
  return withIncident(context, async (store, { id, key }) => {
    const detail = await loadWhole(store, id);
    const model = await reportModel(context, store, detail, context.settings.actor, {
      template: file.name,
    });
    const text = renderTemplate(template, file.path, context.masked?.(model) ?? model, partials);
    const found = [
      ...checkReport(model),
      ...personalData(context.masked?.(text) ?? text, file.name),
    ];
    const problems = [...DEGREES]
      .reverse()
      .flatMap((degree) => found.filter((one) => one.degree === degree));
    const result: TableResult = {
      title:
        problems.length === 0
          ? `Nothing is wrong with the report of ${key}.`
          : `The report of ${key}`,
      heads: ['Degree', 'Section', 'What'],
      rows: problems.map(({ degree, section, text, command }) => [
        ...[degree, section, command === '' ? text : `${text} ${command}`],
      ]),
      notes: [],
      next: [{ command: 'ir report', shows: 'the report' }],
      documents: problems,
      about: { incident: key },
    };
    if (least === undefined) return { result };
    const grave = problems.filter(
      ({ degree }) => DEGREES.indexOf(degree) >= DEGREES.indexOf(least),
    );
    if (grave.length === 0) return { result };
    const reasons = (): string[] => [
      `--fail-on: ${counted(grave.length, 'problem')} of degree ${least} or above`,
    ];
    return { result, exit: EXIT.findings, reasons };
  });
}
