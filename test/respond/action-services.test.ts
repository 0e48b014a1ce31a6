/** Actions on nginx, databases and fail2ban: real servers of the test alone, in a folder of its own. */
import { spawn } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isThere, sayOnlyRoot } from '../needs.ts';
import { keepsContract } from './action-contract.ts';
import { call, isInstalled, type Ran, trialOf } from './action-world.ts';

const isRoot = process.getuid?.() === 0;
const POSTGRES = '/usr/lib/postgresql';
const folder = mkdtempSync(join(tmpdir(), 'ir-services-'));
chmodSync(folder, 0o755);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const has = (...programs: string[]): boolean =>
  programs.every((program) => isThere(`actions on ${program}`, isInstalled(program)));

/** Runs it and demands that it worked. */
function must(argv: readonly string[], more?: object): Ran {
  const ran = call(argv, more);
  if (ran.status !== 0) throw new Error(`${argv.join(' ')}: ${ran.stdout}${ran.stderr}`);
  return ran;
}

/** Waits for a state, not for a time: three times in a row, as workers of before a reload may answer in between. */
async function until(isSo: () => boolean): Promise<void> {
  let held = 0;
  for (let tries = 0; tries < 300 && held < 3; tries++) {
    held = isSo() ? held + 1 : 0;
    if (held < 3) await new Promise((resolve) => setTimeout(resolve, 50));
  }
  expect(held).toBe(3);
}

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });

describe.runIf((isRoot || sayOnlyRoot('actions on nginx')) && has('nginx', 'curl'))('nginx', () => {
  const here = join(folder, 'nginx');
  const configuration = join(here, 'nginx.conf');
  const included = join(here, 'conf.d');
  let site = '';
  beforeAll(async () => {
    mkdirSync(included, { recursive: true });
    writeFileSync(join(included, 'shop.conf'), 'server_tokens off;\n');
    const port = await freePort();
    site = `http://127.0.0.1:${port}`;
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
      .map((one) => `${one}_temp_path ${here}/${one};`)
      .join(' ');
    writeFileSync(
      configuration,
      `user root; pid ${here}/pid; error_log ${here}/error.log; events {}
      http { access_log off; ${temporary} include ${included}/*.conf;
        server { listen 127.0.0.1:${port}; rewrite ^/old/ /new/;
          location / { try_files /none @said; } location @said { return 200 said; } } }`,
    );
    must(['nginx', '-q', '-c', configuration]);
  });
  afterAll(() => {
    call(['nginx', '-q', '-s', 'stop', '-c', configuration]);
  });

  const state = (): string =>
    must(['sh', '-c', `cd ${included} && ls -l --time-style=full-iso && cat *`]).stdout;
  const asks = (path: string, from = '127.0.0.1'): string =>
    call([
      'curl',
      '-sg',
      '--path-as-is',
      '--interface',
      from,
      '-o',
      '/dev/null',
      '-w',
      '%{http_code}',
      `${site}${path}`,
    ]).stdout;

  it('block-web-address refuses one address and no other', async () => {
    const address = '127.0.0.9';
    const values = { address, folder: included, configuration };
    const trial = await trialOf('block-web-address', values, call);
    const before = state();
    trial.remember();
    expect(asks('/', address)).toBe('200');
    trial.run();
    await until(() => asks('/', address) === '403');
    expect(asks('/')).toBe('200');
    trial.undo();
    await until(() => asks('/', address) === '200');
    expect(state()).toBe(before);
    keepsContract(trial, state);
  });

  it('block-web-path closes a path, what lies below and how else it may be written, and no other', async () => {
    const values = { web_path: '/up.loads/x.php', site, folder: included, configuration };
    const trial = await trialOf('block-web-path', values, call);
    keepsContract(trial, state, () => {
      for (const path of [
        '/up.loads/x.php',
        '/up.loads/x.php/more',
        '/up.loads//x%2ephp?a=1',
        '/a/../up.loads/x.php',
      ])
        expect([path, asks(path)]).toEqual([path, '401']);
      for (const path of ['/', '/up.loads/x.phps', '/up-loads/x.php'])
        expect([path, asks(path)]).toEqual([path, '200']);
    });
    await until(() => asks('/up.loads/x.php') === '200');
  });

  it('block-web-path closes what is rewritten', async () => {
    const trial = await trialOf(
      'block-web-path',
      { web_path: '/old/a', site, folder: included, configuration },
      call,
    );
    trial.run();
    await until(() => asks('/old/a') === '401');
    expect(asks('/old/b')).toBe('200');
    trial.undo();
    await until(() => asks('/old/a') === '200');
  });

  it('leaves nothing of a file that nginx does not take', async () => {
    const wrong = join(included, 'wrong.conf');
    writeFileSync(wrong, 'no such directive;\n');
    const before = state();
    const trial = await trialOf(
      'block-web-address',
      { address: '127.0.0.9', folder: included, configuration },
      call,
    );
    expect(trial.run().status).not.toBe(0);
    expect(state()).toBe(before);
    rmSync(wrong);
  });
});

const MODULES = '/usr/lib/apache2/modules';
const hasModSecurity = isThere(
  'actions on ModSecurity',
  call(['ls', `${MODULES}/mod_security2.so`]).status === 0,
);

describe.runIf(
  (isRoot || sayOnlyRoot('actions on Apache')) && hasModSecurity && has('apache2', 'curl'),
)('ModSecurity in Apache', () => {
  const here = join(folder, 'apache');
  const configuration = join(here, 'apache2.conf');
  const rules = join(here, 'rules');
  let site = '';
  beforeAll(async () => {
    mkdirSync(join(here, 'site'), { recursive: true });
    mkdirSync(rules);
    chmodSync(here, 0o755);
    writeFileSync(join(here, 'site/index.html'), 'hello\n');
    writeFileSync(join(rules, 'own.conf'), 'SecRuleEngine On\nSecRequestBodyAccess On\n');
    const port = await freePort();
    site = `http://127.0.0.1:${port}`;
    const modules = ['mpm_event', 'authz_core', 'dir', 'unique_id', 'security2'].map(
      (name) => `LoadModule ${name}_module ${MODULES}/mod_${name}.so`,
    );
    writeFileSync(
      configuration,
      `${modules.join('\n')}
ServerName localhost
Listen 127.0.0.1:${port}
PidFile ${here}/pid
DefaultRuntimeDir ${here}
ErrorLog ${here}/error.log
User www-data
Group www-data
DocumentRoot ${here}/site
<Directory ${here}/site>
  Require all granted
</Directory>
DirectoryIndex index.html
SecDataDir ${here}
Include ${rules}/*.conf
`,
    );
    must(['apache2', '-k', 'start', '-f', configuration]);
    await until(() => asks('/') === '200');
  });
  afterAll(async () => {
    call(['apache2', '-k', 'stop', '-f', configuration]);
  });
  const asks = (path: string, ...more: string[]): string =>
    call([
      ...['curl', '-sg', '-m', '10', '--path-as-is', '-o', '/dev/null', '-w', '%{http_code}'],
      ...more,
      `${site}${path}`,
    ]).stdout;
  const state = (): string =>
    must(['sh', '-c', `cd ${rules} && ls -l --time-style=full-iso && cat *`]).stdout;

  it('block-with-modsecurity refuses requests with a text wherever it stands, and no others', async () => {
    const request_text = '../../etc/passwd';
    const trial = await trialOf(
      'block-with-modsecurity',
      { request_text, site, configuration, folder: rules },
      call,
    );
    expect(asks('/?file=../../etc/passwd')).toBe('200');
    keepsContract(trial, state, () => {
      expect(asks('/?file=../../etc/passwd')).toBe('403');
      expect(asks('/?file=%2e%2e/%2E%2e/etc%2fpasswd')).toBe('403');
      expect(asks('/', '-H', 'X-A: ../../etc/passwd')).toBe('403');
      expect(asks('/?file=etc/passwd')).toBe('200');
    });
    await until(() => asks('/?file=../../etc/passwd') === '200');
  });

  it('leaves nothing of a file that Apache does not take', async () => {
    const wrong = join(rules, 'wrong.conf');
    writeFileSync(wrong, 'NoSuchDirective\n');
    const before = state();
    const trial = await trialOf(
      'block-with-modsecurity',
      { request_text: 'union select'.replace(' ', '+'), site, configuration, folder: rules },
      call,
    );
    expect(trial.run().status).not.toBe(0);
    expect(state()).toBe(before);
    rmSync(wrong);
  });
});

describe.skipIf(!has('psql') || !isThere('PostgreSQL', call(['ls', POSTGRES]).status === 0))(
  'PostgreSQL',
  () => {
    const here = join(folder, 'pg');
    const [version = ''] = call(['ls', POSTGRES]).stdout.split('\n');
    const program = (name: string): string => join(POSTGRES, version, 'bin', name);
    const asServer = (argv: string[]): string[] =>
      isRoot ? ['runuser', '-u', 'postgres', '--', ...argv] : argv;
    const uri = (role: string): string =>
      `postgresql://${encodeURIComponent(role)}@/postgres?host=${here}`;
    const ROLE = `app "x' $(id)`;
    let server: ReturnType<typeof spawn>;
    const sql = (text: string, role = 'postgres'): Ran =>
      call(['psql', '-XAtq', '-d', uri(role), '-c', text]);
    beforeAll(async () => {
      mkdirSync(here);
      if (isRoot) {
        const id = (what: string): number => Number(must(['id', what, 'postgres']).stdout);
        chownSync(here, id('-u'), id('-g'));
      }
      must(
        asServer([
          program('initdb'),
          '-D',
          join(here, 'data'),
          '-U',
          'postgres',
          '-A',
          'trust',
          '--no-sync',
          '--locale=C',
        ]),
        { cwd: here },
      );
      const settings = [
        `unix_socket_directories=${here}`,
        'listen_addresses=',
        'fsync=off',
      ].flatMap((one) => ['-c', one]);
      const [file = '', ...rest] = asServer([
        program('postgres'),
        '-D',
        join(here, 'data'),
        ...settings,
      ]);
      server = spawn(file, rest, { stdio: 'ignore', cwd: here });
      await until(() => sql('select 1').status === 0);
      expect(
        sql(`create role "app ""x' $(id)" login password 'x' valid until '2030-01-01'`).stderr,
      ).toBe('');
    }, 60_000);
    afterAll(async () => {
      const ended = new Promise((resolve) => server.once('exit', resolve));
      call(asServer([program('pg_ctl'), 'stop', '-m', 'immediate', '-D', join(here, 'data')]), {
        cwd: here,
      });
      await ended;
    });

    it('lock-postgresql-role keeps one role out, and lets it in again as it was', async () => {
      const trial = await trialOf(
        'lock-postgresql-role',
        { role: ROLE, database: `postgresql://postgres@/postgres` },
        (argv) => call(argv, { env: { PATH: process.env['PATH'], PGHOST: here } }),
      );
      keepsContract(
        trial,
        () => sql(`select * from pg_authid order by oid`).stdout,
        () => expect(sql('select 1', ROLE).stderr).toContain('is not permitted to log in'),
      );
      expect(sql('select 1', ROLE).stdout).toBe('1\n');
    });
  },
);

describe.runIf((isRoot || sayOnlyRoot('actions on MariaDB')) && has('mariadbd', 'mysql'))(
  'MariaDB',
  () => {
    const here = join(folder, 'maria');
    const socket = join(here, 's');
    let server: ReturnType<typeof spawn>;
    const sql = (text: string, user = 'root'): Ran =>
      call(['mysql', '--no-defaults', `--socket=${socket}`, `--user=${user}`, '-N', '-e', text]);
    beforeAll(async () => {
      mkdirSync(here);
      const own = [`--datadir=${here}/data`, '--user=root'];
      must([
        'mariadb-install-db',
        '--no-defaults',
        '--auth-root-authentication-method=normal',
        '--skip-test-db',
        ...own,
      ]);
      server = spawn(
        '/usr/sbin/mariadbd',
        [
          '--no-defaults',
          ...own,
          `--socket=${socket}`,
          '--skip-networking',
          `--pid-file=${here}/pid`,
        ],
        { stdio: 'ignore' },
      );
      await until(() => sql('select 1').status === 0);
      expect(
        sql("create user 'shop'@'%' identified by 'x'; create user 'cron'@'localhost'").stderr,
      ).toBe('');
    }, 60_000);
    afterAll(async () => {
      const ended = new Promise((resolve) => server.once('exit', resolve));
      server.kill('SIGKILL');
      await ended;
    });

    it('lock-mysql-account keeps one account out, and lets it in again as it was', async () => {
      const trial = await trialOf(
        'lock-mysql-account',
        { account: 'cron', from_host: 'localhost', socket },
        call,
      );
      keepsContract(
        trial,
        () => sql('show create user cron@localhost; show create user shop').stdout,
        () => expect(sql('select 1', 'cron').stderr).toContain('account is locked'),
      );
      expect(sql('select 1', 'cron').stdout).toBe('1\n');
    });
  },
);

describe.skipIf(!has('fail2ban-client'))('fail2ban', () => {
  const here = join(folder, 'f2b');
  const socket = join(here, 's');
  const client = (...words: string[]): Ran =>
    call(['fail2ban-client', '-c', here, '-s', socket, '-p', join(here, 'pid'), ...words]);
  beforeAll(() => {
    for (const one of ['filter.d', 'action.d']) mkdirSync(join(here, one), { recursive: true });
    writeFileSync(join(here, 'log'), '');
    writeFileSync(
      join(here, 'fail2ban.conf'),
      `[Definition]\nloglevel = INFO\nlogtarget = ${here}/out\nsyslogsocket = auto\ndbfile = None\ndbmaxmatches = 10\ndbpurgeage = 1d\n`,
    );
    writeFileSync(join(here, 'filter.d', 'x.conf'), '[Definition]\nfailregex = ^failed <HOST>$\n');
    writeFileSync(
      join(here, 'jail.conf'),
      `[shop]\nenabled = true\nbackend = polling\nfilter = x\nlogpath = ${here}/log\nbantime = 3600\naction =\n`,
    );
    const { status, stdout, stderr } = client('start');
    expect([status, status === 0 ? '' : stdout + stderr]).toEqual([0, '']);
  }, 30_000);
  afterAll(() => {
    client('stop');
  });

  it('ban-with-fail2ban bans one address, and leaves others', async () => {
    const address = '2001:db8::7';
    client('set', 'shop', 'banip', '203.0.113.70');
    const trial = await trialOf('ban-with-fail2ban', { address, jail: 'shop', socket }, call);
    keepsContract(
      trial,
      () => client('get', 'shop', 'banip').stdout.trim(),
      () => expect(client('status', 'shop').stdout).toContain(address),
    );
  });
});
