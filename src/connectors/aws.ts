/** Asking AWS: signed with the keys that its own tools find, and with the time of the server where ours is wrong. */
import { awsKeys } from '../notify/aws/keys.ts';
import { signV4 } from '../notify/sign-v4.ts';
import type { JsonRecord, Reach } from './connector.ts';
import { type Answer, ask, jsonOf, type Question, refusal, remoteError } from './exchange.ts';

const SKEWED =
  /RequestTimeTooSkewed|SignatureDoesNotMatch|InvalidSignatureException|RequestExpired|Signature (?:expired|not yet current)/;
const THROTTLED = /Throttling|TooManyRequests|SlowDown/;
const MOST_SKEW_MS = 4 * 60_000;
const MOST_THROTTLED = 8;

/** How far the clock of the servers is ahead, by reach: told once. */
const skews = new WeakMap<Reach, number>();

/** The address of a service; the variable that AWS's own tools read names another. */
export function endpointOf({ place, env }: Reach, service: string, host = ''): string {
  const named = env[`AWS_ENDPOINT_URL_${service.toUpperCase()}`] ?? env['AWS_ENDPOINT_URL'];
  if (named !== undefined && named !== '') return named.replace(/\/$/, '');
  return `https://${host}${service}.${place.host}.amazonaws.com`;
}

/** One question, signed anew for every try. @throws IrError (exit 5) */
export async function askSigned(
  reach: Reach,
  service: string,
  region: string,
  question: Omit<Question, 'sign' | 'body'> & { body?: string },
): Promise<Answer> {
  const keys = await readKeys(reach);
  const body = question.body ?? '';
  const sign = (now: Date): Record<string, string> => {
    const shifted = new Date(now.getTime() + (skews.get(reach) ?? 0));
    const request = {
      method: question.method,
      url: question.url,
      headers: question.headers ?? {},
      body,
      region,
      service,
      now: shifted,
    };
    return signV4(request, keys);
  };
  for (let attempt = 1; ; attempt += 1) {
    const answer = await ask(reach, { ...question, sign });
    if (answer.status < 300) return answer;
    const text = answer.body.subarray(0, 4000).toString('utf8');
    if (answer.status === 400 && THROTTLED.test(text) && attempt < MOST_THROTTLED) {
      await reach.wait(Math.min(30_000, 500 * 2 ** attempt) * (0.5 + Math.random() / 2));
      continue;
    }
    const date = Date.parse(String(answer.headers['date'] ?? ''));
    const skew = date - reach.now().getTime();
    if (SKEWED.test(text) && Math.abs(skew) > MOST_SKEW_MS && !skews.has(reach)) {
      reach.say(
        `the clock here is ${Math.round(Math.abs(skew) / 1000)} s ${skew > 0 ? 'behind' : 'ahead of'} that of AWS: its time is used`,
      );
      skews.set(reach, skew);
      continue;
    }
    throw refusal(reach, answer, service);
  }
}

/** A call of the JSON protocol. */
export async function askAws(
  reach: Reach,
  service: string,
  target: string,
  body: JsonRecord,
): Promise<JsonRecord> {
  const answer = await askSigned(reach, service, reach.place.host, {
    ...{ method: 'POST', url: `${endpointOf(reach, service)}/`, body: JSON.stringify(body) },
    headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': target },
  });
  return jsonOf(answer, target) as JsonRecord;
}

async function readKeys({ env, place, ca, signal, now }: Reach) {
  try {
    return await awsKeys({ env, ca, signal, now: now() }, place.params['profile']);
  } catch (error) {
    throw remoteError(
      (error as Error).message,
      'They are looked for as the command line of AWS does: aws configure.',
    );
  }
}
