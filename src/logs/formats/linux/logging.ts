/** Logging that starts, stops or loses something, and the host's end. */
import {
  CONFIGURATION,
  END,
  HOST,
  INFO,
  type MessageReader,
  PROCESS,
  START,
  setAction,
} from './syslog-event.ts';

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
