/** What connectors of HTTP interfaces share: a question whose answer is JSON, and windows of time. */
import type { Asked, JsonRecord, Reach, SinkDocument, Written } from './connector.ts';
import { type Answer, ask, brief, jsonOf, type Question, refusal } from './exchange.ts';

/** Asks, and takes nothing but a success. @throws IrError (exit 5) */
export async function askOk(reach: Reach, question: Question): Promise<Answer> {
  const answer = await ask(reach, question);
  if (answer.status < 300) return answer;
  throw refusal(reach, answer, `${question.method} ${new URL(question.url).pathname}`);
}

/** Asks for JSON, and sends JSON where a body is given. @throws IrError (exit 5) */
export async function askJson(
  reach: Reach,
  { body, ...question }: Omit<Question, 'body'> & { body?: unknown },
): Promise<JsonRecord> {
  const headers = {
    accept: 'application/json',
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    ...question.headers,
  };
  const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
  const answer = await askOk(reach, {
    ...question,
    headers,
    ...(text === undefined ? {} : { body: text }),
  });
  return jsonOf(answer, new URL(question.url).pathname) as JsonRecord;
}

/** A day, where nobody says from when on. */
const STANDARD_SPAN_MS = 24 * 3_600_000;

/** The time that is asked for; without a word of it, the last day. */
export function spanOf({ since, until }: Asked, now: Date): { from: Date; to: Date } {
  const to = until ?? now;
  return { from: since ?? new Date(to.getTime() - STANDARD_SPAN_MS), to };
}

/**
 * Sends a batch as one request; what is too much for the place at once is sent in halves, and what it refuses as a whole
 * is refused.
 */
export async function sendHalving(
  batch: readonly SinkDocument[],
  send: (part: readonly SinkDocument[]) => Promise<Answer>,
  refused: (answer: Answer) => Error,
): Promise<Written> {
  const answer = await send(batch);
  if (answer.status < 300) return { written: batch.length, known: 0, refused: [] };
  if (answer.status === 413 && batch.length > 1) {
    const middle = Math.ceil(batch.length / 2);
    const first = await sendHalving(batch.slice(0, middle), send, refused);
    const second = await sendHalving(batch.slice(middle), send, refused);
    return {
      written: first.written + second.written,
      known: first.known + second.known,
      refused: [...first.refused, ...second.refused],
    };
  }
  if (answer.status === 413 || answer.status === 400) {
    const reason = `${answer.status}${brief(answer.body)}`;
    return { written: 0, known: 0, refused: batch.map(({ id }) => ({ id, reason })) };
  }
  throw refused(answer);
}
