/**
 * What belongs to an address or account besides the events that name it: the sessions it opened, and in them what their
 * shells did, with sudo and su. Found in a second look, and given to readers as data.
 */
import { readIp } from '../events/address.ts';
import type { Event } from '../events/event.ts';
import type { PreparedFile } from '../logs/prepare.ts';
import { followCommands } from './follow-commands.ts';
import { readNetwork } from './read-network.ts';
import { lookAgain } from './second-look.ts';
import { createStitcher, hostOf, type Keys, keysOf, type Session } from './sessions.ts';

/** A session that is followed. Plain data. */
export interface FollowedSession {
  /** As in `Keys`. */
  ids: readonly string[];
  host: string | undefined;
  /** Microseconds since the epoch. */
  fromUs: number;
  toUs: number;
}

/** What an event says of its session, for following it from there. */
export interface SessionSign {
  ids: readonly string[];
  kind: Keys['kind'];
  host: string | undefined;
  atUs: number;
}

/** Where following begins. */
export interface FollowFrom {
  /** Addresses, networks, accounts, and numbers of sessions; what else is named here is not followed. */
  entities: readonly string[];
  signs: readonly SessionSign[];
}

/** An entity leads to sessions, these to numbers by which other logs know them, and these to their ends. */
const ROUNDS = 3;
/** More sessions are no work of hands. */
const MOST_SESSIONS = 1_000;
/** Logs tell of a login up to so much earlier or later. */
const SLACK_US = 5_000_000;
/** A session of which no login was seen is taken to reach so far. */
const UNSEEN_US = 8 * 3_600_000_000;
/** Accounts that several people and programs use: whoever has one is nobody yet. */
const SHARED = new Set(['root', 'nobody', 'system', 'localsystem', 'administrator', 'www-data']);

/** The sessions that belong to an entity, or in which signs were seen; a block of a file is a step. */
export function* followSessions(
  files: readonly PreparedFile[],
  { entities, signs }: FollowFrom,
): Generator<void, readonly FollowedSession[], void> {
  // A command names the account that ran it, and not its login.
  const accounts = signs.flatMap(({ ids }) =>
    ids.flatMap((id) => /^account (.+)/.exec(id)?.[1] ?? []),
  );
  const names = nameTest([...entities, ...accounts]);
  const signed = new Set(signs.flatMap(({ ids }) => ids));
  const first = [
    ...[...entities, ...accounts].flatMap(wordsOfEntity),
    ...signs.flatMap(({ ids }) => wordsOf(ids)),
  ];
  let found: readonly FollowedSession[] = [];
  let open: readonly FollowedSession[] = [];
  let requests: readonly Event[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const belongs = createBelongs(open);
    const words = [...new Set([...first, ...found.flatMap(({ ids }) => wordsOf(ids))])];
    const { seen, isCut } = yield* lookAgain(files, {
      words,
      isWanted: (event) =>
        names(event) ||
        belongs(event) ||
        (signed.size > 0 && keysOf(event)?.ids.some((id) => signed.has(id)) === true),
    });
    requests = seen.flatMap(({ event }) => (names(event) ? event : []));
    const stitcher = createStitcher();
    for (const { event, location } of seen) stitcher.add(event, location);
    const theirs = stitcher
      .sessions()
      .filter((one) => isTheirs(one, entities, signs))
      .slice(0, MOST_SESSIONS);
    const known = wordsIn(found);
    found = theirs.map((one) => followed(one, isCut || mayGoOn(one)));
    if (wordsIn(found) === known && round > 0) break;
    // What has no end yet may go on.
    open = theirs.map((one) => followed(one, !one.isClosed));
  }
  const processes = yield* followCommands(files, requests);
  return [
    ...found,
    ...processes,
    ...signs.filter((sign) => !found.some((one) => holds(one, sign))).map(unseen),
  ];
}

/** A login whose end no log tells of lasts until they end; what its sudo says names the account alone. */
const mayGoOn = ({ kind, isClosed }: Session): boolean =>
  !isClosed && (kind === 'ssh' || kind === 'local' || kind === 'service');

const wordsIn = (sessions: readonly FollowedSession[]): number =>
  new Set(sessions.flatMap(({ ids }) => ids)).size;

/** How an event names its session; undefined where it names none. */
export function signOf(event: Event): SessionSign | undefined {
  const keys = keysOf(event);
  if (keys === undefined || event.timeUs === undefined) return undefined;
  return { ids: keys.ids, kind: keys.kind, host: hostOf(event), atUs: event.timeUs };
}

/** Does an event belong to one of the sessions? */
export function createBelongs(sessions: readonly FollowedSession[]): (event: Event) => boolean {
  const byId = new Map<string, FollowedSession[]>();
  for (const session of sessions) {
    for (const id of session.ids) byId.set(id, [...(byId.get(id) ?? []), session]);
  }
  if (byId.size === 0) return () => false;
  return (event) => {
    const sign = signOf(event);
    return sign?.ids.some((id) => byId.get(id)?.some((one) => holds(one, sign)) === true) === true;
  };
}

const holds = ({ ids, host, fromUs, toUs }: FollowedSession, sign: SessionSign): boolean =>
  sign.atUs >= fromUs &&
  sign.atUs <= toUs &&
  (host === undefined || sign.host === undefined || host === sign.host) &&
  sign.ids.some((id) => ids.includes(id));

function isTheirs(
  session: Session,
  entities: readonly string[],
  signs: readonly SessionSign[],
): boolean {
  const { kind, address, accounts, ids } = session;
  if (signs.length > 0) {
    const range = followed(session, !session.isClosed && kind !== 'web' && kind !== 'cloud');
    if (signs.some((sign) => holds(range, sign))) return true;
  }
  // Requests and calls name whose they are.
  if (kind === 'web' || kind === 'cloud') return false;
  return entities.some((entity) => {
    const network = readNetwork(entity);
    if (network !== undefined) return address !== undefined && network(address);
    const wanted = entity.trim().toLowerCase();
    return (
      address === (readIp(entity.trim()) ?? '') ||
      (!SHARED.has(wanted) && accounts.some((one) => one.toLowerCase() === wanted)) ||
      ids.has(`session ${wanted}`) ||
      ids.has(`logon ${wanted}`)
    );
  });
}

function followed({ kind, ids, host, firstUs, lastUs }: Session, isOpen: boolean): FollowedSession {
  const slackUs = kind === 'web' || kind === 'cloud' ? 0 : SLACK_US;
  return {
    ...{ ids: [...ids], host, fromUs: firstUs - slackUs },
    toUs: isOpen ? Number.MAX_SAFE_INTEGER : lastUs + slackUs,
  };
}

const unseen = ({ ids, host, atUs }: SessionSign): FollowedSession => ({
  ...{ ids, host, fromUs: atUs - UNSEEN_US, toUs: atUs + UNSEEN_US },
});

/**
 * `303` of `session 303`, the address of `web 192.0.2.7 curl/8`, the key of `cloud AKIA1 192.0.2.7`. Programs and
 * accounts are many: what they say elsewhere is found when all lines are read.
 */
const wordsOf = (ids: readonly string[]): string[] =>
  ids.filter((id) => !/^(?:process|account) /.test(id)).flatMap((id) => id.split(' ')[1] ?? []);

/** What stands in lines that name an entity. A network is the beginning that its addresses share. */
function wordsOfEntity(entity: string): string[] {
  const text = entity.trim();
  const [address = '', bits = ''] = text.split('/');
  const ip = readIp(address);
  if (readNetwork(text) === undefined || ip === undefined) {
    return [text, ip ?? text.toLowerCase()].filter((word) => !SHARED.has(word));
  }
  const isGroups = ip.includes(':');
  const parts = isGroups ? (ip.split('::')[0] ?? '').split(':') : ip.split('.');
  const whole = parts.slice(0, Math.floor(Number(bits) / (isGroups ? 16 : 8)));
  if (whole.length === 0) return [];
  if (!isGroups && whole.length === 4) return [ip];
  const separator = isGroups ? ':' : '.';
  return [whole.join(separator) + separator];
}

/** Does an event name one of the entities as who acted? */
function nameTest(entities: readonly string[]): (event: Event) => boolean {
  const networks = entities.flatMap((entity) => readNetwork(entity) ?? []);
  const names = new Set(entities.map((one) => readIp(one.trim()) ?? one.trim().toLowerCase()));
  return (event) => {
    const { 'source.ip': ip, 'user.name': user, 'session.id': session } = event;
    return (
      (ip !== undefined && (names.has(ip) || networks.some((inside) => inside(ip)))) ||
      (user !== undefined && names.has(user.toLowerCase())) ||
      (session !== undefined && names.has(session.toLowerCase()))
    );
  };
}
