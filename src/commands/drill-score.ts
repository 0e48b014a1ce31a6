/** `ir drill score` and `ir drill report`: how an exercise went, and how those before it went. */
import { readFileSync } from 'node:fs';
import { bundledPath } from '../drills/load-scenario.ts';
import type { DrillScore } from '../drills/score.ts';
import { EXIT, type ExitCode, usageError } from '../errors.ts';
import { payloadOf } from '../incidents/tell-journal.ts';
import { renderTemplate } from '../reports/render-template.ts';
import type { CommandContext } from './context.ts';
import {
  type DrillRun,
  drillRuns,
  requireDrill,
  type StartedDrill,
  scoreOf,
} from './drill-read.ts';
import { withIncident } from './incident-access.ts';
import type { TableResult } from './table-result.ts';

/** Scores the exercise of the incident. Exit 1 below `--fail-under`. */
export const scoreDrillOf = (
  context: CommandContext,
  { failUnder }: { failUnder?: string | undefined },
): Promise<{ result: TableResult; exit?: ExitCode; reasons?: () => readonly string[] }> => {
  const least = readLeast(failUnder);
  return withIncident(context, async (store, incident) => {
    const drill = await requireDrill(store, incident);
    const score = await scoreOf(store, drill, context.now());
    const runs = await drillRuns(store, context.now());
    const result = scoreTable(drill, score, runs);
    if (least === undefined || score.percent >= least) return { result };
    const reason = `--fail-under: the score is ${score.percent}, below ${least}`;
    return { result, exit: EXIT.findings, reasons: () => [reason] };
  });
};

function readLeast(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,3}$/.test(text) && Number(text) <= 100) return Number(text);
  throw usageError(`--fail-under: "${text}" is no number from 0 to 100`, 'Write --fail-under 60.');
}

function scoreTable(
  { incident, started }: StartedDrill,
  score: DrillScore,
  runs: readonly DrillRun[],
): TableResult {
  const { acts, answers, dangers, clocksMissed, percent, points, most } = score;
  return {
    title: `${incident.key}, drill ${started.scenario}: ${percent} of 100 (${points} of ${most} points)`,
    heads: ['Done', 'Took', 'Within', 'Points', 'What'],
    rows: [
      ...acts.map(({ state, took, within, points: won, worth, says }) => [
        state,
        took === undefined ? undefined : `${took} min`,
        `${within} min`,
        `${won} of ${worth}`,
        says,
      ]),
      ...answers.map(({ asks, text, named, of }) => [
        text === undefined ? 'not answered' : 'answered',
        undefined,
        undefined,
        `${named} of ${of}`,
        asks,
      ]),
    ],
    notes: [
      ...dangers.map(({ says, costs, at }) => `Dangerous, in minute ${at}: ${says} (-${costs})`),
      ...clocksMissed.map((name) => `A clock was missed: ${name}`),
      ...trendOf(runs),
    ],
    next: [
      { command: 'ir drill report --output after-action.md', shows: 'the after-action report' },
    ],
    documents: [...acts, ...answers],
    about: {
      ...{ incident: incident.key, scenario: started.scenario, speed: started.speed },
      ...{ is_tabletop: started.isTabletop, percent, points, most, minutes: score.minutes },
      ...{ dangers, clocks_missed: clocksMissed, runs },
    },
  };
}

/** One line of all exercises of the store; none where this is the first. */
const trendOf = (runs: readonly DrillRun[]): string[] =>
  runs.length < 2
    ? []
    : [
        `All drills: ${runs.map(({ key, scenario, percent, isOver }) => `${key} ${scenario} ${percent}${isOver ? '' : ' (going on)'}`).join(', ')}`,
      ];

/** What the after-action report is made of, and its text. */
export interface DrillReportResult {
  model: object;
  text: string;
}

/** The after-action report. */
export const reportDrill = (context: CommandContext): Promise<DrillReportResult> =>
  withIncident(context, async (store, incident) => {
    const drill = await requireDrill(store, incident);
    const score = await scoreOf(store, drill, context.now());
    const { exercise, started, clock, journal } = drill;
    const minuteAt = (at: string): number =>
      Math.round(((Date.parse(at) - clock.startedMs) / 60_000) * clock.speed);
    const told = journal.flatMap((entry) => {
      const one = payloadOf(entry, 'drill_told');
      return one === undefined ? [] : [{ minute: minuteAt(entry.at), ...one }];
    });
    const answers = score.answers.map((answer) => ({
      ...answer,
      points: exercise.injects.flatMap(({ asks }) => asks).find(({ id }) => id === answer.question)
        ?.points,
    }));
    const of = (...states: string[]) => score.acts.filter(({ state }) => states.includes(state));
    const model = {
      incident: { key: incident.key, title: incident.title, status: incident.status },
      drill: {
        ...{ scenario: started.scenario, title: started.title, speed: started.speed },
        ...{ isTabletop: started.isTabletop, startedAt: new Date(clock.startedMs).toISOString() },
        ...{ minutes: exercise.minutes, objectives: exercise.objectives },
      },
      score,
      inTime: of('in time'),
      late: of('late'),
      missed: of('missed', 'not due'),
      told,
      answers,
      runs: await drillRuns(store, context.now()),
    };
    const path = bundledPath('after-action').replace(/\.yml$/, '.md');
    return { model, text: renderTemplate(readFileSync(path, 'utf8'), path, model) };
  });
