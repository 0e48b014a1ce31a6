/**
 * The minutes of a watch, a JSON document a line: minutes of the last day, hours of the last month. What the state does not account
 * for is dropped on the next start, as its events are read again.
 */
import { appendFileSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
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

/** Reads the file again where it changed. */
export function followTraffic(folder: string): () => readonly TrafficMinute[] {
  let seen = '';
  let minutes: readonly TrafficMinute[] = [];
  return () => {
    try {
      const { ino, size, mtimeMs } = statSync(trafficPath(folder));
      const now = `${ino} ${size} ${mtimeMs}`;
      if (now !== seen) minutes = readTraffic(folder);
      seen = now;
    } catch {
      minutes = [];
    }
    return minutes;
  };
}
