/**
 * What is only counted by group (failed logins by address) is counted in the cluster first: a group of which there are fewer
 * documents than the rule needs cannot fire, and its documents stay where they are.
 */
import type { Asked, JsonRecord } from '../connectors/connector.ts';
import { queryOf } from '../connectors/opensearch.ts';
import { assertWhole, type Cluster } from '../connectors/search-cluster.ts';
import type { Plan } from '../detect/plan.ts';
import { FIELD_TYPES } from '../events/ecs-field-names.ts';
import type { EcsField, Event } from '../events/event.ts';
import type { FieldReader } from '../sigma/compiled-rule.ts';
import type { AskedRule, HuntLimits } from './collect-hits.ts';
import { type Dsl, FOREIGN, plainPath } from './rule-query.ts';

/** Fewer documents than this are brought without asking which groups they are of. */
const WORTH_IT = 10_000;
const PAGE = 1000;
/** More values than this cannot be named in a query. */
const MOST_GROUPS = 5000;
/** More than this are not counted here. */
const MOST_VALUES = 500_000;

/** What events of a rule are counted by: the first of these fields that is there, or what becomes of its value (an address its network). */
interface Count {
  paths: readonly EcsField[];
  groupOf(path: EcsField, value: string): string;
  /** From how many on it may fire. */
  least: number;
}

/** By what the events of a rule are counted which does nothing else; undefined where it does. */
function countsOf(plan: Plan, rule: number): Count[] | undefined {
  const { rules, correlations, silent } = plan.ruleSet;
  if (!silent.has(rule) || rules[rule] === undefined) return undefined;
  const found = new Map<string, Count>();
  for (const { rule: correlation, inputs } of correlations) {
    const input = inputs.find((one) => one.rule === rule);
    if (input === undefined) continue;
    const { gte, gt, eq } = correlation.condition;
    const least = gte ?? (gt === undefined ? eq : gt + 1);
    const isCount = correlation.type === 'event_count' || correlation.type === 'value_count';
    // Several rules may make up one count together.
    if (!isCount || least === undefined || least < 3 || inputs.length !== 1) return undefined;
    const [reader, ...others] = input.groupBy as [FieldReader | undefined, ...FieldReader[]];
    const count = reader === undefined || others.length > 0 ? undefined : countBy(reader, least);
    if (count === undefined) return undefined;
    const key = `${count.paths.join()} ${reader?.untransformed === undefined}`;
    const known = found.get(key)?.least ?? least;
    found.set(key, { ...count, least: Math.min(least, known) });
  }
  return found.size === 0 ? undefined : [...found.values()];
}

function countBy(reader: FieldReader, least: number): Count | undefined {
  const plain = plainPath(reader);
  if (plain !== undefined) return { paths: [plain], groupOf: (_path, value) => value, least };
  const { untransformed, paths = [] } = reader;
  const areFields = paths.length > 0 && paths.every((path) => Object.hasOwn(FIELD_TYPES, path));
  if (untransformed?.isPlain !== true || !areFields) return undefined;
  return {
    paths: paths as readonly EcsField[],
    groupOf: (path, value) => String(reader({ [path]: value } as unknown as Event) ?? value),
    least,
  };
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
    const counts = countsOf(plan, index);
    narrowed.push(
      counts === undefined ? rule : await ofGroups(cluster, asked, rule, counts, limits),
    );
  }
  return narrowed;
}

async function ofGroups(
  cluster: Cluster,
  asked: Asked,
  rule: AskedRule,
  counts: readonly Count[],
  { seconds, worthIt = WORTH_IT }: HuntLimits,
): Promise<AskedRule> {
  const search = async (body: JsonRecord, query: Dsl): Promise<JsonRecord> => {
    const answer = await cluster.json(
      'POST',
      `/${encodeURIComponent(cluster.index)}/_search?allow_partial_search_results=false`,
      { size: 0, query: queryOf(asked, [query]), timeout: `${seconds}s`, ...body },
    );
    assertWhole(answer, `a search of ${cluster.index}`);
    return answer;
  };
  const counted = await search({ track_total_hits: worthIt }, rule.query);
  const { total } = (counted['hits'] ?? {}) as { total?: { value?: number } };
  if ((total?.value ?? 0) < worthIt) return rule;
  const which: Dsl[] = [];
  for (const count of counts) {
    const values = await valuesThatMayFire(count, rule.query, search);
    if (values === undefined) return rule;
    which.push(...values, ...unknownOf(count));
  }
  // One document may stand for several events; one that is not ours may be of somebody else.
  which.push({ exists: { field: 'ir.repeats' } }, FOREIGN);
  return {
    ...rule,
    pushed: 'narrowed by groups',
    query: { bool: { filter: [rule.query, { bool: { should: which, minimum_should_match: 1 } }] } },
  };
}

/** Documents of which the cluster cannot say in which group they are. */
const unknownOf = ({ paths }: Count): Dsl[] => [
  ...paths.map((field): Dsl => ({ term: { _ignored: field } })),
  {
    bool: {
      must_not: paths.map((field) => ({ exists: { field } })),
      filter: [{ term: { 'ir.has_record': true } }],
    },
  },
];

interface Bucket {
  key: { group: string };
  doc_count: number;
}

/** The values whose groups have enough documents, field by field; undefined where they are too many to be named. */
async function valuesThatMayFire(
  { paths, groupOf, least }: Count,
  query: Dsl,
  search: (body: JsonRecord, query: Dsl) => Promise<JsonRecord>,
): Promise<Dsl[] | undefined> {
  const groups = new Map<string, { count: number; values: [EcsField, string][] }>();
  let seen = 0;
  for (const [index, field] of paths.entries()) {
    // Only the first field that is there counts.
    const before = paths.slice(0, index).map((one) => ({ exists: { field: one } }));
    const within: Dsl = { bool: { filter: [query], must_not: before } };
    let after: unknown;
    do {
      const sources = [{ group: { terms: { field } } }];
      const composite = { size: PAGE, sources, ...(after === undefined ? {} : { after }) };
      const answer = await search(
        { track_total_hits: false, aggs: { groups: { composite } } },
        within,
      );
      const { groups: found } = (answer['aggregations'] ?? {}) as {
        groups?: { after_key?: unknown; buckets?: readonly Bucket[] };
      };
      for (const { key, doc_count: count } of found?.buckets ?? []) {
        const group = groupOf(field, key.group);
        const known = groups.get(group) ?? { count: 0, values: [] };
        known.count += count;
        known.values.push([field, key.group]);
        groups.set(group, known);
        seen += 1;
      }
      if (seen > MOST_VALUES) return undefined;
      after = found?.after_key;
    } while (after !== undefined);
  }
  const values = [...groups.values()].flatMap((group) =>
    group.count >= least ? group.values : [],
  );
  if (values.length > MOST_GROUPS) return undefined;
  return paths.map((field) => ({
    terms: { [field]: values.flatMap(([of, value]) => (of === field ? [value] : [])) },
  }));
}
