// Writes the benchmark's logs: the same bytes for the same seed and size, on any machine.
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  statSync,
  utimesSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';

/** mulberry32: small, fast, good enough to draw log lines. */
function createRandom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const START_MS = Date.UTC(2026, 2, 2);
const two = (value) => String(value).padStart(2, '0');

const AGENTS = [
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/132.0.0.0 Safari/537.36',
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.2 Safari/605.1.15',
  'Mozilla/5.0 (X11; Linux x86_64; rv:134.0) Gecko/20100101 Firefox/134.0',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_2 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148',
  'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
  'Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)',
  'shop-app/4.2 (Android 15)',
];
const ATTACKS = [
  '/product?id=1%27%20UNION%20SELECT%20username,password%20FROM%20users--%20-',
  '/search?q=%3Cscript%3Ealert(1)%3C/script%3E',
  '/../../../../etc/passwd',
  '/.env',
  '/.git/config',
  '/wp-login.php',
  '/cgi-bin/;cat%20/etc/passwd',
];

const STATUSES = [301, 304, 304, 404];
const CONSONANTS = 'bcdfghklmnprstvz';
const VOWELS = 'aeiou';

/** A word that hardly ever comes twice. */
function wordOf(random) {
  let word = '';
  for (let syllables = 3 + Math.floor(random() * 4); syllables > 0; syllables -= 1) {
    word += CONSONANTS[Math.floor(random() * 16)] + VOWELS[Math.floor(random() * 5)];
  }
  return word;
}

function pathOf(random) {
  const path = `/${wordOf(random)}/${wordOf(random)}-${Math.floor(random() * 1e6)}`;
  const draw = random();
  if (draw < 0.5) return path;
  if (draw < 0.8) return `${path}?${wordOf(random)}=${wordOf(random)}`;
  return `${path}?q=${wordOf(random)}${draw < 0.9 ? '+' : '%20'}${wordOf(random)}&page=${Math.floor(random() * 99)}`;
}

const agentOf = (random) => {
  const version = () => Math.floor(random() * 999);
  return `Mozilla/5.0 (X11; Linux x86_64; rv:${version()}.${version()}) AppleWebKit/537.36 (KHTML, like Gecko) ${wordOf(random)}/${version()}.${version()}.${version()} ${wordOf(random)}`;
};

/** One of a million clients. */
function clientOf(random) {
  const number = Math.imul(Math.floor(random() * 1e6) + 1, 0x9e3779b1) >>> 0;
  return `${20 + ((number >>> 24) % 150)}.${(number >>> 16) & 255}.${(number >>> 8) & 255}.${number & 255}`;
}

const STAMP_CACHE = { second: -1, text: '' };

function stampOf(ms) {
  const second = Math.floor(ms / 1000);
  if (STAMP_CACHE.second !== second) {
    const date = new Date(ms);
    STAMP_CACHE.second = second;
    STAMP_CACHE.text = `${two(date.getUTCDate())}/${MONTHS[date.getUTCMonth()]}/${date.getUTCFullYear()}:${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())} +0000`;
  }
  return STAMP_CACHE.text;
}

/**
 * Combined access log: a shop with 20,000 clients, crawlers, and one attack in ten thousand lines.
 * @param fresh which fields hardly ever come twice: `agent`, `path`, `address`, `referrer`
 */
const accessLine =
  (...fresh) =>
  (random, index) => {
    const pick = (list) => list[Math.floor(random() * list.length)];
    const stamp = stampOf(START_MS + index * 180);
    const client = Math.floor(random() * random() * 20_000);
    const ip = fresh.includes('address')
      ? clientOf(random)
      : `${10 + (client % 200)}.${(client >> 3) & 255}.${(client * 7) & 255}.${1 + (client % 250)}`;
    if (random() < 0.0001) {
      return `${ip} - - [${stamp}] "GET ${pick(ATTACKS)} HTTP/1.1" 404 162 "-" "curl/8.5.0"\n`;
    }
    const id = Math.floor(random() * 9999);
    const target = fresh.includes('path')
      ? pathOf(random)
      : pick([
          '/',
          `/product/${id}`,
          `/product/${id}?ref=home`,
          `/images/p${id}.jpg`,
          '/assets/app.8f3c2d.js',
          '/assets/site.41ab.css',
          `/search?q=red+shoes&page=${id % 20}`,
          `/api/v1/items/${id}`,
          '/cart',
          '/account/orders',
        ]);
    const status = random() < 0.93 ? 200 : pick(STATUSES);
    const bytes = status === 304 ? 0 : 200 + Math.floor(random() * 60_000);
    const method = random() < 0.05 ? 'POST' : 'GET';
    const hasReferrer = random() >= 0.4;
    const referrer = !hasReferrer
      ? '-'
      : fresh.includes('referrer')
        ? `https://${wordOf(random)}.example.com${pathOf(random)}`
        : 'https://shop.example.com/';
    const agent = fresh.includes('agent') ? agentOf(random) : pick(AGENTS);
    return `${ip} - - [${stamp}] "${method} ${target} HTTP/1.1" ${status} ${bytes} "${referrer}" "${agent}"\n`;
  };

/**
 * auth.log: a bastion with logins, sudo and cron, and the guessing that every server sees.
 * @param freshUsers whether hardly any name is guessed twice
 */
const authLine = (freshUsers) => (random, index) => {
  const date = new Date(START_MS + index * 700);
  const stamp = `${MONTHS[date.getUTCMonth()]} ${String(date.getUTCDate()).padStart(2)} ${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`;
  const pid = 1000 + (index % 60_000);
  const guess = Math.floor(random() * 400);
  const ip = `203.0.${113 + (guess % 3)}.${1 + (guess % 254)}`;
  const port = 30_000 + Math.floor(random() * 30_000);
  const user = freshUsers
    ? wordOf(random)
    : ['root', 'admin', 'test', 'oracle', 'ubuntu', 'git'][guess % 6];
  const draw = random();
  const head = `${stamp} bastion01`;
  if (draw < 0.3)
    return `${head} sshd[${pid}]: Failed password for invalid user ${user} from ${ip} port ${port} ssh2\n`;
  if (draw < 0.45)
    return `${head} sshd[${pid}]: Failed password for root from ${ip} port ${port} ssh2\n`;
  if (draw < 0.6)
    return `${head} sshd[${pid}]: Connection closed by authenticating user root ${ip} port ${port} [preauth]\n`;
  if (draw < 0.7)
    return `${head} sshd[${pid}]: pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=${ip}  user=root\n`;
  if (draw < 0.78)
    return `${head} CRON[${pid}]: pam_unix(cron:session): session opened for user www-data(uid=33) by (uid=0)\n`;
  if (draw < 0.86)
    return `${head} CRON[${pid}]: pam_unix(cron:session): session closed for user www-data\n`;
  if (draw < 0.9)
    return `${head} sshd[${pid}]: Accepted publickey for deploy from 198.51.100.${1 + (guess % 20)} port ${port} ssh2: ED25519 SHA256:k1f3eVqkq0\n`;
  if (draw < 0.95)
    return `${head} sudo:   deploy : TTY=pts/0 ; PWD=/srv/app ; USER=root ; COMMAND=/usr/bin/systemctl reload nginx\n`;
  return `${head} systemd-logind[612]: New session ${index} of user deploy.\n`;
};

/** Messages of programs that nobody knows, no two alike. */
function shapelessLine(random, index) {
  const date = new Date(START_MS + index * 700);
  const stamp = `${MONTHS[date.getUTCMonth()]} ${String(date.getUTCDate()).padStart(2)} ${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`;
  const [one, two_, three] = [wordOf(random), wordOf(random), wordOf(random)];
  const number = Math.floor(random() * 1e6);
  return `${stamp} bastion01 ${random() < 0.5 ? 'worker' : 'sshd'}[${1000 + (index % 60_000)}]: ${one} ${two_}=${three} after ${number} steps from ${clientOf(random)} in ${wordOf(random)}\n`;
}

/** JSON access log as nginx writes it, and what a service logs with pino, one in four. */
function jsonLine(random, index) {
  const pick = (list) => list[Math.floor(random() * list.length)];
  const ms = START_MS + index * 180;
  const client = Math.floor(random() * random() * 20_000);
  const ip = `${10 + (client % 200)}.${(client >> 3) & 255}.${(client * 7) & 255}.${1 + (client % 250)}`;
  const id = Math.floor(random() * 9999);
  const status = random() < 0.93 ? 200 : pick(STATUSES);
  const method = random() < 0.05 ? 'POST' : 'GET';
  const url = pick(['/', `/product/${id}`, `/images/p${id}.jpg`, `/api/v1/items/${id}`, '/cart']);
  if (random() < 0.25) {
    return `{"level":30,"time":${ms},"pid":${1000 + (id % 9)},"hostname":"app01","req":{"id":${index},"method":"${method}","url":"${url}","remoteAddress":"${ip}","remotePort":${30_000 + id}},"res":{"statusCode":${status}},"responseTime":${1 + (id % 200)},"msg":"request completed"}\n`;
  }
  return `{"time_iso8601":"${new Date(ms).toISOString()}","remote_addr":"${ip}","remote_user":"","request_method":"${method}","request_uri":"${url}","server_protocol":"HTTP/1.1","status":"${status}","body_bytes_sent":"${200 + Math.floor(random() * 60_000)}","request_time":"0.${String(id).padStart(4, '0').slice(0, 3)}","http_referrer":"${random() < 0.4 ? '' : 'https://shop.example.com/'}","http_user_agent":"${pick(AGENTS)}"}\n`;
}

/** By name: what a line is made of, and milliseconds between lines. */
const KINDS = {
  access: [accessLine(), 180],
  'access-agents': [accessLine('agent'), 180],
  'access-paths': [accessLine('path'), 180],
  'access-addresses': [accessLine('address'), 180],
  'access-all': [accessLine('agent', 'path', 'address', 'referrer'), 180],
  auth: [authLine(false), 700],
  'auth-users': [authLine(true), 700],
  'auth-shapes': [shapelessLine, 700],
  json: [jsonLine, 180],
};
const BLOCK_BYTES = 4 << 20;

/** Writes `path` unless it is there in that size. Returns the number of lines written, 0 when it was kept. */
export function generateLog(kind, path, bytes, seed = 42) {
  if (existsSync(path) && Math.abs(statSync(path).size - bytes) < 1000) return 0;
  mkdirSync(dirname(path), { recursive: true });
  const random = createRandom(seed);
  const [line, stepMs] = KINDS[kind];
  const descriptor = openSync(path, 'w');
  let written = 0;
  let lines = 0;
  let block = '';
  while (written + block.length < bytes) {
    block += line(random, lines);
    lines += 1;
    if (block.length > BLOCK_BYTES) {
      written += writeSync(descriptor, block);
      block = '';
    }
  }
  writeSync(descriptor, block);
  closeSync(descriptor);
  const end = new Date(START_MS + lines * stepMs);
  utimesSync(path, end, end);
  return lines;
}
