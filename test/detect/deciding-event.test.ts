/** Where single events make a finding, such as the login after the failures, they come first, of one machine alone. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Finding } from '../../src/detect/finding.ts';
import { createReplayer, type Replayer } from '../rules/replay.ts';

let replayer: Replayer;
beforeAll(async () => {
  replayer = await createReplayer();
});
afterAll(() => replayer.close());

const clock = (second: number): string =>
  new Date(Date.UTC(2026, 2, 14, 10, 0, second)).toISOString().replace('.000Z', 'Z');
const SOURCE = '203.0.113.7';

const failed = (second: number, host: string, user: string): string =>
  `${clock(second)} ${host} sshd[${900 + second}]: Failed password for ${user} from ${SOURCE} port 40001 ssh2`;
const accepted = (second: number, host: string, user: string): string =>
  `${clock(second)} ${host} sshd[${900 + second}]: Accepted password for ${user} from ${SOURCE} port 40002 ssh2`;
const failures = (from: number, count: number, host: string, users: readonly string[]): string[] =>
  Array.from({ length: count }, (_, index) =>
    failed(from + index, host, users[index % users.length] as string),
  );

async function loginsIn(lines: readonly string[], title: RegExp): Promise<Finding[]> {
  const sorted = [...lines].sort();
  const { findings } = await replayer.text(`${sorted.join('\n')}\n`);
  return findings.filter(({ rule }) => title.test(rule.title));
}
const broken = (lines: readonly string[]): Promise<Finding[]> =>
  loginsIn(lines, /^SSH login succeeded after brute force$/);

const rawsOf = ({ evidence }: Finding): string[] => evidence.map(({ raw }) => raw);
const hostOf = ({ event }: Finding): unknown =>
  (event['host'] as { hostname?: unknown } | undefined)?.hostname;

describe('a login after failures', () => {
  it('comes first with its time, host and account, then the failures', async () => {
    const lines = [
      ...failures(0, 8, 'web01', ['root', 'admin']),
      accepted(30, 'web01', 'deploy'),
      ...failures(40, 5, 'web01', ['zoe']),
    ];
    const [found, ...rest] = await broken(lines);
    expect(rest).toEqual([]);
    expect(rawsOf(found!)).toEqual([
      accepted(30, 'web01', 'deploy'),
      failed(0, 'web01', 'root'),
      failed(1, 'web01', 'admin'),
      failed(7, 'web01', 'admin'),
    ]);
    expect(found).toMatchObject({
      atUs: Date.parse(clock(30)) * 1000,
      firstUs: Date.parse(clock(0)) * 1000,
      count: 9,
      event: {
        user: { name: 'deploy' },
        host: { hostname: 'web01' },
        event: { outcome: 'success' },
      },
    });
    expect(Object.entries(found!.entities)[0]).toEqual(['user.name', ['deploy', 'root', 'admin']]);
  });

  it('counts all failures, however many', async () => {
    const [found] = await broken([
      ...failures(0, 500, 'web01', ['root']),
      accepted(520, 'web01', 'root'),
    ]);
    expect(found?.count).toBe(501);
    expect(rawsOf(found!)[0]).toBe(accepted(520, 'web01', 'root'));
    expect(rawsOf(found!)[1]).toBe(failed(0, 'web01', 'root'));
  });

  it('shows no line of another machine', async () => {
    const lines = [
      ...failures(0, 9, 'db01', ['postgres']),
      ...failures(0, 9, 'web01', ['root']),
      accepted(20, 'web01', 'deploy'),
      ...failures(21, 9, 'db01', ['postgres']),
    ];
    const [found, ...rest] = await broken(lines);
    expect(rest).toEqual([]);
    expect(hostOf(found!)).toBe('web01');
    expect(rawsOf(found!)[0]).toBe(accepted(20, 'web01', 'deploy'));
    expect(rawsOf(found!).length).toBe(4);
    expect(rawsOf(found!).filter((raw) => raw.includes('db01'))).toEqual([]);
    expect(found!.entities['user.name']).toEqual(['deploy', 'root']);
  });

  it('is a finding of its own on each machine', async () => {
    const found = await broken([
      ...failures(0, 9, 'db01', ['postgres']),
      ...failures(0, 9, 'web01', ['root']),
      accepted(20, 'web01', 'deploy'),
      accepted(60, 'db01', 'backup'),
    ]);
    expect(found.map((one) => [hostOf(one), one.entities['user.name']?.[0]])).toEqual([
      ['web01', 'deploy'],
      ['db01', 'backup'],
    ]);
    expect(new Set(found.map(({ id }) => id)).size).toBe(2);
    for (const one of found) {
      const host = String(hostOf(one));
      expect(rawsOf(one).filter((raw) => !raw.includes(` ${host} `))).toEqual([]);
      expect(rawsOf(one).length).toBeGreaterThan(2);
    }
  });

  const told = (found: readonly Finding[]): unknown[] =>
    found.map((one) => ({
      host: hostOf(one),
      count: one.count,
      isLeast: one.isLeast === true,
      firstUs: new Date(one.firstUs! / 1000).toISOString().replace('.000Z', 'Z'),
      lastUs: new Date(one.lastUs! / 1000).toISOString().replace('.000Z', 'Z'),
    }));
  const both = (from: number, count: number): string[] => [
    ...failures(from, count, 'a', ['root']),
    ...failures(from, count, 'b', ['root']),
  ];
  const COUNTED: [name: string, lines: string[], expected: unknown[]][] = [
    [
      'interleaved failures',
      [...both(0, 31), accepted(90, 'b', 'deploy'), accepted(100, 'a', 'eve')],
      [
        { host: 'b', count: 32, isLeast: false, firstUs: clock(0), lastUs: clock(90) },
        { host: 'a', count: 32, isLeast: false, firstUs: clock(0), lastUs: clock(100) },
      ],
    ],
    [
      'one machine after the other',
      [
        ...failures(0, 50, 'a', ['root']),
        ...failures(100, 50, 'b', ['root']),
        accepted(200, 'b', 'deploy'),
        accepted(330, 'a', 'eve'),
      ],
      [
        { host: 'b', count: 51, isLeast: false, firstUs: clock(100), lastUs: clock(200) },
        { host: 'a', count: 51, isLeast: false, firstUs: clock(0), lastUs: clock(330) },
      ],
    ],
    [
      'failures that began anew on another machine after the first login',
      [
        ...failures(0, 20, 'a', ['root']),
        accepted(30, 'a', 'eve'),
        ...failures(1500, 40, 'b', ['root']),
        accepted(1600, 'b', 'deploy'),
      ],
      [
        { host: 'a', count: 21, isLeast: false, firstUs: clock(0), lastUs: clock(30) },
        { host: 'b', count: 41, isLeast: false, firstUs: clock(1500), lastUs: clock(1600) },
      ],
    ],
    [
      'more failures than are kept',
      [...both(0, 200), accepted(300, 'b', 'deploy')],
      // 256 are kept, half of them of b, and the last one.
      [{ host: 'b', count: 130, isLeast: true, firstUs: clock(0), lastUs: clock(300) }],
    ],
  ];
  it.each(COUNTED)(
    'has the count and the times of its machine alone: %s',
    async (_, lines, expected) => {
      expect(told(await broken(lines))).toEqual(expected);
    },
  );

  it('names every account that logged in', async () => {
    const [found, ...rest] = await broken([
      ...failures(0, 9, 'web01', ['root']),
      accepted(20, 'web01', 'deploy'),
      ...failures(21, 9, 'web01', ['root']),
      accepted(40, 'web01', 'anna'),
    ]);
    expect(rest).toEqual([]);
    expect(found!.entities['user.name']).toEqual(['deploy', 'anna', 'root']);
    expect(rawsOf(found!).slice(0, 2)).toEqual([
      accepted(20, 'web01', 'deploy'),
      accepted(40, 'web01', 'anna'),
    ]);
  });

  it('is found in logs of applications, which name no machine', async () => {
    const line = (second: number, text: string, user: string): string =>
      JSON.stringify({ time: clock(second), level: 'info', msg: text, ip: SOURCE, user });
    const lines = [
      ...Array.from({ length: 9 }, (_, index) => line(index, 'login failed', `guest${index % 2}`)),
      line(20, 'login succeeded', 'carla'),
    ];
    const [found] = await loginsIn(lines, /^Application login succeeded after guessing$/);
    expect(rawsOf(found!)[0]).toBe(lines[9]);
    expect(rawsOf(found!).slice(1, 3)).toEqual(lines.slice(0, 2));
    expect(Object.entries(found!.entities)[0]).toEqual([
      'user.name',
      ['carla', 'guest0', 'guest1'],
    ]);
  });
});

describe('another chain of single events', () => {
  it('shows first what completes it', async () => {
    const lines = [
      `${clock(0)} web01 useradd[800]: new user: name=tmpuser, UID=1010, GID=1010, home=/home/tmpuser, shell=/bin/bash, from=none`,
      `${clock(50)} web01 userdel[801]: delete user 'tmpuser'`,
    ];
    const [found] = await loginsIn(lines, /^Short-lived account$/);
    expect(rawsOf(found!)).toEqual([lines[1], lines[0]]);
    expect(found!.atUs).toBe(Date.parse(clock(50)) * 1000);
    expect(found!.firstUs).toBe(Date.parse(clock(0)) * 1000);
  });
});
