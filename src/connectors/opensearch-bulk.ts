/** Writing to OpenSearch and Elasticsearch: a template once, then `_bulk` with ids that are the same in every run. */
import { FIELD_TYPES } from '../events/ecs-field-names.ts';
import type { JsonRecord, Reach, Sink, SinkDocument, Written } from './connector.ts';
import { jsonOf, refusal, remoteError } from './exchange.ts';
import { type Cluster, openCluster } from './search-cluster.ts';

const MOST_KEYWORD = 8000;
const RETRIES = 6;

const ADDRESSES = /\.ip$/;

function typeOf(field: string, holds: string): JsonRecord {
  if (ADDRESSES.test(field)) return { type: 'ip', ignore_malformed: true };
  if (holds === 'number') return { type: 'double', ignore_malformed: true };
  if (field === 'message') return { type: 'text' };
  return { type: 'keyword', ignore_above: MOST_KEYWORD };
}

/** Names with dots as nested properties. */
function nested(fields: readonly (readonly [string, JsonRecord])[]): JsonRecord {
  const root: Record<string, { properties?: Record<string, unknown> }> = {};
  for (const [name, type] of fields) {
    const parts = name.split('.');
    let at = root as Record<string, { properties?: Record<string, unknown> }>;
    for (const part of parts.slice(0, -1)) {
      at[part] ??= {};
      at[part].properties ??= {};
      at = at[part].properties as typeof at;
    }
    at[parts.at(-1)!] = type as never;
  }
  return root as JsonRecord;
}

/** The mappings of events: fields of ECS by their types, `ir.text` for what rules look for anywhere. */
export function mappingsOf(hasWildcard: boolean): JsonRecord {
  const keyword = { type: 'keyword', ignore_above: MOST_KEYWORD };
  const fields: (readonly [string, JsonRecord])[] = [
    ['@timestamp', { type: 'date' }],
    ...Object.entries(FIELD_TYPES).map(([name, holds]) => [name, typeOf(name, holds)] as const),
    ['event.original', { type: 'keyword', index: false, doc_values: false }],
    ['log.file.path', keyword],
    ['log.offset', { type: 'long' }],
    ['rule.id', keyword],
    ['ir.id', keyword],
    ['ir.line', { type: 'long' }],
    ['ir.format', keyword],
    ['ir.time_confidence', keyword],
    ['ir.repeats', { type: 'long' }],
    ['ir.is_text_cut', { type: 'boolean' }],
    ['ir.has_record', { type: 'boolean' }],
    ['ir.record', { type: 'object', enabled: false }],
    ['ir.text', hasWildcard ? { type: 'wildcard' } : { type: 'keyword' }],
  ];
  return {
    // Names that attackers choose must not fill the index with fields.
    dynamic: false,
    date_detection: false,
    properties: nested([...new Map(fields)]),
  };
}

/** The sink of a cluster. */
export function bulkSink(reach: Reach): Sink {
  let cluster: Cluster | undefined;
  const open = async (): Promise<Cluster> => (cluster ??= await openCluster(reach));
  return {
    limits: { documents: 5000, bytes: 8 * 1024 * 1024 },
    async prepare() {
      await putTemplate(await open(), reach);
    },
    async write(batch) {
      return writeBulk(await open(), reach, batch);
    },
    async close() {
      if (cluster !== undefined) await cluster.send('POST', `/${cluster.index}/_refresh`);
    },
  };
}

async function putTemplate(cluster: Cluster, reach: Reach): Promise<void> {
  const { index } = cluster;
  const there = await cluster.send('GET', `/${encodeURIComponent(index)}/_mapping`);
  if (there.status === 200 && Object.keys(jsonOf(there, 'its mapping') as object).length > 0)
    return;
  if (there.status !== 404 && there.status >= 300) throw refusal(reach, there, `GET /${index}`);
  if (/[*,]/.test(index))
    throw remoteError(`${index} is a pattern, and nothing can be written to it`, 'Name one index.');
  const { replicas, shards, stream } = reach.place.params;
  const template = (hasWildcard: boolean): JsonRecord => ({
    index_patterns: [index],
    priority: 500,
    ...(stream === undefined ? {} : { data_stream: {} }),
    template: {
      settings: {
        'index.mapping.total_fields.limit': 2000,
        ...(replicas === undefined ? {} : { 'index.number_of_replicas': Number(replicas) }),
        ...(shards === undefined ? {} : { 'index.number_of_shards': Number(shards) }),
      },
      mappings: mappingsOf(hasWildcard),
    },
  });
  const path = `/_index_template/breachline-${index}`;
  const answer = await cluster.send('PUT', path, template(true));
  if (answer.status < 300) return;
  // Older servers have no such type.
  const again = answer.body.includes('wildcard')
    ? await cluster.send('PUT', path, template(false))
    : answer;
  if (again.status >= 300) throw refusal(reach, again, `PUT ${path}`);
}

async function writeBulk(
  cluster: Cluster,
  reach: Reach,
  batch: readonly SinkDocument[],
): Promise<Written> {
  let waiting = batch;
  let written = 0;
  let known = 0;
  const refused: { id: string; reason: string }[] = [];
  for (let attempt = 1; waiting.length > 0; attempt += 1) {
    const answer = await cluster.send(
      'POST',
      `/${encodeURIComponent(cluster.index)}/_bulk`,
      linesOf(waiting),
    );
    if (answer.status >= 300) throw refusal(reach, answer, `POST /${cluster.index}/_bulk`);
    const { items } = jsonOf(answer, '_bulk') as { items?: readonly JsonRecord[] };
    if (!Array.isArray(items) || items.length !== waiting.length)
      throw remoteError(
        `_bulk answers for ${items?.length ?? 0} of ${waiting.length} documents`,
        'Run the command again: what is there already is not written twice.',
      );
    const later: SinkDocument[] = [];
    let why = '';
    for (const [index, item] of items.entries()) {
      const { status = 0, error } = (item['create'] ?? {}) as {
        status?: number;
        error?: JsonRecord;
      };
      const document = waiting[index]!;
      if (status >= 200 && status < 300) written += 1;
      else if (status === 409) known += 1;
      else if (status === 429 || status >= 500) {
        later.push(document);
        why = reasonOf(error) ?? String(status);
      } else refused.push({ id: document.id, reason: reasonOf(error) ?? String(status) });
    }
    waiting = later;
    if (waiting.length === 0) break;
    if (attempt === RETRIES)
      throw remoteError(
        `${cluster.index} took ${batch.length - waiting.length} of ${batch.length} documents: ${why}`,
        'Run the command again: what is there already is not written twice.',
      );
    const wait = Math.min(30_000, 500 * 2 ** attempt) * (0.5 + Math.random() / 2);
    reach.say(`${cluster.index}: ${waiting.length} documents wait: ${why}`);
    await reach.wait(wait);
  }
  return { written, known, refused };
}

const reasonOf = (error: JsonRecord | undefined): string | undefined => {
  if (error === undefined) return undefined;
  const cause = error['caused_by'] as JsonRecord | undefined;
  return [error['type'], error['reason'], cause?.['reason']]
    .filter(Boolean)
    .join(': ')
    .slice(0, 400);
};

function linesOf(documents: readonly SinkDocument[]): string {
  const lines: string[] = [];
  for (const { id, fields } of documents)
    lines.push(JSON.stringify({ create: { _id: id } }), JSON.stringify(fields));
  return `${lines.join('\n')}\n`;
}
