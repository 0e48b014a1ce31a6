/**
 * Splunk: searches are exported, events go to the HTTP Event Collector, with acknowledgement where the token has it.
 * @see https://docs.splunk.com/Documentation/Splunk/latest/RESTREF/RESTsearch
 */
import { randomUUID } from 'node:crypto';
import { askJson, askOk, sendHalving, spanOf } from './ask-json.ts';
import type { Asked, Connector, JsonRecord, Reach, Sink, Source } from './connector.ts';
import { ask, authorization, refusal, remoteError } from './exchange.ts';
import { baseUrl } from './place.ts';

const API_PORT = 8089;
const HEC_PORT = 8088;
/** Events of one search: it is asked window by window, so that one that is ended is not asked anew. */
const WINDOW_MS = 3_600_000;
const ACK_TRIES = 30;
const ACK_WAIT_MS = 1000;

interface Cursor {
  /** Epoch milliseconds: everything before is read. */
  from: number;
}

const searchOf = ({ query }: Asked, index: string): string =>
  query?.trimStart().startsWith('|') === true
    ? query
    : `search ${index === '' ? '' : `index=${index} `}${query ?? '*'}`;

function source(reach: Reach): Source {
  const base = baseUrl(reach.place, API_PORT);
  const index = reach.place.path;
  return {
    describe: (asked) => searchOf(asked, index),
    async *read(asked, cursor) {
      const { from, to } = spanOf(asked, reach.now());
      let at = (cursor as Cursor | undefined)?.from ?? from.getTime();
      for (; at < to.getTime(); at = Math.min(at + WINDOW_MS, to.getTime())) {
        const end = Math.min(at + WINDOW_MS, to.getTime());
        const body = new URLSearchParams({
          search: searchOf(asked, index),
          output_mode: 'json',
          earliest_time: (at / 1000).toFixed(3),
          latest_time: (end / 1000).toFixed(3),
          preview: 'false',
        }).toString();
        const answer = await askOk(reach, {
          method: 'POST',
          url: `${base}/services/search/v2/jobs/export`,
          headers: { ...auth(reach), 'content-type': 'application/x-www-form-urlencoded' },
          body,
        });
        yield {
          records: recordsOf(answer.body.toString('utf8')),
          cursor: { from: end } satisfies Cursor,
        };
      }
    },
  };
}

const auth = (reach: Reach) =>
  authorization(reach, reach.secrets['token']?.startsWith('ey') === true ? 'Bearer' : 'Splunk');

/** One JSON a line; previews come before results, and messages between. */
function recordsOf(text: string) {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .flatMap((line) => {
      let row: JsonRecord;
      try {
        row = JSON.parse(line) as JsonRecord;
      } catch {
        throw remoteError(
          'Splunk sent half a row',
          'Run the command again: it goes on where it was.',
        );
      }
      const messages = row['messages'] as readonly { type?: string; text?: string }[] | undefined;
      const fatal = messages?.find(({ type }) => type === 'FATAL' || type === 'ERROR');
      if (fatal !== undefined) throw remoteError(`Splunk: ${fatal.text}`);
      const result = row['result'];
      if (row['preview'] === true || typeof result !== 'object' || result === null) return [];
      const { _cd: cd, _bkt: bucket } = result as { _cd?: unknown; _bkt?: unknown };
      const id = cd === undefined ? undefined : `${String(bucket ?? '')}/${String(cd)}`;
      return [{ id, record: { result } }];
    });
}

function sink(reach: Reach): Sink {
  const base = baseUrl(reach.place, HEC_PORT);
  const channel = randomUUID();
  const headers = {
    ...authorization(reach, 'Splunk'),
    'content-type': 'application/json',
    'x-splunk-request-channel': channel,
  };
  const waiting: number[] = [];
  return {
    limits: { documents: 1000, bytes: 900_000 },
    async write(batch) {
      return sendHalving(
        batch,
        async (part) => {
          const body = part
            .map(({ timeUs, fields, id }) =>
              JSON.stringify({
                ...(timeUs === undefined ? {} : { time: timeUs / 1e6 }),
                ...(reach.place.path === '' ? {} : { index: reach.place.path }),
                sourcetype: 'ir:ecs',
                source: 'ir',
                event: fields,
                fields: { ir_id: id },
              }),
            )
            .join('\n');
          const answer = await ask(reach, {
            method: 'POST',
            url: `${base}/services/collector/event`,
            headers,
            body,
            // What arrives twice is there twice.
            isRepeatable: false,
          });
          if (answer.status < 300) {
            const { ackId } = JSON.parse(answer.body.toString('utf8') || '{}') as {
              ackId?: number;
            };
            if (typeof ackId === 'number') waiting.push(ackId);
          }
          return answer;
        },
        (answer) => refusal(reach, answer, 'HTTP Event Collector'),
      );
    },
    async close() {
      for (let attempt = 0; waiting.length > 0 && attempt < ACK_TRIES; attempt += 1) {
        const { acks } = await askJson(reach, {
          ...{ method: 'POST', url: `${base}/services/collector/ack`, headers },
          body: { acks: waiting },
        });
        for (const [id, isDone] of Object.entries((acks ?? {}) as JsonRecord))
          if (isDone === true) waiting.splice(waiting.indexOf(Number(id)), 1);
        if (waiting.length > 0) await reach.wait(ACK_WAIT_MS);
      }
      if (waiting.length > 0)
        throw remoteError(
          `Splunk took the events but has not said of ${waiting.length} batches that they are indexed`,
          'Look there before you send them again.',
        );
    },
  };
}

/** The connector. */
export const connector: Connector = {
  schemes: ['splunk'],
  title: 'Splunk',
  example: 'splunk://HOST:8089/INDEX (read), splunk://HOST:8088/INDEX (written)',
  url: 'https://docs.splunk.com/Documentation/Splunk/latest/RESTREF/RESTprolog',
  secrets: {
    user: ['SPLUNK_USERNAME'],
    password: ['SPLUNK_PASSWORD'],
    token: ['SPLUNK_TOKEN', 'SPLUNK_HEC_TOKEN'],
  },
  source,
  sink,
};
