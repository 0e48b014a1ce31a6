/** How fast incidents are detected, taken on, contained and recovered from: medians and p90 over many, drills, false alarms and what is part of another left out. */
import type { Incident } from './incident.ts';
import { type Metrics, metricsOf } from './key-times.ts';

/** One metric over a number of incidents, in milliseconds. */
export interface MetricSummary {
  /** How many incidents it is known of. */
  n: number;
  medianMs: number | undefined;
  p90Ms: number | undefined;
}

/** The four metrics of a group of incidents. */
export interface MetricGroup {
  /** `all`, a severity, a type, a month. */
  by: string;
  incidents: number;
  metrics: Readonly<Record<keyof Metrics, MetricSummary>>;
}

/** The metrics over incidents. */
export interface IncidentMetrics {
  schema: 'ir.metrics/v1';
  /** Incidents that were left out. */
  drills: number;
  falsePositives: number;
  /** Duplicates, and what was merged into another or is part of one: that one counts. */
  partsOfOthers: number;
  all: MetricGroup;
  bySeverity: readonly MetricGroup[];
  byType: readonly MetricGroup[];
  /** By the month in which they were detected, else declared; oldest first. */
  byMonth: readonly MetricGroup[];
}

/** Their names, with what they mean. */
export const METRIC_NAMES: readonly (readonly [keyof Metrics, string, string])[] = [
  ['mttdMs', 'MTTD', 'time to detect'],
  ['mttaMs', 'MTTA', 'time to acknowledge'],
  ['mttcMs', 'MTTC', 'time to contain'],
  ['mttrMs', 'MTTR', 'time to recover'],
];

/**
 * Computes them.
 * @param all the incidents among which those that these are part of are looked for
 */
export function incidentMetrics(
  incidents: readonly Incident[],
  all: readonly Incident[] = incidents,
): IncidentMetrics {
  const { counted, real } = countedOf(incidents, all);
  const grouped = (keyOf: (incident: Incident) => string): MetricGroup[] => {
    const keys = [...new Set(counted.map(keyOf))].sort();
    return keys.map((by) =>
      groupOf(
        by,
        counted.filter((one) => keyOf(one) === by),
      ),
    );
  };
  return {
    schema: 'ir.metrics/v1',
    drills: incidents.filter(({ isDrill }) => isDrill).length,
    falsePositives: incidents.filter(
      ({ isDrill, determination }) => !isDrill && determination === 'false_positive',
    ).length,
    partsOfOthers: real.length - counted.length,
    all: groupOf('all', counted),
    bySeverity: grouped(({ severity }) => severity),
    byType: grouped(({ type }) => (type === '' ? 'none' : type)),
    byMonth: grouped(({ times }) => (times.detected ?? times.declared ?? 'unknown').slice(0, 7)),
  };
}

/** Key of the one that counts for it: itself where it is part of none that is there. Of a ring, one counts. */
function mainOf(incident: Incident, byKey: ReadonlyMap<string, Incident>): string {
  const seen: string[] = [];
  for (let at: Incident | undefined = incident; at !== undefined; ) {
    if (seen.includes(at.key)) return [...seen.slice(seen.indexOf(at.key))].sort()[0]!;
    seen.push(at.key);
    const { duplicateOf, mergedInto, partOf }: Incident['facts'] = at.facts;
    at = byKey.get(duplicateOf ?? mergedInto ?? partOf ?? '');
  }
  return seen.at(-1)!;
}

/** Those that count: no drills, no false positives (`real`), and of each that is told in parts the main one alone. */
export function countedOf(
  incidents: readonly Incident[],
  all: readonly Incident[],
): { counted: Incident[]; real: Incident[] } {
  const real = incidents.filter(
    ({ isDrill, determination }) => !isDrill && determination !== 'false_positive',
  );
  const byKey = new Map(all.map((one) => [one.key, one]));
  const counted = real.filter((one) => mainOf(one, byKey) === one.key);
  return { counted, real };
}

function groupOf(by: string, incidents: readonly Incident[]): MetricGroup {
  const known = incidents.map(({ times }) => metricsOf(times));
  const summary = (name: keyof Metrics): MetricSummary => {
    const values = known.flatMap((one) => one[name] ?? []).sort((a, b) => a - b);
    return { n: values.length, medianMs: quantile(values, 0.5), p90Ms: quantile(values, 0.9) };
  };
  return {
    ...{ by, incidents: incidents.length },
    metrics: {
      mttdMs: summary('mttdMs'),
      mttaMs: summary('mttaMs'),
      mttcMs: summary('mttcMs'),
      mttrMs: summary('mttrMs'),
    },
  };
}

/** Between neighbours in proportion, as most statistics programs do by themselves (type 7 of Hyndman and Fan). */
function quantile(sorted: readonly number[], part: number): number | undefined {
  if (sorted.length === 0) return undefined;
  const at = (sorted.length - 1) * part;
  const below = Math.floor(at);
  const low = sorted[below]!;
  return Math.round(low + (at - below) * ((sorted[below + 1] ?? low) - low));
}
