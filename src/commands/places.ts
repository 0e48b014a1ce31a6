/** Places by URL or by name, and what they are opened with. */
import { resolve } from 'node:path';
import { configPaths } from '../config.ts';
import type { PlaceSettings } from '../configuration/places.ts';
import { readConfig } from '../configuration/read-configuration.ts';
import type { Connector, Reach } from '../connectors/connector.ts';
import { connectorOf } from '../connectors/connectors.ts';
import { isPlace, parsePlace } from '../connectors/place.ts';
import { problemLine, suggestion, usageError } from '../errors.ts';
import type { CommandContext } from './context.ts';
import { fileOf, readSecret, readText } from './notify-channels.ts';

/** What every command takes that opens a place. */
export interface PlaceOptions {
  caFile?: string;
  /** A file with the token or password. */
  tokenFile?: string;
  /** Seconds for one answer. */
  timeout?: string;
}

/** A connector with what it works with. */
export interface OpenPlace {
  connector: Connector;
  reach: Reach;
}

const STANDARD_TIMEOUT_S = 30;
const MOST_TIMEOUT_S = 600;

/** Names written as paths: `place://prod`. */
const NAMED = 'place';

/** Is a path one of a place, as `ir timeline` takes it among files? */
export const namesPlace = (path: string): boolean => isPlace(path);

/**
 * The place of a URL, or of a name in the configuration.
 * @throws IrError (exit 2) for neither; exit 3 where a secret or a file is missing
 */
export async function openPlace(
  context: CommandContext,
  word: string,
  options: PlaceOptions,
): Promise<OpenPlace> {
  const { env, cwd, store } = context.settings;
  const name = word.startsWith(`${NAMED}://`) ? word.slice(NAMED.length + 3) : word;
  const isUrl = isPlace(name);
  const { places, problems } = readConfig(configPaths(env, cwd, store));
  for (const problem of problems) context.say(problemLine(problem));
  const settings = isUrl ? settingsOfUrl(name, places) : places[name];
  if (settings === undefined && !isUrl) {
    throw usageError(
      `there is no place "${name}"`,
      suggestion(
        name,
        Object.keys(places),
        'Write a URL such as opensearch+http://127.0.0.1:9200/ir-logs, or name it under "places" in config.yml; see: ir help connectors',
      ),
    );
  }
  const place = parsePlace(isUrl ? name : settings!.url);
  const connector = connectorOf(place);
  const caFile =
    options.caFile === undefined
      ? settings?.ca_file && fileOf(env, settings.ca_file)
      : resolve(cwd, options.caFile);
  const timeoutMs = readTimeout(options.timeout, settings?.timeout) * 1000;
  const secrets = await secretsOf(
    context,
    connector,
    settings,
    isUrl ? place.shown : name,
    options,
  );
  return {
    connector,
    reach: {
      ...{ place, secrets, env, timeoutMs, signal: context.signal, say: context.say },
      ca: caFile === undefined ? undefined : readText(caFile, '--ca-file'),
      now: () => new Date(),
      wait: (ms) => waitFor(ms, context.signal),
    },
  };
}

/** What the configuration says of the same address holds for a URL, too. */
const settingsOfUrl = (
  url: string,
  places: Readonly<Record<string, PlaceSettings>>,
): PlaceSettings | undefined => Object.values(places).find((one) => one.url === url);

function readTimeout(text: string | undefined, configured = STANDARD_TIMEOUT_S): number {
  if (text === undefined) return configured;
  const seconds = Number(text);
  if (seconds >= 0.1 && seconds <= MOST_TIMEOUT_S) return seconds;
  throw usageError(`--timeout: "${text}" is no number of seconds up to ${MOST_TIMEOUT_S}`);
}

/** The file named, then the configuration, then the variables that the maker's own tools read. */
async function secretsOf(
  context: CommandContext,
  { secrets }: Connector,
  settings: PlaceSettings | undefined,
  shown: string,
  { tokenFile }: PlaceOptions,
): Promise<Reach['secrets']> {
  const { env, cwd } = context.settings;
  const found: Record<string, string | undefined> = {};
  for (const [name, variables] of Object.entries(secrets)) {
    const configured = settings?.[name as keyof PlaceSettings];
    if (typeof configured === 'object')
      found[name] = await readSecret(context, configured, `place ${shown}: ${name}`);
    else if (typeof configured === 'string') found[name] = configured;
    else
      found[name] = variables
        .map((one) => env[one])
        .find((value) => value !== undefined && value !== '');
  }
  if (tokenFile === undefined) return found;
  const secret = readText(resolve(cwd, tokenFile), '--token-file').trim();
  const [main] = ['token', 'api_key', 'license_key', 'password'].filter((name) => name in secrets);
  const hasUser = found['user'] !== undefined && 'password' in secrets;
  return { ...found, [hasUser ? 'password' : (main ?? 'token')]: secret };
}

/** Resolves after so many milliseconds; rejects early, with its reason, when the run is ended. */
export function waitFor(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((done, fail) => {
    const onAbort = (): void => {
      clearTimeout(timer);
      fail(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', onAbort);
      done();
    }, ms);
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
  });
}
