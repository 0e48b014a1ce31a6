/**
 * Records of the Linux audit daemon 3, `log_format = ENRICHED`: the names after the 0x1d separator are
 * auditd's own resolution of the numbers before it.
 * @see https://github.com/linux-audit/audit-documentation/wiki/SPEC-Audit-Event-Enrichment
 */
import { auditStamp } from './stamps.ts';

/** An account of the audited host. */
export interface Account {
  name: string;
  uid: number;
  home: string;
}

/** Who runs something: the login (auid) stays, whatever `sudo` makes of the rest. */
export interface Subject {
  /** The account that logged in; undefined for daemons. */
  login: Account | undefined;
  /** The account whose rights are used. */
  effective: Account;
  session: number | undefined;
  tty: string;
  cwd: string;
}

/** A process about to run. */
export interface Execution {
  subject: Subject;
  pid: number;
  parent: number;
  executable: string;
  argv: readonly string[];
  key: string;
  /** The program is set-user-id root: the effective ids differ from the caller's. */
  isSetuid?: boolean;
}

const UNSET = 4294967295;
const SEPARATOR = '\x1d';
const ROOT: Account = { name: 'root', uid: 0, home: '/root' };

const head = (type: string, atMs: number, serial: number): string =>
  `type=${type} msg=audit(${auditStamp(atMs)}:${serial}):`;

/** auditd writes a value in hex when it holds a space, a quote or a character outside ASCII. */
export const quoted = (value: string): string =>
  /^[!#-~]+$/.test(value) ? `"${value}"` : hexOf(value);

const hexOf = (value: string): string => Buffer.from(value, 'utf8').toString('hex').toUpperCase();

function identity({ subject, pid, parent, isSetuid }: Execution): {
  numbers: string;
  names: string;
} {
  const { login, effective, session, tty } = subject;
  const owner = isSetuid === true ? ROOT : effective;
  const ids: readonly (readonly [string, Account])[] = [
    ...(['uid', 'gid'] as const).map((id) => [id, effective] as const),
    ...(['euid', 'suid', 'fsuid'] as const).map((id) => [id, owner] as const),
    ...(['egid', 'sgid', 'fsgid'] as const).map((id) => [id, effective] as const),
  ];
  const numbers = ids.map(([id, account]) => `${id}=${account.uid}`).join(' ');
  const names = ids.map(([id, account]) => `${id.toUpperCase()}="${account.name}"`).join(' ');
  return {
    numbers: `ppid=${parent} pid=${pid} auid=${login?.uid ?? UNSET} ${numbers} tty=${tty} ses=${session ?? UNSET}`,
    names: `AUID="${login?.name ?? 'unset'}" ${names}`,
  };
}

const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

function titleRecord(atMs: number, serial: number, argv: readonly string[]): string {
  const title = argv.join('\0').slice(0, 128);
  return `${head('PROCTITLE', atMs, serial)} proctitle=${quoted(title)}`;
}

const pathRecord = (
  atMs: number,
  serial: number,
  item: number,
  path: { name: string; inode: number; mode: string; owner: Account; nametype: string },
): string =>
  `${head('PATH', atMs, serial)} item=${item} name=${quoted(path.name)} inode=${path.inode} dev=fe:01 ` +
  `mode=${path.mode} ouid=${path.owner.uid} ogid=${path.owner.uid} rdev=00:00 nametype=${path.nametype} ` +
  `cap_fp=0 cap_fi=0 cap_fe=0 cap_fver=0 cap_frootid=0${SEPARATOR}OUID="${path.owner.name}" OGID="${path.owner.name}"`;

/** A stable made-up inode for a path. */
const inodeOf = (path: string): number => {
  let hash = 7;
  for (let i = 0; i < path.length; i++) hash = (hash * 31 + path.charCodeAt(i)) % 900_001;
  return 131_072 + hash;
};

/** The records of one `execve`: SYSCALL, EXECVE, CWD, PATH, PATH, PROCTITLE. */
export function executionRecords(atMs: number, serial: number, run: Execution): string[] {
  const { numbers, names } = identity(run);
  const address = (0x55d0_0000_0000 + run.pid * 4096).toString(16);
  const program = { name: run.executable, inode: inodeOf(run.executable), mode: '0100755' };
  const loader = '/lib64/ld-linux-x86-64.so.2';
  const lib = { name: loader, inode: inodeOf(loader), mode: '0100755' };
  const args = run.argv.map((value, i) => `a${i}=${quoted(value)}`).join(' ');
  return [
    `${head('SYSCALL', atMs, serial)} arch=c000003e syscall=59 success=yes exit=0 a0=${address} a1=${address} a2=${address} a3=8 items=2 ` +
      `${numbers} comm=${quoted(baseName(run.executable).slice(0, 15))} exe=${quoted(run.executable)} subj=unconfined key="${run.key}"` +
      `${SEPARATOR}ARCH=x86_64 SYSCALL=execve ${names}`,
    `${head('EXECVE', atMs, serial)} argc=${run.argv.length} ${args}`,
    `${head('CWD', atMs, serial)} cwd=${quoted(run.subject.cwd)}`,
    pathRecord(atMs, serial, 0, { ...program, owner: ROOT, nametype: 'NORMAL' }),
    pathRecord(atMs, serial, 1, { ...lib, owner: ROOT, nametype: 'NORMAL' }),
    titleRecord(atMs, serial, run.argv),
  ];
}

/** The records of a watched file being written (`openat`): SYSCALL, CWD, PATH, PATH, PROCTITLE. */
export function writeRecords(
  atMs: number,
  serial: number,
  run: Execution,
  file: { path: string; mode: string; isNew: boolean },
): string[] {
  const { numbers, names } = identity(run);
  const owner = run.subject.effective;
  const folder = `${file.path.slice(0, file.path.lastIndexOf('/')) || '/'}/`;
  const parent = { name: folder, inode: inodeOf(folder), mode: '040755', owner };
  const target = { name: file.path, inode: inodeOf(file.path), mode: file.mode, owner };
  return [
    `${head('SYSCALL', atMs, serial)} arch=c000003e syscall=257 success=yes exit=3 a0=ffffff9c a1=${(0x7ffd_0000_0000 + run.pid * 16).toString(16)} a2=241 a3=1b6 items=2 ` +
      `${numbers} comm=${quoted(baseName(run.executable).slice(0, 15))} exe=${quoted(run.executable)} subj=unconfined key="${run.key}"` +
      `${SEPARATOR}ARCH=x86_64 SYSCALL=openat ${names}`,
    `${head('CWD', atMs, serial)} cwd=${quoted(run.subject.cwd)}`,
    pathRecord(atMs, serial, 0, { ...parent, nametype: 'PARENT' }),
    pathRecord(atMs, serial, 1, { ...target, nametype: file.isNew ? 'CREATE' : 'NORMAL' }),
    titleRecord(atMs, serial, run.argv),
  ];
}

/** What a program tells the audit system itself (`USER_LOGIN`, `CRED_ACQ`, `USER_CMD`, ...). */
export interface UserRecord {
  type: string;
  pid: number;
  uid: Account;
  login: Account | undefined;
  session: number | undefined;
  /** The inside of `msg='...'`. */
  text: string;
  /** Extra resolved names, such as `ID="deploy"`. */
  extra?: string;
}

/** One record written by a program such as sshd, sudo, cron or systemd. */
export function userRecord(atMs: number, serial: number, record: UserRecord): string {
  const { type, pid, uid, login, session, text, extra } = record;
  const names = `UID="${uid.name}" AUID="${login?.name ?? 'unset'}"${extra === undefined ? '' : ` ${extra}`}`;
  return (
    `${head(type, atMs, serial)} pid=${pid} uid=${uid.uid} auid=${login?.uid ?? UNSET} ses=${session ?? UNSET} ` +
    `subj=unconfined msg='${text}'${SEPARATOR}${names}`
  );
}

/** The records of a login id being set (a write to `/proc/self/loginuid`): LOGIN, SYSCALL, PROCTITLE. */
export function loginRecords(
  atMs: number,
  serial: number,
  login: { pid: number; account: Account; session: number; executable: string; title: string },
): string[] {
  const { pid, account, session, executable, title } = login;
  const subject: Subject = {
    ...{ login: account, effective: ROOT, session, tty: '(none)', cwd: '/' },
  };
  const run: Execution = { subject, pid, parent: 1, executable, argv: [title], key: '' };
  const { numbers, names } = identity(run);
  return [
    `${head('LOGIN', atMs, serial)} pid=${pid} uid=0 subj=unconfined old-auid=${UNSET} auid=${account.uid} tty=(none) ` +
      `old-ses=${UNSET} ses=${session} res=1${SEPARATOR}UID="root" OLD-AUID="unset" AUID="${account.name}"`,
    `${head('SYSCALL', atMs, serial)} arch=c000003e syscall=1 success=yes exit=${String(account.uid).length} a0=7 a1=${(0x7ffc_0000_0000 + pid * 16).toString(16)} ` +
      `a2=${String(account.uid).length} a3=0 items=0 ${numbers} comm=${quoted(baseName(executable))} exe=${quoted(executable)} subj=unconfined key=(null)` +
      `${SEPARATOR}ARCH=x86_64 SYSCALL=write ${names}`,
    titleRecord(atMs, serial, [title]),
  ];
}

/** The kernel's record of auditing being switched on or off (`auditctl -e`). */
export const enabledRecord = (
  atMs: number,
  serial: number,
  subject: Subject,
  enabled: 0 | 1,
): string =>
  `${head('CONFIG_CHANGE', atMs, serial)} op=set audit_enabled=${enabled} old=${1 - enabled} auid=${subject.login?.uid ?? UNSET} ` +
  `ses=${subject.session ?? UNSET} subj=unconfined res=1${SEPARATOR}AUID="${subject.login?.name ?? 'unset'}"`;

/** The daemon's last word. */
export const daemonEndRecord = (
  atMs: number,
  serial: number,
  subject: Subject,
  pid: number,
): string =>
  `${head('DAEMON_END', atMs, serial)} op=terminate auid=${subject.login?.uid ?? UNSET} uid=${subject.effective.uid} ` +
  `ses=${subject.session ?? UNSET} pid=${pid} subj=unconfined res=success${SEPARATOR}AUID="${subject.login?.name ?? 'unset'}" UID="${subject.effective.name}"`;
