/** The one object shape of all syslog events, and the setters that program readers share. */
import { isIPv6 } from 'node:net';
import type { Event } from '../../../events/event.ts';

/**
 * Reads the message of one program into `event`, which already holds the envelope.
 * True when it understood the message.
 */
export type MessageReader = (message: string, event: Event) => boolean;

export const AUTHENTICATION = Object.freeze(['authentication']);
export const AUTHENTICATION_SESSION = Object.freeze(['authentication', 'session']);
export const SESSION = Object.freeze(['session']);
export const NETWORK = Object.freeze(['network']);
export const PROCESS = Object.freeze(['process']);
export const IAM = Object.freeze(['iam']);
export const HOST = Object.freeze(['host']);
export const EMAIL = Object.freeze(['email']);
export const CONFIGURATION = Object.freeze(['configuration']);
export const INFO = Object.freeze(['info']);
export const START = Object.freeze(['start']);
export const END = Object.freeze(['end']);
export const DENIED = Object.freeze(['denied']);
export const CHANGE = Object.freeze(['change']);
export const CONNECTION_ERROR = Object.freeze(['connection', 'error']);
export const CONNECTION_DENIED = Object.freeze(['connection', 'denied']);
export const CONNECTION = Object.freeze(['connection']);

/** An event with every key that syslog readers set, so that V8 keeps one shape for all of them. */
export function createSyslogEvent(): Event {
  return {
    timeUs: undefined,
    timeConfidence: 'none',
    format: 'syslog',
    message: undefined,
    'event.kind': 'event',
    'event.category': undefined,
    'event.type': undefined,
    'event.action': undefined,
    'event.outcome': undefined,
    'event.dataset': 'system.syslog',
    'event.reason': undefined,
    'source.ip': undefined,
    'source.address': undefined,
    'source.port': undefined,
    'source.user.name': undefined,
    'destination.ip': undefined,
    'destination.port': undefined,
    'network.transport': undefined,
    'network.protocol': undefined,
    'observer.ingress.interface.name': undefined,
    'observer.egress.interface.name': undefined,
    'user.name': undefined,
    'user.id': undefined,
    'user.effective.name': undefined,
    'user.target.name': undefined,
    'group.name': undefined,
    'group.id': undefined,
    'host.hostname': undefined,
    'process.name': undefined,
    'process.pid': undefined,
    'process.executable': undefined,
    'process.command_line': undefined,
    'process.working_directory': undefined,
    'file.path': undefined,
    'service.name': undefined,
    'session.id': undefined,
    'rule.name': undefined,
    'log.level': undefined,
    'log.syslog.priority': undefined,
    'log.syslog.facility.code': undefined,
    'log.syslog.severity.code': undefined,
    'log.syslog.msgid': undefined,
  };
}

/** True for four decimal numbers up to 255 without leading zeros. */
export function isIpv4(text: string): boolean {
  if (text.length < 7 || text.length > 15) return false;
  let dots = 0;
  let value = -1;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code === 46) {
      if (value < 0) return false;
      dots += 1;
      value = -1;
    } else if (code >= 48 && code <= 57 && value !== 0) {
      value = value < 0 ? code - 48 : value * 10 + code - 48;
      if (value > 255) return false;
    } else return false;
  }
  return dots === 3 && value >= 0;
}

const MAPPED = '::ffff:';

/** Strips brackets, the `IPv6:` mark and the prefix of IPv4 addresses mapped into IPv6. */
export function bareAddress(written: string): string {
  let text = written;
  if (text.charCodeAt(0) === 91 && text.endsWith(']')) text = text.slice(1, -1);
  if (text.startsWith('IPv6:')) text = text.slice(5);
  const isMapped =
    text.length > MAPPED.length && text.slice(0, MAPPED.length).toLowerCase() === MAPPED;
  return isMapped && isIpv4(text.slice(MAPPED.length)) ? text.slice(MAPPED.length) : text;
}

/** True for an IPv4 or IPv6 address. */
export const isAddress = (text: string): boolean =>
  isIpv4(text) || (text.includes(':') && isIPv6(text));

/** Sets where a connection comes from: `source.ip` only for a real address, `source.address` always. */
export function setSource(event: Event, written: string, port?: string): void {
  const address = bareAddress(written);
  if (address === '' || address === '-' || address === '?') return;
  event['source.address'] = address;
  event['source.ip'] = isAddress(address) ? address : undefined;
  if (port !== undefined) setSourcePort(event, port);
}

/** Sets `source.port` when `text` is a port number. */
export function setSourcePort(event: Event, text: string): void {
  const port = Number(text);
  if (port > 0 && port <= 65_535 && Number.isInteger(port)) event['source.port'] = port;
}

/** Marks the event as a failed authentication. */
export function setFailedLogin(event: Event, action: string, reason: string): boolean {
  event['event.action'] = action;
  event['event.category'] = AUTHENTICATION;
  event['event.type'] = INFO;
  event['event.outcome'] = 'failure';
  event['event.reason'] = reason;
  event['event.dataset'] = 'system.auth';
  return true;
}

/** Marks the event as a successful authentication. */
export function setLogin(event: Event, action: string): boolean {
  event['event.action'] = action;
  event['event.category'] = AUTHENTICATION_SESSION;
  event['event.type'] = INFO;
  event['event.outcome'] = 'success';
  event['event.dataset'] = 'system.auth';
  return true;
}

/** Sets action, category and type of an event that is no authentication; always true. */
export function setAction(
  event: Event,
  action: string,
  category?: readonly string[],
  type?: readonly string[],
): boolean {
  event['event.action'] = action;
  event['event.category'] = category;
  event['event.type'] = type;
  return true;
}
