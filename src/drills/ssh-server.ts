/** OpenSSH 9.2 on Debian as auth.log and the audit log see it. */
import { type Account, loginRecords, type Subject } from './lines/auditd.ts';
import { audit, auditUser, logSystem } from './linux-host.ts';
import type { Mark } from './log-writer.ts';
import { nextPid, type World } from './world.ts';

/** Somebody at the other end. */
export interface Peer {
  ip: string;
  port: number;
}

/** An open session. */
export interface SshSession {
  subject: Subject;
  pid: number;
  peer: Peer;
  account: Account;
}

const from = (peer: Peer): string => `${peer.ip} port ${peer.port}`;

/** Writes the failed tries of one connection for one account name, then its end. */
export function failPassword(
  world: World,
  peer: Peer,
  name: string,
  options: {
    isKnown: boolean;
    tries?: number;
    mark?: Mark | undefined;
    end?: 'closed' | 'reset' | 'bye' | 'none';
    /** An earlier try on the same connection. */
    pid?: number | undefined;
  },
): number {
  const { isKnown, tries = 1, mark, end = 'closed' } = options;
  const pid = options.pid ?? nextPid(world);
  const say = (text: string): void => logSystem(world, 'auth', `sshd[${pid}]`, text, mark);
  const who = isKnown ? name : `invalid user ${name}`;
  if (!isKnown) say(`Invalid user ${name} from ${from(peer)}`);
  for (let i = 0; i < tries; i++) {
    if (!isKnown) say('pam_unix(sshd:auth): check pass; user unknown');
    const rest = `logname= uid=0 euid=0 tty=ssh ruser= rhost=${peer.ip} ${isKnown ? ` user=${name}` : ''}`;
    // Further failures of a connection are summed up at its end, not written one by one.
    if (i === 0 && options.pid === undefined) {
      say(`pam_unix(sshd:auth): authentication failure; ${rest}`);
    }
    auditFailure(world, pid, peer, isKnown ? name : undefined, mark);
    say(`Failed password for ${who} from ${from(peer)} ssh2`);
  }
  const authenticating = isKnown ? `authenticating user ${name}` : who;
  if (end === 'bye') {
    say(`Received disconnect from ${from(peer)}:11: Bye Bye [preauth]`);
    say(`Disconnected from ${authenticating} ${from(peer)} [preauth]`);
  } else if (end !== 'none') {
    say(`Connection ${end} by ${authenticating} ${from(peer)} [preauth]`);
  }
  return pid;
}

function auditFailure(
  world: World,
  pid: number,
  peer: Peer,
  name: string | undefined,
  mark: Mark | undefined,
): void {
  const root = world.account('root');
  const common = { pid, uid: root, login: undefined, session: undefined };
  const authentication = `op=PAM:authentication grantors=? acct="${name ?? '?'}" exe="/usr/sbin/sshd" hostname=${peer.ip} addr=${peer.ip} terminal=ssh res=failed`;
  auditUser(world, { ...common, type: 'USER_AUTH', text: authentication }, mark);
  // sshd reports an unknown account as "(invalid user)", which auditd writes in hex.
  const account = name === undefined ? '28696E76616C6964207573657229' : `"${name}"`;
  const login = `op=login acct=${account} exe="/usr/sbin/sshd" hostname=? addr=${peer.ip} terminal=sshd res=failed`;
  auditUser(world, { ...common, type: 'USER_LOGIN', text: login }, mark);
}

interface OpenOptions {
  peer: Peer;
  account: Account;
  /** Fingerprint of the key; undefined: a password. */
  fingerprint?: string | undefined;
  tty: string;
  /** Continue the connection of failed tries. */
  pid?: number | undefined;
  mark?: Mark | undefined;
}

/** A login succeeds. */
export function openSession(world: World, options: OpenOptions): SshSession {
  const { peer, account, fingerprint, tty, mark } = options;
  const pid = options.pid ?? nextPid(world);
  const session = world.counters.session++;
  const key = fingerprint === undefined ? '' : `: ED25519 ${fingerprint}`;
  const method = fingerprint === undefined ? 'password' : 'publickey';
  const say = (tag: string, text: string): void => logSystem(world, 'auth', tag, text, mark);
  auditOpening(world, { ...options, pid, session });
  say(`sshd[${pid}]`, `Accepted ${method} for ${account.name} from ${from(peer)} ssh2${key}`);
  const opened = `session opened for user ${account.name}(uid=${account.uid}) by (uid=0)`;
  say(`sshd[${pid}]`, `pam_unix(sshd:session): ${opened}`);
  say('systemd-logind[602]', `New session ${session} of user ${account.name}.`);
  say(`systemd[${nextPid(world)}]`, `pam_unix(systemd-user:session): ${opened}`);
  const subject: Subject = { login: account, effective: account, session, tty, cwd: account.home };
  return { subject, pid, peer, account };
}

function auditOpening(world: World, o: OpenOptions & { pid: number; session: number }): void {
  const { peer, account, fingerprint, pid, session, mark } = o;
  const root = world.account('root');
  const end = `exe="/usr/sbin/sshd" hostname=${peer.ip} addr=${peer.ip} terminal=ssh res=success`;
  const before = { pid, uid: root, login: undefined, session: undefined };
  const pam = (op: string, grantors: string): string =>
    `op=PAM:${op} grantors=${grantors} acct="${account.name}" ${end}`;
  if (fingerprint === undefined) {
    const text = pam('authentication', 'pam_permit,pam_cap');
    auditUser(world, { ...before, type: 'USER_AUTH', text }, mark);
  }
  auditUser(world, { ...before, type: 'USER_ACCT', text: pam('accounting', 'pam_permit') }, mark);
  const acquired = pam('setcred', 'pam_permit,pam_cap');
  auditUser(world, { ...before, type: 'CRED_ACQ', text: acquired }, mark);
  const executable = '/usr/sbin/sshd';
  const login = { pid, account, session, executable, title: `sshd: ${account.name} [priv]` };
  audit(world, (atMs, serial) => loginRecords(atMs, serial, login), mark);
  const after = { pid, uid: root, login: account, session };
  const modules =
    'pam_selinux,pam_loginuid,pam_keyinit,pam_permit,pam_unix,pam_systemd,pam_limits,pam_env';
  auditUser(world, { ...after, type: 'USER_START', text: pam('session_open', modules) }, mark);
  const text = `op=login id=${account.uid} exe="/usr/sbin/sshd" hostname=${peer.ip} addr=${peer.ip} terminal=/dev/${o.tty.replace(/^pts(\d)/, 'pts/$1')} res=success`;
  auditUser(world, { ...after, type: 'USER_LOGIN', text, extra: `ID="${account.name}"` }, mark);
}

/** The client leaves. */
export function closeSession(world: World, session: SshSession, mark?: Mark): void {
  const { peer, account, pid, subject } = session;
  const say = (tag: string, text: string): void => logSystem(world, 'auth', tag, text, mark);
  const child = `sshd[${pid + 7}]`;
  say(child, `Received disconnect from ${from(peer)}:11: disconnected by user`);
  say(child, `Disconnected from user ${account.name} ${from(peer)}`);
  say(`sshd[${pid}]`, `pam_unix(sshd:session): session closed for user ${account.name}`);
  const id = subject.session;
  say('systemd-logind[602]', `Session ${id} logged out. Waiting for processes to exit.`);
  say('systemd-logind[602]', `Removed session ${id}.`);
  const end = `acct="${account.name}" exe="/usr/sbin/sshd" hostname=${peer.ip} addr=${peer.ip} terminal=ssh res=success`;
  const record = { pid, uid: world.account('root'), login: account, session: id };
  const closing = `op=PAM:session_close grantors=pam_loginuid,pam_permit,pam_unix,pam_systemd ${end}`;
  auditUser(world, { ...record, type: 'USER_END', text: closing }, mark);
  const disposed = `op=PAM:setcred grantors=pam_permit,pam_cap ${end}`;
  auditUser(world, { ...record, type: 'CRED_DISP', text: disposed }, mark);
}
