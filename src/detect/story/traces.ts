/** What the suspects' own events say beyond findings: when each address was first and last seen, what was sent to it. */

import { readIp } from '../../events/address.ts';
import type { Event } from '../../events/event.ts';
import { byteSize } from '../../events/words.ts';
import type { PreparedFile } from '../../logs/prepare.ts';
import { lookAgain, type SeenEvent } from '../second-look.ts';
import { createStitcher, type Session } from '../sessions.ts';
import { type Fact, UNSET_SESSION } from './fact.ts';
import type { StoryItem } from './story.ts';
import { touchedBy } from './touched.ts';

/** What was seen of one address. Times are microseconds since the epoch. */
export interface AddressTrace {
  firstUs: number;
  lastUs: number;
  /** Bytes of answers to its requests, or sent to it. */
  bytes: number;
  events: number;
}

/** Bytes that an event says went to its source, as an answer. */
const answeredBytes = (event: Event): number =>
  event['http.response.body.bytes'] ?? event['destination.bytes'] ?? 0;

/** The events of suspects, summed up. */
export interface Traces {
  byAddress: ReadonlyMap<string, AddressTrace>;
  /** The accounts that each address logged in to over SSH, and when first. */
  logins: ReadonlyMap<string, ReadonlyMap<string, number>>;
  /** Web shells by their paths: who was answered by them, each with the first and last time. */
  shellUsers: ReadonlyMap<string, ReadonlyMap<string, { firstUs: number; lastUs: number }>>;
  /** From which address a login session came. */
  addressOf(session: string, host: string | undefined): string | undefined;
  /** When an account was first used from one of the addresses. */
  firstUse(account: string, addresses: readonly string[]): number | undefined;
}

/** Sums up what was seen of suspects, in time order. */
export function createTraces(shells: readonly string[] = []): Traces & {
  add(seen: SeenEvent): void;
  sessions(): readonly Session[];
} {
  const byAddress = new Map<string, AddressTrace>();
  /** By address and log: what two logs tell of is one answer. */
  const bytesByLog = new Map<string, number>();
  const first = new Map<string, number>();
  const logins = new Map<string, Map<string, number>>();
  const shellUsers = new Map(
    shells.map((path) => [path, new Map<string, { firstUs: number; lastUs: number }>()]),
  );
  const noteShell = ({ timeUs = 0, ...event }: Event): void => {
    const users = shellUsers.get(event['url.path'] ?? '');
    const address = event['source.ip'];
    if (users === undefined || address === undefined || !wasAnswered(event)) return;
    const { firstUs, lastUs } = users.get(address) ?? { firstUs: timeUs, lastUs: timeUs };
    users.set(address, { firstUs: Math.min(firstUs, timeUs), lastUs: Math.max(lastUs, timeUs) });
  };
  const stitcher = createStitcher();
  const note = (address: string, timeUs: number, sent: number, event: Event): void => {
    const known = byAddress.get(address);
    const trace = known ?? { firstUs: timeUs, lastUs: timeUs, bytes: 0, events: 0 };
    trace.firstUs = Math.min(trace.firstUs, timeUs);
    trace.lastUs = Math.max(trace.lastUs, timeUs);
    trace.events += event.repeats ?? 1;
    const log = `${address} ${event['event.dataset'] ?? event.format}`;
    const bytes = (bytesByLog.get(log) ?? 0) + sent;
    bytesByLog.set(log, bytes);
    trace.bytes = Math.max(trace.bytes, bytes);
    byAddress.set(address, trace);
  };
  return {
    byAddress,
    logins,
    shellUsers,
    sessions: stitcher.sessions,
    add({ event, location }) {
      const { timeUs } = event;
      const session = stitcher.add(event, location);
      if (timeUs === undefined) return;
      noteShell(event);
      const target = event['destination.ip'];
      if (target !== undefined && event['source.bytes'] !== undefined)
        note(target, timeUs, event['source.bytes'], event);
      const address = event['source.ip'] ?? session?.address;
      if (address === undefined) return;
      const account = event['user.name'];
      if (account !== undefined && event['event.outcome'] !== 'failure') {
        const key = `${account} ${address}`;
        first.set(key, Math.min(first.get(key) ?? timeUs, timeUs));
        if (event['process.name'] === 'sshd' && event['event.outcome'] === 'success') {
          const known = logins.get(address) ?? new Map<string, number>();
          known.set(account, Math.min(known.get(account) ?? timeUs, timeUs));
          logins.set(address, known);
        }
      }
      note(address, timeUs, answeredBytes(event), event);
    },
    addressOf: (id, host) =>
      stitcher
        .sessions()
        .find(
          (session) =>
            session.ids.has(`session ${id}`) &&
            session.address !== undefined &&
            (host === undefined || session.host === undefined || session.host === host),
        )?.address,
    firstUse(account, addresses) {
      const times = addresses.flatMap((address) => first.get(`${account} ${address}`) ?? []);
      return times.length === 0 ? undefined : Math.min(...times);
    },
  };
}

const wasAnswered = (event: Pick<Event, 'http.response.status_code'>): boolean => {
  const status = event['http.response.status_code'] ?? 0;
  return status >= 200 && status < 300;
};

/** How often it is looked for what was found leads to: an address to sessions, these to their commands. */
const ROUNDS = 2;

/** What the events of the addresses of suspects say, and those of the sessions they opened. */
export function* tracesOf(
  { addresses, shells, accounts }: Suspects,
  files: readonly PreparedFile[],
): Generator<void, Traces & { sessions(): readonly Session[] }, void> {
  const paths = new Set(shells);
  const names = shells.map((path) => path.replace(/^\/+/, ''));
  let wanted: Wanted = {
    addresses: new Set(addresses),
    sessions: new Set(),
    paths,
    accounts: new Set(accounts),
  };
  let seen: readonly SeenEvent[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const look = {
      words: [...wanted.addresses, ...wanted.sessions, ...names, ...accounts],
      isWanted: wants(wanted),
    };
    seen = (yield* lookAgain(files, look)).seen;
    const sessions = new Set(
      seen.flatMap(({ event }) =>
        event['session.id'] === undefined || event['session.id'] === UNSET_SESSION
          ? []
          : [event['session.id']],
      ),
    );
    if (sessions.size === wanted.sessions.size || sessions.size > MOST_SESSIONS) break;
    wanted = { ...wanted, sessions };
  }
  const traces = createTraces(shells);
  for (const one of seen) traces.add(one);
  return traces;
}

/** More sessions of suspects than these are no work of hands. */
const MOST_SESSIONS = 100;

interface Wanted {
  addresses: ReadonlySet<string>;
  sessions: ReadonlySet<string>;
  paths: ReadonlySet<string>;
  accounts: ReadonlySet<string>;
}

/** Whose events are looked at again. */
export interface Suspects {
  addresses: readonly string[];
  /** Paths of web shells: who else used them is one of the intruders. */
  shells: readonly string[];
  /** Accounts of which it is asked from where they logged in. */
  accounts: readonly string[];
}

const wants =
  ({ addresses, sessions, paths, accounts }: Wanted) =>
  (event: Event): boolean =>
    addresses.has(event['source.ip'] ?? '') ||
    addresses.has(event['destination.ip'] ?? '') ||
    sessions.has(event['session.id'] ?? '') ||
    paths.has(event['url.path'] ?? '') ||
    (accounts.has(event['user.name'] ?? '') &&
      event['source.ip'] !== undefined &&
      event['event.outcome'] === 'success');

/** Less than this sent to an address is no theft by itself. */
const LEAST_BYTES = 50_000_000;

/** Addresses to which a command sent something. */
export function sentTo({ finding: { rule, entities } }: Fact): string[] {
  if (!rule.tactics.includes('exfiltration')) return [];
  const commands = entities['process.command_line'] ?? [];
  return commands
    .flatMap((command) => touchedBy(command).destinations)
    .flatMap((destination) => readIp(destination.replace(/:\d+$/, '')) ?? []);
}

/** Accounts that suspects logged in to over SSH besides those that findings name: a key that was laid down opens them. */
export function furtherLogins(facts: readonly Fact[], traces: Traces | undefined): StoryItem[] {
  const told = new Set(facts.flatMap(({ isInside, account }) => (isInside ? (account ?? []) : [])));
  const startUs = Math.min(
    ...facts.flatMap(({ isInside, atUs }) => (isInside ? (atUs ?? []) : [])),
  );
  const addresses = new Set(facts.flatMap((fact) => fact.addresses));
  if (traces === undefined) return citedLogins(facts, told, startUs);
  return [...addresses].flatMap((address) =>
    [...(traces.logins.get(address) ?? [])]
      .filter(([account, atUs]) => !told.has(account) && atUs > startUs)
      .map(([account, atUs]) => ({
        ...{ text: `SSH login: ${account}, from ${address}`, atUs, untilUs: undefined },
        ...{ place: undefined, findings: [] },
      })),
  );
}

/** Where no logs are at hand: those among the lines that findings cite. */
function citedLogins(
  facts: readonly Fact[],
  told: ReadonlySet<string>,
  startUs: number,
): StoryItem[] {
  const found = new Map<string, StoryItem>();
  for (const { finding, addresses, isInside } of facts) {
    for (const place of isInside ? finding.evidence : []) {
      const { account = '', address = '' } = acceptedIn(place.raw) ?? {};
      const atUs = place.timeUs;
      const isNew = !told.has(account) && !found.has(account);
      if (!isNew || !addresses.includes(address) || atUs === undefined || atUs <= startUs) continue;
      const text = `SSH login: ${account}, from ${address}`;
      found.set(account, { text, atUs, untilUs: undefined, place, findings: [finding.id] });
    }
  }
  return [...found.values()];
}

/** Looked for behind the first name of the program: behind a later one may stand what a stranger calls himself. */
function acceptedIn(raw: string): { account: string; address: string } | undefined {
  const line = raw.slice(Math.max(0, raw.indexOf('sshd')), 1_024);
  const found =
    /^sshd(?:-session)?(?:\[\d{1,10}\])?: Accepted \S{1,40} for (\S{1,64}) from (\S{1,64}) port \d/.exec(
      line,
    );
  return found === null ? undefined : { account: found[1]!, address: found[2]! };
}

/** `1.4 GB to 203.0.113.77 in all`, for addresses to which much was sent. */
export function sentItems(facts: readonly Fact[], traces: Traces | undefined): StoryItem[] {
  const addresses = new Set(facts.flatMap((fact) => [...fact.addresses, ...sentTo(fact)]));
  return [...addresses].flatMap((address) => {
    const trace = traces?.byAddress.get(address);
    if (trace === undefined || trace.bytes < LEAST_BYTES) return [];
    const text = `${byteSize(trace.bytes)} to ${address} in all`;
    return {
      text,
      atUs: trace.lastUs,
      untilUs: undefined,
      place: undefined,
      findings: [],
      weight: 100,
    };
  });
}
