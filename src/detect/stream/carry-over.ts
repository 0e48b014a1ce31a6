/**
 * A stream at rest under one set of rules, for one under another: what rules that are the same have seen is kept. Rules,
 * correlations and kinds of rows are numbered by their place in the set, so numbers are exchanged.
 */
import { createHash } from 'node:crypto';
import type { Plan } from '../plan.ts';
import type { SavedStream } from './stream.ts';

/** What the numbers of a saved stream stand for, in their order. */
export interface PlanNames {
  rules: readonly string[];
  correlations: readonly string[];
  kinds: readonly string[];
}

/** Names that are the same in two plans only for what does the same. */
export function namesOf({ ruleSet, rowKinds }: Plan): PlanNames {
  const rules = ruleSet.rules.map(({ rule }) => nameOf(rule));
  const correlations = ruleSet.correlations.map(({ rule }) => nameOf(rule));
  const kinds = rowKinds.map(({ feeds }) => {
    const [first] = feeds;
    const { groupBy, countedFields, aliases } = ruleSet.correlations[first!.correlation]!.rule;
    const alone = aliases.size > 0 ? correlations[first!.correlation] : '';
    return JSON.stringify([rules[first!.rule], groupBy, countedFields, alone, first!.input]);
  });
  return { rules, correlations, kinds };
}

/** By id or title, and all that it says. */
function nameOf(rule: { id: string; title: string; place: unknown }): string {
  const { place: _place, ...said } = rule as Record<string, unknown>;
  const text = JSON.stringify(said, (_key, value: unknown) =>
    value instanceof Map || value instanceof Set ? [...value] : value,
  );
  const digest = createHash('sha256').update(text).digest('base64url').slice(0, 12);
  return `${rule.id === '' ? rule.title : rule.id} ${digest}`;
}

/** The same for another plan; what has no place in it is left behind. */
export function carriedOver(saved: SavedStream, plan: Plan, rules: string): SavedStream {
  const now = namesOf(plan);
  const { names } = saved;
  if (names === undefined) return { ...saved, rules, rows: [], bursts: [], correlations: NOTHING };
  const rule = exchange(names.rules, now.rules);
  const correlation = exchange(names.correlations, now.correlations);
  const kind = exchange(names.kinds, now.kinds);
  const { groups, chain, cold = [], texts = [] } = saved.correlations;
  const before = now.correlations.map((name) => names.correlations.indexOf(name));
  return {
    ...{ ...saved, rules, names: now },
    rows: saved.rows.flatMap((row) => {
      const to = kind(row[0]);
      return to === undefined ? [] : [[to, row[1], row[2], row[3], row[4]] as const];
    }),
    bursts: saved.bursts.map(([content, bursts]) => [
      content,
      bursts.flatMap((burst) => {
        const to = rule(burst.rule);
        return to === undefined ? [] : [{ ...burst, rule: to }];
      }),
    ]),
    correlations: {
      groups: before.map((index) => groups[index] ?? []),
      cold: before.map((index) => cold[index] ?? null),
      texts,
      chain: chain.flatMap(([index, group, burst]) => {
        const to = correlation(index);
        return to === undefined ? [] : [[to, group, burst] as const];
      }),
    },
  };
}

const NOTHING: SavedStream['correlations'] = { groups: [], chain: [] };

/** From a number of the one list to that of the other. */
function exchange(
  from: readonly string[],
  to: readonly string[],
): (index: number) => number | undefined {
  const places = new Map(to.map((name, index) => [name, index]));
  return (index) => places.get(from[index] ?? '');
}
