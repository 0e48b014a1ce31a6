/** What sshd says of peers that speak no proper SSH: scanners, port probes, outdated clients. */
import type { Event } from '../../../events/event.ts';
import { FROM, readSource } from './ssh-peer.ts';
import { CONNECTION_ERROR, NETWORK, setAction, setSource } from './syslog-event.ts';

/** A peer that speaks no proper SSH: scanners, port probes, outdated clients. */
function setProbe(event: Event, reason: string): boolean {
  event['event.outcome'] = 'failure';
  event['event.reason'] = reason;
  return setAction(event, 'ssh_probe', NETWORK, CONNECTION_ERROR);
}

/** Phrases after which the peer's address stands, with what they mean. */
const PROBES: readonly (readonly [string, string])[] = [
  ['Did not receive identification string from ', 'no_identification'],
  ['Unable to negotiate with ', 'no_matching_algorithm'],
  ['Unable to negotiate a key exchange method with ', 'no_matching_algorithm'],
  ['Timeout before authentication for connection from ', 'timeout'],
  ['Timeout before authentication for ', 'timeout'],
  ['banner exchange: Connection from ', 'bad_banner'],
  ['ssh_dispatch_run_fatal: Connection from ', 'protocol_error'],
  ['Protocol major versions differ for ', 'protocol_version'],
  ['Read error from remote host ', 'connection_reset'],
  ['Corrupted MAC on input from ', 'protocol_error'],
  ['Magic value check failed', 'bad_banner'],
  ['drop connection #', 'too_many_connections'],
];

/** Reads such a message. */
export function readProbe(message: string, event: Event): boolean {
  for (const [phrase, reason] of PROBES) {
    if (!message.startsWith(phrase)) continue;
    const from = reason === 'too_many_connections' ? message.indexOf(' from [') + 1 : 0;
    if (from > 0) {
      const found = /\[([^\]\s]{2,45})\]:(\d{1,5})/.exec(message);
      if (found !== null) setSource(event, found[1] ?? '', found[2]);
    } else if (phrase.endsWith(' ')) readSource(message, phrase.length, event);
    else if (message.includes(FROM))
      readSource(message, message.lastIndexOf(FROM) + FROM.length, event);
    return setProbe(event, reason);
  }
  if (message.startsWith('kex_exchange_identification: ') || message.startsWith('no matching ')) {
    return setProbe(event, 'protocol_error');
  }
  if (!message.startsWith('Bad protocol version identification ')) return false;
  const from = message.lastIndexOf(FROM);
  if (from > 0) readSource(message, from + FROM.length, event);
  return setProbe(event, 'protocol_version');
}
