/** `ir drill start`: opens an incident for an exercise, and tells what is known at its beginning. */
import { ownFolder } from '../config.ts';
import type { Exercise, Inject } from '../drills/exercise.ts';
import { loadScenario } from '../drills/load-scenario.ts';
import type { Scenario } from '../drills/scenario.ts';
import { drillMinutes, dueInjects } from '../drills/score.ts';
import { refusedError, usageError } from '../errors.ts';
import type { Author } from '../incidents/incident-rules.ts';
import type { NewEntry } from '../incidents/journal-entry.ts';
import type { CommandContext } from './context.ts';
import { type DrillLogsResult, drillLogs } from './drill-logs.ts';
import type { StartedDrill } from './drill-read.ts';
import { authorOf, withStore } from './incident-access.ts';
import { openIncident } from './open-incident.ts';
import type { Cell, ReceiptResult } from './table-result.ts';
import { entryBy } from './write-items.ts';

/** Options of `ir drill start`, as typed. */
export interface DrillStartOptions {
  speed?: string | undefined;
  seed?: string | undefined;
  logs?: string | undefined;
  tabletop?: boolean | undefined;
}

const DAY_MS = 86_400_000;
const FASTEST = 1000;

/** Begins an exercise. @throws IrError (exit 6) where the scenario has none */
export async function startDrill(
  context: CommandContext,
  name: string,
  options: DrillStartOptions,
): Promise<ReceiptResult> {
  const scenario = loadScenario(name, ownFolder(context.settings.env, 'drills'));
  const { exercise } = scenario;
  if (exercise === undefined)
    throw refusedError(
      `the drill "${name}" has logs and no exercise`,
      `Read its logs: ir drill logs ${name} --output practice. Those with an exercise: ir drill list`,
    );
  const speed = readSpeed(options.speed);
  if (options.seed !== undefined && !/^\d{1,9}$/.test(options.seed))
    throw usageError(`--seed is no number: "${options.seed}"`, 'Write --seed 7.');
  const isTabletop = options.tabletop === true;
  const wantsLogs = options.logs !== undefined;
  if (wantsLogs && Object.keys(scenario.files).length === 0)
    throw refusedError(`the drill "${name}" has no logs`, 'Leave --logs out.');
  const midnight = Math.floor(context.now().getTime() / DAY_MS) * DAY_MS;
  const logs =
    options.logs === undefined
      ? undefined
      : await drillLogs(context, name, {
          ...{ out: options.logs, seed: options.seed },
          start: new Date(midnight - scenario.days * DAY_MS).toISOString(),
        });
  const opened = await openIncident(
    { ...context, ask: { ...context.ask, isPossible: false } },
    { title: exercise.opening, drill: true, type: exercise.playbook, severity: exercise.severity },
  );
  const { key, id } = opened.incident;
  return withStore(
    // Which store it is was said at the opening.
    {
      ...context,
      say: () => undefined,
      settings: { ...context.settings, store: opened.folder },
    },
    async ({ store }) => {
      const author = authorOf(context);
      const drill = context.randomId();
      const first = dueInjects(exercise, new Set(), 0);
      await store.append(id, [
        entryBy(author, 'drill_started', {
          ...{ id: drill, scenario: scenario.name, title: scenario.title, speed, isTabletop },
          ...(options.seed === undefined ? {} : { seed: Number(options.seed) }),
          exercise: JSON.stringify(exercise),
        }),
        ...first.map((inject) => tellingOf(author, drill, inject)),
      ]);
      const { head } = await store.load(id);
      return startReceipt({
        ...{ key, scenario, exercise, speed, first, isTabletop },
        logs,
        wanted: options.logs,
        head,
      });
    },
  );
}

/** What a started drill is told by. */
interface Started {
  key: string;
  scenario: Scenario;
  exercise: Exercise;
  speed: number;
  /** What is told at once. */
  first: readonly Inject[];
  isTabletop: boolean;
  logs: DrillLogsResult | undefined;
  /** Where they were asked for. */
  wanted: string | undefined;
  head: string;
}

function startReceipt(started: Started): ReceiptResult {
  const { key, scenario, exercise, speed, first, isTabletop, logs, wanted, head } = started;
  return {
    lines: [
      [`${key}: the drill "${scenario.title}" has begun.`],
      [
        `It lasts ${exercise.minutes} minutes${speed === 1 ? '' : `, ${speed} times as fast as real time`}. Nothing is run on any machine: commands are simulated.`,
      ],
      ...exercise.objectives.map((text): Cell[] => [`Aim: ${text}`]),
      ...(logs === undefined
        ? []
        : [[`Logs: ${logs.out} (${logs.truth} there has the answers; look when you are done)`]]),
      ...first.flatMap((inject) => tellingLines(inject, isTabletop)),
    ],
    next: nextOf(isTabletop, first, wanted),
    document: {
      incident: key,
      drill: { scenario: scenario.name, speed, isTabletop, minutes: exercise.minutes },
      told: first,
      ...(logs === undefined ? {} : { logs: logs.out }),
      head,
    },
  };
}

function nextOf(isTabletop: boolean, first: readonly Inject[], logs: string | undefined) {
  const [question] = first.flatMap(({ asks }) => asks);
  if (isTabletop && question !== undefined)
    return [
      { command: 'ir drill inject', shows: 'the questions, and what comes next' },
      { command: 'ir drill report', shows: 'what was answered, once you are through' },
    ];
  return [
    ...(logs === undefined
      ? []
      : [{ command: `ir timeline ${logs} --save`, shows: 'what happened' }]),
    { command: 'ir respond', shows: 'the checklist' },
    {
      command: 'ir drill inject --wait',
      shows: 'in another terminal: what is told as time goes by',
    },
    { command: 'ir drill score', shows: 'how it goes' },
  ];
}

function readSpeed(text = '1'): number {
  const speed = /^\d{1,4}(\.\d{1,3})?$/.test(text) ? Number(text) : Number.NaN;
  if (speed > 0 && speed <= FASTEST) return speed;
  throw usageError(
    `--speed is no number from above 0 to ${FASTEST}: "${text}"`,
    'Write --speed 10.',
  );
}

/** The entry of an inject. */
export const tellingOf = (author: Author, drill: string, { id, from, says }: Inject): NewEntry =>
  entryBy(author, 'drill_told', { drill, inject: id, from, text: says });

/** An inject as people read it. */
export const tellingLines = (
  { id, from, says, asks }: Inject,
  isTabletop: boolean,
): readonly (readonly Cell[])[] => [
  [''],
  [`[${id}] ${from}: ${says}`],
  ...(isTabletop
    ? asks.map((question): Cell[] => [`  Question ${question.id}: ${question.asks}`])
    : []),
];

/** The minute of the drill's clock now. */
export const minuteOf = ({ clock }: Pick<StartedDrill, 'clock'>, now: Date): number =>
  drillMinutes(clock, now.getTime());
