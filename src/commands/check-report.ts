/** `ir report --check`: what is wrong with the report before anybody reads it. */
import { EXIT } from '../errors.ts';
import { loadWhole } from '../incidents/incident-store.ts';
import { checkReport, DEGREES } from '../reports/check-report.ts';
import type { CommandContext } from './context.ts';
import { reportModel } from './gather-report.ts';
import { readWord, withIncident } from './incident-access.ts';
import { counted } from './incompleteness.ts';
import type { CommandOutcome } from './outcome.ts';
import type { TableResult } from './table-result.ts';

/** Lists the problems; ends with exit 1 where one is as grave as `failOn` or graver. */
export async function checkIncidentReport(
  context: CommandContext,
  { failOn }: { failOn?: string | undefined },
): Promise<CommandOutcome<TableResult>> {
  const least = readWord(failOn, DEGREES, '--fail-on');
  return withIncident(context, async (store, { id, key }) => {
    const detail = await loadWhole(store, id);
    const problems = checkReport(await reportModel(context, store, detail, context.settings.actor));
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
