/** The kernel: packets that netfilter logs, processes that die, devices, boots, AppArmor and SELinux. */
import { readIp } from '../../../events/address.ts';
import type { Event } from '../../../events/event.ts';
import { skipMonotonic } from '../syslog-stamp.ts';
import { keyValue } from './key-value.ts';
import { netfilterStart, readNetfilter } from './netfilter.ts';
import {
  CONNECTION,
  CONNECTION_DENIED,
  END,
  HOST,
  INFO,
  type MessageReader,
  NETWORK,
  PROCESS,
  START,
  setAction,
  setSource,
} from './syslog-event.ts';

const ERROR = Object.freeze(['error']);

function readOutOfMemory(text: string, event: Event): boolean {
  if (text.includes('Killed process ')) return setAction(event, 'out_of_memory_kill', PROCESS, END);
  if (!text.includes('invoked oom-killer') && !text.startsWith('Out of memory')) return false;
  return setAction(event, 'out_of_memory', PROCESS, ERROR);
}

/** `NAME[PID]: segfault at ...`, `traps: NAME[PID] general protection ...`. */
function readCrash(text: string, event: Event): boolean {
  const isCrash =
    /^(?:traps: )?[^[\]]{1,64}\[\d{1,10}\]:? (?:segfault at|general protection|trap |.{0,40}ip:)/.test(
      text,
    );
  return isCrash && setAction(event, 'process_crashed', PROCESS, ERROR);
}

/** `audit: type=1400 audit(...): apparmor="DENIED" operation="open" profile="..." name="..."`. */
function readApparmor(text: string, event: Event): boolean {
  const verdict = /apparmor="([A-Z]{1,20})"/.exec(text)?.[1];
  if (verdict === undefined) return false;
  event['file.path'] = / name="([^"]{1,1024})"/.exec(text)?.[1];
  event['rule.name'] = / profile="([^"]{1,1024})"/.exec(text)?.[1];
  event['event.outcome'] = verdict === 'DENIED' ? 'failure' : 'success';
  return setAction(
    event,
    `apparmor_${verdict.toLowerCase()}`,
    PROCESS,
    verdict === 'DENIED' ? ['denied'] : INFO,
  );
}

/** `wireguard: wg0: Invalid handshake initiation from 203.0.113.7:51820`; peers have keys, not accounts. */
function readWireguard(text: string, event: Event): boolean {
  const silent =
    /^wireguard: \S+ Handshake for peer \d+ \(\[?([0-9A-Fa-f.:]{2,45}?)\]?:\d+\) did not complete/.exec(
      text,
    );
  if (silent !== null) {
    // The machine called, and nobody answered: refused is nobody.
    event['destination.ip'] = readIp(silent[1] ?? '');
    event['event.outcome'] = 'failure';
    event['event.reason'] = 'timeout';
    return setAction(event, 'vpn_handshake', NETWORK, CONNECTION);
  }
  const isRefused = /Invalid |unallowed/.test(text);
  if (!isRefused && !text.includes('Receiving handshake initiation from peer')) return false;
  const peer = /(?: from |\()\[?([0-9A-Fa-f.:]{2,45}?)\]?:(\d{1,5})\)?/.exec(
    text.slice(text.lastIndexOf(' from ')),
  );
  if (peer !== null) setSource(event, peer[1] ?? '', peer[2]);
  if (!isRefused) return setAction(event, 'vpn_connection', NETWORK, CONNECTION);
  event['event.outcome'] = 'failure';
  event['event.reason'] = 'protocol_error';
  return setAction(event, 'vpn_peer_rejected', NETWORK, CONNECTION_DENIED);
}

/** Phrases anywhere in a message, with the action they stand for. */
const PHRASES: readonly (readonly [RegExp, string, readonly string[], readonly string[]])[] = [
  [/\bentered promiscuous mode/, 'promiscuous_mode_entered', NETWORK, INFO],
  [/\bleft promiscuous mode/, 'promiscuous_mode_left', NETWORK, INFO],
  [/^usb [\d.-]{1,20}: (?:new .{0,20}|New )USB device/i, 'usb_device_connected', HOST, INFO],
  [/^usb [\d.-]{1,20}: USB disconnect/, 'usb_device_disconnected', HOST, INFO],
  [/^Linux version \d/, 'host_started', HOST, START],
  [/^Kernel panic/, 'kernel_panic', HOST, ERROR],
  [/possible SYN flooding/i, 'syn_flood', NETWORK, INFO],
  [/martian source/, 'martian_packet', NETWORK, INFO],
  [
    /loading out-of-tree module|module verification failed/,
    'kernel_module_loaded',
    HOST,
    Object.freeze(['change']),
  ],
  [/^Kernel log(?:ging \(proc\) stopped| daemon terminating)/, 'logging_stopped', PROCESS, END],
];

/** Reads the kernel's messages, with or without their `[seconds since boot]`. */
export const readKernel: MessageReader = (message, event) => {
  const at = netfilterStart(message);
  if (at >= 0) return readNetfilter(message, at, event);
  const start = skipMonotonic(message, 0);
  const text = start === 0 ? message : message.slice(start);
  if (text.includes('apparmor=') && readApparmor(text, event)) return true;
  if (text.includes('rocess') && readOutOfMemory(text, event)) return true;
  if (text.includes('oom-killer') || text.startsWith('Out of memory'))
    return readOutOfMemory(text, event);
  if (text.startsWith('wireguard: ')) return readWireguard(text, event);
  if (text.includes('[') && readCrash(text, event)) return true;
  for (const [phrase, action, category, type] of PHRASES) {
    if (!phrase.test(text)) continue;
    if (category === NETWORK) {
      event['observer.ingress.interface.name'] =
        /\bdevice (\S{1,32}) (?:entered|left)/.exec(text)?.[1] ?? keyValue(text, ' dev=', 0);
    }
    return setAction(event, action, category, type);
  }
  return false;
};
