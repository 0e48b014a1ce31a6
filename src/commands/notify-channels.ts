/** The channels of the configuration, and what sending over one needs: its secrets, read when they are used. */
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { configPaths, ownFolder } from '../config.ts';
import type { ChannelSettings } from '../configuration/channels.ts';
import { readConfig } from '../configuration/read-configuration.ts';
import type { Secret } from '../configuration/secret.ts';
import { EXIT, IrError, messageOf, problemLine, suggestion } from '../errors.ts';
import { plural } from '../events/words.ts';
import type { Sending } from '../notify/channel.ts';
import type { CommandContext } from './context.ts';

/** A channel by its name. */
export interface NamedChannel {
  name: string;
  settings: ChannelSettings;
}

const SECRET_TIMEOUT_MS = 20_000;
const MOST_SECRET_BYTES = 16_384;

/** All channels; what is wrong in the configuration is told. */
export function readChannels(context: CommandContext): readonly NamedChannel[] {
  const { env, cwd, store } = context.settings;
  const { channels, problems } = readConfig(configPaths(env, cwd, store));
  for (const problem of problems) context.say(problemLine(problem));
  return Object.entries(channels).map(([name, settings]) => ({ name, settings }));
}

/** @throws IrError (exit 3) where none is configured, or a mistake leaves all out; exit 2 for a name that none has */
export function pickChannels(
  { settings: { env, cwd, store } }: CommandContext,
  all: readonly NamedChannel[],
  names: readonly string[] | undefined,
): readonly NamedChannel[] {
  if (all.length === 0) {
    const place = ownFolder(env, 'config.yml');
    const mistakes = readConfig(configPaths(env, cwd, store)).problems.length;
    throw new IrError(
      mistakes === 0
        ? 'no channel is configured, so nobody can be told'
        : `${plural(mistakes, 'mistake')} in the configuration left no channel over which anybody can be told`,
      {
        exit: EXIT.invalidTemplate,
        hint:
          mistakes === 0
            ? `Name one under "channels" in ${place}; see: ir notify --help, docs/notify.md`
            : 'Mend what is named above; ir config check says whether all is well.',
      },
    );
  }
  if (names === undefined || names.length === 0) return all;
  return [...new Set(names)].map((name) => {
    const found = all.find((one) => one.name === name);
    if (found !== undefined) return found;
    const known = all.map((one) => one.name);
    throw new IrError(`there is no channel "${name}"`, {
      exit: EXIT.usage,
      hint: suggestion(name, known),
    });
  });
}

/** What the channel needs. @throws IrError (exit 3) that names channel and setting where a secret or a file is missing */
export async function prepareSending(
  context: CommandContext,
  { name, settings }: NamedChannel,
): Promise<Sending> {
  const secrets: Record<string, string> = {};
  for (const [setting, source] of secretsOf(settings))
    secrets[setting] = await readSecret(context, source, `channel ${name}: ${setting}`);
  const { env } = context.settings;
  const file = (path: string | undefined, what: string): string | undefined =>
    path === undefined ? undefined : readText(fileOf(env, path), `channel ${name}: ${what}`);
  return {
    ...{ name, settings, secrets, env, now: context.now(), signal: context.signal },
    ca: file(settings.ca_file, 'ca_file'),
    template: settings.type === 'webhook' ? file(settings.template, 'template') : undefined,
  };
}

const isSecret = (value: unknown): value is Secret =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  ['env', 'file', 'command'].some((key) => Object.hasOwn(value, key));

/** `password`, `headers.authorization` */
function secretsOf(settings: ChannelSettings): [string, Secret][] {
  const headers = settings.type === 'webhook' ? settings.headers : {};
  const named = Object.entries(headers).map(([name, value]) => [`headers.${name}`, value] as const);
  // Nobody needs the key for reading in order to tell people something.
  return [...Object.entries(settings), ...named].filter(
    (pair): pair is [string, Secret] => pair[0] !== 'read_token' && isSecret(pair[1]),
  );
}

/** Paths count from the folder of the configuration; `~` is the home. */
export const fileOf = (env: CommandContext['settings']['env'], path: string): string =>
  resolve(
    ownFolder(env, ''),
    path.startsWith('~/') ? join(env['HOME'] || homedir(), path.slice(2)) : path,
  );

const missing = (what: string, why: string, hint: string): IrError =>
  new IrError(`${what} is missing: ${why}`, { exit: EXIT.invalidTemplate, hint });

/** A file that the configuration names. @throws IrError (exit 3) */
export function readText(path: string, what: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw missing(
      what,
      messageOf(error),
      'Correct the path in config.yml; it counts from its folder.',
    );
  }
}

/** Reads a secret, and never says what it holds, and of a command not what it printed. @throws IrError (exit 3) */
export async function readSecret(
  context: CommandContext,
  source: Secret,
  what: string,
): Promise<string> {
  const { env } = context.settings;
  const checked = (value: string, where: string): string => {
    const secret = value.replace(/\r?\n$/, '');
    if (secret !== '' && !/[\r\n\0]/.test(secret)) return secret;
    throw missing(
      what,
      `${where} ${secret === '' ? 'is empty' : 'has more than one line'}`,
      'Put the secret alone there.',
    );
  };
  if ('env' in source) {
    const value = env[source.env];
    if (value !== undefined) return checked(value, `the variable ${source.env}`);
    throw missing(
      what,
      `the variable ${source.env} is not set`,
      'Set it, or name a file or a command in config.yml.',
    );
  }
  if ('file' in source) return checked(readText(fileOf(env, source.file), what), source.file);
  const { runCommand } = await import('../processes/run-command.ts');
  const { exitCode, failure, stdout } = await runCommand({
    ...{ argv: source.command, timeoutMs: SECRET_TIMEOUT_MS, textBytes: MOST_SECRET_BYTES },
    ...{ outputFolder: undefined, environment: env, signal: context.signal },
  });
  if (exitCode === 0) return checked(stdout.text, `what ${source.command[0]} prints`);
  throw missing(
    what,
    `${source.command[0]} ${failure ?? `ended with ${exitCode}`}`,
    'Run its command in a terminal to see why.',
  );
}
