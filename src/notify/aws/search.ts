/** What a search for keys works with, and what it finds. */
import { messageOf } from '../../errors.ts';
import { SendFailure } from '../channel.ts';
import type { AwsKeys } from '../sign-v4.ts';
import type { Env } from './profiles.ts';

/** Who looks for keys. */
export interface KeyUser {
  env: Env;
  now: Date;
  /** Certificates that count beside those of the system, PEM. */
  ca: string | undefined;
  signal: AbortSignal;
}

/** The same with how it asks. */
export interface Search extends KeyUser {
  /** Whatever fails here was no message: it may be tried again. @throws SendFailure (`retry`) */
  ask<T>(question: () => Promise<T>): Promise<T>;
}

/** Keys, and until when they are good: RFC 3339; undefined where they stay. */
export interface FoundKeys extends AwsKeys {
  until?: string | undefined;
}

/** Why there are none. */
export const noKeys = (why: string): SendFailure =>
  new SendFailure('retry', `there are no AWS keys: ${why}`);

/** The service of a region, or what `AWS_ENDPOINT_URL` names in its place; secrets do not go there in the open. @throws SendFailure */
export function endpointOf(env: Env, service: 'sts' | 'sso', region: string): string {
  if (!/^[a-z]{2}(?:-[a-z]+)+-\d$/.test(region)) throw noKeys(`"${region}" is no region`);
  const domain = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  const host = `${service === 'sso' ? 'portal.sso' : service}.${region}.${domain}`;
  const named = env[`AWS_ENDPOINT_URL_${service.toUpperCase()}`] || env['AWS_ENDPOINT_URL'];
  const base = (named || `https://${host}`).replace(/\/$/, '');
  if (!URL.canParse(base)) throw noKeys(`"${base}" is no address of ${service}`);
  const { protocol, hostname } = new URL(base);
  if (protocol !== 'https:' && !(protocol === 'http:' && isLoopback(hostname)))
    throw noKeys(`${hostname} would be asked for keys without encryption`);
  return base;
}

/** This machine, as a URL names it. */
export const isLoopback = (hostname: string): boolean =>
  /^127(?:\.\d+){3}$/.test(hostname) || ['localhost', '[::1]'].includes(hostname);

/** A search by them. */
export const searchBy = (user: KeyUser): Search => ({
  ...user,
  async ask(question) {
    try {
      return await question();
    } catch (error) {
      throw noKeys(messageOf(error));
    }
  },
});

/** The document in which containers, instances and programs give keys. @throws SendFailure for any other */
export function keysOfDocument(text: string, whose: string): FoundKeys {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    throw noKeys(`what ${whose} gives is no JSON`);
  }
  return keysOfFields((document ?? {}) as Record<string, unknown>, whose);
}

/** The same of its fields. @throws SendFailure where they hold no keys */
export function keysOfFields(fields: Readonly<Record<string, unknown>>, whose: string): FoundKeys {
  const {
    AccessKeyId: accessKey,
    SecretAccessKey: secretKey,
    SessionToken: session,
    Token: token = session,
    Expiration: until,
  } = fields;
  const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';
  if (!isText(accessKey) || !isText(secretKey)) throw noKeys(`what ${whose} gives holds none`);
  return {
    ...{ accessKey, secretKey },
    sessionToken: isText(token) ? token : undefined,
    until: isText(until) ? until : undefined,
  };
}
