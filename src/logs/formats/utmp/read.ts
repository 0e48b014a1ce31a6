/** What a record of utmp means: logins, logouts, boots, and failed logins. */
import type { Event, Skip } from '../../../events/event.ts';
import { skip } from '../../../events/event.ts';
import type { Clock } from '../../clock.ts';
import {
  createSyslogEvent,
  END,
  HOST,
  INFO,
  PROCESS,
  SESSION,
  START,
  setAction,
  setFailedLogin,
  setLogin,
  setSource,
} from '../linux/syslog-event.ts';
import type { LogSource } from '../log-format.ts';

/** Lines as utmpdump writes them; it puts `?` for brackets inside of fields. */
const LINE =
  /^\[(\d)\] \[(\d{1,10})\] \[([^[\]]{0,16})\] \[([^[\]]{0,128})\] \[([^[\]]{0,128})\] \[([^[\]]{0,1024})\] \[([^[\]]{0,45})\] \[([^[\]]{20,35})\]$/;
const LASTLOG_LINE =
  /^lastlog \[(\d{1,10})\] \[([^[\]]{0,128})\] \[([^[\]]{0,1024})\] \[([^[\]]{20,35})\]$/;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d,\d{6}[+-]\d\d:\d\d$/;
/** What getty calls whoever has not said his name yet. */
const NOBODY = 'LOGIN';

/** Kinds of records. @see utmp(5) */
const RUN_LEVEL = 1;
const BOOT = 2;
const NEW_TIME = 3;
const OLD_TIME = 4;
const INIT = 5;
const LOGIN = 6;
const USER = 7;
const DEAD = 8;

/** What these records are for rules. */
export const LOGIN_SOURCES: readonly LogSource[] = [
  { products: ['linux'], services: ['auth', 'utmp', 'wtmp', 'btmp'] },
];

/** Is it a line of utmpdump? */
export const isUtmpLine = (line: string): boolean =>
  line.charCodeAt(0) === 0x5b && TIME.test(LINE.exec(line)?.[8] ?? '');

/** Is it a line that stands for a record of lastlog? */
export const isLastlogLine = (line: string): boolean => LASTLOG_LINE.test(line);

/**
 * Reads a line of utmpdump.
 * @param isFailed it comes from a file of failed logins
 */
export function readUtmpLine(
  line: string,
  format: string,
  isFailed: boolean,
  clock: Clock,
): Event | Skip {
  const found = LINE.exec(line);
  if (found === null) return skip('not a record of utmp');
  const [, type = '', pid = '', , user = '', tty = '', host = '', address = '', time = ''] = found;
  const event = begin(format, time, clock);
  if (event === undefined) return skip('no time');
  if (Number(pid) > 0) event['process.pid'] = Number(pid);
  const name = plain(user);
  if (name !== '') event['user.name'] = name;
  describe(event, Number(type), { name, tty: plain(tty), isFailed });
  if (event['event.category'] === HOST) event['user.name'] = undefined;
  else setOrigin(event, plain(host), address.trim());
  event.message = messageOf(event, plain(tty), plain(host));
  event.raw = { type: Number(type), line: plain(tty), host: plain(host), address: address.trim() };
  return event;
}

/** Reads a line that stands for a record of lastlog. */
export function readLastlogLine(line: string, clock: Clock): Event | Skip {
  const [, id = '', tty = '', host = '', time = ''] = LASTLOG_LINE.exec(line) ?? [];
  const event = begin('lastlog', time, clock);
  if (event === undefined) return skip('not a record of lastlog');
  setLogin(event, 'last_login');
  event['user.id'] = id;
  setOrigin(event, plain(host), '');
  event.message = messageOf(event, plain(tty), plain(host));
  event.raw = { uid: Number(id), line: plain(tty), host: plain(host) };
  return event;
}

function begin(format: string, time: string, clock: Clock): Event | undefined {
  const ms = TIME.test(time) ? Date.parse(`${time.slice(0, 19)}${time.slice(26)}`) : Number.NaN;
  if (Number.isNaN(ms)) return undefined;
  const event = createSyslogEvent();
  clock.confidence = 'exact';
  event.timeUs = ms * 1000 + Number(time.slice(20, 26));
  event.timeConfidence = 'exact';
  event.format = format;
  event['event.dataset'] = 'system.auth';
  return event;
}

function describe(
  event: Event,
  type: number,
  { name, tty, isFailed }: { name: string; tty: string; isFailed: boolean },
): void {
  if (isFailed && (type === USER || type === LOGIN)) {
    setFailedLogin(event, 'login', 'authentication_failed');
    return;
  }
  switch (type) {
    case RUN_LEVEL:
      if (name === 'shutdown') setAction(event, 'host_shutdown', HOST, END);
      else setAction(event, 'run_level_changed', HOST, INFO);
      break;
    case BOOT:
      setAction(event, 'host_started', HOST, START);
      break;
    case NEW_TIME:
    case OLD_TIME:
      setAction(event, 'clock_changed', HOST, INFO);
      break;
    case INIT:
      setAction(event, 'process_started', PROCESS, START);
      break;
    case LOGIN:
      // sshd and login write failures so; getty, that it waits.
      if (name !== '' && name !== NOBODY && !name.startsWith('.') && tty.startsWith('ssh'))
        setFailedLogin(event, 'login', 'authentication_failed');
      else setAction(event, 'login_prompt', PROCESS, START);
      break;
    case USER:
      setLogin(event, 'login');
      break;
    case DEAD:
      setAction(event, 'session_closed', SESSION, END);
      break;
  }
}

/** The address is what the connection had; the name what somebody's DNS said of it, or a display. */
function setOrigin(event: Event, host: string, address: string): void {
  if (host !== '' && !host.startsWith(':')) setSource(event, host);
  if (address === '' || address === '0.0.0.0') return;
  const name = event['source.ip'] === undefined ? event['source.address'] : undefined;
  setSource(event, address);
  if (name !== undefined) event['source.address'] = name;
}

function messageOf(event: Event, tty: string, host: string): string {
  const words = [(event['event.action'] ?? 'record').replaceAll('_', ' ')];
  if (event['event.outcome'] === 'failure') words.unshift('failed');
  const who =
    event['user.name'] ?? (event['user.id'] === undefined ? '' : `uid ${event['user.id']}`);
  if (who !== '') words.push(`of ${who}`);
  if (tty !== '') words.push(`on ${tty}`);
  if (host !== '') words.push(event['event.category'] === HOST ? `(${host})` : `from ${host}`);
  return words.join(' ');
}

/** A field without padding, its bytes as UTF-8. */
function plain(field: string): string {
  const text = field.trim();
  if (!text.includes('\\x')) return text;
  const bytes = text.replace(/\\x([\da-f]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return Buffer.from(bytes, 'latin1').toString('utf8');
}
