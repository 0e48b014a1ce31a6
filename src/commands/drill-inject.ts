/** `ir drill inject`: tells what the exercise has for this moment, and takes the answers of a group. */
import type { ExerciseQuestion, Inject } from '../drills/exercise.ts';
import { dueInjects } from '../drills/score.ts';
import { refusedError, suggestion, usageError } from '../errors.ts';
import type { IncidentStore } from '../incidents/incident-store.ts';
import { payloadOf } from '../incidents/tell-journal.ts';
import type { CommandContext } from './context.ts';
import { requireDrill, type StartedDrill } from './drill-read.ts';
import { minuteOf, tellingLines, tellingOf } from './drill-start.ts';
import { authorOf, withIncident } from './incident-access.ts';
import type { Cell, ReceiptResult } from './table-result.ts';
import { entryBy } from './write-items.ts';

/** Options of `ir drill inject`, as typed. */
export interface DrillInjectOptions {
  /** Stay, and tell each inject when its time comes. */
  wait?: boolean | undefined;
  /** `QUESTION=TEXT`. */
  answer?: readonly string[] | undefined;
  /** `QUESTION=1,3`: the points that an answer names. */
  points?: readonly string[] | undefined;
}

/** Tells what is due, or the inject of that name, whenever it would come. */
export const injectDrill = (
  context: CommandContext,
  wanted: string | undefined,
  options: DrillInjectOptions,
): Promise<ReceiptResult> =>
  withIncident(context, async (store, incident) => {
    const drill = await requireDrill(store, incident);
    if (incident.status === 'closed')
      throw refusedError(`${incident.key} is closed`, 'See how it went: ir drill report');
    const given = readAnswers(drill, options);
    if (given.size > 0) return answer(context, store, drill, given);
    // A group at a terminal answers what it was told before it is told more.
    const open = wanted === undefined && context.ask.isPossible ? unanswered(drill) : [];
    const told =
      open.length > 0
        ? open
        : options.wait === true
          ? await tellAll(context, store, drill)
          : await tell(context, store, drill, chosen(drill, wanted, context.now()));
    if (drill.started.isTabletop && context.ask.isPossible)
      await askGroup(context, store, drill, told);
    const { head } = await store.load(incident.id);
    const left = drill.exercise.injects.filter(
      ({ id }) => !drill.told.has(id) && !told.some((one) => one.id === id),
    );
    return receipt(context, drill, told, left, head);
  });

function receipt(
  context: CommandContext,
  drill: StartedDrill,
  told: readonly Inject[],
  left: readonly Inject[],
  head: string,
): ReceiptResult {
  const minute = Math.floor(minuteOf(drill, context.now()));
  const next = [...left].sort((a, b) => a.at - b.at)[0];
  const lines: Cell[][] = [
    [
      `${drill.incident.key}: minute ${minute} of ${drill.exercise.minutes}.${told.length === 0 ? ' Nothing new.' : ''}`,
    ],
    ...told
      .flatMap((inject) => tellingLines(inject, drill.started.isTabletop))
      .map((line) => [...line]),
    ...(next === undefined ? [['That was all.']] : [[`The next comes in minute ${next.at}.`]]),
  ];
  const question = told.flatMap(({ asks }) => asks)[0];
  return {
    lines,
    next:
      next === undefined
        ? [{ command: 'ir drill score', shows: 'how it went' }]
        : drill.started.isTabletop && question !== undefined
          ? [
              {
                command: `ir drill inject --answer ${question.id}="..."`,
                shows: 'keeps the answer',
              },
              { command: `ir drill inject ${next.id}`, shows: 'goes on' },
            ]
          : [],
    document: {
      incident: drill.incident.key,
      minute,
      told,
      left: left.map(({ id, at }) => ({ id, at })),
      head,
    },
  };
}

/** Injects of a table that were told and have a question without an answer, with these alone. */
function unanswered({ started, exercise, told, journal }: StartedDrill): Inject[] {
  if (!started.isTabletop) return [];
  const answered = new Set(
    journal.flatMap((entry) => payloadOf(entry, 'drill_answered')?.question ?? []),
  );
  return exercise.injects.flatMap((inject) => {
    const asks = inject.asks.filter(({ id }) => !answered.has(id));
    return told.has(inject.id) && asks.length > 0 ? [{ ...inject, asks }] : [];
  });
}

function chosen(drill: StartedDrill, wanted: string | undefined, now: Date): Inject[] {
  const { exercise, told } = drill;
  if (wanted === undefined) {
    const due = dueInjects(exercise, told, minuteOf(drill, now));
    // A group goes on when it is through, not when a clock says so.
    if (due.length > 0 || !drill.started.isTabletop) return due;
    return dueInjects(exercise, told, Number.POSITIVE_INFINITY).slice(0, 1);
  }
  const inject = exercise.injects.find(({ id }) => id === wanted);
  const names = exercise.injects.map(({ id }) => id);
  if (inject === undefined)
    throw usageError(
      `the drill has no inject "${wanted}"`,
      suggestion(wanted, names, `They are: ${names.join(', ')}`),
    );
  if (told.has(wanted)) throw refusedError(`"${wanted}" was told already`);
  return [inject];
}

async function tell(
  context: CommandContext,
  store: IncidentStore,
  { incident, started }: StartedDrill,
  injects: readonly Inject[],
): Promise<readonly Inject[]> {
  if (injects.length === 0) return injects;
  const author = authorOf(context);
  await store.append(
    incident.id,
    injects.map((inject) => tellingOf(author, started.id, inject)),
  );
  return injects;
}

/** Tells each when its minute comes, until the last was told or somebody stops it. */
async function tellAll(
  context: CommandContext,
  store: IncidentStore,
  drill: StartedDrill,
): Promise<readonly Inject[]> {
  const told = new Set(drill.told);
  const all: Inject[] = [];
  while (drill.exercise.injects.some(({ id }) => !told.has(id)) && !context.signal.aborted) {
    const due = dueInjects(drill.exercise, told, minuteOf(drill, context.now()));
    for (const inject of await tell(context, store, drill, due)) {
      told.add(inject.id);
      all.push(inject);
      context.say(`\n[${inject.id}] ${inject.from}: ${inject.says}`);
    }
    if (due.length === 0) await pause(context.signal);
  }
  return all;
}

const pause = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, 250);
    signal.addEventListener(
      'abort',
      () => {
        clearTimeout(timer);
        resolve();
      },
      { once: true },
    );
  });

type Answers = ReadonlyMap<string, { text: string; points: readonly number[] }>;

function readAnswers(
  drill: StartedDrill,
  { answer = [], points = [] }: DrillInjectOptions,
): Answers {
  const questions = drill.exercise.injects.flatMap(({ asks }) => asks);
  const texts = new Map(answer.map((one) => split(one, '--answer', questions)));
  const named = new Map(points.map((one) => split(one, '--points', questions)));
  for (const [question, numbers] of named)
    if (!/^\d+(,\d+)*$/.test(numbers))
      throw usageError(
        `--points ${question}: "${numbers}" are no numbers`,
        'Write --points ID=1,3.',
      );
  return new Map(
    [...new Set([...texts.keys(), ...named.keys()])].map((question) => [
      question,
      {
        text: texts.get(question) ?? earlier(drill, question),
        points: (named.get(question) ?? '').split(',').filter(Boolean).map(Number),
      },
    ]),
  );
}

const earlier = ({ journal }: StartedDrill, question: string): string =>
  journal
    .flatMap((entry) => payloadOf(entry, 'drill_answered') ?? [])
    .findLast((one) => one.question === question)?.text ?? '';

function split(
  text: string,
  flag: string,
  questions: readonly ExerciseQuestion[],
): [string, string] {
  const [, id = '', value = ''] = /^([a-z][a-z0-9-]*)=([\s\S]*)$/.exec(text) ?? [];
  const names = questions.map((question) => question.id);
  if (names.includes(id)) return [id, value.trim()];
  throw usageError(
    `${flag}: "${text.slice(0, 40)}" names no question of this drill`,
    suggestion(id, names, `They are: ${names.join(', ')}`),
  );
}

async function answer(
  context: CommandContext,
  store: IncidentStore,
  { incident, started, exercise }: StartedDrill,
  given: Answers,
): Promise<ReceiptResult> {
  const author = authorOf(context);
  await store.append(
    incident.id,
    [...given].map(([question, { text, points }]) =>
      entryBy(author, 'drill_answered', { drill: started.id, question, text, points: [...points] }),
    ),
  );
  const { head } = await store.load(incident.id);
  const questions = exercise.injects.flatMap(({ asks }) => asks);
  return {
    lines: [...given.keys()].flatMap((id): Cell[][] => {
      const points = questions.find((question) => question.id === id)?.points ?? [];
      return [
        [`${incident.key}: the answer to ${id} is kept. What a good answer names:`],
        ...points.map((point, index): Cell[] => [`  ${index + 1}. ${point}`]),
      ];
    }),
    next: [
      {
        command: `ir drill inject --points ${[...given.keys()][0]}=1,2`,
        shows: 'which of them you named',
      },
      { command: 'ir drill inject', shows: 'goes on' },
    ],
    document: { incident: incident.key, answered: [...given.keys()], head },
  };
}

/** At a terminal the group is asked one question after the other; each answer is kept before the next. */
async function askGroup(
  context: CommandContext,
  store: IncidentStore,
  { incident, started }: StartedDrill,
  told: readonly Inject[],
): Promise<void> {
  for (const inject of told) {
    context.say(`\n[${inject.id}] ${inject.from}: ${inject.says}`);
    for (const { id, asks, points } of inject.asks) {
      const text = await context.ask.text({ message: asks, flag: `--answer ${id}="..."` });
      if (text.trim() === '') continue;
      context.say(points.map((point, index) => `  ${index + 1}. ${point}`).join('\n'));
      const numbers = await context.ask.text({
        message: 'Which of these did you name? (numbers)',
        flag: `--points ${id}=1,2`,
      });
      const named = (numbers.match(/\d+/g) ?? []).map(Number).filter((n) => n > 0);
      await store.append(incident.id, [
        entryBy(authorOf(context), 'drill_answered', {
          ...{ drill: started.id, question: id, text: text.trim(), points: named },
        }),
      ]);
    }
  }
}
