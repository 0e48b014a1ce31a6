/** CloudWatch Logs: FilterLogEvents, to the last page; with `?insights=true` its query language. @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html */

import { spanOf } from './ask-json.ts';
import { askAws } from './aws.ts';
import { insightsSource } from './cloudwatch-insights.ts';
import type { Connector, JsonRecord, Reach, Source } from './connector.ts';
import { remoteError } from './exchange.ts';

interface Cursor {
  token: string | undefined;
}

/** So many pages without an event, and it has hung up. */
const MOST_EMPTY = 10_000;

function source(reach: Reach): Source {
  if (reach.place.params['insights'] === 'true') return insightsSource(reach);
  const group = reach.place.path;
  return {
    describe: ({ query }) => `FilterLogEvents ${group} ${query ?? ''}`.trim(),
    async *read(asked, cursor) {
      const { from, to } = spanOf(asked, reach.now());
      let token = (cursor as Cursor | undefined)?.token;
      let empty = 0;
      for (;;) {
        const answer = await askAws(reach, 'logs', 'Logs_20140328.FilterLogEvents', {
          logGroupName: group,
          startTime: from.getTime(),
          endTime: to.getTime(),
          ...(asked.query === undefined ? {} : { filterPattern: asked.query }),
          ...(token === undefined ? {} : { nextToken: token }),
        });
        const events = (answer['events'] ?? []) as readonly JsonRecord[];
        const next = answer['nextToken'];
        // A page without events is not the last one; the last one names no other.
        const isLast = typeof next !== 'string' || next === token;
        token = isLast ? undefined : next;
        empty = events.length === 0 ? empty + 1 : 0;
        if (empty > MOST_EMPTY)
          throw remoteError('CloudWatch Logs gives page after page with nothing on it');
        yield {
          records: events.map(({ eventId, timestamp, message, logStreamName }) => ({
            id: typeof eventId === 'string' ? eventId : undefined,
            record: { timestamp, message, logGroup: group, logStreamName } as JsonRecord,
          })),
          cursor: token === undefined ? undefined : ({ token } satisfies Cursor),
        };
        if (isLast) return;
      }
    },
  };
}

/** The connector. */
export const connector: Connector = {
  schemes: ['cloudwatch'],
  title: 'AWS CloudWatch Logs',
  example: 'cloudwatch://REGION/GROUP, with ?insights=true for queries of Insights',
  url: 'https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/',
  secrets: {},
  source,
};
