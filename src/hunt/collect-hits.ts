/** Asks a cluster for all that the rules may hit, and brings every document once. */
import type { Asked, JsonRecord } from '../connectors/connector.ts';
import { remoteError } from '../connectors/exchange.ts';
import { queryOf, searchAll } from '../connectors/opensearch.ts';
import { assertWhole, type Cluster } from '../connectors/search-cluster.ts';
import type { Plan } from '../detect/plan.ts';
import { narrowByGroups } from './group-candidates.ts';
import { type Dsl, type Pushed, ruleQuery } from './rule-query.ts';

/** What a hunt may cost. */
export interface HuntLimits {
  /** Documents that are brought. */
  hits: number;
  /** Seconds that the cluster may take for one search. */
  seconds: number;
}

/** A rule as it is asked. */
export interface AskedRule {
  title: string;
  id: string;
  pushed: Pushed | 'narrowed by groups';
  query: Dsl;
}

/** More clauses than a query may have by default, with room for what stands around them. */
const MOST_CLAUSES = 800;
const CLAUSES: ReadonlySet<string> = new Set([
  'term',
  'terms',
  'wildcard',
  'exists',
  'range',
  'match_all',
]);

/** Every rule that can report, or feed one that does, as a query. */
export function askedRules({ ruleSet: { rules, resolve } }: Pick<Plan, 'ruleSet'>): AskedRule[] {
  return rules.map((compiled) => {
    const { title, id } = compiled.rule;
    for (const mostLiteral of [16, 5]) {
      const asked = ruleQuery(compiled, resolve, mostLiteral);
      if (clausesOf(asked.query) <= MOST_CLAUSES) return { title, id, ...asked };
    }
    return { title, id, pushed: 'log source only', query: { match_all: {} } };
  });
}

/** How many clauses a query has once the cluster has taken it apart. */
export function clausesOf(query: unknown): number {
  if (typeof query !== 'object' || query === null) return 0;
  return Object.entries(query).reduce(
    (sum, [key, value]) =>
      sum +
      (CLAUSES.has(key) ? 1 : 0) +
      // Looked up by each three of its characters.
      (key === 'ir.text' ? String((value as { value?: unknown }).value).length : clausesOf(value)),
    0,
  );
}

/** Rules that are asked together. */
function batchesOf(rules: readonly AskedRule[]): Dsl[] {
  const batches: Dsl[][] = [[]];
  let clauses = 0;
  for (const { query } of rules) {
    const own = clausesOf(query);
    if (clauses + own > MOST_CLAUSES) {
      batches.push([]);
      clauses = 0;
    }
    batches.at(-1)!.push(query);
    clauses += own;
  }
  return batches
    .filter((queries) => queries.length > 0)
    .map((should) => ({ bool: { should, minimum_should_match: 1 } }));
}

/**
 * Brings them.
 * @param take called with documents that were not there yet
 * @throws IrError (exit 5) where there are more than the limit, or the cluster does not answer in full
 */
export async function collectHits(
  cluster: Cluster,
  plan: Plan,
  asked: Asked,
  limits: HuntLimits,
  take: (documents: readonly JsonRecord[]) => Promise<void>,
): Promise<{ rules: readonly AskedRule[]; brought: number; searched: number }> {
  const rules = await narrowByGroups(cluster, plan, asked, askedRules(plan), limits);
  const batches = batchesOf(rules);
  const timeout = `${limits.seconds}s`;
  let expected = 0;
  for (const batch of batches) {
    const query = queryOf(asked, [batch]);
    const counted = await cluster.json('POST', `/${encodeURIComponent(cluster.index)}/_search`, {
      ...{ size: 0, query, timeout, track_total_hits: limits.hits + 1 },
    });
    assertWhole(counted, `a search of ${cluster.index}`);
    const { total } = (counted['hits'] ?? {}) as { total?: { value?: number } };
    expected = Math.max(expected, total?.value ?? 0);
    if (expected > limits.hits)
      throw remoteError(
        `the rules ask for more than ${limits.hits} documents of ${cluster.index}`,
        'Narrow it with --since, --query, --rule or --level, or allow more with --max-hits.',
      );
  }
  const seen = new Set<string>();
  for (const batch of batches) {
    const query = queryOf(asked, [batch]);
    for await (const hits of searchAll(cluster, {
      query,
      sort: [{ '@timestamp': 'asc' }, TIE],
      timeout,
    })) {
      const fresh = hits.filter(({ id }) => !seen.has(id));
      for (const { id } of fresh) seen.add(id);
      if (seen.size > limits.hits)
        throw remoteError(
          `the rules hit more than ${limits.hits} documents of ${cluster.index}`,
          'Narrow it with --since, --query, --rule or --level, or allow more with --max-hits.',
        );
      await take(fresh.map(({ source }) => source));
    }
  }
  return { rules, brought: seen.size, searched: batches.length };
}

/** No two documents have it alike. */
const TIE = { 'ir.id': { order: 'asc', unmapped_type: 'keyword' } };
