/** `ir timeline`: log files to findings or events. */

import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { alertDocument } from '../detect/alert-document.ts';
import { type AnalyseOptions, analyse } from '../detect/analyse.ts';
import type { EventStream } from '../detect/event-stream.ts';
import type { Timeline } from '../detect/finding.ts';
import { EXIT, type ExitCode, usageError } from '../errors.ts';
import { type Level, levelRank } from '../events/level.ts';
import { instantUs } from '../incidents/instant.ts';
import type { CommandContext } from './context.ts';
import { readInstant, withIncident } from './incident-access.ts';
import type { CommandOutcome } from './outcome.ts';
import type { SavedTimeline } from './save-timeline.ts';

/** One finding an act, or one a hit. */
export type Fold = 'act' | 'none';

/** The options of `ir timeline` as commander gives them. */
export interface TimelineOptions {
  all?: boolean;
  since?: string;
  until?: string;
  entity?: readonly string[];
  grep?: string;
  rule?: readonly string[];
  rules?: readonly string[];
  level?: Level;
  /** `act` when absent. */
  fold?: Fold;
  failOn?: Level;
  strict?: boolean;
  save?: boolean;
  referenceTime?: string;
  workers?: string;
  follow?: boolean;
}

/** What the timeline view shows. */
export interface TimelineResult {
  timeline: Timeline;
  /** ECS documents of the findings, for machine output; none when people read. */
  alerts: readonly Readonly<Record<string, unknown>>[];
  /** What --save did; undefined without it. */
  saved: SavedTimeline | undefined;
}

/** What the events view shows. */
export interface EventsResult {
  events: EventStream;
}

/** Reads the paths and gives findings (or, with `all`, events). */
export async function timeline(
  context: CommandContext,
  paths: readonly string[],
  options: TimelineOptions,
): Promise<CommandOutcome<TimelineResult | EventsResult>> {
  const settings = readOptions(context, options);
  const missing = options.rules?.find((path) => !existsSync(resolve(settings.cwd, path)));
  if (missing !== undefined) {
    throw usageError(`--rules: there is no file or folder "${missing}"`, 'Correct the path.');
  }
  if (options.all === true) {
    if (options.save === true) {
      throw usageError('--save stores findings and does not go with --all', 'Leave out --all.');
    }
    const { streamEvents } = await import('../detect/event-stream.ts');
    const events = await streamEvents(paths, settings);
    const isUnreadable = (): boolean =>
      events.unreadable > 0 || isIncomplete(events.files, options);
    return {
      result: { events },
      ...exitOf(isUnreadable()),
      // A file may be rotated away while its events are printed.
      exitAfter: () => exitOf(isUnreadable()).exit,
    };
  }
  // Reading may take minutes: a missing store or incident is refused before it.
  if (options.save === true) await withIncident(context, () => Promise.resolve());
  // People see no checksums; what is kept or goes to other programs has them.
  const isHashed = options.save === true || context.settings.format !== 'text';
  const found = await analyse(paths, { ...settings, isHashed });
  const saved = options.save === true ? await save(context, found, paths) : undefined;
  const alerts = isHashed ? found.findings.map(alertDocument) : [];
  return { result: { timeline: found, alerts, saved }, ...timelineExit(found, options) };
}

/** The engine's options from the command's. Shared with `ir open --from-timeline`. */
export function readOptions(context: CommandContext, options: TimelineOptions): AnalyseOptions {
  const { settings } = context;
  const instant = (flag: string, text: string | undefined): number | undefined => {
    const found = readInstant(context, text, flag);
    return found === undefined ? undefined : instantUs(found);
  };
  const sinceUs = instant('--since', options.since) ?? Number.NEGATIVE_INFINITY;
  const untilUs = instant('--until', options.until) ?? Number.POSITIVE_INFINITY;
  const referenceUs = instant('--reference-time', options.referenceTime);
  if (sinceUs > untilUs) {
    throw usageError(`--since ${options.since} lies after --until ${options.until}`);
  }
  return {
    cwd: settings.cwd,
    zone: settings.zone,
    env: settings.env,
    filter: { sinceUs, untilUs, entities: options.entity ?? [], grep: options.grep },
    level: options.level ?? 'medium',
    isFolded: options.fold !== 'none',
    ruleNames: options.rule ?? [],
    ruleFolders: options.rules ?? [],
    referenceMs: referenceUs === undefined ? undefined : referenceUs / 1000,
    workers: readWorkers(options.workers),
    isFollowing: options.follow === true,
    stdin: process.stdin,
    progress: context.progress,
    say: context.say,
    signal: context.signal,
  };
}

function readWorkers(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{1,2}$/.test(text)) {
    throw usageError(`--workers is no number from 0 to 99: "${text}"`);
  }
  return Number(text);
}

async function save(
  context: CommandContext,
  found: Timeline,
  paths: readonly string[],
): Promise<SavedTimeline> {
  const { saveTimeline } = await import('./save-timeline.ts');
  return await saveTimeline(context, found, ['timeline', ...paths]);
}

/** With --strict: was a line not parsed? Blank ones hold nothing to parse. */
const isIncomplete = (files: Timeline['files'], { strict }: TimelineOptions): boolean =>
  strict === true &&
  files.some(({ skipped, skips }) => skipped > (skips['blank line']?.count ?? 0));

function timelineExit(found: Timeline, options: TimelineOptions): { exit?: ExitCode } {
  if (found.unreadable > 0 || isIncomplete(found.files, options)) return exitOf(true);
  const { failOn } = options;
  const isSerious =
    failOn !== undefined &&
    found.findings.some(({ level }) => levelRank(level) >= levelRank(failOn));
  return isSerious ? { exit: EXIT.findings } : {};
}

const exitOf = (isUnreadable: boolean): { exit?: ExitCode } =>
  isUnreadable ? { exit: EXIT.unreadableInput } : {};
