/**
 * OpenSSH's sshd (also `sshd-session` and `sshd-auth` of OpenSSH 9.8 and later).
 * @see https://github.com/openssh/openssh-portable (auth.c, auth2.c, packet.c, sshd.c)
 */
import type { Event } from '../../../events/event.ts';
import { FROM, findDisconnected, findPeer, readSource } from './ssh-peer.ts';
import { readProbe } from './ssh-probe.ts';
import {
  CONNECTION,
  CONNECTION_DENIED,
  END,
  INFO,
  type MessageReader,
  NETWORK,
  PROCESS,
  SESSION,
  START,
  setAction,
  setFailedLogin,
  setLogin,
  setSource,
  setSourcePort,
} from './syslog-event.ts';

const PREAUTH = ' [preauth]';

/** Methods after whose `ssh2: ` sshd prints details (a key, a certificate) about the attempt. */
const METHODS_WITH_DETAILS = new Set(['publickey', 'hostbased', 'gssapi-with-mic', 'gssapi-keyex']);

/** Sets `user.name` from `[invalid user |illegal user ]name`; true when the name has no account. */
function readUser(text: string, event: Event): boolean {
  const isInvalid = text.startsWith('invalid user ') || text.startsWith('illegal user ');
  const name = isInvalid ? text.slice(13) : text;
  event['user.name'] = name === '' ? undefined : name;
  return isInvalid;
}

const isUnknownName = (text: string, at: number): boolean =>
  text.startsWith('invalid user ', at) || text.startsWith('illegal user ', at);

/** Reads `METHOD for [invalid user ]NAME from ADDRESS port N ssh2[: details]` at `at`. */
function readAttempt(message: string, at: number, event: Event): string | undefined {
  const methodEnd = message.indexOf(' for ', at);
  if (methodEnd < 0) return undefined;
  const slash = message.indexOf('/', at);
  const method = message.slice(at, slash > 0 && slash < methodEnd ? slash : methodEnd);
  const start = methodEnd + 5;
  const from = readConnection(message, start, METHODS_WITH_DETAILS.has(method), event);
  if (from < start - 1) return undefined;
  event['event.reason'] = readUser(message.slice(start, from), event) ? 'invalid_user' : undefined;
  return method;
}

/** Sets the source of `NAME from ADDRESS port N...` whose name begins at `start`; where ` from ` begins, or -1. */
function readConnection(message: string, start: number, isKey: boolean, event: Event): number {
  const peers = findPeer(message, start - 1, !isUnknownName(message, start), isKey);
  if (peers === undefined) {
    // sshd of old, or a relay that keeps less.
    const from = message.lastIndexOf(FROM);
    if (from >= start - 1) readSource(message, from + FROM.length, event);
    return from;
  }
  const { found, others } = peers;
  event['source.address'] = found.peer.address;
  event['source.ip'] = found.peer.ip;
  setSourcePort(event, found.port);
  // A name that holds an address of its own is no accident: whoever looks for either finds the line.
  const ips = new Set(others.map(({ peer }) => peer.ip ?? peer.address));
  if (ips.size > 1) event['related.ip'] = [...ips];
  return found.start;
}

const FAILURE_REASONS: ReadonlyMap<string, string> = new Map([
  ['password', 'wrong_password'],
  ['keyboard-interactive', 'wrong_password'],
  ['publickey', 'key_not_accepted'],
  ['none', 'no_credentials'],
  ['hostbased', 'host_not_accepted'],
]);

function readFailed(message: string, event: Event): boolean {
  const method = readAttempt(message, 7, event);
  if (method === undefined) return false;
  if (event['event.reason'] === undefined && method === 'publickey') {
    // Clients offer every key of their agent; one refused key says nothing about the login.
    setAction(event, 'ssh_key_rejected', undefined, INFO);
    event['event.outcome'] = 'unknown';
    event['event.reason'] = 'key_not_accepted';
    return true;
  }
  const reason = event['event.reason'] ?? FAILURE_REASONS.get(method) ?? 'authentication_failed';
  return setFailedLogin(event, 'ssh_login', reason);
}

function readAccepted(message: string, event: Event): boolean {
  return readAttempt(message, 9, event) !== undefined && setLogin(event, 'ssh_login');
}

function readPostponed(message: string, event: Event): boolean {
  if (readAttempt(message, message.indexOf(' ') + 1, event) === undefined) return false;
  return setAction(event, 'ssh_authentication_continues', undefined, INFO);
}

/** `Invalid user NAME from ADDRESS[ port N]`; the name may be empty or hold spaces. */
function readInvalidUser(message: string, event: Event): boolean {
  const from = message.lastIndexOf(FROM);
  if (from < 12) return false;
  event['user.name'] = message.slice(13, from) || undefined;
  readSource(message, from + FROM.length, event);
  event.isAnnouncing = true;
  return setFailedLogin(event, 'ssh_login', 'invalid_user');
}

/** `User NAME from ADDRESS not allowed because ...`; without an address the account is locked. */
function readUserLine(message: string, event: Event): boolean {
  const because = message.lastIndexOf(' not allowed because ');
  if (because < 0) return false;
  const from = message.lastIndexOf(FROM, because);
  event['user.name'] = message.slice(5, from < 5 ? because : from);
  if (from < 5) {
    event['event.reason'] = 'account_locked';
    return setAction(event, 'ssh_user_not_allowed', undefined, INFO);
  }
  readSource(message, from + FROM.length, event);
  return setFailedLogin(event, 'ssh_login', 'not_allowed');
}

/**
 * The end of a connection: `(Connection closed by|Disconnected from|...) [invalid user NAME |authenticating
 * user NAME |user NAME ]ADDRESS[ port N][ [preauth]]`. `at` is the index after the verb phrase.
 */
function readConnectionEnd(message: string, at: number, event: Event): boolean {
  const body = message.endsWith(PREAUTH) ? message.slice(at, -PREAUTH.length) : message.slice(at);
  const port = body.lastIndexOf(' port ');
  const peer = port < 0 ? body : body.slice(0, port);
  const space = peer.lastIndexOf(' ');
  setSource(event, peer.slice(space + 1), port < 0 ? undefined : body.slice(port + 6));
  const who = space < 0 ? '' : peer.slice(0, space);
  if (who.startsWith('invalid user')) {
    event['user.name'] = who.slice(13) || undefined;
    return setFailedLogin(event, 'ssh_preauth_disconnect', 'invalid_user');
  }
  if (who.startsWith('authenticating user ')) {
    event['user.name'] = who.slice(20);
    return setFailedLogin(event, 'ssh_preauth_disconnect', 'not_authenticated');
  }
  if (who.startsWith('user ')) event['user.name'] = who.slice(5);
  return setEnd(message, event);
}

/** A connection that ended: before authentication nobody logged in, afterwards it is a plain end. */
function setEnd(message: string, event: Event): boolean {
  if (!message.endsWith(PREAUTH)) return setAction(event, 'ssh_disconnect', NETWORK, END);
  event['event.outcome'] = 'failure';
  event['event.reason'] = 'not_authenticated';
  return setAction(event, 'ssh_preauth_disconnect', NETWORK, END);
}

/** `Received disconnect from ADDRESS[ port N]: CODE: TEXT`. */
function readReceivedDisconnect(message: string, at: number, event: Event): boolean {
  const text = message.slice(at);
  const found = /^(\S+)(?: port (\d+):|:) ?(\d+): /.exec(text);
  if (found === null) {
    readSource(message, at, event);
    return setEnd(message, event);
  }
  setSource(event, found[1] ?? '', found[2]);
  const isRefused =
    text.includes('Auth fail') || text.includes('o supported authentication methods');
  if (isRefused || text.includes('No authentication methods')) {
    return setFailedLogin(event, 'ssh_preauth_disconnect', 'authentication_failed');
  }
  return setEnd(message, event);
}

/** `Disconnecting [authenticating user NAME |invalid user NAME ADDRESS port N: ]REASON [preauth]`. */
function readDisconnecting(message: string, event: Event): boolean {
  const kind = /^Disconnecting (?:(invalid|authenticating) user |user )?/.exec(message);
  const found =
    kind === null
      ? undefined
      : findDisconnected(message.slice(kind[0].length), kind[1] !== 'invalid');
  const text = found?.reason ?? message;
  if (found !== undefined) {
    event['source.address'] = found.peer.address;
    event['source.ip'] = found.peer.ip;
    setSourcePort(event, found.port);
    event['user.name'] = found.name || undefined;
  } else {
    event['user.name'] =
      /authentication failures for (?:invalid user )?(.+?)(?: \[preauth\])?$/.exec(text)?.[1];
  }
  if (text.includes('Too many authentication failures')) {
    return setFailedLogin(event, 'ssh_preauth_disconnect', 'too_many_attempts');
  }
  if (found !== undefined && kind?.[1] !== undefined) {
    const reason = kind[1] === 'invalid' ? 'invalid_user' : 'not_authenticated';
    return setFailedLogin(event, 'ssh_preauth_disconnect', reason);
  }
  return setEnd(message, event);
}

/** `PAM: Authentication failure for [illegal user ]NAME from ADDRESS[ via ADDRESS]`. */
function readPamError(message: string, event: Event): boolean {
  const start = message.indexOf(' for ');
  const from = message.lastIndexOf(FROM);
  if (start < 0 || from < start) return false;
  const isInvalid = readUser(message.slice(start + 5, from), event);
  readSource(message, from + FROM.length, event);
  const isUnknown = isInvalid || message.includes('User not known');
  return setFailedLogin(event, 'ssh_login', isUnknown ? 'invalid_user' : 'wrong_password');
}

/** `maximum authentication attempts exceeded for [invalid user ]NAME from ADDRESS port N ssh2`. */
function readMaxAttempts(message: string, event: Event): boolean {
  const start = 'maximum authentication attempts exceeded for '.length;
  const from = readConnection(message, start, false, event);
  if (from >= start - 1) readUser(message.slice(start, from), event);
  return setFailedLogin(event, 'ssh_max_attempts', 'too_many_attempts');
}

function readRootRefused(message: string, event: Event): boolean {
  event['user.name'] = 'root';
  readSource(message, 'ROOT LOGIN REFUSED FROM '.length, event);
  return setFailedLogin(event, 'ssh_login', 'root_login_refused');
}

function readNotPermittedHost(message: string, event: Event): boolean {
  const found = /^Authentication tried for (.{1,256}) with correct key.*\bip=([^,)\s]+)/.exec(
    message,
  );
  if (found === null) return false;
  event['user.name'] = found[1];
  setSource(event, found[2] ?? '');
  return setFailedLogin(event, 'ssh_login', 'host_not_permitted');
}

function readRefusedConnect(message: string, event: Event): boolean {
  const found = /^refused connect from (\S+)(?: \(([^)\s]+)\))?/.exec(message);
  if (found === null) return false;
  setSource(event, found[2] ?? found[1] ?? '');
  event['event.outcome'] = 'failure';
  event['event.reason'] = 'host_not_permitted';
  return setAction(event, 'connection_refused', NETWORK, CONNECTION_DENIED);
}

/** The two notes about a name and an address that do not resolve to each other. The name is a stranger's: the last bracket counts. */
function readReverseMapping(message: string, event: Event): boolean {
  const found = /^reverse mapping checking getaddrinfo for .{1,1025} \[([^\]\s]+)\] failed/.exec(
    message,
  );
  const address = found?.[1] ?? /^Address (\S+) maps to /.exec(message)?.[1];
  if (address !== undefined) setSource(event, address);
  return setAction(event, 'reverse_mapping_failed', NETWORK, INFO);
}

/** Sessions, subsystems, and the life of the daemon. */
function readSession(message: string, event: Event): boolean {
  if (message.startsWith('Starting session: ')) {
    // The last one: a forced command stands in front.
    const found = /^.* for (.{1,256}) from (\S+) port (\d+)/.exec(message);
    event['user.name'] = found?.[1];
    if (found !== null) setSource(event, found[2] ?? '', found[3]);
    return setAction(event, 'ssh_session_started', SESSION, START);
  }
  if (message.startsWith('Close session: ')) {
    const found = /^Close session: user (.{1,256}) from (\S+) port (\d+)/.exec(message);
    event['user.name'] = found?.[1];
    if (found !== null) setSource(event, found[2] ?? '', found[3]);
    return setAction(event, 'ssh_session_ended', SESSION, END);
  }
  if (message.startsWith('subsystem request for ')) {
    event['user.name'] = / by user (.{1,256})$/.exec(message)?.[1];
    return setAction(event, 'ssh_subsystem_request', SESSION, INFO);
  }
  if (message.startsWith('Write failed: ')) return setEnd(message, event);
  if (message.startsWith('Server listening on '))
    return setAction(event, 'service_started', PROCESS, START);
  if (message.startsWith('Received signal ') || message.startsWith('Exiting on signal ')) {
    return setAction(event, 'service_stopped', PROCESS, END);
  }
  if (!message.startsWith('Connection from ')) return false;
  readSource(message, 16, event);
  return setAction(event, 'ssh_connection', NETWORK, CONNECTION);
}

/** `fatal: ` and `error: ` say how sshd logs a line, not what it means. */
function bodyStart(message: string): number {
  if (message.startsWith('error: ')) return 7;
  return message.startsWith('fatal: ') ? 7 : 0;
}

/** Reads sshd's messages. */
export const readSshd: MessageReader = (whole, event) => {
  event['event.dataset'] = 'system.auth';
  const at = bodyStart(whole);
  const message = at === 0 ? whole : whole.slice(at);
  switch (message.charCodeAt(0)) {
    case 70: // F
      return message.startsWith('Failed ') && readFailed(message, event);
    case 65: // A
      if (message.startsWith('Accepted ')) return readAccepted(message, event);
      if (message.startsWith('Address ')) return readReverseMapping(message, event);
      if (message.startsWith('Authentication refused')) {
        return setFailedLogin(event, 'ssh_key_refused', 'bad_file_permissions');
      }
      return readNotPermittedHost(message, event);
    case 73: // I
    case 105: // i
      if (message.startsWith('nvalid user ', 1) || message.startsWith('llegal user ', 1)) {
        return readInvalidUser(message, event);
      }
      if (!message.startsWith('input_userauth_request: invalid user ')) return false;
      event['user.name'] = message.slice(37).replace(PREAUTH, '') || undefined;
      return setAction(event, 'ssh_invalid_user', undefined, INFO);
    case 67: // C
      if (message.startsWith('Connection closed by ')) return readConnectionEnd(message, 21, event);
      if (message.startsWith('Connection reset by ')) return readConnectionEnd(message, 20, event);
      return readSession(message, event) || readProbe(message, event);
    case 68: // D
      if (message.startsWith('Disconnected from ')) return readConnectionEnd(message, 18, event);
      if (message.startsWith('Disconnecting')) return readDisconnecting(message, event);
      return readProbe(message, event);
    case 82: // R
      if (message.startsWith('Received disconnect from ')) {
        return readReceivedDisconnect(message, 25, event);
      }
      if (message.startsWith('ROOT LOGIN REFUSED FROM ')) return readRootRefused(message, event);
      return readSession(message, event) || readProbe(message, event);
    case 80: // P
      if (message.startsWith('PAM: ')) return readPamError(message, event);
      if (message.startsWith('Postponed ') || message.startsWith('Partial ')) {
        return readPostponed(message, event);
      }
      return readProbe(message, event);
    case 85: // U
      return message.startsWith('User ') ? readUserLine(message, event) : readProbe(message, event);
    case 77: // M
      return readProbe(message, event);
    case 109: // m
      return (
        message.startsWith('maximum authentication attempts') && readMaxAttempts(message, event)
      );
    case 114: // r
      if (message.startsWith('refused connect from ')) return readRefusedConnect(message, event);
      return message.startsWith('reverse mapping ') && readReverseMapping(message, event);
    default:
      return readProbe(message, event) || readSession(message, event);
  }
};
