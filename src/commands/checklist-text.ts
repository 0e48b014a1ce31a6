/** What the walk says: a step, a plan, and what came back. Plain lines, wrapped to the terminal. */

import { quoteArgv } from '../processes/quote.ts';
import type { Checklist, ChecklistStep } from '../respond/checklist.ts';
import { interruptedRun } from '../respond/checklist.ts';
import { renderText, showArgv } from '../respond/render-argv.ts';
import { wrapText } from '../respond/wrap-text.ts';
import type { RunPlan, RunReport } from './checklist-run.ts';
import type { Session } from './checklist-session.ts';

const columnsOf = ({ context }: Session): number => context.columns ?? process.stderr.columns ?? 80;

/** `post_incident` as people say it. */
export const phaseTitle = (phase: string): string => {
  const words = phase.replace('_', '-');
  return words.charAt(0).toUpperCase() + words.slice(1);
};

/** A step before its question. */
export function stepText(session: Session, list: Checklist, item: ChecklistStep): string {
  const columns = columnsOf(session);
  const { step } = item;
  const prose = (text: string): string[] =>
    wrapText(renderText(text, session.values), columns, '  ');
  const position = list.steps.indexOf(item) + 1;
  const lines = [
    '',
    ...wrapText(
      `${phaseTitle(list.phase)} ${position}/${list.steps.length}: ${renderText(step.title, session.values)}`,
      columns,
    ),
    ...wrapText(facts(session, item).join(', '), columns, '  '),
    'Why',
    ...prose(step.why),
    'What to do',
    ...prose(step.instructions),
  ];
  if (step.evidence.length > 0) lines.push('Keep as evidence', ...step.evidence.flatMap(prose));
  lines.push(...commandText(session, item), ...historyText(item, columns));
  return lines.join('\n');
}

function facts(session: Session, { step, dueAt, reason, status }: ChecklistStep): string[] {
  const now = session.context.now().toISOString();
  return [
    step.id,
    step.required ? 'required' : 'optional',
    step.owner.replaceAll('_', ' '),
    ...(dueAt === undefined ? [] : [`${dueAt < now ? 'was due' : 'due'} ${clockTime(dueAt)}`]),
    ...(status === 'pending' && reason !== '' ? [`opened again: ${reason}`] : []),
  ];
}

const clockTime = (instant: string): string => `${instant.slice(0, 16).replace('T', ' ')} UTC`;

function commandText(session: Session, { step }: ChecklistStep): string[] {
  const { command } = step;
  if (command === undefined) return [];
  const show = (argv: readonly string[]): string => `  ${showArgv(argv, session.values)}`;
  const lines = [`Command (${command.risk}${command.needsRoot ? ', needs root' : ''})`];
  if (command.collectFirst.length > 0) {
    lines.push(
      '  collects first:',
      ...command.collectFirst.map((argv) => `  ${show(argv)}`),
      '  then runs:',
    );
  }
  lines.push(show(command.run));
  if (command.check !== undefined) lines.push('  look before:', `  ${show(command.check.run)}`);
  if (command.verify !== undefined) lines.push('  read back:', `  ${show(command.verify.run)}`);
  if (command.undo !== undefined) lines.push('  undo:', `  ${show(command.undo)}`);
  return lines;
}

function historyText(item: ChecklistStep, columns: number): string[] {
  const interrupted = interruptedRun(item);
  const last = item.runs.at(-1);
  if (interrupted !== undefined) {
    return wrapText(
      `A run of ${clockTime(interrupted.at)} was started and never reported back. It may have taken effect: read the state before running it again.`,
      columns,
      '! ',
    );
  }
  if (last === undefined) return [];
  return wrapText(
    `Ran ${clockTime(last.at)} on ${last.host}, ${last.exitCode === undefined ? 'without exit code' : `exit code ${last.exitCode}`}.`,
    columns,
    '  ',
  );
}

/** A plan before its confirmation. */
export function planText(session: Session, plan: RunPlan): string {
  const columns = columnsOf(session);
  const lines = [`Would run as ${plan.user} on ${plan.host} (${plan.risk}):`];
  for (const { role, argv } of plan.runs) {
    lines.push(`  ${role === 'collect' ? 'collect: ' : ''}${quoteArgv(argv)}`);
  }
  if (plan.blastRadius !== '') lines.push(...wrapText(`Hits: ${plan.blastRadius}`, columns));
  if (plan.undo !== '') lines.push('Undo:', `  ${plan.undo}`);
  else if (plan.risk !== 'read') lines.push('There is no undo.');
  return lines.join('\n');
}

const MAX_LINES = 15;

/** What a run came back with. */
export function reportText(session: Session, report: RunReport): string {
  const { result } = report;
  const lines: string[] = [];
  for (const output of [result.stdout, result.stderr]) {
    const all = output.head.trimEnd().split('\n');
    if (output.head.trim() === '') continue;
    lines.push(...all.slice(0, MAX_LINES).map((line) => `  | ${line.slice(0, 300)}`));
    if (all.length > MAX_LINES || output.bytes > output.head.length * 4) lines.push('  | ...');
  }
  const end = result.failure ?? `exit code ${result.exitCode}`;
  lines.push(
    `${report.isOk ? 'Ended' : 'FAILED'}: ${report.reason === '' || report.isOk ? end : report.reason}, after ${(result.durationMs / 1000).toFixed(1)} s.`,
  );
  if (result.stdout.path !== undefined) {
    lines.push(`Whole output (${result.stdout.bytes} bytes) kept: ${result.stdout.path}`);
  }
  if (report.role === 'collect' && !report.isOk) {
    lines.push(
      ...wrapText(
        'The collection failed, so the command itself was not run: it would destroy what was to be collected.',
        columnsOf(session),
      ),
    );
  }
  return lines.join('\n');
}

/** The reminder after a change: exit codes lie. */
export function readBackText(session: Session, plan: RunPlan): string {
  if (plan.verify === '') return '';
  return [
    ...wrapText('An exit code is no proof. Read the state back:', columnsOf(session)),
    `  ${plan.verify}`,
    ...wrapText(`Expect: ${plan.expect}`, columnsOf(session), '  '),
  ].join('\n');
}
