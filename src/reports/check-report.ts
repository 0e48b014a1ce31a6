/** What is wrong with a report before anybody reads it: errors make it untrue or useless, warnings are what the writer still owes. */
import type { ReportModel } from './report-model.ts';

/** How grave it is. */
export const DEGREES = ['warning', 'error'] as const;

/** One thing that is wrong. */
export interface ReportProblem {
  degree: (typeof DEGREES)[number];
  /** The section of the report. */
  section: string;
  text: string;
  /** The command that mends it; empty where none does by itself. */
  command: string;
}

/** A pause longer than this on the merged time line, between its first and its last row, asks for a reason. */
const GAP_MS = 24 * 3_600_000;

/** The problems, errors first. */
export function checkReport(model: ReportModel): ReportProblem[] {
  const found: ReportProblem[] = [
    ...model.questions.map(({ section, text, command }) =>
      problem('warning', section, text, command),
    ),
    ...model.custody.clockDoubts.map((text) => problem('error', 'times', text)),
    ...(model.custody.isIntact
      ? []
      : [
          problem(
            'error',
            'custody',
            `The journal does not hold: ${model.custody.problem ?? ''}`,
            'ir verify',
          ),
        ]),
    ...unowned(model),
    ...model.checklist.flatMap(({ steps }) =>
      steps
        .filter(({ isDoneWithoutRun }) => isDoneWithoutRun)
        .map(({ title }) =>
          problem(
            'error',
            'checklist',
            `"${title}" is said to be done, and its command never ran from here.`,
          ),
        ),
    ),
    ...model.attack.timeline
      .filter(({ references }) => references.length === 0)
      .map(({ number, title }) => problem('error', 'attack', `${number} ${title} cites no line.`)),
    ...pauses(model),
  ];
  return [...DEGREES].reverse().flatMap((degree) => found.filter((one) => one.degree === degree));
}

const problem = (
  degree: ReportProblem['degree'],
  section: string,
  text: string,
  command = '',
): ReportProblem => ({ degree, section, text, command });

function unowned({ actions, tasks }: ReportModel): ReportProblem[] {
  const open = [
    ...actions.filter(({ withdrawn }) => withdrawn === null),
    ...tasks
      .filter(({ state }) => state === 'open')
      .map(({ number, title, ...rest }) => ({ ...rest, text: `${number} ${title}` })),
  ];
  return open.flatMap(({ text, owner, due }) => {
    const missing = [...(owner === null ? ['an owner'] : []), ...(due === null ? ['a date'] : [])];
    return missing.length === 0
      ? []
      : [problem('error', 'actions', `"${text}" has not ${missing.join(' and ')}.`)];
  });
}

function pauses({ merged }: ReportModel): ReportProblem[] {
  const times = merged.flatMap(({ at }) => at ?? []).sort();
  return times.slice(1).flatMap((at, index) => {
    const before = times[index]!;
    return Date.parse(at) - Date.parse(before) <= GAP_MS
      ? []
      : [
          problem(
            'warning',
            'response',
            `Nothing is told between ${before} and ${at}: why?`,
            'ir note "..." --at TIME',
          ),
        ];
  });
}
