/** What is changed on production now, and what was done about it. */
import type { ActionReport } from '../../commands/action-stages.ts';
import type { ActionsResult, ActionView } from '../../commands/actions.ts';
import { instantText, plural } from '../../events/words.ts';
import { csvRecord } from '../csv.ts';
import { neutralise, neutraliseLine } from '../neutralise.ts';
import type { Style } from '../style.ts';
import type { View } from '../view.ts';

/** What became of an action, with what its commands said where it failed. */
export function reportLines({ no, state, reason, stages }: ActionReport, style: Style): string[] {
  const isBad = state === 'failed';
  const why = reason === '' ? '' : `: ${neutraliseLine(reason)}`;
  const lines = [
    isBad ? style.paint.red(`${no} ${state}${why}`) : style.paint.green(`${no} ${state}${why}`),
  ];
  for (const { stage, text, isOk, result } of stages) {
    if (isOk || !isBad || stage === 'snapshot') continue;
    lines.push(`  ${stage}: ${neutraliseLine(text)}`);
    const said = `${result.stdout.head}${result.stderr.head}`.trimEnd();
    if (said !== '')
      lines.push(
        ...neutralise(said)
          .split('\n')
          .slice(0, 8)
          .map((one) => `  | ${one}`),
      );
  }
  return lines;
}

function actionLines(action: ActionView, style: Style): string[] {
  const {
    no,
    incident,
    name,
    target,
    host,
    state,
    until,
    isOverdue,
    changedBy,
    changedAt,
    reason,
  } = action;
  const line = neutraliseLine;
  const end = until === undefined ? 'until it is undone' : `until ${instantText(until)}`;
  const head = `${style.paint.bold(no)}  ${line(name)} on ${line(target)}, ${line(host)}`;
  const how = action.isUnsettled ? 'did not report back' : state;
  const facts = `      ${how} by ${line(changedBy)} at ${instantText(changedAt)}, ${end}, ${incident}`;
  const lines = [head, isOverdue ? style.paint.red(`${facts}: overdue`) : style.paint.dim(facts)];
  if (reason !== '') lines.push(`      ${line(reason)}`);
  if (action.found !== undefined)
    lines.push(
      style.paint.yellow(`      Found: ${line(action.found)}.`),
      `      Go on: ir actions --finish ${no} --incident ${incident}   Take back: ir undo ${no} --yes --incident ${incident}`,
    );
  return lines;
}

/** How `ir actions` and `ir undo` are shown. */
export const view: View<ActionsResult> = {
  text({ actions, reports, problems }, style) {
    const lines = reports.flatMap((report) => reportLines(report, style));
    for (const { no, message, hint } of problems) {
      lines.push(style.paint.red(`${no}: ${neutraliseLine(message)}`));
      if (hint !== undefined) lines.push(`  ${neutraliseLine(hint)}`);
    }
    lines.push(
      actions.length === 0
        ? 'Nothing is changed on production by this store.'
        : `${plural(actions.length, 'action')} in place:`,
      ...actions.flatMap((action) => actionLines(action, style)),
    );
    return `${lines.join('\n')}\n`;
  },
  json: ({ actions, reports, problems }) => ({
    actions: actions.map(({ plan: _, ...action }) => action),
    reports: reports.map(({ stages, ...report }) => ({
      ...report,
      stages: stages.map(({ stage, text, isOk, reason }) => ({ stage, text, isOk, reason })),
    })),
    problems,
  }),
  csv: ({ actions }) =>
    [
      csvRecord([
        'incident',
        'number',
        'state',
        'action',
        'target',
        'host',
        'until',
        'changed_at',
        'changed_by',
      ]),
      ...actions.map(({ incident, no, state, name, target, host, until, changedAt, changedBy }) =>
        csvRecord([incident, no, state, name, target, host, until, changedAt, changedBy]),
      ),
    ].join(''),
};
