/**
 * Finds keys and region as the AWS tools do: the environment, a profile (keys, a role, a login, a program), a container, an
 * instance that is asked for. The one place for all that signs.
 */

import { isSso, ssoKeys } from './login-keys.ts';
import { containerKeys, instanceKeys, isContainer, isInstance } from './machine-keys.ts';
import { type Env, profileOf, type Section } from './profiles.ts';
import { processKeys } from './program-keys.ts';
import { assumeRole, assumeRoleWithToken, type Role } from './role-keys.ts';
import { type FoundKeys, type KeyUser, noKeys, type Search, searchBy } from './search.ts';

/** Profiles that lead to each other. */
const MOST_SOURCES = 5;
/** Keys that end sooner are fetched anew. */
const LEAST_LEFT_MS = 5 * 60_000;

/** What lasts for a while is fetched once in a run, by its environment and profile. */
const fetched = new WeakMap<Env, Map<string, FoundKeys>>();

/**
 * The keys: of the profile where one is named, else of the environment, else of the profile that it names, else of the container or
 * the instance.
 * @throws SendFailure (`retry`) where there are none
 */
export async function awsKeys(user: KeyUser, named: string | undefined): Promise<FoundKeys> {
  const { env, now } = user;
  const known = fetched.get(env) ?? new Map<string, FoundKeys>();
  fetched.set(env, known);
  const cached = known.get(named ?? '');
  if (cached?.until !== undefined && Date.parse(cached.until) - now.getTime() > LEAST_LEFT_MS)
    return cached;
  const found = await find(searchBy(user), named);
  if (found.until !== undefined) known.set(named ?? '', found);
  return found;
}

/** The region of the environment or of the profile. */
export const awsRegion = (env: Env, named: string | undefined): string | undefined =>
  env['AWS_REGION'] || env['AWS_DEFAULT_REGION'] || profileOf(env, nameOf(env, named))['region'];

const nameOf = (env: Env, named: string | undefined): string =>
  named ?? (env['AWS_PROFILE'] || 'default');

async function find(search: Search, named: string | undefined): Promise<FoundKeys> {
  const { env } = search;
  if (named === undefined) {
    const ofEnvironment = environmentKeys(env) ?? (await environmentRole(search));
    if (ofEnvironment !== undefined) return ofEnvironment;
  }
  const name = nameOf(env, named);
  const profile = profileOf(env, name);
  const ofProfile = await profileKeys(search, name, []);
  if (ofProfile !== undefined) return ofProfile;
  if (named === undefined && isContainer(env)) return containerKeys(search);
  if (isInstance(env, profile)) return instanceKeys(search, profile);
  throw noKeys(
    `neither AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY nor a profile "${name}" with keys, a role, a login or a program; on an instance, AWS_EC2_METADATA_DISABLED=false asks for its role`,
  );
}

function environmentKeys(env: Env): FoundKeys | undefined {
  const accessKey = env['AWS_ACCESS_KEY_ID'];
  const secretKey = env['AWS_SECRET_ACCESS_KEY'];
  if (!accessKey || !secretKey) return undefined;
  return { accessKey, secretKey, sessionToken: env['AWS_SESSION_TOKEN'] || undefined };
}

async function environmentRole(search: Search): Promise<FoundKeys | undefined> {
  const { env } = search;
  const [file, arn] = [env['AWS_WEB_IDENTITY_TOKEN_FILE'], env['AWS_ROLE_ARN']];
  if (!file || !arn) return undefined;
  const session = env['AWS_ROLE_SESSION_NAME'] || undefined;
  const role = { arn, session, externalId: undefined, duration: undefined };
  return assumeRoleWithToken(search, awsRegion(env, undefined) ?? 'us-east-1', role, file);
}

const staticKeys = (profile: Section): FoundKeys | undefined => {
  const accessKey = profile['aws_access_key_id'];
  const secretKey = profile['aws_secret_access_key'];
  if (!accessKey || !secretKey) return undefined;
  return { accessKey, secretKey, sessionToken: profile['aws_session_token'] || undefined };
};

/** @param behind the profiles that led here */
async function profileKeys(
  search: Search,
  name: string,
  behind: readonly string[],
): Promise<FoundKeys | undefined> {
  const profile = profileOf(search.env, name);
  // A profile may be the source of its own role: then its keys are meant.
  if (profile['role_arn'] !== undefined && behind.at(-1) !== name)
    return roleKeys(search, profile, name, profile['role_arn'], behind);
  const keys = staticKeys(profile);
  if (keys !== undefined) return keys;
  if (isSso(profile)) return ssoKeys(search, profile, name);
  const line = profile['credential_process'];
  return line === undefined ? undefined : processKeys(search, line);
}

async function roleKeys(
  search: Search,
  profile: Section,
  name: string,
  arn: string,
  behind: readonly string[],
): Promise<FoundKeys> {
  const region = awsRegion(search.env, name) ?? 'us-east-1';
  const role: Role = {
    ...{ arn, session: profile['role_session_name'], externalId: profile['external_id'] },
    duration: profile['duration_seconds'],
  };
  const file = profile['web_identity_token_file'];
  if (file !== undefined) return assumeRoleWithToken(search, region, role, file);
  if (profile['mfa_serial'] !== undefined)
    throw noKeys(`profile "${name}" wants a code of a device, which nobody can be asked for here`);
  const source = profile['source_profile'];
  if (source === undefined)
    return assumeRole(search, region, role, await sourceKeys(search, profile, name));
  if (behind.includes(source) || behind.length >= MOST_SOURCES)
    throw noKeys(`the profiles ${[...behind, name, source].join(', ')} lead in a circle`);
  const keys = await profileKeys(search, source, [...behind, name]);
  if (keys === undefined) throw noKeys(`profile "${source}", the source of "${name}", has none`);
  return assumeRole(search, region, role, keys);
}

/** Where the profile says that the keys for its role are. */
async function sourceKeys(search: Search, profile: Section, name: string): Promise<FoundKeys> {
  switch (profile['credential_source']) {
    case 'Environment': {
      const keys = environmentKeys(search.env);
      if (keys !== undefined) return keys;
      throw noKeys(`profile "${name}" takes them from the environment, which has none`);
    }
    case 'EcsContainer':
      if (isContainer(search.env)) return containerKeys(search);
      throw noKeys(`profile "${name}" takes them from a container, and none is named`);
    case 'Ec2InstanceMetadata':
      return instanceKeys(search, profile);
    default:
      throw noKeys(
        `profile "${name}" has a role, but neither source_profile nor credential_source nor web_identity_token_file`,
      );
  }
}
