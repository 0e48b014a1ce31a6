/** `ir timeline`: log files to findings or events. */

import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { alertDocument } from '../detect/alert-document.ts';
import { type AnalyseOptions, analyse } from '../detect/analyse.ts';
import type { EventStream } from '../detect/event-stream.ts';
import type { Timeline } from '../detect/finding.ts';
import type { Geo } from '../detect/geo/geo.ts';
import type { IndicatorKind } from '../detect/indicators/indicator.ts';
import type { Indicators } from '../detect/indicators/indicator-rules.ts';
import type { IndicatorList } from '../detect/indicators/read-indicators.ts';
import { readNetwork } from '../detect/read-network.ts';
import { expressionQuery, type SearchQuery } from '../detect/search/query.ts';
import { storyDocument } from '../detect/story/tell.ts';
import { parseWhere } from '../detect/where/parse.ts';
import type { Where } from '../detect/where/where.ts';
import { EXIT, type ExitCode, IrError, problemLine, usageError } from '../errors.ts';
import { type Level, levelRank } from '../events/level.ts';
import { rfc3339At } from '../events/rfc3339.ts';
import { instantUs } from '../incidents/instant.ts';
import type { TimelinePage } from '../pages/timeline-page.ts';
import { readColumns, withOwnNames } from './columns.ts';
import type { CommandContext } from './context.ts';
import { readInstant, withIncident } from './incident-access.ts';
import { counted, incompleteness } from './incompleteness.ts';
import type { IncidentIndicators } from './ioc-of-incident.ts';
import type { CommandOutcome } from './outcome.ts';
import { readPasswords } from './read-passwords.ts';
import { type LocalPaths, localPaths } from './remote-logs.ts';
import { readSaid, readWorkers, type SaidOptions } from './said-options.ts';
import type { SavedTimeline } from './save-timeline.ts';
import { outputTo } from './write-file.ts';

/** One finding an act, or one a hit. */
export type Fold = 'act' | 'none';

/** How much of the story is shown: what fits a screen, all, nothing. */
export type StoryLength = 'short' | 'full' | 'none';

/** The options of `ir timeline` as commander gives them. */
export interface TimelineOptions extends SaidOptions {
  all?: boolean;
  since?: string;
  until?: string;
  entity?: readonly string[];
  grep?: string;
  where?: string;
  columns?: string;
  output?: string;
  force?: boolean;
  rule?: readonly string[];
  /** Files of indicators. */
  /** File of places (MMDB). */
  geoip?: string;
  ioc?: readonly string[];
  /** False: without the incident's own. */
  incidentIoc?: boolean;
  /** Logs that tell what is normal. */
  baseline?: readonly string[];
  /** False: without any. */
  rules?: readonly string[] | false;
  /** False: without the user's own rules. */
  userRules?: boolean;
  profile?: string;
  level?: Level;
  /** `act` when absent. */
  fold?: Fold;
  /** `short` when absent. */
  story?: StoryLength;
  /** Findings by time alone, without story and stages. */
  flat?: boolean;
  /** In a full-screen browser. */
  interactive?: boolean;
  failOn?: Level;
  strict?: boolean;
  save?: boolean;
  copyEvidence?: boolean;
  referenceTime?: string;
  workers?: string;
  follow?: boolean;
  passwordFile?: string;
  /** Of places: what is asked of them, and how they are opened. */
  query?: string;
  caFile?: string;
  tokenFile?: string;
  timeout?: string;
}

/** What the timeline view shows. */
export interface TimelineResult {
  timeline: Timeline;
  /** ECS documents of the findings, for machine output, made as they are written; none when people read. */
  alerts: Iterable<Readonly<Record<string, unknown>>>;
  /** The stories as documents, for machine output. */
  story: readonly Readonly<Record<string, unknown>>[];
  storyLength: StoryLength;
  isFlat: boolean;
  /** What --save did; undefined without it. */
  saved: SavedTimeline | undefined;
  /** The fields that are wanted. Absent: what the view chooses. */
  columns?: readonly string[] | undefined;
  /** What a page shows; absent where none is asked for. */
  page?: TimelinePage | undefined;
}

/** What the events view shows. */
export interface EventsResult {
  events: Pick<EventStream, 'events' | 'files' | 'brokenRules' | 'whyNothing'>;
  /** The fields that are wanted; undefined: what the view chooses. */
  columns: readonly string[] | undefined;
}

/** Reads the paths and gives findings (or, with `all`, events). */
export async function timeline(
  context: CommandContext,
  paths: readonly string[],
  options: TimelineOptions,
  bring: () => Promise<LocalPaths> = () => localPaths(context, paths, options),
): Promise<CommandOutcome<TimelineResult | EventsResult>> {
  const indicators = await indicatorsOf(context, options);
  if (options.copyEvidence === true && options.save !== true) {
    throw usageError('--copy-evidence copies what --save registers', 'Add --save.');
  }
  if (options.all === true && options.baseline !== undefined)
    throw usageError('--baseline makes findings and does not go with --all');
  const geo = await geoOf(context, options);
  const settings = {
    ...readOptions(context, options),
    indicators,
    baseline: options.baseline,
    geo,
  };
  const missing = settings.ruleFolders.find((path) => !existsSync(resolve(settings.cwd, path)));
  if (missing !== undefined) {
    throw usageError(`--rules: there is no file or folder "${missing}"`, 'Correct the path.');
  }
  const columns = readColumns(options.columns);
  const written = await outputTo(context, options, filesOf(paths, options));
  const local = await bring();
  if (options.all === true) {
    if (options.save === true) {
      throw usageError('--save stores findings and does not go with --all', 'Leave out --all.');
    }
    const { streamEvents } = await import('../detect/event-stream.ts');
    const events = await streamEvents(local.paths, { ...settings, shownAs: local.shownAs });
    // People read them at the end of the result.
    if (context.settings.format !== 'text') sayBroken(context, events.brokenRules);
    sayNothing(context, events.whyNothing);
    const reasons = (): string[] => incompleteness(events.unread, events.files, options);
    const exit = (): ExitCode | undefined =>
      reasons().length > 0 ? EXIT.unreadableInput : undefined;
    // A file may be rotated away while its events are printed.
    const shown = told(events, withOwnNames(events.events, columns));
    return { result: { events: shown, columns }, exitAfter: exit, reasons, ...written };
  }
  // Reading may take minutes: a missing store or incident is refused before it.
  if (options.save === true) await withIncident(context, () => Promise.resolve());
  // People see no checksums; what is kept or goes to other programs has them.
  const isForPrograms = context.settings.format !== 'text' || columns !== undefined;
  const isHashed = options.save === true || isForPrograms;
  const found = await analyse(local.paths, { ...settings, isHashed, shownAs: local.shownAs });
  const saved = options.save === true ? await save(context, found, paths, options) : undefined;
  const alerts = isHashed ? alertsOf(found) : [];
  // JSON has them as `broken_rules`.
  const { format } = context.settings;
  if (format !== 'text' && format !== 'json') sayBroken(context, found.brokenRules);
  // People read it beside the result.
  if (format !== 'text') sayNothing(context, found.whyNothing);
  const story = found.stories.map(storyDocument);
  const isFlat = options.flat === true;
  const storyLength = isFlat ? 'none' : (options.story ?? 'short');
  const page = format === 'html' ? await pageOf(context, found) : undefined;
  const result = { timeline: found, alerts, story, storyLength, isFlat, saved, columns, page };
  return { result, ...timelineExit(found, options), ...written };
}

/** All files that a command line names to be read. */
const filesOf = (
  paths: readonly string[],
  { baseline = [], ioc = [], geoip, passwordFile }: TimelineOptions,
): string[] => [
  ...[...paths, ...baseline, ...ioc],
  ...[geoip, passwordFile].filter((path) => path !== undefined),
];

/** The file of --geoip, opened. */
export async function geoOf(
  { settings }: CommandContext,
  { geoip }: TimelineOptions,
): Promise<Geo | undefined> {
  if (geoip === undefined) return undefined;
  const { openGeo } = await import('../detect/geo/geo.ts');
  return openGeo(geoip, settings.cwd);
}

async function pageOf({ settings }: CommandContext, found: Timeline): Promise<TimelinePage> {
  const { timelinePageOf } = await import('./timeline-page.ts');
  return timelinePageOf(found, settings.cwd);
}

/** The lists of --ioc and that of the open incident; what of them cannot be used is said. Undefined when there is none. */
export async function indicatorsOf(
  context: CommandContext,
  options: TimelineOptions,
): Promise<Indicators | undefined> {
  const { ioc = [], all } = options;
  if (ioc.length > 0 && all === true)
    throw usageError('--ioc makes findings and does not go with --all');
  const own = await listOfOpenIncident(context, options);
  if (ioc.length === 0 && own === undefined) return undefined;
  const { createIndicators } = await import('../detect/indicators/indicator-rules.ts');
  return createIndicators(await listsOf(context, ioc, own));
}

/** Lists by their paths, and what could not be used of them said. @param own one more */
export async function listsOf(
  context: CommandContext,
  ioc: readonly string[],
  own?: IndicatorList,
): Promise<IndicatorList[]> {
  const { readIndicators } = await import('../detect/indicators/read-indicators.ts');
  const lists: IndicatorList[] = [];
  for (const path of ioc) {
    lists.push(
      path === 'incident'
        ? await listOfIncident(context)
        : readIndicators(resolve(context.settings.cwd, path)),
    );
  }
  if (own !== undefined) lists.push(own);
  for (const { path, indicators, problems, untold } of lists) {
    for (const problem of problems) context.say(`indicator left out: ${problemLine(problem)}`);
    if (untold > 0) context.say(`indicators left out: ${untold} more of ${path}`);
    context.say(`${path}: ${counted(indicators.length, 'indicator')}`);
  }
  return lists;
}

/** The incident's own indicators, as a list. */
async function listOfIncident(context: CommandContext): Promise<IndicatorList> {
  const { incidentIndicators } = await import('./ioc-of-incident.ts');
  return listOf(await incidentIndicators(context));
}

async function listOf({ key, items }: IncidentIndicators): Promise<IndicatorList> {
  const { columnsOf } = await import('../detect/indicators/columns.ts');
  const indicators = columnsOf(
    items.map(({ type, value, seq }) => ({ kind: type as IndicatorKind, value, line: seq })),
  );
  return { path: key, format: 'text', indicators, problems: [], untold: 0 };
}

/** That of the incident that is current and open, where nothing else is asked for. What is wrong with the store ends no reading. */
async function listOfOpenIncident(
  context: CommandContext,
  { ioc = [], incidentIoc, all, rule, rules }: TimelineOptions,
): Promise<IndicatorList | undefined> {
  const isNarrowed = ioc.length === 0 && (rule !== undefined || rules === false);
  if (incidentIoc === false || all === true || isNarrowed || ioc.includes('incident'))
    return undefined;
  try {
    const { openIncidentIndicators } = await import('./ioc-of-incident.ts');
    const found = await openIncidentIndicators(context);
    return found === undefined ? undefined : await listOf(found);
  } catch (error) {
    if (!(error instanceof IrError)) throw error;
    context.say(`The incident's indicators are not looked for: ${problemLine(error)}`);
    return undefined;
  }
}

/** What a stream tells of itself, as it stands when that is asked. */
const told = (stream: EventStream, events: EventStream['events']): EventsResult['events'] => ({
  events,
  brokenRules: stream.brokenRules,
  whyNothing: stream.whyNothing,
  get files() {
    return stream.files;
  },
});

/** May be iterated more than once. */
const alertsOf = ({ findings }: Timeline): TimelineResult['alerts'] => ({
  *[Symbol.iterator]() {
    for (const finding of findings) yield alertDocument(finding);
  },
});

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
  if (options.rules === false && (options.rule !== undefined || options.profile !== undefined)) {
    const other = options.rule === undefined ? '--profile' : '--rule';
    throw usageError(`--no-rules and ${other} contradict each other`, 'Leave one of them out.');
  }
  if (sinceUs > untilUs) {
    throw usageError(`--since ${options.since} lies after --until ${options.until}`);
  }
  for (const entity of options.entity ?? []) {
    const isNetwork = /^[\da-f:.]*[:.][\da-f:.]*\/\d+$/i.test(entity.trim());
    if (isNetwork && readNetwork(entity) === undefined) {
      throw usageError(`--entity: "${entity}" is no network`, 'Write one as 198.51.100.0/24.');
    }
  }
  return {
    cwd: settings.cwd,
    zone: settings.zone,
    said: readSaid(settings, options),
    env: settings.env,
    filter: {
      ...{ sinceUs, untilUs, entities: options.entity ?? [], grep: readGrep(options.grep) },
      where: readWhere(context, options.where, options.geoip !== undefined),
    },
    level: options.level ?? 'medium',
    isFolded: options.fold !== 'none',
    ruleNames: options.rule ?? [],
    ruleFolders: options.rules || [],
    isWithoutRules: options.rules === false,
    isWithoutOwnRules: options.userRules === false,
    profile: options.profile,
    store: settings.store,
    referenceMs: referenceUs === undefined ? undefined : referenceUs / 1000,
    workers: readWorkers(options.workers),
    isFollowing: options.follow === true,
    timeText: (us) => rfc3339At(us, settings.displayOffsetAt(us / 1000)),
    passwords: readPasswords(options.passwordFile, settings.cwd),
    stdin: process.stdin,
    progress: context.progress,
    say: context.say,
    signal: context.signal,
  };
}

const readGrep = (text: string | undefined): SearchQuery | undefined =>
  text === undefined ? undefined : expressionQuery(text, '--grep');

/** Reads `--where`; times in it are read as those of options are. */
export const readWhere = (
  context: CommandContext,
  text: string | undefined,
  hasPlaces = false,
): Where | undefined =>
  text === undefined
    ? undefined
    : parseWhere(text, {
        option: '--where',
        hasPlaces,
        readTime: (time) => instantUs(readInstant(context, time, '--where') as string),
      });

async function save(
  context: CommandContext,
  found: Timeline,
  paths: readonly string[],
  { copyEvidence }: TimelineOptions,
): Promise<SavedTimeline> {
  const { saveTimeline } = await import('./save-timeline.ts');
  const saved = await saveTimeline(context, found, ['timeline', ...paths]);
  if (copyEvidence !== true) return saved;
  const { copyLogs } = await import('./copy-logs.ts');
  return copyLogs(context, saved, found.files);
}

const sayBroken = (context: CommandContext, problems: readonly IrError[]): void => {
  for (const problem of problems)
    context.say(`rule left out: ${problemLine(problem).replace(/\s*\n\s*/g, ' ')}`);
};

const sayNothing = (context: CommandContext, why: string | undefined): void => {
  if (why !== undefined) context.say(`No events: ${why}.`);
};

function timelineExit(
  found: Timeline,
  options: TimelineOptions,
): Pick<CommandOutcome<unknown>, 'exit' | 'reasons'> {
  const unread = incompleteness(found.unread, found.files, options);
  if (unread.length > 0) return { exit: EXIT.unreadableInput, reasons: () => unread };
  const { failOn } = options;
  if (failOn === undefined) return {};
  const serious = found.findings.filter(({ level }) => levelRank(level) >= levelRank(failOn));
  if (serious.length === 0) return {};
  const reason = `--fail-on: ${counted(serious.length, 'finding')} of level ${failOn} or above`;
  return { exit: EXIT.findings, reasons: () => [reason] };
}
