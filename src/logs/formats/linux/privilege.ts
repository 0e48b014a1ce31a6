/** Programs that run something as another user: sudo, doas, pkexec, login. */
import type { Event } from '../../../events/event.ts';
import {
  INFO,
  type MessageReader,
  PROCESS,
  START,
  setAction,
  setFailedLogin,
  setLogin,
  setSource,
} from './syslog-event.ts';

/** The value after `name=` in sudo's `A=x ; B=y ; COMMAND=rest of line` list. */
function sudoField(text: string, name: string): string | undefined {
  const at = text.indexOf(name);
  if (at < 0) return undefined;
  const start = at + name.length;
  if (name === 'COMMAND=') return text.slice(start).trim() || undefined;
  const end = text.indexOf(' ; ', start);
  // Without a command the list may end with its separator.
  const value = end < 0 ? text.slice(start).trim().replace(/ ;$/, '') : text.slice(start, end);
  return value.trim() || undefined;
}

/** What sudo says before the field list when it did not run the command, and the reason that it is. */
const REFUSALS: readonly (readonly [RegExp, string])[] = [
  [/^user NOT (?:in sudoers|authorized)/, 'not_in_sudoers'],
  [/^command not allowed/, 'command_not_allowed'],
  [/^\d{1,4} incorrect password attempt/, 'wrong_password'],
  [
    /^(?:a password is required|a terminal is required|no tty present|sorry, you must have a tty)/,
    'password_required',
  ],
  [
    /^(?:account validation failure|PAM |sorry, |unable to |no askpass|timed out)/,
    'account_refused',
  ],
];

const refusal = (text: string): string | undefined =>
  REFUSALS.find(([words]) => words.test(text))?.[1];

const SUDO_FIELD = /^(?:HOST|TTY|CHROOT|PWD|USER|GROUP|TSID|ENV|COMMAND)=|^\(command continued\)/;

/**
 * Where the name ends. It may hold blanks (`EXAMPLE\jo smith`); behind the colon comes what sudo itself says.
 */
function sudoColon(message: string): number {
  const colon = message.indexOf(' : ');
  if (colon < 1 || colon > MAX_NAME) return -1;
  const text = message.slice(colon + 3).trimStart();
  const isSudos =
    SUDO_FIELD.test(text) || refusal(text) !== undefined || / ; (?:TTY|PWD|USER)=/.test(text);
  return isSudos ? colon : -1;
}

const MAX_NAME = 256;

/** Sets the fields of `TTY=... ; PWD=... ; USER=... ; COMMAND=...`. */
function setSudoFields(text: string, event: Event): void {
  const command = text.indexOf('COMMAND=');
  const head = command < 0 ? text : text.slice(0, command);
  event['process.working_directory'] = sudoField(head, 'PWD=');
  event['user.effective.name'] = sudoField(head, '; USER=') ?? sudoField(head, 'USER=');
  event['group.name'] = sudoField(head, '; GROUP=');
  event['process.command_line'] = command < 0 ? undefined : sudoField(text, 'COMMAND=');
}

/**
 * Reads sudo and sudo-rs: `NAME : TTY=pts/0 ; PWD=/root ; USER=root ; COMMAND=/bin/ls`. Words in front of the list
 * say why the command did not run; what they mean is sudo's, so an unknown reason is a refusal, too.
 */
export const readSudo: MessageReader = (message, event) => {
  event['event.dataset'] = 'system.auth';
  const colon = sudoColon(message);
  if (colon < 0) return false;
  event['user.name'] = message.slice(0, colon).trimStart();
  const text = message.slice(colon + 3).trimStart();
  setSudoFields(text, event);
  const reason = refusal(text);
  if (reason === 'wrong_password') return setFailedLogin(event, 'sudo_authentication', reason);
  if (reason !== undefined || !SUDO_FIELD.test(text)) {
    event['event.outcome'] = 'failure';
    event['event.reason'] = reason ?? 'refused';
    return setAction(event, 'sudo_denied', PROCESS, ['start', 'denied']);
  }
  if (text.startsWith('(command continued)'))
    return setAction(event, 'sudo_command', PROCESS, INFO);
  // A list that was cut off does not say that anything ran; who asked stays.
  if (event['process.command_line'] === undefined) return true;
  event['event.outcome'] = 'success';
  return setAction(event, 'sudo_command', PROCESS, START);
};

/** `failed command for NAME: COMMAND`: no rule permits it. */
function setDoasRefusal([, user, command]: readonly string[], event: Event): boolean {
  event['user.name'] = user;
  event['process.command_line'] = command?.trim() || undefined;
  event['event.outcome'] = 'failure';
  event['event.reason'] = 'command_not_allowed';
  return setAction(event, 'doas_denied', PROCESS, ['start', 'denied']);
}

/**
 * Reads doas: `NAME ran command COMMAND as TARGET from DIRECTORY`, `failed command for NAME: COMMAND`, `failed auth for
 * NAME`.
 * @see https://github.com/openbsd/src (usr.bin/doas/doas.c)
 */
export const readDoas: MessageReader = (message, event) => {
  event['event.dataset'] = 'system.auth';
  const refused = /^(?:failed command|command not permitted) for ([^\s:]{1,256})(?::(.*))?$/is.exec(
    message,
  );
  if (refused !== null) return setDoasRefusal(refused, event);
  const failed = /^(?:failed (?:auth|password)|(tty required)) for (\S{1,256})/i.exec(message);
  if (failed !== null) {
    event['user.name'] = failed[2]?.replace(/:$/, '');
    const reason = failed[1] === undefined ? 'authentication_failed' : 'password_required';
    return setFailedLogin(event, 'doas_authentication', reason);
  }
  const start = message.indexOf(' ran command ');
  if (start < 1) return false;
  event['user.name'] = message.slice(0, start);
  const rest = message.slice(start + 13);
  const bsd = /^as (\S+): (.*)$/.exec(rest);
  const as = rest.lastIndexOf(' as ');
  if (bsd !== null) {
    event['user.effective.name'] = bsd[1];
    event['process.command_line'] = bsd[2];
  } else {
    event['process.command_line'] = as < 0 ? rest : rest.slice(0, as);
    if (as >= 0) event['user.effective.name'] = rest.slice(as + 4).split(' ', 1)[0];
  }
  event['event.outcome'] = 'success';
  return setAction(event, 'doas_command', PROCESS, START);
};

/** Reads pkexec: `NAME: Executing command [USER=root] [TTY=...] [CWD=/home/x] [COMMAND=/bin/sh]`. */
export const readPkexec: MessageReader = (message, event) => {
  event['event.dataset'] = 'system.auth';
  const colon = message.indexOf(': ');
  if (colon < 1) return false;
  event['user.name'] = message.slice(0, colon);
  event['user.effective.name'] = bracketField(message, '[USER=');
  event['process.working_directory'] = bracketField(message, '[CWD=');
  event['process.command_line'] = bracketField(message, '[COMMAND=');
  if (message.startsWith('Executing command', colon + 2)) {
    event['event.outcome'] = 'success';
    return setAction(event, 'pkexec_command', PROCESS, START);
  }
  event['event.outcome'] = 'failure';
  event['event.reason'] = message.includes('was not found the /etc/shells')
    ? 'suspicious_environment'
    : 'refused';
  return setAction(event, 'pkexec_denied', PROCESS, ['start', 'denied']);
};

/** The value of `[NAME=value]`. */
function bracketField(text: string, field: string): string | undefined {
  const at = text.indexOf(field);
  if (at < 0) return undefined;
  const end = text.indexOf(']', at);
  return text.slice(at + field.length, end < 0 ? text.length : end) || undefined;
}

/** Reads login, getty and other programs that open a terminal session. */
export const readLogin: MessageReader = (message, event) => {
  event['event.dataset'] = 'system.auth';
  const failed =
    /^FAILED LOGIN (?:SESSION )?(?:\(?\d{1,6}\)? )?(?:on '?[^'\s]{1,64}'? )?(?:FROM (\S+) )?FOR (?:'([^']{0,256})'|([^,\s]{0,256}))/i.exec(
      message,
    );
  if (failed !== null) {
    if (failed[1] !== undefined) setSource(event, failed[1]);
    event['user.name'] = failed[2] || failed[3] || undefined;
    const isUnknown = /unknown|not known/i.test(message);
    return setFailedLogin(event, 'login', isUnknown ? 'invalid_user' : 'wrong_password');
  }
  if (
    /^(?:ROOT |DIALUP AT \S+ BY )?LOGIN ?(?:ON |BY |AT )?/.test(message) &&
    message.includes('LOGIN')
  ) {
    const by = /\bBY (\S+)/.exec(message)?.[1];
    const from = / FROM (\S{1,255})$/.exec(message)?.[1];
    if (from !== undefined) setSource(event, from);
    event['user.name'] = by ?? (message.startsWith('ROOT LOGIN') ? 'root' : undefined);
    return setLogin(event, 'login');
  }
  if (message.startsWith('TOO MANY LOGIN TRIES')) {
    event['user.name'] = / FOR '?([^',\s]{1,256})/.exec(message)?.[1];
    return setFailedLogin(event, 'login', 'too_many_attempts');
  }
  return false;
};
