/** FTP and HTTP proxies that log requests through syslog: vsftpd and HAProxy. */
import { readIp } from '../../../events/address.ts';
import type { Event } from '../../../events/event.ts';
import {
  CONNECTION,
  type MessageReader,
  NETWORK,
  setAction,
  setFailedLogin,
  setLogin,
  setSource,
} from './syslog-event.ts';

const FILE = Object.freeze(['file']);
const WEB = Object.freeze(['web']);
const ACCESS = Object.freeze(['access']);

/** What vsftpd's verbs do to a file. */
const FILE_ACTIONS: ReadonlyMap<string, readonly [string, readonly string[]]> = new Map([
  ['UPLOAD', ['file_uploaded', Object.freeze(['creation'])]],
  ['DOWNLOAD', ['file_downloaded', ACCESS]],
  ['DELETE', ['file_deleted', Object.freeze(['deletion'])]],
  ['RENAME', ['file_renamed', Object.freeze(['change'])]],
  ['CHMOD', ['file_mode_changed', Object.freeze(['change'])]],
  ['MKDIR', ['folder_created', Object.freeze(['creation'])]],
  ['RMDIR', ['folder_deleted', Object.freeze(['deletion'])]],
]);

const VSFTPD =
  /^(?:\[([^\]]{0,256})\] )?(OK|FAIL) ([A-Z]{4,8}): Client "([^"]{1,64})"(?:, "([^"]{0,1024})")?/;

const ANONYMOUS = /^\[(?:ftp|anonymous)\] OK LOGIN: Client "[^"]{1,64}", anon password "/;
const REFUSED_LOGIN = /^\[(.*)\] (FAIL) (LOGIN): Client "([^"]{1,64})"$/s;

/** Reads vsftpd: `[NAME] OK LOGIN: Client "192.0.2.7"`, `CONNECT: Client "..."`. */
export const readVsftpd: MessageReader = (message, event) => {
  if (message.startsWith('CONNECT: Client "')) {
    setSource(event, message.slice(17, message.indexOf('"', 17)));
    return setAction(event, 'ftp_connection', NETWORK, CONNECTION);
  }
  // A refused name may be anything; a password that an anonymous user wrote stands behind his address.
  const found =
    (ANONYMOUS.test(message) ? null : REFUSED_LOGIN.exec(message)) ?? VSFTPD.exec(message);
  if (found === null) return false;
  const [, user, verdict, verb = '', address = '', path] = found;
  setSource(event, address);
  event['user.name'] = user || undefined;
  event['event.dataset'] = 'system.auth';
  if (verb === 'LOGIN') {
    return verdict === 'OK'
      ? setLogin(event, 'ftp_login')
      : setFailedLogin(event, 'ftp_login', 'authentication_failed');
  }
  const action = FILE_ACTIONS.get(verb);
  event['event.dataset'] = 'system.syslog';
  event['file.path'] = path;
  event['event.outcome'] = verdict === 'OK' ? 'success' : 'failure';
  return action !== undefined && setAction(event, action[0], FILE, action[1]);
};

const HAPROXY =
  /^(\S{1,64}):(\d{1,5}) \[[^\]]{1,40}\] \S{1,256} (\S{1,256})(?: \S{1,64} (-?\d{1,3}) (\d{1,12}) )?/;
const REQUEST = / "([A-Z]{1,16}) (\S{1,4096}) HTTP\/(\d(?:\.\d)?)"/;

function setRequest(message: string, status: string | undefined, event: Event): void {
  const request = REQUEST.exec(message);
  if (request !== null) {
    event['http.request.method'] = request[1];
    event['url.original'] = request[2];
    event['http.version'] = request[3];
  }
  const code = Number(status);
  if (!(code >= 100)) return;
  event['http.response.status_code'] = code;
  event['event.outcome'] = code < 400 ? 'success' : 'failure';
}

/** Reads HAProxy's HTTP and TCP logs: `192.0.2.7:40001 [date] frontend backend/server ... 401 ...`. */
export const readHaproxy: MessageReader = (message, event) => {
  const connect = /^Connect from (\S{1,64}):(\d{1,5}) to (\S{1,64}):(\d{1,5}) /.exec(message);
  const found = connect ?? HAPROXY.exec(message);
  if (found === null) return false;
  setSource(event, found[1] ?? '', found[2]);
  if (connect !== null) {
    event['destination.ip'] = readIp(connect[3] ?? '');
    event['destination.port'] = Number(connect[4]);
    return setAction(event, 'proxy_connection', NETWORK, CONNECTION);
  }
  setRequest(message, found[4], event);
  if (found[4] === '401' || found[4] === '407')
    return setFailedLogin(event, 'http_login', 'authentication_failed');
  return setAction(event, 'proxy_request', WEB, ACCESS);
};
