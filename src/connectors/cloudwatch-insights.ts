/** CloudWatch Logs Insights: a query is started, and asked for until it is done. @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_StartQuery.html */
import { spanOf } from './ask-json.ts';
import { askAws } from './aws.ts';
import type { Asked, JsonRecord, Page, Reach, Source } from './connector.ts';
import { remoteError } from './exchange.ts';

/** Most that one query gives. */
const MOST = 10_000;
const PAUSE_MS = 1000;
const STANDARD = 'fields @timestamp, @message, @logStream, @ptr';

/** Reads span by span: one that is full is asked for in halves, as a query cannot be gone on with. */
export function insightsSource(reach: Reach): Source {
  const queryOf = ({ query }: Asked): string => `${query ?? STANDARD} | sort @timestamp asc`;
  return {
    describe: (asked) => `Insights ${reach.place.path}: ${queryOf(asked)}`,
    async *read(asked, cursor) {
      const { from, to } = spanOf(asked, reach.now());
      const first =
        (cursor as { from?: number } | undefined)?.from ?? Math.floor(from.getTime() / 1000);
      const spans = [[first, Math.floor(to.getTime() / 1000)] as const];
      for (let span = spans.pop(); span !== undefined; span = spans.pop()) {
        const [start, end] = span;
        const records = await queryFor(reach, queryOf(asked), start, end);
        if (records.length >= MOST && end > start) {
          const middle = Math.floor((start + end) / 2);
          spans.push([middle + 1, end], [start, middle]);
          continue;
        }
        if (records.length >= MOST)
          reach.say(`more than ${MOST} events within one second: the first ${MOST} were given`);
        const page: Page = { records, cursor: spans.length === 0 ? undefined : { from: end + 1 } };
        yield page;
      }
    },
  };
}

async function queryFor(
  reach: Reach,
  queryString: string,
  startTime: number,
  endTime: number,
): Promise<Page['records']> {
  const started = await askAws(reach, 'logs', 'Logs_20140328.StartQuery', {
    ...{ logGroupName: reach.place.path, queryString, startTime, endTime, limit: MOST },
  });
  for (;;) {
    const answer = await askAws(reach, 'logs', 'Logs_20140328.GetQueryResults', {
      queryId: started['queryId'],
    });
    const { status, results = [] } = answer as {
      status?: string;
      results?: readonly (readonly { field: string; value: string }[])[];
    };
    if (status === 'Complete') return results.map(recordOf);
    if (status !== 'Running' && status !== 'Scheduled')
      throw remoteError(
        `the query of ${reach.place.path} ended as ${status ?? 'nothing'}`,
        'Ask for less time: --since and --until.',
      );
    await reach.wait(PAUSE_MS);
  }
}

function recordOf(fields: readonly { field: string; value: string }[]): Page['records'][number] {
  const { '@ptr': id, ...rest } = Object.fromEntries(
    fields.map(({ field, value }) => [field, value]),
  );
  const {
    '@timestamp': timestamp,
    '@message': message,
    '@logStream': logStreamName,
    ...own
  } = rest;
  const record: JsonRecord = {
    ...own,
    // Insights writes UTC without saying so.
    ...(timestamp !== undefined && { timestamp: Date.parse(`${timestamp.replace(' ', 'T')}Z`) }),
    ...(message !== undefined && { message }),
    ...(logStreamName !== undefined && { logStreamName }),
  };
  return { id, record };
}
