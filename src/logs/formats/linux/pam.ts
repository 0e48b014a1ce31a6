/**
 * Messages that PAM modules write in the name of the program that asked them: `pam_unix(sshd:auth): ...`,
 * the older `(pam_unix) ...` and, with the module in the tag, the bare text.
 * @see https://github.com/linux-pam/linux-pam/tree/master/modules
 */
import type { Event } from '../../../events/event.ts';
import { keyValue } from './key-value.ts';
import {
  END,
  IAM,
  INFO,
  type MessageReader,
  SESSION,
  START,
  setAction,
  setFailedLogin,
  setLogin,
  setSource,
} from './syslog-event.ts';

/** Services whose sessions are opened by one user for another, so that the opener is the actor. */
const SWITCHING_SERVICES = new Set([
  'sudo',
  'sudo-i',
  'sudo-rs',
  'su-rs',
  'su',
  'su-l',
  'doas',
  'runuser',
  'pkexec',
  'polkit-1',
]);

/** `name(uid=1000)` or `name`, split. */
function splitAccount(text: string): { name: string; id: string | undefined } {
  const open = text.indexOf('(uid=');
  if (open < 0) return { name: text, id: undefined };
  const close = text.indexOf(')', open);
  return { name: text.slice(0, open), id: text.slice(open + 5, close < 0 ? text.length : close) };
}

/** `session opened for user NAME[(uid=N)] by [NAME](uid=N)`. */
function readSessionOpened(text: string, service: string, event: Event): boolean {
  const by = text.lastIndexOf(' by ');
  const target = splitAccount(text.slice(24, by < 0 ? text.length : by).trimEnd());
  event['user.name'] = target.name;
  event['user.effective.name'] = target.name;
  event['user.id'] = target.id;
  if (
    by > 0 &&
    (SWITCHING_SERVICES.has(service) || SWITCHING_SERVICES.has(event['process.name'] ?? ''))
  ) {
    const actor = splitAccount(text.slice(by + 4));
    if (actor.name !== '') event['user.name'] = actor.name;
    event['user.id'] = actor.id;
  }
  return setAction(event, 'session_opened', SESSION, START);
}

/** `session closed for user NAME`. */
function readSessionClosed(text: string, event: Event): boolean {
  const account = splitAccount(text.slice(24).trimEnd());
  event['user.name'] = account.name;
  event['user.id'] = account.id;
  return setAction(event, 'session_closed', SESSION, END);
}

/**
 * `authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=192.0.2.1  user=root`. A remote side may send
 * `rhost=` inside its name, which stands in front of the real one (`ruser`), behind it (`user`), or in both places.
 */
function readFailure(text: string, event: Event): boolean {
  const ruserAt = text.indexOf(' ruser=');
  const { remoteUser, host, user } = splitFailure(
    ruserAt < 0 ? afterHost(text) : text.slice(ruserAt + 7),
  );
  if (host !== undefined) setSource(event, host);
  event['source.user.name'] = ruserAt < 0 ? undefined : remoteUser;
  event['user.name'] = user ?? (ruserAt < 0 ? undefined : remoteUser);
  return setFailedLogin(event, 'pam_authentication', 'authentication_failed');
}

/** Proxmox VE names no remote user, and says at the end what the module answered: `rhost=HOST user=NAME msg=TEXT`. */
function afterHost(text: string): string {
  const start = Math.max(0, text.indexOf(RHOST));
  const answer = text.lastIndexOf(' msg=');
  return text.slice(start, answer > start ? answer : undefined);
}

interface FailureParts {
  remoteUser: string | undefined;
  host: string | undefined;
  user: string | undefined;
}

const RHOST = ' rhost=';
const MAX_HOSTS = 32;

/** Splits `RUSER rhost=HOST  user=NAME`, the text behind `ruser=`. */
function splitFailure(text: string): FailureParts {
  const parts: FailureParts[] = [];
  for (let at = text.indexOf(RHOST); at >= 0; at = text.indexOf(RHOST, at + 1)) {
    const start = at + RHOST.length;
    const space = text.indexOf(' ', start);
    const end = space < 0 ? text.length : space;
    const named = /^ {1,2}user=(.*)$/s.exec(text.slice(end));
    parts.push({
      remoteUser: text.slice(0, at).trim() || undefined,
      host: text.slice(start, end) || undefined,
      user: named?.[1]?.trim() || undefined,
    });
    // Nothing stands before the first one: it is the module's.
    if (at === 0 || parts.length > MAX_HOSTS) break;
  }
  const [first] = parts;
  if (first === undefined) {
    const user = keyValue(text, ' user=', 0);
    return { remoteUser: /^([^ ]*)/.exec(text)?.[1] || undefined, host: undefined, user };
  }
  if (first.remoteUser === undefined) return first;
  // Services pass the same name twice; without an account the line ends with the host.
  return (
    parts.find(({ remoteUser, user }) => user !== undefined && user === remoteUser) ??
    parts.at(-1) ??
    first
  );
}

/** `password changed for NAME`, `check pass; user unknown` and the like. */
function readAccount(text: string, event: Event): boolean {
  if (text.startsWith('password changed for ')) {
    event['user.name'] = text.slice(21).trim();
    event['event.outcome'] = 'success';
    return setAction(event, 'password_changed', IAM, ['user', 'change']);
  }
  if (text.startsWith('check pass; user unknown')) {
    event['event.reason'] = 'invalid_user';
    return setAction(event, 'pam_user_unknown', undefined, INFO);
  }
  const unknown =
    /^(?:could not identify user|bad username|auth could not identify password for) \[([^\]]{0,256})\]/.exec(
      text,
    );
  if (unknown !== null) {
    event['user.name'] = unknown[1] || undefined;
    return setFailedLogin(event, 'pam_authentication', 'invalid_user');
  }
  const expired = /^account (\S+) has expired/.exec(text);
  if (expired !== null) {
    event['user.name'] = expired[1];
    return setFailedLogin(event, 'pam_account', 'account_expired');
  }
  return false;
}

/** pam_faillock, pam_tally2, pam_access, pam_listfile, pam_succeed_if, pam_google_authenticator ... */
function readOtherModule(module: string, text: string, event: Event): boolean {
  if (module === 'pam_tally' || module === 'pam_tally2' || module === 'pam_faillock') {
    const locked =
      /^(?:user (\S+) \(\d+\) tally \d+, deny \d+|Consecutive login failures for user (\S+) account)/.exec(
        text,
      );
    if (locked === null) return false;
    event['user.name'] = locked[1] ?? locked[2];
    return setFailedLogin(event, 'pam_account_locked', 'account_locked');
  }
  if (module === 'pam_access' || module === 'pam_listfile' || module === 'pam_nologin') {
    const denied =
      /^(?:access denied for user `([^']{1,256})' from `([^']{1,256})'|Refused user (\S+) for service)/.exec(
        text,
      );
    if (denied === null) return false;
    event['user.name'] = denied[1] ?? denied[3];
    if (denied[2] !== undefined) setSource(event, denied[2]);
    return setFailedLogin(event, 'pam_access', 'not_allowed');
  }
  if (module === 'pam_succeed_if') {
    event['user.name'] = /user "([^"]{1,256})"/.exec(text)?.[1];
    return setAction(event, 'pam_requirement', undefined, INFO);
  }
  const rejected = /^Failed to verify|^Invalid verification code|^Failed to compute/.test(text);
  if (rejected) {
    event['user.name'] = / for (\S+)$/.exec(text)?.[1];
    return setFailedLogin(event, 'pam_authentication', 'wrong_code');
  }
  return false;
}

const LEADING_COUNT = /^\d{1,6} more authentication failures?; /;

/** Reads the text of a PAM module. `service` is the PAM service, e.g. `sshd`, or empty. */
function readText(module: string, service: string, text: string, event: Event): boolean {
  if (text.startsWith('session opened for user ')) return readSessionOpened(text, service, event);
  if (text.startsWith('session closed for user ')) return readSessionClosed(text, event);
  if (text.startsWith('authentication failure')) return readFailure(text, event);
  if (LEADING_COUNT.test(text)) return readFailure(text, event);
  if (text.startsWith('authentication success')) {
    event['user.name'] = keyValue(text, ' user=', 0);
    const host = keyValue(text, ' rhost=', 0);
    if (host !== undefined) setSource(event, host);
    return setLogin(event, 'pam_authentication');
  }
  return readAccount(text, event) || readOtherModule(module, text, event);
}

/** Reads `pam_unix(sshd:auth): ...`, `(pam_unix) ...`, `pam_unix: ...` and `PAM 2 more ...`. */
export const readPam: MessageReader = (message, event) => {
  event['event.dataset'] = 'system.auth';
  const found = /^\(?(pam_[a-z0-9_]{1,32})\)?(?:\(([^:)\s]{0,64})(?::[a-z]{1,16})?\))?:? +/.exec(
    message,
  );
  if (found !== null) {
    return readText(found[1] ?? '', found[2] ?? '', message.slice(found[0].length), event);
  }
  if (message.startsWith('PAM service'))
    return setAction(event, 'pam_max_retries', undefined, INFO);
  if (message.startsWith('PAM ')) return readText('', '', message.slice(4), event);
  return readText('', '', message, event);
};

/** True when a PAM module, or sshd on behalf of PAM, wrote the message. */
export const isPamMessage = (message: string): boolean =>
  message.startsWith('pam_') ||
  message.startsWith('(pam_') ||
  message.startsWith('authentication failure; ') ||
  (message.startsWith('PAM ') && /more authentication failure|max retries/.test(message));

/** Texts without a module, which only follow a tag such as `su(pam_unix)[7]:`. */
export const isBarePamText = (message: string): boolean =>
  message.startsWith('session ') || LEADING_COUNT.test(message) || message.startsWith('check pass');
