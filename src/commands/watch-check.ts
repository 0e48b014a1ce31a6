/** `ir watch --check`: what a watch would go by, tried before it is left alone: paths, rules, triggers, and a message over each channel. */
import { accessSync, constants } from 'node:fs';
import { resolve } from 'node:path';
import { loadTriggers } from '../alerts/trigger.ts';
import { configPaths } from '../config.ts';
import { readConfig } from '../configuration/read-configuration.ts';
import { EXIT, messageOf, problemLine } from '../errors.ts';
import { reasonOf } from '../logs/reason.ts';
import { STDIN_PATH } from '../logs/walk.ts';
import { channelOf } from '../notify/channels.ts';
import { hideSecrets } from '../notify/hide-secrets.ts';
import { isListenUrl, readAddress } from '../watch/receive/address.ts';
import type { CommandContext } from './context.ts';
import { type NamedChannel, prepareSending, readChannels } from './notify-channels.ts';
import type { CommandOutcome } from './outcome.ts';
import type { TableResult } from './table-result.ts';
import type { WatchCommandOptions } from './watch.ts';
import { countOf, loadRules } from './watch-rules.ts';

interface Tried {
  what: string;
  isRight: boolean;
  answer: string;
}

/** Tries all of it; exit 3 where something is wrong. Over the channels that alerts go to, a message says that it is a try. */
export async function checkWatch(
  context: CommandContext,
  paths: readonly string[],
  options: WatchCommandOptions,
): Promise<CommandOutcome<TableResult>> {
  const { env, cwd, store } = context.settings;
  const said: string[] = [];
  const quiet: CommandContext = { ...context, say: (text) => void said.push(text) };
  const tried: Tried[] = paths.map((path) => tryPath(path, cwd));
  tried.push(
    await tryOne('rules', async () => `${countOf(await loadRules(quiet, options))} rules`),
    ...said.map((answer) => ({ what: 'rules', isRight: false, answer })),
  );
  tried.push(
    await tryOne('triggers of alerts', async () => {
      const { findings, figures } = await loadTriggers(env);
      return `${findings.length + figures.length} triggers`;
    }),
  );
  const { problems } = readConfig(configPaths(env, cwd, store));
  for (const problem of problems)
    tried.push({ what: 'configuration', isRight: false, answer: problemLine(problem) });
  for (const channel of readChannels(quiet).filter(isForAlerts))
    tried.push(await tryOne(`channel ${channel.name}`, () => tryChannel(quiet, channel)));
  const isRight = tried.every((one) => one.isRight);
  const result: TableResult = {
    title: isRight ? 'All of it works.' : 'Something is wrong.',
    heads: ['What', 'Works', 'Answer'],
    rows: tried.map((one) => [one.what, one.isRight ? 'yes' : 'no', one.answer]),
    notes: [],
    next: [],
    documents: tried.map(({ what, isRight: works, answer }) => ({ what, works, answer })),
    about: {},
  };
  return isRight ? { result } : { result, exit: EXIT.invalidTemplate };
}

const isForAlerts = ({ settings }: NamedChannel): boolean =>
  settings.on.some((event) => event.startsWith('alert'));

async function tryOne(what: string, attempt: () => Promise<string>): Promise<Tried> {
  return attempt().then(
    (answer) => ({ what, isRight: true, answer }),
    (error: unknown) => ({ what, isRight: false, answer: messageOf(error) }),
  );
}

function tryPath(path: string, cwd: string): Tried {
  try {
    if (isListenUrl(path)) readAddress(path);
    else if (path !== STDIN_PATH) accessSync(resolve(cwd, path), constants.R_OK);
    return { what: path, isRight: true, answer: 'can be read' };
  } catch (error) {
    return { what: path, isRight: false, answer: reasonOf(error) };
  }
}

async function tryChannel(context: CommandContext, named: NamedChannel): Promise<string> {
  const sending = await prepareSending(context, named);
  const channel = await channelOf(named.settings.type);
  const text = 'This is a try of the channel by ir watch --check. Nothing has happened.';
  // What pages people takes it for something that is over, so nobody is called.
  const facts = {
    ...{ incident: 'watch-check', title: text, severity: 'SEV4', phase: 'post_incident' },
    ...{ what: text, status: 'closed', level: 'informational' },
  };
  const message = {
    ...{ id: context.randomId(), event: 'message', subject: 'A try of ir watch --check', text },
    ...{ facts, at: context.now().toISOString() },
  };
  try {
    return `sent: ${await channel.send(message, sending)}`;
  } catch (error) {
    throw new Error(hideSecrets(messageOf(error), Object.values(sending.secrets)));
  }
}
