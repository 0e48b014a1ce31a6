/** Takes what a page asks to be written: only from a page of this run, so much, and so often. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { IrError } from '../errors.ts';
import { isSecret, MOST_ACT, type Refusal } from './guard.ts';
import { PLAIN, write } from './write-page.ts';

const MOST_ACTS = 60;
const MINUTE_MS = 60_000;

/** What is known of those who act. */
export interface ActDesk {
  /** What an act has to show beside the cookie. */
  pass: string;
  /** When the latest acts came, milliseconds. */
  acts: number[];
}

/** Writes what a page of ours asks for. @returns why it is refused */
export async function takeAct(
  desk: ActDesk,
  act: (body: string) => Promise<string>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<Refusal | undefined> {
  const pass = request.headers['x-ir-pass'];
  if (!isSecret(typeof pass === 'string' ? pass : undefined, desk.pass)) {
    return { status: 403, reason: 'no page of this run asks' };
  }
  const now = Date.now();
  desk.acts = [...desk.acts.filter((at) => at > now - MINUTE_MS), now];
  if (desk.acts.length > MOST_ACTS) {
    return { status: 429, reason: 'too much is written in a minute' };
  }
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > MOST_ACT) {
      return { status: 413, reason: 'more than a form has' };
    }
    parts.push(part);
  }
  try {
    const said = await act(Buffer.concat(parts).toString('utf8'));
    write(response, { type: PLAIN, body: `${said}\n` });
  } catch (error) {
    if (!(error instanceof IrError)) throw error;
    const hint = error.hint === undefined ? '' : ` ${error.hint}`;
    write(response, { type: PLAIN, status: 422, body: `${error.message}${hint}\n` });
  }
  return undefined;
}
