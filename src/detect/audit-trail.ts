/**
 * The kernel numbers the records of an audit log one after the other: numbers that are missing in a log that otherwise has all of
 * them are records that were taken out. Pure: what a reader sees goes in, what is missing comes out.
 */
import type { Event } from '../events/event.ts';
import type { Location } from './location.ts';

/** An event by its number. */
interface Numbered {
  serial: number;
  timeUs: number;
  location: Location;
}

/** Two events between which numbers are missing. */
export interface MissingRecords {
  host: string;
  before: Numbered;
  after: Numbered;
}

/** What the numbers of one machine's events say, over a piece; over a file once the pieces are joined. */
interface Trail {
  first: Numbered;
  last: Numbered;
  /** How often the number rose, and how often by more than one. */
  steps: number;
  wide: number;
  /** The widest. */
  jumps: Omit<MissingRecords, 'host'>[];
}

/** By machine. */
export type AuditTrails = Map<string, Trail>;

/** So many machines are followed in one file. */
const MOST_HOSTS = 1000;
const MOST_JUMPS = 8;
/** Fewer events say nothing of what is usual. */
const LEAST_STEPS = 200;
/** Fewer missing numbers happen without anybody's doing. */
const LEAST_MISSING = 5;
/** A log with more places of this kind is an extract, or loses records. */
const MOST_MISSING_PLACES = 3;
/** Of all steps those that may be wider without being told: one in so many. */
const STEPS_PER_WIDE = 200;

/** Takes the next event of a piece. The daemon numbers its own messages, apart from the kernel. */
export function followTrail(trails: AuditTrails, event: Event, location: Location): void {
  const id = event['event.id'];
  const { timeUs } = event;
  if (id === undefined || timeUs === undefined) return;
  const host = event['host.hostname'] ?? '';
  const trail = trails.get(host);
  if (event['event.code']?.startsWith('DAEMON_') === true) {
    // While it did not run, the kernel's records went elsewhere: what follows has nothing to follow on.
    const apart = { serial: Number.POSITIVE_INFINITY, timeUs, location };
    if (trail !== undefined) trail.last = apart;
    else add(trails, host, { ...apart, serial: -1 }, apart);
    return;
  }
  const serial = Number(id.slice(id.lastIndexOf(':') + 1));
  if (!Number.isSafeInteger(serial)) return;
  const next: Numbered = { serial, timeUs, location };
  if (trail !== undefined) step(trail, next);
  else add(trails, host, next, next);
}

function add(trails: AuditTrails, host: string, first: Numbered, last: Numbered): void {
  if (trails.size < MOST_HOSTS) trails.set(host, { first, last, steps: 0, wide: 0, jumps: [] });
}

function step(trail: Trail, next: Numbered): void {
  const { last } = trail;
  // Where it falls, the machine was started anew, or events overlapped.
  if (next.serial > last.serial) {
    trail.steps += 1;
    if (next.serial - last.serial > 1) noteJump(trail, { before: last, after: next });
  }
  trail.last = next;
}

function noteJump(trail: Trail, jump: Omit<MissingRecords, 'host'>): void {
  trail.wide += 1;
  trail.jumps.push(jump);
  if (trail.jumps.length <= MOST_JUMPS) return;
  trail.jumps.sort((a, b) => missingIn(b) - missingIn(a));
  trail.jumps.length = MOST_JUMPS;
}

/** Adds the trails of the piece that follows. */
export function addTrails(trails: AuditTrails, next: AuditTrails): void {
  for (const [host, piece] of next) {
    const trail = trails.get(host);
    if (trail === undefined) {
      trails.set(host, piece);
      continue;
    }
    step(trail, piece.first);
    trail.steps += piece.steps;
    trail.wide += piece.wide - piece.jumps.length;
    for (const jump of piece.jumps) noteJump(trail, jump);
    trail.last = piece.last;
  }
}

/** How many numbers are missing. */
export const missingIn = ({ before, after }: Pick<MissingRecords, 'before' | 'after'>): number =>
  after.serial - before.serial - 1;

/** Where records are missing in a file whose numbers otherwise have no holes, in the order of the file. */
export function missingRecords(trails: AuditTrails): MissingRecords[] {
  return [...trails].flatMap(([host, { steps, wide, jumps }]) => {
    const told = jumps.filter((jump) => missingIn(jump) >= LEAST_MISSING);
    const others = wide - told.length;
    const isWhole = steps >= LEAST_STEPS && others * STEPS_PER_WIDE <= steps;
    if (!isWhole || told.length > MOST_MISSING_PLACES) return [];
    return told
      .sort((a, b) => a.before.location - b.before.location)
      .map((jump) => ({ host, ...jump }));
  });
}
