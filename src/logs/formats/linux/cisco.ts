/**
 * What Cisco's firewalls and routers say under their mnemonics (`%ASA-4-106023`, `%SYS-5-CONFIG_I`): packets refused,
 * connections built and torn down, configuration changed.
 * @see https://www.cisco.com/c/en/us/td/docs/security/asa/syslog/b_syslog.html
 */
import { readIp, readPort } from '../../../events/address.ts';
import type { Event } from '../../../events/event.ts';
import {
  CHANGE,
  CONFIGURATION,
  CONNECTION,
  CONNECTION_DENIED,
  END,
  type MessageReader,
  NETWORK,
  setAction,
  setSource,
} from './syslog-event.ts';

const CONNECTION_ALLOWED = Object.freeze(['connection', 'allowed']);

const ADDRESS = '\\d{1,3}(?:\\.\\d{1,3}){3}|[\\da-fA-F:]{2,39}';

/**
 * `outside:203.0.113.9/4433`, with `(4433)` for the port in access lists. ICMP has no port, and some messages name no
 * interface: without one is tried first, because IPv6 would pass for one.
 */
const end = (name: string, port = '/(?<PORT>\\d{1,5})'): string =>
  `(?:[^:\\s/]{1,64}[:/])??(?<${name}>${ADDRESS})(?:${port.replace('PORT', `${name}Port`)})?`;
const LISTED = '\\((?<PORT>\\d{1,5})\\)';
/** What identity firewall and TrustSec put behind an address: `(DOMAIN\\bob)`, `(LOCAL\\bob, 7:tag)`. */
const WHO = '(?: ?\\([^)]{0,128}\\)){0,3}';
const FROM_TO = `${end('from')}${WHO} to ${end('to')}`;

/** A packet refused (or let through, where the group `verdict` says so), whose sender the line names first. */
const PACKETS: readonly RegExp[] = [
  // 106023, 106010, 106014
  `^Deny (?:inbound )?(?:protocol )?(?<transport>[\\w-]{1,16}) src ${end('from')}${WHO} dst ${end('to')}(?=[ ,]|$)`,
  // 106001
  `^Inbound (?<transport>[\\w-]{1,16}) connection denied from ${FROM_TO}(?=[ ,]|$)`,
  // 106006, 106007, 106015, 106016, 106017, 106021
  `^Deny (?:inbound )?(?<transport>[\\w-]{1,16}) (?:\\(no connection\\) |reverse path check |spoof |due to Land Attack )?from \\(?${end('from')}\\)?${WHO} to ${end('to')}(?=[ ,]|$)`,
  // 710003
  `^(?<transport>\\w{1,16}) access denied by ACL from ${FROM_TO}(?=[ ,]|$)`,
  // 106100, and IOS' IPACCESSLOGP and IPACCESSLOGDP
  `^(?:access-list|list) \\S{1,128} (?<verdict>permitted|denied|est-allowed) (?<transport>[\\w-]{1,16}) ${end('from', LISTED)}${WHO}(?: ?->| ) ?${end('to', LISTED)}`,
].map((source) => new RegExp(source));

/** 302014, 302016: the outside stands first whoever called, so neither end is claimed to be the source. */
const TEARDOWN = new RegExp(
  `^Teardown (?<transport>\\w{2,8}) connection \\d{1,20} (?:for|from) ${end('from')}${WHO} to ${end('to')}`,
);

/** 302013, 302015. */
const BUILT = new RegExp(
  `^Built (?<direction>inbound|outbound) (?<transport>\\w{2,8}) connection \\d{1,20} for ${end('from')}${WHO} to ${end('to')}`,
);

const CONFIGURED =
  /^Configured from .{1,256}? by (?<user>\S{1,256})(?: on \S{1,64})?(?: \((?<from>[\da-fA-F:.]{2,45})\))?$/;

type Groups = Readonly<Record<string, string | undefined>>;

function setEnds(event: Event, groups: Groups, from: 'from' | 'to', to: 'from' | 'to'): void {
  setSource(event, groups[from] ?? '', groups[`${from}Port`]);
  event['destination.ip'] = readIp(groups[to] ?? '');
  const port = groups[`${to}Port`];
  if (port !== undefined) event['destination.port'] = readPort(port);
  event['network.transport'] = groups['transport']?.toLowerCase();
}

function setVerdict(event: Event, isDenied: boolean): boolean {
  event['event.outcome'] = isDenied ? 'failure' : 'success';
  return isDenied
    ? setAction(event, 'packet_denied', NETWORK, CONNECTION_DENIED)
    : setAction(event, 'packet_allowed', NETWORK, CONNECTION_ALLOWED);
}

function readPacket(message: string, event: Event): boolean {
  for (const pattern of PACKETS) {
    const groups = pattern.exec(message)?.groups;
    if (groups === undefined) continue;
    setEnds(event, groups, 'from', 'to');
    return setVerdict(event, (groups['verdict'] ?? 'denied') === 'denied');
  }
  return false;
}

/** The outside comes first either way, and the direction says who called. */
function readBuilt(message: string, event: Event): boolean {
  const groups = BUILT.exec(message)?.groups;
  if (groups === undefined) return false;
  if (groups['direction'] === 'inbound') setEnds(event, groups, 'from', 'to');
  else setEnds(event, groups, 'to', 'from');
  return setVerdict(event, false);
}

function readTeardown(message: string, event: Event): boolean {
  const groups = TEARDOWN.exec(message)?.groups;
  if (groups === undefined) return false;
  const ends = [groups['from'], groups['to']].map((written) => readIp(written ?? ''));
  event['related.ip'] = [...new Set(ends.filter((ip) => ip !== undefined))];
  event['network.transport'] = groups['transport']?.toLowerCase();
  return setAction(event, 'connection_ended', NETWORK, [...CONNECTION, ...END]);
}

/** `Configured from console by bob on vty0 (203.0.113.9)`; `by console` names the place again and nobody. */
function readConfigured(message: string, event: Event): boolean {
  const groups = CONFIGURED.exec(message)?.groups;
  if (groups === undefined) return false;
  if (groups['user'] !== 'console') event['user.name'] = groups['user'];
  if (groups['from'] !== undefined) setSource(event, groups['from']);
  event['event.outcome'] = 'success';
  return setAction(event, 'configuration_changed', CONFIGURATION, CHANGE);
}

/** Reads the messages of Cisco's devices that are no logins; those are known by their words. */
export const readCisco: MessageReader = (message, event) => {
  if (message.startsWith('Built ')) return readBuilt(message, event);
  if (message.startsWith('Teardown ')) return readTeardown(message, event);
  if (message.startsWith('Configured from ')) return readConfigured(message.trimEnd(), event);
  return readPacket(message, event);
};
