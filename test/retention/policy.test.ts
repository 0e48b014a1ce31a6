/** Periods, windows, what is found of files, what is done with them, and the same for other programs. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkSource } from '../../src/retention/check-source.ts';
import type { LogFile } from '../../src/retention/log-files.ts';
import { keptDays, readLogrotate, stanzaDiff, stanzaOf } from '../../src/retention/logrotate.ts';
import {
  comparePeriods,
  mostDays,
  periodBefore,
  periodText,
  readPeriod,
} from '../../src/retention/period.ts';
import { readPolicy } from '../../src/retention/policy.ts';
import { loadRegimes, type Regime } from '../../src/retention/regime.ts';
import { schedule } from '../../src/retention/schedule.ts';
import { policyFor, TARGETS } from '../../src/retention/targets.ts';

const NOW = new Date('2026-11-30T12:00:00Z');
let folder: string;
let regimes: ReadonlyMap<string, Regime>;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ir-policy-'));
  regimes = await loadRegimes({ XDG_CONFIG_HOME: folder });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const policyOf = async (text: string) => {
  const path = join(folder, 'retention.yml');
  writeFileSync(path, text);
  return (await readPolicy([path], regimes))!;
};

describe('periods', () => {
  it.each([
    ['90 days', '2026-09-01', 90],
    ['2 weeks', '2026-11-16', 14],
    ['1 month', '2026-10-30', 31],
    ['2 months', '2026-09-30', 62],
    ['9 months', '2026-02-28', 276],
    ['12 months', '2025-11-30', 366],
    ['6 years', '2020-11-30', 2192],
    ['90d', '2026-09-01', 90],
  ])('%s before 30 November 2026 is %s, and has at most %i days', (text, day, days) => {
    const period = readPeriod(text)!;
    expect(periodBefore(NOW, period).toISOString().slice(0, 10)).toBe(day);
    expect(mostDays(period)).toBe(days);
  });

  it('never has fewer days than any stretch of the calendar', () => {
    for (let months = 1; months <= 100; months++) {
      for (let at = 0; at < 60; at++) {
        const end = new Date(Date.UTC(2021, at, 1));
        const days =
          (end.getTime() - periodBefore(end, { count: months, unit: 'months' }).getTime()) /
          86_400_000;
        expect(days).toBeLessThanOrEqual(mostDays({ count: months, unit: 'months' }));
      }
    }
  });

  it.each(['', '0 days', '12', 'a year', '5 fortnights', '-3 days', '1e3 days'])(
    '%j is none',
    (text) => {
      expect(readPeriod(text)).toBeUndefined();
    },
  );

  it('compares over units', () => {
    const [year, months, days] = ['1 year', '12 months', '360 days'].map(
      (text) => readPeriod(text)!,
    );
    expect(comparePeriods(year!, months!)).toBe(0);
    expect(comparePeriods(days!, year!)).toBeLessThan(0);
    expect(periodText(year!)).toBe('1 year');
  });
});

describe('regimes', () => {
  it('cite their source, and have a figure or ask for one', () => {
    expect([...regimes.keys()]).toEqual(
      expect.arrayContaining([
        'gdpr',
        'hipaa',
        'nis2',
        'pci-dss',
        'sox',
        'default-short',
        'default-long',
      ]),
    );
    for (const { cite, url, atLeast, atMost, asks } of regimes.values()) {
      expect(cite).not.toBe('');
      expect(url).toMatch(/^https:/);
      expect((atLeast ?? atMost) === undefined).toBe(asks !== undefined);
    }
    expect(regimes.get('hipaa')?.atLeast).toEqual({ count: 6, unit: 'years' });
    expect(regimes.get('pci-dss')).toMatchObject({ atLeast: { count: 12 }, atHand: { count: 3 } });
  });
});

describe('a window', () => {
  const windowOf = async (text: string) => (await policyOf(text)).sources[0]!.window;
  const files = 'sources: [{ name: web, files: [/srv/web/*], writer: program';

  it('is the longest of the minima and the shortest of the maxima', async () => {
    const window = await windowOf(`regimes: [pci-dss, cis-8, cnil]\n${files} }]`);
    expect(window.atLeast).toMatchObject({
      period: { count: 12 },
      by: 'PCI DSS 4.0.1, Requirement 10.5.1',
    });
    expect(window.atMost).toMatchObject({ period: { count: 1, unit: 'years' } });
    expect(window).toMatchObject({ conflicts: [], open: [], keep: { count: 12 } });
  });

  it('names what a person has to decide', async () => {
    const { conflicts } = await windowOf(`regimes: [hipaa, cnil]\n${files} }]`);
    expect(conflicts).toEqual([
      expect.stringMatching(/at least 6 years .*164\.316.* at most 1 year .*2021-122/),
    ]);
    expect(
      (await windowOf(`regimes: [pci-dss]\n${files}, keep: 30 days }]`)).conflicts,
    ).toHaveLength(1);
    expect(
      (await windowOf(`regimes: [default-short]\n${files}, keep: 2 years }]`)).conflicts,
    ).toHaveLength(1);
  });

  it('asks for figures that no law has, and takes them from the policy', async () => {
    expect((await windowOf(`regimes: [gdpr, nis2]\n${files} }]`)).open).toEqual([
      { regime: 'gdpr', asks: 'at_most' },
      { regime: 'nis2', asks: 'at_least' },
    ]);
    const window = await windowOf(
      `regimes: [gdpr, nis2]\nperiods: { gdpr: 180 days, nis2: 90 days }\n${files} }]`,
    );
    expect(window).toMatchObject({
      open: [],
      atMost: { period: { count: 180 } },
      atLeast: { period: { count: 90 } },
    });
  });

  it.each([
    ['regimes: [pci-dsss]', /no regime "pci-dsss"/, 1],
    ['regime: [pci-dss]', /regime/, 1],
    [`periods: { gdpr: soon }\n${files} }]`, /write a period/, 1],
    [`${files}, archive: /var/log/web }]`, /belongs to the system/, 1],
    [`${files}, archive: / }]`, /belongs to the system/, 1],
    [`${files}, archive: /srv/../etc }]`, /belongs to the system/, 1],
    [`${files}, compress_after: 7 days }]`, /only files of an archive/, 1],
    [`${files}, archive: /srv/web, move_after: 7 days }]`, /belong together/, 1],
    ['sources: [{ name: web, files: [web/*] }]', /absolute/, 1],
  ])('refuses %s', async (text, message, line) => {
    const whole = /^sources|\nsources/.test(text) ? text : `${text}\n${files} }]`;
    await expect(policyOf(whole)).rejects.toMatchObject({
      exit: 3,
      message: expect.stringMatching(message) as string,
      source: { line },
    });
  });
});

const fileAt = (path: string, day: string, more: Partial<LogFile> = {}): LogFile => ({
  ...{ path, bytes: 10, modifiedMs: Date.parse(`${day}T00:00:00Z`), mode: 0o640 },
  ...{ uid: 0, isFile: true, links: 1, ...more },
});

const POLICY = `regimes: [pci-dss]
sources:
  - name: web
    files: [/srv/web/**]
    archive: /srv/web
    writer: program
    compress_after: 7 days
    move_after: 100 days
    move_to: /srv/cold
    keep: 13 months`;

describe('a check', () => {
  const kinds = async (files: LogFile[], text = POLICY) =>
    checkSource((await policyOf(text)).sources[0]!, files, NOW).map(({ kind, path }) => [
      kind,
      path,
    ]);

  it.each<[string, LogFile[], unknown[]]>([
    [
      'nothing wrong',
      [fileAt('/srv/web/a', '2026-11-29'), fileAt('/srv/cold/b', '2025-11-20')],
      [],
    ],
    ['none there', [], [['missing', undefined]]],
    ['one due', [fileAt('/srv/web/a', '2025-10-29')], [['due', '/srv/web/a']]],
    ['on the very day', [fileAt('/srv/web/a', '2025-10-31')], []],
    [
      'moved away too early',
      [fileAt('/srv/cold/a', '2026-11-01'), fileAt('/srv/cold/b', '2025-11-20')],
      [['not-at-hand', '/srv/cold/a']],
    ],
    [
      'readable for all',
      [fileAt('/srv/web/a', '2025-11-20', { mode: 0o644 })],
      [['unprotected', '/srv/web/a']],
    ],
    [
      'written by a group',
      [fileAt('/srv/web/a', '2025-11-20', { mode: 0o660 })],
      [['unprotected', '/srv/web/a']],
    ],
    [
      'a link',
      [fileAt('/srv/web/a', '2025-11-20', { isFile: false })],
      [['unprotected', '/srv/web/a']],
    ],
    ['younger than the rule', [fileAt('/srv/web/a', '2026-10-01')], [['too-young', undefined]]],
    [
      'a number left out',
      ['1', '2', '4', '5'].map((n) => fileAt(`/srv/web/log.${n}.gz`, '2025-11-20')),
      [['gap', '/srv/web/log.4.gz']],
    ],
    [
      'days left out',
      ['01', '02', '03', '07', '08'].map((day) =>
        fileAt(`/srv/web/a-202601${day}.gz`, '2025-11-20'),
      ),
      [['gap', '/srv/web/a-20260107.gz']],
    ],
    [
      'every seventh day',
      ['01', '08', '15', '22'].map((day) => fileAt(`/srv/web/a-2026-01-${day}`, '2025-11-20')),
      [],
    ],
  ])('%s', async (_name, files, expected) => {
    expect(await kinds(files)).toEqual(expected);
  });

  it('tells a law that is broken from a wish of the policy', async () => {
    const text =
      'regimes: [cnil]\nsources: [{ name: w, files: [/srv/web/*], writer: program, keep: 7 months }]';
    const files = [fileAt('/srv/web/a', '2025-11-01'), fileAt('/srv/web/b', '2026-03-01')];
    expect(await kinds(files, text)).toEqual([
      ['too-old', '/srv/web/a'],
      ['due', '/srv/web/b'],
    ]);
  });
});

describe('a schedule', () => {
  const acts = async (files: LogFile[], holds: { name: string; logs: string[] }[] = []) => {
    const { disposals, spared } = schedule((await policyOf(POLICY)).sources[0]!, files, holds, NOW);
    return [
      ...disposals.map(({ act, path, to }) => [act, path, to]),
      ...spared.map(({ path, reason }) => ['keep', path, reason]),
    ];
  };

  it.each<[string, LogFile, unknown[]]>([
    ['is left alone while young', fileAt('/srv/web/a', '2026-11-29'), []],
    [
      'is packed',
      fileAt('/srv/web/x/a', '2026-11-01'),
      [['compress', '/srv/web/x/a', '/srv/web/x/a.gz']],
    ],
    ['is packed once', fileAt('/srv/web/a.gz', '2026-11-01'), []],
    [
      'is moved',
      fileAt('/srv/web/x/a.gz', '2026-07-01'),
      [['move', '/srv/web/x/a.gz', '/srv/cold/x/a.gz']],
    ],
    ['is moved once', fileAt('/srv/cold/x/a.gz', '2026-07-01'), []],
    ['is deleted', fileAt('/srv/web/a.gz', '2025-01-01'), [['delete', '/srv/web/a.gz', undefined]]],
    [
      'is deleted where it was moved to',
      fileAt('/srv/cold/a.gz', '2025-01-01'),
      [['delete', '/srv/cold/a.gz', undefined]],
    ],
    ['stays outside of the archive', fileAt('/srv/webby/a.gz', '2025-01-01'), []],
    [
      'stays as a link',
      fileAt('/srv/web/a', '2025-01-01', { isFile: false }),
      [['keep', '/srv/web/a', 'it is no plain file']],
    ],
  ])('a file %s', async (_name, file, expected) => {
    expect(await acts([file])).toEqual(expected);
  });

  it('stops at a hold, and at a policy that contradicts itself', async () => {
    const old = fileAt('/srv/web/a.gz', '2025-01-01');
    for (const glob of ['/srv/web/**', '/srv/web', '/srv/web/a.gz', '*.gz'])
      expect(await acts([old], [{ name: 'H-001', logs: [glob] }])).toEqual([
        ['keep', old.path, 'legal hold H-001'],
      ]);
    expect(await acts([old], [{ name: 'H-001', logs: ['/srv/mail/**'] }])).toHaveLength(1);
    const torn = (await policyOf(POLICY.replace('[pci-dss]', '[hipaa, cnil]'))).sources[0]!;
    expect(schedule(torn, [old], [], NOW)).toMatchObject({
      disposals: [],
      spared: [{ path: old.path }],
    });
  });
});

describe('logrotate', () => {
  const STOCK = [
    { path: '/etc/logrotate.conf', text: 'weekly\nrotate 4\ncreate\ninclude /etc/logrotate.d\n' },
    {
      path: '/etc/logrotate.d/rsyslog',
      text: '/var/log/syslog\n/var/log/auth.log\n{\n\trotate 4\n\tweekly\n\tmissingok\n\tnotifempty\n\tcompress\n\tdelaycompress\n\tsharedscripts\n\tpostrotate\n\t\t/usr/lib/rsyslog/rsyslog-rotate\n\tendscript\n}\n',
    },
    {
      path: '/etc/logrotate.d/nginx',
      text: '/var/log/nginx/*.log {\n\tdaily\n\trotate 14\n\tmissingok\n}\n',
    },
    { path: '/etc/logrotate.d/plain', text: '"/var/log/with blank.log" { \n}\n' },
    { path: '/etc/logrotate.d/ever', text: '/var/log/ever.log {\n rotate -1\n maxage 90\n}\n' },
  ];

  it.each([
    ['/var/log/auth.log*', '/etc/logrotate.d/rsyslog', 28],
    ['/var/log/nginx/*.log*', '/etc/logrotate.d/nginx', 14],
    ['/var/log/nginx/access.log*', '/etc/logrotate.d/nginx', 14],
    ['/var/log/with blank.log*', '/etc/logrotate.d/plain', 28],
    ['/var/log/ever.log*', '/etc/logrotate.d/ever', 90],
    ['/var/log/mail.log*', undefined, undefined],
  ])('%s is rotated by %s and kept %s days', async (glob, path, days) => {
    const { sources } = await policyOf(`sources: [{ name: a, files: ["${glob}"] }]`);
    const stanza = stanzaOf(sources[0]!, readLogrotate(STOCK));
    expect(stanza?.path).toBe(path);
    expect(stanza && keptDays(stanza)).toBe(days);
  });

  it('shows the change as a patch that patch(1) takes', async () => {
    const { sources } = await policyOf(
      'regimes: [pci-dss]\nsources: [{ name: a, files: ["/var/log/auth.log*"] }]',
    );
    const file = STOCK[1]!;
    const diff = stanzaDiff(sources[0]!, stanzaOf(sources[0]!, readLogrotate(STOCK))!, file.text);
    writeFileSync(join(folder, 'rsyslog'), file.text);
    writeFileSync(join(folder, 'change'), `${diff}\n`);
    execFileSync('patch', ['-s', join(folder, 'rsyslog'), join(folder, 'change')]);
    const changed = readLogrotate([
      STOCK[0]!,
      { path: 'x', text: execFileSync('cat', [join(folder, 'rsyslog')], { encoding: 'utf8' }) },
    ]);
    expect(keptDays(stanzaOf(sources[0]!, changed)!)).toBe(366);
    expect(changed[0]?.directives.has('sharedscripts')).toBe(true);
  });
});

describe('other programs', () => {
  it.each(Object.keys(TARGETS))('%s gets every figure', async (target) => {
    const policy = await policyOf(
      'regimes: [pci-dss]\nsources: [{ name: web, files: ["/var/log/nginx/*.log*"] }, { name: mail, files: [/var/log/mail.log*], regimes: [], keep: 30 days }]',
    );
    const text = policyFor(target, policy);
    expect(text).toMatch(/36[56]|400|8784/);
    if (/ilm|ism/.test(target)) {
      const bodies = text.split(/^PUT .*$/m).slice(1);
      expect(bodies.map((body) => JSON.stringify(JSON.parse(body)))).toEqual([
        expect.stringContaining('366d'),
        expect.stringContaining('30d'),
      ]);
    }
    if (target === 's3')
      expect(JSON.parse(text)).toMatchObject({
        Rules: [
          { Expiration: { Days: 366 }, Transitions: [{ Days: 92 }] },
          { Expiration: { Days: 30 } },
        ],
      });
    if (target === 'cloudwatch')
      expect(text).toContain('--log-group-name web --retention-in-days 400');
    if (target === 'logrotate') expect(keptDays(readLogrotate([{ path: 'x', text }])[1]!)).toBe(30);
  });
});
