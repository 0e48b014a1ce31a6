/**
 * Answers that a live site gives to every path, as far as it has been seen: what `same-answer.ts` finds in a second look
 * at whole files is gathered here as events come.
 */
import type { Event } from '../../events/event.ts';
import type { Burst } from '../bursts.ts';
import type { CitedLine } from '../evidence.ts';
import type { Finding } from '../finding.ts';
import type { Location } from '../location.ts';
import type { Plan } from '../plan.ts';
import {
  answerKey,
  goesByAnswer,
  isForAll,
  levelOfTry,
  placesOf,
  reasonOf,
  scriptOf,
} from '../same-answer.ts';

/** Answers by site, status and length, with some of the paths that were given them; in the order in which they came last. */
export type SavedAnswers = readonly (readonly [answer: string, paths: readonly string[]])[];

/** What has been answered. */
export interface LiveAnswers {
  /** @param log the path of the log: a rotation changes nothing */
  note(event: Event, log: string): void;
  /** What a burst whose every line is such an answer says less: the reason, and the level of a try. */
  lessOf(
    burst: Burst,
    cited: ReadonlyMap<Location, CitedLine>,
    logOf: (location: Location) => string,
  ): Pick<Finding, 'doubt' | 'level'> | undefined;
  save(): SavedAnswers;
}

/** Answers that are remembered: those that came last. */
const MOST_ANSWERS = 500;
/** Paths kept of each: enough to tell kinds apart. */
const MOST_PATHS = 16;
const MOST_PATH_LENGTH = 100;

/** Makes them from what an earlier run kept. */
export function createLiveAnswers(plan: Plan, saved: SavedAnswers = []): LiveAnswers {
  const answers = new Map(saved.map(([key, paths]) => [key, new Set(paths)]));
  const isSame = (event: Event | undefined, log: string): boolean => {
    const key = event === undefined ? undefined : answerKey(event);
    const paths = key === undefined ? undefined : answers.get(`${log} ${key}`);
    return paths !== undefined && isForAll(paths);
  };
  return {
    note(event, log) {
      const path = event['url.path'];
      const answer = path === undefined ? undefined : answerKey(event);
      if (path === undefined || answer === undefined) return;
      const key = `${log} ${answer}`;
      const paths = answers.get(key) ?? new Set<string>();
      // The last to come is the last to go.
      answers.delete(key);
      answers.set(key, paths);
      if (path === '/' || paths.size < MOST_PATHS)
        paths.add(scriptOf(path.slice(0, MOST_PATH_LENGTH)));
      if (answers.size > MOST_ANSWERS) answers.delete(answers.keys().next().value as string);
    },
    lessOf(burst, cited, logOf) {
      if (!goesByAnswer(plan, burst.rule)) return undefined;
      const places = placesOf(burst);
      const events = places.map((place) => cited.get(place)?.event);
      if (!events.every((event, index) => isSame(event, logOf(places[index]!)))) return undefined;
      const { level } = plan.ruleSet.rules[burst.rule]!.rule;
      return { doubt: reasonOf(events[0]!), level: levelOfTry(level) };
    },
    save: () => [...answers].map(([key, paths]) => [key, [...paths]]),
  };
}
