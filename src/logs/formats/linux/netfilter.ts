/**
 * Packets that iptables, nftables, ufw, firewalld and shorewall log: a free prefix and
 * `IN=eth0 OUT= MAC=... SRC=192.0.2.1 DST=198.51.100.2 ... PROTO=TCP SPT=1 DPT=22 ...`.
 * @see https://git.netfilter.org/iptables (xt_LOG), net/netfilter/nf_log_syslog.c in Linux
 */
import { readIp } from '../../../events/address.ts';
import type { Event } from '../../../events/event.ts';
import { keyValue } from './key-value.ts';
import {
  type MessageReader,
  NETWORK,
  setAction,
  setSource,
  setSourcePort,
} from './syslog-event.ts';

const CONNECTION_ALLOWED = Object.freeze(['connection', 'allowed']);
const CONNECTION_DENIED = Object.freeze(['connection', 'denied']);
const CONNECTION = Object.freeze(['connection']);

const DENIED_WORDS = /block|drop|den(?:y|ied)|reject|limit|invalid|bad|refuse/i;
const ALLOWED_WORDS = /allow|accept|pass|permit/i;

/** Where the packet's fields begin, or -1: `IN=` with `SRC=` or `OUT=` after it. */
export function netfilterStart(message: string): number {
  const at = message.indexOf('IN=');
  if (at < 0) return -1;
  const before = message.charCodeAt(at - 1);
  const isWord = (before >= 65 && before <= 90) || (before >= 97 && before <= 122);
  return !isWord && message.indexOf(' OUT=', at) > 0 ? at : -1;
}

function setPeers(text: string, event: Event): void {
  const source = keyValue(text, ' SRC=', 0);
  const destination = keyValue(text, ' DST=', 0);
  if (source !== undefined) setSource(event, source);
  if (destination !== undefined) event['destination.ip'] = readIp(destination);
  const sourcePort = keyValue(text, ' SPT=', 0);
  const destinationPort = keyValue(text, ' DPT=', 0);
  if (sourcePort !== undefined) setSourcePort(event, sourcePort);
  const port = Number(destinationPort);
  if (port > 0 && port <= 65_535) event['destination.port'] = port;
}

/** Reads the packet at `at`; what stands before it is the rule's prefix and tells the verdict. */
export function readNetfilter(message: string, at: number, event: Event): boolean {
  const prefix = message
    .slice(0, at)
    .replace(/^\[ *\d+\.\d+\] /, '')
    .trim();
  const text = ` ${message.slice(at)}`;
  setPeers(text, event);
  event['network.transport'] = keyValue(text, ' PROTO=', 0)?.toLowerCase();
  event['observer.ingress.interface.name'] = keyValue(text, ' IN=', 0);
  event['observer.egress.interface.name'] = keyValue(text, ' OUT=', 0);
  event['rule.name'] = prefix.replace(/[:\s]+$/, '') || undefined;
  event['event.dataset'] = 'iptables.log';
  if (DENIED_WORDS.test(prefix)) {
    event['event.outcome'] = 'success';
    return setAction(event, 'packet_denied', NETWORK, CONNECTION_DENIED);
  }
  if (ALLOWED_WORDS.test(prefix)) {
    event['event.outcome'] = 'success';
    return setAction(event, 'packet_allowed', NETWORK, CONNECTION_ALLOWED);
  }
  return setAction(event, 'packet_logged', NETWORK, CONNECTION);
}

/** Columns of pf's log as pfSense and OPNsense write it: those of IPv4, then those of IPv6. */
const PF_COLUMNS = {
  4: { transport: 16, source: 18 },
  6: { transport: 12, source: 15 },
} as const;

/**
 * Reads `filterlog`: `rule,,,tracker,interface,reason,action,direction,ipversion,...`.
 * @see https://docs.netgate.com/pfsense/en/latest/monitoring/logs/raw-filter-format.html
 */
export const readFilterlog: MessageReader = (message, event) => {
  const columns = message.split(',', 24);
  const version = columns[8];
  if (version !== '4' && version !== '6') return false;
  const { transport, source } = PF_COLUMNS[version];
  setSource(event, columns[source] ?? '', columns[source + 2]);
  event['destination.ip'] = readIp(columns[source + 1] ?? '');
  const port = Number(columns[source + 3]);
  event['network.transport'] = columns[transport]?.toLowerCase();
  const hasPorts = event['network.transport'] === 'tcp' || event['network.transport'] === 'udp';
  if (hasPorts && port > 0) event['destination.port'] = port;
  if (!hasPorts) event['source.port'] = undefined;
  const side = columns[7] === 'out' ? 'egress' : 'ingress';
  event[`observer.${side}.interface.name`] = columns[4];
  event['rule.name'] = columns[0];
  event['event.dataset'] = 'pfsense.log';
  const isPassed = columns[6] === 'pass';
  event['event.outcome'] = 'success';
  return isPassed
    ? setAction(event, 'packet_allowed', NETWORK, CONNECTION_ALLOWED)
    : setAction(event, 'packet_denied', NETWORK, CONNECTION_DENIED);
};
