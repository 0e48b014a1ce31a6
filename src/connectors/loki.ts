/** Loki: `query_range` forwards page by page, and pushes. @see https://grafana.com/docs/loki/latest/reference/loki-http-api/ */

import { askJson, sendHalving, spanOf } from './ask-json.ts';
import type {
  Asked,
  Connector,
  JsonRecord,
  Reach,
  Sink,
  Source,
  SourceRecord,
} from './connector.ts';
import { ask, authorization, refusal, remoteError } from './exchange.ts';
import { baseUrl } from './place.ts';

const PORT = 3100;
const PAGE = 1000;
const MOST_PAGE = 5000;

interface Cursor {
  /** Nanoseconds, as text: what is before it is read. */
  from: string;
  seen: readonly string[];
}

const headersOf = (reach: Reach) => ({
  ...authorization(reach),
  ...(reach.secrets['tenant'] === undefined ? {} : { 'x-scope-orgid': reach.secrets['tenant'] }),
});

const queryOf = ({ query }: Asked, path: string): string =>
  query ??
  (path === ''
    ? '{job=~".+"}'
    : path.startsWith('{')
      ? path
      : `{job="${path.replace(/["\\]/g, '\\$&')}"}`);

const nanoseconds = (date: Date): string => `${date.getTime()}000000`;

function source(reach: Reach): Source {
  const base = baseUrl(reach.place, PORT);
  return {
    describe: (asked) => queryOf(asked, reach.place.path),
    async *read(asked, cursor) {
      const { from, to } = spanOf(asked, reach.now());
      const before = cursor as Cursor | undefined;
      let start = before?.from ?? nanoseconds(from);
      let seen = new Set(before?.seen ?? []);
      for (let limit = PAGE; ; ) {
        const parameters = new URLSearchParams({
          query: queryOf(asked, reach.place.path),
          ...{ start, end: nanoseconds(to), limit: String(limit), direction: 'forward' },
        });
        const { data } = await askJson(reach, {
          ...{
            method: 'GET',
            url: `${base}/loki/api/v1/query_range?${parameters}`,
            headers: headersOf(reach),
          },
        });
        const all = entriesOf(data);
        const fresh = all.filter(({ id }) => !seen.has(id));
        const last = all.at(-1)?.time ?? start;
        if (last !== start) seen = new Set();
        for (const { id, time } of all) if (time === last) seen.add(id);
        if (fresh.length > 0)
          yield { records: fresh, cursor: { from: last, seen: [...seen] } satisfies Cursor };
        if (all.length < limit) return;
        // All of a page at one moment: the next page would be the same.
        if (last === start && fresh.length === 0) {
          if (limit === MOST_PAGE)
            throw remoteError(
              `Loki has more than ${MOST_PAGE} lines at one moment (${start})`,
              'Narrow it with --query.',
            );
          limit = MOST_PAGE;
        }
        start = last;
      }
    },
  };
}

interface Entry extends SourceRecord {
  id: string;
  time: string;
}

function entriesOf(data: unknown): Entry[] {
  const { result, resultType } = (data ?? {}) as {
    resultType?: string;
    result?: readonly JsonRecord[];
  };
  if (resultType !== 'streams' || !Array.isArray(result))
    throw remoteError(
      'Loki answers with numbers, not with lines',
      'Ask for a stream of lines: {job="shop"} |= "error".',
    );
  const entries = result.flatMap(({ stream, values }): Entry[] =>
    (values as readonly (readonly [string, string])[]).map(([time, line]) => ({
      ...{ time, id: JSON.stringify([time, stream, line]) },
      record: {
        '@timestamp': instantOf(time),
        message: line,
        labels: stream as JsonRecord,
        stream: 'loki',
      },
    })),
  );
  return entries.sort((a, b) => (a.time.padStart(20, '0') < b.time.padStart(20, '0') ? -1 : 1));
}

const instantOf = (time: string): string => {
  const ms = Number(time.slice(0, -6));
  return `${new Date(ms).toISOString().slice(0, -1)}${time.slice(-6, -3)}Z`;
};

function sink(reach: Reach): Sink {
  return {
    limits: { documents: 1000, bytes: 1_000_000 },
    async write(batch) {
      return sendHalving(
        batch,
        (part) => {
          const values = part.map(({ timeUs, text, fields }) => {
            const { host, event } = fields as { host?: JsonRecord; event?: JsonRecord };
            const told = {
              host: host?.['hostname'] ?? host?.['name'],
              dataset: event?.['dataset'],
            };
            const metadata = Object.fromEntries(
              Object.entries(told).filter(([, one]) => typeof one === 'string'),
            );
            return [`${timeUs ?? reach.now().getTime() * 1000}000`, text, metadata];
          });
          const stream = { job: reach.place.path === '' ? 'ir' : reach.place.path };
          return ask(reach, {
            method: 'POST',
            url: `${baseUrl(reach.place, PORT)}/loki/api/v1/push`,
            headers: { ...headersOf(reach), 'content-type': 'application/json' },
            // The same line at the same moment is taken once.
            body: JSON.stringify({ streams: [{ stream, values }] }),
          });
        },
        (answer) => refusal(reach, answer, 'Loki'),
      );
    },
  };
}

/** The connector. */
export const connector: Connector = {
  schemes: ['loki'],
  title: 'Grafana Loki',
  example: 'loki+http://HOST:3100/JOB',
  url: 'https://grafana.com/docs/loki/latest/reference/loki-http-api/',
  secrets: {
    user: ['LOKI_USERNAME'],
    password: ['LOKI_PASSWORD'],
    token: ['LOKI_BEARER_TOKEN'],
    tenant: ['LOKI_ORG_ID'],
  },
  source,
  sink,
};
