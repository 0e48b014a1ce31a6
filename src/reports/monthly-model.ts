/** The month over all incidents as data: what the template `monthly` sees. Pure; drills and false positives are counted and left out of all metrics. */
import { durationText } from '../events/words.ts';
import type { Incident } from '../incidents/incident.ts';
import type { IncidentMetrics, MetricGroup, MetricSummary } from '../incidents/incident-metrics.ts';

/** A metric in words. Null: no incident knows it. */
export interface MonthlyMetric {
  n: number;
  median: string | null;
  p90: string | null;
}

/** A row of a table of metrics, each `2h, p90 5h (3)`, or a dash. */
export interface MonthlyRow {
  /** `severity`, `type`, `month`. */
  kind: string;
  by: string;
  incidents: number;
  mttd: string;
  mtta: string;
  mttc: string;
  mttr: string;
}

/** What is to be done after an incident, over all of them. */
export interface MonthlyTask {
  incident: string;
  number: string;
  title: string;
  owner: string | null;
  due: string | null;
  isLate: boolean;
}

/** The model. Members may be added, none changes its meaning. */
export interface MonthlyModel {
  schema: 'ir.monthly/v1';
  /** `2026-03`, and the one before. */
  month: string;
  before: string;
  counts: {
    incidents: number;
    open: number;
    closed: number;
    drills: number;
    falsePositives: number;
    /** Parts and doubles of others. */
    parts: number;
  };
  metrics: readonly {
    name: string;
    meaning: string;
    now: MonthlyMetric;
    before: MonthlyMetric;
  }[];
  groups: readonly MonthlyRow[];
  /** The months up to it that have incidents, oldest first; at most 12. */
  months: readonly MonthlyRow[];
  incidents: readonly {
    key: string;
    title: string;
    severity: string;
    type: string;
    status: string;
    determination: string;
    detected: string | null;
  }[];
  tasks: readonly MonthlyTask[];
}

/** What it is made of. */
export interface MonthlyInput {
  month: string;
  before: string;
  /** Those of the month that count. */
  incidents: readonly Incident[];
  /** Metrics of the month, of the one before, and of all up to the end of the month. */
  now: IncidentMetrics;
  last: IncidentMetrics;
  all: IncidentMetrics;
  /** Key, name and meaning of each metric. */
  names: readonly (readonly [keyof MetricGroup['metrics'], string, string])[];
  tasks: readonly MonthlyTask[];
}

const MOST_MONTHS = 12;

/** Makes it. */
export function monthlyModel(input: MonthlyInput): MonthlyModel {
  const { month, before, incidents: counted, now, last, all, names, tasks } = input;
  return {
    ...{ schema: 'ir.monthly/v1', month, before },
    counts: {
      incidents: counted.length,
      open: counted.filter(({ status }) => status !== 'closed').length,
      closed: counted.filter(({ status }) => status === 'closed').length,
      ...{ drills: now.drills, falsePositives: now.falsePositives, parts: now.partsOfOthers },
    },
    metrics: names.map(([key, name, meaning]) => ({
      ...{ name, meaning },
      now: inWords(now.all.metrics[key]),
      before: inWords(last.all.metrics[key]),
    })),
    groups: [
      ...now.bySeverity.map((group) => rowOf('severity', group)),
      ...now.byType.map((group) => rowOf('type', group)),
    ],
    months: all.byMonth.slice(-MOST_MONTHS).map((group) => rowOf('month', group)),
    incidents: counted.map(({ key, title, severity, type, status, determination, times }) => ({
      ...{ key, title, severity, type, status, determination },
      detected: times.detected ?? null,
    })),
    tasks,
  };
}

const inWords = ({ n, medianMs, p90Ms }: MetricSummary): MonthlyMetric => ({
  n,
  median: medianMs === undefined ? null : durationText(medianMs),
  p90: p90Ms === undefined ? null : durationText(p90Ms),
});

function rowOf(kind: string, { by, incidents, metrics }: MetricGroup): MonthlyRow {
  const text = (summary: MetricSummary): string => {
    const { n, median, p90 } = inWords(summary);
    return median === null ? '-' : `${median}, p90 ${p90} (${n})`;
  };
  return {
    ...{ kind, by, incidents },
    mttd: text(metrics.mttdMs),
    mtta: text(metrics.mttaMs),
    mttc: text(metrics.mttcMs),
    mttr: text(metrics.mttrMs),
  };
}
