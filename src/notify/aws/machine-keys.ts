/** Keys that a container or an instance of AWS gives to what runs there. */
import { readFileSync } from 'node:fs';
import { get, put } from '../http.ts';
import type { Env, Section } from './profiles.ts';
import { type FoundKeys, isLoopback, keysOfDocument, noKeys, type Search } from './search.ts';

const TIMEOUT_S = 5;
/** Addresses at which AWS itself gives keys without encryption; loopback is the other. */
const PLAIN = new Set(['169.254.170.2', '169.254.170.23', '[fd00:ec2::23]']);

/** Is it set that a container gives keys? */
export const isContainer = (env: Env): boolean =>
  Boolean(
    env['AWS_CONTAINER_CREDENTIALS_RELATIVE_URI'] || env['AWS_CONTAINER_CREDENTIALS_FULL_URI'],
  );

/** @see https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html @throws SendFailure */
export async function containerKeys(search: Search): Promise<FoundKeys> {
  const { env, ca, now, signal } = search;
  const relative = env['AWS_CONTAINER_CREDENTIALS_RELATIVE_URI'];
  const url = relative
    ? `http://169.254.170.2${relative}`
    : (env['AWS_CONTAINER_CREDENTIALS_FULL_URI'] ?? '');
  if (!URL.canParse(url)) throw noKeys(`"${url}" is no address of a container's keys`);
  const { protocol, hostname } = new URL(url);
  if (
    protocol !== 'https:' &&
    !(protocol === 'http:' && (isLoopback(hostname) || PLAIN.has(hostname)))
  )
    throw noKeys(`${hostname} would give the keys of a container without encryption`);
  const token = tokenOf(env);
  const headers: Record<string, string> = token === undefined ? {} : { authorization: token };
  const answer = await search.ask(() => get({ url, headers, ca, timeout: TIMEOUT_S, signal }, now));
  return keysOfDocument(answer, hostname);
}

function tokenOf(env: Env): string | undefined {
  const file = env['AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE'];
  if (!file) return env['AWS_CONTAINER_AUTHORIZATION_TOKEN'];
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    throw noKeys(`the file of the token, ${file}, cannot be read`);
  }
}

/**
 * Is the role of the instance asked for? Its address is one that nothing names by itself, so it is never tried on the chance
 * that this is an instance.
 */
export const isInstance = (env: Env, profile: Section): boolean =>
  env['AWS_EC2_METADATA_DISABLED']?.toLowerCase() !== 'true' &&
  Boolean(
    env['AWS_EC2_METADATA_SERVICE_ENDPOINT'] ||
      profile['ec2_metadata_service_endpoint'] ||
      env['AWS_EC2_METADATA_DISABLED']?.toLowerCase() === 'false',
  );

/** Version 2 alone: version 1 gives keys to whoever makes a program fetch an address. @throws SendFailure */
export async function instanceKeys(search: Search, profile: Section): Promise<FoundKeys> {
  const { env, ca, now, signal } = search;
  if (env['AWS_EC2_METADATA_DISABLED']?.toLowerCase() === 'true')
    throw noKeys('AWS_EC2_METADATA_DISABLED forbids to ask the instance');
  const named =
    env['AWS_EC2_METADATA_SERVICE_ENDPOINT'] || profile['ec2_metadata_service_endpoint'];
  const base = (named || 'http://169.254.169.254').replace(/\/$/, '');
  if (!/^https?:\/\//.test(base) || !URL.canParse(base))
    throw noKeys(`"${base}" is no address of the instance's metadata`);
  const common = { ca, timeout: TIMEOUT_S, signal };
  const at = `${base}/latest/meta-data/iam/security-credentials/`;
  const life = { 'x-aws-ec2-metadata-token-ttl-seconds': '300' };
  const token = await search.ask(() =>
    put({ ...common, url: `${base}/latest/api/token`, headers: life }, now),
  );
  const headers = { 'x-aws-ec2-metadata-token': token.trim() };
  const ask = (url: string) => search.ask(() => get({ ...common, url, headers }, now));
  const [role = ''] = (await ask(at)).trim().split(/\s/);
  if (!/^[\w+=,.@-]{1,128}$/.test(role)) throw noKeys('the instance has no role');
  return keysOfDocument(await ask(`${at}${role}`), 'the instance');
}
