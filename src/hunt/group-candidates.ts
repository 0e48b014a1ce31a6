/**
 * What is only counted by group (failed logins by address) is counted in the cluster first: a group of which there are fewer
 * documents than the rule needs cannot fire, and its documents stay where they are.
 */
import type { Asked } from '../connectors/connector.ts';
import { queryOf } from '../connectors/opensearch.ts';
import { assertWhole, type Cluster } from '../connectors/search-cluster.ts';
import type { Plan } from '../detect/plan.ts';
import type { FieldReader } from '../sigma/compiled-rule.ts';
import type { AskedRule, HuntLimits } from './collect-hits.ts';
import { type Dsl, plainPath } from './rule-query.ts';

/** Fewer documents than this are brought without asking which groups they are of. */
const WORTH_IT = 10_000;
const PAGE = 1000;
/** More groups than this cannot be named in a query. */
const MOST_GROUPS = 5000;

/** The rules that only feed counts, by what they are counted by and from how many on they may fire. */
function countedBy(plan: Plan, rule: number): { field: string; least: number } | undefined {
  const { rules, correlations, silent } = plan.ruleSet;
  if (!silent.has(rule) || rules[rule] === undefined) return undefined;
  let found: { field: string; least: number } | undefined;
  for (const { rule: correlation, inputs } of correlations) {
    const input = inputs.find((one) => one.rule === rule);
    if (input === undefined) continue;
    const { gte, gt, eq } = correlation.condition;
    const least = gte ?? (gt === undefined ? eq : gt + 1);
    const isCount = correlation.type === 'event_count' || correlation.type === 'value_count';
    // Several rules may make up one count together.
    if (!isCount || least === undefined || least < 3 || inputs.length !== 1) return undefined;
    const [reader, ...others] = input.groupBy as [FieldReader | undefined, ...FieldReader[]];
    const field = reader === undefined || others.length > 0 ? undefined : plainPath(reader);
    if (field === undefined || (found !== undefined && found.field !== field)) return undefined;
    found = { field, least: Math.min(least, found?.least ?? least) };
  }
  return found;
}

/** Narrows those that are worth it to groups that may fire. */
export async function narrowByGroups(
  cluster: Cluster,
  plan: Plan,
  asked: Asked,
  rules: readonly AskedRule[],
  limits: HuntLimits,
): Promise<AskedRule[]> {
  const narrowed: AskedRule[] = [];
  for (const [index, rule] of rules.entries()) {
    const by = countedBy(plan, index);
    narrowed.push(by === undefined ? rule : await ofGroups(cluster, asked, rule, by, limits));
  }
  return narrowed;
}

async function ofGroups(
  cluster: Cluster,
  asked: Asked,
  rule: AskedRule,
  { field, least }: { field: string; least: number },
  { seconds }: HuntLimits,
): Promise<AskedRule> {
  const path = `/${encodeURIComponent(cluster.index)}/_search?allow_partial_search_results=false`;
  const query = queryOf(asked, [rule.query]);
  const timeout = `${seconds}s`;
  const counted = await cluster.json('POST', path, {
    ...{ size: 0, query, timeout, track_total_hits: WORTH_IT },
  });
  assertWhole(counted, `a search of ${cluster.index}`);
  const { total } = (counted['hits'] ?? {}) as { total?: { value?: number } };
  if ((total?.value ?? 0) < WORTH_IT) return rule;
  const groups: string[] = [];
  let after: unknown;
  do {
    const answer = await cluster.json('POST', path, {
      ...{ size: 0, query, timeout, track_total_hits: false },
      aggs: {
        groups: {
          composite: {
            size: PAGE,
            sources: [{ group: { terms: { field } } }],
            ...(after === undefined ? {} : { after }),
          },
        },
      },
    });
    assertWhole(answer, `a search of ${cluster.index}`);
    const { groups: found } = (answer['aggregations'] ?? {}) as {
      groups?: {
        after_key?: unknown;
        buckets?: readonly { key: { group: string }; doc_count: number }[];
      };
    };
    for (const { key, doc_count: count } of found?.buckets ?? [])
      if (count >= least) groups.push(key.group);
    after = found?.after_key;
    if (groups.length > MOST_GROUPS) return rule;
  } while (after !== undefined);
  const which: Dsl[] = [
    { terms: { [field]: groups } },
    // One document may stand for several events; one that has no such value may be of somebody else.
    { exists: { field: 'ir.repeats' } },
    { term: { _ignored: field } },
    { bool: { must_not: [{ exists: { field } }], filter: [{ term: { 'ir.has_record': true } }] } },
    { bool: { must_not: [{ exists: { field: 'ir.format' } }] } },
  ];
  return {
    ...rule,
    pushed: 'narrowed by groups',
    query: { bool: { filter: [rule.query, { bool: { should: which, minimum_should_match: 1 } }] } },
  };
}
