import { describe, expect, test } from 'vitest';
import { type Event, isSkip } from '../../../src/events/event.ts';
import { createClock } from '../../../src/logs/clock.ts';
import { format, readAuditLine } from '../../../src/logs/formats/auditd.ts';
import { decodeSocketAddress, decodeText } from '../../../src/logs/formats/auditd-decode.ts';
import { readRecord } from '../../../src/logs/formats/auditd-record.ts';
import { syscallName } from '../../../src/logs/formats/auditd-syscalls.ts';
import { joinRecords } from './join-records.ts';

const clock = createClock({ zone: 'UTC', firstYear: 2024 });
const ID = 'audit(1718000000.123:77)';
const hex = (text: string): string => Buffer.from(text).toString('hex').toUpperCase();
const record = (type: string, body: string): string => `type=${type} msg=${ID}: ${body}`;

function parse(...lines: string[]): Event {
  const parsed = format.group?.parse(lines, clock);
  if (parsed === undefined || isSkip(parsed)) throw new Error(parsed?.skip ?? 'no group');
  return parsed;
}

const SYSCALL =
  'arch=c000003e syscall=257 success=yes exit=3 a0=ffffff9c a1=7ffc a2=241 a3=1b6 items=2 ppid=10 pid=11 auid=1000 uid=0 gid=0 euid=0 tty=pts0 ses=3 comm="tee" exe="/usr/bin/tee" key="watch"';

describe('readRecord', () => {
  test.each([
    [`type=SYSCALL msg=${ID}: a0=1`, { type: 'SYSCALL', node: undefined }],
    [`node=db.example.com type=PATH msg=${ID}: item=0`, { type: 'PATH', node: 'db.example.com' }],
    [`type=UNKNOWN[1323] msg=${ID}: fd=6`, { type: 'MMAP' }],
    [`type=UNKNOWN[9999] msg=${ID}: fd=6`, { type: 'UNKNOWN[9999]' }],
    [
      `Jun 10 06:13:20 web01 kernel: [ 12.5] audit: type=1400 ${ID}: apparmor="DENIED"`,
      { type: 'AVC', node: 'web01' },
    ],
    [
      `<13>2024-06-10T06:13:20.123456+00:00 web02 audispd: type=USER_CMD msg=${ID}: pid=1`,
      { type: 'USER_CMD', node: 'web02' },
    ],
    [
      `[   12.345678] audit: type=1702 ${ID}: op=linkat ppid=1`,
      { type: 'ANOM_LINK', node: undefined },
    ],
    [
      `Jun 10 06:13:20 relay audisp-syslog[7]: node=web03 type=SYSCALL msg=${ID}: a0=1`,
      { type: 'SYSCALL', node: 'web03' },
    ],
  ])('%s', (line, want) => {
    expect(readRecord(line)).toMatchObject({
      timeUs: 1_718_000_000_123_000,
      id: '1718000000.123:77',
      ...want,
    });
  });

  test.each([
    'type=SYSCALL msg=audit(1718000000): no fraction',
    'type= msg=audit(1718000000.1:1): no type',
    'type=SYSCALL msg=audit(): empty',
    'msg=audit(1718000000.1:1): no type key',
    'Jun 10 06:13:20 web01 sshd[1]: Accepted password for audit from 192.0.2.1',
    `Jun 10 06:13:20 web01 sshd[1]: Invalid user type=USER_AUTH msg=${ID}: res=success from 192.0.2.1`,
    `192.0.2.1 - - [10/Jun/2024:06:13:20 +0000] "GET / HTTP/1.1" 200 1 "-" " type=SYSCALL msg=${ID}: a=b"`,
    `{"message":"type=SYSCALL msg=${ID}: a=b"}`,
    '',
  ])('is none: %s', (line) => {
    expect(readRecord(line)).toBeUndefined();
  });

  test.each([
    ['a="b c" d=e', { a: 'b c', d: 'e' }],
    ['key=(null)\u001dARCH=x86_64 SYSCALL=execve AUID="lena"', { key: '(null)', AUID: 'lena' }],
    ['key=(null)ARCH=x86_64 SYSCALL=execve', { key: '(null)', ARCH: 'x86_64', SYSCALL: 'execve' }],
    ['ses=4294967295AUID="unset" UID="root"', { ses: '4294967295', AUID: 'unset', UID: 'root' }],
    [
      'msg=\'op=login acct="lena" res=failed\'UID="root"',
      { acct: 'lena', res: 'failed', UID: 'root' },
    ],
    ['msg=\'op=login acct="lena" res=failed', { acct: 'lena', res: 'failed' }],
    [
      'saddr=1000SADDR={ fam=netlink nlnk-pid=0 } x=1',
      { SADDR: '{ fam=netlink nlnk-pid=0 }', x: '1' },
    ],
    [
      'avc:  denied  { read write } for  pid=7',
      { seresult: 'denied', seperms: 'read write', pid: '7' },
    ],
    ['user pid=7 old auid=5 new auid=6', { pid: '7', 'old-auid': '5', 'new-auid': '6' }],
    ['subj==unconfined key="a"', { subj: '=unconfined', key: 'a' }],
    ['name="unclosed and long', { name: 'unclosed and long' }],
    [`name=${hex('/tmp/a b')} inode=1234`, { name: '/tmp/a b', inode: '1234' }],
    [`proctitle=${hex('sh\0-c\0id')}`, { proctitle: 'sh -c id' }],
    ['uid=abba unit=cafe', { uid: 'abba', unit: 'cafe' }],
    ['__proto__=x constructor=y', { constructor: 'y' }],
  ])('fields of %s', (body, want) => {
    const fields = readRecord(record('X', body))?.fields ?? new Map();
    for (const [key, value] of Object.entries(want)) expect(fields.get(key), key).toBe(value);
  });

  test('keys of objects are only keys', () => {
    const event = parse(record('X', '__proto__=x constructor=y'));
    expect(Object.keys(event.raw ?? {})).toEqual(
      expect.arrayContaining(['__proto__', 'constructor']),
    );
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });

  test('time grows with the line, not with its square', () => {
    const before = process.cpuUsage();
    for (const text of ["msg='", 'node=', 'type=', 'a=b=', '{ ', 'old ', '"', 'a='])
      readRecord(record('X', text.repeat(300_000)));
    readRecord(`${'node='.repeat(300_000)} audit(`);
    readRecord(`${'type=A '.repeat(300_000)} audit(`);
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1000).toBeLessThan(4000);
  });
});

test.each([
  ['61', 'a'],
  ['2F62696E2F7368', '/bin/sh'],
  ['C3A9', 'é'],
  ['xyz', 'xyz'],
  ['616', '616'],
  ['', ''],
])('decodeText(%s)', (value, want) => {
  expect(decodeText(value)).toBe(want);
});

test.each([
  ['0200115CCB0071090000000000000000', { family: 'inet', address: '203.0.113.9', port: 4444 }],
  [
    '0A000050000000002001 0DB8000000000000000000000001 00000000'.replaceAll(' ', ''),
    { family: 'inet6', address: '2001:db8::1', port: 80 },
  ],
  [
    `0A00005000000000${'0'.repeat(20)}FFFFC000020100000000`,
    { family: 'inet6', address: '192.0.2.1', port: 80 },
  ],
  [`0A00005000000000${'0'.repeat(32)}00000000`, { family: 'inet6', address: '::', port: 80 }],
  [`0100${hex('/run/x.sock')}0000`, { family: 'unix', path: '/run/x.sock' }],
  [`010000${hex('abstract')}00`, { family: 'unix', path: '@abstract' }],
  ['100000000000000000000000', { family: 'netlink' }],
  ['0200', { family: 'other' }],
  ['zz', undefined],
])('decodeSocketAddress(%s)', (saddr, want) => {
  expect(decodeSocketAddress(saddr)).toEqual(want);
});

test.each([
  ['c000003e', '59', 'execve'],
  ['c000003e', '257', 'openat'],
  ['40000003', '11', 'execve'],
  ['c00000b7', '221', 'execve'],
  ['c000003e', '425', 'io_uring_setup'],
  ['x86_64', 'execve', 'execve'],
  ['c000003e', '9999', undefined],
  ['deadbeef', '59', undefined],
  [undefined, '59', undefined],
])('syscallName(%s, %s)', (arch, call, want) => {
  expect(syscallName(arch, call)).toBe(want);
});

describe('events', () => {
  test('a long argument in pieces over two records', () => {
    const script = hex('echo "größe" > /tmp/x');
    const event = parse(
      record('SYSCALL', SYSCALL.replace('syscall=257', 'syscall=59')),
      record(
        'EXECVE',
        `argc=3 a0="sh" a1="-c" a2_len=${script.length} a2[0]=${script.slice(0, 21)}`,
      ),
      record('EXECVE', `a2[1]=${script.slice(21)}`),
    );
    expect(event['process.args']).toEqual(['sh', '-c', 'echo "größe" > /tmp/x']);
    expect(event['process.command_line']).toBe('sh -c echo "größe" > /tmp/x');
    expect(event.raw).toMatchObject({ a0: ['sh', 'ffffff9c'], a1: ['-c', '7ffc'], argc: '3' });
  });

  test('the title stands in for a missing command line', () => {
    const event = parse(
      record('SYSCALL', SYSCALL.replace('syscall=257', 'syscall=59')),
      record('PROCTITLE', `proctitle=${hex('nc\0-l\x004444')}`),
    );
    expect(event['process.command_line']).toBe('nc -l 4444');
  });

  test.each([
    ['/etc/cron.d', 'job', 'CREATE', '/etc/cron.d/job', 'creation'],
    ['/etc', 'cron.d/job', 'NORMAL', '/etc/cron.d/job', 'change'],
    ['/root', '/etc/passwd', 'NORMAL', '/etc/passwd', 'change'],
    ['/root', '../etc/shadow', 'NORMAL', '/etc/shadow', 'change'],
  ])('file in %s named %s (%s)', (cwd, name, kind, path, type) => {
    const event = parse(
      record('SYSCALL', SYSCALL),
      record('CWD', `cwd="${cwd}"`),
      record('PATH', `item=0 name="${cwd}" mode=040755 nametype=PARENT`),
      record('PATH', `item=1 name="${name}" mode=0100640 ouid=0 nametype=${kind}\u001dOUID="root"`),
    );
    expect(event).toMatchObject({
      'event.action': 'opened-file',
      'event.category': ['file'],
      'event.type': [type],
      'file.path': path,
      'file.mode': '0640',
      'file.owner': 'root',
    });
  });

  test('a path relative to an open folder is left as it is', () => {
    const event = parse(
      record('SYSCALL', SYSCALL.replace('a0=ffffff9c', 'a0=5')),
      record('CWD', 'cwd="/root"'),
      record('PATH', 'item=0 name="authorized_keys" nametype=NORMAL'),
    );
    expect(event['file.path']).toBe('authorized_keys');
  });

  test('a reading open changes nothing', () => {
    const event = parse(
      record('SYSCALL', SYSCALL.replace('a2=241', 'a2=80000')),
      record('PATH', 'item=0 name="/etc/shadow" nametype=NORMAL'),
    );
    expect(event['event.type']).toEqual(['info']);
  });

  test.each([
    ['43', 'source.ip', 'source.port', 'ingress'],
    ['42', 'destination.ip', 'destination.port', 'egress'],
  ] as const)('system call %s', (call, ip, port, direction) => {
    const event = parse(
      record('SYSCALL', SYSCALL.replace('syscall=257', `syscall=${call}`)),
      record('SOCKADDR', 'saddr=0200115CCB0071090000000000000000'),
    );
    expect(event).toMatchObject({
      [ip]: '203.0.113.9',
      [port]: 4444,
      'network.direction': direction,
    });
  });

  test('several keys of a rule', () => {
    const event = parse(
      record('SYSCALL', SYSCALL.replace('key="watch"', `key=${hex('exec\u0001root')}`)),
    );
    expect(event.raw?.['key']).toEqual(['exec', 'root']);
  });

  const MESSAGE = 'pid=9 uid=0 auid=1001 ses=5';
  test.each([
    [
      'USER_AUTH',
      'op=PAM:authentication acct="root" exe="/usr/bin/su" hostname=? addr=? terminal=pts/0 res=failed',
      {
        'event.outcome': 'failure',
        'user.name': 'root',
        'user.id': '1001',
        'user.effective.name': 'root',
        'process.name': 'su',
        'source.ip': undefined,
      },
    ],
    [
      'ADD_USER',
      'op=add-user acct="mallory" exe="/usr/sbin/useradd" hostname=h.example.com addr=? res=success',
      { 'event.category': ['iam'], 'user.target.name': 'mallory', 'user.id': '1001' },
    ],
    [
      'DEL_GROUP',
      'op=del-group grp="staff" id=50 exe="/usr/sbin/groupdel" res=success',
      { 'group.name': 'staff', 'group.id': '50', 'user.target.name': undefined },
    ],
    [
      'USER_CMD',
      `cwd="/srv" cmd=${hex('cat /etc/shadow')} exe="/usr/bin/sudo" terminal=pts/1 res=success`,
      {
        'event.action': 'ran-command',
        'process.command_line': 'cat /etc/shadow',
        'process.args': ['cat', '/etc/shadow'],
        'process.working_directory': '/srv',
        'user.id': '0',
      },
    ],
    [
      'USER_LOGIN',
      'op=login acct=28756E6B6E6F776E2075736572290A exe="/usr/sbin/sshd" hostname=198.51.100.9 addr=? res=failed',
      { 'user.name': '(unknown user)\n', 'source.ip': '198.51.100.9' },
    ],
    [
      'SERVICE_STOP',
      'unit=rsyslog comm="systemd" exe="/usr/lib/systemd/systemd" hostname=? addr=? res=success',
      { 'event.action': 'stopped-service', 'service.name': 'rsyslog', 'event.type': ['stop'] },
    ],
  ])('%s', (type, message, want) => {
    const line = record(type, `${MESSAGE} msg='${message}'`);
    expect(format.group?.key(line)).toBeUndefined();
    expect(parse(line)).toMatchObject(want);
  });

  test('unset users are absent', () => {
    const event = parse(
      record(
        'SYSCALL',
        SYSCALL.replace('auid=1000', 'auid=4294967295').replace('ses=3', 'ses=4294967295'),
      ),
    );
    expect(event['session.id']).toBeUndefined();
    expect(event['user.id']).toBe('0');
  });

  test('names that auditd looked up', () => {
    const event = parse(
      record(
        'SYSCALL',
        `${SYSCALL}\u001dARCH=x86_64 SYSCALL=openat AUID="lena" UID="root" EUID="root"`,
      ),
    );
    expect(event).toMatchObject({ 'user.name': 'root', 'user.effective.name': 'root' });
    expect(event.raw).toMatchObject({ AUID: 'lena', SYSCALL: 'openat' });
  });
});

describe('joining', () => {
  const at = (serial: number, type: string, body = 'x=1'): string =>
    `type=${type} msg=audit(1718000000.000:${serial}): ${body}`;

  test('interleaved events, and a record that is an event', () => {
    const { events, skips } = joinRecords(format, [
      at(1, 'SYSCALL', SYSCALL),
      at(2, 'SYSCALL', SYSCALL),
      at(1, 'CWD', 'cwd="/a"'),
      at(3, 'USER_END', "pid=1 msg='op=x res=success'"),
      at(2, 'CWD', 'cwd="/b"'),
      at(1, 'PROCTITLE', 'proctitle="one"'),
      at(2, 'EOE', ''),
    ]);
    expect(skips).toEqual([]);
    expect(events.map((event) => [event['event.id'], event['process.working_directory']])).toEqual([
      ['1718000000.000:3', undefined],
      ['1718000000.000:1', '/a'],
      ['1718000000.000:2', '/b'],
    ]);
  });

  test('a title that comes first does not tear the event', () => {
    const { events } = joinRecords(format, [
      at(1, 'PROCTITLE', 'proctitle="one"'),
      at(1, 'PATH', 'item=0 name="/x"'),
      at(1, 'SYSCALL', SYSCALL),
      at(1, 'EOE', ''),
    ]);
    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({ 'process.title': 'one', 'file.path': '/x' });
  });

  test('an end behind the end is no event', () => {
    const { events, skips, trailers } = joinRecords(format, [
      at(1, 'SYSCALL', SYSCALL),
      at(1, 'PROCTITLE', 'proctitle="one"'),
      at(1, 'EOE', ''),
    ]);
    expect([events.length, skips.length, trailers]).toEqual([1, 0, 1]);
  });

  test('the same serial on two machines is two events', () => {
    const { events } = joinRecords(format, [
      `node=a.example.com ${at(1, 'SYSCALL', SYSCALL)}`,
      `node=b.example.com ${at(1, 'SYSCALL', SYSCALL)}`,
    ]);
    expect(events.map((event) => event['host.name'])).toEqual(['a.example.com', 'b.example.com']);
  });
});

test('records in syslog', () => {
  const event = readAuditLine(
    `Jun 10 06:13:20 web01 kernel: audit: type=1400 ${ID}: apparmor="DENIED" operation="open" profile="nginx" name="/etc/shadow" pid=3 comm="nginx"`,
  );
  expect(event).toMatchObject({
    'event.action': 'violated-apparmor-policy',
    'host.name': 'web01',
    'process.name': 'nginx',
    'process.pid': 3,
    'event.outcome': 'failure',
    'file.path': '/etc/shadow',
    'file.name': 'shadow',
  });
  expect(readAuditLine('Jun 10 06:13:20 web01 kernel: usb 1-1: new device')).toBeUndefined();
});
