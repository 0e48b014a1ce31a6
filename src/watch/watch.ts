/**
 * A watch at work: reads what is new, lets the rules see it, notes what they find, hands it on, and keeps what the next run
 * needs. Whoever runs it says when to take the next step, and what time it is.
 */

import type { Normal } from '../detect/correlate/first-seen.ts';
import type { EventFilter } from '../detect/event-filter.ts';
import type { Finding } from '../detect/finding.ts';
import type { Geo } from '../detect/geo/geo.ts';
import { type Indicators, withIndicators } from '../detect/indicators/indicator-rules.ts';
import type { Plan } from '../detect/plan.ts';
import type { FindingState } from '../detect/sink.ts';
import { createStream } from '../detect/stream/stream.ts';
import { messageOf } from '../errors.ts';
import type { Event } from '../events/event.ts';
import { type Level, levelRank } from '../events/level.ts';
import type { LogFormat } from '../logs/formats/log-format.ts';
import type { RecordSource } from '../logs/record-source.ts';
import { createCounting, type WatchCounters } from './counters.ts';
import { openFindingLog } from './finding-log.ts';
import type { LiveFinding, LiveSink } from './live-finding.ts';
import { savedNormal } from './normal.ts';
import { createQuiet, type DiskState } from './quiet.ts';
import { type WatchState, writeState } from './state-file.ts';
import { createTraffic, type HostSample, type TrafficMinute } from './traffic.ts';
import { addTraffic, beginTraffic } from './traffic-file.ts';
import { createWatchedFiles } from './watched-files.ts';
import { createWatermark } from './watermark.ts';

/** What a watch looks at, by which rules, and where it keeps what. */
export interface WatchOptions {
  /** The folder of its state and its log of findings. */
  folder: string;
  /** What an earlier run left there. */
  saved: WatchState | undefined;
  sources: readonly RecordSource[];
  plan: Plan;
  formats: readonly LogFormat[];
  zone: string;
  filter: EventFilter;
  level: Level;
  normal: Normal | undefined;
  /** Findings of their rules say which of them they saw. */
  indicators?: Indicators | undefined;
  sinks: readonly LiveSink[];
  /** Sees every event. */
  onEvent?: ((event: Event) => void) | undefined;
  /** So much later than others may an event come, microseconds. */
  delayUs: number;
  /** How full the disks are on which sources lie; absent: not looked at. */
  disks?: (() => readonly DiskState[]) | undefined;
  /** Files and folders whose changes are told. */
  watchedFiles?: readonly string[] | undefined;
  /** How this machine stands, asked once a minute; absent: not kept. */
  host?: (() => HostSample) | undefined;
  /** Where addresses are; absent: countries are not told apart. */
  geo?: Geo | undefined;
  /** Milliseconds since the epoch. */
  now(): number;
  /** Remarks for people. */
  say(text: string): void;
}

/** A watch; `close` it in any case. */
export interface Watch {
  /** Reads, judges, tells. @returns what it did: nothing, or how many bytes were read */
  step(): Promise<{ read: number; isBehind: boolean }>;
  counters(): WatchCounters;
  /** Nothing more will come: what is open closes. */
  end(): Promise<void>;
  /** Writes the state, so that the next run reads nothing twice. */
  keep(): void;
  close(): void;
}

/** Read of each source in one step: others get their turn, and what is found is told; well under a second of work. */
const STEP_BYTES = 1 << 20;
/** Writing the state takes at most this part of the time. */
const KEEP_SHARE = 20;
const KEEP_LEAST_MS = 1000;
const TICK_MS = 1000;

/** Begins where an earlier run left off. */
export async function createWatch(options: WatchOptions): Promise<Watch> {
  const { folder, saved, sources, sinks, now, say } = options;
  const beganMs = saved?.beganMs ?? now();
  const log = openFindingLog(folder, saved?.seq ?? 0, saved?.told ?? []);
  const counting = createCounting(saved?.counters);
  const { geo } = options;
  const traffic = createTraffic(now(), saved?.minute, geo && ((address) => geo(address)?.country));
  /** Minutes that are over and not yet written. */
  let minutes: TrafficMinute[] = [];
  const watermark = createWatermark(options.delayUs);
  const runs = await Promise.all(sinks.map(runOf));
  /** Found in this step and not yet numbered. */
  let found: [Finding, FindingState][] = [];
  const stream = createStream({
    ...{ plan: options.plan, formats: options.formats, zone: options.zone },
    ...{ filter: options.filter, level: options.level, normal: options.normal, sources, geo },
    sink: { take: (finding, state) => found.push([finding, state]) },
    saved: saved?.stream,
    nowUs: () => now() * 1000,
    onEvent: (event, source) => {
      counting.event(event, source.path);
      traffic.event(event);
      options.onEvent?.(event);
    },
  });
  const quiet = createQuiet(saved?.quiet);
  const files = createWatchedFiles(options.watchedFiles ?? [], saved?.files, say);
  /** Once a second what does not come is looked for. */
  const lookForQuiet = (): void => {
    const states = sources.map((source) => {
      const { lines = 0, skipped = 0 } = source.account?.() ?? {};
      const isBehind = source.isBehind?.() === true;
      return { path: source.path, ...counting.ofSource(source.path), isBehind, lines, skipped };
    });
    const changed = files.look(now()).map((one) => [one, 'closed'] as const);
    const told = [...quiet.look(now(), states, options.disks?.() ?? []), ...changed];
    if (told.length > 0) isChanged = true;
    for (const [finding, state] of told)
      if (levelRank(finding.level) >= levelRank(options.level)) found.push([finding, state]);
  };
  let lookedMs = 0;
  let contents = 0;
  let kept = { atMs: now(), tookMs: 0, seq: log.lastSeq() };
  let isChanged = saved === undefined;
  let tickedMs = 0;
  /** What goes wrong now; one thing does not make another be said again. */
  const wrong = new Set<string>();
  beginTraffic(folder, saved?.minute);

  /** Says what goes wrong once, and that it is over. */
  const trying = (what: string, work: () => void): boolean => {
    try {
      work();
      if (wrong.delete(what)) say(`${what}: works again`);
      return true;
    } catch (error) {
      if (!wrong.has(what))
        say(`${what}: ${messageOf(error)}. Nothing is lost: it is tried again.`);
      wrong.add(what);
      return false;
    }
  };

  const keepMinutes = (): void => {
    minutes.push(...traffic.turn(now(), options.host));
    if (minutes.length === 0) return;
    if (trying('the figures cannot be written', () => addTraffic(folder, minutes))) minutes = [];
  };

  const note = (): void => {
    const notedMs = now();
    const labelled = withIndicators(
      found.map(([finding]) => finding),
      options.indicators,
    );
    for (const [index, [, state]] of found.entries()) {
      const finding = labelled[index]!;
      const atUs = finding.lastUs ?? finding.atUs;
      const isReplayed = atUs !== undefined && atUs < beganMs * 1000;
      const step = log.add(finding, state, { notedMs, isReplayed });
      if (step === undefined) continue;
      for (const run of runs) run.waiting.push(step);
    }
    found = [];
  };

  const hand = async (): Promise<void> => {
    if (!trying('the findings cannot be written', log.flush)) return;
    const isTick = now() - tickedMs >= TICK_MS;
    if (isTick) tickedMs = now();
    for (const run of runs) await handTo(run, now(), isTick, say);
  };

  const keep = (): void => {
    const began = now();
    const state: WatchState = {
      ...{ schema: 'ir.watch-state/v1', beganMs, seq: log.lastSeq(), stream: stream.save() },
      ...{ told: log.told(), counters: counting.save(), quiet: quiet.save() },
      ...{ minute: traffic.current(), files: files.save() },
      normal: options.normal === undefined ? undefined : savedNormal(options.normal),
    };
    if (!trying('the state cannot be written', () => void writeState(folder, state))) return;
    log.settle();
    isChanged = false;
    kept = { atMs: now(), tookMs: now() - began, seq: state.seq };
  };

  /** What is wrong with a source is said when it begins. */
  const troubles = new Map<RecordSource, string>();
  const saidProblems = new Set<string>();
  const sayTroubles = (): void => {
    for (const problem of stream.problems()) {
      if (!saidProblems.has(problem)) say(problem);
      saidProblems.add(problem);
    }
    for (const source of sources) {
      const problem = source.problem?.();
      if (problem !== undefined && troubles.get(source) !== problem)
        say(`${source.path}: ${problem}`);
      if (problem === undefined) troubles.delete(source);
      else troubles.set(source, problem);
    }
  };

  const settle = (): void => {
    const latest = stream.latest();
    const times = sources.map((source) => ({
      latestUs: latest.get(source),
      isBehind: source.isBehind?.() === true,
    }));
    const atUs = watermark.at(times, now() * 1000);
    if (atUs !== undefined) stream.settle(atUs);
  };

  return {
    async step() {
      const read = await stream.advance(STEP_BYTES);
      sayTroubles();
      settle();
      counting.read(now());
      if (now() - lookedMs >= TICK_MS) {
        lookedMs = now();
        lookForQuiet();
        keepMinutes();
      }
      note();
      if (read > 0) isChanged = true;
      await hand();
      // What a rotation takes away is found again by what stands in the state.
      const begun = stream.contents();
      const wait = Math.max(KEEP_LEAST_MS, kept.tookMs * KEEP_SHARE);
      if (isChanged && (begun !== contents || now() - kept.atMs >= wait)) keep();
      contents = begun;
      return { read, isBehind: sources.some((source) => source.isBehind?.() === true) };
    },
    counters() {
      const nowMs = now();
      const all = sources.map((source) => ({
        ...{ path: source.path, ...counting.ofSource(source.path) },
        bytes: source.bytes?.() ?? 0,
        isBehind: source.isBehind?.() === true,
        problem: source.problem?.(),
      }));
      const latest = Math.max(...all.map(({ latestUs }) => latestUs ?? Number.NEGATIVE_INFINITY));
      return {
        ...{ nowMs, beganMs, ...counting.totals(nowMs), sources: all },
        lagMs: Number.isFinite(latest) ? Math.max(0, nowMs - latest / 1000) : undefined,
        ...{ late: stream.late(), findings: log.lastSeq(), minute: traffic.current() },
      };
    },
    async end() {
      await stream.end();
      note();
      counting.read(now());
      await hand();
    },
    keep,
    close: log.close,
  };

  async function runOf(sink: LiveSink): Promise<SinkRun> {
    return { sink, waiting: log.after(await sink.position()), trouble: '' };
  }
}

/** A sink, and what it has not taken yet. */
interface SinkRun {
  sink: LiveSink;
  waiting: LiveFinding[];
  trouble: string;
}

/** More than this waits in the log of findings alone. */
const MOST_AT_ONCE = 1000;

/** A sink that fails gets the same again; the others do not wait for it. */
async function handTo(
  run: SinkRun,
  nowMs: number,
  isTick: boolean,
  say: (text: string) => void,
): Promise<void> {
  try {
    while (run.waiting.length > 0) {
      const part = run.waiting.slice(0, MOST_AT_ONCE);
      await run.sink.take(part, nowMs);
      run.waiting.splice(0, part.length);
    }
    if (isTick) await run.sink.tick?.(nowMs);
    if (run.trouble !== '') say(`${run.sink.name}: works again`);
    run.trouble = '';
  } catch (error) {
    const reason = messageOf(error);
    if (run.trouble !== reason) say(`${run.sink.name}: ${reason}. It is tried again.`);
    run.trouble = reason;
  }
}
