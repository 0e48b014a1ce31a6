/** Prometheus and what speaks as it does: `query_range` as rows. @see https://prometheus.io/docs/prometheus/latest/querying/api/ */

import { spanOf } from './ask-json.ts';
import type { Connector, JsonRecord, Reach, Source } from './connector.ts';
import { ask, authorization, jsonOf, refusal, remoteError } from './exchange.ts';
import { baseUrl } from './place.ts';

const PORT = 9090;
/** More points of one series are refused. */
const MOST_POINTS = 10_000;
const STANDARD_STEP_S = 60;

interface Cursor {
  /** Epoch seconds. */
  from: number;
}

function source(reach: Reach): Source {
  const { path, params } = reach.place;
  const step = Number(params['step'] ?? STANDARD_STEP_S);
  if (!(step >= 1)) throw remoteError(`step=${params['step']} is no number of seconds`);
  return {
    describe: ({ query }) => `${query ?? path} step ${step}s`,
    async *read(asked, cursor) {
      const query = asked.query ?? path;
      if (query === '')
        throw remoteError(
          'Prometheus is asked nothing',
          "Add --query, such as --query 'rate(http_requests_total[5m])'.",
        );
      const { from, to } = spanOf(asked, reach.now());
      const end = Math.floor(to.getTime() / 1000);
      for (
        let at = (cursor as Cursor | undefined)?.from ?? Math.floor(from.getTime() / 1000);
        at <= end;
      ) {
        const until = Math.min(end, at + step * MOST_POINTS);
        const answer = await ask(reach, {
          method: 'POST',
          url: `${baseUrl(reach.place, PORT)}/api/v1/query_range`,
          headers: { ...authorization(reach), 'content-type': 'application/x-www-form-urlencoded' },
          body: new URLSearchParams({
            query,
            start: String(at),
            end: String(until),
            step: String(step),
          }).toString(),
        });
        if (answer.status >= 300) throw refusal(reach, answer, 'query_range');
        const told = jsonOf(answer, 'query_range') as JsonRecord;
        const { result, resultType } = (told['data'] ?? {}) as {
          resultType?: string;
          result?: readonly { metric: JsonRecord; values: readonly [number, string][] }[];
        };
        if (told['status'] !== 'success' || resultType !== 'matrix' || result === undefined)
          throw remoteError(`Prometheus: ${String(told['error'] ?? 'no matrix')}`);
        const rows = result.flatMap(({ metric, values }) =>
          values.map(([time, value]) => ({
            id: JSON.stringify([time, metric]),
            record: {
              '@timestamp': new Date(time * 1000).toISOString(),
              metric,
              value: Number(value),
              message: `${query} ${JSON.stringify(metric)} ${value}`,
            } as JsonRecord,
          })),
        );
        rows.sort((a, b) =>
          String(a.record['@timestamp']) < String(b.record['@timestamp']) ? -1 : 1,
        );
        at = until + step;
        yield { records: rows, cursor: { from: at } satisfies Cursor };
      }
    },
  };
}

/** The connector. */
export const connector: Connector = {
  schemes: ['prometheus'],
  title: 'Prometheus, VictoriaMetrics',
  example: 'prometheus+http://HOST:9090?step=60, with --query',
  url: 'https://prometheus.io/docs/prometheus/latest/querying/api/',
  secrets: {
    user: ['PROMETHEUS_USERNAME'],
    password: ['PROMETHEUS_PASSWORD'],
    token: ['PROMETHEUS_TOKEN'],
  },
  source,
};
