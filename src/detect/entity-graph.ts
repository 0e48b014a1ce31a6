/**
 * Who touched what: address, session, account, process, then file, host or destination, as edges with first and last time. Pure,
 * fed with events and the sessions they belong to; the one place that says what leads to what.
 */
import type { Event } from '../events/event.ts';
import type { Session } from './sessions.ts';
import { touchedBy } from './story/touched.ts';

/** What a node is. */
export type EntityKind =
  | 'address'
  | 'session'
  | 'account'
  | 'process'
  | 'file'
  | 'host'
  | 'destination';

/** Something that acts or is touched. */
export interface Entity {
  kind: EntityKind;
  value: string;
}

/** One led to the other. Times are microseconds since the epoch. */
export interface Edge {
  from: Entity;
  to: Entity;
  firstUs: number;
  lastUs: number;
  count: number;
}

/** Collects edges; further ones than `MOST_EDGES` are dropped. */
export interface EntityGraph {
  add(event: Event, session?: Session): void;
  edges(): readonly Edge[];
  /** All that can be reached from an entity, the nearest first. */
  reach(from: Entity): readonly Entity[];
}

const MOST_EDGES = 20_000;

/** Makes an empty graph. */
export function createEntityGraph(): EntityGraph {
  const edges = new Map<string, Edge>();
  const link = (from: Entity | undefined, to: Entity | undefined, timeUs: number): void => {
    if (from === undefined || to === undefined) return;
    const key = `${keyOf(from)}\u0000${keyOf(to)}`;
    const known = edges.get(key);
    if (known === undefined) {
      if (edges.size < MOST_EDGES)
        edges.set(key, { from, to, firstUs: timeUs, lastUs: timeUs, count: 1 });
      return;
    }
    known.firstUs = Math.min(known.firstUs, timeUs);
    known.lastUs = Math.max(known.lastUs, timeUs);
    known.count += 1;
  };
  return {
    add(event, session) {
      const { timeUs } = event;
      if (timeUs === undefined) return;
      const chain = chainOf(event, session);
      for (let index = 1; index < chain.length; index += 1)
        link(chain[index - 1], chain[index], timeUs);
      for (const touched of touchedIn(event)) link(chain.at(-1), touched, timeUs);
    },
    edges: () => [...edges.values()],
    reach: (from) => reachOf([...edges.values()], from),
  };
}

const keyOf = ({ kind, value }: Entity): string => `${kind} ${value}`;

const entity = (kind: EntityKind, value: string | undefined): Entity[] =>
  value === undefined || value === '' ? [] : [{ kind, value }];

/** Address, session, account, whose rights it used, process: those of them that the event names. */
function chainOf(event: Event, session: Session | undefined): Entity[] {
  const risen = event['user.effective.name'];
  const account = event['user.name'];
  return [
    ...entity('address', session?.address ?? event['source.ip']),
    ...entity('session', session === undefined ? undefined : nameOfSession(session)),
    ...entity('account', account),
    ...entity('account', risen === account ? undefined : risen),
    ...entity('process', event['process.command_line'] ?? event['process.executable']),
  ];
}

/** `ssh deploy@web01 from 198.51.100.23, 1794882674000000`: the same session has one name. */
export const nameOfSession = ({ kind, accounts, host, address, firstUs }: Session): string =>
  `${kind} ${accounts[0] ?? ''}@${host ?? ''} from ${address ?? ''}, ${firstUs}`;

function touchedIn(event: Event): Entity[] {
  const { files, destinations } = touchedBy(event['process.command_line'] ?? '');
  return [
    ...entity('file', event['url.path'] ?? event['file.path']),
    ...entity('host', event['host.hostname'] ?? event['host.name']),
    ...entity('destination', event['destination.ip'] ?? event['destination.address']),
    ...files.map((value): Entity => ({ kind: 'file', value })),
    ...destinations.map((value): Entity => ({ kind: 'destination', value })),
  ];
}

function reachOf(edges: readonly Edge[], from: Entity): Entity[] {
  const next = new Map<string, Entity[]>();
  for (const { from: one, to } of edges)
    next.set(keyOf(one), [...(next.get(keyOf(one)) ?? []), to]);
  const seen = new Set([keyOf(from)]);
  const found: Entity[] = [];
  for (let ring = [from]; ring.length > 0; ) {
    ring = ring
      .flatMap((one) => next.get(keyOf(one)) ?? [])
      .filter((one) => !seen.has(keyOf(one)) && seen.add(keyOf(one)) !== undefined);
    found.push(...ring);
  }
  return found;
}
