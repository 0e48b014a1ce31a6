/**
 * The minutes of a watch, a JSON document a line: minutes of the last day, hours of the last month. What the state does not account
 * for is dropped on the next start, as its events are read again.
 */
import {
  appendFileSync,
  closeSync,
  fstatSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { sumOf, type TrafficMinute } from './traffic.ts';

/** The file of a watch. */
export const trafficPath = (folder: string): string => join(folder, 'traffic.jsonl');

const DAY = 1440;
const MONTH = 31 * DAY;
const HOUR = 60;

/** Begins, with what was counted up to the minute that the state has open. Throws what the file system says. */
export function beginTraffic(folder: string, open: TrafficMinute | undefined): void {
  const kept = readTraffic(folder).filter(
    ({ at, events }) => open !== undefined && (at < open.at || events === 0),
  );
  replace(folder, kept);
}

/** Adds minutes that are over; once an hour those of yesterday become hours. */
export function addTraffic(folder: string, minutes: readonly TrafficMinute[]): void {
  if (minutes.length === 0) return;
  appendFileSync(trafficPath(folder), minutes.map(lineOf).join(''), { mode: 0o600 });
  const last = minutes.at(-1)!.at;
  if (minutes.some(({ at }) => at % HOUR === HOUR - 1))
    replace(folder, foldOld(readTraffic(folder), last));
}

/** Minutes older than a day as hours, hours older than a month not at all. */
export function foldOld(minutes: readonly TrafficMinute[], now: number): TrafficMinute[] {
  const hours = new Map<number, TrafficMinute[]>();
  const kept: TrafficMinute[] = [];
  for (const one of minutes) {
    if (one.at <= now - MONTH) continue;
    const hour = Math.floor(one.at / HOUR);
    if (hour * HOUR + HOUR > now - DAY) kept.push(one);
    else hours.set(hour, [...(hours.get(hour) ?? []), one]);
  }
  const folded = [...hours].flatMap(([hour, parts]): TrafficMinute[] => {
    const sum = sumOf(parts);
    return sum === undefined ? [] : [{ ...sum, at: hour * HOUR, span: HOUR }];
  });
  return [...folded, ...kept];
}

/** All that stands in it, in order of time; lines that are none are left out. */
export function readTraffic(folder: string): TrafficMinute[] {
  let text: string;
  try {
    text = readFileSync(trafficPath(folder), 'utf8');
  } catch {
    return [];
  }
  return text.split('\n').flatMap(parsed);
}

function parsed(line: string): TrafficMinute[] {
  try {
    return line === '' ? [] : [JSON.parse(line) as TrafficMinute];
  } catch {
    // Half a line of a crash.
    return [];
  }
}

const lineOf = (minute: TrafficMinute): string => `${JSON.stringify(minute)}\n`;

function replace(folder: string, minutes: readonly TrafficMinute[]): void {
  const path = trafficPath(folder);
  writeFileSync(`${path}.new`, minutes.map(lineOf).join(''), { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

/**
 * Reads what was added, and all where the file was replaced. A minute that stood there before stays the same object, for those who
 * keep sums of it.
 */
export function followTraffic(folder: string): () => readonly TrafficMinute[] {
  let seen = { inode: -1, offset: 0 };
  let minutes: readonly TrafficMinute[] = [];
  return () => {
    let descriptor: number;
    try {
      descriptor = openSync(trafficPath(folder), 'r');
    } catch {
      seen = { inode: -1, offset: 0 };
      return (minutes = []);
    }
    try {
      const { ino, size } = fstatSync(descriptor);
      const isAdded = ino === seen.inode && size >= seen.offset;
      if (isAdded && size === seen.offset) return minutes;
      const from = isAdded ? seen.offset : 0;
      const bytes = Buffer.alloc(size - from);
      const read = readSync(descriptor, bytes, 0, bytes.length, from);
      const end = bytes.lastIndexOf(10, Math.max(0, read - 1)) + 1;
      if (read === 0 || (isAdded && end === 0)) return minutes;
      const added = bytes.toString('utf8', 0, end).split('\n').flatMap(parsed);
      minutes = isAdded ? [...minutes, ...added] : sameOf(minutes, added);
      seen = { inode: ino, offset: from + end };
      return minutes;
    } finally {
      closeSync(descriptor);
    }
  };
}

/** Those that are the same are the same object. */
function sameOf(
  before: readonly TrafficMinute[],
  now: readonly TrafficMinute[],
): readonly TrafficMinute[] {
  const known = new Map(before.map((one) => [`${one.at} ${one.span} ${one.events}`, one]));
  return now.map((one) => known.get(`${one.at} ${one.span} ${one.events}`) ?? one);
}
