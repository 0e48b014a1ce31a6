/**
 * Authentication and abuse in the words of network daemons: mail, ftp, databases, directories, VPN,
 * SIP, web applications. One table of phrases; who and where from is found by `peer.ts`.
 */
import { readIp } from '../../../events/address.ts';
import type { Event } from '../../../events/event.ts';
import { findAccount, setPeer, setPeerAddress } from './peer.ts';
import {
  CONNECTION_DENIED,
  EMAIL,
  type MessageReader,
  NETWORK,
  setAction,
  setFailedLogin,
  setLogin,
  setSource,
  setSourcePort,
} from './syslog-event.ts';

type Kind = 'failed' | 'login' | 'mail_rejected' | 'denied' | 'probe' | 'banned' | 'none';

interface Phrase {
  pattern: RegExp;
  kind: Kind;
  reason?: string;
}

const phrase = (kind: Kind, pattern: RegExp, reason?: string): Phrase =>
  reason === undefined ? { kind, pattern } : { kind, pattern, reason };

/** First match wins: exceptions, then what names its reason, then the wide nets. */
const PHRASES: readonly Phrase[] = [
  phrase('none', /\bUnban\b|\[recidive\] Ban/),
  phrase('banned', /\] Ban \S+|\] Found \S+|^Blocking \S+ - /, 'repeated_failures'),
  phrase(
    'probe',
    /\(no auth attempts|disconnected (?:before auth was ready|during TLS handshake)/,
    'no_auth_attempts',
  ),
  phrase(
    'none',
    /authentication failed: (?:Connection lost to|Invalid authentication mechanism|Temporary)/,
  ),
  phrase('none', /No such user here|condition lead to/),
  phrase('failed', /tried to use dis(?:abled|allowed) \S+ auth/, 'plaintext_refused'),
  phrase(
    'failed',
    /\bunknown user\b|\bno such user\b|\buser not found\b|\bunknown account\b|[Nn]on-existent login|nonexistent user|does(?: not|n't) exist|can't map user name|\bUser not known\b|user unknown(?! in)\b(?!\.)|no such user found|\buser (?:"[^"]{0,256}"|\S{1,256}) (?:was )?not found/i,
    'invalid_user',
  ),
  phrase(
    'failed',
    /password mismatch|wrong password|incorrect password|bad password|invalid password|password (?:is )?incorrect|password does(?:n't| not) match|Access denied for user|Incorrect authentication data/i,
    'wrong_password',
  ),
  phrase(
    'failed',
    /\bauth failed\b|Auth-Failure\b|LOGIN[ _]FAIL(?:ED|URE)?\b|\bFAIL(?:ED)? LOGIN\b|\bbadlogin\b|login[ _]error\b|login incorrect/i,
  ),
  phrase(
    'failed',
    /\bauth(?:entication|enticate|enticator|orization|orisation)?(?: (?:attempt|error|request))? (?:has )?(?:fail(?:ed|ure)s?|error|rejected|denied)\b/i,
  ),
  phrase(
    'failed',
    /\bpam_authenticate\(\) (?:for user .{1,64} )?failed|\bAUTH failure\b|\bAUTH_FAILED\b|AUTHFAIL|auth(?:entication)? failures?\b|\bauth fail\b|-ERR .{0,24}auth/i,
  ),
  phrase(
    'failed',
    /\b(?:failed|repeated|invalid|illegal|unsuccessful|excessive|denied|incorrect|rejected|refused)\b[ :,(-]{1,3}(?:\w{1,16} ){0,3}(?:login|logon|auth(?:entication)?|password|credentials?|sign-?in)\b/i,
  ),
  phrase(
    'failed',
    /\b(?:login|logon|sign-?in|SASL|passdb)\b(?: \S{1,48}){0,3} (?:failed|failures?|denied|refused|rejected|incorrect|invalid|not allowed)\b/i,
  ),
  phrase(
    'failed',
    /\b(?:password|credentials?) (?:\w{1,16} )?(?:failed|failure|denied|refused|rejected|incorrect|invalid)\b/i,
  ),
  phrase(
    'failed',
    /Rejected connection from .{1,64}: (?:Invalid server|Wrong certificate or) password|no matching (?:endpoint|peer) found|Wrong password|failed to authenticate|Authentication: FAILED|user denied:|invalid credentials|LOGIN REFUSED|login attempted|supplied (?:unknown user|wrong password)|tried to login|FAILED to authenticate|failed login attempt|Failed uwmaster override|Login disabled user|NT_STATUS_(?:WRONG_PASSWORD|NO_SUCH_USER|LOGON_FAILURE)|SECURITY VIOLATION|Maximum login attempts|command=AUTH, count=|535 [\d. ]{0,6}\S* ?[Aa]uthentication|err=49\b|verification failed for peer|InvalidPassword|ChallengeResponseFailed|FailedACL|InvalidAccountID|APOP secret/i,
  ),
  phrase('failed', /no pg_hba\.conf entry for host/, 'host_not_permitted'),
  phrase('failed', /Exit before auth \(user|might not have worked|EAP method \S{1,64} failed/),
  phrase('failed', /could not access user "/, 'invalid_user'),
  phrase(
    'login',
    /\blogin successful\b|\bsuccessful login\b|\bOK LOGIN\b|^(?:imap|pop3|submission|managesieve)-login: (?:Info: )?Login: |\bLOGIN, user=|\bUser logged in\b|\bLogin OK\b|is now logged in|Authentication: SUCCEEDED|\bLogin user=|auth succeeded for|AUTH=server, relay=|FTP LOGIN FROM|\bLogin Success \[user: |^Login permitted from |^successful auth for user '|\baccepted login on \/|sasl_method=\S{1,32}, sasl_username=/i,
  ),
  phrase(
    'mail_rejected',
    /: (?:milter-)?reject: |\bNOQUEUE: |reject=[45]\d\d|rejected RCPT|rejected by |rejected after DATA|blocked using|Relaying denied|relay attempt|Blocked (?:INFECTED|SPAM|BANNED)|\bblocked \d|badiprbl|rblsmtpd|: 5\d\d User |sender verify fail|\[rejected\]|rejecting commands/i,
  ),
  phrase(
    'denied',
    /'[^']{0,256}' denied|\bdenied\b|not allowed to talk|\(attacker '|libwrap refused|refused connection|refused, no acl|rejected because extension|\bFAIL: \S{1,32} address\b|ratelimit block|unknown SIP connection|NOTAUTH|Denied connection|illegal port|access (?:is )?denied/i,
    'denied',
  ),
  phrase(
    'probe',
    /lost connection after (?:CONNECT|STARTTLS|AUTH|EHLO|UNKNOWN)|too many (?:errors|syntax|nonmail)|improper command pipelining|HANGUP after|^PREGREET |DNSBL rank|did not issue MAIL|lost input channel|SSL_accept error|SMTP protocol error|no MAIL in SMTP|closed by DROP|dropped:|dropped by|attackalert|ports \d[\d, ]{1,64}|does not resolve to address|no host name found|TLS Error: |peer did not return a certificate/i,
    'protocol_error',
  ),
];

const LOGIN_REASON = 'authentication_failed';

/** Monit writes refusals of requests that carried no account at all; they are no attempt to log in. */
const NO_ACCOUNT =
  /(?:missing or invalid|invalid) Authorization header|: empty username|unknown user ''/;

/** Roundcube appends the mail server's answer, which repeats what the client sent. */
function daemonsOwnWords(message: string): string {
  const answer = message.indexOf(' AUTHENTICATE ');
  return answer < 0 ? message : message.slice(0, answer);
}

function apply(found: Phrase, message: string, event: Event): boolean {
  switch (found.kind) {
    case 'none':
      return false;
    case 'failed':
      setPeer(daemonsOwnWords(message), event);
      return setFailedLogin(event, 'login', found.reason ?? LOGIN_REASON);
    case 'login':
      setPeer(message, event);
      return setLogin(event, 'login');
    case 'banned':
      setPeer(message, event);
      event['event.outcome'] = 'success';
      return setAction(event, 'address_banned', NETWORK, CONNECTION_DENIED);
    default:
      setPeer(message, event);
      // Without a peer it is the daemon's own trouble ("permission denied"), not somebody's attempt.
      if (event['source.address'] === undefined) return false;
      event['event.outcome'] = 'failure';
      event['event.reason'] = found.reason;
      return found.kind === 'mail_rejected'
        ? setAction(event, 'mail_rejected', EMAIL, ['denied'])
        : setAction(
            event,
            found.kind === 'denied' ? 'request_denied' : 'protocol_probe',
            NETWORK,
            CONNECTION_DENIED,
          );
  }
}

/** A cheap look before the table: every phrase contains one of these pieces. */
const HINT =
  /auth|login|logon|passw|denied|refus|reject|fail|invalid|unknown|bad|ban |block|err=49|drop|lost |too many|improper|hangup|pregreet|dnsbl|ports |resolve|not found|no such|not issue|relay|exist|no host|closed by|smtp|certificate|notauth|illegal|not allowed|secret|attackalert|ssl_accept|535|match|access|pg_hba|attacker|worked|tls error|sasl|logged in|success/i;

/** Addresses and accounts that ordinary messages name. */
const PEER_HINT = /from[ =][\w.-]{0,255}[[\d:.]|rhost=|rip=|client:? |connect/i;
/** The source in the `key=value` lines of network appliances. */
const KEYED_SOURCE =
  /\b(?:src_?ip|src|source-address)[=:] ?"?((?:\d{1,3}\.){3}\d{1,3}|[0-9a-fA-F:]{3,45})/;
/** Behind it, before any text of a client's, where the packet went: `dstip=` of FortiGate, `dst=ADDRESS:PORT` of SonicWall. */
const KEYED_FLOW =
  /(?:^| )src(?:ip)?=(?:\d{1,3}\.){3}\d{1,3}(?::(\d{1,5}))?(?::[^\s"=]{0,32})? (?:src(?:name|intf|intfrole|port|country)=(?:"[^"]{0,64}"|[^\s"]{1,64}) ){0,5}dst(?:ip)?=((?:\d{1,3}\.){3}\d{1,3})(?::(\d{1,5}))?(?=[\s:]|$)/;
const KEYED_PORTS = / srcport=(\d{1,5}) .{0,256}? dstport=(\d{1,5}) /;

function readKeyedFlow(message: string, event: Event): void {
  // A translated address is where it went; the other is where it was sent to.
  if (message.includes(' translated_')) return;
  const found = KEYED_FLOW.exec(message);
  if (found === null || readIp(found[2] ?? '') === undefined) return;
  const ports = found[3] === undefined ? KEYED_PORTS.exec(message) : [found[0], found[1], found[3]];
  event['destination.ip'] = found[2];
  setSourcePort(event, ports?.[1] ?? '');
  const port = Number(ports?.[2]);
  if (port > 0 && port <= 65_535) event['destination.port'] = port;
}

const ACCOUNT_HINT = /user(?:_?name)?[=:]/i;

/**
 * Drupal: `site|stamp|type|ADDRESS|request|referrer|account|link|text`. Request and referrer are the
 * client's words, so only the last field may accuse.
 */
function readDrupal(message: string, event: Event): boolean {
  const parts = message.split('|');
  const text = parts.at(-1) ?? '';
  if (parts[3] !== undefined) setSource(event, parts[3]);
  if (text.startsWith('Login attempt failed')) {
    event['user.name'] = /^Login attempt failed (?:for|from) (.{1,256}?)\.?$/.exec(text)?.[1];
    return setFailedLogin(event, 'login', LOGIN_REASON);
  }
  if (!text.startsWith('Session opened for ')) return false;
  event['user.name'] = text.slice(19).replace(/\.$/, '');
  return setLogin(event, 'login');
}

/** dante glues the port to the address with a dot: `]: 192.0.2.7.50550 198.51.100.1.1080: ...`. */
function readDante(message: string, event: Event): void {
  const found = /\]: ((?:\d{1,3}\.){3}\d{1,3})\.(\d{1,5}) /.exec(message);
  if (found !== null) setSource(event, found[1] ?? '', found[2]);
}

/** Reads the messages of daemons that have no reader of their own. */
export const readDaemon: MessageReader = (message, event) => {
  if (message.includes('|user|')) return readDrupal(message, event);
  if (message.includes(' block(')) readDante(message, event);
  if (message.includes('src') || message.includes('source-address')) {
    const source = KEYED_SOURCE.exec(message)?.[1];
    if (source !== undefined) setSource(event, source);
    readKeyedFlow(message, event);
  }
  if (HINT.test(message) && !NO_ACCOUNT.test(message)) {
    for (const candidate of PHRASES) {
      if (candidate.pattern.test(message)) return apply(candidate, message, event);
    }
  }
  if (PEER_HINT.test(message)) setPeerAddress(message, event);
  if (ACCOUNT_HINT.test(message)) event['user.name'] = findAccount(message);
  return false;
};
