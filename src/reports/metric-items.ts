/** The four response metrics with the definitions that a report prints. */
import type { Metrics } from '../incidents/key-times.ts';
import type { MetricItem } from './report-model.ts';
import { durationText } from './report-words.ts';

const DEFINITIONS: readonly (readonly [string, keyof Metrics, string, string])[] = [
  ['MTTD', 'mttdMs', 'Time to detect', 'detected minus occurred: how long the intruder was unseen'],
  [
    'MTTA',
    'mttaMs',
    'Time to acknowledge',
    'acknowledged minus detected: how long the alarm waited for a person',
  ],
  [
    'MTTC',
    'mttcMs',
    'Time to contain',
    'contained minus detected: how long harm could go on after we knew',
  ],
  [
    'MTTR',
    'mttrMs',
    'Time to recover',
    'recovered minus detected: how long until all was back to normal',
  ],
];

/** All four; the value is null while one of its two times is not known. */
export const metricItems = (metrics: Metrics): MetricItem[] =>
  DEFINITIONS.map(([name, key, title, definition]) => {
    const durationMs = metrics[key] ?? null;
    const text = durationMs === null ? null : durationText(durationMs);
    return { name, title, definition, durationMs, text };
  });
