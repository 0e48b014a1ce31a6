/** What a watch goes by: rules, formats and indicators as they are now, and what is normal. */
import { resolve } from 'node:path';
import { configPaths } from '../config.ts';
import { readConfig } from '../configuration/read-configuration.ts';
import type { AnalyseOptions } from '../detect/analyse.ts';
import { learnNormal } from '../detect/baseline.ts';
import { chooseRules, type RuleChoice } from '../detect/choose-rules.ts';
import type { Normal } from '../detect/correlate/first-seen.ts';
import type { Geo } from '../detect/geo/geo.ts';
import { problemLine, usageError } from '../errors.ts';
import { loadOwnFormats, useOwnFormats } from '../logs/own-formats.ts';
import { loadNormal } from '../watch/normal.ts';
import type { WatchState } from '../watch/state-file.ts';
import type { CommandContext } from './context.ts';
import { spanUs } from './said-options.ts';
import { indicatorsOf, listsOf, readOptions } from './timeline.ts';
import type { WatchCommandOptions } from './watch.ts';
import { type KnownOfIncident, knownOfIncident } from './watch-for.ts';

const DEFAULT_LEARN = '7d';

/** Rules, and what is asked of them. */
export interface LoadedRules {
  asked: AnalyseOptions;
  choice: RuleChoice;
  /** With `--for`. */
  known: KnownOfIncident | undefined;
  /** Of the configuration. */
  watchedFiles: readonly string[];
}

/** How many rules. */
export const countOf = ({ choice: { ruleSet } }: LoadedRules): number =>
  ruleSet.rules.length + ruleSet.correlations.length;

/** Formats, indicators and rules as they are now; what is wrong with any is said. */
export async function loadRules(
  context: CommandContext,
  options: WatchCommandOptions,
): Promise<LoadedRules> {
  const own = loadOwnFormats(context.settings.env);
  useOwnFormats(own.documents);
  for (const { message, source } of own.problems)
    context.say(`${source.path}:${source.line ?? 1}: the format is left out: ${message}`);
  const known =
    options.for === undefined
      ? undefined
      : await knownOfIncident(
          forIncident(context, options.for),
          await listsOf(context, options.ioc ?? []),
        );
  const indicators = known?.indicators ?? (await indicatorsOf(context, options));
  const asked = { ...readOptions(context, options), indicators };
  const choice = await chooseRules(asked);
  for (const problem of choice.problems)
    context.say(`rule left out: ${problemLine(problem).replace(/\s*\n\s*/g, ' ')}`);
  const { env, cwd, store } = context.settings;
  const { watched_files: named } = readConfig(configPaths(env, cwd, store));
  return {
    asked,
    choice,
    known,
    watchedFiles: Object.values(named)
      .flat()
      .map((one) => resolve(one)),
  };
}

/** Everything about one incident, whichever is current. */
const forIncident = (context: CommandContext, incident: string): CommandContext => ({
  ...context,
  settings: { ...context.settings, incident },
});

/** Microseconds. @throws IrError (exit 2) for what is no length of time */
export function spanOf(flag: string, text: string): number {
  const us = spanUs(text);
  if (us === undefined || us < 0)
    throw usageError(`${flag}: "${text}" is no length of time`, 'Write 200ms, 5s or 2m.');
  return us;
}

/** What is normal: of a baseline, of an earlier run, or yet to be learnt. */
export async function normalOf(
  context: CommandContext,
  { asked, choice }: LoadedRules,
  { baseline, learn = DEFAULT_LEARN }: WatchCommandOptions,
  saved: WatchState | undefined,
  geo: Geo | undefined,
): Promise<Normal | undefined> {
  if (saved?.normal !== undefined) return loadNormal(saved.normal);
  if (baseline !== undefined)
    return { ...(await learnNormal(baseline, { ...asked, geo }, choice)), isKept: true };
  const fromMs = context.now().getTime();
  const untilUs = fromMs * 1000 + spanOf('--learn', learn);
  context.say(
    `what is normal is learnt from now until ${new Date(untilUs / 1000).toISOString()}; --baseline names logs to learn from`,
  );
  return { untilUs, learnt: new Map(), isKept: true };
}
