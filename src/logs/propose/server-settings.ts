/** What the variables of log settings are in our fields: nginx, Apache, PostgreSQL. */
import type { Piece } from './pattern-text.ts';

const IP = '203.0.113.9';
const AGENT = 'Mozilla/5.0 (X11; Linux x86_64)';

const piece = (pattern: string, example: string): Piece => ({ pattern, example });
const passed = (example: string): Piece => piece('{-:word}', example);

/** Variables whose text may hold blanks; in quotes they are read up to the closing one. */
const REQUEST = piece('{request}', 'GET /index.html HTTP/1.1');
const STATUS = piece('{http.response.status_code}', '200');
const SIZE = piece('({http.response.body.bytes}|-)', '512');
const USER = piece('{user.name:word}', 'alice');
const HOST = piece('{url.domain:host}', 'www.example.org');
const PATH = piece('{url.path:url}', '/index.html');

/** @see https://nginx.org/en/docs/varindex.html */
export const NGINX: Readonly<Record<string, Piece>> = {
  remote_addr: piece('{source}', IP),
  realip_remote_addr: passed(IP),
  proxy_protocol_addr: passed(IP),
  http_x_forwarded_for: piece('{-:text}', IP),
  remote_port: piece('{source.port}', '50111'),
  remote_user: USER,
  time_local: piece('{@timestamp:%d/%b/%Y:%T %z}', '24/Nov/2026:10:00:01 +0000'),
  time_iso8601: piece('{@timestamp:%FT%T%z}', '2026-11-24T10:00:01+00:00'),
  msec: piece('{@timestamp:%s.%f}', '1795514401.123'),
  request: REQUEST,
  request_method: piece('{http.request.method:method}', 'GET'),
  request_uri: piece('{url}', '/index.html?a=1'),
  uri: PATH,
  document_uri: PATH,
  args: piece('{url.query:word}', 'a=1'),
  query_string: piece('{url.query:word}', 'a=1'),
  status: STATUS,
  body_bytes_sent: SIZE,
  bytes_sent: passed('812'),
  request_length: passed('310'),
  http_referer: piece('{http.request.referrer:word}', 'https://example.org/'),
  http_user_agent: piece('{user_agent.original:text}', AGENT),
  host: HOST,
  http_host: HOST,
  server_name: HOST,
  scheme: piece('{url.scheme:name}', 'https'),
  server_protocol: passed('HTTP/1.1'),
  request_time: piece('{event.duration:duration}', '0.012'),
  request_id: piece('{http.request.id:word}', '5d41402abc4b2a76b9719d911017c592'),
  connection: passed('17'),
  pid: piece('{process.pid}', '4242'),
  hostname: piece('{host.hostname:host}', 'web01'),
  ssl_protocol: piece('{tls.version:word}', 'TLSv1.3'),
};

/** @see https://httpd.apache.org/docs/2.4/mod/mod_log_config.html#formats */
export const APACHE: Readonly<Record<string, Piece>> = {
  '%': piece('%', '%'),
  a: piece('{source}', IP),
  h: piece('{source}', IP),
  '{c}a': passed(IP),
  A: piece('{destination.ip}', '192.0.2.10'),
  B: SIZE,
  b: SIZE,
  O: passed('812'),
  I: passed('310'),
  S: passed('1122'),
  D: passed('1200'),
  T: piece('{event.duration:duration}', '0'),
  H: passed('HTTP/1.1'),
  m: piece('{http.request.method:method}', 'GET'),
  l: passed('-'),
  u: USER,
  t: piece('\\[{@timestamp:%d/%b/%Y:%T %z}]', '[24/Nov/2026:10:00:01 +0000]'),
  r: REQUEST,
  s: STATUS,
  U: PATH,
  q: piece('{-:text}', '?a=1'),
  v: HOST,
  V: HOST,
  p: piece('{destination.port}', '443'),
  P: piece('{process.pid}', '4242'),
  '{tid}P': passed('140213'),
  '{pid}P': piece('{process.pid}', '4242'),
  '{c}p': piece('{source.port}', '50111'),
  '{remote}p': piece('{source.port}', '50111'),
  '{local}p': piece('{destination.port}', '443'),
  X: passed('+'),
  k: passed('0'),
  L: passed('aHxyzAAAAGI'),
  f: passed('/var/www/index.html'),
  R: passed('-'),
  '{Referer}i': piece('{http.request.referrer:word}', 'https://example.org/'),
  '{User-agent}i': piece('{user_agent.original:text}', AGENT),
  '{X-Forwarded-For}i': piece('{-:text}', IP),
  '{Host}i': HOST,
  '{SSL_PROTOCOL}x': piece('{tls.version:word}', 'TLSv1.3'),
  '{UNIQUE_ID}e': piece('{http.request.id:word}', 'aHxyzAAAAGI'),
};

/** @see https://www.postgresql.org/docs/current/runtime-config-logging.html#GUC-LOG-LINE-PREFIX */
export const POSTGRESQL: Readonly<Record<string, Piece>> = {
  '%': piece('%', '%'),
  // Nothing is quoted in a prefix: of names, which are a stranger's choice, only plain ones are taken.
  a: piece('({-:[\\w.$\\[\\] -]})?', 'psql'),
  u: piece('({user.name:[\\w.$-]}|[unknown])?', 'alice'),
  d: piece('({-:[\\w.$-]}|[unknown])?', 'shop'),
  r: piece('(({source:peer}\\({source.port}\\))|[local])?', `${IP}(50111)`),
  h: piece('({source:peer}|[local])?', IP),
  L: piece('({-:peer}|[local])?', '192.0.2.10'),
  b: piece('{-:[\\w ]}', 'client backend'),
  p: piece('{process.pid:int}', '4242'),
  P: piece('({-:int})?', ''),
  t: piece('{@timestamp:%F %T %Z}', '2026-11-24 10:00:01 UTC'),
  m: piece('{@timestamp:%F %T.%f %Z}', '2026-11-24 10:00:01.123 UTC'),
  n: piece('{@timestamp:%s.%f}', '1795514401.123'),
  i: piece('({-:[\\w ]})?', 'SELECT'),
  e: piece('{event.code:[0-9A-Z]}', '00000'),
  c: piece('{session.id:[\\w.]}', '6924d2a1.1092'),
  l: piece('{-:int}', '3'),
  s: piece('{-:[\\w: .-]}', '2026-11-24 09:59:58 UTC'),
  v: piece('({-:[\\d/]})?', '3/17'),
  x: piece('{-:int}', '0'),
  Q: piece('{-:int}', '0'),
};
