/** Datadog: logs in (v2 intake) and out (v2 search). @see https://docs.datadoghq.com/api/latest/logs/ */

import { askJson, sendHalving, spanOf } from './ask-json.ts';
import type { Asked, Connector, JsonRecord, Reach, Sink, Source } from './connector.ts';
import { ask, refusal } from './exchange.ts';
import { baseUrl } from './place.ts';

const PAGE = 1000;

/** The site stands as the host, `datadoghq.eu`; with a port or `+http` it is the address itself. */
export function addressOf(reach: Reach, part: 'api' | 'http-intake.logs'): string {
  const { host, port, transport } = reach.place;
  if (port !== undefined || transport === 'http') return baseUrl(reach.place, undefined);
  return `https://${part}.${host === '' ? (reach.env['DD_SITE'] ?? 'datadoghq.com') : host}`;
}

/** The keys of the account. */
export const keysOf = ({ secrets }: Reach) => ({
  'dd-api-key': secrets['api_key'] ?? '',
  ...(secrets['app_key'] === undefined ? {} : { 'dd-application-key': secrets['app_key'] }),
});

function source(reach: Reach): Source {
  const queryOf = ({ query }: Asked): string =>
    query ?? (reach.place.path === '' ? '*' : `service:${reach.place.path}`);
  return {
    describe: queryOf,
    async *read(asked, cursor) {
      const { from, to } = spanOf(asked, reach.now());
      let after = cursor as string | undefined;
      do {
        const answer = await askJson(reach, {
          method: 'POST',
          url: `${addressOf(reach, 'api')}/api/v2/logs/events/search`,
          headers: keysOf(reach),
          body: {
            filter: { query: queryOf(asked), from: from.toISOString(), to: to.toISOString() },
            sort: 'timestamp',
            page: { limit: PAGE, ...(after === undefined ? {} : { cursor: after }) },
          },
        });
        const data = (answer['data'] ?? []) as readonly { id?: string; attributes?: JsonRecord }[];
        const { page } = (answer['meta'] ?? {}) as { page?: { after?: string } };
        const next = page?.after;
        after = next === after || data.length === 0 ? undefined : next;
        yield {
          records: data.map(({ id, attributes = {} }) => {
            const { attributes: own, ...rest } = attributes as JsonRecord & {
              attributes?: JsonRecord;
            };
            return { id, record: { ...own, ...rest } };
          }),
          cursor: after,
        };
      } while (after !== undefined);
    },
  };
}

function sink(reach: Reach): Sink {
  return {
    limits: { documents: 1000, bytes: 4_000_000 },
    write: (batch) =>
      sendHalving(
        batch,
        (part) =>
          ask(reach, {
            method: 'POST',
            url: `${addressOf(reach, 'http-intake.logs')}/api/v2/logs`,
            headers: { ...keysOf(reach), 'content-type': 'application/json' },
            body: JSON.stringify(
              part.map(({ text, fields, id }) => {
                const { host, ...rest } = fields as JsonRecord & { host?: JsonRecord };
                return {
                  ...{
                    ddsource: 'ir',
                    service: reach.place.path || 'ir',
                    hostname: host?.['hostname'] ?? host?.['name'],
                  },
                  ...{
                    ddtags: `ir_id:${id}`,
                    message: text,
                    ecs: rest,
                    timestamp: fields['@timestamp'],
                  },
                };
              }),
            ),
            isRepeatable: false,
          }),
        (answer) => refusal(reach, answer, 'Datadog'),
      ),
  };
}

/** Where its own tools look for them. */
export const SECRETS: Connector['secrets'] = {
  api_key: ['DD_API_KEY', 'DATADOG_API_KEY'],
  app_key: ['DD_APP_KEY', 'DATADOG_APP_KEY'],
};

/** The connector. */
export const connector: Connector = {
  schemes: ['datadog'],
  title: 'Datadog',
  example: 'datadog://datadoghq.eu/SERVICE',
  url: 'https://docs.datadoghq.com/api/latest/logs/',
  secrets: SECRETS,
  source,
  sink,
};
