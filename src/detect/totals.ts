/** Counts over all events: per minute, per source, per failed login. Bounded in memory. */
import type { Event } from '../events/event.ts';
import type { LogFormat } from '../logs/formats/log-format.ts';
import {
  addSource,
  createSourceCounts,
  type SourceCount,
  type SourceCounts,
} from './source-counts.ts';

/** What was counted over the events of one or of many pieces. Times are microseconds since the epoch. */
export interface Totals {
  /** Minute since the epoch to number of events. */
  perMinute: Map<number, number>;
  /** Of one piece of a file: its size bounds them. */
  sources: SourceCounts;
  /**
   * The same from logs that tell of what another log tells, too: the application of the web server's requests, the
   * audit trail and the journal of sshd's logins. They are counted apart, and of both the larger count is taken.
   */
  echoes: SourceCounts;
  events: number;
  /** Names of the formats that lines were read as. */
  formats: Set<string>;
  firstUs: number | undefined;
  lastUs: number | undefined;
}

/** Microseconds in a minute. */
export const MINUTE_US = 60_000_000;
/** Minutes kept one by one; a log of many years is counted in coarser steps by the view anyway. */
const MAX_MINUTES = 3_000_000;

/** Counts of nothing yet. */
export const createTotals = (): Totals => ({
  perMinute: new Map(),
  sources: createSourceCounts(),
  echoes: createSourceCounts(),
  events: 0,
  formats: new Set(),
  firstUs: undefined,
  lastUs: undefined,
});

/** Counts the time of `count` events. */
function countTime(totals: Totals, timeUs: number, count: number): void {
  const minute = Math.floor(timeUs / MINUTE_US);
  const known = totals.perMinute.get(minute);
  if (known !== undefined) totals.perMinute.set(minute, known + count);
  else if (totals.perMinute.size < MAX_MINUTES) totals.perMinute.set(minute, count);
  if (totals.firstUs === undefined || timeUs < totals.firstUs) totals.firstUs = timeUs;
  if (totals.lastUs === undefined || timeUs > totals.lastUs) totals.lastUs = timeUs;
}

/** What an event adds to the counts of its source. */
export interface SourceEffect extends SourceCount {
  source: string;
  /** It tells of what another log tells, too. */
  isEchoing: boolean;
}

/** The effect of an event of a format; undefined when it adds nothing. */
export function sourceEffect(event: Event, { isEcho }: LogFormat): SourceEffect | undefined {
  const source = event['source.ip'] ?? event['source.address'];
  if (source === undefined) return undefined;
  const isRequest = event['http.response.status_code'] !== undefined;
  const isFailedLogin = loginOf(event) === 'failure';
  if (!isRequest && !isFailedLogin) return undefined;
  return {
    source,
    isEchoing: isEcho === true,
    requests: isRequest ? 1 : 0,
    bytes: isRequest ? (event['http.response.body.bytes'] ?? 0) : 0,
    failedLogins: isFailedLogin ? 1 : 0,
  };
}

/** How the login ended that an event tells of; undefined where it tells of none, or of one that another line of the log tells of, too. */
export function loginOf(event: Event): 'success' | 'failure' | undefined {
  const outcome = event['event.outcome'];
  if (outcome !== 'failure' && outcome !== 'success') return undefined;
  if (event['event.category']?.includes('authentication') !== true) return undefined;
  return repeatsFailure(event) ? undefined : outcome;
}

/** Adds the effect of `times` like events. */
export function addEffect(totals: Totals, effect: SourceEffect, times = 1): void {
  const { requests, bytes, failedLogins } = effect;
  addSource(effect.isEchoing ? totals.echoes : totals.sources, effect.source, {
    requests: requests * times,
    bytes: bytes * times,
    failedLogins: failedLogins * times,
  });
}

/** Counts one event of a format, as often as it happened. */
export function countEvent(totals: Totals, event: Event, format: LogFormat): void {
  const times = event.repeats ?? 1;
  totals.events += times;
  totals.formats.add(event.format);
  if (event.timeUs !== undefined) countTime(totals, event.timeUs, times);
  const effect = sourceEffect(event, format);
  if (effect !== undefined) addEffect(totals, effect, times);
}

/** What sshd and PAM log beside the failure itself: the same attempt must not count twice. */
const ECHOES = new Set(['ssh_preauth_disconnect', 'ssh_max_attempts', 'pam_account_locked']);
/** What PAM says of an attempt, in the log of logins and in the audit trail. */
const OF_PAM = new Set(['pam_authentication', 'authenticated']);

const repeatsFailure = (event: Event): boolean => {
  const action = event['event.action'] ?? '';
  return (
    ECHOES.has(action) ||
    event.isAnnouncing === true ||
    (OF_PAM.has(action) && TELLS_ITSELF.test(event['process.name'] ?? '')) ||
    (event['process.name'] === 'dovecot' && event.message?.startsWith('auth') === true)
  );
};
/**
 * Programs that tell of a login themselves what PAM told in their name; of Dovecot's own, its process for logins does, and
 * that for passwords tells it before.
 */
const TELLS_ITSELF = /^(?:sshd.*|auth|dovecot(?:-auth)?)$/;

/** Adds the counts of a part, but for those by source, which `createTopSources` takes. */
export function addTotals(totals: Totals, part: Totals): void {
  totals.events += part.events;
  for (const format of part.formats) totals.formats.add(format);
  for (const [minute, count] of part.perMinute) {
    totals.perMinute.set(minute, (totals.perMinute.get(minute) ?? 0) + count);
  }
  if (part.firstUs !== undefined)
    totals.firstUs = Math.min(totals.firstUs ?? part.firstUs, part.firstUs);
  if (part.lastUs !== undefined)
    totals.lastUs = Math.max(totals.lastUs ?? part.lastUs, part.lastUs);
}
