/**
 * Keys of a login that `aws sso login` left behind. An expired one is not renewed: that is for whoever can log in.
 * @see https://docs.aws.amazon.com/singlesignon/latest/PortalAPIReference/API_GetRoleCredentials.html
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { get } from '../http.ts';
import { awsFolder, configSection, type Section } from './profiles.ts';
import { endpointOf, type FoundKeys, keysOfFields, noKeys, type Search } from './search.ts';

const TIMEOUT_S = 20;

/** Does the profile log in so? */
export const isSso = (profile: Section): boolean =>
  profile['sso_session'] !== undefined || profile['sso_start_url'] !== undefined;

/** @param name of the profile @throws SendFailure */
export async function ssoKeys(search: Search, profile: Section, name: string): Promise<FoundKeys> {
  const session = profile['sso_session'];
  const said: Section = {
    ...profile,
    ...(session === undefined ? {} : configSection(search.env, `sso-session ${session}`)),
  };
  const [start, region] = [said['sso_start_url'], said['sso_region']];
  const [account, role] = [profile['sso_account_id'], profile['sso_role_name']];
  if (!start || !region || !account || !role)
    throw noKeys(
      `profile "${name}" needs sso_account_id, sso_role_name, and sso_start_url and sso_region${session === undefined ? '' : ` in the section "sso-session ${session}"`}`,
    );
  const token = readToken(search, session ?? start, name);
  const base = endpointOf(search.env, 'sso', region);
  const asked = new URLSearchParams({ role_name: role, account_id: account });
  const answer = await search.ask(() =>
    get(
      {
        ...{ url: `${base}/federation/credentials?${asked}`, ca: search.ca },
        ...{ headers: { 'x-amz-sso_bearer_token': token }, timeout: TIMEOUT_S },
        signal: search.signal,
      },
      search.now,
    ),
  );
  return keysOfRole(answer);
}

/** The same document in other words: names in camel case, milliseconds. */
function keysOfRole(text: string): FoundKeys {
  let inner: Record<string, unknown> = {};
  try {
    inner =
      (JSON.parse(text) as { roleCredentials?: Record<string, unknown> }).roleCredentials ?? {};
  } catch {
    throw noKeys('what the portal gives is no JSON');
  }
  const { accessKeyId, secretAccessKey, sessionToken, expiration } = inner;
  const ms = Number(expiration);
  const document = {
    ...{ AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey, SessionToken: sessionToken },
    ...(Number.isFinite(ms) && ms > 0 && { Expiration: new Date(ms).toISOString() }),
  };
  return keysOfFields(document, 'the portal');
}

/** The file is named by the SHA-1 of the session's name, or of the start address. */
function readToken({ env, now }: Search, of: string, name: string): string {
  const file = `${createHash('sha1').update(of, 'utf8').digest('hex')}.json`;
  const again = `log in with: aws sso login --profile ${name}`;
  let login: Record<string, unknown>;
  try {
    login = JSON.parse(readFileSync(join(awsFolder(env), 'sso', 'cache', file), 'utf8'));
  } catch {
    throw noKeys(`profile "${name}" was not logged in; ${again}`);
  }
  const { accessToken: token, expiresAt } = login;
  if (typeof token !== 'string' || !/^[\x21-\x7e]+$/.test(token))
    throw noKeys(`the login of profile "${name}" holds no token; ${again}`);
  if (!(Date.parse(String(expiresAt).replace('UTC', 'Z')) > now.getTime()))
    throw noKeys(`the login of profile "${name}" has expired; ${again}`);
  return token;
}
