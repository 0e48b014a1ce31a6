/** Points in time as people write them and as the journal keeps them. */
import type { Duration } from 'date-fns';
import { sub } from 'date-fns/sub';
import { usageError } from '../errors.ts';
import { zoneMinutes } from '../events/zone-names.ts';
import type { Instant } from './incident.ts';
import { TIME_EXAMPLES } from './time-examples.ts';
import {
  latestDay,
  readAge,
  readClock,
  readDay,
  readPart,
  type WallClock,
} from './time-phrases.ts';

/** What the meaning of a time as people say it rests on. */
export interface InstantOptions {
  now: Date;
  /** Minutes east of UTC that a wall clock shows, for stamps that name no zone. */
  offsetMinutesAt(localMs: number): number;
  /** The option that holds the text, for the error. */
  flag: string;
}

/**
 * Reads a time as people say it: `now`, an age (`2h`, `20 minutes ago`), a time of day (the latest one that is not
 * to come), a day (`yesterday`, `monday`, `1 Mar`), a part of one (`last night`: from its beginning), both, an RFC 3339 stamp, the zone may be missing, or ten digits: seconds
 * since the epoch.
 * Microseconds are kept.
 * @throws IrError (exit 2) on anything else
 */
export function parseInstant(text: string, options: InstantOptions): Instant {
  const words = text.trim().replace(/\s+/g, ' ');
  if (/^(?:just )?now$/i.test(words)) return options.now.toISOString();
  if (/^\d{10}$/.test(words)) return new Date(Number(words) * 1000).toISOString();
  const age = readAge(words);
  if (age !== undefined) return instantBefore(options.now, age, text, options.flag);
  const instant = readMoment(words, options);
  if (instant !== undefined) return instant;
  throw usageError(
    `${options.flag}: "${text}" is not a time`,
    `Write ${TIME_EXAMPLES.slice(0, -1).join(', ')} or ${TIME_EXAMPLES.at(-1)}.`,
  );
}

function instantBefore(now: Date, age: Duration, text: string, flag: string): Instant {
  const instant = sub(now, age);
  if (instant.getTime() >= 0) return instant.toISOString();
  throw usageError(`${flag}: "${text}" lies before 1970`, 'Write a shorter age.');
}

const ZONE = /(?:^|[\d\sm])(Z|UTC|[+-]\d{2}(?::?\d{2})?|[A-Z]{2,5})$/i;
const MAX_TEXT = 60;

/** Reads a day, a time of day, or both, with or without a zone. */
function readMoment(text: string, options: InstantOptions): Instant | undefined {
  if (text.length > MAX_TEXT) return undefined;
  for (const { words, offset } of zonesOf(text, options.flag)) {
    const offsetAt = offset === undefined ? options.offsetMinutesAt : () => offset;
    const found = readWords(words, options.now, offsetAt);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The words without a zone at their end, and all of them, should what looks like a zone be none. */
function* zonesOf(
  text: string,
  flag: string,
): Iterable<{ words: string; offset: number | undefined }> {
  const name = ZONE.exec(text)?.[1];
  const isClockOffset =
    name !== undefined && (!/^[+-]/.test(name) || /[\d]:\d\d.*[+-]\d/.test(text));
  const offset = isClockOffset ? zoneMinutes(name.toUpperCase()) : undefined;
  if (name !== undefined && offset !== undefined && Math.abs(offset) <= 14 * 60 + 59)
    yield { words: text.slice(0, -name.length).trim(), offset };
  if (offset !== undefined && Number.isNaN(offset)) {
    throw usageError(
      `${flag}: ${name} may be one of several zones`,
      'Write the offset, as in 14:05+01:00.',
    );
  }
  yield { words: text, offset: undefined };
}

function readWords(
  words: string,
  now: Date,
  offsetAt: (localMs: number) => number,
): Instant | undefined {
  const nowMs = now.getTime() + offsetAt(now.getTime() + offsetAt(now.getTime()) * 60_000) * 60_000;
  const { clock, rest } = readClock(words);
  const part = readPart(rest, nowMs, clock?.ms);
  if (part !== undefined) return instantOf(part, clock?.fraction, offsetAt);
  const day = rest === '' ? undefined : readDay(rest, nowMs, clock?.ms);
  if (rest !== '' && day === undefined) return undefined;
  if (rest === '' && clock === undefined) return undefined;
  const dayMs = day ?? latestDay(nowMs, clock as WallClock);
  return instantOf(dayMs + (clock?.ms ?? 0), clock?.fraction, offsetAt);
}

function instantOf(
  localMs: number,
  digits: string | undefined,
  offsetAt: (localMs: number) => number,
): Instant | undefined {
  const instant = new Date(localMs - offsetAt(localMs) * 60_000);
  if (Number.isNaN(instant.getTime())) return undefined;
  const seconds = instant.toISOString().slice(0, 19);
  const fraction = (digits ?? '').slice(0, 6);
  return `${seconds}.${fraction.padEnd(fraction.length > 3 ? 6 : 3, '0')}Z`;
}

/** Microseconds since the epoch. */
export function instantUs(instant: Instant): number {
  // 24 characters are those of milliseconds.
  const micros = instant.length === 24 ? 0 : (/\.\d{3}(\d{3})Z$/.exec(instant)?.[1] ?? 0);
  return Date.parse(instant) * 1_000 + Number(micros);
}
