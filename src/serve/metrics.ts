/**
 * Numbers for Prometheus, in its text format.
 * @see https://prometheus.io/docs/instrumenting/exposition_formats/
 */
import { LEVELS } from '../events/level.ts';
import type { Known } from './panels.ts';

interface Metric {
  name: string;
  type: 'gauge' | 'counter';
  help: string;
  samples: readonly (readonly [labels: Readonly<Record<string, string>>, value: number])[];
}

type Counters = NonNullable<Known['counters']>;

const one = (value: number): Metric['samples'] => [[{}, value]];

function sourceMetrics(counters: Counters): Metric[] {
  const sources = (read: (source: Counters['sources'][number]) => number): Metric['samples'] =>
    counters.sources.map((source) => [{ path: source.path }, read(source)] as const);
  return [
    {
      name: 'ir_source_events_total',
      type: 'counter',
      help: 'Events of a source since the watch started.',
      samples: sources(({ events }) => events),
    },
    {
      name: 'ir_source_bytes_total',
      type: 'counter',
      help: 'Bytes read of a source.',
      samples: sources(({ bytes }) => bytes),
    },
    {
      name: 'ir_source_behind',
      type: 'gauge',
      help: '1: it has more than was read.',
      samples: sources(({ isBehind }) => Number(isBehind)),
    },
    {
      name: 'ir_source_problem',
      type: 'gauge',
      help: '1: something is wrong with it.',
      samples: sources(({ problem }) => Number(problem !== undefined)),
    },
  ];
}

/** What the watch tells of itself and of its sources. */
function watchMetrics(counters: Counters, nowMs: number): Metric[] {
  return [
    {
      name: 'ir_watch_age_seconds',
      type: 'gauge',
      help: 'Since the watch last told of itself.',
      samples: one((nowMs - counters.nowMs) / 1000),
    },
    {
      name: 'ir_watch_events_total',
      type: 'counter',
      help: 'Events that were read.',
      samples: one(counters.events),
    },
    {
      name: 'ir_watch_event_rate',
      type: 'gauge',
      help: 'Events a second over ten seconds.',
      samples: one(counters.rate),
    },
    {
      name: 'ir_watch_lag_seconds',
      type: 'gauge',
      help: 'Since the latest event.',
      samples: counters.lagMs === undefined ? [] : one(counters.lagMs / 1000),
    },
    {
      name: 'ir_watch_late_total',
      type: 'counter',
      help: 'Hits that came later than the delay allows.',
      samples: one(counters.late),
    },
    {
      name: 'ir_watch_finding_steps_total',
      type: 'counter',
      help: 'Steps of findings that were told.',
      samples: one(counters.findings),
    },
    ...sourceMetrics(counters),
  ];
}

/** The page of `GET /metrics`. */
export function metricsText(known: Known, clients: number, refused: number): string {
  const { counters, nowMs } = known;
  const metrics: Metric[] = [
    { name: 'ir_serve_streams', type: 'gauge', help: 'Pages that listen.', samples: one(clients) },
    {
      name: 'ir_serve_refused_total',
      type: 'counter',
      help: 'Requests that were refused.',
      samples: one(refused),
    },
    ...(counters === undefined ? [] : watchMetrics(counters, nowMs)),
    {
      name: 'ir_findings_open',
      type: 'gauge',
      help: 'Findings that are not over.',
      samples: LEVELS.map((level) => [
        { level },
        known.findings.filter(({ state, finding }) => state !== 'closed' && finding.level === level)
          .length,
      ]),
    },
    {
      name: 'ir_alerts',
      type: 'gauge',
      help: 'Alerts by state and level.',
      samples: counted(known.alerts.map(({ state, level }) => ({ state, level }))),
    },
    {
      name: 'ir_incidents_open',
      type: 'gauge',
      help: 'Incidents that are not closed.',
      samples: one(known.incidents.filter(({ status }) => status !== 'closed').length),
    },
  ];
  return metrics
    .filter(({ samples }) => samples.length > 0)
    .map(metricText)
    .join('');
}

function counted(labels: readonly Readonly<Record<string, string>>[]): Metric['samples'] {
  const counts = new Map<string, number>();
  for (const one of labels)
    counts.set(JSON.stringify(one), (counts.get(JSON.stringify(one)) ?? 0) + 1);
  return [...counts].map(([text, count]) => [JSON.parse(text) as Record<string, string>, count]);
}

function metricText({ name, type, help, samples }: Metric): string {
  const lines = samples.map(([labels, value]) => {
    const parts = Object.entries(labels).map(([label, text]) => `${label}="${escaped(text)}"`);
    return `${name}${parts.length === 0 ? '' : `{${parts.join(',')}}`} ${value}\n`;
  });
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('')}`;
}

const escaped = (text: string): string =>
  text
    .replace(/\\/g, '\\\\')
    .replace(/"/g, '\\"')
    .replace(/\r?\n|\r/g, '\\n');
