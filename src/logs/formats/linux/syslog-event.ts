/** The one object shape of all syslog events, and the setters that program readers share. */
import { readPeer, readPort } from '../../../events/address.ts';
import type { Event } from '../../../events/event.ts';

/**
 * Reads the message of one program into `event`, which already holds the envelope.
 * True when it understood the message.
 */
export type MessageReader = (message: string, event: Event) => boolean;

/** A category, as all those below: proofs of who somebody is. They are shared and frozen; the words are ECS's. */
const AUTHENTICATION = Object.freeze(['authentication']);
/** A login that opens a session. */
const AUTHENTICATION_SESSION = Object.freeze(['authentication', 'session']);
/** Sessions that begin and end. */
export const SESSION = Object.freeze(['session']);
/** Connections and packets. */
export const NETWORK = Object.freeze(['network']);
/** Programs that are run. */
export const PROCESS = Object.freeze(['process']);
/** Accounts and groups. */
export const IAM = Object.freeze(['iam']);
/** The machine itself, as when it starts and stops. */
export const HOST = Object.freeze(['host']);
/** Messages of mail. */
export const EMAIL = Object.freeze(['email']);
/** Settings of a program or of the machine. */
export const CONFIGURATION = Object.freeze(['configuration']);
/** A type, as all those below: it happened, and nothing was changed by it. */
export const INFO = Object.freeze(['info']);
/** Something began. */
export const START = Object.freeze(['start']);
/** Something ended. */
export const END = Object.freeze(['end']);
/** A connection that came to nothing. */
export const CONNECTION_ERROR = Object.freeze(['connection', 'error']);
/** A connection or packet that was refused. */
export const CONNECTION_DENIED = Object.freeze(['connection', 'denied']);
/** A connection that was made. */
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
    'related.ip': undefined,
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

/**
 * Sets where a connection comes from: `source.ip` only for a real address, `source.address` also for the name of
 * a host. What is neither is not claimed.
 */
export function setSource(event: Event, written: string, port?: string): void {
  const peer = readPeer(written);
  if (peer === undefined) return;
  event['source.address'] = peer.address;
  event['source.ip'] = peer.ip;
  if (peer.port !== undefined) event['source.port'] = peer.port;
  if (port !== undefined) setSourcePort(event, port);
}

/** Sets `source.port` when `text` is a port number. */
export function setSourcePort(event: Event, text: string): void {
  const port = readPort(text);
  if (port !== undefined) event['source.port'] = port;
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
