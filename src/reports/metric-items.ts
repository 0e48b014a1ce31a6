/** The four response metrics with the definitions that a report prints. */
import { durationText } from '../events/words.ts';
import type { KeyTimes } from '../incidents/incident.ts';
import type { Metrics } from '../incidents/key-times.ts';
import type { MetricItem } from './report-model.ts';

type Definition = readonly [
  name: string,
  key: keyof Metrics,
  title: string,
  from: keyof KeyTimes,
  to: keyof KeyTimes,
  meaning: string,
];

const DEFINITIONS: readonly Definition[] = [
  ['MTTD', 'mttdMs', 'Time to detect', 'occurred', 'detected', 'how long the intruder was unseen'],
  [
    'MTTA',
    'mttaMs',
    'Time to acknowledge',
    'detected',
    'acknowledged',
    'how long the alarm waited for a person',
  ],
  [
    'MTTC',
    'mttcMs',
    'Time to contain',
    'detected',
    'contained',
    'how long harm could go on after we knew',
  ],
  [
    'MTTR',
    'mttrMs',
    'Time to recover',
    'detected',
    'recovered',
    'how long until all was back to normal',
  ],
];

/** All four; the value is null while one of its two times is not known, and `missing` names which. */
export const metricItems = (metrics: Metrics, times: KeyTimes): MetricItem[] =>
  DEFINITIONS.map(([name, key, title, from, to, meaning]) => {
    const durationMs = metrics[key] ?? null;
    const text = durationMs === null ? null : durationText(durationMs);
    const missing = [from, to].filter((time) => times[time] === undefined);
    const definition = `${to} minus ${from}: ${meaning}`;
    return { name, title, definition, durationMs, text, missing };
  });
