/**
 * Requests that a site answered as it answers any: a page for every path (of an application in one page, of an error that
 * comes with 200) says nothing of what was asked. What a rule claims by the status of such an answer was tried, no more.
 */
import type { Event } from '../events/event.ts';
import { type Level, levelRank } from '../events/level.ts';
import { grouped } from '../events/words.ts';
import type { PreparedFile } from '../logs/prepare.ts';
import { type Burst, createBurstCollector, keyOfBurst } from './bursts.ts';
import type { CitedLine } from './evidence.ts';
import type { Finding } from './finding.ts';
import { fileOf, type Location } from './location.ts';
import { entitiesOf, type Plan } from './plan.ts';
import { lookAgain } from './second-look.ts';

/** Bursts with what came of them, and those of which the answers say nothing, each with the reason. */
export interface Judged {
  bursts: readonly Burst[];
  empty: ReadonlyMap<Burst, Required<Pick<Finding, 'doubt' | 'level'>>>;
}

/** What is at hand to judge by. */
export interface JudgeInput {
  plan: Plan;
  files: readonly PreparedFile[];
  /** Reads lines again. */
  cite(locations: Iterable<Location>): Generator<void, ReadonlyMap<Location, CitedLine>, void>;
  /** Does an event take part in the run? */
  accepts(event: Event, raw: string, location: Location): boolean;
}

/** Below this level nobody is accused of more than trying. */
const LEAST_LEVEL = 'high';
const STATUS = 'http.response.status_code';
/** Answers that are looked into: a site has few that come to everything. */
const MOST_ANSWERS = 24;
/** Paths of which an answer is remembered to have been one. */
const MOST_PATHS = 64;

/** Does a rule accuse somebody by the status of the answer? */
export function goesByAnswer({ ruleSet: { rules, resolve } }: Plan, index: number): boolean {
  const { rule, fields } = rules[index]!;
  return (
    levelRank(rule.level) >= levelRank(LEAST_LEVEL) &&
    fields.some((field) => resolve(field, rule.logsource).paths?.includes(STATUS))
  );
}

/** Takes the hits that say nothing out of the bursts of rules that go by the answer. In steps. */
export function* judgeAnswers(
  all: readonly Burst[],
  input: JudgeInput,
): Generator<void, Judged, void> {
  const { rules } = input.plan.ruleSet;
  const claims = all.filter(({ rule }) => goesByAnswer(input.plan, rule));
  if (claims.length === 0) return { bursts: all, empty: new Map() };
  const cited = yield* input.cite(claims.flatMap(placesOf));
  const eventAt = (location: Location): Event | undefined => cited.get(location)?.event;
  const answers = commonest(
    claims.flatMap((burst) => placesOf(burst).map((at) => answerOf(eventAt(at), fileOf(at)))),
  );
  const same = yield* sameForAll(answers, input.files);
  if (same.size === 0) return { bursts: all, empty: new Map() };
  const isSame = (event: Event | undefined, location: Location): boolean =>
    same.has(answerOf(event, fileOf(location))?.key ?? '');
  const touched = new Set(
    claims.filter((burst) => placesOf(burst).some((at) => isSame(eventAt(at), at))),
  );
  const bursts = all.filter((burst) => !touched.has(burst));
  const empty = new Map<Burst, Required<Pick<Finding, 'doubt' | 'level'>>>();
  for (const { telling, silent, why } of yield* partedBy(isSame, [...touched], cited, input)) {
    bursts.push(...telling, ...silent);
    for (const part of silent)
      empty.set(part, { doubt: why, level: levelOfTry(rules[part.rule]!.rule.level) });
  }
  return { bursts, empty };
}

/** What was tried ranks as trying does. */
export const levelOfTry = (level: Level): Level => (level === 'critical' ? 'medium' : 'low');

/** Why an answer says nothing. */
export const reasonOf = (event: Event): string =>
  `answered as any path of the site is (${event[STATUS]}, ${grouped(event['http.response.body.bytes']!)} bytes), which does not show that it worked`;

/** The lines that a burst is cited by. */
export const placesOf = ({ locations, lastLocation }: Burst): Location[] => [
  ...new Set([...locations, lastLocation]),
];

/** What was answered, by one site of one log. */
interface Answer {
  key: string;
  file: number;
  bytes: number;
}

function answerOf(event: Event | undefined, file: number): Answer | undefined {
  const bytes = event?.['http.response.body.bytes'];
  const key = event === undefined ? undefined : answerKey(event);
  return key === undefined || bytes === undefined
    ? undefined
    : { key: `${file} ${key}`, file, bytes };
}

/** Site, status and length of an answer; undefined where it refuses, is empty, or has a length that who asks may choose (206). */
export function answerKey(event: Event): string | undefined {
  const status = event[STATUS];
  const bytes = event['http.response.body.bytes'];
  if (status === undefined || bytes === undefined || bytes <= 0) return undefined;
  const isGiven = (status >= 200 && status < 300 && status !== 206) || status >= 500;
  return isGiven ? `${event['url.domain'] ?? ''} ${status} ${bytes}` : undefined;
}

/** The answers that come most often. */
function commonest(answers: readonly (Answer | undefined)[]): Answer[] {
  const counts = new Map<string, { answer: Answer; count: number }>();
  for (const answer of answers) {
    if (answer === undefined) continue;
    const known = counts.get(answer.key);
    if (known === undefined) counts.set(answer.key, { answer, count: 1 });
    else known.count += 1;
  }
  const sorted = [...counts.values()].sort((a, b) => b.count - a.count);
  return sorted.slice(0, MOST_ANSWERS).map(({ answer }) => answer);
}

/** Which of the answers the start page gives as well, or paths of so many kinds that they cannot all be there. */
function* sameForAll(
  answers: readonly Answer[],
  files: readonly PreparedFile[],
): Generator<void, Set<string>, void> {
  const paths = new Map(answers.map(({ key }) => [key, new Set<string>()]));
  const ofFiles = new Set(answers.map(({ file }) => file));
  yield* lookAgain(files, {
    words: [...new Set(answers.map(({ bytes }) => String(bytes)))],
    isIn: (file) => ofFiles.has(file),
    isWanted(event, _raw, location) {
      const known = paths.get(answerOf(event, fileOf(location))?.key ?? '');
      const path = event['url.path'];
      if (known === undefined || path === undefined) return false;
      if (path === '/' || known.size < MOST_PATHS) known.add(scriptOf(path));
      return false;
    },
  });
  return new Set([...paths].flatMap(([key, of]) => (isForAll(of) ? [key] : [])));
}

/** A path as far as the script that answers it: what stands behind is told to the script. */
export const scriptOf = (path: string): string =>
  /^.*?\.(?:php\d?|phtml|phar|pht|jspx?|aspx?|ashx|cgi|pl|py)(?=\/)/i.exec(path)?.[0] ?? path;

const LEAST_PATHS = 6;
const LEAST_KINDS = 3;

/** One page for all: no file has many names of several kinds. */
export const isForAll = (paths: ReadonlySet<string>): boolean =>
  paths.has('/') ||
  (paths.size >= LEAST_PATHS && new Set([...paths].map(kindOf)).size >= LEAST_KINDS);

/** What a path is by its name: a hidden file, a script, a page, else its extension. */
function kindOf(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1).toLowerCase();
  if (/\/\.[a-z]/i.test(path)) return 'hidden';
  const extension = /\.([a-z0-9]{1,8})$/.exec(name)?.[1];
  if (extension === undefined || /^x?html?$/.test(extension)) return 'page';
  return /^(?:php\d?|phtml|phar|pht|jspx?|aspx?|ashx|cgi|pl|py)$/.test(extension)
    ? 'script'
    : extension;
}

/** A burst in two: hits whose answer says something, and the others. */
interface Parted {
  telling: readonly Burst[];
  silent: readonly Burst[];
  why: string;
}

type IsSame = (event: Event | undefined, location: Location) => boolean;

/** Parts bursts by all of their hits: those that are cited, or, where there are more, found again by who acts in them. */
function* partedBy(
  isSame: IsSame,
  bursts: readonly Burst[],
  cited: ReadonlyMap<Location, CitedLine>,
  { plan, files, accepts }: JudgeInput,
): Generator<void, Parted[], void> {
  const entitiesIn = (rule: number, event: Event): ReturnType<typeof entitiesOf> =>
    entitiesOf(plan.entityFields[rule] ?? [], event);
  const sought = new Map<string, { burst: Burst; parts: Parts }[]>();
  for (const burst of bursts) {
    if (burst.count <= placesOf(burst).length || burst.key === '') continue;
    const name = keyOfBurst(burst);
    sought.set(name, [...(sought.get(name) ?? []), { burst, parts: createParts(isSame) }]);
  }
  const soughtRules = new Set([...sought.values()].flat().map(({ burst }) => burst.rule));
  const ofFiles = new Set(bursts.flatMap((burst) => placesOf(burst).map(fileOf)));
  yield* lookAgain(files, {
    words: [...new Set([...sought.values()].flat().map(({ burst }) => burst.key))],
    isIn: (file) => ofFiles.has(file),
    isWanted(event, raw, location) {
      if (!accepts(event, raw, location)) return false;
      for (const rule of soughtRules) {
        const entities = entitiesIn(rule, event);
        const of = sought.get(keyOfBurst({ rule, key: entities[0]?.[1] ?? '' }));
        const one = of?.find(({ burst }) => isWithin(event.timeUs, burst));
        if (one !== undefined && plan.ruleSet.rules[rule]!.test(event, raw))
          one.parts.add(one.burst, event, location, entities);
      }
      return false;
    },
  });
  return bursts.map((burst) => {
    const again = sought.get(keyOfBurst(burst))?.find((one) => one.burst === burst)?.parts;
    if (again !== undefined && again.count() >= burst.locations.length) return again.take();
    // What is not found again is judged by the lines that are known.
    const parts = createParts(isSame);
    for (const location of placesOf(burst)) {
      const event = cited.get(location)?.event;
      if (event !== undefined) parts.add(burst, event, location, entitiesIn(burst.rule, event));
    }
    return parts.take();
  });
}

const isWithin = (timeUs: number | undefined, { firstUs, lastUs }: Burst): boolean =>
  timeUs === undefined || firstUs === undefined || lastUs === undefined
    ? true
    : timeUs >= firstUs && timeUs <= lastUs;

/** The two parts of a burst while its hits come. */
interface Parts {
  add(
    burst: Burst,
    event: Event,
    location: Location,
    entities: ReturnType<typeof entitiesOf>,
  ): void;
  count(): number;
  take(): Parted;
}

function createParts(isSame: IsSame): Parts {
  const telling = createBurstCollector();
  const silent = createBurstCollector();
  let count = 0;
  let why = '';
  return {
    count: () => count,
    add({ rule, key }, event, location, entities) {
      const isEmpty = isSame(event, location);
      if (isEmpty) why = reasonOf(event);
      const times = event.repeats ?? 1;
      count += times;
      (isEmpty ? silent : telling).add(rule, key, event.timeUs, location, entities, times);
    },
    take: () => ({ telling: telling.take(), silent: silent.take(), why }),
  };
}
