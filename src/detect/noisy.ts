/**
 * Rules that hit what is ordinary here: at least a thousand times, in every part of the span, at more than half of all actors
 * of their logs. A share of the lines alone would silence a breach. Their findings stand in one line; those of level high stay,
 * and so do those of accounts and sources that broke in.
 */
import { levelRank } from '../events/level.ts';
import { FORMATS } from '../logs/formats/list.ts';
import { createTurns, inTurns } from '../logs/turns.ts';
import { type Burst, joinBursts } from './bursts.ts';
import { readCited } from './evidence.ts';
import { createKinds, ruleFits } from './fields/log-sources.ts';
import type { Location } from './location.ts';
import { createParents } from './parents.ts';
import { entitiesOf, type Plan } from './plan.ts';
import { createRowStore } from './rows/row-store.ts';
import type { ScanResult } from './scan-task.ts';
import type { Session } from './session.ts';
import type { Totals } from './totals.ts';

/** What a noisy rule hits. */
export interface Noise {
  /** Actors that it hits, of all that its logs have. */
  actors: number;
  ofActors: number;
  /** Findings that stand in the one line. */
  findings: number;
}

const LEAST_HITS = 1000;
/** Of fewer actors a person can look at each. */
const LEAST_ACTORS = 10;
const SLICES = 10;
const BATCH = 5000;

/** Rules, by index, that may be noisy: all but the share of the actors is known of them. */
export function noisyCandidates(
  bursts: readonly Burst[],
  { ruleSet: { rules } }: Plan,
  { firstUs, lastUs }: Totals,
): number[] {
  if (firstUs === undefined || lastUs === undefined || lastUs <= firstUs) return [];
  const sliceUs = (lastUs - firstUs) / SLICES;
  const sliceOf = (us: number): number =>
    Math.min(SLICES - 1, Math.floor((us - firstUs) / sliceUs));
  const seen = new Map<number, { hits: number; keys: Set<string>; slices: Set<number> }>();
  for (const burst of bursts) {
    if (levelRank(rules[burst.rule]!.rule.level) >= levelRank('high')) continue;
    let known = seen.get(burst.rule);
    if (known === undefined)
      seen.set(burst.rule, (known = { hits: 0, keys: new Set(), slices: new Set() }));
    known.hits += burst.count;
    known.keys.add(burst.key);
    if (burst.firstUs === undefined || burst.lastUs === undefined) continue;
    for (let slice = sliceOf(burst.firstUs); slice <= sliceOf(burst.lastUs); slice += 1)
      known.slices.add(slice);
  }
  return [...seen].flatMap(([rule, { hits, keys, slices }]) =>
    hits >= LEAST_HITS && keys.size >= LEAST_ACTORS && slices.size === SLICES ? [rule] : [],
  );
}

/** The noisy ones of the candidates, with their actors: the events are read once more to count these. */
export async function noisyRules(
  candidates: readonly number[],
  session: Session,
  plan: Plan,
  results: readonly ScanResult[],
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<number, Noise>> {
  if (candidates.length === 0) return new Map();
  const { rules } = plan.ruleSet;
  const counts = new Map(
    candidates.map((rule) => [rule, { all: new Set<string>(), hit: new Set<string>() }]),
  );
  const store = createRowStore();
  const turn = createTurns(signal);
  const kindOf = createKinds(FORMATS);
  const reader = { formats: FORMATS, parents: createParents(session.files, FORMATS) };
  const count = async (locations: readonly Location[]): Promise<void> => {
    const work = readCited(locations, session.files, session.marksOf(results), reader);
    for (const { event, raw } of (await inTurns(work, turn)).values()) {
      if (event === undefined) continue;
      const { source } = kindOf(event);
      for (const [rule, { all, hit }] of counts) {
        const compiled = rules[rule]!;
        if (!ruleFits(compiled.rule.logsource, source)) continue;
        const actor = entitiesOf(plan.entityFields[rule] ?? [], event)[0]?.[1];
        if (actor === undefined) continue;
        all.add(actor);
        if (!hit.has(actor) && compiled.test(event, raw)) hit.add(actor);
      }
    }
  };
  try {
    await session.scan('every', ({ rows }) => store.add(rows));
    let batch: Location[] = [];
    for (const { rows, start, end } of store.merged()) {
      for (let index = start; index < end; index += 1) batch.push(rows.locations[index]!);
      if (batch.length < BATCH) continue;
      await count(batch);
      batch = [];
    }
    await count(batch);
  } finally {
    store.remove();
  }
  return new Map(
    [...counts].flatMap(([rule, { all, hit }]) =>
      hit.size * 2 > all.size && hit.size >= LEAST_ACTORS
        ? [[rule, { actors: hit.size, ofActors: all.size, findings: 0 }] as const]
        : [],
    ),
  );
}

/** One burst for each noisy rule, of all that are not kept apart. */
export function joinNoise(
  bursts: readonly Burst[],
  noise: ReadonlyMap<number, Noise>,
  isKept: (burst: Burst) => boolean,
): { burst: Burst; noise: Noise }[] {
  return [...noise].flatMap(([rule, known]) => {
    const own = bursts.filter((burst) => burst.rule === rule && !isKept(burst));
    return own.length === 0
      ? []
      : [{ burst: joinBursts(own), noise: { ...known, findings: own.length } }];
  });
}
