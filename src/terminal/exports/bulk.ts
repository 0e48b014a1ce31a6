/**
 * Rows for `_bulk` of Elasticsearch and OpenSearch: an action and a document, line by line. Sent twice, they are there once:
 * the id of a row is made from its place. Data streams take `create` alone.
 * @see https://www.elastic.co/docs/api/doc/elasticsearch/operation/operation-bulk
 */
import { safeJson } from '../neutralise.ts';
import { type Rows, stableId } from './row.ts';

const INDEX = 'logs-ir-default';
/** Documents of a data stream must have a time; `ir.time_confidence` says that this is none. */
const NO_TIME = '1970-01-01T00:00:00.000Z';
const ECS_VERSION = '8.17.0';

/** Lines for the body of a request, each with its newline. */
export async function* bulkLines(rows: Rows): AsyncGenerator<string> {
  for await (const row of rows) {
    const action = { create: { _index: INDEX, _id: stableId(row) } };
    const document = {
      '@timestamp': row['@timestamp'] ?? NO_TIME,
      ecs: { version: ECS_VERSION },
      ...row,
    };
    yield `${JSON.stringify(action)}\n${safeJson(JSON.stringify(document))}\n`;
  }
}
