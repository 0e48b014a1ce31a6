/** What an action did, or would do. */
import type { ActResult } from '../../commands/act.ts';
import { instantText } from '../../events/words.ts';
import { neutralise, neutraliseLine } from '../neutralise.ts';
import type { View } from '../view.ts';
import { reportLines } from './actions.ts';

const STAGES = {
  check: 'Look first',
  snapshot: 'Keep how it is',
  collect: 'Collect first',
  run: 'Run',
  verify: 'Read back',
  undo: 'Undo',
  undo_verify: 'Read back the undo',
  keep: 'Keep',
} as const;

/** Of what the change itself printed, so many lines are shown; the journal has all. */
const MOST_PRINTED = 20;

/** What the change printed: what it has to tell people, such as what is left to do. */
function printed({ stages }: NonNullable<ActResult['report']>): string[] {
  const text = stages.find(({ stage }) => stage === 'run')?.result.stdout.head.trimEnd() ?? '';
  if (text === '') return [];
  const all = neutralise(text).split('\n');
  const more = all.length - MOST_PRINTED;
  return [
    ...all.slice(0, MOST_PRINTED).map((one) => `  ${one}`),
    ...(more > 0 ? [`  and ${more} more lines (--json)`] : []),
  ];
}

/** How `ir act ACTION` is shown. */
export const view: View<ActResult> = {
  text({ plan, isDryRun, report, cron }, style) {
    const { name, target, risk, user, host, argvs, blastRadius, irreversible, until, expiry } =
      plan;
    const line = neutraliseLine;
    const lines: string[] = [];
    if (isDryRun || report === undefined) {
      lines.push(
        style.paint.bold(
          `${line(name)} on ${line(target)}: ${risk}, as ${line(user)} on ${line(host)}`,
        ),
      );
      for (const { stage, text, expect } of argvs) {
        lines.push(
          `${STAGES[stage]}:`,
          ...neutralise(text)
            .split('\n')
            .map((one) => `  ${one}`),
        );
        if (expect !== '') lines.push(style.paint.dim(`  expect: ${line(expect)}`));
      }
      if (blastRadius !== '') lines.push(`Hits: ${line(blastRadius)}`);
      if (irreversible !== '') lines.push(`It cannot be undone: ${line(irreversible)}`);
    } else {
      lines.push(...reportLines(report, style), ...printed(report));
    }
    if (until !== undefined && (report === undefined || report.state === 'verified'))
      lines.push(
        `It lasts until ${instantText(until)}${expiry === 'kernel' ? '; the kernel ends it' : ''}.`,
      );
    if (cron !== undefined)
      lines.push('Nothing ends it by itself. This line of a crontab does:', `  ${line(cron)}`);
    if (isDryRun) lines.push('Nothing was changed.');
    else if (
      report !== undefined &&
      report.state !== 'undone' &&
      irreversible === '' &&
      risk !== 'read'
    )
      lines.push(`Take it back with: ir undo ${report.no} --yes`);
    return `${lines.join('\n')}\n`;
  },
  json: ({ report, ...rest }) => ({
    ...rest,
    report:
      report === undefined
        ? undefined
        : {
            ...report,
            stages: report.stages.map(({ result, ...stage }) => ({
              ...stage,
              exitCode: result.exitCode,
              stdout: result.stdout.head,
              stderr: result.stderr.head,
            })),
          },
  }),
};
