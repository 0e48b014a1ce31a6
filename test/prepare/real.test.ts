/** What is offered, run by the programs that it is for: `ir` reads every line that they write, and no secret stands in it. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { filesOf, readTopics } from '../../src/prepare/topic.ts';
import { isThere } from '../needs.ts';
import { runIr } from '../program.ts';
import { DJANGO, DJANGO_RUN, SECRET } from './django-project.ts';
import { answers, ended, freePort, until } from './servers.ts';

const folder = mkdtempSync(join(tmpdir(), 'ir-prepare-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const topics = new Map(readTopics().map((topic) => [topic.id, topic]));

/** A new folder of that name with the files of a topic in it. */
function given(id: string, values: Record<string, string> = {}, name = id): string {
  const into = join(folder, name);
  mkdirSync(into);
  for (const { file, text } of filesOf(topics.get(id)!, values))
    writeFileSync(join(into, file), text);
  return into;
}

function ran(
  cwd: string,
  program: string,
  args: string[],
  env: Record<string, string> = {},
): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    cwd,
    env: { PATH: process.env['PATH'], HOME: cwd, ...env },
    encoding: 'utf8',
    timeout: 60_000,
  });
  expect([error?.message, status, status === 0 ? '' : stderr]).toEqual([undefined, 0, '']);
  return stdout;
}

interface Seen {
  '@timestamp'?: string;
  event: { action?: string; outcome?: string; original?: string };
  user?: { name?: string };
  source?: { ip?: string };
  log: { file: { path: string } };
  error?: { type?: string; stack_trace?: string };
}

/** The events that `ir` reads; as many as there are lines, each with its time, and none with a secret. */
async function seenIn(cwd: string, file: string): Promise<Seen[]> {
  const text = readFileSync(join(cwd, file), 'utf8');
  expect(text).not.toContain(SECRET);
  const { stdout, stderr } = await runIr(['grep', '.', file, '--format', 'jsonl'], { cwd });
  const events = stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Seen);
  expect(events, stderr).toHaveLength(text.trimEnd().split('\n').length);
  for (const event of events) expect(event['@timestamp']).toMatch(/^20\d\d-/);
  return events;
}
const told = (events: readonly Seen[]) =>
  events.map(({ event, user, source }) => [event.action, event.outcome, user?.name, source?.ip]);

/** Where a program is; undefined where it is not. */
const where = (program: string): string | undefined =>
  [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin']
    .map((place) => join(place, program))
    .find((path) => existsSync(path));
const knows = (module: string): boolean =>
  spawnSync('python3', ['-c', `import ${module}`], { env: { PATH: process.env['PATH'] } })
    .status === 0;

const LOGIN = `event('login', { outcome: 'failure', user: 'kim', ip: '192.0.2.7', password: '${SECRET}', deep: { token: '${SECRET}' } });
event('password_change', { outcome: 'success', user: 'kim\\n{"user.name":"eve"}', ip: '192.0.2.7' });
logger.error({ err: new Error('boom') }, 'failed');`;
const modules = process.env['IR_TEST_PREPARE'] ?? '';

describe.runIf(
  isThere(
    'winston, pino and Express (IR_TEST_PREPARE names a folder with them)',
    existsSync(join(modules, 'node_modules', 'express')),
  ),
)('Node.js', () => {
  const node = (id: string, script: string): string => {
    const cwd = given(id);
    symlinkSync(join(modules, 'node_modules'), join(cwd, 'node_modules'));
    writeFileSync(join(cwd, 'run.mjs'), script);
    return cwd;
  };

  it.each(['winston', 'pino'])('%s', async (id) => {
    const cwd = node(id, `import { event, logger } from './logger.mjs';\n${LOGIN}`);
    const stdout = ran(cwd, process.execPath, ['run.mjs'], { LOG_FILE: 'app.log' });
    if (id === 'pino') writeFileSync(join(cwd, 'app.log'), stdout);
    expect(told(await seenIn(cwd, 'app.log')).slice(0, 2)).toEqual([
      ['login', 'failure', 'kim', '192.0.2.7'],
      ['password_change', 'success', 'kim\n{"user.name":"eve"}', '192.0.2.7'],
    ]);
  });

  it('Express', async () => {
    const cwd = node(
      'express',
      `import express from 'express';
import { behindProxies, loginLog, requestLog } from './request-log.mjs';
const app = express();
behindProxies(app, '127.0.0.1');
app.use(requestLog());
app.post('/login', express.json(), loginLog(), (req, res) => res.sendStatus(req.body.password === '${SECRET}' ? 200 : 401));
const server = app.listen(0, '127.0.0.1', async () => {
  for (const password of ['wrong', '${SECRET}'])
    await fetch(\`http://127.0.0.1:\${server.address().port}/login?token=${SECRET}\`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-forwarded-for': '192.0.2.7', authorization: 'Bearer ${SECRET}' },
      body: JSON.stringify({ username: 'kim', password }),
    });
  server.close();
  server.closeAllConnections();
});`,
    );
    ran(cwd, process.execPath, ['run.mjs'], { LOG_FILE: 'requests.log' });
    const events = told(await seenIn(cwd, 'requests.log'));
    expect(events.filter(([action]) => action === 'login')).toEqual([
      ['login', 'failure', 'kim', '192.0.2.7'],
      ['login', 'success', 'kim', '192.0.2.7'],
    ]);
    expect(events.map(([, outcome, , ip]) => [outcome, ip])).toEqual(
      ['failure', 'failure', 'success', 'success'].map((outcome) => [outcome, '192.0.2.7']),
    );
  });
});

describe.runIf(isThere('python3', where('python3') !== undefined))('Python', () => {
  it('logging', async () => {
    const cwd = given('python');
    writeFileSync(
      join(cwd, 'run.py'),
      `import ir_logging as log, logging
log.configure("app.log")
log.event("login", outcome="failure", user="kim", ip="192.0.2.7", password="${SECRET}", deep={"token": "${SECRET}"})
log.event("permission_change", outcome="success", user='kim\\n{"a":1}', ip="192.0.2.7")
try:
    1 / 0
except Exception:
    logging.exception("failed with token=${SECRET}")
`,
    );
    ran(cwd, 'python3', ['run.py']);
    const events = await seenIn(cwd, 'app.log');
    expect(told(events).slice(0, 2)).toEqual([
      ['login', 'failure', 'kim', '192.0.2.7'],
      ['permission_change', 'success', 'kim\n{"a":1}', '192.0.2.7'],
    ]);
    expect(events[2]?.error?.type).toBe('ZeroDivisionError');
  });
});

describe.runIf(isThere('Django', knows('django')))('Django', () => {
  it('logins, failed logins, logouts and refused hosts', async () => {
    const cwd = given('django');
    writeFileSync(join(cwd, 'app.py'), DJANGO);
    writeFileSync(join(cwd, 'run.py'), DJANGO_RUN);
    ran(cwd, 'python3', ['run.py'], { LOG_FILE: 'app.log' });
    const events = told(await seenIn(cwd, 'app.log'));
    expect(events.filter(([action]) => action !== undefined)).toEqual([
      ['login', 'failure', 'kim', '192.0.2.7'],
      ['login', 'success', 'kim', '192.0.2.7'],
      ['logout', 'success', 'kim', '192.0.2.7'],
    ]);
    expect(events.every(([, , , ip]) => ip === '192.0.2.7')).toBe(true);
  });
});

describe.runIf(isThere('moto', knows('moto')))('Lambda', () => {
  it('publishes one masked message a rule and source to SNS', () => {
    const cwd = given('lambda-sns');
    writeFileSync(
      join(cwd, 'run.py'),
      `import base64, gzip, json, os
from moto import mock_aws
import boto3
with mock_aws():
    sns, sqs = boto3.client("sns"), boto3.client("sqs")
    topic = sns.create_topic(Name="t")["TopicArn"]
    url = sqs.create_queue(QueueName="q")["QueueUrl"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"])
    os.environ["TOPIC_ARN"] = topic
    import alert
    line = lambda level, ip: {"message": json.dumps({"log": {"level": level}, "rule": {"name": "Web shell\\n" + "x" * 200}, "source": {"ip": ip}, "message": "GET /?password=${SECRET}"})}
    data = {"logEvents": [line("critical", "192.0.2.7")] * 3 + [line("low", "192.0.2.7"), line("high", "192.0.2.8"), {"message": "no json"}]}
    print(alert.lambda_handler({"awslogs": {"data": base64.b64encode(gzip.compress(json.dumps(data).encode())).decode()}}))
    print(json.dumps([json.loads(m["Body"]) for m in sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]]))
`,
    );
    const [result, messages = ''] = ran(cwd, 'python3', ['run.py'], {
      AWS_DEFAULT_REGION: 'eu-west-1',
    })
      .trim()
      .split('\n');
    expect(result).toBe("{'published': 2}");
    expect(messages).not.toContain(SECRET);
    const bodies = JSON.parse(messages) as { Subject: string; Message: string }[];
    expect(
      bodies.map(({ Subject, Message }) => [
        Subject.slice(0, 21),
        Message.split('\n').at(2)?.slice(0, 11),
      ]),
    ).toEqual([
      ['[critical] Web shell ', 'source: 192'],
      ['[high] Web shell xxxx', 'source: 192'],
    ]);
  });
});

const NGINX = where('nginx');
describe.runIf(isThere('nginx', NGINX !== undefined))('nginx', () => {
  it('writes requests by the address behind the proxy, and no query', async () => {
    const cwd = given('nginx', { access_log: join(folder, 'nginx', 'access.log') });
    const port = await freePort();
    const conf = readFileSync(join(cwd, 'ir-log.conf'), 'utf8').replaceAll(
      '/var/log/nginx/',
      `${cwd}/`,
    );
    writeFileSync(
      join(cwd, 'nginx.conf'),
      `daemon off; master_process off; pid ${cwd}/pid; error_log ${cwd}/error.log;
events {}
http { ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${cwd}/${name};`).join(' ')}
${conf}
server { listen 127.0.0.1:${port}; location / { return 200 ok; } location /d { deny all; } } }`,
    );
    const server = spawn(NGINX!, ['-c', join(cwd, 'nginx.conf')], { stdio: 'ignore' });
    await asked(server, port);
    expect(told(await seenIn(cwd, 'access.log')).slice(-2)).toEqual(REQUESTS);
  });
});

const REQUESTS = [
  [undefined, 'success', undefined, '192.0.2.7'],
  [undefined, 'failure', undefined, '192.0.2.7'],
];

/** One request that is answered and one that is refused, with names and values as an attacker writes them. */
async function asked(server: ChildProcess, port: number): Promise<void> {
  try {
    await until(() => answers(port));
    const headers = {
      'x-forwarded-for': '192.0.2.7',
      'user-agent': 'a" \\x0a "b\u00e4',
      authorization: `Bearer ${SECRET}`,
    };
    await fetch(`http://127.0.0.1:${port}/?token=${SECRET}`, { headers });
    await fetch(`http://127.0.0.1:${port}/d/%22%5c%c3%a4%0ax?token=${SECRET}`, { headers });
  } finally {
    await ended(server);
  }
}

const APACHE = where('apache2');
const APACHE_MODULES = join(
  dirname(dirname(APACHE ?? '/usr/sbin/apache2')),
  'lib',
  'apache2',
  'modules',
);
describe.runIf(isThere('Apache', APACHE !== undefined))('Apache', () => {
  it('writes requests by the address behind the proxy, and no query', async () => {
    const cwd = given('apache', { access_log: join(folder, 'apache', 'access.log') });
    const port = await freePort();
    const load = ['mpm_event', 'log_config', 'remoteip', 'unique_id', 'authz_core', 'authz_host']
      .filter((name) => existsSync(`${APACHE_MODULES}/mod_${name}.so`))
      .map((name) => `LoadModule ${name}_module ${APACHE_MODULES}/mod_${name}.so`);
    writeFileSync(join(cwd, 'index.html'), 'ok');
    writeFileSync(
      join(cwd, 'httpd.conf'),
      [
        ...[`ServerRoot ${cwd}`, `PidFile ${cwd}/pid`, `Listen 127.0.0.1:${port}`, 'ServerName x'],
        ...[
          ...load,
          'User nobody',
          'Group nogroup',
          `DocumentRoot ${cwd}`,
          `ErrorLog ${cwd}/error.log`,
        ],
        `<Location /d>\nRequire all denied\n</Location>\n<Location /ok>\nRequire all granted\n</Location>`,
        readFileSync(join(cwd, 'ir-log.conf'), 'utf8'),
      ].join('\n'),
    );
    const server = spawn(APACHE!, ['-X', '-f', join(cwd, 'httpd.conf')], { stdio: 'ignore' });
    await asked(server, port);
    const events = told(await seenIn(cwd, 'access.log')).slice(-2);
    expect(events.map(([, , , ip]) => ip)).toEqual(['192.0.2.7', '192.0.2.7']);
    expect(events.every(([, outcome]) => outcome !== undefined)).toBe(true);
  });
});

const RSYSLOG = where('rsyslogd');
describe.runIf(isThere('rsyslog', RSYSLOG !== undefined && where('logger') !== undefined))(
  'rsyslog',
  () => {
    it('writes a failed login and takes secrets out of messages', async () => {
      const cwd = given('rsyslog', {
        folder: join(folder, 'rsyslog'),
        spool: join(folder, 'rsyslog'),
        server: '127.0.0.1',
      });
      // Without another side: the copy is what the check of the configuration looks at.
      const conf = readFileSync(join(cwd, '10-ir.conf'), 'utf8').replace(
        /^action\(type="omfwd"[^)]*\)$/m,
        '',
      );
      expect(conf).not.toContain('omfwd');
      const socket = join(cwd, 'log');
      writeFileSync(
        join(cwd, 'rsyslog.conf'),
        `module(load="imuxsock" SysSock.Use="off")\ninput(type="imuxsock" Socket="${socket}")\n${conf}`,
      );
      const daemon = spawn(
        RSYSLOG!,
        ['-n', '-f', join(cwd, 'rsyslog.conf'), '-i', join(cwd, 'pid')],
        { stdio: 'ignore' },
      );
      try {
        await until(() => existsSync(socket));
        const log = (priority: string, tag: string, text: string) =>
          ran(cwd, 'logger', ['-u', socket, '-p', priority, '-t', tag, '--id=77', '--', text]);
        log('auth.warning', 'sshd', 'Failed password for kim from 192.0.2.7 port 22 ssh2');
        log('user.warning', 'app', `request with password=${SECRET}&x=1 done`);
        await until(
          () =>
            existsSync(join(cwd, 'syslog')) &&
            readFileSync(join(cwd, 'syslog'), 'utf8').includes('app[77]'),
        );
      } finally {
        await ended(daemon);
      }
      expect(told(await seenIn(cwd, 'auth.log'))).toEqual([
        ['ssh_login', 'failure', 'kim', '192.0.2.7'],
      ]);
      expect((await seenIn(cwd, 'syslog'))[0]?.event.original).toContain('password=***&x=1 done');
    });
  },
);

const LOGROTATE = where('logrotate');
describe.runIf(isThere('logrotate', LOGROTATE !== undefined))('logrotate', () => {
  it('rotates to a dated name that is read', async () => {
    const cwd = given('logrotate', { files: `${join(folder, 'logrotate')}/` });
    const line =
      '{"@timestamp":"2026-11-24T10:00:00Z","event.action":"login","event.outcome":"failure","user.name":"kim","source.ip":"192.0.2.7"}\n';
    writeFileSync(join(cwd, 'app.log'), line);
    const mine = readFileSync(join(cwd, 'ir-app'), 'utf8').replace(
      'create 0640 root adm',
      'create 0640',
    );
    writeFileSync(join(cwd, 'ir-app'), mine, { mode: 0o644 });
    ran(cwd, LOGROTATE!, ['--force', '--state', join(cwd, 'state'), 'ir-app']);
    const { stdout } = await runIr(['grep', '.', cwd, '--format', 'jsonl'], { cwd: folder });
    const [event] = stdout
      .split('\n')
      .filter((text) => text.includes('app.log-'))
      .map((text) => JSON.parse(text) as Seen);
    expect(event?.log.file.path).toMatch(/app\.log-\d{8}$/);
    expect(told([event!])).toEqual([['login', 'failure', 'kim', '192.0.2.7']]);
  });
});

const SSHD = where('sshd');
describe.runIf(isThere('sshd', SSHD !== undefined))('sshd', () => {
  it('takes the settings, each with the value that is given', () => {
    const cwd = given('sshd');
    ran(cwd, 'ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(cwd, 'key')]);
    const said = ran(cwd, SSHD!, [
      '-T',
      '-f',
      join(cwd, '50-ir-log.conf'),
      '-h',
      join(cwd, 'key'),
    ]).toLowerCase();
    const settings = readFileSync(join(cwd, '50-ir-log.conf'), 'utf8')
      .split('\n')
      .filter((line) => /^\w/.test(line));
    expect(settings.length).toBeGreaterThan(4);
    for (const setting of settings) expect(said).toContain(setting.toLowerCase());
  });

  // Of another user than root, whom the settings keep out; its own messages, with the prefix that syslog gives them.
  it.skipIf(process.getuid?.() === 0)(
    'tells a login, a key that is refused and a name that nobody has',
    async () => {
      const cwd = given('sshd', {}, 'sshd-logins');
      for (const key of ['host', 'good', 'other'])
        ran(cwd, 'ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(cwd, key)]);
      const port = await freePort();
      const own = [
        `HostKey ${join(cwd, 'host')}`,
        `AuthorizedKeysFile ${join(cwd, 'good.pub')}`,
        'StrictModes no',
        'PidFile none',
        'ListenAddress 127.0.0.1',
        'UsePAM no',
        'PasswordAuthentication no',
      ];
      const conf = join(cwd, 'sshd_config');
      writeFileSync(
        conf,
        `${readFileSync(join(cwd, '50-ir-log.conf'), 'utf8')}${own.join('\n')}\n`,
      );
      const daemon = spawn(SSHD!, ['-D', '-e', '-p', String(port), '-f', conf], {
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      let said = '';
      daemon.stderr.on('data', (text: Buffer) => {
        said += text.toString();
      });
      const user = userInfo().username;
      try {
        await until(() => said.includes('Server listening'));
        for (const [key, name] of [
          ['good', user],
          ['other', user],
          ['other', 'nosuchname'],
        ] as const)
          spawnSync('ssh', [
            ...['-F', 'none', '-p', String(port), '-i', join(cwd, key)],
            ...['BatchMode=yes', 'IdentitiesOnly=yes', 'StrictHostKeyChecking=no'].flatMap(
              (one) => ['-o', one],
            ),
            ...['-o', `UserKnownHostsFile=${join(cwd, 'known')}`, `${name}@127.0.0.1`, 'true'],
          ]);
        await until(() => said.includes('Invalid user nosuchname'));
      } finally {
        await ended(daemon);
      }
      const lines = said
        .split(/\r?\n/)
        .filter((line) => line !== '')
        .map((line) => `2026-03-01T10:00:00.000000+00:00 web01 sshd[77]: ${line}\n`);
      writeFileSync(join(cwd, 'auth.log'), lines.join(''));
      const logins = told(await seenIn(cwd, 'auth.log')).filter(
        ([, outcome]) => outcome !== undefined,
      );
      expect(logins).toContainEqual(['ssh_login', 'success', user, '127.0.0.1']);
      // A client may have more keys: that it gave up is the failure.
      expect(logins).toContainEqual(['ssh_preauth_disconnect', 'failure', user, '127.0.0.1']);
      expect(logins).toContainEqual(['ssh_login', 'failure', 'nosuchname', '127.0.0.1']);
    },
  );
});

const PROMTOOL = where('promtool');
describe.runIf(isThere('promtool', PROMTOOL !== undefined))('Prometheus', () => {
  it('takes the rules', () => {
    const cwd = given('prometheus');
    expect(ran(cwd, PROMTOOL!, ['check', 'rules', 'ir-alerts.yml'])).toMatch(/SUCCESS: [1-9]/);
  });
});
