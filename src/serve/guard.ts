/**
 * Who is let in. Pure: what a request says, and why it is refused. A page of another site may point a browser here (forged requests,
 * names that suddenly mean this machine), so the name that was asked for and the page that asks are looked at before anything else.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { isIP } from 'node:net';

/** What of a request is looked at. */
export interface AskedRequest {
  method: string | undefined;
  url: string | undefined;
  headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** What the server goes by. */
export interface DoorPolicy {
  isTls: boolean;
  /** Is it this machine's name? Addresses need not be asked: no name server can make a page of one. */
  isOwnName(name: string): boolean;
  /** Is anything written at all? */
  canWrite?: boolean;
}

/** The one address that takes something. */
export const ACT_PATH = '/act';
/** Bytes of what it takes. */
export const MOST_ACT = 16_384;

/** Why a request is not answered. */
export interface Refusal {
  status: number;
  reason: string;
}

const MOST_URL = 2048;

/** Why the request is refused whoever asks; undefined: it is not. */
export function refusalOf(request: AskedRequest, policy: DoorPolicy): Refusal | undefined {
  const { method, url = '', headers } = request;
  const isAct = policy.canWrite === true && method === 'POST' && url === ACT_PATH;
  if (method !== 'GET' && method !== 'HEAD' && !isAct)
    return { status: 405, reason: 'only GET is answered' };
  const length = Number(headers['content-length'] ?? 0);
  if (headers['transfer-encoding'] !== undefined || length > (isAct ? MOST_ACT : 0))
    return { status: 413, reason: isAct ? 'more than a form has' : 'a request here has no body' };
  if (url.length > MOST_URL) return { status: 414, reason: `more than ${MOST_URL} characters` };
  if (!url.startsWith('/')) return { status: 400, reason: 'no path' };
  const host = one(headers['host']);
  if (host === undefined || !isOwnHost(host, policy))
    return { status: 421, reason: `"${host ?? ''}" is no name of this server` };
  return crossOrigin(host, headers, policy) ?? (isAct ? unlikeOurs(headers) : undefined);
}

/** What a page of ours sends, and a form of another site cannot: its origin is said, and the type is none that forms have. */
function unlikeOurs(headers: AskedRequest['headers']): Refusal | undefined {
  if (one(headers['origin']) === undefined)
    return { status: 403, reason: 'no page of ours asks: no origin' };
  if (!/^application\/json\b/i.test(one(headers['content-type']) ?? ''))
    return { status: 415, reason: 'no JSON' };
  return undefined;
}

/** Asked by a page of another origin? Going here by a link is no such thing: it gets the door, as no cookie comes along. */
function crossOrigin(
  host: string,
  headers: AskedRequest['headers'],
  { isTls }: DoorPolicy,
): Refusal | undefined {
  const origin = one(headers['origin']);
  if (origin !== undefined && origin !== `${isTls ? 'https' : 'http'}://${host}`)
    return { status: 403, reason: `asked by a page of ${origin}` };
  const site = one(headers['sec-fetch-site']);
  const isVisit =
    headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document';
  if ((site === 'cross-site' || site === 'same-site') && !isVisit)
    return { status: 403, reason: `asked by a page of another site (${site})` };
  return undefined;
}

function isOwnHost(host: string, { isOwnName }: DoorPolicy): boolean {
  const name = /^(\[[0-9a-f:.]+\]|[a-z0-9.-]+)(?::\d{1,5})?$/i.exec(host)?.[1];
  if (name === undefined) return false;
  const bare = name.replace(/^\[|\]$/g, '').toLowerCase();
  return bare === 'localhost' || isIP(bare) !== 0 || isOwnName(bare);
}

const one = (value: string | string[] | undefined): string | undefined =>
  Array.isArray(value) ? value.join(', ') : value;

/** The same secret? In a time that says nothing of where they differ. */
export function isSecret(given: string | undefined, secret: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return given !== undefined && timingSafeEqual(digest(given), digest(secret));
}

/** What stands behind `Bearer`; undefined where nothing does. */
export const bearerOf = (headers: AskedRequest['headers']): string | undefined =>
  /^Bearer ([\x21-\x7e]+)$/i.exec(one(headers['authorization']) ?? '')?.[1];

/** The value of a cookie; undefined where it did not come. */
export function cookieOf(headers: AskedRequest['headers'], name: string): string | undefined {
  for (const part of (one(headers['cookie']) ?? '').split(';')) {
    const at = part.indexOf('=');
    if (at > 0 && part.slice(0, at).trim() === name) return part.slice(at + 1).trim();
  }
  return undefined;
}
