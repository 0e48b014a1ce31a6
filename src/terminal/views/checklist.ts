/** The checklist of a phase: its steps, what was just answered, and how to go on. */
import type { ChecklistResult, StepSummary } from '../../commands/checklist.ts';
import type { AppliedAnswer } from '../../commands/checklist-flags.ts';
import { wrap } from '../layout.ts';
import { neutralise, neutraliseLine } from '../neutralise.ts';
import type { Style } from '../style.ts';
import type { View } from '../view.ts';

/** How a walk through a checklist is shown. */
export const view: View<ChecklistResult> = {
  text(result, style) {
    const answered = result.steps.filter(
      ({ status }) => status === 'done' || status === 'waived',
    ).length;
    const applicable = result.steps.filter(({ status }) => status !== 'not_applicable').length;
    const { incident, playbook, phase } = result;
    const lines = [
      ...wrapped(
        `${incident.key}  ${incident.title}  (${incident.severity}, ${incident.phase})`,
        style,
      ).map((line) => style.paint.bold(line)),
      ...wrapped(`${playbook.title}: ${phase}, ${answered} of ${applicable} steps answered`, style),
      ...(result.isWalk ? [] : listLines(result, style)),
      ...endLines(result, style),
    ];
    return `${lines.join('\n')}\n`;
  },
};

const listLines = (result: ChecklistResult, style: Style): string[] => [
  '',
  ...result.applied.flatMap((answer) => appliedLines(answer, result.isDryRun, style)),
  ...(result.applied.length > 0 ? [''] : []),
  ...result.steps.flatMap((step) => stepLines(step, step.id === result.next, style)),
  '',
];

const wrapped = (text: string, { width }: Style, indent = ''): string[] =>
  wrap(text, width - indent.length).map((line) => indent + line);

const MARKS = { done: '[x]', waived: '[-]', pending: '[ ]', not_applicable: ' . ' } as const;

function stepLines(step: StepSummary, isNext: boolean, style: Style): string[] {
  const { paint } = style;
  const mark = isNext
    ? paint.bold('[>]')
    : step.status === 'done'
      ? paint.green(MARKS.done)
      : MARKS[step.status];
  const details = detailsOf(step);
  const dim = step.status === 'not_applicable' ? paint.dim : (text: string): string => text;
  const lines = [
    `${mark} ${dim(paint.bold(neutraliseLine(step.id)))}`,
    ...wrapped(step.title, style, '    ').map((line) => dim(line)),
  ];
  if (details !== '') lines.push(...wrapped(details, style, '    ').map((line) => paint.dim(line)));
  if (isNext && step.command !== undefined)
    lines.push(`    ${paint.cyan(neutraliseLine(step.command))}`);
  if (step.isInterrupted) {
    lines.push(
      ...wrapped(
        'A run was started and never reported back: read the state first.',
        style,
        '    ',
      ).map((line) => paint.yellow(line)),
    );
  }
  return lines;
}

function detailsOf(step: StepSummary): string {
  const when =
    step.at === undefined ? '' : ` ${step.at.slice(0, 16).replace('T', ' ')} UTC by ${step.actor}`;
  if (step.status === 'done')
    return `done${when}${step.isDoneWithoutRun ? '; its command was not run from here' : ''}`;
  if (step.status === 'waived') return `skipped${when}: ${step.reason}`;
  if (step.status === 'not_applicable') return 'does not apply';
  return [
    step.required ? '' : 'optional',
    step.risk === undefined ? '' : `command: ${step.risk}`,
    step.dueAt === undefined
      ? ''
      : `${step.isOverdue ? 'was due' : 'due'} ${step.dueAt.slice(0, 16).replace('T', ' ')} UTC`,
    step.blockedBy.length === 0 ? '' : `after ${step.blockedBy.join(', ')}`,
    step.runs === 0 ? '' : `ran ${step.runs} ${step.runs === 1 ? 'command' : 'commands'}`,
  ]
    .filter((part) => part !== '')
    .join(', ');
}

const WORDS = {
  run: 'ran',
  done: 'done',
  skip: 'skipped',
  back: 'opened again',
  note: 'note added to',
} as const;

const VERBS = {
  run: 'run',
  done: 'mark as done',
  skip: 'skip',
  back: 'open again',
  note: 'add a note to',
} as const;

function appliedLines(answer: AppliedAnswer, isDryRun: boolean, style: Style): string[] {
  const { paint } = style;
  const lines = [
    `${isDryRun ? `would ${VERBS[answer.answer]}` : WORDS[answer.answer]}: ${neutraliseLine(answer.step)}`,
  ];
  const { plan } = answer;
  if (plan !== undefined && isDryRun) {
    lines.push(`  as ${neutraliseLine(plan.user)} on ${neutraliseLine(plan.host)} (${plan.risk}):`);
    lines.push(
      ...plan.runs.map(
        ({ role, text }) =>
          `  ${role === 'collect' ? 'collect: ' : ''}${paint.cyan(neutraliseLine(text))}`,
      ),
    );
    if (plan.target !== '') lines.push(`  asks for: --confirm ${neutraliseLine(plan.target)}`);
    if (plan.undo !== '') lines.push(`  undo: ${neutraliseLine(plan.undo)}`);
  }
  for (const { text, result, isOk } of answer.runs ?? []) {
    const end = result.failure ?? `exit code ${result.exitCode}`;
    lines.push(`  ${paint.cyan(neutraliseLine(text))}`);
    lines.push(
      `  ${isOk ? end : paint.red(end)}, ${(result.durationMs / 1000).toFixed(1)} s, stdout sha256 ${result.stdout.sha256.slice(0, 12)}`,
    );
    lines.push(...outputLines(result.stdout.head), ...outputLines(result.stderr.head));
  }
  if (!isDryRun && plan !== undefined && plan.risk !== 'read' && plan.verify !== '') {
    lines.push(
      '  An exit code is no proof. Read the state back:',
      `  ${neutraliseLine(plan.verify)}`,
      `  expect: ${neutraliseLine(plan.expect)}`,
    );
  }
  return lines;
}

const outputLines = (head: string): string[] => {
  if (head.trim() === '') return [];
  const all = neutralise(head).trimEnd().split('\n');
  return [
    ...all.slice(0, 20).map((line) => `  | ${line}`),
    ...(all.length > 20 ? ['  | ...'] : []),
  ];
};

function endLines(result: ChecklistResult, style: Style): string[] {
  const lines: string[] = [];
  if (result.stopped !== undefined) {
    const { step, message, hint } = result.stopped;
    lines.push(
      ...wrapped(`Stopped at ${step}: ${message}`, style).map((line) => style.paint.red(line)),
    );
    if (hint !== undefined) lines.push(...wrapped(hint, style));
    if (result.applied.some((answer) => answer.step !== step))
      lines.push('Answers before it are kept.');
  }
  if (result.isComplete) {
    lines.push(...wrapped(`All required steps of ${result.phase} are answered.`, style));
  }
  for (const { playbook, why } of result.leadsTo) {
    lines.push(...wrapped(`See also the playbook ${playbook}: ${why}`, style));
  }
  lines.push(`Go on with: ${result.resume}`);
  return lines;
}
