/** systemd, systemd-logind and the loggers themselves: units, sessions, and logging that stops. */
import type { Event } from '../../../events/event.ts';
import {
  CHANGE,
  CONFIGURATION,
  END,
  HOST,
  INFO,
  type MessageReader,
  PROCESS,
  SESSION,
  START,
  setAction,
} from './syslog-event.ts';

/** `New session 12 of user NAME.`, `Removed session 12.`, `Session 12 logged out. ...`. */
export const readLogind: MessageReader = (message, event) => {
  event['event.dataset'] = 'system.auth';
  const opened =
    /^New session '?([^\s'.]{1,64})'? of user '?([^']{1,256}?)'?(?: with class '[^']{0,64}' and type '[^']{0,64}')?\.?$/.exec(
      message,
    );
  if (opened !== null) {
    event['session.id'] = opened[1];
    event['user.name'] = opened[2];
    return setAction(event, 'session_opened', SESSION, START);
  }
  const closed = /^(?:Removed session|Session) '?([^\s'.]{1,64})'?(?:\.| logged out)/.exec(message);
  if (closed !== null) {
    event['session.id'] = closed[1];
    return setAction(event, 'session_closed', SESSION, END);
  }
  if (
    /^(?:Power key pressed|System is (?:powering down|rebooting|halting)|The system will)/.test(
      message,
    )
  ) {
    return setAction(event, 'host_shutdown', HOST, END);
  }
  return false;
};

const UNIT_VERBS: readonly (readonly [string, string, readonly string[]])[] = [
  ['Started Session ', 'session_started', START],
  ['Started ', 'service_started', START],
  ['Starting ', 'service_starting', START],
  ['Stopped ', 'service_stopped', END],
  ['Stopping ', 'service_stopping', END],
  ['Failed to start ', 'service_start_failed', Object.freeze(['start', 'error'])],
  ['Finished ', 'service_finished', END],
  ['Reloading.', 'service_manager_reloaded', CHANGE],
  ['Reloaded ', 'service_reloaded', CHANGE],
  ['Created slice ', 'unit_created', START],
  ['Removed slice ', 'unit_removed', END],
  ['Reached target ', 'target_reached', INFO],
];

/** `Session 12 of user NAME.` in systemd's own lines. */
function readUnitSession(message: string, event: Event): void {
  const found = /^Started Session (\S{1,64}) of [Uu]ser (.{1,256}?)\.?$/.exec(message);
  if (found === null) return;
  event['session.id'] = found[1];
  event['user.name'] = found[2];
}

/** The unit named after a verb: `name.service - Description` or the description. */
function unitName(text: string): string | undefined {
  const name = text.replace(/\.{1,3}$/, '');
  const dash = name.indexOf(' - ');
  return (dash > 0 ? name.slice(0, dash) : name) || undefined;
}

/** `sshd.service: Main process exited, code=exited, status=1/FAILURE`. */
function readUnitState(message: string, event: Event): boolean {
  const found = /^([\w@\\.:-]{1,200}\.(?:service|socket|timer|mount|scope|target)): (.*)$/.exec(
    message,
  );
  if (found === null) return false;
  event['service.name'] = found[1];
  const text = found[2] ?? '';
  if (!/^(?:Failed|Main process exited|Unit entered failed|Control process exited)/.test(text))
    return false;
  event['event.outcome'] = 'failure';
  return setAction(event, 'service_failed', PROCESS, ['error']);
}

/** Reads systemd's unit messages. */
export const readSystemd: MessageReader = (message, event) => {
  for (const [phrase, action, type] of UNIT_VERBS) {
    if (!message.startsWith(phrase)) continue;
    if (action === 'session_started') readUnitSession(message, event);
    else event['service.name'] = unitName(message.slice(phrase.length));
    if (action === 'service_start_failed') event['event.outcome'] = 'failure';
    return setAction(event, action, action === 'session_started' ? SESSION : PROCESS, type);
  }
  return readUnitState(message, event);
};

/** Reads rsyslogd, syslogd, syslog-ng, systemd-journald and auditd: logging that starts, stops or drops. */
export const readLogger: MessageReader = (message, event) => {
  if (
    /(?:exiting on signal|\bstopped\b|shutting down|terminating|Journal stopped|is exiting)/i.test(
      message,
    )
  ) {
    return setAction(event, 'logging_stopped', PROCESS, END);
  }
  if (
    /(?:\brestart\b|\bstart(?:ed|ing)?\b|was HUPed|Journal started|init complete)/i.test(message)
  ) {
    return setAction(event, 'logging_started', PROCESS, START);
  }
  if (/(?:drop messages|messages lost|rate.?limit|Suppressed \d+ messages)/i.test(message)) {
    return setAction(event, 'logging_dropped', PROCESS, INFO);
  }
  if (/(?:Vacuuming done|vacuumed|Deleted archived journal)/.test(message)) {
    return setAction(event, 'logs_deleted', CONFIGURATION, ['deletion']);
  }
  return false;
};

/** Reads shutdown, halt and init. */
export const readShutdown: MessageReader = (message, event) => {
  if (!/shutting down|[Ss]witching to runlevel|reboot|halt|poweroff/.test(message)) return false;
  return setAction(event, 'host_shutdown', HOST, END);
};
