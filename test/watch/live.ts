/** A watch in a folder of its own, with a clock and a sink that say what they are told. */
import { mkdirSync } from 'node:fs';
import { chooseRules, type RuleChoice } from '../../src/detect/choose-rules.ts';
import { createFilter } from '../../src/detect/event-filter.ts';
import type { Finding } from '../../src/detect/finding.ts';
import { createPlan } from '../../src/detect/plan.ts';
import { FORMATS } from '../../src/logs/formats/list.ts';
import { createSpool } from '../../src/logs/spool.ts';
import { followPaths } from '../../src/watch/follow-paths.ts';
import type { LiveFinding, LiveSink } from '../../src/watch/live-finding.ts';
import { readState } from '../../src/watch/state-file.ts';
import { createWatch, type Watch, type WatchOptions } from '../../src/watch/watch.ts';

const EVER = {
  sinceUs: Number.NEGATIVE_INFINITY,
  untilUs: Number.POSITIVE_INFINITY,
  entities: [],
  grep: undefined,
};

/** What `analyse` and rules are asked in these tests. */
export const ASKED = {
  cwd: '/',
  zone: 'UTC',
  env: {},
  filter: EVER,
  level: 'medium' as const,
  ruleNames: [] as string[],
  ruleFolders: [],
  referenceMs: undefined,
  workers: 0,
  isHashed: false,
  stdin: { async *[Symbol.asyncIterator]() {} } as AsyncIterable<Uint8Array>,
};

let loaded: Promise<RuleChoice> | undefined;
/** The bundled rules, loaded once. */
export const rules = (): Promise<RuleChoice> => (loaded ??= chooseRules(ASKED));

/** A clock that stands until it is set. */
export const clockAt = (start: string): { ms: number; now(): number } => {
  const clock = { ms: Date.parse(start), now: () => clock.ms };
  return clock;
};

/** Keeps what it takes beside its position, as a sink over a database does. */
export function keepingSink(): LiveSink & { taken: LiveFinding[] } {
  const taken: LiveFinding[] = [];
  return {
    name: 'the test',
    taken,
    position: () => Promise.resolve(taken.at(-1)?.seq ?? 0),
    take(findings) {
      taken.push(...findings);
      return Promise.resolve();
    },
  };
}

/** A watch over paths. `crash` leaves everything as a kill does; `close` ends it tidily. */
export interface Watched {
  watch: Watch;
  said: string[];
  refresh(): Promise<void>;
  crash(): void;
  close(): void;
}

/** Begins, or goes on, in `folder`. */
export async function begin(
  folder: string,
  paths: readonly string[],
  options: Partial<WatchOptions> & Pick<WatchOptions, 'now' | 'sinks'>,
): Promise<Watched> {
  mkdirSync(folder, { recursive: true });
  const said: string[] = [];
  const saved = readState(folder);
  const spool = createSpool();
  const followed = followPaths({
    ...{ paths, cwd: '/', formats: FORMATS, said: { zone: 'UTC' }, spool },
    saved: saved?.stream.sources ?? [],
    say: (text) => said.push(text),
  });
  await followed.refresh();
  const watch = await createWatch({
    ...{ folder, saved, sources: followed.sources, plan: createPlan((await rules()).ruleSet) },
    ...{ formats: FORMATS, zone: 'UTC', filter: createFilter(EVER), level: 'medium' },
    ...{ normal: undefined, delayUs: 200_000, say: (text: string) => said.push(text) },
    ...options,
  });
  const crash = (): void => {
    watch.close();
    followed.close();
    spool.remove();
  };
  return {
    ...{ watch, said, refresh: followed.refresh, crash },
    close() {
      watch.keep();
      crash();
    },
  };
}

/** The id and count of what closed, sorted. */
export const closedOf = (taken: readonly LiveFinding[]): string[] =>
  taken
    .filter(({ state }) => state === 'closed')
    .map(({ finding }) => toldOf(finding))
    .sort();

/** What is compared of a finding. */
export const toldOf = ({ rule, count, firstUs, lastUs, level, evidence }: Finding): string =>
  JSON.stringify([rule.title, level, count, firstUs, lastUs, evidence.map(({ raw }) => raw)]);
