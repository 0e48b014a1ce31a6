/** Plays a scenario that tells its lines itself: ordinary traffic, and one intruder. */
import { expandPool } from '../addresses.ts';
import type { LogWriter, Mark } from '../log-writer.ts';
import { createRandom, type Random } from '../random.ts';
import type { Answer } from '../scenario.ts';
import type { Actor, Schedule } from '../schedule.ts';
import { around, nextArrival } from '../world.ts';
import type { Routine, Telling, TellRecord, ToldScenario } from './scenario.ts';
import { bind, fill, fillTree, type Making, type Names, type Value } from './values.ts';

/** What the actors share. */
interface Stage {
  scenario: ToldScenario;
  schedule: Schedule;
  writer: LogWriter;
  startMs: number;
  scale: number;
  random: (label: string) => Random;
  records: ReadonlyMap<string, TellRecord>;
  lists: ReadonlyMap<string, readonly Value[]>;
  counters: Map<string, number>;
  names: Names;
}

/** What a play is made of. */
export interface PlayOptions {
  schedule: Schedule;
  writer: LogWriter;
  startMs: number;
  seed: number;
  scale: number;
}

/** Everybody who is there from the beginning, and what there is to find out. */
export function toldCast(
  scenario: ToldScenario,
  { schedule, writer, startMs, seed, scale }: PlayOptions,
): { cast: Actor[]; answers: readonly Answer[] } {
  const counters = new Map<string, number>();
  const lists = new Map(Object.entries(scenario.lists).map(([key, list]) => [key, pooled(list)]));
  const random = (label: string): Random => createRandom(seed, label);
  const making: Making = { atMs: startMs, random: random('names'), lists, counters };
  const names = bind(scenario.names, {}, making);
  const records = new Map(
    Object.keys(scenario.records).map((key) => [key, resolved(scenario, key)]),
  );
  const stage = {
    scenario,
    schedule,
    writer,
    startMs,
    scale,
    random,
    lists,
    counters,
    names,
    records,
  };
  const routines = scenario.routines.map((each, index) => routine(stage, each, `routine ${index}`));
  return {
    cast: [...routines, intruder(stage)],
    answers: scenario.answers.map((answer) => ({
      ...answer,
      names: answer.names.map((name) => String(fill(name, names, making))),
    })),
  };
}

const RANGE = /^[\d.]+-\d+$|^[0-9a-f:]+-[0-9a-f]+$/;

/** Texts that are ranges of addresses become the addresses. */
const pooled = (list: readonly Value[]): Value[] =>
  list.flatMap((item) =>
    typeof item === 'string' && RANGE.test(item) ? expandPool([item]) : [item],
  );

/** A record with all that it takes from others. */
function resolved(scenario: ToldScenario, key: string): TellRecord {
  const own = scenario.records[key];
  if (own === undefined) throw new RangeError(`no record "${key}" in the scenario`);
  if (own.like === undefined) return own;
  const base = resolved(scenario, own.like);
  return {
    file: own.file ?? base.file,
    text: own.text ?? base.text,
    json: overlaid(base.json, own.json),
    with: { ...base.with, ...own.with },
  };
}

type Tree = Readonly<Record<string, unknown>>;

/** A tree with another laid over it; what is null there, goes. */
function overlaid(base: Tree | undefined, over: Tree | undefined): Tree | undefined {
  if (base === undefined || over === undefined) return over ?? base;
  const laid: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const below = laid[key];
    if (value === null) delete laid[key];
    else laid[key] = isTree(below) && isTree(value) ? overlaid(below, value) : value;
  }
  return laid;
}

const isTree = (value: unknown): value is Tree =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Writes the records of a telling, `gap` seconds apart. */
function* tell(
  stage: Stage,
  { write, with: named, json, gap }: Telling,
  { names, random, mark }: { names: Names; random: Random; mark?: Mark | undefined },
): Actor {
  const { schedule, lists, counters, writer, records } = stage;
  const making = (): Making => ({ atMs: schedule.nowMs, random, lists, counters });
  const bound = bind(named, names, making());
  for (const [index, key] of write.entries()) {
    if (index > 0 && gap > 0) yield schedule.nowMs + around(random, gap);
    const record = records.get(key);
    if (record?.file === undefined) throw new RangeError(`no record "${key}" with a file`);
    const all = bind(record.with, bound, making(), true);
    const lines = record.text?.map((text) => String(fill(text, all, making()))) ?? [
      JSON.stringify(fillTree(overlaid(record.json, json), all, making())),
    ];
    for (const line of lines) writer.write(record.file, line, schedule.nowMs, mark);
  }
}

function* routine(stage: Stage, each: Routine, label: string): Actor {
  const { schedule, startMs, scale, names, scenario } = stage;
  const random = stage.random(label);
  const { everyMinutes, perDay } = each;
  for (let at = startMs + each.at * 60_000; ; ) {
    if (everyMinutes === undefined) {
      at = nextArrival(scenario.rhythm, random, at, (perDay ?? 1) * scale);
    }
    yield at + (everyMinutes === undefined ? 0 : random.int(0, 2_000));
    schedule.add(tell(stage, each, { names, random: random.branch('told') }));
    if (everyMinutes !== undefined) at += everyMinutes * 60_000;
  }
}

/** One intruder plays all chapters; a chapter waits for the one before it. */
function* intruder(stage: Stage): Actor {
  const { scenario, schedule, startMs, lists, counters } = stage;
  for (const chapter of scenario.chapters) {
    const random = stage.random(`chapter ${chapter.id}`);
    const late = random.int(0, chapter.within * 60_000);
    yield startMs + chapter.day * 86_400_000 + chapter.at * 60_000 + late;
    const making: Making = { atMs: schedule.nowMs, random, lists, counters };
    const names = bind(chapter.with, stage.names, making);
    const entities = fillTree(chapter.entities, names, making) as Mark['entities'];
    for (const step of chapter.steps) {
      const technique = step.technique ?? chapter.technique;
      const mark: Mark = { chapter: chapter.id, technique, entities };
      for (let n = 1; n <= step.times; n++) {
        yield* tell(stage, step, { names: { ...names, n }, random, mark });
        yield schedule.nowMs + around(random, step.pause);
      }
    }
  }
}
