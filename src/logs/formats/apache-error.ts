/**
 * Apache httpd error log, 2.2 (`[time] [level] [client ip] text`) and 2.4
 * (`[time] [module:level] [pid 1:tid 2] [client ip:port] AH01234: text`), with what PHP and ModSecurity
 * write into it.
 */

import { type Peer, readPeer } from '../../events/address.ts';
import type { Event, Skip } from '../../events/event.ts';
import { skip } from '../../events/event.ts';
import type { Clock } from '../clock.ts';
import { monthNumber } from './access-time.ts';
import { APACHE_ERROR_SAMPLES } from './apache-error-samples.ts';
import { readApacheLogin } from './apache-login.ts';
import { errorLogSources } from './application.ts';
import type { LogFormat } from './log-format.ts';
import { readModSecurity } from './modsecurity.ts';
import { splitRequestLine } from './request-line.ts';
import { isStackLine, summariseStack } from './stack-lines.ts';

const HEAD =
  /^\[(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) ([A-Z][a-z]{2}) ([ \d]\d) (\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))? (\d{4})\] \[(?:([\w.-]{0,40}):)?(debug|trace[1-8]|info|notice|warn|error|crit|alert|emerg)\] /;
const PROCESS = /^\[pid (\d{1,10})(?::tid (\d{1,20}))?\] /;
const CLIENT = /^\[(?:client|remote) (\[[0-9A-Fa-f:.]{2,45}\](?::\d{1,5})?|[^\]\s]{1,255})\] /;
const SYSTEM_ERROR = /^\((-?\d{1,6})\)([^:]{1,200}): /;
const CODE = /^(AH\d{5}): /;
const REFERRER = /, referer: (\S{1,4096})$/;

const WEB = Object.freeze(['web']);
const LOGIN = Object.freeze(['authentication', 'web']);
const ERROR = Object.freeze(['error']);
const INFO = Object.freeze(['info']);
const DENIED = Object.freeze(['access', 'denied']);

/** The bracketed fields in front of the text. */
interface Head {
  module: string | undefined;
  level: string;
  pid: number | undefined;
  thread: string | undefined;
  client: Peer | undefined;
  code: string | undefined;
  systemError: string | undefined;
  /** The text with its AH number. */
  message: string;
  /** The text without number and referrer. */
  text: string;
  referrer: string | undefined;
}

function parse(line: string, clock: Clock): Event | Skip {
  const head = HEAD.exec(line);
  if (head === null) return skip('not an Apache error line');
  const month = monthNumber(head[1] ?? '');
  const day = Number(head[2]);
  if (month === 0 || day < 1 || day > 31 || Number(head[3]) > 23) return skip('unreadable time');
  const micros = Number((head[6] ?? '').padEnd(6, '0').slice(0, 6));
  const timeUs = clock.at(
    Number(head[7]),
    month,
    day,
    Number(head[3]),
    Number(head[4]),
    Number(head[5]),
    micros,
    undefined,
  );
  const fields = readHead(line.slice(head[0].length), head[8], head[9] ?? '');
  return buildEvent(fields, timeUs, clock.confidence);
}

const UNTIMED =
  /^\[(?:([\w.-]{0,40}):)?(debug|trace[1-8]|info|notice|warn|error|crit|alert|emerg)\] /;

/** Reads a line that Apache gave to syslog, which has no time of its own; undefined when it is none. */
export function readUntimedApache(line: string): Event | undefined {
  const head = UNTIMED.exec(line);
  if (head === null) return undefined;
  return buildEvent(
    readHead(line.slice(head[0].length), head[1], head[2] ?? ''),
    undefined,
    'none',
  );
}

function readHead(afterLevel: string, module: string | undefined, level: string): Head {
  let rest = afterLevel;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    const found = pattern.exec(rest);
    if (found !== null) rest = rest.slice(found[0].length);
    return found;
  };
  const process = take(PROCESS);
  const first = take(CLIENT);
  const systemError = take(SYSTEM_ERROR);
  // 2.4 puts the client behind the system's error, ModSecurity repeats it. What a script writes may look like it.
  const second = take(CLIENT);
  const client = first ?? second;
  const message = rest;
  const code = take(CODE);
  const referrer = REFERRER.exec(rest);
  return {
    module: module === '' ? undefined : module,
    level,
    pid: process === null ? undefined : Number(process[1]),
    thread: process?.[2],
    // 2.4, which names the module or the process, puts a port behind every address.
    client: readPeer(client?.[1] ?? '', module !== undefined || process !== null),
    code: code?.[1],
    systemError: systemError?.[2],
    message,
    text: referrer === null ? rest : rest.slice(0, referrer.index),
    referrer: referrer?.[1],
  };
}

function buildEvent(
  head: Head,
  timeUs: number | undefined,
  timeConfidence: Event['timeConfidence'],
): Event {
  const alert = readModSecurity(head.message);
  const login = alert === undefined ? readApacheLogin(head.text, head.module) : undefined;
  const requestText = REQUEST.exec(head.text)?.[1];
  const request = requestText === undefined ? undefined : splitRequestLine(requestText);
  const client = head.client ?? readPeer(alert?.client ?? '');
  const path = alert?.uri ?? login?.path ?? URI.exec(head.text)?.[1] ?? request?.path;
  const isError = !/^(?:debug|trace|info|notice)/.test(head.level);
  const isDenied =
    alert?.isDenied === true || DENIAL.test(head.text) || login?.isAuthorization === true;
  return {
    timeUs,
    timeConfidence,
    format: 'apache-error',
    message: head.message,
    'event.kind': alert === undefined ? 'event' : 'alert',
    'event.category': login !== undefined ? LOGIN : (alert?.category ?? WEB),
    'event.type': isDenied ? DENIED : login !== undefined ? INFO : isError ? ERROR : INFO,
    'event.action': actionOf(login?.isAuthorization, alert !== undefined),
    'event.outcome': login?.outcome ?? (isDenied ? 'failure' : undefined),
    'event.dataset': 'apache.error',
    'event.provider': head.module,
    'event.code': alert?.ruleId ?? head.code,
    'event.reason': alert?.summary ?? login?.reason,
    'rule.name': alert?.ruleMessage,
    'log.level': head.level,
    'error.message': alert?.summary ?? head.systemError ?? head.text,
    'error.type': undefined,
    'error.stack_trace': undefined,
    'process.pid': head.pid,
    'process.thread.name': head.thread,
    'source.ip': client?.ip,
    'source.address': client?.address,
    'source.port': client?.port,
    'user.name': login?.user,
    'http.request.method': request?.method,
    'http.request.referrer': head.referrer,
    'http.version': request?.version,
    'url.original': request?.target ?? path,
    'url.domain': alert?.hostname,
    'url.path': path,
    'url.query': request?.query,
    'file.path': FILE.exec(head.text)?.[1],
  };
}

function actionOf(isAuthorization: boolean | undefined, isAlert: boolean): string | undefined {
  if (isAuthorization !== undefined) return isAuthorization ? 'web_authorization' : 'web_login';
  return isAlert ? 'waf_alert' : undefined;
}

const REQUEST = /^Invalid URI in request (\S.*?) ?$/;
const URI =
  /^(?:invalid URI path \((\/[^)]{0,4096})\)|client denied by server configuration: (?=\/))/;
const DENIAL = /^client denied by server configuration: |^Directory index forbidden by /;
const FILE =
  /^(?:File does not exist|script not found or unable to stat|client denied by server configuration|Directory index forbidden by (?:rule|Options directive)): (\/.{0,4096})$/;

const PHP_LINE = /^(?:PHP |thrown in|Stack trace|#\d{1,4} |\{main\}|\s)/;

const continues = (line: string): boolean =>
  !HEAD.test(line) && (PHP_LINE.test(line) || isStackLine(line));

function complete(event: Event, lines: readonly string[]): Event {
  const summary = summariseStack(lines.slice(1));
  const stack = lines.slice(1).join('\n');
  return { ...event, 'error.type': summary.type, 'error.stack_trace': stack };
}

/** The error log of Apache httpd, with stack traces of PHP joined to the entry above. */
export const format: LogFormat = {
  name: 'apache-error',
  title: 'Apache httpd error log',
  url: 'https://httpd.apache.org/docs/2.4/logs.html#errorlog',
  sources: errorLogSources('apache'),
  forgeable: { 'user.name': 'visible', 'http.request.referrer': 'quoted' },
  detect: (line) => HEAD.test(line),
  parse,
  continues,
  complete,
  splittable: true,
  samples: APACHE_ERROR_SAMPLES,
};
