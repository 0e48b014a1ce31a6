/** `ir watch`: the rules over logs that grow. */
import { mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { alertDocument } from '../detect/alert-document.ts';
import { createFilter } from '../detect/event-filter.ts';
import type { Geo } from '../detect/geo/geo.ts';
import { createPlan } from '../detect/plan.ts';
import { messageOf, usageError } from '../errors.ts';
import { plural } from '../events/words.ts';
import { FORMATS } from '../logs/formats/list.ts';
import { createSpool } from '../logs/spool.ts';
import { writeCounters } from '../watch/counters-file.ts';
import { type Inputs, openInputs } from '../watch/inputs.ts';
import type { LiveFinding, LiveSink } from '../watch/live-finding.ts';
import { lockFolder } from '../watch/lock.ts';
import { readState, type WatchState } from '../watch/state-file.ts';
import { createWatch, type Watch } from '../watch/watch.ts';
import type { CommandContext } from './context.ts';
import type { CommandOutcome } from './outcome.ts';
import { readSaid } from './said-options.ts';
import type { TimelineOptions } from './timeline.ts';
import { type ActOptions, openActs } from './watch-acts.ts';
import { watchFolder } from './watch-folder.ts';
import { createReturns, type KnownOfIncident } from './watch-for.ts';
import { type HangUps, hearHangUps } from './watch-hang-ups.ts';
import { type ListeningOptions, readListening } from './watch-listening.ts';
import { disksOf, hostSampler } from './watch-machine.ts';
import { countOf, type LoadedRules, loadRules, normalOf, spanOf } from './watch-rules.ts';
import { statusLine } from './watch-status.ts';

/** The options of `ir watch` as commander gives them. */
export interface WatchCommandOptions
  extends Pick<
      TimelineOptions,
      | 'as'
      | 'skew'
      | 'host'
      | 'exclude'
      | 'since'
      | 'where'
      | 'rule'
      | 'rules'
      | 'userRules'
      | 'profile'
      | 'level'
      | 'baseline'
      | 'ioc'
      | 'incidentIoc'
      | 'referenceTime'
      | 'geoip'
    >,
    ActOptions,
    ListeningOptions {
  /** Several watches of one workspace have names. */
  name?: string;
  delay?: string;
  learn?: string;
  /** Reads what is there and ends. */
  once?: boolean;
  /** The incident whose indicators, accounts and traces are looked for. */
  for?: string;
  /** Follows the journal of systemd. */
  journal?: boolean;
}

/** What the view shows while it comes. */
export interface WatchResult {
  findings: AsyncIterable<LiveFinding>;
  /** As an ECS document. */
  documentOf(finding: LiveFinding): Readonly<Record<string, unknown>>;
}

const DEFAULT_DELAY = '200ms';
/** Between two looks when nothing comes; after a long silence. */
const LOOK_MS = 100;
const CALM_LOOK_MS = 250;
const CALM_AFTER_MS = 5000;
const REFRESH_MS = 1000;

/** Watches until it is interrupted, or what it reads has ended. */
export async function watch(
  context: CommandContext,
  paths: readonly string[],
  options: WatchCommandOptions,
): Promise<CommandOutcome<WatchResult>> {
  if (paths.length === 0 && options.journal !== true)
    throw usageError('there is nothing to watch', 'Name files or folders: ir watch /var/log');
  const { signal } = context;
  const folder = folderOf(context, options.name ?? 'main');
  const unlock = lockFolder(folder);
  // Heard from the start: a service may be told to reload while it still begins.
  const hangUps = hearHangUps();
  const setup = await prepare(context, paths, options, folder).catch((error: unknown) => {
    hangUps.close();
    unlock();
    throw error;
  });
  const findings = async function* (): AsyncGenerator<LiveFinding> {
    try {
      yield* run(context, setup, hangUps, options, signal);
    } finally {
      hangUps.close();
      await setup.close();
      unlock();
    }
  };
  return { result: { findings: findings(), documentOf: liveDocument }, isLive: true };
}

function folderOf(context: CommandContext, name: string): string {
  const folder = watchFolder(context, name);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return folder;
}

/** A watch that is ready, and what it told. */
interface Setup {
  /** Where it keeps what it knows. */
  folder: string;
  watch: Watch;
  /** Reads rules, formats and configuration anew; what was seen is kept. */
  reload(): Promise<void>;
  inputs: Inputs;
  /** With `--for`. */
  known: KnownOfIncident | undefined;
  returns: ReturnType<typeof createReturns>;
  /** What was told and not yet shown. */
  shown: LiveFinding[];
  close(): Promise<void>;
}

async function prepare(
  context: CommandContext,
  paths: readonly string[],
  options: WatchCommandOptions,
  folder: string,
): Promise<Setup> {
  const { settings, say } = context;
  const rules = await loadRules(context, options);
  const saved = readState(folder);
  const geo = await geoOf(context, options);
  const normal = await normalOf(context, rules, options, saved, geo);
  const spool = createSpool();
  const said = readSaid(settings, options);
  const inputs = await openInputs({
    ...{ paths, cwd: settings.cwd, formats: FORMATS, said, spool, say, folder },
    ...{ saved: saved?.stream.sources ?? [], stdin: process.stdin },
    ...{ hasJournal: options.journal === true, journalSince: options.since },
    ...readListening(settings, options),
  });
  const shown: LiveFinding[] = [];
  const host = hostSampler(
    [folder, ...new Set(paths.map((path) => dirname(resolve(settings.cwd, path))))],
    () => context.now().getTime(),
  );
  const single = new Set(rules.choice.ruleSet.rules.map(({ rule }) => rule.id));
  const acts = await openActs(context, options, folder, single).catch(async (error: unknown) => {
    await inputs.close();
    spool.remove();
    throw error;
  });
  const begin = (loaded: LoadedRules, from: WatchState | undefined): Promise<Watch> =>
    createWatch({
      ...{ folder, saved: from, sources: inputs.sources, plan: createPlan(loaded.choice.ruleSet) },
      ...{ formats: FORMATS, zone: settings.zone, filter: createFilter(loaded.asked.filter) },
      ...{ level: loaded.asked.level, normal, say, now: () => context.now().getTime() },
      delayUs: spanOf('--delay', options.delay ?? DEFAULT_DELAY),
      sinks: [screen(shown), ...acts.sinks],
      onEvent: acts.onEvent,
      disks: () => disksOf(inputs.sources.map(({ path }) => resolve(settings.cwd, path))),
      ...{ host, geo, watchedFiles: loaded.watchedFiles, indicators: loaded.asked.indicators },
    });
  const setup: Setup = {
    folder,
    watch: await begin(rules, saved),
    ...{ inputs, shown, known: rules.known, returns: createReturns(context) },
    async reload() {
      const next = await loadRules(context, options).catch((error: unknown) => {
        say(`nothing was reloaded: ${messageOf(error)}`);
      });
      if (next === undefined) return;
      setup.watch.keep();
      setup.watch.close();
      const kept = readState(folder);
      await inputs.reopen(kept?.stream.sources ?? []);
      setup.watch = await begin(next, kept);
      setup.known = next.known;
      say(`reloaded: ${countOf(next)} rules`);
    },
    async close() {
      setup.watch.close();
      await acts.close();
      await inputs.close();
      spool.remove();
    },
  };
  say(
    `watching ${plural(inputs.sources.length, 'source')} with ${countOf(rules)} rules; ${saved === undefined ? 'begun now' : `goes on, begun ${new Date(saved.beganMs).toISOString()}`}`,
  );
  return setup;
}

/** The file of --geoip, opened. */
async function geoOf(
  { settings }: CommandContext,
  { geoip }: WatchCommandOptions,
): Promise<Geo | undefined> {
  if (geoip === undefined) return undefined;
  const { openGeo } = await import('../detect/geo/geo.ts');
  return openGeo(geoip, settings.cwd);
}

/** What is shown is shown once: nobody can be asked where a screen has got to. */
const screen = (shown: LiveFinding[]): LiveSink => ({
  name: 'the screen',
  position: () => Promise.resolve(Number.MAX_SAFE_INTEGER),
  take(findings) {
    shown.push(...findings);
    return Promise.resolve();
  },
});

async function* run(
  context: CommandContext,
  setup: Setup,
  hangUps: HangUps,
  options: WatchCommandOptions,
  signal: AbortSignal,
): AsyncGenerator<LiveFinding> {
  const { inputs, shown } = setup;
  let refreshedMs = context.now().getTime();
  let busyMs = refreshedMs;
  let isOver = false;
  while (!signal.aborted) {
    if (hangUps.take()) await setup.reload();
    const { read, isBehind } = await setup.watch.step();
    for (const one of shown.splice(0)) {
      setup.returns.take(one, setup.known);
      yield one;
    }
    const nowMs = context.now().getTime();
    if (read > 0) busyMs = nowMs;
    if (nowMs - refreshedMs >= REFRESH_MS) {
      refreshedMs = nowMs;
      await inputs.refresh();
      const counters = setup.watch.counters();
      writeCounters(setup.folder, counters);
      context.progress(statusLine(counters));
    }
    isOver = options.once === true || inputs.isOver();
    if (isOver && read === 0 && !isBehind) break;
    // Also where there is more to read: signals are heard in between.
    const waitMs = nowMs - busyMs > CALM_AFTER_MS ? CALM_LOOK_MS : LOOK_MS;
    await pause(isBehind ? 0 : waitMs, undefined, { signal }).catch(() => undefined);
  }
  if (isOver && !signal.aborted) await setup.watch.end();
  for (const one of shown.splice(0)) {
    setup.returns.take(one, setup.known);
    yield one;
  }
  setup.watch.keep();
  writeCounters(setup.folder, setup.watch.counters());
}

/** A live finding as an ECS document of kind `alert`. */
function liveDocument({ seq, state, notedMs, isReplayed, finding }: LiveFinding) {
  const document = alertDocument(finding);
  const ir = { seq, state, noted: new Date(notedMs).toISOString(), replayed: isReplayed };
  return { ...document, ir: { ...ir, ...(document['ir'] as object) } };
}
