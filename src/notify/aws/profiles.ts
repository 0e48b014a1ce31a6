/** The two files of the AWS tools, section by section. */
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Variables of the environment. */
export type Env = Readonly<Record<string, string | undefined>>;
/** What a section says, names in lower case. */
export type Section = Readonly<Record<string, string>>;

/** `~/.aws`. */
export const awsFolder = (env: Env): string => join(env['HOME'] || homedir(), '.aws');

/** What both files say of a profile; of the configuration, other profiles than `default` are called `profile NAME`. */
export function profileOf(env: Env, name: string): Section {
  const credentials = env['AWS_SHARED_CREDENTIALS_FILE'] || join(awsFolder(env), 'credentials');
  return {
    ...configSection(env, name === 'default' ? name : `profile ${name}`),
    ...sectionOf(credentials, name),
  };
}

/** A section of the configuration, such as `sso-session NAME`. */
export const configSection = (env: Env, section: string): Section =>
  sectionOf(env['AWS_CONFIG_FILE'] || join(awsFolder(env), 'config'), section);

function sectionOf(path: string, wanted: string): Section {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return {};
  }
  const found: Record<string, string> = Object.create(null);
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
