/** What is normal: learnt from logs of a quiet time (--baseline), or from the first fifth of the span. */
import { EXIT, IrError } from '../errors.ts';
import { rfc3339 } from '../events/rfc3339.ts';
import type { RuleChoice } from './choose-rules.ts';
import {
  countedText,
  createLearner,
  isFirstSeen,
  keyOf,
  type Learnt,
  type Normal,
} from './correlate/first-seen.ts';
import { NO_VALUE } from './correlate/window.ts';
import type { Finding } from './finding.ts';
import type { Geo } from './geo/geo.ts';
import { createPlan, type Plan } from './plan.ts';
import { createRowStore, type RowStore } from './rows/row-store.ts';
import { type AnalyseOptions, openSession } from './session.ts';
import { addTotals, createTotals, type Totals } from './totals.ts';

/** Habits need days: of a shorter span nothing is learnt. */
const LEAST_SPAN_US = 5 * 86_400 * 1_000_000;
const PART_LEARNT = 5;

/** What the first fifth of a span tells; undefined where it is too short, or no rule asks. */
export function normalOfSpan(plan: Plan, { firstUs, lastUs }: Totals): Normal | undefined {
  if (firstUs === undefined || lastUs === undefined || lastUs - firstUs < LEAST_SPAN_US)
    return undefined;
  if (!plan.ruleSet.correlations.some(({ rule }) => isFirstSeen(rule))) return undefined;
  return { untilUs: firstUs + Math.floor((lastUs - firstUs) / PART_LEARNT), learnt: new Map() };
}

/** Says until when it was learnt what is normal, where findings rest on that. */
export function sayLearnt(
  { ruleSet: { correlations } }: Plan,
  { untilUs }: Normal,
  findings: readonly Pick<Finding, 'rule'>[],
  { say, timeText = rfc3339 }: Pick<AnalyseOptions, 'say' | 'timeText'>,
): void {
  const ids = new Set(correlations.flatMap(({ rule }) => (isFirstSeen(rule) ? [rule.id] : [])));
  if (untilUs === Number.NEGATIVE_INFINITY || !findings.some(({ rule }) => ids.has(rule.id)))
    return;
  say?.(
    `what is normal is learnt from the first fifth of the span, until ${timeText(untilUs)}; --baseline names other logs`,
  );
}

/**
 * Reads the logs of a baseline and learns from all that they hold, whatever time is asked for.
 * Throws an `IrError` (exit 4) when there is no event in them.
 */
export async function learnNormal(
  paths: readonly string[],
  options: AnalyseOptions,
  choice: RuleChoice,
): Promise<Normal> {
  const plan = createPlan(choice.ruleSet);
  const { documents, mappings } = choice;
  const { sinceUs, untilUs } = EVER;
  const filter = { ...options.filter, sinceUs, untilUs };
  const session = await openSession(
    paths,
    { ...options, filter, isHashed: false, isBaseline: true },
    () => Promise.resolve({ choice, documents, mappings, plan }),
  );
  const store = createRowStore();
  try {
    const totals = createTotals();
    await session.scan('rules', (result) => {
      store.add(result.rows);
      addTotals(totals, result.totals);
    });
    for (const { path, reason } of session.problems)
      options.say?.(`the baseline is not whole: ${path}: ${reason}`);
    if (totals.events === 0) {
      throw new IrError(`nothing can be learnt from the baseline: there is no event in it`, {
        exit: EXIT.unreadableInput,
        source: { path: paths.join(', ') },
        hint: 'Name logs of the same kinds from a time in which all was well.',
      });
    }
    options.say?.(
      `what is normal is learnt from ${totals.events} events of the baseline${spanOf(totals, options.timeText)}`,
    );
    return { untilUs: Number.NEGATIVE_INFINITY, learnt: learntFrom(plan, store, options.geo) };
  } finally {
    store.remove();
    await session.close();
  }
}

const EVER = { sinceUs: Number.NEGATIVE_INFINITY, untilUs: Number.POSITIVE_INFINITY };

const spanOf = ({ firstUs, lastUs }: Totals, timeText = rfc3339): string =>
  firstUs === undefined || lastUs === undefined
    ? ''
    : `, ${timeText(firstUs)} to ${timeText(lastUs)}`;

function learntFrom(
  { ruleSet: { correlations }, rowKinds }: Plan,
  store: RowStore,
  geo: Geo | undefined,
): Map<string, Learnt> {
  const all = new Map<string, Learnt>();
  const learners = correlations.map(({ rule }) => {
    if (!isFirstSeen(rule)) return undefined;
    const learnt: Learnt = new Map();
    all.set(keyOf(rule), learnt);
    return createLearner(learnt);
  });
  const learn = (correlation: number, group: string, value: string): void => {
    const text = countedText(correlations[correlation]!.rule, geo, value);
    if (text !== undefined) learners[correlation]?.(group, text);
  };
  for (const { rows, start, end } of store.merged()) {
    for (let index = start; index < end; index += 1) {
      const value = rows.values[index]!;
      if (value === NO_VALUE) continue;
      for (const { correlation } of rowKinds[rows.kinds[index]!]!.feeds)
        learn(correlation, store.textOf(rows.groups[index]!), store.textOf(value));
    }
  }
  return all;
}
