/** Asking over HTTP: bounded in time and size, tried again where that can help, every failure in words. */
import { Agent as PlainAgent, request as plainRequest, type RequestOptions } from 'node:http';
import { Agent as TlsAgent, request as tlsRequest } from 'node:https';
import { EXIT, IrError } from '../errors.ts';
import type { Reach } from './connector.ts';

/** What is asked. */
export interface Question {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  url: string;
  headers?: Readonly<Record<string, string>>;
  body?: string | Buffer;
  /** Made anew for every try, as a signature with a time must be. */
  sign?(now: Date): Readonly<Record<string, string>>;
  /** False: what was sent may have arrived though no answer came, and must not be sent again. */
  isRepeatable?: boolean;
  /** Tried so often; `TRIES` where absent. */
  tries?: number;
  /** The other side may take so long for it, in milliseconds, beside the time that any answer has. */
  takesMs?: number;
  /** Answers that asking again would not change, though their status says so. */
  isFinal?(answer: Answer): boolean;
}

/** What came back. */
export interface Answer {
  status: number;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  body: Buffer;
}

const TRIES = 6;
const FIRST_WAIT_MS = 500;
const MOST_WAIT_MS = 30_000;
/** A server that asks for more peace than this is told of, and asked again after it. */
const MOST_ASKED_WAIT_MS = 300_000;
/** Of an answer, no more is held. */
const MOST_BYTES = 128 * 1024 * 1024;
const MOST_TOLD = 300;

/** An answer that is larger than may be held: asking for less may help. */
export class TooLargeError extends IrError {}

/** A failure of the other side (exit 5). */
export const remoteError = (message: string, hint?: string): IrError =>
  new IrError(message, { exit: EXIT.remoteFailed, ...(hint === undefined ? {} : { hint }) });

const plainAgent = new PlainAgent({ keepAlive: true, maxSockets: 8 });
const tlsAgent = new TlsAgent({ keepAlive: true, maxSockets: 8 });

/**
 * Asks until an answer comes that asking again would not change.
 * @throws IrError (exit 5) where none came, and for redirects
 */
export async function ask(reach: Reach, question: Question): Promise<Answer> {
  const { tries = TRIES, isRepeatable = true } = question;
  const { host } = new URL(question.url);
  for (let attempt = 1; ; attempt += 1) {
    reach.signal.throwIfAborted();
    let why: string;
    let asked: number | undefined;
    try {
      const answer = await exchange(reach, question);
      const { status } = answer;
      if (status >= 300 && status < 400)
        throw remoteError(
          `${host} answers with a redirect (${status}), which is not followed`,
          'Name the address that it leads to.',
        );
      const mayChange = status === 408 || status === 429 || status >= 500;
      if (!mayChange || question.isFinal?.(answer) === true) return answer;
      why = `${status}${brief(answer.body)}`;
      asked = waitOf(answer.headers['retry-after'], reach.now());
    } catch (error) {
      if (!(error instanceof NetworkFailure)) throw error;
      if (error.isFinal) throw remoteError(`${host}: ${error.message}`, error.hint);
      if (error.mayHaveArrived && !isRepeatable)
        throw remoteError(
          `${host}: ${error.message}; what was sent may have arrived`,
          'It is not sent again: the place knows no ids. Look there before you do.',
        );
      why = error.message;
    }
    if (attempt >= tries)
      throw remoteError(
        `${host} did not answer in ${tries} tries: ${why}`,
        'Run the command again: it goes on where it was.',
      );
    const wait = Math.min(
      asked ?? Math.min(FIRST_WAIT_MS * 2 ** attempt, MOST_WAIT_MS) * (0.5 + Math.random() / 2),
      MOST_ASKED_WAIT_MS,
    );
    reach.say(`${host}: ${why}; asked again in ${(wait / 1000).toFixed(1)} s`);
    await reach.wait(wait);
  }
}

/** The answer as JSON. @throws IrError (exit 5) for half a document, or a page for people */
export function jsonOf(answer: Answer, what: string): unknown {
  try {
    return JSON.parse(answer.body.toString('utf8'));
  } catch {
    throw remoteError(
      `${what} is no JSON: ${answer.status}${brief(answer.body)}`,
      'Is this the address of the interface, and not of a proxy or a login page?',
    );
  }
}

/** What an answer says, in one line. */
export function brief(body: Buffer): string {
  const text = body
    .subarray(0, 4 * MOST_TOLD)
    .toString('utf8')
    .replace(/[\s\p{Cc}\p{Cf}]+/gu, ' ')
    .trim();
  if (text === '') return '';
  if (/^<(?:!doctype|html)/i.test(text)) return ' (a page for people)';
  return ` ${text.length > MOST_TOLD ? `${text.slice(0, MOST_TOLD)}...` : text}`;
}

/** Seconds or a date, as milliseconds from now. */
function waitOf(text: string | string[] | undefined, now: Date): number | undefined {
  if (typeof text !== 'string') return undefined;
  const ms = /^\d{1,9}$/.test(text.trim()) ? Number(text) * 1000 : Date.parse(text) - now.getTime();
  return Number.isFinite(ms) && ms >= 0 ? ms : undefined;
}

class NetworkFailure extends Error {
  readonly mayHaveArrived: boolean;
  readonly isFinal: boolean;
  readonly hint: string | undefined;

  constructor(message: string, mayHaveArrived: boolean, isFinal = false, hint?: string) {
    super(message);
    this.mayHaveArrived = mayHaveArrived;
    this.isFinal = isFinal;
    this.hint = hint;
  }
}

function optionsOf(
  reach: Reach,
  question: Question,
  isTls: boolean,
): RequestOptions & { ca?: string } {
  const headers = { ...question.headers, ...question.sign?.(reach.now()) };
  return {
    method: question.method,
    agent: isTls ? tlsAgent : plainAgent,
    headers: {
      ...headers,
      ...(question.body === undefined
        ? {}
        : { 'content-length': Buffer.byteLength(question.body) }),
    },
    signal: reach.signal,
    ...(reach.ca === undefined ? {} : { ca: reach.ca }),
  };
}

function exchange(reach: Reach, question: Question): Promise<Answer> {
  const target = new URL(question.url);
  const isTls = target.protocol === 'https:';
  const options = optionsOf(reach, question, isTls);
  return new Promise((resolve, reject) => {
    let isConnected = false;
    const outgoing = (isTls ? tlsRequest : plainRequest)(target, options, (incoming) => {
      const parts: Buffer[] = [];
      let bytes = 0;
      incoming.on('data', (part: Buffer) => {
        parts.push(part);
        bytes += part.length;
        if (bytes <= MOST_BYTES) return;
        settle(() =>
          reject(
            new TooLargeError(`${target.host} sends more than ${MOST_BYTES} bytes at once`, {
              exit: EXIT.remoteFailed,
            }),
          ),
        );
        outgoing.destroy();
      });
      incoming.on('end', () =>
        settle(() =>
          incoming.complete
            ? resolve({
                status: incoming.statusCode ?? 0,
                headers: incoming.headers,
                body: Buffer.concat(parts),
              })
            : reject(new NetworkFailure('the answer was cut', true)),
        ),
      );
      incoming.on('error', () =>
        settle(() => reject(new NetworkFailure('the answer was cut', true))),
      );
    });
    const mostMs = reach.timeoutMs + (question.takesMs ?? 0);
    const timer = setTimeout(() => {
      settle(() => reject(new NetworkFailure(`no answer within ${mostMs / 1000} s`, isConnected)));
      outgoing.destroy();
    }, mostMs);
    const settle = (then: () => void): void => {
      clearTimeout(timer);
      then();
    };
    outgoing.on('socket', (socket) => {
      if (!socket.connecting) isConnected = true;
      else
        socket.once(isTls ? 'secureConnect' : 'connect', () => {
          isConnected = true;
        });
    });
    outgoing.on('error', (error: NodeJS.ErrnoException) =>
      settle(() =>
        reject(reach.signal.aborted ? reach.signal.reason : failureOf(error, isConnected)),
      ),
    );
    outgoing.end(question.body);
  });
}

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nobody listens there',
  ENOTFOUND: 'there is no such host',
  EAI_AGAIN: 'the name of the host could not be looked up',
  ECONNRESET: 'the connection was cut',
  EPIPE: 'the connection was cut',
  ETIMEDOUT: 'no connection in time',
  EHOSTUNREACH: 'the host cannot be reached',
  ENETUNREACH: 'the network cannot be reached',
};

/** Certificates do not get better by asking again. */
const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_(?:GET|VERIFY)|ALTNAME|ERR_SSL|EPROTO|ERR_TLS/;
/** Of these, naming an authority is no help. */
const CERTIFICATE_HINTS: Readonly<Record<string, string>> = {
  ERR_TLS_CERT_ALTNAME_INVALID: 'Name the host as its certificate does.',
  CERT_HAS_EXPIRED: 'It must be renewed there, or the clock of this machine is wrong.',
  CERT_NOT_YET_VALID: 'Is the clock of this machine wrong?',
};

/** What is wrong with the certificate, and what to do; undefined where the failure is another. */
export function certificateFault({
  code = '',
  message,
}: NodeJS.ErrnoException): { message: string; hint: string } | undefined {
  if (!CERTIFICATE.test(code)) return undefined;
  const isPlain = code === 'EPROTO' || code.startsWith('ERR_SSL');
  return {
    message: `its certificate is not accepted: ${message}`,
    hint: isPlain
      ? 'If it speaks plain HTTP, say so in the scheme, as in opensearch+http://.'
      : (CERTIFICATE_HINTS[code] ??
        'Name the authority that signed it with --ca-file, or ca_file of its entry in config.yml.'),
  };
}

function failureOf(error: NodeJS.ErrnoException, isConnected: boolean): NetworkFailure {
  const { code = '', message } = error;
  const fault = certificateFault(error);
  if (fault !== undefined) return new NetworkFailure(fault.message, false, true, fault.hint);
  if (code === 'ECONNREFUSED' || code === 'ENOTFOUND')
    return new NetworkFailure(REASONS[code]!, false, code === 'ENOTFOUND', 'Check the address.');
  return new NetworkFailure(REASONS[code] ?? `${message} ${code}`.trim(), isConnected);
}

/** The failure that an answer is. @param what was asked, for the message */
export function refusal(reach: Reach, answer: Answer, what: string): IrError {
  const { status, body } = answer;
  const said = `${what}: ${status}${brief(body)}`;
  if (status !== 401 && status !== 403) return remoteError(said);
  const names = Object.keys(reach.secrets).filter((name) => reach.secrets[name] !== undefined);
  return remoteError(
    `${reach.place.shown} refuses ${names.length === 0 ? 'who has no credentials' : `these credentials (${names.join(', ')})`}: ${said}`,
    'They may have expired, or lack the right; see where they are looked for: ir help connectors',
  );
}

/** `Authorization` of user and password, or of a token. */
export function authorization(
  { place, secrets }: Reach,
  scheme = 'Bearer',
): Readonly<Record<string, string>> {
  const { user = place.user, password, token } = secrets;
  if (token !== undefined) return { authorization: `${scheme} ${token}` };
  if (user === undefined || password === undefined) return {};
  return {
    authorization: `Basic ${Buffer.from(`${user}:${password}`, 'utf8').toString('base64')}`,
  };
}
