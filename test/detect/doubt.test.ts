/** What looks grave and need not be: answers that come to everything, passwords that their owner mistyped. And what must stay grave. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { analyse } from '../../src/detect/analyse.ts';
import type { Finding, Timeline } from '../../src/detect/finding.ts';

async function timelineOf(name: string, lines: readonly string[]): Promise<Timeline> {
  const cwd = mkdtempSync(join(tmpdir(), 'ir-doubt-'));
  try {
    writeFileSync(join(cwd, name), `${lines.join('\n')}\n`);
    return await analyse([name], {
      ...{ cwd, zone: 'UTC', env: { XDG_CONFIG_HOME: join(cwd, 'none') }, level: 'low' },
      filter: {
        ...{ sinceUs: Number.NEGATIVE_INFINITY, untilUs: Number.POSITIVE_INFINITY },
        ...{ entities: [], grep: undefined },
      },
      ...{ ruleNames: [], ruleFolders: [], referenceMs: undefined, workers: 0 },
      stdin: (async function* nothing() {})(),
    });
  } finally {
    rmSync(cwd, { recursive: true, force: true });
  }
}

/** `GET /path 200 1234`, by default of one visitor. */
const request = (text: string, index: number): string => {
  const [method, path, status, bytes, address = '203.0.113.9'] = text.split(' ');
  const time = `10:${String(Math.floor(index / 60)).padStart(2, '0')}:${String(index % 60).padStart(2, '0')}`;
  return `${address} - - [29/Nov/2026:${time} +0000] "${method} ${path} HTTP/1.1" ${status} ${bytes} "-" "Mozilla/5.0"`;
};
const grave = ({ findings }: Timeline): Finding[] =>
  findings.filter(({ level }) => level === 'high' || level === 'critical');
const pathsOf = (findings: readonly Finding[]): string[] => [
  ...new Set(findings.flatMap(({ entities }) => entities['url.path'] ?? [])),
];

const sudo = (second: number, command: string, user = 'dave'): string =>
  `Nov 28 10:01:${String(second).padStart(2, '0')} s sudo: ${user} : TTY=pts/0 ; PWD=/home/dave ; USER=root ; COMMAND=/usr/bin/${command}`;

const systemd = (second: number, text: string): string =>
  `Nov 28 10:01:${String(second).padStart(2, '0')} s systemd[1]: ${text}`;
const STOPPED = [
  systemd(0, 'Stopping System Logging Service...'),
  systemd(1, 'Stopped rsyslog.service - System Logging Service.'),
];

describe('a service that systemd stopped', () => {
  it.each<[string, string[], number]>([
    [
      'and started is none',
      [...STOPPED, systemd(2, 'Started rsyslog.service - System Logging Service.')],
      0,
    ],
    [
      'in the older words',
      [
        systemd(1, 'Stopped System Logging Service.'),
        systemd(1, 'Started System Logging Service.'),
      ],
      0,
    ],
    ['for good', STOPPED, 1],
    [
      'while another was started',
      [...STOPPED, systemd(2, 'Started auditd.service - Security Auditing Service.')],
      1,
    ],
  ])('%s', async (_, lines, count) => {
    const { findings, stories } = await timelineOf('syslog', lines);
    expect(findings.map(({ rule }) => rule.title)).toEqual(
      Array.from({ length: count }, () => 'Security or logging service stopped'),
    );
    expect(stories).toEqual([]);
  });
});

describe('protection that was switched off', () => {
  it.each<[string, string[], string]>([
    [
      'and on again',
      [sudo(0, 'systemctl stop rsyslog'), sudo(10, 'systemctl start rsyslog')],
      'medium',
    ],
    [
      'and restarted',
      [sudo(0, 'systemctl stop auditd.service'), sudo(10, 'systemctl restart auditd')],
      'medium',
    ],
    ['and enabled', [sudo(0, 'ufw disable'), sudo(1, 'ufw enable')], 'medium'],
    ['for good', [sudo(0, 'systemctl stop rsyslog')], 'high'],
    [
      'while another came up',
      [sudo(0, 'systemctl stop rsyslog'), sudo(10, 'systemctl start nginx')],
      'high',
    ],
    [
      'before it came up',
      [sudo(0, 'systemctl start rsyslog'), sudo(10, 'systemctl stop rsyslog')],
      'high',
    ],
  ])('%s', async (_, lines, level) => {
    const { findings } = await timelineOf('auth.log', lines);
    const off = findings.filter(({ rule }) => rule.techniques.includes('T1562.001'));
    expect(off.map((one) => [one.level, one.doubt !== undefined])).toEqual([
      [level, level === 'medium'],
    ]);
  });
});

const PROBES = [
  ...['/.env', '/s.php?cmd=id', '/wp-content/uploads/x.php?c=id', '/backup.zip', '/.git/config'],
  ...['/index.php?page=../../../../etc/passwd', '/.aws/credentials', '/db.sql', '/shell.php'],
];
const probesOf = (answer: string): string[] => PROBES.map((path) => `GET ${path} ${answer}`);

describe('an answer that comes to every path', () => {
  it.each([
    ['as the start page does', ['GET / 200 1234', ...probesOf('200 1234')]],
    [
      'as the start page does for another visitor',
      [...probesOf('200 1234'), 'GET / 200 1234 198.51.100.4'],
    ],
    [
      'as paths of many kinds do',
      [
        'GET / 200 9000',
        ...probesOf('200 512'),
        ...['/robots.txt', '/a.png', '/x/y', '/favicon.ico'].map((path) => `GET ${path} 200 512`),
      ],
    ],
    ['as an error does', ['GET / 500 87', ...probesOf('500 87')]],
  ])('accuses nobody, %s', async (_, requests) => {
    const timeline = await timelineOf('access.log', requests.map(request));
    expect(grave(timeline)).toEqual([]);
    expect(timeline.stories).toEqual([]);
    // It is told as what was tried.
    expect(timeline.findings.length).toBeGreaterThan(0);
  });

  it('says why, and ranks as trying does', async () => {
    const { findings } = await timelineOf(
      'access.log',
      ['GET / 200 1234', ...probesOf('200 1234')].map(request),
    );
    const shell = findings.find(({ rule }) => rule.title === 'Command given to a web shell');
    expect(shell).toMatchObject({ level: 'medium', count: 2 });
    expect(shell?.doubt).toBe(
      'answered as any path of the site is (200, 1,234 bytes), which does not show that it worked',
    );
  });

  it.each([
    ['in one that is shown', 1],
    ['in the middle of many', 40],
  ])('hides no other answer, %s', async (_, many) => {
    const probes = Array.from({ length: many }, () => PROBES).flat();
    const half = Math.floor(probes.length / 2);
    const requests = ['GET / 200 1234', ...probes.map((path) => `GET ${path} 200 1234`)];
    requests.splice(half, 0, 'GET /old/.env 200 811', 'GET /up/files/z.php?c=id 200 54');
    const timeline = await timelineOf('access.log', requests.map(request));
    expect(pathsOf(grave(timeline)).sort()).toEqual(['/old/.env', '/up/files/z.php']);
    for (const { evidence, count } of grave(timeline)) {
      expect(evidence.map(({ raw }) => raw).join()).not.toContain('1234');
      expect(count).toBe(1);
    }
    expect(timeline.stories).toHaveLength(1);
  });

  it('is found again where many visitors were answered so', async () => {
    const visitors = Array.from({ length: 30 }, (_, index) => `198.51.100.${index + 1}`);
    const requests = visitors.flatMap((address) =>
      [...PROBES, ...PROBES].map((path) => `GET ${path} 200 1234 ${address}`),
    );
    requests.splice(200, 0, 'GET /old/.env 200 811 198.51.100.11');
    const timeline = await timelineOf('access.log', ['GET / 200 1234', ...requests].map(request));
    expect(pathsOf(grave(timeline))).toEqual(['/old/.env']);
  });
});

describe('an intruder cannot make an answer look like that', () => {
  const shell = 'GET /up/files/z.php?c=id 200 54';
  it.each([
    [
      'by what stands behind a script',
      [
        ...['a.zip', '.env', 'b.png', 'c', 'd.txt', 'e.css', 'f.html'].map(
          (name) => `GET /up/files/z.php/${name} 200 54`,
        ),
      ],
    ],
    ['by asking for a part of the start page', ['GET / 206 54']],
    [
      'by refused requests',
      [...['/', '/a.zip', '/b.env', '/c'].map((path) => `GET ${path} 403 54`)],
    ],
    [
      'where calls of an application are answered in as many bytes',
      [
        ...['users', 'orders', 'items', 'carts', 'pays', 'stock', 'ping'].map(
          (name) => `GET /api/${name} 200 54 198.51.100.7`,
        ),
      ],
    ],
  ])('%s', async (_, others) => {
    const timeline = await timelineOf('access.log', [...others, shell].map(request));
    const levels = grave(timeline).map(({ level }) => level);
    expect(levels).toContain('critical');
  });
});

/** Failures of an account, `pauseS` apart, then its login. */
const logins = (
  from: string,
  users: readonly string[],
  failures: number,
  pauseS: number,
): string[] => {
  const stamp = (second: number): string =>
    new Date(Date.UTC(2026, 10, 29, 10) + second * 1_000).toISOString().replace('.000Z', 'Z');
  const line = (second: number, text: string): string =>
    `${stamp(Math.floor(second))} pc sshd[${700 + Math.floor(second)}]: ${text} from ${from} port 40001 ssh2`;
  return [
    ...Array.from({ length: failures }, (_, index) =>
      line(index * pauseS, `Failed password for ${users[index % users.length]}`),
    ),
    line(failures * pauseS, `Accepted password for ${users[0]}`),
  ];
};

describe('a login after few failures', () => {
  it.each([
    ['from within, as a person types', '10.0.0.8', ['alice'], 6, 5],
    ['from within over IPv6', 'fd00::8', ['alice'], 8, 4],
    ['from outside', '203.0.113.8', ['alice'], 6, 5],
    ['from outside over IPv6', '2001:db8::8', ['alice'], 9, 4],
  ])('is high and doubted, %s', async (_, from, users, failures, pauseS) => {
    const timeline = await timelineOf('auth.log', logins(from, users, failures, pauseS));
    const [found, ...rest] = grave(timeline);
    expect(rest).toEqual([]);
    expect(found).toMatchObject({ level: 'high' });
    expect(found?.doubt).toContain('its owner may have mistyped');
    expect(timeline.stories[0]?.title).toBe('pc may have been broken into');
  });

  it.each([
    ['too fast for a person', '10.0.0.8', ['alice'], 8, 0.5],
    ['of several accounts', '10.0.0.8', ['alice', 'bob', 'carol'], 7, 5],
    ['of several accounts from outside', '203.0.113.8', ['alice', 'bob', 'carol'], 12, 5],
    ['after many', '10.0.0.8', ['alice'], 25, 5],
    ['after many from outside', '203.0.113.8', ['alice'], 12, 5],
  ])('is critical, %s', async (_, from, users, failures, pauseS) => {
    const timeline = await timelineOf('auth.log', logins(from, users, failures, pauseS));
    const [found] = grave(timeline);
    expect(found).toMatchObject({ level: 'critical' });
    expect(found?.doubt).toBeUndefined();
    expect(timeline.stories[0]?.title).toBe('pc was broken into');
  });
});

/** Lines of sshd on 29 November, one after the other in seconds of the day from ten o'clock on. */
const said = (told: readonly (readonly [second: number, text: string])[], from: string): string[] =>
  told.map(([second, text]) => {
    const stamp = new Date(Date.UTC(2026, 10, 29, 10) + second * 1_000).toISOString();
    return `${stamp.replace('.000Z', 'Z')} pc sshd[${700 + second}]: ${text} from ${from} port 40001 ssh2`;
  });

describe('many people behind one address', () => {
  const people = (count: number): (readonly [number, string])[] =>
    Array.from({ length: count }, (_, index) => [
      [index * 60, `Failed password for user${index}`] as const,
      [index * 60 + 5, `Accepted password for user${index}`] as const,
    ]).flat();

  it.each([7, 14])('who mistype once each are no break-in that is sure: %i', async (count) => {
    const timeline = await timelineOf('auth.log', said(people(count), '198.51.100.7'));
    const [found] = grave(timeline);
    expect(found).toMatchObject({ level: 'high' });
    expect(found?.doubt).toContain('people behind one address may have mistyped');
    const [story] = timeline.stories;
    expect(story?.title).toBe('pc may have been broken into');
    expect(JSON.stringify(story)).not.toMatch(/: user\d+, \d+ failures before/);
  });

  it('hide nobody who sprays passwords among them', async () => {
    const sprayed = Array.from(
      { length: 40 },
      (_, index) => [index * 20 + 7, `Failed password for name${index}`] as const,
    );
    const in_ = [900, 'Accepted password for name7'] as const;
    const told = [...people(5), ...sprayed, in_].sort(([a], [b]) => a - b);
    const timeline = await timelineOf('auth.log', said(told, '198.51.100.7'));
    expect(grave(timeline).map(({ level }) => level)).toContain('critical');
    expect(timeline.stories[0]?.title).toBe('pc was broken into');
  });
});

describe('a login form', () => {
  const tries = (count: number, pauseS: number): string[] => {
    const line = (second: number, status: number): string => {
      const time = new Date(Date.UTC(2026, 10, 29, 10) + second * 1_000)
        .toISOString()
        .slice(11, 19);
      return `203.0.113.9 - - [29/Nov/2026:${time} +0000] "POST /wp-login.php HTTP/1.1" ${status} 3200 "https://example.org/wp-login.php" "Mozilla/5.0"`;
    };
    return [
      ...Array.from({ length: count }, (_, index) => line(index * pauseS, 200)),
      line(count * pauseS, 302),
    ];
  };

  it('into which its owner got after a few tries may have been guessed', async () => {
    const timeline = await timelineOf('access.log', tries(6, 20));
    expect(grave(timeline)).toMatchObject([{ level: 'high' }]);
    expect(timeline.stories[0]?.title).toBe('Somebody may have got in');
  });

  it('that was guessed at fast was got into', async () => {
    const timeline = await timelineOf('access.log', tries(60, 1));
    expect(timeline.stories[0]?.title).toBe('Somebody got in');
  });
});
