/**
 * What daemons of SSH, VPN, mail and FTP say about logins and sessions, by the strings of their source. A table
 * of whole messages, anchored where they can be, so that a name which a client chose cannot pass for another
 * part. What no row knows goes to the wide nets of `daemons.ts`.
 */
import type { Event } from '../../../events/event.ts';
import {
  CONNECTION,
  END,
  INFO,
  type MessageReader,
  NETWORK,
  SESSION,
  setAction,
  setFailedLogin,
  setLogin,
  setSource,
} from './syslog-event.ts';

/** What a message stands for; `noise` says that the words of a login in it are none. */
type Kind = 'login' | 'failed' | 'connection' | 'ended' | 'file' | 'noise';

interface Row {
  kind: Kind;
  /** Groups: `user`, `ip`, `port`, `toIp`, `toPort`, `path`. */
  pattern: RegExp;
  /** Why it failed, or which action it is where that is not plain from the kind. */
  detail?: string;
}

const rowOf =
  (prefix: string) =>
  (kind: Kind, source: string, detail?: string): Row => ({
    kind,
    pattern: new RegExp(prefix + source),
    ...(detail === undefined ? {} : { detail }),
  });

/** Numbers are taken apart by their last colon: dropbear and OpenVPN glue the port to IPv6 addresses too. */
const PEER = '\\[?(?<ip>[\\da-fA-F:.]{2,45}?)\\]?:(?<port>\\d{1,5})';
const NAMED = "'(?<user>.{0,256})'";

const vpn = rowOf(
  `^(?:(?<name>[^\\s/]{1,64})/)?(?:(?:udp|tcp)[46]?(?:-server)?:)?(?:\\[AF_INET6?\\])?${PEER} (?:\\[[^\\]]{0,80}\\] )?`,
);
/** @see https://github.com/OpenVPN/openvpn (ssl_verify.c, multi.c, init.c) */
const OPENVPN: readonly Row[] = [
  vpn(
    'login',
    `TLS: Username/(?:Password|auth-token) authentication succeeded for username ${NAMED}(?: \\[CN SET\\])?$`,
  ),
  vpn(
    'failed',
    `TLS: Username/(?:Password|auth-token) authentication failed for username ${NAMED}$`,
  ),
  vpn('failed', 'TLS Auth Error: '),
  vpn('failed', 'VERIFY (?:ERROR|.{0,20}ERROR):', 'certificate_refused'),
  vpn('failed', `PLUGIN AUTH-PAM: BACKGROUND: user ${NAMED} failed to authenticate`),
  vpn('failed', "SENT CONTROL \\[(?<user>[^\\]]{0,256})\\]: 'AUTH_FAILED"),
  vpn('noise', '(?:Authenticate/Decrypt packet error|VERIFY OK|TLS: soft reset)'),
  // `[NAME] Peer Connection Initiated with ...` names who came in by a certificate.
  {
    kind: 'login',
    pattern: new RegExp(
      `^(?:${PEER.replaceAll('?<', '?<first_')} )?\\[(?<user>[^\\]]{1,256})\\] Peer Connection Initiated with (?:\\[AF_INET6?\\])?${PEER}`,
    ),
  },
  { kind: 'noise', pattern: /Authenticate\/Decrypt packet error/ },
];

const IKE_END = (name: string): string =>
  `(?<${name}>[\\da-fA-F.:]{2,45})\\[(?<${name}_port>\\d{1,5})\\]`;
const ike = rowOf('^(?:\\d{1,3}\\[[A-Z]{3}\\] )?(?:<[^>]{1,64}> )?');
/** @see https://github.com/strongswan/strongswan (libcharon/sa, libcharon/network) */
const CHARON: readonly Row[] = [
  ike('noise', "(?:XAuth )?authentication of '.{0,256}' \\(myself\\)"),
  ike('login', `authentication of ${NAMED} with .{1,80} successful$`),
  ike('login', `XAuth authentication of ${NAMED} successful$`),
  ike('failed', `XAuth authentication of ${NAMED} failed$`),
  ike('failed', `authentication of ${NAMED} with .{1,80} failed$`),
  ike('failed', 'EAP method \\S{1,32} failed for peer (?<user>.{1,256})$'),
  ike(
    'failed',
    `tried \\d{1,5} shared keys? for '.{0,256}' - ${NAMED}, but MAC mismatched$`,
    'wrong_password',
  ),
  ike('failed', `no shared key found for '.{0,256}' - ${NAMED}$`, 'invalid_user'),
  ike(
    'login',
    'IKE_SA \\S{1,64}\\[\\d{1,9}\\] established between [\\da-fA-F.:]{2,45}\\[.{0,256}\\]\\.\\.\\.(?<ip>[\\da-fA-F.:]{2,45})\\[(?<user>.{0,256})\\]$',
  ),
  ike('connection', '(?<ip>[\\da-fA-F.:]{2,45}) is initiating an? '),
  ike('connection', `received packet: from ${IKE_END('ip')} to ${IKE_END('toIp')}`),
  // The gateway's own answer: nobody's attempt, and its source is the gateway.
  ike(
    'connection',
    `(?:sending|retransmit) packet: from [\\da-fA-F.:]{2,45}\\[\\d{1,5}\\] to ${IKE_END('toIp')}`,
  ),
  ike(
    'connection',
    'looking for peer configs matching [\\da-fA-F.:]{2,45}\\[.{0,256}\\]\\.\\.\\.(?<ip>[\\da-fA-F.:]{2,45})\\[',
  ),
];

const ftp = rowOf('^\\S{1,255} \\([^\\s[]{1,255}\\[(?<ip>[\\da-fA-F:.]{2,45})\\]\\)(?: - |: )');
/** @see https://github.com/proftpd/proftpd (modules/mod_auth.c) */
const PROFTPD: readonly Row[] = [
  ftp('login', '(?:USER|ANON) (?<user>.{1,256}): Login successful\\.?$'),
  ftp('failed', 'USER (?<user>.{1,256}?) \\(Login failed\\): '),
  ftp('failed', 'USER (?<user>.{1,256}): no such user found from ', 'invalid_user'),
  ftp('failed', 'SECURITY VIOLATION: (?<user>[Rr]oot) login attempted', 'account_refused'),
  ftp('connection', 'FTP session opened'),
  ftp('ended', 'FTP session closed', 'ftp_session_ended'),
];

const pure = rowOf('^\\((?<name>.{1,64})@(?<ip>[^)\\s]{2,255})\\) \\[[A-Z]{1,10}\\] ');
/** @see https://github.com/jedisct1/pure-ftpd (src/ftpd.c, src/messages_en.h) */
const PUREFTPD: readonly Row[] = [
  pure('login', '(?<user>.{1,256}) is now logged in$'),
  pure('failed', 'Authentication failed for user \\[(?<user>.{0,256})\\]$'),
  pure('connection', 'New connection from '),
  pure('ended', 'Logout\\.', 'ftp_session_ended'),
  pure('file', '(?<path>/.{0,1024}) uploaded {1,2}\\(', 'file_uploaded'),
  pure('file', '(?<path>/.{0,1024}) downloaded {1,2}\\(', 'file_downloaded'),
  pure(
    'file',
    '(?:File|Directory) .{0,40}(?<path>/.{0,1024}) (?:successfully )?deleted',
    'file_deleted',
  ),
];

const mail = rowOf('^');
/** @see https://github.com/Exim/exim (src/src/receive.c): a message taken in from an account. */
const EXIM: readonly Row[] = [
  mail(
    'login',
    '[\\w-]{15,25} <= .{0,300}?\\[(?<ip>[\\da-fA-F:.]{2,45})\\](?::(?<port>\\d{1,5}))?(?: I=\\S{1,64})? P=\\S{1,32}(?: [A-Z][A-Za-z]{0,6}=\\S{1,200}){0,6}? A=\\w{1,40}:(?<user>\\S{1,256})',
  ),
];

const POSTFIX_CLIENT = '[^\\s[\\]]{1,255}\\[(?<ip>[\\da-fA-F:.]{2,45})\\](?::\\d{1,5})?';
/** The client chooses what stands in `sasl_username`. @see https://github.com/vdukhovni/postfix (smtpd_sasl_glue.c) */
const POSTFIX: readonly Row[] = [
  mail(
    'failed',
    `warning: ${POSTFIX_CLIENT}: SASL \\S{1,32} authentication failed: (?!Connection lost to|Invalid authentication mechanism|Temporary).{0,2000}?(?:, sasl_username=(?<user>.{0,256}))?$`,
  ),
  mail(
    'login',
    `\\w{1,20}: client=${POSTFIX_CLIENT}, sasl_method=\\S{1,32}, sasl_username=(?<user>.{1,256}?)(?:, sasl_sender=.{0,256})?$`,
  ),
];

const PPPD: readonly Row[] = [mail('login', 'user (?<user>.{1,256}) logged in on tty ')];
/** @see https://github.com/FreeRADIUS/freeradius-server (src/main/auth.c); the address is the station's. */
const RADIUS: readonly Row[] = [
  mail(
    'login',
    '(?:\\(\\d{1,9}\\) {1,2})?Login OK: \\[(?<user>[^\\]/]{1,256})(?:/[^\\]]{0,256})?\\] \\(from client .{0,200}',
  ),
  mail(
    'failed',
    '(?:\\(\\d{1,9}\\) {1,2})?Login incorrect.{0,200}?: \\[(?<user>[^\\]/]{1,256})(?:/[^\\]]{0,256})?\\] \\(from client .{0,200}',
  ),
];
const XRDP: readonly Row[] = [
  mail('login', '\\[INFO ?\\] (?:Access permitted for user: |\\+\\+ ?)(?<user>\\S{1,256})$'),
];

/** Program names, the action of a login, and the table. */
const TABLES: readonly (readonly [string, string, readonly Row[]])[] = [
  ['openvpn ovpn openvpn-server openvpn_server', 'vpn_login', OPENVPN],
  ['charon charon-systemd ipsec strongswan', 'vpn_login', CHARON],
  ['pppd', 'vpn_login', PPPD],
  ['proftpd', 'ftp_login', PROFTPD],
  ['pure-ftpd', 'ftp_login', PUREFTPD],
  ['exim exim4', 'mail_login', EXIM],
  [
    'postfix/smtpd postfix/submission/smtpd postfix/submissions/smtpd postfix/smtps/smtpd',
    'login',
    POSTFIX,
  ],
  ['radiusd freeradius', 'login', RADIUS],
  ['xrdp-sesman', 'login', XRDP],
];

const FILE = Object.freeze(['file']);
const CONNECTION_ACTIONS: Readonly<Record<string, string>> = {
  vpn_login: 'vpn_connection',
  ftp_login: 'ftp_connection',
};

function apply({ kind, detail }: Row, groups: Groups, action: string, event: Event): boolean {
  if (kind === 'noise') return true;
  const ip = groups['ip'];
  if (ip !== undefined) setSource(event, ip, groups['port'] ?? groups['ip_port']);
  if (groups['toIp'] !== undefined) {
    event['destination.ip'] = groups['toIp'];
    event['destination.port'] = Number(groups['toIp_port']);
  }
  const user = groups['user'] ?? (kind === 'connection' ? undefined : groups['name']);
  if (user !== undefined && user !== '' && user !== '?') event['user.name'] = nameOf(user);
  if (kind === 'login') return setLogin(event, action);
  if (kind === 'failed') return setFailedLogin(event, action, detail ?? 'authentication_failed');
  if (kind === 'connection')
    return setAction(event, CONNECTION_ACTIONS[action] ?? 'connection', NETWORK, CONNECTION);
  if (kind === 'ended') return setAction(event, detail ?? 'session_ended', SESSION, END);
  event['file.path'] = groups['path'];
  event['event.outcome'] = 'success';
  return setAction(event, detail ?? 'file_changed', FILE, INFO);
}

/** proftpd writes the superuser with a capital. */
const nameOf = (user: string): string => (user === 'Root' ? 'root' : user);

type Groups = Readonly<Record<string, string | undefined>>;

function tableReader(action: string, rows: readonly Row[]): MessageReader {
  return (message, event) => {
    const text = message.trimEnd();
    for (const row of rows) {
      const found = row.pattern.exec(text);
      if (found !== null) return apply(row, found.groups ?? {}, action, event);
    }
    return false;
  };
}

/** The readers by program, for `programs.ts`. */
export const LOGIN_READERS: readonly (readonly [MessageReader, string])[] = TABLES.map(
  ([names, action, rows]) => [tableReader(action, rows), names] as const,
);
