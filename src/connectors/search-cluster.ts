/** What OpenSearch and Elasticsearch are asked alike: who they are, points in time, searches, fields. */

import { EXIT, IrError } from '../errors.ts';
import type { JsonRecord, Reach } from './connector.ts';
import { type Answer, ask, authorization, jsonOf, refusal, remoteError } from './exchange.ts';
import { baseUrl } from './place.ts';

/** A cluster that was spoken to. */
export interface Cluster {
  isOpenSearch: boolean;
  /** `2.19.6` */
  version: string;
  /** The index, alias, data stream or pattern of the place. */
  index: string;
  /** Sends and gives back whatever comes. */
  send(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown): Promise<Answer>;
  /** The same, and an answer that is no success is thrown. @throws IrError (exit 5) */
  json(
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    path: string,
    body?: unknown,
  ): Promise<JsonRecord>;
  /** Takes away what it holds open for us, also where the run was ended; it lets go by itself in any case. */
  release(path: string, body: JsonRecord): Promise<void>;
}

const STANDARD_PORT = 9200;
const INDEX = /^[^\\/?"<>|\s#%]{1,255}$/;

/** Finds out which of the two it is. @throws IrError (exit 5) where it is neither, or does not let in */
export async function openCluster(reach: Reach): Promise<Cluster> {
  const base = baseUrl(reach.place, STANDARD_PORT);
  const { path } = reach.place;
  const index = path.replace(/\/$/, '');
  if (!INDEX.test(index))
    throw remoteError(
      `${reach.place.shown} names no index`,
      'Write it behind the address: opensearch://HOST:9200/logs-* (a comma between several).',
    );
  const send: Cluster['send'] = (method, where, body) =>
    ask(reach, {
      method,
      url: `${base}${where}`,
      headers: { ...headersOf(reach), ...typeOf(body) },
      ...(body === undefined ? {} : { body: bodyOf(body) }),
      takesMs: allowedMs(body),
      isFinal: isOutOfTime,
    });
  const json: Cluster['json'] = async (method, where, body) => {
    const answer = await send(method, where, body);
    if (answer.status === 404 && answer.body.includes('search_context_missing'))
      throw shardsError('what the search held open is gone, as with a node', 'Run it again.');
    if (answer.status >= 300 && isOutOfTime(answer)) throw outOfTime(`a search of ${index}`);
    if (answer.status >= 300) throw refusal(reach, answer, `${method} ${where.split('?')[0]}`);
    return jsonOf(answer, `${method} ${where.split('?')[0]}`) as JsonRecord;
  };
  const answer = await send('GET', '/');
  if (answer.status >= 300) throw refusal(reach, answer, 'GET /');
  const told = jsonOf(answer, base) as { version?: { number?: unknown; distribution?: unknown } };
  const isOpenSearch = told.version?.distribution === 'opensearch';
  if (!isOpenSearch && answer.headers['x-elastic-product'] !== 'Elasticsearch')
    throw remoteError(
      `${base} is neither OpenSearch nor Elasticsearch`,
      'Both name themselves in what they answer; a proxy in between may take that off.',
    );
  const version = String(told.version?.number ?? '');
  const release: Cluster['release'] = async (where, body) => {
    const last = { ...reach, signal: AbortSignal.timeout(RELEASE_MS), say: () => undefined };
    const headers = { ...headersOf(reach), ...typeOf(body) };
    const question = { url: `${base}${where}`, headers, body: bodyOf(body), tries: 1 };
    await ask(last, { method: 'DELETE', ...question }).catch(() => undefined);
  };
  return { isOpenSearch, version, index, send, json, release };
}

/** No longer than that a run that is ended waits for a cluster. */
const RELEASE_MS = 2000;

/** How long a search may take there. */
function allowedMs(body: unknown): number {
  const { timeout } = (typeof body === 'object' && body !== null ? body : {}) as JsonRecord;
  return 1000 * Number(/^(\d{1,5})s$/.exec(String(timeout))?.[1] ?? 0);
}

/** Where no part of an answer is wanted, both make a failure of a shard (500, 504, 429) of a search that is out of time. */
const isOutOfTime = ({ body }: Answer): boolean => body.includes('"Time exceeded"');

const outOfTime = (what: string): IrError =>
  remoteError(
    `${what}: it took longer than was allowed`,
    'Narrow it with --since or --query, or allow more with --max-time.',
  );

function headersOf(reach: Reach): Readonly<Record<string, string>> {
  const { api_key: key } = reach.secrets;
  const base = { accept: 'application/json' };
  if (key !== undefined) return { ...base, authorization: `ApiKey ${key}` };
  return { ...base, ...authorization(reach) };
}

/** A text is already lines of JSON, as `_bulk` takes them. */
const typeOf = (body: unknown): Readonly<Record<string, string>> =>
  body === undefined
    ? {}
    : {
        'content-type': typeof body === 'string' ? 'application/x-ndjson' : 'application/json',
      };

const bodyOf = (body: unknown): string => (typeof body === 'string' ? body : JSON.stringify(body));

const KEEP_ALIVE = '5m';

/** A view of the index in which nothing changes while it is read. */
export interface PointInTime {
  /** What stands in the body of a search. */
  pit(): JsonRecord;
  /** Some servers name it anew with every answer. */
  renew(answer: JsonRecord): void;
  close(): Promise<void>;
}

/** Opens one. @throws IrError (exit 5) */
export async function openPoint(cluster: Cluster): Promise<PointInTime> {
  const { index, isOpenSearch } = cluster;
  const where = isOpenSearch ? '_search/point_in_time' : '_pit';
  const path = `/${encodeURIComponent(index)}/${where}?keep_alive=${KEEP_ALIVE}`;
  const opened = await cluster.json('POST', path);
  let id = String(isOpenSearch ? opened['pit_id'] : opened['id']);
  return {
    pit: () => ({ id, keep_alive: KEEP_ALIVE }),
    renew(answer) {
      const named = answer['pit_id'];
      if (typeof named === 'string') id = named;
    },
    close: () =>
      isOpenSearch
        ? cluster.release('/_search/point_in_time', { pit_id: [id] })
        : cluster.release('/_pit', { id }),
  };
}

/** What is known of a field in all indexes of the place. */
export interface FieldCapability {
  /** `keyword`, `text`, `ip`; several where indexes differ. */
  types: readonly string[];
  isSearchable: boolean;
  isAggregatable: boolean;
}

/** The fields by name. */
export async function fieldsOf(cluster: Cluster): Promise<ReadonlyMap<string, FieldCapability>> {
  const path = `/${encodeURIComponent(cluster.index)}/_field_caps?fields=*&ignore_unavailable=true`;
  const { fields } = await cluster.json('GET', path);
  return new Map(
    Object.entries((fields ?? {}) as Record<string, Record<string, JsonRecord>>).map(
      ([name, types]) => [
        name,
        {
          types: Object.keys(types),
          isSearchable: Object.values(types).every(({ searchable }) => searchable === true),
          isAggregatable: Object.values(types).every(({ aggregatable }) => aggregatable === true),
        },
      ],
    ),
  );
}

/** One hit of a search. */
export interface Hit {
  id: string;
  source: JsonRecord;
  sort: readonly unknown[];
}

/** Some of the shards did not answer, or what a search held open is gone. */
export class ShardsError extends IrError {}

const shardsError = (message: string, hint: string): ShardsError =>
  new ShardsError(message, { exit: EXIT.remoteFailed, hint });

/** An answer of some shards alone, or that was cut by time, is none. @throws IrError (exit 5) */
export function assertWhole(answer: JsonRecord, what: string): void {
  const shards = answer['_shards'] as
    | { failed?: number; total?: number; failures?: readonly { reason?: JsonRecord }[] }
    | undefined;
  if ((shards?.failed ?? 0) > 0) {
    const reason = shards?.failures?.[0]?.reason?.['reason'];
    throw shardsError(
      `${what}: ${shards?.failed} of ${shards?.total} shards did not answer${reason === undefined ? '' : `: ${String(reason)}`}`,
      'What they hold would be missing without a word. Look at the health of the cluster, then run it again.',
    );
  }
  if (answer['timed_out'] === true) throw outOfTime(what);
}

/** The hits of an answer. @throws IrError (exit 5) where it is partial */
export function hitsOf(answer: JsonRecord, what: string): readonly Hit[] {
  assertWhole(answer, what);
  const { hits } = (answer['hits'] ?? {}) as { hits?: readonly JsonRecord[] };
  if (!Array.isArray(hits)) throw remoteError(`${what}: the answer has no hits`);
  return hits.map((hit: JsonRecord) => ({
    id: `${String(hit['_index'])}/${String(hit['_id'])}`,
    source: (hit['_source'] ?? {}) as JsonRecord,
    sort: (hit['sort'] ?? []) as readonly unknown[],
  }));
}
