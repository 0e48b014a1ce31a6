/** Where every event lies and when it happened, sorted by time or by place: what streams and lists of events begin with. */
import type { IrError } from '../errors.ts';
import { createTurns } from '../logs/turns.ts';
import { readFiles } from './analyse.ts';
import { chooseRules, NO_RULES, namedRules } from './choose-rules.ts';
import { runCorrelations } from './correlate/pass.ts';
import type { Hash } from './hash-files.ts';
import { createPlan } from './plan.ts';
import { createRowStore, type RowStore } from './rows/row-store.ts';
import type { Rows } from './rows/rows.ts';
import { accountOnly, type ScanResult } from './scan-task.ts';
import { type AnalyseOptions, type LoadedPlan, openSession, type Session } from './session.ts';
import { createWanted } from './wanted-rows.ts';
import { witnessesOf } from './witnesses.ts';

/** The rows, and the session that read them. Whoever opens them closes the session and removes the store. */
export interface OpenedRows {
  session: Session;
  /** Sorted by place where `order` is `file`: then times and locations have changed about. */
  store: RowStore;
  results: readonly ScanResult[];
  hashing: Promise<readonly Hash[]>;
  count: number;
  /** Rules of `--rule` and `--rules` that could not be loaded, each with its place. */
  brokenRules: readonly IrError[];
}

/** Reads the paths: a row an event; with rules named, those that one of them hits, or counted where it fired. */
export async function openRows(
  paths: readonly string[],
  options: AnalyseOptions,
): Promise<OpenedRows> {
  let brokenRules: readonly IrError[] = [];
  const session = await openSession(paths, options, async () => {
    if (options.ruleNames.length === 0) {
      // Rules that are given and not asked for are not run, but a mistake in them is said.
      if (options.ruleFolders.length > 0) brokenRules = (await chooseRules(options)).problems;
      return NO_RULES;
    }
    const { documents, mappings, ruleSet, problems } = await chooseRules(options);
    brokenRules = problems;
    return { documents, mappings, plan: createPlan(ruleSet) };
  });
  const store = createRowStore();
  const isByFile = options.order === 'file';
  try {
    const hashing = session.hash();
    hashing.catch(() => undefined);
    const results: ScanResult[] = [];
    let count = 0;
    const wanted = await wantedOf(session, options);
    await session.scan('events', (result) => {
      const rows = wanted(result.rows);
      count += rows.count;
      store.add(isByFile ? byPlace(rows) : rows);
      results.push(accountOnly(result));
    });
    return { session, store, results, hashing, count, brokenRules };
  } catch (error) {
    store.remove();
    await session.close();
    throw error;
  }
}

/** The choice among the rows of hits; where correlations are asked for, the files are read for what fired first. */
async function wantedOf(
  session: Session & { loaded: LoadedPlan },
  options: AnalyseOptions,
): Promise<(rows: Rows) => Rows> {
  const { plan } = session.loaded;
  const { length: correlations } = plan.ruleSet.correlations;
  const { rowKinds } = plan;
  const named = namedRules(plan.ruleSet, options.ruleNames);
  if (correlations === 0) return createWanted({ correlations, rowKinds }, named, []);
  const store = createRowStore();
  try {
    await readFiles(session, plan, store, options);
    const all = (): boolean => true;
    const turn = createTurns(options.signal);
    const witnesses = witnessesOf(session.files);
    const { hits } = await runCorrelations(
      plan,
      store,
      all,
      all,
      witnesses,
      turn,
      undefined,
      options.geo,
    );
    return createWanted({ correlations, rowKinds }, named, hits);
  } finally {
    store.remove();
  }
}

/** Rows are merged by their first column: with both changed about, the places decide. */
function byPlace(rows: Rows): Rows {
  const { count, times, locations } = rows;
  const order = Uint32Array.from({ length: count }, (_, index) => index).sort(
    (a, b) => locations[a]! - locations[b]!,
  );
  const placed = <T extends Float64Array | Uint16Array | Uint32Array>(from: T): T => {
    const to = from.slice(0, count) as T;
    for (let index = 0; index < count; index += 1) to[index] = from[order[index]!]!;
    return to;
  };
  return {
    ...rows,
    ...{ times: placed(locations), locations: placed(times), kinds: placed(rows.kinds) },
    ...{ groups: placed(rows.groups), values: placed(rows.values) },
  };
}
