/**
 * Sessions, stitched from events in time order: an SSH login with all that its shell did, sudo and su inside; a logon of
 * Windows; a connection that a database or file server gave a process of its own; requests of one source and user agent; calls of one cloud credential. Pure; the one place that says what belongs to
 * a session.
 */
import type { Event } from '../events/event.ts';
import type { Location } from './location.ts';

/** What somebody did between coming and going. Times are microseconds since the epoch. */
export interface Session {
  kind: 'ssh' | 'local' | 'windows' | 'service' | 'web' | 'cloud';
  /** The machine, or the cloud account; undefined when no line says. */
  host: string | undefined;
  address: string | undefined;
  /** Who logged in, then whose rights were gained inside, in that order. */
  accounts: string[];
  /** What logs call it: numbers of sessions, processes, credentials. */
  ids: Set<string>;
  firstUs: number;
  lastUs: number;
  /** Was its end seen? Else it lasts until the logs end. */
  isClosed: boolean;
  events: number;
  /** Bytes of answers. */
  bytes: number;
  /** Its first event. */
  location: Location;
}

/** Stitches sessions; events must come in time order. */
export interface Stitcher {
  /** The session an event belongs to, which it may begin; undefined when it belongs to none. */
  add(event: Event, location: Location): Session | undefined;
  sessions(): readonly Session[];
}

/** Two logs tell of one login within so short a time. */
const SAME_LOGIN_US = 5_000_000;
/** After such a pause the requests of a source are another session. */
const PAUSE_US: Readonly<Record<'web' | 'cloud', number>> = {
  web: 30 * 60_000_000,
  cloud: 8 * 3_600_000_000,
};
/** What audit writes where a process belongs to no session. */
const UNSET = '4294967295';
/** Sessions that are told apart; further events begin none. */
const MOST_SESSIONS = 20_000;

/** Cron and services act as this account, too. */
const EVERYBODY = 'root';

/** Makes a stitcher that knows no session yet. */
export function createStitcher(): Stitcher {
  const all: Session[] = [];
  const open = new Map<string, Session>();
  const begin = (kind: Session['kind'], event: Event, location: Location): Session | undefined => {
    if (all.length >= MOST_SESSIONS || event.timeUs === undefined) return undefined;
    const session: Session = {
      ...{ kind, host: hostOf(event), address: event['source.ip'] },
      ...{ accounts: [], ids: new Set(), firstUs: event.timeUs, lastUs: event.timeUs },
      ...{ isClosed: false, events: 0, bytes: 0, location },
    };
    all.push(session);
    const account = event['user.name'];
    // What its sudo and su say names no session.
    if ((kind === 'ssh' || kind === 'local') && account !== undefined && account !== EVERYBODY) {
      session.ids.add(`account ${account}`);
      open.set(`account ${account}`, session);
    }
    return session;
  };
  const add = (event: Event, location: Location): Session | undefined => {
    const keys = keysOf(event);
    if (keys === undefined || event.timeUs === undefined) return undefined;
    const known = keys.ids
      .map((id) => open.get(id))
      .find((one) => one !== undefined && goesOn(one, event));
    const twin = known ?? (isLogin(event) ? twinOf(all, event) : undefined);
    const session = twin ?? (keys.isBeginning ? begin(keys.kind, event, location) : undefined);
    if (session === undefined) return undefined;
    for (const id of keys.ids) {
      session.ids.add(id);
      open.set(id, session);
    }
    note(session, event);
    if (isEnd(event)) {
      session.isClosed = true;
      for (const id of session.ids) open.delete(id);
    }
    return session;
  };
  return { add, sessions: () => all };
}

/** The machine of an event, or the cloud account. */
export const hostOf = (event: Event): string | undefined =>
  event['cloud.account.id'] ?? event['host.hostname'] ?? event['host.name'];

/** How an event names its session. */
export interface Keys {
  kind: Session['kind'];
  /** A word that says what it is, and what stands in the lines: `session 303`, `sshd 61`, `account ana`. */
  ids: string[];
  /** May the event begin a session? */
  isBeginning: boolean;
}

/** By which an event finds its session; undefined where it names none. */
export function keysOf(event: Event): Keys | undefined {
  const address = event['source.ip'];
  const logon = logonOf(event);
  if (logon !== undefined)
    return { kind: 'windows', ids: [`logon ${logon}`], isBeginning: isLogin(event) };
  if (event['cloud.provider'] !== undefined) {
    const who = credentialOf(event) ?? event['user.name'];
    return who === undefined
      ? undefined
      : { kind: 'cloud', ids: [`cloud ${who} ${address ?? ''}`], isBeginning: true };
  }
  if (event['http.request.method'] !== undefined && address !== undefined) {
    const agent = event['user_agent.original'] ?? '';
    return { kind: 'web', ids: [`web ${address} ${agent}`], isBeginning: true };
  }
  const ids: string[] = [];
  const connection = connectionOf(event);
  if (connection !== undefined) {
    const isNew = event['event.type']?.includes('connection') === true || isLogin(event);
    return { kind: 'service', ids: [connection], isBeginning: isNew };
  }
  const session = event['session.id'];
  if (session !== undefined && session !== UNSET) ids.push(`session ${session}`);
  const isServer = event['process.name']?.startsWith('sshd') === true;
  if (isServer && event['process.pid'] !== undefined) ids.push(`sshd ${event['process.pid']}`);
  const isNamed = ids.length > 0;
  const [program, pid] = [event['process.name'], event['process.pid']];
  // Another log tells of a program that ran in the session.
  if (!isServer && program !== undefined && pid !== undefined)
    ids.push(`process ${program} ${pid}`);
  const account = event['user.name'];
  const isInside = account !== undefined && event['user.effective.name'] !== undefined;
  if (!isNamed && isInside) ids.push(`account ${account}`);
  if (ids.length === 0) return undefined;
  return {
    kind: isServer || address !== undefined ? 'ssh' : 'local',
    ids,
    isBeginning: (isNamed || isInside) && isLogin(event),
  };
}

/** Servers that give each connection a process of its own, by program or format. */
const CONNECTIONS = /^(?:dropbear|postgres(?:ql)?|vsftpd|proftpd|pure-ftpd|smbd)$/;

/** The process that serves one connection: `postgresql 4711`. */
function connectionOf(event: Event): string | undefined {
  const server = event['process.name'] ?? event.format;
  const pid = event['process.pid'];
  return pid !== undefined && CONNECTIONS.test(server) ? `${server} ${pid}` : undefined;
}

/** Logons of the system itself and its services, which never end. */
const SYSTEM_LOGONS = new Set(['-', '0x0', '0x3e3', '0x3e4', '0x3e5', '0x3e7']);

/** The logon in which something happened; of one that is made or ended, that one. */
function logonOf({ winlog }: Event): string | undefined {
  const data = winlog?.['event_data'];
  if (typeof data !== 'object' || data === null) return undefined;
  for (const name of ['TargetLogonId', 'SubjectLogonId', 'LogonId']) {
    const value = (data as Readonly<Record<string, unknown>>)[name];
    if (typeof value !== 'string') continue;
    const id = value.toLowerCase();
    if (!SYSTEM_LOGONS.has(id)) return id;
  }
  return undefined;
}

function credentialOf({ raw }: Event): string | undefined {
  const identity = raw?.['userIdentity'];
  if (typeof identity !== 'object' || identity === null) return undefined;
  const key = (identity as Readonly<Record<string, unknown>>)['accessKeyId'];
  return typeof key === 'string' ? key : undefined;
}

const isLogin = (event: Event): boolean =>
  event['event.outcome'] !== 'failure' &&
  ((event['event.category']?.includes('session') === true &&
    event['event.type']?.includes('end') !== true) ||
    (event['event.category']?.includes('authentication') === true &&
      event['event.outcome'] === 'success'));

const isEnd = (event: Event): boolean =>
  event['event.type']?.includes('end') === true && (isLogoff(event) || isSessionEnd(event));

const isLogoff = (event: Event): boolean =>
  event.winlog !== undefined && event['event.category']?.includes('authentication') === true;

const isSessionEnd = (event: Event): boolean =>
  event['event.category']?.includes('session') === true &&
  // Of sudo and su inside, the session around them goes on.
  (event['process.name']?.startsWith('sshd') === true ||
    connectionOf(event) !== undefined ||
    event['event.action'] === 'session_removed');

function goesOn(session: Session, event: Event): boolean {
  const host = hostOf(event);
  if (host !== undefined && session.host !== undefined && host !== session.host) return false;
  if (isOthers(session, event)) return false;
  const pauseUs = event.timeUs! - session.lastUs;
  return session.kind === 'web' || session.kind === 'cloud'
    ? pauseUs <= PAUSE_US[session.kind]
    : true;
}

/** Numbers are used again: somebody else's login begins another session. */
function isOthers(session: Session, event: Event): boolean {
  if (session.kind === 'web' || session.kind === 'cloud' || !isLogin(event)) return false;
  const { 'source.ip': address, 'user.name': account } = event;
  if (address !== undefined && session.address !== undefined) return address !== session.address;
  return session.kind === 'windows' && account !== undefined && !session.accounts.includes(account);
}

/** The session whose login an event tells of as well; earlier ones than those of the last moments cannot be it. */
function twinOf(all: readonly Session[], event: Event): Session | undefined {
  for (let index = all.length - 1; index >= 0; index -= 1) {
    const session = all[index]!;
    if (event.timeUs! - session.firstUs > SAME_LOGIN_US) return undefined;
    if (isTwin(session, event)) return session;
  }
  return undefined;
}

/** Does an event tell of the login with which the session began? */
const isTwin = (session: Session, event: Event): boolean =>
  session.kind !== 'web' &&
  session.kind !== 'cloud' &&
  session.kind !== 'windows' &&
  session.kind !== 'service' &&
  Math.abs(event.timeUs! - session.firstUs) <= SAME_LOGIN_US &&
  event['user.name'] !== undefined &&
  session.accounts.includes(event['user.name']) &&
  (session.host === undefined || hostOf(event) === undefined || session.host === hostOf(event)) &&
  (session.address === undefined ||
    event['source.ip'] === undefined ||
    session.address === event['source.ip']);

const MOST_ACCOUNTS = 20;

function note(session: Session, event: Event): void {
  session.lastUs = Math.max(session.lastUs, event.timeUs!);
  session.events += event.repeats ?? 1;
  session.bytes += event['http.response.body.bytes'] ?? 0;
  session.host ??= hostOf(event);
  session.address ??= event['source.ip'];
  for (const account of [event['user.name'], event['user.effective.name']])
    if (
      account !== undefined &&
      session.accounts.length < MOST_ACCOUNTS &&
      !session.accounts.includes(account)
    )
      session.accounts.push(account);
}
