/** Counting events: exactly while values are few, about where they are many, in the same memory. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type StatsOptions, type StatsResult, stats } from '../../src/commands/stats.ts';
import { createDistinct } from '../../src/detect/stats/distinct.ts';
import { createGroupTally, largest } from '../../src/detect/stats/group-tally.ts';
import { bucketOf, percentiles } from '../../src/detect/stats/percentiles.ts';
import { createStyle } from '../../src/terminal/style.ts';
import { view } from '../../src/terminal/views/stats.ts';
import { testContext } from '../commands/test-context.ts';

let folder: string;
const ACCESS = [
  ...Array.from({ length: 30 }, (_, at) => line('192.0.2.1', `00:${pad(at)}`, '/a', 200, 1000)),
  ...Array.from({ length: 5 }, (_, at) => line('192.0.2.2', `10:${pad(at)}`, '/b', 404, 10)),
  line('2001:db8::1', '20:00', '/=cmd', 503, 7),
];
const AUTH = [
  'Mar  1 12:00:01 web01 sshd[7]: Failed password for root from 192.0.2.9 port 22 ssh2',
  'Mar  1 12:00:02 web01 sshd[7]: message repeated 3 times: [ Failed password for root from 192.0.2.9 port 22 ssh2]',
  'Mar  1 12:06:00 web01 sshd[8]: Accepted password for deploy from 192.0.2.9 port 22 ssh2',
  'Mar  1 12:06:00 web01 systemd[1]: Started a unit.',
];
const SLOW = Array.from(
  { length: 100 },
  (_, at) =>
    `{"level":30,"time":1794787207167,"pid":1,"hostname":"app01","req":{"id":"r","method":"GET","url":"/","remoteAddress":"192.0.2.10"},"res":{"statusCode":200},"responseTime":${at + 1},"msg":"request completed"}`,
);

function pad(number: number): string {
  return String(number).padStart(2, '0');
}
function line(ip: string, time: string, path: string, status: number, bytes: number): string {
  return `${ip} - - [01/Mar/2026:12:${time} +0000] "GET ${path} HTTP/1.1" ${status} ${bytes} "-" "curl/8"`;
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ir-stats-'));
  writeFileSync(join(folder, 'access.log'), `${ACCESS.join('\n')}\n`);
  writeFileSync(join(folder, 'auth.log'), `${AUTH.join('\n')}\n`);
  writeFileSync(join(folder, 'slow.json'), `${SLOW.join('\n')}\n`);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const count = async (paths: string[], options: StatsOptions = {}): Promise<StatsResult> =>
  (
    await stats(testContext({ cwd: folder }), paths, {
      referenceTime: '2026-03-02T00:00:00Z',
      workers: '0',
      ...options,
    })
  ).result;

describe('ir stats', () => {
  it('counts requests, bytes, status classes, logins, users and rates', async () => {
    const { totals, sources, files } = await count(['access.log', 'auth.log']);
    expect(files).toEqual({ count: 2, lines: 40, unreadable: 0 });
    expect(totals).toMatchObject({
      events: 42,
      requests: 36,
      status: { '2xx': 30, '4xx': 5, '5xx': 1 },
      bytes: 30_057,
      logins: { ok: 1, failed: 4 },
      users: { count: 2, isExact: true },
      busiest: { events: 34, minuteUs: Date.parse('2026-03-01T12:00:00Z') * 1000 },
    });
    expect(totals.perSecond).toBeCloseTo(42 / 1200, 6);
    expect(sources.map(({ format, events }) => [format, events])).toEqual([
      ['access', 36],
      ['syslog', 6],
    ]);
  });

  it('counts logins that the audit trail repeats once, those of an application besides', async () => {
    const trail = (at: number): string =>
      `type=USER_LOGIN msg=audit(17723664${at}.050:${at}): pid=3100 uid=0 auid=4294967295 ses=4294967295 msg='op=login acct="root" exe="/usr/sbin/sshd" hostname=? addr=192.0.2.9 terminal=ssh res=failed'`;
    writeFileSync(join(folder, 'audit.log'), `${[10, 11, 12, 13, 14].map(trail).join('\n')}\n`);
    const app = SLOW.slice(0, 3).map((text, at) =>
      at === 0 ? text : text.replace('request completed', 'login failed'),
    );
    writeFileSync(join(folder, 'app.json'), `${app.join('\n')}\n`);
    const only = async (...paths: string[]): Promise<number> =>
      (await count(paths)).totals.logins.failed;
    expect(await only('auth.log')).toBe(4);
    expect(await only('audit.log')).toBe(5);
    expect(await only('app.json')).toBe(2);
    expect(await only('auth.log', 'audit.log', 'app.json')).toBe(7);
  });

  it('gives percentiles of response times to within 3 %', async () => {
    const { times } = (await count(['slow.json'])).totals;
    for (const [name, ms] of Object.entries({ p50: 50, p90: 90, p95: 95, p99: 99, longest: 100 })) {
      expect(Math.abs((times?.[name as 'p50'] ?? 0) / 1e6 / ms - 1)).toBeLessThan(0.03);
    }
  });

  it.each<[string, StatsOptions, [string[], number][]]>([
    [
      'a field',
      { by: ['source.ip'] },
      [
        [['192.0.2.1'], 30],
        [['192.0.2.2'], 5],
        [['192.0.2.9'], 5],
        [['2001:db8::1'], 1],
      ],
    ],
    ['the largest alone', { by: ['source.ip'], top: '1' }, [[['192.0.2.1'], 30]]],
    [
      'two fields',
      { by: ['user.name,event.outcome'] },
      [
        [['root', 'failure'], 4],
        [['deploy', 'success'], 1],
      ],
    ],
    [
      'a list of values',
      { by: ['event.category'], where: 'source.ip = 192.0.2.9' },
      [
        [['authentication'], 5],
        [['session'], 1],
      ],
    ],
    [
      'what --where leaves',
      { by: ['url.path'], where: 'http.response.status_code >= 400' },
      [
        [['/b'], 5],
        [['/=cmd'], 1],
      ],
    ],
    [
      'the line itself',
      { by: ['event.original'], where: 'process.name = systemd' },
      [[[AUTH[3] as string], 1]],
    ],
  ])('counts the values of %s', async (_, options, expected) => {
    const { by } = await count(['access.log', 'auth.log'], options);
    expect(by?.groups.map(({ values, count: times }) => [values, times])).toEqual(expected);
  });

  it('counts them over time', async () => {
    const { by } = await count(['auth.log'], { by: ['user.name'], over: '5m' });
    const at = (time: string): number => Date.parse(`2026-03-01T${time}Z`) * 1000;
    expect(by?.groups.map(({ series }) => series)).toEqual([
      [{ fromUs: at('12:00:00'), count: 4 }],
      [{ fromUs: at('12:05:00'), count: 1 }],
    ]);
    expect(by?.without).toBe(1);
  });

  it('gives the same by the fast way and by whole events', async () => {
    const fast = await count(['access.log'], { by: ['url.path', 'http.response.status_code'] });
    // What is said of a file switches the fast way off.
    const slow = await count(['access.log'], {
      by: ['url.path', 'http.response.status_code'],
      host: ['access.log=web01'],
    });
    expect(slow).toEqual(fast);
  });

  it('reads the rest where one path cannot be read, and says so', async () => {
    const context = testContext({ cwd: folder });
    const outcome = await stats(context, ['auth.log', 'nowhere.log'], { workers: '0' });
    expect(outcome.exit).toBe(4);
    expect(outcome.reasons?.().join()).toContain('nowhere.log');
    expect(outcome.result.totals.events).toBe(6);
  });

  it.each<[StatsOptions, RegExp]>([
    [{ by: ['source.ipp'] }, /there is no field "source.ipp"/],
    [{ over: '5m' }, /--over goes with --by/],
    [{ by: ['user.name'], over: 'soon' }, /no length of time/],
    [{ top: '0' }, /no number from 1/],
    [{ where: 'source.ip =' }, /--where/],
    [{ since: '2026-03-02', until: '2026-03-01' }, /lies after/],
  ])('refuses %j', async (options, message) => {
    await expect(count(['auth.log'], options)).rejects.toThrow(message);
  });
});

const csvOf = (result: StatsResult): string[] => {
  if (view.csv === undefined) throw new Error('no CSV');
  return [...(view.csv(result) as Iterable<string>)];
};

describe('the view', () => {
  const shown = async (options: StatsOptions, columns = 80): Promise<string> => {
    const style = createStyle({ isTTY: true }, 'never', {
      COLUMNS: String(columns),
      LANG: 'C.UTF-8',
    });
    const result = await count(['access.log', 'auth.log'], options);
    return String(view.text(result, style));
  };

  it('is totals and a line for each kind of log', async () => {
    expect(await shown({})).toMatchInlineSnapshot(`
      "2 files, 40 lines, 42 events  2026-03-01 12:00:00Z to 2026-03-01 12:20:00Z (20m)
      █     ▂   ▄         ▂

      Rate     2.1 per minute, at most 34 in a minute (2026-03-01 12:00:00Z)
      Logins   1 ok, 4 failed
      Users    2 named
      Requests 36: 2xx 30, 4xx 5, 5xx 1
      Bytes    30 kB

      access  36  2xx 30 4xx 5 5xx 1  30 kB
      syslog   6  logins 1 ok 4 failed
      "
    `);
  });

  it('is bars, and sparklines over time, narrow as well', async () => {
    expect(await shown({ by: ['source.ip'], over: '5m' })).toMatchInlineSnapshot(`
      "2 files, 40 lines, 42 events  2026-03-01 12:00:00Z to 2026-03-01 12:20:00Z (20m)
      █     ▂   ▄         ▂

      Rate     2.1 per minute, at most 34 in a minute (2026-03-01 12:00:00Z)
      Logins   1 ok, 4 failed
      Users    2 named
      Requests 36: 2xx 30, 4xx 5, 5xx 1
      Bytes    30 kB

      By source.ip in stretches of 5m: 4 values; 1 event without one
      30  71.4 %  ████████████████████  192.0.2.1
                  █      at most 30 from 2026-03-01 12:00:00Z
       5  11.9 %  ███▍                  192.0.2.2
                    █    at most 5 from 2026-03-01 12:10:00Z
       5  11.9 %  ███▍                  192.0.2.9
                  █▄     at most 4 from 2026-03-01 12:00:00Z
       1   2.4 %  ▋                     2001:db8::1
                      █  at most 1 from 2026-03-01 12:20:00Z
      "
    `);
  });

  it.each([40, 60, 80, 200])('keeps to %i columns', async (columns) => {
    for (const options of [
      {},
      { by: ['source.ip'], over: '5m' },
      { by: ['event.original'], over: '1s' },
    ]) {
      const rows = (await shown(options, columns)).split('\n');
      expect(rows.filter((row) => row.length > columns)).toEqual([]);
    }
  });

  it.each([
    [7, /1\.4 per second/],
    [200, /3\.0 per minute/],
    [1800, /20 per hour/],
    [100_000, /8\.6 per day/],
  ])('gives the rate of ten events in %i seconds', async (seconds, expected) => {
    const last = new Date(Date.parse('2026-03-01T12:00:00Z') + seconds * 1000).toISOString();
    const [day, time] = [last.slice(8, 10), last.slice(11, 19)];
    const at = (when: string): string =>
      line('192.0.2.1', '00:00', '/', 200, 1).replace('01/Mar/2026:12:00:00', when);
    writeFileSync(
      join(folder, 'rate.log'),
      `${[...Array(9).fill(at('01/Mar/2026:12:00:00')), at(`${day}/Mar/2026:${time}`)].join('\n')}\n`,
    );
    const style = createStyle({}, 'never', { COLUMNS: '80' });
    expect(String(view.text(await count(['rate.log']), style))).toMatch(expected);
  });

  it('says that no value stands out where none does', async () => {
    const result = await count(['access.log'], { by: ['url.path'] });
    const style = createStyle({}, 'never', { COLUMNS: '80' });
    const textOf = (part: Partial<NonNullable<StatsResult['by']>>): string =>
      String(view.text({ ...result, by: { ...result.by, ...part } as StatsResult['by'] }, style));
    expect(textOf({ groups: [], othersAtMost: 1 })).toMatch(
      /No value stands out: none occurs more than once\.\n$/,
    );
    expect(textOf({ othersAtMost: 1100 })).toMatch(
      /No other value occurs more than 1,100 times\.\n$/,
    );
    expect(textOf({})).not.toMatch(/occurs/);
  });

  it('is CSV that a spreadsheet runs nothing of', async () => {
    const result = await count(['access.log'], { by: ['url.path'], over: '10s', top: '2' });
    const paths = await count(['access.log'], { by: ['url.query', 'url.path'] });
    expect(csvOf(result).slice(0, 2)).toEqual([
      'from,url.path,count\r\n',
      '2026-03-01T12:00:00.000Z,/a,10\r\n',
    ]);
    expect(csvOf(paths)).toEqual(['url.query,url.path,count\r\n']);
  });
});

describe('many values', () => {
  /** Parts of a stream in which a few values are frequent and all others different. */
  const parts = Array.from({ length: 50 }, (_, part) => {
    const counts = new Map<string, number>([
      ['often', 900],
      ['sometimes', 300],
    ]);
    for (let one = 0; one < 2000; one += 1) counts.set(`rare-${part}-${one}`, 1);
    return counts;
  });

  it('leave the largest among them, in any order alike, in a sketch of fixed size', () => {
    const tally = createGroupTally(2, 10_000);
    const other = createGroupTally(2, 10_000);
    for (const part of parts) tally.add(part);
    for (const part of [...parts].reverse()) other.add(part);
    expect(tally.exact).toBeUndefined();
    for (const { candidates } of [tally, other]) {
      const { values, floor } = candidates();
      expect(values).toEqual(expect.arrayContaining(['often', 'sometimes']));
      expect(values.length).toBeLessThan(1000);
      expect(floor).toBeGreaterThanOrEqual(1);
      expect(floor).toBeLessThan(10);
      expect(floor).toBe(tally.candidates().floor);
    }
    expect(Math.abs(tally.distinct.count / 100_002 - 1)).toBeLessThan(0.02);
    expect(other.distinct).toEqual(tally.distinct);
  });

  it('leave one that is frequent only in sum, a single time in each part', () => {
    const tally = createGroupTally(2, 10_000);
    for (const part of parts) tally.add(new Map([...part, ['spread', 1]]));
    expect(tally.candidates().values).toContain('spread');
  });

  it('are exact while they are few', () => {
    const tally = createGroupTally(1);
    for (const part of parts.slice(0, 3)) tally.add(part);
    expect(tally.distinct).toEqual({ count: 6002, isExact: true });
    expect(largest(tally.exact ?? new Map(), 1)).toEqual([{ value: 'often', count: 2700 }]);
  });

  it.each<[string, number, (one: number) => string]>([
    [
      'addresses',
      10_000_000,
      (one) => `${one >>> 24}.${(one >>> 16) & 255}.${(one >>> 8) & 255}.${one & 255}`,
    ],
    ['paths', 1_000_000, (one) => `/shop/${one}`],
    [
      'queries',
      1_000_000,
      (one) => `/?q=${(Math.imul(one, 0x9e3779b1) >>> 0).toString(16)}&page=1`,
    ],
    [
      'letters beyond Latin',
      300_000,
      (one) => String.fromCharCode(0x4e00 + (one % 9973), one & 0xffff),
    ],
    ['numbers backwards', 300_000, (one) => [...String(one).padStart(8, '0')].reverse().join('')],
  ])('are estimated to within 2 %% at every number: %s', (_, most, textOf) => {
    const distinct = createDistinct(0);
    let next = 1000;
    let worst = 0;
    for (let one = 1; one <= most; one += 1) {
      const text = textOf(one);
      distinct.add(text);
      if (one < next) continue;
      distinct.add(text);
      worst = Math.max(worst, Math.abs(distinct.count / one - 1));
      next = Math.min(most, Math.ceil(one * 1.3));
      if (one === most) break;
    }
    expect(next).toBe(most);
    expect(worst).toBeLessThan(0.02);
  });

  it('are exact up to the number that is kept', () => {
    const distinct = createDistinct(1000);
    for (let one = 0; one < 1000; one += 1) distinct.add(`${one % 700}`);
    expect([distinct.count, distinct.isExact]).toEqual([700, true]);
  });

  it('of durations keep nothing and hundreds of years', () => {
    const buckets = new Map([
      [bucketOf(0), 1],
      [bucketOf(1e19), 1],
    ]);
    expect(percentiles(buckets, [0.5, 1]).map((ns) => (ns ?? 0) / 1e19)).toEqual([
      0,
      expect.closeTo(1, 1),
    ]);
    expect(percentiles(new Map(), [0.5])).toEqual([undefined]);
  });
});
