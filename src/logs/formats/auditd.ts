/** The Linux audit log: /var/log/audit/audit.log and audit records that went to syslog. */

import { type Event, type Skip, skip } from '../../events/event.ts';
import type { Clock } from '../clock.ts';
import { buildEvent } from './auditd-event.ts';
import { interpretedTime } from './auditd-interpreted.ts';
import { type AuditRecord, readRecord, recordStart } from './auditd-record.ts';
import { AUDIT_SOURCES } from './auditd-sources.ts';
import { isAuxiliary, recordTypeName } from './auditd-types.ts';
import type { LogFormat } from './log-format.ts';

// Written by programs, not by a system call: one record is the whole event.
const SINGLE =
  /^(?:USER|USER_\w+|CRED_\w+|ADD_\w+|DEL_\w+|GRP_\w+|ACCT_\w+|ROLE_\w+|SERVICE_\w+|SYSTEM_\w+|SOFTWARE_\w+|DAEMON_\w+|CRYPTO_\w+|VIRT_\w+|LABEL_\w+|RESP_\w+|USYS_CONFIG|CHGRP_ID|CHUSER_ID|TEST|TRUSTED_APP|DAC_CHECK|MAC_CHECK|FS_RELABEL|TTY|KERNEL|ANOM_(?:LOGIN|MAX|AMTU|RBAC|CRYPTO|EXEC|MK_EXE|ACCESS|ADD|DEL|MOD|ROOT)\w*)$/;

const singles = new Map<string, boolean>();

/** Is this record a whole event? Remembered: a log has few types, and hostile ones are not kept. */
function isSingle(type: string): boolean {
  let answer = singles.get(type);
  if (answer === undefined) {
    answer = SINGLE.test(type);
    if (singles.size < MAX_REMEMBERED) singles.set(type, answer);
  }
  return answer;
}

const MAX_REMEMBERED = 500;

/** The record type as written, without a full parse; empty when the line is no audit record. */
function typeOf(line: string): string {
  const start = recordStart(line);
  if (start === -1) return '';
  const type = line.indexOf('type=', start) + 5;
  const end = line.indexOf(' ', type);
  // `node=` comes first, then the type; nothing else may stand between.
  if (end === -1 || type - start > 300 || end - type > 80) return '';
  return recordTypeName(line.slice(type, end));
}

/** `node` and `audit(time:serial)` of the record. */
function idOf(line: string): string | undefined {
  const start = line.indexOf('audit(') + 6;
  const end = line.indexOf(')', start);
  if (start === 5 || end === -1 || end - start > 50) return undefined;
  const id = line.slice(start, end);
  if (!/^[\d/. :APM-]{1,40}:\d+$/.test(id)) return undefined;
  if (!line.startsWith('node=')) return id;
  return `${line.slice(5, Math.max(5, line.indexOf(' ')))} ${id}`;
}

function parseRecords(lines: readonly string[], clock: Clock): Event | Skip {
  const records: AuditRecord[] = [];
  let isClosed = false;
  for (const line of lines) {
    const record = readRecord(line);
    if (record === undefined) continue;
    if (record.type === 'EOE') isClosed = true;
    else records.push(record);
  }
  const [first] = records;
  if (first !== undefined) {
    const event = buildEvent(records);
    if (first.time === undefined) return event;
    const timeUs = interpretedTime(first.time, clock);
    return { ...event, timeUs, timeConfidence: timeUs === undefined ? 'none' : clock.confidence };
  }
  if (lines[0] === '----' || lines[0]?.startsWith('time->')) return skip('a line between events');
  return skip(isClosed ? 'end of an audit event that is complete already' : 'not an audit record');
}

/**
 * Reads an audit record that stands in a syslog line (`kernel: audit: type=1400 audit(...)`, `audispd:
 * type=SYSCALL msg=audit(...)`), alone; undefined when the line holds none. For the syslog format, in
 * whose files such lines stand among others.
 */
export function readAuditLine(line: string): Event | undefined {
  const record = readRecord(line);
  const isRead = record !== undefined && record.type !== 'EOE' && record.time === undefined;
  return isRead ? buildEvent([record]) : undefined;
}

/** `USER_LOGIN pid=7 ...`, and before systemd knew the names `<audit-1112> pid=7 ...`. */
const JOURNAL_TEXT = /^(?:<audit-(\d{4})>|([A-Z][A-Z0-9_]{2,40}|UNKNOWN\[\d{4}\])) /;

/**
 * Reads an audit record as the journal keeps it: its type first, time and number in the journal's own fields.
 * Undefined when the text is none.
 * @param type the name of the record's type, where the journal says it
 */
export function readJournalAudit(text: string, type?: string): Event | undefined {
  const found = JOURNAL_TEXT.exec(text);
  const name =
    type ??
    found?.[2] ??
    (found?.[1] === undefined ? undefined : recordTypeName(`UNKNOWN[${found[1]}]`));
  if (name === undefined) return undefined;
  const event = readAuditLine(
    `type=${name} msg=audit(1.000:1): ${text.slice(found?.[0].length ?? 0)}`,
  );
  if (event === undefined) return undefined;
  return { ...event, timeUs: undefined, timeConfidence: 'none', 'event.id': undefined };
}

/** The audit log of Linux: records joined into events, hexadecimal values decoded. */
export const format: LogFormat = {
  name: 'auditd',
  title: 'Linux audit log',
  url: 'https://github.com/linux-audit/audit-documentation/wiki',
  order: 1,
  sources: AUDIT_SOURCES,
  isEncoded: true,
  isEcho: true,
  // What it calls its values: `a0`, `exe`, `AUID`; names in camel case belong to other systems.
  ownNames: /^(?:[a-z][a-z0-9_-]*|[A-Z]+)$/,
  hasProcesses: true,
  isNumbered: true,
  // A record within a syslog line counts too: a file of nothing else is an audit log.
  detect: (line) =>
    line.includes('audit(') && !line.startsWith('{') && readRecord(line) !== undefined,
  parse: (line, clock) => parseRecords([line], clock),
  group: {
    key(line) {
      const type = typeOf(line);
      return type === '' || isSingle(type) ? undefined : idOf(line);
    },
    ends(line, earlier) {
      const type = typeOf(line);
      if (type === 'EOE') return true;
      // The kernel writes PROCTITLE last; when it comes first, the records were shuffled on the way.
      if (type !== 'PROCTITLE') return false;
      return earlier === undefined || earlier.some((other) => !isAuxiliary(typeOf(other)));
    },
    isTrailer: (line) => typeOf(line) === 'EOE',
    parse: parseRecords,
  },
  splittable: false,
  samples: [
    {
      lines: [
        'type=PROCTITLE msg=audit(06/10/2024 06:13:20.123:4101) : proctitle=cat /etc/shadow ',
        'type=EXECVE msg=audit(06/10/2024 06:13:20.123:4101) : argc=2 a0=cat a1=/etc/my files ',
        'type=SYSCALL msg=audit(06/10/2024 06:13:20.123:4101) : arch=x86_64 syscall=execve success=yes exit=0 a0=0x1 a1=0x2 items=2 ppid=1 pid=2 auid=ed uid=root gid=root euid=root tty=pts0 ses=3 comm=x uid=eve exe=/usr/bin/cat key=exec ',
      ],
      expect: {
        time: '2024-06-10T06:13:20.123000Z',
        'event.action': 'executed',
        'process.args': ['cat', '/etc/my files'],
        'process.name': 'x uid=eve',
        'process.executable': '/usr/bin/cat',
        'user.name': 'root',
      },
    },
    {
      lines: [
        'type=SYSCALL msg=audit(1718000000.123:4101): arch=c000003e syscall=59 success=yes exit=0 a0=55d0c8a41e30 a1=55d0c8a41e90 a2=55d0c8a42010 a3=8 items=2 ppid=2201 pid=2202 auid=1001 uid=0 gid=0 euid=0 suid=0 fsuid=0 egid=0 sgid=0 fsgid=0 tty=pts1 ses=7 comm="wget" exe="/usr/bin/wget" key="downloads"',
        'type=EXECVE msg=audit(1718000000.123:4101): argc=3 a0="wget" a1="-O" a2=2F746D702F61206269742E7368',
        'type=CWD msg=audit(1718000000.123:4101): cwd="/root"',
        'type=PATH msg=audit(1718000000.123:4101): item=0 name="/usr/bin/wget" inode=1201 dev=fd:00 mode=0100755 ouid=0 ogid=0 rdev=00:00 nametype=NORMAL',
        'type=PROCTITLE msg=audit(1718000000.123:4101): proctitle=77676574002D4F002F746D702F61206269742E7368',
      ],
      expect: {
        time: '2024-06-10T06:13:20.123000Z',
        'event.action': 'executed',
        'event.category': ['process'],
        'event.outcome': 'success',
        'process.executable': '/usr/bin/wget',
        'process.command_line': 'wget -O /tmp/a bit.sh',
        'process.args': ['wget', '-O', '/tmp/a bit.sh'],
        'process.working_directory': '/root',
        'process.pid': 2202,
        'process.parent.pid': 2201,
        'user.id': '0',
        'session.id': '7',
        'file.path': '/usr/bin/wget',
      },
    },
    {
      lines: [
        'node=web01.example.com type=USER_LOGIN msg=audit(1718000100.050:4203): pid=3100 uid=0 auid=4294967295 ses=4294967295 msg=\'op=login acct="deploy" exe="/usr/sbin/sshd" hostname=? addr=198.51.100.23 terminal=ssh res=failed\'',
      ],
      expect: {
        time: '2024-06-10T06:15:00.050000Z',
        'event.action': 'logged-in',
        'event.category': ['authentication'],
        'event.outcome': 'failure',
        'user.name': 'deploy',
        'source.ip': '198.51.100.23',
        'host.name': 'web01.example.com',
        'process.name': 'sshd',
      },
    },
    {
      lines: [
        'type=SYSCALL msg=audit(1718000200.000:4301): arch=c00000b7 syscall=203 success=no exit=-115 a0=5 a1=ffffe2a41b10 a2=10 a3=0 items=0 ppid=1 pid=4000 auid=4294967295 uid=33 gid=33 euid=33 suid=33 fsuid=33 egid=33 sgid=33 fsgid=33 tty=(none) ses=4294967295 comm="php" exe="/usr/bin/php8.2" key=(null)\u001dARCH=aarch64 SYSCALL=connect AUID="unset" UID="www-data"',
        'type=SOCKADDR msg=audit(1718000200.000:4301): saddr=0200115CCB0071090000000000000000',
        'type=EOE msg=audit(1718000200.000:4301): ',
      ],
      expect: {
        'event.action': 'connected-to',
        'event.outcome': 'failure',
        'destination.ip': '203.0.113.9',
        'destination.port': 4444,
        'user.name': 'www-data',
        'process.name': 'php',
      },
    },
  ],
};
