/** Real programs that write logs, each in a folder of the test, and the built `ir watch` beside them. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { ended, until } from '../prepare/servers.ts';
import { BIN, cleanEnv } from '../program.ts';

/** Where a program is; undefined where it is not. */
export const where = (program: string): string | undefined =>
  [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/lib/systemd']
    .map((place) => join(place, program))
    .find((path) => existsSync(path));

/** Runs a program to its end. @throws where it fails, with what it said */
export function ran(program: string, args: readonly string[], more: object = {}): string {
  const { status, stdout, stderr, error } = spawnSync(where(program) ?? program, args, {
    ...{ encoding: 'utf8', timeout: 60_000 },
    ...more,
  });
  if (status !== 0) throw new Error(`${program}: ${error?.message ?? stderr}`);
  return stdout;
}

/** All lines of a log and of what was rotated away, packed or not. */
export function linesOf(folder: string, name: string): string[] {
  return readdirSync(folder)
    .filter((file) => file === name || file.startsWith(`${name}.`))
    .flatMap((file) => {
      const bytes = readFileSync(join(folder, file));
      return (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8').split('\n');
    })
    .filter((line) => line !== '');
}

/** What `ir watch` wrote of a finding. */
export interface Step {
  state: string;
  seq: number;
  finding: {
    id: string;
    count: number;
    rule: { title: string };
    entities: Record<string, string[]>;
  };
}

/** The built `ir watch` in a workspace of its own. */
export function watching(cwd: string, args: readonly string[]) {
  const start = (more: readonly string[] = []): ChildProcess & { said: () => string } => {
    let said = '';
    const child = spawn(process.execPath, [BIN, 'watch', ...args, '--format', 'jsonl', ...more], {
      ...{ cwd, env: cleanEnv({ XDG_DATA_HOME: join(cwd, 'data') }) },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    child.stderr!.on('data', (part: Buffer) => {
      said += part.toString();
    });
    return Object.assign(child, { said: () => said });
  };
  const kept = (name: string): string | undefined => {
    const found = readdirSync(cwd, { recursive: true, encoding: 'utf8' }).find((path) =>
      path.endsWith(join('watch', 'main', name)),
    );
    return found === undefined ? undefined : readFileSync(join(cwd, found), 'utf8');
  };
  return {
    start,
    /** Starts, and waits until it looks. */
    async begin() {
      const child = start();
      await until(() => child.said().includes('watching') || child.exitCode !== null);
      return child;
    },
    events: (): number =>
      (JSON.parse(kept('counters.json') ?? '{"events":-1}') as { events: number }).events,
    steps: (): Step[] =>
      (kept('findings.jsonl') ?? '')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as Step),
  };
}

/** nginx that says 401 of logins and 404 of what it has not, with the client from a header as behind a proxy. */
export function startNginx(cwd: string, log: string, port: number): ChildProcess {
  mkdirSync(cwd);
  const places = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  writeFileSync(
    join(cwd, 'nginx.conf'),
    `daemon off; master_process off; pid "${cwd}/pid"; error_log "${cwd}/error.log";
events {}
http { ${places.map((name) => `${name}_temp_path "${cwd}/${name}";`).join(' ')}
set_real_ip_from 127.0.0.1; real_ip_header X-Forwarded-For;
access_log "${log}" combined; keepalive_requests 100000;
server { listen 127.0.0.1:${port}; location / { return 200 ok; } location /login { return 401 no; }
location ~ \\.(php|env|git|bak|sql) { return 404; } } }`,
  );
  return spawn(where('nginx')!, ['-c', join(cwd, 'nginx.conf')], { stdio: 'ignore' });
}

/** rsyslog that writes logins into a file and sends `local0` to a port. @returns the process and its socket */
export async function startRsyslog(cwd: string, log: string, port: number) {
  mkdirSync(cwd);
  const socket = join(cwd, 'log');
  writeFileSync(
    join(cwd, 'rsyslog.conf'),
    `global(workDirectory="${cwd}")
module(load="imuxsock" SysSock.Use="off")
input(type="imuxsock" Socket="${socket}" RateLimit.Interval="0")
auth.* action(type="omfile" file="${log}" template="RSYSLOG_FileFormat" flushOnTXEnd="on")
local0.* action(type="omfwd" target="127.0.0.1" port="${port}" protocol="tcp" template="RSYSLOG_SyslogProtocol23Format")
`,
  );
  const args = ['-n', '-f', join(cwd, 'rsyslog.conf'), '-i', join(cwd, 'pid')];
  const daemon = spawn(where('rsyslogd')!, args, { stdio: 'ignore' });
  await until(() => existsSync(socket));
  return { daemon, socket };
}

/** sshd whose messages go to a socket of syslog, and clients of it. */
export async function startSshd(cwd: string, socket: string, port: number, user: string) {
  mkdirSync(cwd);
  for (const key of ['host', 'good', 'other'])
    ran('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(cwd, key)]);
  const conf = join(cwd, 'sshd_config');
  writeFileSync(
    conf,
    [
      ...[`HostKey "${cwd}/host"`, `AuthorizedKeysFile "${cwd}/good.pub"`, 'StrictModes no'],
      ...['PidFile none', 'ListenAddress 127.0.0.1', `Port ${port}`, 'UsePAM no'],
      ...['PermitRootLogin yes', 'PasswordAuthentication yes', 'MaxStartups 100', ''],
    ].join('\n'),
  );
  const ask = join(cwd, 'ask');
  writeFileSync(ask, '#!/bin/sh\necho wrong\n');
  chmodSync(ask, 0o755);
  // As root sshd needs its folder, which is made where nobody else sees it.
  const isRoot = process.getuid?.() === 0;
  const program = `exec ${where('sshd')!} -D -e -f "$1" 2>&1`;
  const script = `(${isRoot ? 'mount -t tmpfs tmpfs /run && mkdir -m 755 /run/sshd; ' : ''}${program}) | sed -u 's,\\r$,,' | exec logger -u "$2" -p auth.info -t sshd --id=$$`;
  const shell = ['sh', '-c', script, 'sh', conf, socket];
  const [file = '', ...args] = isRoot ? ['unshare', '--mount', ...shell] : shell;
  const daemon = spawn(file, args, { stdio: 'ignore', detached: true });
  return {
    /** It is a pipe: all of it ends. */
    async end() {
      process.kill(-daemon.pid!, 'SIGTERM');
      await ended(daemon);
    },
    login(key: string | undefined, name = user): number | null {
      const ways =
        key === undefined
          ? ['PreferredAuthentications=password', 'PubkeyAuthentication=no']
          : ['IdentitiesOnly=yes', 'PreferredAuthentications=publickey'];
      const options = [...ways, 'StrictHostKeyChecking=no', `UserKnownHostsFile="${cwd}/known"`];
      const env = { PATH: process.env['PATH'], SSH_ASKPASS: ask, SSH_ASKPASS_REQUIRE: 'force' };
      return spawnSync(
        'ssh',
        [
          ...['-F', 'none', '-p', String(port), ...options.flatMap((one) => ['-o', one])],
          ...(key === undefined ? [] : ['-i', join(cwd, key)]),
          ...[`${name}@127.0.0.1`, 'true'],
        ],
        { env, stdio: 'ignore', timeout: 30_000 },
      ).status;
    },
  };
}

/** logrotate with one log and one way. @param after a command for when it was renamed */
export function rotation(cwd: string, log: string, way: 'rename' | 'copytruncate', after = 'true') {
  const conf = join(cwd, `${way}.conf`);
  const how =
    way === 'rename' ? `create 600\ncompress\ndelaycompress\npostrotate\n${after}\nendscript` : way;
  writeFileSync(conf, `"${log}" {\nrotate 100\n${how}\n}\n`, { mode: 0o644 });
  return (): string => ran('logrotate', ['-f', '-s', join(cwd, `${way}.state`), conf]);
}
