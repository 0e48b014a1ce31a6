/**
 * nginx error log: `2026/11/24 10:00:01 [error] 31#31: *7 text, client: ..., server: ..., request: "..."`.
 * Knows the HTTP and mail contexts and ModSecurity's lines.
 */

import { readPeer } from '../../events/address.ts';
import type { Event, Skip } from '../../events/event.ts';
import { skip } from '../../events/event.ts';
import type { Clock } from '../clock.ts';
import { errorLogSources } from './application.ts';
import type { LogFormat } from './log-format.ts';
import { readLogin } from './login-text.ts';
import { readModSecurity } from './modsecurity.ts';
import { NGINX_ERROR_SAMPLES } from './nginx-error-samples.ts';
import { readNginxPairs } from './nginx-pairs.ts';
import { splitRequestLine } from './request-line.ts';
import { splitHost } from './request-target.ts';
import { isStackLine } from './stack-lines.ts';

const HEAD =
  /^(\d{4})\/(\d\d)\/(\d\d) (\d\d):(\d\d):(\d\d) \[(debug|info|notice|warn|error|crit|alert|emerg)\] (\d{1,10})#(\d{1,20}): (?:\*(\d{1,20}) )?/;

const WEB = Object.freeze(['web']);
const LOGIN = Object.freeze(['authentication', 'web']);
const ERROR = Object.freeze(['error']);
const INFO = Object.freeze(['info']);
const DENIED = Object.freeze(['access', 'denied']);

function parse(line: string, clock: Clock): Event | Skip {
  const head = HEAD.exec(line);
  if (head === null) return skip('not an nginx error line');
  const [month, day, hour, minute, second] = head.slice(2, 7).map(Number);
  if ((month ?? 0) < 1 || (month ?? 0) > 12 || (hour ?? 0) > 23) return skip('unreadable time');
  const timeUs = clock.at(
    Number(head[1]),
    month ?? 1,
    day ?? 1,
    hour ?? 0,
    minute ?? 0,
    second ?? 0,
    0,
    undefined,
  );
  const text = line.slice(head[0].length);
  return buildEvent(text, head[7] ?? '', Number(head[8]), timeUs, clock.confidence);
}

function buildEvent(
  message: string,
  level: string,
  pid: number,
  timeUs: number | undefined,
  timeConfidence: Event['timeConfidence'],
): Event {
  const { error, pairs } = readNginxPairs(message);
  const alert = readModSecurity(message);
  const login = readLoginResult(error, pairs.get('login'));
  const client = readPeer(pairs.get('client') ?? alert?.client ?? CONNECTED.exec(error)?.[1] ?? '');
  const requestLine = pairs.get('request');
  const request = requestLine === undefined ? undefined : splitRequestLine(requestLine);
  const host = pairs.get('host') ?? alert?.hostname;
  const isError = level !== 'info' && level !== 'notice' && level !== 'debug';
  const isDenied = alert?.isDenied === true || DENIAL.test(error);
  return {
    timeUs,
    timeConfidence,
    format: 'nginx-error',
    message,
    'event.kind': alert === undefined ? 'event' : 'alert',
    'event.category': login !== undefined ? LOGIN : (alert?.category ?? WEB),
    'event.type': login !== undefined ? INFO : isDenied ? DENIED : isError ? ERROR : INFO,
    'event.action':
      login !== undefined ? 'web_login' : alert !== undefined ? 'waf_alert' : undefined,
    'event.outcome': login?.outcome ?? (isDenied ? 'failure' : undefined),
    'event.dataset': 'nginx.error',
    'event.code': alert?.ruleId,
    'event.reason': alert?.summary ?? (login?.outcome === 'failure' ? error : undefined),
    'rule.name': alert?.ruleMessage,
    'log.level': level,
    'error.message': alert?.summary ?? error,
    'process.pid': pid,
    'source.ip': client?.ip,
    'source.address': client?.address,
    'user.name': login?.user,
    'http.request.method': request?.method,
    'http.request.referrer': pairs.get('referrer'),
    'http.version': request?.version,
    'url.original': request?.target ?? alert?.uri,
    'url.scheme': request?.scheme,
    'url.domain': host === undefined ? undefined : splitHost(host).domain,
    'url.path': request?.path ?? alert?.uri,
    'url.query': request?.query,
    'url.extension': request?.extension,
    'file.path': FILE.exec(error)?.[1],
  };
}

/** The mail proxy's first line of a connection, and the end of one that was kept. */
const CONNECTED = /^client (\S{2,64}) (?:connected to |closed keepalive connection)/;
const DENIAL = /^access forbidden by rule|^limiting (?:requests|connections)|is forbidden$/;
const FILE = /^(?:open\(\) |directory index of )?"(\/[^"]{1,4096})" (?:failed|is )/;

interface LoginResult {
  outcome: 'success' | 'failure';
  user: string | undefined;
}

// Greedy on purpose: the name is the client's and may repeat the words that follow it.
const UNKNOWN_USER = /^user "(.*)":? was not found in "/s;
const WRONG_PASSWORD = /^user "(.*)": password mismatch$/s;
const PAM_REFUSED = /^PAM: user '(.*)' - not authenticated: /s;
const MAIL_REFUSED = /^client login failed: /;
const MAIL_ACCEPTED = /^client logged in$/;
/** What a program in PHP writes through FastCGI. */
const PHP_SAYS = /^FastCGI sent in stderr: "PHP message: ([^"\n]{1,400})/;

function readLoginResult(error: string, login: string | undefined): LoginResult | undefined {
  const refused = UNKNOWN_USER.exec(error) ?? WRONG_PASSWORD.exec(error) ?? PAM_REFUSED.exec(error);
  if (refused !== null)
    return { outcome: 'failure', user: refused[1] === '' ? undefined : refused[1] };
  if (MAIL_REFUSED.test(error)) return { outcome: 'failure', user: login };
  if (MAIL_ACCEPTED.test(error)) return { outcome: 'success', user: login };
  const said = PHP_SAYS.exec(error)?.[1];
  return said === undefined ? undefined : readLogin(said);
}

/** PHP behind FastCGI writes several lines under one stamp; the client stands in the last of them. */
function continues(line: string): boolean {
  if (HEAD.test(line)) return false;
  return line.startsWith('PHP ') || isStackLine(line) || PHP_TAIL.test(line) || FCGI_END.test(line);
}

const PHP_TAIL = /^(?:PHP message|thrown in|Unable to|{main}|\d{1,4}\. )/;
const FCGI_END = /^.{0,2000}" while (?:reading|sending|connecting)[\w ]{1,60}, client: /;

function complete(event: Event, lines: readonly string[]): Event {
  const message = [event.message ?? '', ...lines.slice(1)].join('\n');
  const level = event['log.level'] ?? 'error';
  return buildEvent(message, level, event['process.pid'] ?? 0, event.timeUs, event.timeConfidence);
}

/** The error log of nginx, with the lines of PHP and ModSecurity in it. */
export const format: LogFormat = {
  name: 'nginx-error',
  title: 'nginx error log',
  url: 'https://nginx.org/en/docs/ngx_core_module.html#error_log',
  sources: errorLogSources('nginx'),
  forgeable: { 'url.original': 'uri', 'http.request.referrer': 'visible' },
  detect: (line) => HEAD.test(line),
  parse,
  continues,
  complete,
  splittable: true,
  samples: NGINX_ERROR_SAMPLES,
};
