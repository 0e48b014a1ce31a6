/** Keys of a role. @see https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html */
import { readFileSync } from 'node:fs';
import { postForAnswer } from '../http.ts';
import { signV4 } from '../sign-v4.ts';
import { endpointOf, type FoundKeys, noKeys, type Search } from './search.ts';

const TIMEOUT_S = 20;

/** A role that is taken on. */
export interface Role {
  arn: string;
  session: string | undefined;
  externalId: string | undefined;
  /** Seconds, as the profile has them. */
  duration: string | undefined;
}

const parametersOf = ({ arn, session, externalId, duration }: Role, now: Date) => ({
  Version: '2011-06-15',
  RoleArn: arn,
  RoleSessionName: session ?? `ir-${now.getTime()}`,
  ...(externalId === undefined ? {} : { ExternalId: externalId }),
  ...(duration === undefined ? {} : { DurationSeconds: duration }),
});

/** Takes the role on with other keys. @throws SendFailure */
export async function assumeRole(
  search: Search,
  region: string,
  role: Role,
  keys: FoundKeys,
): Promise<FoundKeys> {
  const body = { Action: 'AssumeRole', ...parametersOf(role, search.now) };
  return ask(search, region, body, keys);
}

/** Takes the role on with the token that a file holds, which is what proves it. @throws SendFailure */
export async function assumeRoleWithToken(
  search: Search,
  region: string,
  role: Role,
  tokenFile: string,
): Promise<FoundKeys> {
  let token: string;
  try {
    token = readFileSync(tokenFile, 'utf8').trim();
  } catch {
    throw noKeys(`the file of the token, ${tokenFile}, cannot be read`);
  }
  const body = { ...parametersOf(role, search.now), WebIdentityToken: token };
  return ask(search, region, { Action: 'AssumeRoleWithWebIdentity', ...body }, undefined);
}

async function ask(
  search: Search,
  region: string,
  parameters: Record<string, string>,
  keys: FoundKeys | undefined,
): Promise<FoundKeys> {
  const { env, now, signal } = search;
  const url = `${endpointOf(env, 'sts', region)}/`;
  const body = new URLSearchParams(parameters).toString();
  const plain = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' };
  const request = { method: 'POST', url, body, region, service: 'sts', now, headers: plain };
  const headers = keys === undefined ? plain : signV4(request, keys);
  const answer = await search.ask(() =>
    postForAnswer({ url, headers, body, ca: search.ca, timeout: TIMEOUT_S, signal }, now),
  );
  const value = (name: string): string | undefined =>
    new RegExp(`<${name}>([^<]{1,8000})</${name}>`).exec(answer)?.[1]?.trim();
  const [accessKey, secretKey] = [value('AccessKeyId'), value('SecretAccessKey')];
  if (accessKey === undefined || secretKey === undefined)
    throw noKeys(`${new URL(url).host} answers ${parameters['Action']} without keys`);
  return { accessKey, secretKey, sessionToken: value('SessionToken'), until: value('Expiration') };
}
