/** Reads single lines for the tests of the syslog format and its program readers. */
import { expect } from 'vitest';
import { type Event, isSkip } from '../../../src/events/event.ts';
import { createClock } from '../../../src/logs/clock.ts';
import { format } from '../../../src/logs/formats/syslog.ts';

/** The event of one line; throws when it is skipped. */
export const read = (line: string): Event => {
  const parsed = format.parse(line, createClock({ zone: 'UTC', firstYear: 2026 }));
  if (isSkip(parsed)) throw new Error(`skipped (${parsed.skip}): ${line}`);
  return parsed;
};

/** The named fields of an event, absent ones as `undefined`. */
export const known = (event: Event, fields: readonly string[]): Record<string, unknown> =>
  Object.fromEntries(fields.map((field) => [field, event[field as keyof Event]]));

/** What a message must say; fields that are not named are not compared. */
export interface Expectation {
  action: string | undefined;
  outcome?: string | undefined;
  reason?: string;
  [field: string]: unknown;
}

/** [program, message, what the event must say]. */
export type Row = readonly [string, string, Expectation];

/** Compares one row of a table. */
export const check = (program: string, message: string, want: Expectation): void => {
  const { action, outcome, reason, ...fields } = want;
  const event = read(`Nov 24 10:00:01 web01 ${program}: ${message}`);
  const names = Object.keys(fields);
  expect({
    action: event['event.action'],
    outcome: event['event.outcome'],
    ...(reason === undefined ? {} : { reason: event['event.reason'] }),
    ...known(event, names),
  }).toEqual({ action, outcome, ...(reason === undefined ? {} : { reason }), ...fields });
};
