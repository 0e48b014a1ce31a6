/** The web host as its logs see it: programs run, sessions open and close, jobs start. */
import {
  type Account,
  type Execution,
  executionRecords,
  loginRecords,
  type Subject,
  type UserRecord,
  userRecord,
  writeRecords,
} from './lines/auditd.ts';
import { syslogStamp } from './lines/stamps.ts';
import type { Mark } from './log-writer.ts';
import { nextPid, type World } from './world.ts';

/** Writes an RFC 3164 line to `auth` or `syslog`. `tag` is the program with its number, if it has one. */
export function logSystem(
  world: World,
  file: string,
  tag: string,
  text: string,
  mark?: Mark,
): void {
  const stamp = syslogStamp(world.schedule.nowMs);
  world.write(file, `${stamp} ${world.scenario.host.name} ${tag}: ${text}`, mark);
}

/** Writes the records of one audit event, if anybody listens. */
export function audit(
  world: World,
  records: (atMs: number, serial: number) => string | readonly string[],
  mark?: Mark,
): void {
  const serial = world.counters.serial++;
  if (!world.isAuditing) return;
  const lines = records(world.schedule.nowMs, serial);
  for (const line of typeof lines === 'string' ? [lines] : lines) world.write('audit', line, mark);
}

/** A program's own audit record. */
export function auditUser(world: World, record: UserRecord, mark?: Mark): void {
  audit(world, (atMs, serial) => userRecord(atMs, serial, record), mark);
}

const SBIN = new Set([
  ...['adduser', 'auditctl', 'chpasswd', 'cron', 'iptables', 'logrotate', 'nginx', 'service'],
  ...['sshd', 'useradd', 'usermod', 'visudo', 'php-fpm8.2'],
]);

const SETUID = new Set(['/usr/bin/sudo', '/usr/bin/su', '/var/tmp/.systemd-private']);

/** Where a command of Debian lives. */
export function executableOf(name: string): string {
  if (name.startsWith('/')) return name;
  if (name.startsWith('./')) return `/usr/local/bin/${name.slice(2)}`;
  if (name.startsWith('php-fpm:')) return '/usr/sbin/php-fpm8.2';
  const real = { sh: 'dash', vim: 'vim.basic', awk: 'mawk', python3: 'python3.11' }[name] ?? name;
  return `/usr/${SBIN.has(name) ? 'sbin' : 'bin'}/${real}`;
}

/** Splits a command line into arguments: blanks, single and double quotes. */
export function splitCommand(command: string): string[] {
  const parts = command.match(/(?:[^\s"']|"[^"]*"|'[^']*')+/g) ?? [];
  return parts.map((part) => part.replace(/"([^"]*)"|'([^']*)'/g, '$1$2'));
}

interface RunOptions {
  subject: Subject;
  command: string;
  parent: number;
  key?: string;
  mark?: Mark | undefined;
}

/** Runs a command under audit. Returns its process number. */
export function runCommand(world: World, options: RunOptions): number {
  const { subject, command, parent, key = 'exec', mark } = options;
  const argv = splitCommand(command);
  const pid = nextPid(world);
  const executable = executableOf(argv[0] ?? 'true');
  const isSetuid = SETUID.has(executable);
  const run: Execution = { subject, pid, parent, executable, argv, key, isSetuid };
  audit(world, (atMs, serial) => executionRecords(atMs, serial, run), mark);
  return pid;
}

/** A watched file is written. */
export function writeFile(
  world: World,
  options: RunOptions & { path: string; mode: string; isNew: boolean },
): void {
  const { subject, command, parent, key = 'exec', mark, path, mode, isNew } = options;
  const argv = splitCommand(command);
  const executable = executableOf(argv[0] ?? 'true');
  const run: Execution = { subject, pid: nextPid(world), parent, executable, argv, key };
  audit(world, (atMs, serial) => writeRecords(atMs, serial, run, { path, mode, isNew }), mark);
}

const PAM_SESSION = 'pam_loginuid,pam_env,pam_env,pam_permit,pam_unix,pam_limits';

/** One cron job: the session in auth.log and in the audit log, the command in syslog. */
export function runCronJob(world: World, account: Account, command: string): void {
  const root = world.account('root');
  const pid = nextPid(world);
  const session = world.counters.session++;
  const tell = (type: string, op: string, grantors: string, login: Account | undefined): void => {
    const text = `op=PAM:${op} grantors=${grantors} acct="${account.name}" exe="/usr/sbin/cron" hostname=? addr=? terminal=cron res=success`;
    auditUser(world, {
      ...{ type, pid, uid: root, login, text },
      session: login === undefined ? undefined : session,
    });
  };
  tell('USER_ACCT', 'accounting', 'pam_permit', undefined);
  tell('CRED_ACQ', 'setcred', 'pam_permit', undefined);
  const executable = '/usr/sbin/cron';
  const login = { pid, account, session, executable, title: '/usr/sbin/CRON -f' };
  audit(world, (atMs, serial) => loginRecords(atMs, serial, login));
  tell('USER_START', 'session_open', PAM_SESSION, account);
  const opened = `pam_unix(cron:session): session opened for user ${account.name}(uid=${account.uid}) by (uid=0)`;
  logSystem(world, 'auth', `CRON[${pid}]`, opened);
  logSystem(world, 'syslog', `CRON[${pid + 1}]`, `(${account.name}) CMD (${command})`);
  tell('CRED_DISP', 'setcred', 'pam_permit', account);
  tell('USER_END', 'session_close', PAM_SESSION, account);
  const closed = `pam_unix(cron:session): session closed for user ${account.name}`;
  logSystem(world, 'auth', `CRON[${pid}]`, closed);
}

/** systemd starts a unit: syslog and audit. */
export function startUnit(world: World, unit: string, description: string): void {
  logSystem(world, 'syslog', 'systemd[1]', `Starting ${unit}.service - ${description}...`);
  serviceRecord(world, 'SERVICE_START', unit);
}

/** systemd has finished with a unit: syslog and audit. */
export function endUnit(world: World, unit: string, description: string): void {
  logSystem(world, 'syslog', 'systemd[1]', `${unit}.service: Deactivated successfully.`);
  logSystem(world, 'syslog', 'systemd[1]', `Finished ${unit}.service - ${description}.`);
  serviceRecord(world, 'SERVICE_STOP', unit);
}

function serviceRecord(world: World, type: string, unit: string): void {
  const text = `unit=${unit} comm="systemd" exe="/usr/lib/systemd/systemd" hostname=? addr=? terminal=? res=success`;
  auditUser(world, {
    ...{ type, pid: 1, uid: world.account('root'), login: undefined, session: undefined, text },
  });
}

interface SudoOptions {
  subject: Subject;
  command: string;
  parent: number;
  mark?: Mark | undefined;
}

/** `sudo command`: the line of sudo, its session, its audit records. Returns root's subject. */
export function runSudo(world: World, options: SudoOptions): Subject {
  const { subject, command, parent, mark } = options;
  const { effective: from, session, login } = subject;
  const root = world.account('root');
  const argv = splitCommand(command);
  const path = [executableOf(argv[0] ?? 'true'), ...argv.slice(1)].join(' ');
  const sudoPid = nextPid(world);
  const terminal = subject.tty.replace(/^pts(\d)/, 'pts/$1');
  runCommand(world, { subject, command: `sudo ${command}`, parent, mark });
  logSystem(
    world,
    'auth',
    'sudo',
    `${from.name.padStart(8)} : TTY=${terminal} ; PWD=${subject.cwd} ; USER=root ; COMMAND=${path}`,
    mark,
  );
  const opened = `pam_unix(sudo:session): session opened for user root(uid=0) by ${from.name}(uid=${from.uid})`;
  logSystem(world, 'auth', 'sudo', opened, mark);
  const hex = Buffer.from(path).toString('hex').toUpperCase();
  const tell = (type: string, uid: Account, text: string): void =>
    auditUser(world, { type, pid: sudoPid, uid, login, session, text }, mark);
  const cmd = /\s/.test(path) ? hex : `"${path}"`;
  tell(
    'USER_CMD',
    from,
    `cwd="${subject.cwd}" cmd=${cmd} exe="/usr/bin/sudo" terminal=${terminal} res=success`,
  );
  const end = `acct="root" exe="/usr/bin/sudo" hostname=? addr=? terminal=/dev/${terminal} res=success`;
  tell('CRED_REFR', root, `op=PAM:setcred grantors=pam_permit ${end}`);
  tell('USER_START', root, `op=PAM:session_open grantors=pam_limits,pam_permit,pam_unix ${end}`);
  const asRoot: Subject = { ...subject, effective: root };
  runCommand(world, { subject: asRoot, command, parent: sudoPid, mark });
  return asRoot;
}

/** The session of `runSudo` ends. */
export function endSudo(world: World, mark?: Mark): void {
  const closed = 'pam_unix(sudo:session): session closed for user root';
  logSystem(world, 'auth', 'sudo', closed, mark);
}
