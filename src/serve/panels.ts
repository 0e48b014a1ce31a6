/** What the panels of a dashboard show, made from what is known now. Pure: clock and facts are given in. */
import { LEVELS, levelRank } from '../events/level.ts';
import { grouped } from '../events/words.ts';
import type { BarRow, Cell, Figure, LivePanel, LiveQuery, PanelData } from '../pages/live-model.ts';
import { queryText, RANGES } from '../pages/live-model.ts';
import type { WatchCounters } from '../watch/counters.ts';
import type { LiveFinding } from '../watch/live-finding.ts';
import type { TrafficMinute } from '../watch/traffic.ts';
import type { Dashboard, PanelAsked, Which } from './dashboard.ts';
import {
  countsPanel,
  type Minutes,
  type Stretch,
  seriesPanel,
  topPanel,
} from './traffic-panels.ts';

/** All that is known at a moment. */
export interface Known {
  nowMs: number;
  /** Of the watch; undefined: none has worked here. */
  counters: WatchCounters | undefined;
  /** The newest first. */
  findings: readonly LiveFinding[];
  /** What came, by the minute, in order of time: minutes that are over. The same array while none is added. */
  minutes: readonly TrafficMinute[];
  alerts: readonly KnownAlert[];
  incidents: readonly KnownIncident[];
  host: readonly Figure[];
}

/** An alert as a row. */
export interface KnownAlert {
  /** As `ir alerts` names it. */
  number: string;
  title: string;
  level: (typeof LEVELS)[number];
  state: string;
  lastAt: string;
  count: number;
  entities: readonly string[];
  why: string;
  firstAt: string;
  /** What it is about, by field. */
  fields: Readonly<Record<string, readonly string[]>>;
  /** Lines with their places. */
  evidence: readonly string[];
  /** What to do next. */
  next: string;
  /** Not over, and nobody has taken it on. */
  isOpen: boolean;
  /** Key of the incident that it opened. */
  incident: string | undefined;
}

/** An incident as a row. */
export interface KnownIncident {
  key: string;
  title: string;
  severity: string;
  phase: string;
  status: string;
}

const MOST_ROWS = 100;
const MOST_BARS = 10;
const BUCKETS = 96;
const MINUTE_MS = 60_000;
/** A watch writes every second; older than this, it has ended. */
const STILL_MS = 10_000;

/** The panels of a dashboard. */
export function panelsOf(dashboard: Dashboard, query: LiveQuery, known: Known): LivePanel[] {
  const stretch = stretchOf(query, known);
  const within = known.findings.filter(({ finding, notedMs }) => {
    const ms = lastMs(finding.lastUs, notedMs);
    return ms >= stretch.fromMs && ms <= stretch.toMs && isAbout(finding, query);
  });
  const hrefOf = (value: string): string =>
    `/dashboard/${dashboard.name}${queryText({ ...query, entity: value })}`;
  return dashboard.panels.map((panel, index) => {
    const chosen = 'which' in panel && panel.which ? within.filter(fits(panel.which)) : within;
    return {
      id: `panel-${index}`,
      title: panel.title,
      data: dataOf(panel, chosen, { known, stretch, query, hrefOf }),
    };
  });
}

/** The stretch that is asked for; it begins no earlier than what is known. */
export function stretchOf({ range, fromMs, toMs }: LiveQuery, known: Known): Stretch {
  if (fromMs !== undefined && toMs !== undefined) return { fromMs, toMs };
  const minutes = Math.min(RANGES[range] ?? RANGES['24h']!, oldestMinutes(known));
  // What bears a stamp of tomorrow is shown today.
  return { fromMs: known.nowMs - minutes * MINUTE_MS, toMs: Number.MAX_SAFE_INTEGER };
}

/** How far back the oldest thing lies that is known. */
const oldestMinutes = ({ nowMs, findings, counters, minutes }: Known): number => {
  let oldestMs = Math.min(counters?.beganMs ?? nowMs, (minutes[0]?.at ?? Infinity) * MINUTE_MS);
  for (const { finding, notedMs } of findings)
    oldestMs = Math.min(oldestMs, lastMs(finding.lastUs, notedMs));
  return Math.max(RANGES['15m']!, Math.ceil((nowMs - oldestMs) / MINUTE_MS) + 1);
};

interface Asked {
  known: Known;
  stretch: Stretch;
  query: LiveQuery;
  /** The page of this dashboard about a value. */
  hrefOf(value: string): string;
}

function dataOf(panel: PanelAsked, chosen: readonly LiveFinding[], asked: Asked): PanelData {
  const { known } = asked;
  const minutes: Minutes = { closed: known.minutes, open: known.counters?.minute };
  switch (panel.show) {
    case 'standing':
      return standing(chosen, known);
    case 'chart':
      return chart(chosen, asked, panel.which === undefined);
    case 'findings':
      return findingTable(chosen, known.nowMs);
    case 'entities':
      return {
        show: 'bars',
        heading: 'By findings',
        rows: entityRows(chosen, panel.fields, asked),
      };
    case 'counts':
      return countsPanel(
        panel.of,
        minutes,
        asked.stretch,
        (name) => `/lines/${name}${queryText(asked.query)}`,
      );
    case 'series': {
      const { fromMs, toMs } = asked.stretch;
      return seriesPanel(panel.of, minutes, { fromMs, toMs: Math.min(toMs, known.nowMs) });
    }
    case 'top':
      return topPanel(panel, minutes, asked.stretch, {
        ...{ entity: asked.query.entity, hrefOf: asked.hrefOf },
      });
    case 'alerts':
      return alertTable(known.alerts, asked.query);
    case 'incidents':
      return incidentTable(known.incidents);
    case 'sources':
      return sourceTable(known);
    case 'host':
      return { show: 'figures', figures: known.host };
  }
}

const lastMs = (lastUs: number | undefined, notedMs: number): number =>
  lastUs === undefined ? notedMs : lastUs / 1000;

const isAbout = ({ entities }: LiveFinding['finding'], { entity }: LiveQuery): boolean =>
  entity === '' ||
  Object.values(entities).some((values) =>
    values.some((value) => value.toLowerCase().includes(entity.toLowerCase())),
  );

/** Is a finding one of those? */
export function fits({ tactics, techniques, titles, level }: Which): (one: LiveFinding) => boolean {
  return ({ finding: { rule, level: its } }) =>
    (tactics === undefined || rule.tactics.some((one) => tactics.includes(one))) &&
    (techniques === undefined ||
      rule.techniques.some((id) =>
        techniques.some((one) => id === one || id.startsWith(`${one}.`)),
      )) &&
    (titles === undefined ||
      titles.some((one) => rule.title.toLowerCase().includes(one.toLowerCase()))) &&
    (level === undefined || levelRank(its) >= levelRank(level));
}

function standing(chosen: readonly LiveFinding[], { counters, nowMs }: Known): PanelData {
  const levels = [...LEVELS].reverse().flatMap((level): Figure[] => {
    const count = chosen.filter(({ finding }) => finding.level === level).length;
    return count === 0 ? [] : [{ label: level, value: grouped(count), level }];
  });
  if (counters === undefined) {
    const remark = 'No watch has worked here yet: ir watch PATHS, or ir serve PATHS, begins one.';
    return { show: 'figures', figures: levels, remark };
  }
  const isStill = nowMs - counters.nowMs > STILL_MS;
  return {
    show: 'figures',
    figures: [
      ...levels,
      { label: 'events a second', value: grouped(isStill ? 0 : counters.rate) },
      { label: 'events', value: grouped(counters.events) },
      ...(counters.lagMs === undefined
        ? []
        : [
            {
              label: 'since the latest event',
              value: ageText(counters.lagMs + (nowMs - counters.nowMs)),
            },
          ]),
    ],
    ...(isStill
      ? {
          remark: `The watch does not work now: these are its numbers of ${ageText(nowMs - counters.nowMs)} ago.`,
        }
      : {}),
  };
}

/** Events are counted by arrival, for all; so beside findings of a choice there are none. */
function chart(
  chosen: readonly LiveFinding[],
  { known: { counters, nowMs }, stretch }: Asked,
  hasEvents: boolean,
): PanelData {
  const toMs = Math.min(stretch.toMs, nowMs);
  const minutes = Math.max(1, Math.ceil((toMs - stretch.fromMs) / MINUTE_MS));
  const bucketMs = Math.max(MINUTE_MS, Math.ceil(minutes / BUCKETS) * MINUTE_MS);
  const buckets = Math.max(1, Math.ceil((minutes * MINUTE_MS) / bucketMs));
  const endMs = (Math.floor(toMs / MINUTE_MS) + 1) * MINUTE_MS;
  // By the minute: nothing is drawn anew because a second has gone by.
  const startMs = endMs - buckets * bucketMs;
  const events = new Array<number>(buckets).fill(0);
  const findings = LEVELS.map(() => new Array<number>(buckets).fill(0));
  const put = (row: number[], ms: number, count: number): void => {
    const bucket = Math.floor((ms - startMs) / bucketMs);
    if (bucket >= 0 && bucket < buckets) row[bucket]! += count;
  };
  const lastMinute = Math.floor((counters?.nowMs ?? 0) / MINUTE_MS);
  const perMinute = (hasEvents && counters?.perMinute) || [];
  for (const [at, count] of perMinute.entries())
    put(events, (lastMinute - perMinute.length + 1 + at) * MINUTE_MS, count);
  for (const { finding, notedMs } of chosen)
    put(findings[levelRank(finding.level)]!, lastMs(finding.lastUs, notedMs), 1);
  return {
    ...{ show: 'chart', startUs: startMs * 1000, bucketUs: bucketMs * 1000, findings },
    events: hasEvents ? events : [],
  };
}

const STATES = { open: 'new', 'going-on': 'goes on', closed: 'over' } as const;

function findingTable(chosen: readonly LiveFinding[], nowMs: number): PanelData {
  const rows = chosen
    .slice(0, MOST_ROWS)
    .map(({ finding, state, notedMs }): Cell[] => [
      { level: finding.level },
      { text: finding.rule.title, href: `/finding/${finding.id}` },
      entityText(finding.entities),
      grouped(finding.count),
      `${ageText(nowMs - lastMs(finding.lastUs, notedMs))} ago`,
      STATES[state],
    ]);
  const heads = ['Level', 'What', 'Who', 'Events', 'Last', 'State'];
  return table(
    heads,
    rows,
    chosen.length - rows.length,
    'Nothing was found in this time; a longer one may hold more.',
  );
}

const entityText = (entities: LiveFinding['finding']['entities']): string =>
  [...new Set(Object.values(entities).flat())].slice(0, 4).join(', ');

function entityRows(
  chosen: readonly LiveFinding[],
  fields: readonly string[],
  { hrefOf }: Asked,
): BarRow[] {
  const counts = new Map<string, number>();
  for (const { finding } of chosen)
    for (const value of new Set(fields.flatMap((field) => finding.entities[field] ?? [])))
      counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts]
    .sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
    .slice(0, MOST_BARS)
    .map(([value, count]) => ({ value, count, href: hrefOf(value) }));
}

function alertTable(alerts: readonly KnownAlert[], { entity }: LiveQuery): PanelData {
  const chosen = alerts.filter(
    (alert) => entity === '' || alert.entities.some((one) => one.includes(entity)),
  );
  const rows = chosen
    .slice(0, MOST_ROWS)
    .map((alert): Cell[] => [
      { level: alert.level },
      { text: alert.title, href: `/alert/${alert.number}` },
      alert.state,
      alert.entities.slice(0, 4).join(', '),
      grouped(alert.count),
      alert.lastAt,
      alert.why,
    ]);
  const heads = ['Level', 'What', 'State', 'Who', 'Events', 'Last', 'Why'];
  return table(heads, rows, chosen.length - rows.length, 'No alert.');
}

function incidentTable(incidents: readonly KnownIncident[]): PanelData {
  const rows = incidents
    .slice(0, MOST_ROWS)
    .map(({ key, title, severity, phase, status }): Cell[] => [
      ...[{ text: key, href: `/incident/${key}` }, title, severity],
      ...[status === 'closed' ? 'closed' : phase],
    ]);
  const heads = ['Number', 'What', 'Severity', 'Phase'];
  return table(heads, rows, incidents.length - rows.length, 'No incident.');
}

function sourceTable({ counters, nowMs }: Known): PanelData {
  const sources = counters?.sources ?? [];
  const rows = sources
    .slice(0, MOST_ROWS)
    .map((source): Cell[] => [
      source.path,
      grouped(source.events),
      source.arrivedMs === undefined ? 'nothing yet' : `${ageText(nowMs - source.arrivedMs)} ago`,
      source.latestUs === undefined ? 'no time' : `${ageText(nowMs - source.latestUs / 1000)} ago`,
      source.problem ?? (source.isBehind ? 'behind' : 'read to its end'),
    ]);
  const heads = ['Source', 'Events since the start', 'Last came', 'Latest event', 'State'];
  return table(heads, rows, sources.length - rows.length, 'No source.');
}

const table = (heads: string[], rows: Cell[][], more: number, none: string): PanelData => ({
  ...{ show: 'table', heads, rows, more, none },
});

/** `12 s`, `3 min`, `5 h`, `2 d`; what lies ahead is now. */
export function ageText(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86_400)} d`;
}
