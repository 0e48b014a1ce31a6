/**
 * Plays the response of `ir demo` through the same commands that people type, in the story's own time. What changes
 * systems is simulated, as in every drill.
 */
import { readFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { bundledFolder } from '../config.ts';
import type { Phase } from '../incidents/incident.ts';
import { act } from './act.ts';
import { listActions, undoActions } from './actions.ts';
import { addNote } from './add-note.ts';
import { addAsset } from './assets.ts';
import { runChecklist } from './checklist.ts';
import { submitClock } from './clock-settle.ts';
import { startClock } from './clock-start.ts';
import { closeIncident } from './close-incident.ts';
import type { CommandContext } from './context.ts';
import { escalate } from './escalate.ts';
import { assignRole, decide } from './people.ts';
import { addTask } from './tasks.ts';
import { updateIncident } from './update-incident.ts';

/** One act of `templates/demo.yml`. */
interface DemoAct {
  /** Minutes after the act before. */
  after: number;
  do: string;
  [key: string]: unknown;
}

/** How much was done. */
export interface DemoResponse {
  acts: number;
  steps: number;
  /** RFC 3339, UTC. */
  from: string;
  until: string;
}

const MINUTE_MS = 60_000;
/** Who does what nobody else is said to do. */
const LEADER = 'the head of operations';
/** Between two looks at the clock while a checklist is walked. */
const TICK_MS = 20_000;

interface Stage {
  context: CommandContext;
  folder: string;
  text: (act: DemoAct, key: string) => string;
  steps: number;
}

type Player = (stage: Stage, act: DemoAct) => Promise<unknown>;

const PLAYERS: Readonly<Record<string, Player>> = {
  update: ({ context, ...stage }, act) => updateIncident(context, filled(stage, act)),
  assign: ({ context, text }, act) =>
    assignRole(context, text(act, 'role'), text(act, 'who'), { contact: 'telephone' }),
  note: ({ context, text }, act) =>
    addNote(context, text(act, 'text'), { kind: text(act, 'kind') }, async () => ''),
  asset: ({ context, text }, act) =>
    addAsset(context, text(act, 'name'), {
      ...{ type: text(act, 'type'), state: text(act, 'state') },
      ...(act['holds'] === undefined ? {} : { holds: text(act, 'holds') }),
    }),
  escalate: ({ context, text }, act) =>
    escalate(context, text(act, 'to'), { reason: text(act, 'reason'), contact: 'telephone' }),
  decide: ({ context, text }, act) => decide(context, text(act, 'text'), { why: text(act, 'why') }),
  clock: ({ context, text, ...stage }, act) =>
    startClock(context, text(act, 'rule'), filled({ text, ...stage }, act)),
  submit: ({ context, text, ...stage }, act) =>
    submitClock(context, text(act, 'rule'), filled({ text, ...stage }, act)),
  task: ({ context, text, ...stage }, act) =>
    addTask(context, text(act, 'title'), filled({ text, ...stage }, act)),
  act: ({ context, text }, doing) =>
    act(context, text(doing, 'name'), doing['words'] as string[], {
      ...(doing['for'] === undefined ? {} : { for: text(doing, 'for') }),
      yes: true,
    }),
  undo: ({ context, text }, act) =>
    undoActions(context, text(act, 'no'), { yes: true, reason: text(act, 'reason') }),
  expire: ({ context }) => listActions(context, { expire: true }),
  close: ({ context, text }, act) =>
    closeIncident(context, { reason: text(act, 'reason'), yes: true }),
  walk: walkPhase,
};

const filled = ({ text }: Pick<Stage, 'text'>, act: DemoAct): Record<string, string> => {
  const given = (act['with'] ?? {}) as DemoAct;
  return Object.fromEntries(Object.keys(given).map((key) => [key, text(given, key)]));
};

/** A context in the story's own time, which goes on with everything that is written. */
export interface StoryContext extends CommandContext {
  /** When the response begins. */
  readonly begins: Date;
  pass(minutes: number): void;
  /** Whether time goes on with each look at the clock. */
  runs(isRunning: boolean): void;
}

/** @param startMs when the story begins, ms since the epoch */
export function storyContext(context: CommandContext, startMs: number): StoryContext {
  const begins = new Date(startMs + readDemo().begins * MINUTE_MS);
  let nowMs = begins.getTime();
  let isRunning = false;
  return {
    ...context,
    ask: { ...context.ask, isPossible: false },
    say: () => undefined,
    settings: { ...context.settings, actor: LEADER },
    begins,
    pass(minutes) {
      nowMs += minutes * MINUTE_MS;
    },
    runs(is) {
      isRunning = is;
    },
    now() {
      if (isRunning) nowMs += TICK_MS;
      return new Date(nowMs);
    },
  };
}

/** Plays it all, from the call to the closing. */
export async function playResponse(context: StoryContext, folder: string): Promise<DemoResponse> {
  const { acts } = readDemo();
  const from = context.begins.getTime();
  const stage: Stage = {
    ...{ context: context as CommandContext, folder, steps: 0 },
    text: (act, key) => timed(String(act[key] ?? ''), { from, now: context.now().getTime() }),
  };
  for (const [index, act] of acts.entries()) {
    context.signal.throwIfAborted();
    context.progress(`playing the response: ${Math.round((100 * index) / acts.length)} %`);
    context.pass(act.after);
    const play = PLAYERS[act.do];
    if (play === undefined) throw new RangeError(`the demo has no act "${act.do}"`);
    const actor = String(act['by'] ?? LEADER);
    stage.context = { ...context, settings: { ...context.settings, actor } };
    context.runs(act.do === 'walk');
    await play(stage, act);
    context.runs(false);
  }
  context.progress('');
  return {
    ...{ acts: acts.length, steps: stage.steps },
    from: new Date(from).toISOString(),
    until: context.now().toISOString(),
  };
}

/** How long the story and its response last, in minutes. */
export function demoLength(): number {
  const { begins, acts } = readDemo();
  return begins + acts.reduce((sum, { after }) => sum + after, 0) + SLACK_MINUTES;
}

/** What the ticks of all entries come to at most. */
const SLACK_MINUTES = 600;

function readDemo(): { begins: number; acts: readonly DemoAct[] } {
  return parse(readFileSync(bundledFolder('demo.yml'), 'utf8')) as {
    begins: number;
    acts: DemoAct[];
  };
}

/** `{begins}`, `{now}` and `{in:21d}` become times. */
const timed = (text: string, { from, now }: { from: number; now: number }): string =>
  text
    .replaceAll('{begins}', new Date(from).toISOString())
    .replaceAll('{now}', new Date(now).toISOString())
    .replace(/\{in:(\d+)d\}/g, (_, days: string) =>
      new Date(now + Number(days) * 86_400_000).toISOString().slice(0, 10),
    );

/** Answers every step of a phase: runs what the data says is run, with values and notes, and goes on to the next phase. */
async function walkPhase(stage: Stage, act: DemoAct): Promise<void> {
  const { context, folder, text } = stage;
  const phase = text(act, 'phase') as Phase;
  const notes = act['notes'] as Readonly<Record<string, string>>;
  const runs = new Set(act['run'] as readonly string[]);
  const confirms = (act['confirm'] ?? {}) as Readonly<Record<string, string>>;
  const path = join(folder, '.ir-demo-answers.json');
  const answered = new Set<string>();
  try {
    // An answer can make further steps apply.
    for (let round = 0; round < MOST_ROUNDS; round++) {
      const { result } = await runChecklist(context, { phase, list: true });
      const pending = result.steps.filter(
        ({ id, status }) => status === 'pending' && !answered.has(id),
      );
      // The values come with the first answer, and say which of the others apply.
      const open = round === 0 ? pending.slice(0, 1) : pending;
      if (open.length === 0) break;
      const answers = open.flatMap(({ id }) => [
        ...(runs.has(id) ? [{ step: id, answer: 'run', confirm: confirms[id] }] : []),
        { step: id, answer: 'done', note: notes[id] ?? '' },
      ]);
      for (const { id } of open) answered.add(id);
      const [first, ...rest] = answers;
      const values = round === 0 ? (act['values'] as object) : {};
      await writeFile(path, JSON.stringify([{ ...first, values }, ...rest]), { mode: 0o600 });
      const { result: done } = await runChecklist(context, {
        ...{ phase, answers: path, yes: true, reason: 'agreed with who leads' },
      });
      if (done.stopped !== undefined)
        throw new Error(`the demo stopped at ${done.stopped.step}: ${done.stopped.message}`);
      stage.steps += open.length;
    }
  } finally {
    await rm(path, { force: true });
  }
  if (phase !== 'post_incident') await runChecklist(context, { advance: true });
}

const MOST_ROUNDS = 5;
