/** Graylog's search interface: messages page by page. @see https://go2docs.graylog.org/current/setting_up_graylog/rest_api.html */
import { askJson, spanOf } from './ask-json.ts';
import type { Asked, Connector, JsonRecord, Reach, Source } from './connector.ts';
import { remoteError } from './exchange.ts';
import { baseUrl } from './place.ts';

const PORT = 9000;
const PAGE = 500;
/** The search behind it goes no further than this. */
const MOST_OFFSET = 10_000;

interface Cursor {
  from: string;
  seen: readonly string[];
}

/** A token is a user whose password is the word `token`. */
function authorizationOf({ secrets, place }: Reach): Readonly<Record<string, string>> {
  const { token, user = place.user, password } = secrets;
  const pair = token === undefined ? `${user ?? ''}:${password ?? ''}` : `${token}:token`;
  return { authorization: `Basic ${Buffer.from(pair).toString('base64')}`, 'x-requested-by': 'ir' };
}

function source(reach: Reach): Source {
  const queryOf = ({ query }: Asked): string => query ?? '*';
  return {
    describe: queryOf,
    async *read(asked, cursor) {
      const { from, to } = spanOf(asked, reach.now());
      const before = cursor as Cursor | undefined;
      let start = before?.from ?? from.toISOString();
      let seen = new Set(before?.seen ?? []);
      for (let offset = 0; ; ) {
        const parameters = new URLSearchParams({
          query: queryOf(asked),
          ...{
            from: start,
            to: to.toISOString(),
            limit: String(PAGE),
            offset: String(offset),
            sort: 'timestamp:asc',
          },
          ...(reach.place.path === '' ? {} : { filter: `streams:${reach.place.path}` }),
        });
        const { messages } = await askJson(reach, {
          method: 'GET',
          url: `${baseUrl(reach.place, PORT)}/api/search/universal/absolute?${parameters}`,
          headers: authorizationOf(reach),
        });
        const all = (Array.isArray(messages) ? messages : []).map(
          (one: JsonRecord) => (one['message'] ?? {}) as JsonRecord,
        );
        const fresh = all.filter((one) => !seen.has(String(one['_id'])));
        const last = all.at(-1)?.['timestamp'];
        if (last !== all[0]?.['timestamp']) seen = new Set();
        for (const one of all) if (one['timestamp'] === last) seen.add(String(one['_id']));
        const next = typeof last === 'string' ? last : start;
        if (fresh.length > 0)
          yield {
            records: fresh.map((record) => ({ id: String(record['_id']), record })),
            cursor: { from: next, seen: [...seen] } satisfies Cursor,
          };
        if (all.length < PAGE) return;
        // Within one moment by offset, else from the last one on.
        offset = next === start ? offset + PAGE : 0;
        start = next;
        if (offset >= MOST_OFFSET)
          throw remoteError(
            `Graylog has more than ${MOST_OFFSET} messages at ${start}`,
            'Narrow it with --query.',
          );
      }
    },
  };
}

/** The connector. */
export const connector: Connector = {
  schemes: ['graylog'],
  title: 'Graylog',
  example: 'graylog://HOST:9000/STREAM',
  url: 'https://go2docs.graylog.org/current/setting_up_graylog/rest_api.html',
  secrets: { token: ['GRAYLOG_TOKEN'], user: ['GRAYLOG_USERNAME'], password: ['GRAYLOG_PASSWORD'] },
  source,
};
