/** Finds keys and region as the AWS tools do: the environment, then the files of a profile. */
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { SendFailure } from './channel.ts';
import type { AwsKeys } from './sign-v4.ts';

type Env = Readonly<Record<string, string | undefined>>;
type Profile = Readonly<Record<string, string>>;

/**
 * The keys, of the profile where one is named, else of the environment, else of the profile `default`.
 * @throws SendFailure where there are none
 */
export function awsKeys(env: Env, named: string | undefined): AwsKeys {
  const accessKey = env['AWS_ACCESS_KEY_ID'];
  const secretKey = env['AWS_SECRET_ACCESS_KEY'];
  if (named === undefined && accessKey && secretKey)
    return { accessKey, secretKey, sessionToken: env['AWS_SESSION_TOKEN'] };
  const profile = named ?? env['AWS_PROFILE'] ?? 'default';
  const found = profileOf(env, profile);
  if (found['aws_access_key_id'] && found['aws_secret_access_key'])
    return {
      accessKey: found['aws_access_key_id'],
      secretKey: found['aws_secret_access_key'],
      sessionToken: found['aws_session_token'],
    };
  throw new SendFailure(
    'retry',
    `there are no AWS keys: neither AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY nor a profile "${profile}" with keys`,
  );
}

/** The region of the environment or of the profile. */
export const awsRegion = (env: Env, named: string | undefined): string | undefined =>
  env['AWS_REGION'] ||
  env['AWS_DEFAULT_REGION'] ||
  profileOf(env, named ?? env['AWS_PROFILE'] ?? 'default')['region'];

/** What both files say of a profile; of the configuration, other profiles are called `profile NAME`. */
function profileOf(env: Env, name: string): Profile {
  const folder = join(env['HOME'] || homedir(), '.aws');
  const files = [
    [
      env['AWS_CONFIG_FILE'] || join(folder, 'config'),
      name === 'default' ? name : `profile ${name}`,
    ],
    [env['AWS_SHARED_CREDENTIALS_FILE'] || join(folder, 'credentials'), name],
  ] as const;
  return Object.assign({}, ...files.map(([path, section]) => sectionOf(path, section)));
}

function sectionOf(path: string, wanted: string): Profile {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return {};
  }
  const found: Record<string, string> = {};
  let section = '';
  for (const line of text.split(/\r?\n/)) {
    const head = /^\[([^\]]{1,200})\]/.exec(line.trim());
    if (head !== null) section = head[1]!.trim().replace(/\s+/g, ' ');
    const at = line.indexOf('=');
    if (head === null && section === wanted && at > 0 && !/^\s*[#;]/.test(line))
      found[line.slice(0, at).trim().toLowerCase()] = line.slice(at + 1).trim();
  }
  return found;
}
