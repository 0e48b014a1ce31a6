/** What the walk says: a step, a plan, and what came back. Plain lines, wrapped to the terminal. */

import { durationText } from '../events/words.ts';
import { quoteArgv } from '../processes/quote.ts';
import type { Checklist, ChecklistStep } from '../respond/checklist.ts';
import { interruptedRun } from '../respond/checklist.ts';
import type { ActionCall } from '../respond/playbook.ts';
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

/** A step before its question: what a screen holds. The rest is `detailText`. */
export function stepText(session: Session, list: Checklist, item: ChecklistStep): string {
  const columns = columnsOf(session);
  const { step } = item;
  const title = renderText(step.title, session.values);
  const lines = [
    '',
    ...wrapText(`${progress(list, item, columns)}  ${title}`, columns),
    ...wrapText(facts(session, item).join(', '), columns, '  '),
    ...labelled('Why', renderText(step.why, session.values), columns),
    ...labelled('What', renderText(step.instructions, session.values), columns),
    ...step.evidence.flatMap((text) => labelled('Keep', renderText(text, session.values), columns)),
    ...commandText(session, item, columns),
    ...historyText(item, columns),
  ];
  return lines.join('\n');
}

/** `Triage 3/10 [###-------]`: where the step stands, and how many have their answer. */
function progress(list: Checklist, item: ChecklistStep, columns: number): string {
  const all = list.steps.length;
  const answered = list.steps.filter(({ status }) => status !== 'pending').length;
  const width = columns < 50 ? 0 : Math.min(10, all);
  const full = Math.round((answered / all) * width);
  const bar = width === 0 ? '' : ` [${'#'.repeat(full)}${'-'.repeat(width - full)}]`;
  return `${phaseTitle(list.phase)} ${list.steps.indexOf(item) + 1}/${all}${bar}`;
}

const LABEL = 6;

/** Prose beside its label, which people find again at the same place in each step. */
const labelled = (label: string, text: string, columns: number): string[] =>
  wrapText(text, columns - LABEL - 2).map(
    (line, index) => `  ${(index === 0 ? label : '').padEnd(LABEL)}${line}`,
  );

function facts(session: Session, { step, dueAt, reason, status }: ChecklistStep): string[] {
  return [
    step.id,
    step.required ? 'required' : 'optional',
    step.owner.replaceAll('_', ' '),
    ...(dueAt === undefined ? [] : [dueText(dueAt, session.context.now())]),
    ...(status === 'pending' && reason !== '' ? [`opened again: ${reason}`] : []),
  ];
}

function dueText(dueAt: string, now: Date): string {
  const left = Date.parse(dueAt) - now.getTime();
  const [was, end] = left < 0 ? ['was due', ' ago'] : ['due in', ''];
  const isToday = dueAt.slice(0, 10) === now.toISOString().slice(0, 10);
  const at = isToday ? clockTime(dueAt).slice(11) : clockTime(dueAt);
  return `${was} ${durationText(Math.abs(left))}${end} (${at})`;
}

const clockTime = (instant: string): string => `${instant.slice(0, 16).replace('T', ' ')} UTC`;

/** What would run. How it is checked, read back and undone, `detailText` says. */
function commandText(session: Session, { step }: ChecklistStep, columns: number): string[] {
  const { command, action } = step;
  if (command === undefined) return [];
  const kind = [
    command.risk,
    ...(command.needsRoot ? ['needs root'] : []),
    ...(action === undefined ? [] : ['action']),
    ...(command.risk === 'read' ? [] : [command.undo === undefined ? 'no undo' : 'with undo']),
  ].join(', ');
  const text =
    action === undefined ? showArgv(command.run, session.values) : callText(action, session);
  const limit = columns * 3;
  return [
    ...labelled('Run', `(${kind})`, columns),
    `  ${text.length > limit ? `${text.slice(0, limit)} ...` : text}`,
  ];
}

/** An action as it is called; what it runs, `detailText` says. */
function callText({ name, values, ttlMs }: ActionCall, session: Session): string {
  const given = Object.entries(values).map(
    ([key, value]) => `${key}=${renderText(value, session.values)}`,
  );
  return [name, ...given, ...(ttlMs === undefined ? [] : [`for ${durationText(ttlMs)}`])].join(' ');
}

/** All that a step has beside what `stepText` shows: how its command is prepared, read back and undone, and what ran. */
export function detailText(session: Session, item: ChecklistStep): string {
  const columns = columnsOf(session);
  const { command } = item.step;
  const show = (label: string, argv: readonly string[] | undefined): string[] =>
    argv === undefined ? [] : [`  ${label}:`, `    ${showArgv(argv, session.values)}`];
  const prose = (label: string, text: string): string[] =>
    text === '' ? [] : wrapText(`${label}: ${renderText(text, session.values)}`, columns, '  ');
  const lines =
    command === undefined
      ? []
      : [
          ...command.collectFirst.flatMap((argv) => show('collects first', argv)),
          ...show('looks before', command.check?.run),
          ...show('keeps what was there', command.snapshot),
          ...show('runs', command.run),
          ...show('reads back', command.verify?.run),
          ...prose('must be seen', command.verify?.expect ?? ''),
          ...show('undo', command.undo),
          ...show('reads back after undo', command.undoVerify?.run),
          ...prose('hits', command.blastRadius),
          ...prose('cannot be taken back', command.irreversible),
        ];
  const runs = item.runs.map(
    (run) =>
      `  ran ${clockTime(run.at)} on ${run.host} by ${run.actor}: ${run.exitCode === undefined ? 'no exit code' : `exit code ${run.exitCode}`}`,
  );
  const all = [...lines, ...runs];
  return all.length === 0 ? 'There is nothing more about this step.' : all.join('\n');
}

/** What the keys do. */
export function helpText(session: Session, { step }: ChecklistStep): string {
  const columns = columnsOf(session);
  const rows: [string, string][] = [
    ['r', 'run the command: it is shown with all that belongs to it, and asked about once more'],
    ['d', 'done: you did it, or looked at what came back and it is right'],
    ['s', 'skip it, with a reason that the report shows'],
    ['n', 'add a note to this step'],
    [
      'b',
      'correct an answer of this phase: the step is opened again, and both stay in the journal',
    ],
    ['m', 'more: how the command is checked, read back and undone, and what ran'],
    ['q', 'quit for now; every answer is kept, and the same command goes on here'],
  ];
  return [
    ...rows.flatMap(([key, text]) =>
      wrapText(text, columns - 6).map(
        (line, index) => `  ${(index === 0 ? key : '').padEnd(4)}${line}`,
      ),
    ),
    ...wrapText(
      `Arrows and Enter choose as well. Others on the same store are seen before each step. Without questions: --list, --done ${step.id}, --skip, --run, --back STEP --reason.`,
      columns,
      '  ',
    ),
  ].join('\n');
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
