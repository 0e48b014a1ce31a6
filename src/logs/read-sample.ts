/** Reads a sample of a format the way the engine reads lines: grouped, joined, wrapped or alone. */
import { type Event, type Skip, skip } from '../events/event.ts';
import { createClock } from './clock.ts';
import type { LogFormat, Sample } from './formats/log-format.ts';
import { sampleHeaders } from './headers.ts';
import { createAccount } from './line-account.ts';
import { createEventReader } from './read-events.ts';

/** Samples whose stamps have no year are of this one. */
export const SAMPLE_YEAR = 2026;

/**
 * The first event of the sample, or why there is none.
 * @param formats those of what its lines wrap
 */
export function readSample(
  format: LogFormat,
  { lines }: Sample,
  formats: readonly LogFormat[],
): Event | Skip {
  const events: Event[] = [];
  const account = createAccount();
  const headers = sampleHeaders(format.header, lines.join('\n'));
  const clock = createClock({ zone: 'UTC', firstYear: SAMPLE_YEAR, headers });
  const sink = (event: Event): void => void events.push(event);
  const reader = createEventReader({ format, formats, clock, account, sink });
  for (const [index, line] of lines.entries()) reader.line(line, index);
  reader.end();
  return events[0] ?? skip([...account.skips.keys()].join(', '));
}
