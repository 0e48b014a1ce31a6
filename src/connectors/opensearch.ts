/**
 * OpenSearch and Elasticsearch: read by points in time and `search_after`, written to with `_bulk`.
 * @see https://opensearch.org/docs/latest/search-plugins/searching-data/point-in-time/
 */
import type { Asked, Connector, JsonRecord, Reach, Source } from './connector.ts';
import { TooLargeError } from './exchange.ts';
import { bulkSink } from './opensearch-bulk.ts';
import {
  type Cluster,
  fieldsOf,
  type Hit,
  hitsOf,
  openCluster,
  openPoint,
} from './search-cluster.ts';

/** Where reading can begin anew: everything before the time is read, and of those at the time these. */
interface Cursor {
  /** Value of the time as the server sorts it; undefined: of those without a time. */
  time: unknown;
  seen: readonly string[];
}

const FIRST_SIZE = 1000;
const MOST_SEEN = 100_000;

/** A time and what the user asks, as a query. */
export function queryOf(
  { since, until, query }: Asked,
  more: readonly JsonRecord[] = [],
): JsonRecord {
  const range = {
    ...(since === undefined ? {} : { gte: since.toISOString() }),
    ...(until === undefined ? {} : { lte: until.toISOString() }),
  };
  const filter: JsonRecord[] = [...more];
  if (since !== undefined || until !== undefined)
    filter.push({ range: { '@timestamp': { ...range, format: 'strict_date_optional_time' } } });
  if (query !== undefined)
    filter.push(
      query.trimStart().startsWith('{')
        ? (JSON.parse(query) as JsonRecord)
        : { query_string: { query, default_operator: 'AND', analyze_wildcard: true } },
    );
  return { bool: { filter } };
}

/** How hits are sorted: a tie is decided by what no two have alike. */
async function sortOf(cluster: Cluster, asked: Asked): Promise<readonly JsonRecord[]> {
  const fields = await fieldsOf(cluster);
  const has = (name: string): boolean => fields.get(name)?.isAggregatable === true;
  const last = has('ir.id')
    ? { 'ir.id': { order: 'asc', unmapped_type: 'keyword' } }
    : cluster.isOpenSearch
      ? { _id: { order: 'asc' } }
      : { _shard_doc: { order: 'asc' } };
  const time = { '@timestamp': { order: 'asc', unmapped_type: 'date' } };
  if (asked.isByFile !== true || !has('log.file.path') || !has('log.offset')) return [time, last];
  return [
    { 'log.file.path': { order: 'asc', unmapped_type: 'keyword', missing: '_first' } },
    { 'log.offset': { order: 'asc', unmapped_type: 'long' } },
    time,
    last,
  ];
}

/** All hits of a query in one point in time; the next page is asked for when it is wanted. @throws IrError (exit 5) */
export async function* searchAll(
  cluster: Cluster,
  body: { query: JsonRecord; sort: readonly JsonRecord[]; timeout?: string },
): AsyncGenerator<readonly Hit[]> {
  const point = await openPoint(cluster);
  let size = FIRST_SIZE;
  let after: readonly unknown[] | undefined;
  try {
    for (;;) {
      try {
        const answer = await cluster.json('POST', '/_search?allow_partial_search_results=false', {
          ...body,
          ...{ size, pit: point.pit(), track_total_hits: false },
          ...(after === undefined ? {} : { search_after: after }),
        });
        point.renew(answer);
        const hits = hitsOf(answer, `a search of ${cluster.index}`);
        if (hits.length === 0) return;
        yield hits;
        after = hits.at(-1)!.sort;
      } catch (error) {
        if (!(error instanceof TooLargeError) || size === 1) throw error;
        size = Math.ceil(size / 10);
      }
    }
  } finally {
    await point.close();
  }
}

function source(reach: Reach): Source {
  return {
    describe: (asked) => JSON.stringify(queryOf(asked)),
    async *read(asked, cursor) {
      const cluster = await openCluster(reach);
      const sort = await sortOf(cluster, asked);
      const from = cursor as Cursor | undefined;
      const more = from === undefined ? [] : [behind(from)];
      const seen = new Set(from?.seen ?? []);
      let time = from?.time;
      for await (const hits of searchAll(cluster, { query: queryOf(asked, more), sort })) {
        const fresh = hits.filter(({ id }) => !seen.has(id));
        for (const { id, source: record } of hits) {
          const at = record['@timestamp'];
          if (at !== time) {
            seen.clear();
            time = at;
          }
          if (seen.size < MOST_SEEN) seen.add(id);
        }
        yield {
          records: fresh.map(({ id, source: record }) => ({ id, record })),
          cursor: { time, seen: [...seen] } satisfies Cursor,
        };
      }
    },
  };
}

/** What is at the time or after it, and what has none. */
const behind = ({ time }: Cursor): JsonRecord => ({
  bool: {
    should: [
      ...(time === undefined ? [] : [{ range: { '@timestamp': { gte: time } } }]),
      { bool: { must_not: [{ exists: { field: '@timestamp' } }] } },
    ],
    minimum_should_match: 1,
  },
});

/** The connector. */
export const connector: Connector = {
  schemes: ['opensearch', 'elasticsearch'],
  title: 'OpenSearch and Elasticsearch',
  example: 'opensearch://cluster.example:9200/logs-*',
  url: 'https://opensearch.org/docs/latest/api-reference/',
  secrets: {
    user: ['OPENSEARCH_USERNAME', 'ELASTIC_USERNAME', 'ES_USERNAME'],
    password: ['OPENSEARCH_PASSWORD', 'ELASTIC_PASSWORD', 'ES_PASSWORD'],
    api_key: ['ELASTIC_API_KEY', 'ES_API_KEY'],
    token: ['OPENSEARCH_TOKEN', 'ES_TOKEN'],
  },
  isHunted: true,
  source,
  sink: bulkSink,
};
