/** Who did it, as whom, and over which connection, in an audit event. */
import { readIp, readPeer } from '../../events/address.ts';
import { type Joined, known, toNumber } from './auditd-join.ts';
import type { Meaning } from './auditd-types.ts';

const ipOf = (address: string | undefined): string | undefined =>
  address === undefined ? undefined : readIp(address);

/** An address or a host's name in its one spelling; undefined when the text is neither. */
const nameOf = (address: string | undefined): string | undefined =>
  address === undefined ? undefined : readPeer(address)?.address;

/** The ends of a connection; `direction` is `ingress` or `egress`, as in ECS. */
export interface Network {
  sourceIp?: string | undefined;
  sourceAddress?: string | undefined;
  sourcePort?: number | undefined;
  destinationIp?: string | undefined;
  destinationAddress?: string | undefined;
  destinationPort?: number | undefined;
  direction?: string | undefined;
}

const OUTBOUND = /^(?:connect|send)/;
const INBOUND = /^(?:accept|recv|getpeername)/;

/** Who talks to whom: the address of a log-in, the peer of a socket call, the ends of an IPsec record. */
export function networkOf({ main, call, socket, get }: Joined): Network {
  if (socket !== undefined && call !== undefined) {
    const { port } = socket;
    const address = ipOf(socket.address);
    if (address === undefined) return {};
    if (OUTBOUND.test(call)) {
      return {
        destinationIp: address,
        destinationAddress: address,
        destinationPort: port,
        direction: 'egress',
      };
    }
    if (!INBOUND.test(call)) return {};
    return { sourceIp: address, sourceAddress: address, sourcePort: port, direction: 'ingress' };
  }
  const source =
    nameOf(known(get('addr'))) ??
    nameOf(known(get('hostname'))) ??
    nameOf(known(main.fields.get('src')));
  const destination = nameOf(known(main.fields.get('dst')));
  const ip = ipOf(source) ?? ipOf(known(get('hostname')));
  return {
    sourceIp: ip,
    sourceAddress: source,
    sourcePort: toNumber(main.fields.get('rport')),
    destinationIp: ipOf(destination),
    destinationAddress: destination,
    direction: ip !== undefined && /^(?:USER_|CRYPTO_)/.test(main.type) ? 'ingress' : undefined,
  };
}

/** The accounts of an event by their parts in it. Ids are decimal text. */
export interface Users {
  name: string | undefined;
  id: string | undefined;
  effectiveName: string | undefined;
  effectiveId: string | undefined;
  targetName: string | undefined;
  targetId: string | undefined;
  groupName: string | undefined;
  groupId: string | undefined;
}

/**
 * Who acted as whom. In log-in records the account is the one logged in to; in account management it
 * is the one changed. The log-in user (`auid`) survives su and sudo, so it is the actor there.
 */
export function userOf({ main, get }: Joined, meaning: Meaning): Users {
  const account = known(get('acct')) ?? known(main.fields.get('user'));
  const auid = known(main.type === 'LOGIN' ? (get('old-auid') ?? get('old_auid')) : get('auid'));
  const auidName = known(get('AUID'));
  const uid = known(get('uid'));
  const category = meaning.category[0];
  if (category === 'iam') {
    const isGroup = meaning.type[0] === 'group';
    const id = known(get('id'));
    return {
      name: auidName,
      id: auid,
      effectiveName: known(get('UID')),
      effectiveId: uid,
      targetName: isGroup ? undefined : (account ?? known(get('ID'))),
      targetId: isGroup ? undefined : id,
      groupName: isGroup ? (known(get('grp')) ?? account) : undefined,
      groupId: isGroup ? id : undefined,
    };
  }
  if (category === 'authentication' || category === 'session') {
    const loggedIn = main.type === 'LOGIN' ? (get('new-auid') ?? get('auid')) : get('id');
    const name = account ?? known(get('ID')) ?? (main.type === 'LOGIN' ? auidName : undefined);
    return actor(name, auid, name, known(loggedIn));
  }
  return actor(known(get('UID')) ?? account, uid, known(get('EUID')), known(get('euid')));
}

// Spelled out: spreading an object of defaults costs more than the rest of the event.
const actor = (
  name: string | undefined,
  id: string | undefined,
  effectiveName: string | undefined,
  effectiveId: string | undefined,
): Users => ({
  name,
  id,
  effectiveName,
  effectiveId,
  targetName: undefined,
  targetId: undefined,
  groupName: undefined,
  groupId: undefined,
});
