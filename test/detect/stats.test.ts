/** Counting events: exactly while values are few, about where they are many, in the same memory. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type StatsOptions, type StatsResult, stats } from '../../src/commands/stats.ts';
import { createDistinct } from '../../src/detect/stats/distinct.ts';
import { createGroupTally } from '../../src/detect/stats/group-tally.ts';
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
    const style = createStyle({}, 'never', { COLUMNS: String(columns), LANG: 'C.UTF-8' });
    const result = await count(['access.log', 'auth.log'], options);
    return String(view.text(result, style));
  };

  it('is totals and a line for each kind of log', async () => {
    expect(await shown({})).toMatchInlineSnapshot(`
      "2 files, 40 lines, 42 events  2026-03-01 12:00:00Z to 2026-03-01 12:20:00Z (20m)
      █     ▂   ▄         ▂

      Rate     2.1 a minute, at most 34 in a minute (2026-03-01 12:00:00Z)
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

      Rate     2.1 a minute, at most 34 in a minute (2026-03-01 12:00:00Z)
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
    for (const row of (await shown({ by: ['source.ip'], over: '5m' }, 60)).split('\n')) {
      expect(row.length).toBeLessThanOrEqual(75);
    }
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

  it('are counted about, in any order alike, in a sketch of fixed size', () => {
    const tally = createGroupTally(10_000);
    const other = createGroupTally(10_000);
    for (const part of parts) tally.add(part);
    for (const part of [...parts].reverse()) other.add(part);
    expect(tally.isExact).toBe(false);
    const top = tally.top(2);
    expect(top.map(({ value }) => value)).toEqual(['often', 'sometimes']);
    expect(Math.abs((top[0]?.count ?? 0) - 45_000)).toBeLessThan(450);
    expect(other.top(2)).toEqual(top);
    expect(Math.abs(tally.distinct / 100_002 - 1)).toBeLessThan(0.06);
    expect(other.distinct).toBe(tally.distinct);
  });

  it('are exact while they are few', () => {
    const tally = createGroupTally();
    for (const part of parts.slice(0, 3)) tally.add(part);
    expect(tally.isExact).toBe(true);
    expect(tally.distinct).toBe(6002);
    expect(tally.top(1)).toEqual([{ value: 'often', count: 2700 }]);
  });

  it.each([100, 9_999, 30_000, 300_000])('of which there are %i are estimated', (different) => {
    const distinct = createDistinct(1000);
    for (let one = 0; one < different; one += 1) {
      distinct.add(`192.0.${one >> 8}.${one & 255}`);
      if (one % 7 === 0) distinct.add(`192.0.${one >> 8}.${one & 255}`);
    }
    expect(Math.abs(distinct.count / different - 1)).toBeLessThan(0.06);
    expect(distinct.isExact).toBe(different <= 1000);
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
