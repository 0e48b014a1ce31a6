/** What programs and the kernel print, as their documentation has it and as real runs gave it. */
import { describe, expect, it } from 'vitest';
import { readGroups, readPasswd, readShadow } from '../../src/host/parse/account-files.ts';
import { readAideReport } from '../../src/host/parse/aide-report.ts';
import {
  keyFileOf,
  keyFilePatterns,
  readAuthorizedKeys,
} from '../../src/host/parse/authorized-keys.ts';
import { readManifest, writeManifest } from '../../src/host/parse/backup-manifest.ts';
import { readDebsums } from '../../src/host/parse/debsums-output.ts';
import { readDpkgVerify } from '../../src/host/parse/dpkg-verify.ts';
import { readProcNet } from '../../src/host/parse/proc-net.ts';
import { readRpmVerify } from '../../src/host/parse/rpm-verify.ts';
import { readSs } from '../../src/host/parse/ss-output.ts';
import { socketKey } from '../../src/host/socket.ts';

const row = (path: string, change: string, isConfiguration = false) => ({
  ...{ path, change, isConfiguration },
});
const rows = (files: readonly { path: string; change: string; isConfiguration: boolean }[]) =>
  files.map(({ path, change, isConfiguration }) => row(path, change, isConfiguration));

describe('dpkg --verify', () => {
  it.each([
    ['??5??????   /usr/bin/hello-t', row('/usr/bin/hello-t', 'content')],
    ['??5?????? c /etc/hello-t.conf', row('/etc/hello-t.conf', 'content', true)],
    ['missing     /usr/bin/hello-t', row('/usr/bin/hello-t', 'missing')],
    ['missing   c /etc/sudoers.d/README', row('/etc/sudoers.d/README', 'missing', true)],
    ['missing     /etc/x (Permission denied)', row('/etc/x', 'unreadable')],
    ['??5??????   /usr/share/a file (1).txt', row('/usr/share/a file (1).txt', 'content')],
    ['.M.......   /usr/bin/passwd', row('/usr/bin/passwd', 'attributes')],
  ])('%s', (line, expected) => {
    const { files, unknown } = readDpkgVerify(`${line}\n`);
    expect(unknown).toEqual([]);
    expect(rows(files)).toEqual([expected]);
  });

  it('hands back what is no line of it', () => {
    const noise = 'dpkg: error: cannot read\n??5??????   relative/path\n\u001b[31m??5??????   /x';
    expect(readDpkgVerify(noise)).toMatchObject({ files: [], unknown: noise.split('\n') });
  });
});

describe('rpm --verify --all', () => {
  it.each([
    ['S.5....T.    /usr/bin/hello-r', row('/usr/bin/hello-r', 'content')],
    ['.M.......  c /etc/hello-r.conf', row('/etc/hello-r.conf', 'attributes', true)],
    ['missing     /usr/bin/hello-r', row('/usr/bin/hello-r', 'missing')],
    ['missing   c /etc/a.conf', row('/etc/a.conf', 'missing', true)],
    ['.......T.    /etc/motd', row('/etc/motd', 'times')],
    ['..?......  g /var/log/wtmp', row('/var/log/wtmp', 'unreadable')],
    ['.....UG..    /usr/bin/wall', row('/usr/bin/wall', 'attributes')],
    ['........P    /usr/bin/ping', row('/usr/bin/ping', 'attributes')],
    ['S.5....T     /old/eight', row('/old/eight', 'content')],
    ['missing     /root/x (Permission denied)', row('/root/x', 'unreadable')],
  ])('%s', (line, expected) => {
    const { files, unknown } = readRpmVerify(`${line}\n`);
    expect(unknown).toEqual([]);
    expect(rows(files)).toEqual([expected]);
  });

  it('hands back what is no file', () => {
    const line = 'Unsatisfied dependencies for foo-1-1.x86_64:';
    expect(readRpmVerify(line)).toMatchObject({ files: [], unknown: [line] });
  });
});

describe('debsums --all', () => {
  it('reads results and what is said on standard error', () => {
    const stdout = [
      '/bin/dash                                                                     OK',
      '/usr/bin/a file OK                                                          FAILED',
      '/usr/share/x                                                              REPLACED',
    ].join('\n');
    const stderr = [
      'debsums: changed file /usr/sbin/cron (from cron package)',
      'debsums: missing file /usr/bin/gone (from libx:amd64 package)',
      'debsums: no md5sums for local-tool',
      'debsums: package nonexist is not installed',
    ].join('\n');
    expect(readDebsums(stdout, stderr)).toEqual({
      changed: ['/usr/bin/a file OK', '/usr/share/x', '/usr/sbin/cron'],
      missing: ['/usr/bin/gone'],
      right: 1,
      withoutSums: ['local-tool'],
      unknown: ['debsums: package nonexist is not installed'],
    });
  });
});

const RULE = '-'.repeat(51);
const REPORT = `Start timestamp: 2026-11-30 11:33:12 +0000 (AIDE 0.18.3)
AIDE found differences between database and filesystem!!

Summary:
  Total number of entries:	5
  Added entries:		2
  Removed entries:		1
  Changed entries:		2

${RULE}
Added entries:
${RULE}

f+++++++++++++++++: /srv/w/esc\\033[31m
f+++++++++++++++++: /srv/w/new\\012line

${RULE}
Removed entries:
${RULE}

f-----------------: /srv/w/gone

${RULE}
Changed entries:
${RULE}

f > ... ..  H     : /srv/w/a
f = p.. ..  .     : /srv/w/pl ain
d = ... mc  . .   : /srv/w

${RULE}
Detailed information about changes:
${RULE}

File: /srv/w/a
 Size      : 2                                | 4
`;

describe('aide --check', () => {
  it('reads the lists of a report of 0.18', () => {
    const { files, unknown, isWhole } = readAideReport(REPORT);
    expect(isWhole).toBe(true);
    expect(unknown).toEqual([]);
    expect(rows(files)).toEqual([
      row('/srv/w/esc\\033[31m', 'added'),
      row('/srv/w/new\\012line', 'added'),
      row('/srv/w/gone', 'missing'),
      row('/srv/w/a', 'content'),
      row('/srv/w/pl ain', 'attributes'),
      row('/srv/w', 'times'),
    ]);
  });

  it('reads those of older versions', () => {
    const text = `AIDE found differences between database and filesystem!!\n\nAdded files:\n${RULE}\nadded: /etc/new\n\nChanged files:\n${RULE}\nchanged: /etc/passwd\n`;
    expect(rows(readAideReport(text).files)).toEqual([
      row('/etc/new', 'added'),
      row('/etc/passwd', 'content'),
    ]);
  });

  it.each([
    ['AIDE found NO differences between database and filesystem. Looks okay!!', true],
    ['### All files match AIDE database. Looks okay!', true],
    ['ERROR: cannot open database', false],
    ['', false],
  ])('"%s" is whole: %s', (text, isWhole) => {
    expect(readAideReport(text)).toMatchObject({ files: [], isWhole });
  });
});

describe('ss', () => {
  const socketsOf = (line: string) =>
    readSs(`${line}\n`).sockets.map((one) => [socketKey(one), one.isListening, one.peer, one.pids]);

  it.each([
    [
      'tcp LISTEN 0 128 0.0.0.0:22 0.0.0.0:* users:(("sshd",pid=812,fd=3))',
      ['tcp 0.0.0.0:22', true, '0.0.0.0', [812]],
    ],
    ['tcp   LISTEN 0      4096   [::1]:631     [::]:*', ['tcp [::1]:631', true, '::', []]],
    [
      'tcp LISTEN 0 511 *:80 *:* users:(("nginx",pid=7,fd=6),("nginx",pid=8,fd=6))',
      ['tcp [::]:80', true, '::', [7, 8]],
    ],
    [
      'udp UNCONN 0 0 127.0.0.53%lo:53 0.0.0.0:* users:(("systemd-resolve",pid=3,fd=12))',
      ['udp 127.0.0.53:53', true, '0.0.0.0', [3]],
    ],
    [
      'tcp ESTAB 0 36 192.0.2.5:22 203.0.113.9:50222 users:(("sshd",pid=99,fd=4))',
      ['tcp 192.0.2.5:22', false, '203.0.113.9', [99]],
    ],
    [
      'tcp ESTAB 0 0 [fe80::1%eth0]:22 [fe80::2%eth0]:5',
      ['tcp [fe80::1]:22', false, 'fe80::2', []],
    ],
    [
      'tcp ESTAB 0 0 [::ffff:192.0.2.5]:22 [::ffff:203.0.113.9]:5',
      ['tcp 192.0.2.5:22', false, '203.0.113.9', []],
    ],
  ])('%s', (line, expected) => {
    expect(socketsOf(line)).toEqual([expected]);
  });

  it('takes no number out of a name that pretends to be an owner', () => {
    const forged = 'tcp LISTEN 0 1 0.0.0.0:99 0.0.0.0:* users:(("x",pid=1,fd=3)",pid=666,fd=5))';
    expect(socketsOf(forged)[0]?.[3]).toEqual([666]);
  });

  it('hands back what is no socket', () => {
    expect(readSs('Netid State\nnonsense').unknown).toHaveLength(2);
  });
});

describe('/proc/net', () => {
  const text = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:0CEA 00000000:0000 0A 00000000:00000000 00:00000000 00000000   104        0 20111 1 0000000080b16977 100 0 0 10 0
   1: 050200C0:0016 097100CB:C42E 01 00000024:00000000 01:00000014 00000000     0        0 30222 4 0000000000000000 20 4 31 10 -1
`;
  const text6 = `  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000000000000000000000000000:0016 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 111 1 0 100 0 0 10 0
   1: 0000000000000000FFFF0000050200C0:01BB 0000000000000000FFFF0000097100CB:D431 01 00000000:00000000 00:00000000 00000000     0        0 112 1 0 100 0 0 10 0
   2: B80D0120000000000000000001000000:0050 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 113 1 0 100 0 0 10 0
`;

  it('has addresses in the byte order of the machine', () => {
    const found = [...readProcNet(text, 'tcp'), ...readProcNet(text6, 'tcp')];
    expect(found.map((one) => [socketKey(one), one.isListening, one.peer, one.inode])).toEqual([
      ['tcp 127.0.0.1:3306', true, '0.0.0.0', '20111'],
      ['tcp 192.0.2.5:22', false, '203.0.113.9', '30222'],
      ['tcp [::]:22', true, '::', '111'],
      ['tcp 192.0.2.5:443', false, '203.0.113.9', '112'],
      ['tcp [2001:db8::1]:80', true, '::', '113'],
    ]);
  });
});

describe('accounts', () => {
  it('are what has the form', () => {
    const text =
      'root:x:0:0:root:/root:/bin/bash\n# comment\n+::::::\nbad:x:zero:0::/:/bin/sh\neve:x:0:1001::/home/eve:/bin/sh\n';
    expect(readPasswd(text).map(({ name, uid }) => [name, uid])).toEqual([
      ['root', 0],
      ['eve', 0],
    ]);
    const shadow = readShadow(
      'root:*:19000:0:99999:7:::\neve::20787::::::\nbob:$6$x$y:20787:::::\nold:!::::::\n',
    );
    expect([...shadow].map(([name, { state, changedMs }]) => [name, state, changedMs])).toEqual([
      ['root', 'locked', 19000 * 86_400_000],
      ['eve', 'empty', 20787 * 86_400_000],
      ['bob', 'set', 20787 * 86_400_000],
      ['old', 'locked', undefined],
    ]);
    expect([...readGroups('sudo:x:27:eve,bob\nusers:x:100:\n')]).toEqual([
      ['sudo', ['eve', 'bob']],
      ['users', []],
    ]);
  });
});

const BLOB = 'AAAAC3NzaC1lZDI1NTE5AAAAIJ8w5PLlMuIPpj2dvOoLpq4Fh2Vc0e6lX7h6W0uVYf0B';

describe('authorized keys', () => {
  it('are read with and without options', () => {
    const text = `# ssh-ed25519 ${BLOB} no\nssh-ed25519 ${BLOB} alice@example.com\n\nfrom="192.0.2.1",command="echo ssh-rsa" ssh-ed25519 ${BLOB}\nnot a key\n`;
    const keys = readAuthorizedKeys(text);
    expect(keys.map(({ line, options, comment }) => [line, options, comment])).toEqual([
      [2, '', 'alice@example.com'],
      [4, 'from="192.0.2.1",command="echo ssh-rsa"', ''],
    ]);
    expect(keys[0]?.fingerprint).toMatch(/^SHA256:[A-Za-z0-9+/]{43}$/);
  });

  it('lie where sshd looks for them', () => {
    const account = { name: 'eve', uid: 1001, gid: 1001, home: '/home/eve', shell: '/bin/sh' };
    const patterns = keyFilePatterns([
      '#AuthorizedKeysFile no\nAuthorizedKeysFile .ssh/k /etc/ssh/keys/%u-%U%%\n',
      'AuthorizedKeysFile none\n',
    ]);
    expect(patterns.map((pattern) => keyFileOf(pattern, account))).toEqual([
      '/home/eve/.ssh/authorized_keys',
      '/home/eve/.ssh/authorized_keys2',
      '/home/eve/.ssh/k',
      '/etc/ssh/keys/eve-1001%',
    ]);
  });
});

describe('backup manifests', () => {
  const manifest = {
    path: '/backup/we\nird',
    recordedAt: '2026-03-01T12:00:00.000Z',
    newestAt: undefined,
    offlineCopy: 'safe "3"',
    sums: new Map([
      ['plain', 'a'.repeat(64)],
      ['line\nbreak\\ and *', 'b'.repeat(64)],
      ['# comment?', 'c'.repeat(64)],
    ]),
  };

  it('are read as they were written', () => {
    expect(readManifest(writeManifest(manifest))).toEqual({ manifest, unseen: [] });
  });

  it('may come from sha256sum, and name lines that are none', () => {
    const { manifest: read, unseen } = readManifest(`${'D'.repeat(64)} *a.tar\nrubbish\n`);
    expect([...read.sums]).toEqual([['a.tar', 'd'.repeat(64)]]);
    expect(unseen).toEqual([{ what: 'line 2 of the manifest', why: 'it is no checksum' }]);
  });
});
