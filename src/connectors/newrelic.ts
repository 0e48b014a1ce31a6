/** New Relic: the Log API in, NRQL out. @see https://docs.newrelic.com/docs/logs/log-api/introduction-log-api/ */

import { askJson, sendHalving, spanOf } from './ask-json.ts';
import type { Asked, Connector, JsonRecord, Reach, Sink, Source } from './connector.ts';
import { ask, refusal, remoteError } from './exchange.ts';
import { flatFields } from './flat-fields.ts';
import { baseUrl } from './place.ts';

const MOST_ROWS = 2000;
const MOST_VALUE = 4094;

/** The host is a region, `us` or `eu`; with a port or `+http` it is the address itself. */
function addressOf({ place }: Reach, part: 'log-api' | 'api'): string {
  if (place.port !== undefined || place.transport === 'http') return baseUrl(place, undefined);
  return `https://${part}${place.host.toLowerCase() === 'eu' ? '.eu' : ''}.newrelic.com`;
}

interface Cursor {
  from: number;
}

function source(reach: Reach): Source {
  const conditionOf = ({ query }: Asked): string => (query === undefined ? '' : ` WHERE ${query}`);
  return {
    describe: (asked) => `SELECT * FROM Log${conditionOf(asked)}`,
    async *read(asked, cursor) {
      const account = Number(reach.place.path || reach.env['NEW_RELIC_ACCOUNT_ID']);
      if (!Number.isInteger(account) || account <= 0)
        throw remoteError(
          'New Relic needs the number of the account',
          'Write it behind the region: newrelic://eu/1234567',
        );
      const { from, to } = spanOf(asked, reach.now());
      let at = (cursor as Cursor | undefined)?.from ?? from.getTime();
      // An answer has so many rows at most: a window with as many is asked in halves.
      for (let span = to.getTime() - at; at < to.getTime(); ) {
        const end = Math.min(at + Math.max(1, span), to.getTime());
        const nrql = `SELECT * FROM Log${conditionOf(asked)} SINCE ${at} UNTIL ${end} ORDER BY timestamp ASC LIMIT ${MOST_ROWS}`;
        const answer = await askJson(reach, {
          method: 'POST',
          url: `${addressOf(reach, 'api')}/graphql`,
          headers: { 'api-key': reach.secrets['api_key'] ?? '' },
          body: {
            query:
              'query($id: Int!, $nrql: Nrql!) { actor { account(id: $id) { nrql(query: $nrql) { results } } } }',
            variables: { id: account, nrql },
          },
        });
        const errors = answer['errors'] as readonly { message?: string }[] | undefined;
        if (errors !== undefined && errors.length > 0)
          throw remoteError(`New Relic: ${errors[0]?.message}`);
        const { actor } = (answer['data'] ?? {}) as {
          actor?: { account?: { nrql?: { results?: readonly JsonRecord[] } } };
        };
        const rows = actor?.account?.nrql?.results ?? [];
        if (rows.length >= MOST_ROWS && end - at > 1) {
          span = Math.floor((end - at) / 2);
          continue;
        }
        if (rows.length >= MOST_ROWS)
          throw remoteError(
            `New Relic has more than ${MOST_ROWS} lines in one millisecond`,
            'Narrow it with --query.',
          );
        at = end;
        span *= 2;
        yield {
          records: rows.map((record) => ({
            id: typeof record['messageId'] === 'string' ? record['messageId'] : undefined,
            record,
          })),
          cursor: { from: at } satisfies Cursor,
        };
      }
    },
  };
}

function sink(reach: Reach): Sink {
  return {
    limits: { documents: 500, bytes: 900_000 },
    write: (batch) =>
      sendHalving(
        batch,
        (part) =>
          ask(reach, {
            method: 'POST',
            url: `${addressOf(reach, 'log-api')}/log/v1`,
            headers: {
              'api-key': reach.secrets['license_key'] ?? reach.secrets['api_key'] ?? '',
              'content-type': 'application/json',
            },
            body: JSON.stringify([
              {
                common: { attributes: { logtype: 'ir', 'plugin.type': 'ir' } },
                logs: part.map(({ timeUs, text, fields, id }) => ({
                  ...(timeUs === undefined ? {} : { timestamp: Math.floor(timeUs / 1000) }),
                  message: text.slice(0, 100_000),
                  attributes: Object.fromEntries([
                    ['ir.id', id],
                    ...flatFields(fields)
                      .filter(([name]) => name !== 'event.original' && name !== 'ir.text')
                      .map(([name, value]) => [
                        name,
                        typeof value === 'string' ? value.slice(0, MOST_VALUE) : value,
                      ]),
                  ]),
                })),
              },
            ]),
            isRepeatable: false,
          }),
        (answer) => refusal(reach, answer, 'New Relic'),
      ),
  };
}

/** The connector. */
export const connector: Connector = {
  schemes: ['newrelic'],
  title: 'New Relic',
  example: 'newrelic://eu/ACCOUNT',
  url: 'https://docs.newrelic.com/docs/logs/log-api/introduction-log-api/',
  secrets: { api_key: ['NEW_RELIC_API_KEY'], license_key: ['NEW_RELIC_LICENSE_KEY'] },
  source,
  sink,
};
