/** Asks a cluster for all that the rules may hit, and brings every document once. */
import type { Asked, JsonRecord } from '../connectors/connector.ts';
import { remoteError } from '../connectors/exchange.ts';
import { queryOf, searchAll } from '../connectors/opensearch.ts';
import { type Cluster, fieldsOf, ShardsError } from '../connectors/search-cluster.ts';
import type { Plan } from '../detect/plan.ts';
import { foreignOf, hasBeats } from './beats-documents.ts';
import { narrowByGroups } from './group-candidates.ts';
import { type Dsl, MOST_LITERAL, type Pushed, ruleQuery } from './rule-query.ts';

/** What a hunt may cost. */
export interface HuntLimits {
  /** Documents that are brought. */
  hits: number;
  /** Seconds that the cluster may take for one search. */
  seconds: number;
  /** From how many documents of a rule on their groups are counted there first; 10,000 where absent. */
  worthIt?: number;
  /** Called before a search begins anew because shards failed; says so, and waits. */
  again(why: string): Promise<void>;
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
export function askedRules(
  { ruleSet: { rules, resolve } }: Pick<Plan, 'ruleSet'>,
  foreign?: Parameters<typeof ruleQuery>[3],
): AskedRule[] {
  return rules.map((compiled) => {
    const { title, id } = compiled.rule;
    for (const mostLiteral of [MOST_LITERAL, 5]) {
      const asked = ruleQuery(compiled, resolve, mostLiteral, foreign);
      if (clausesOf(asked.query) <= MOST_CLAUSES) return { title, id, ...asked };
    }
    return { title, id, ...ruleQuery(compiled, resolve, 0, foreign) };
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
  const foreign = hasBeats(await fieldsOf(cluster)) ? foreignOf : undefined;
  const rules = await narrowByGroups(cluster, plan, asked, askedRules(plan, foreign), limits);
  const batches = batchesOf(rules);
  const timeout = `${limits.seconds}s`;
  const seen = new Set<string>();
  const bring = async (query: JsonRecord): Promise<void> => {
    const sort = [{ '@timestamp': 'asc' }, TIE];
    for await (const hits of searchAll(cluster, { query, sort, timeout })) {
      const fresh = hits.filter(({ id }) => !seen.has(id));
      for (const { id } of fresh) seen.add(id);
      if (seen.size > limits.hits) throw tooMany(cluster, limits);
      await take(fresh.map(({ source }) => source));
    }
  };
  for (const batch of batches) {
    const query = queryOf(asked, [batch]);
    for (let attempt = 1; ; attempt += 1) {
      try {
        await bring(query);
        break;
      } catch (error) {
        // With a node goes what it held open; its copies answer a search that begins anew.
        if (!(error instanceof ShardsError) || attempt === TRIES) throw error;
        await limits.again(error.message);
      }
    }
  }
  return { rules, brought: seen.size, searched: batches.length };
}

const TRIES = 4;

const tooMany = ({ index }: Cluster, { hits }: HuntLimits): Error =>
  remoteError(
    `the rules ask for more than ${hits} documents of ${index}`,
    'Narrow it with --since, --query, --rule or --level, or allow more with --max-hits.',
  );

/** No two documents have it alike. */
const TIE = { 'ir.id': { order: 'asc', unmapped_type: 'keyword' } };
