import { describe, expect, it } from 'vitest';
import type { Finding } from '../../src/detect/finding.ts';
import { foldFindings } from '../../src/detect/fold-findings.ts';
import type { Level } from '../../src/events/level.ts';
import { atOnce } from '../../src/logs/turns.ts';

const fold = (findings: readonly Finding[]): Finding[] => atOnce(foldFindings(findings));

const START_US = Date.parse('2026-03-05T04:00:00Z') * 1000;
const MINUTE_US = 60_000_000;

interface Sketch {
  title: string;
  techniques?: readonly string[];
  level?: Level;
  /** Minutes of the first and the last event. */
  at?: number | undefined;
  until?: number;
  ip?: string | readonly string[];
  user?: string | readonly string[];
  host?: string;
  path?: string;
  count?: number;
}

const listOf = (value: string | readonly string[] | undefined): readonly string[] =>
  value === undefined ? [] : typeof value === 'string' ? [value] : value;

let made = 0;
function finding(sketch: Sketch): Finding {
  const { title, level = 'medium', until, ip, user, host, path, count = 1 } = sketch;
  const at = 'at' in sketch ? sketch.at : 0;
  const [ips, users, paths] = [listOf(ip), listOf(user), listOf(path)];
  made += 1;
  return {
    id: `id ${made}`,
    rule: {
      ...{ id: title, name: title, title, level, tactics: [] },
      techniques: sketch.techniques ?? ['T1110.001'],
    },
    level,
    firstUs: at === undefined ? undefined : START_US + at * MINUTE_US,
    lastUs: at === undefined ? undefined : START_US + (until ?? at) * MINUTE_US,
    count,
    entities: {
      ...(ips.length > 0 && { 'source.ip': ips }),
      ...(users.length > 0 && { 'user.name': users }),
      ...(paths.length > 0 && { 'file.path': paths }),
    },
    evidence: [
      { file: 'a.log', sha256: 'ab', line: made, offset: made, raw: title, timeUs: START_US },
    ],
    event: {
      ...(ips.length > 0 && { source: { ip: ips[0] } }),
      ...(users.length > 0 && { user: { name: users[0] } }),
      ...(host !== undefined && { host: { hostname: host } }),
    },
  };
}

/** `A > B, C` for each finding: who leads whom. */
const told = (findings: readonly Finding[]): string[] =>
  findings
    .map(({ rule, act }) => {
      const others = (act?.others ?? []).map((other) => other.rule.title);
      return others.length === 0 ? rule.title : `${rule.title} > ${others.join(', ')}`;
    })
    .sort();

const CASES: readonly [name: string, sketches: readonly Sketch[], expected: readonly string[]][] = [
  [
    'who changes addresses inside his network is one, another network is another',
    [
      { title: 'A', ip: '2001:db8:5:5::1' },
      { title: 'B', ip: '2001:db8:5:5::77', level: 'critical', at: 2 },
      { title: 'C', ip: '2001:db8:5:6::1', at: 2 },
    ],
    ['B > A', 'C'],
  ],
  [
    'one technique of one address within ten minutes: the strongest leads',
    [
      { title: 'A', ip: '203.0.113.7', level: 'low' },
      { title: 'B', ip: '203.0.113.7', level: 'critical', at: 10 },
      { title: 'C', ip: '203.0.113.7', level: 'medium', at: 19 },
    ],
    ['B > C, A'],
  ],
  [
    'a pause counts from the end of what went before',
    [
      { title: 'A', ip: '203.0.113.7', at: 0, until: 30 },
      { title: 'B', ip: '203.0.113.7', at: 40 },
      { title: 'C', ip: '203.0.113.7', at: 50.1 },
    ],
    ['A > B', 'C'],
  ],
  [
    'sub-techniques are their technique',
    [
      { title: 'A', ip: '203.0.113.7', techniques: ['T1110.001'] },
      { title: 'B', ip: '203.0.113.7', techniques: ['T1110.003', 'T1078'] },
      { title: 'C', ip: '203.0.113.7', techniques: ['T1078'] },
    ],
    ['A > B', 'C'],
  ],
  [
    'other addresses and other hosts stay apart',
    [
      { title: 'A', ip: '203.0.113.7', host: 'web01' },
      { title: 'B', ip: '203.0.113.8', host: 'web01' },
      { title: 'C', ip: '203.0.113.7', host: 'db01' },
      { title: 'D', ip: '203.0.113.7', host: 'web01' },
    ],
    ['A > D', 'B', 'C'],
  ],
  [
    'where no host is named, it may be any; the paths of requests are none',
    [
      { title: 'A', ip: '203.0.113.7', techniques: ['T1190'] },
      { title: 'B', ip: '203.0.113.7', techniques: ['T1190'], host: 'web01' },
    ],
    ['A > B'],
  ],
  [
    'without an address the account acts; files that it changes are targets',
    [
      { title: 'A', user: 'deploy', path: '/etc/cron.d/a' },
      { title: 'B', user: 'deploy', path: '/etc/cron.d/b' },
      { title: 'C', user: 'deploy', path: '/etc/cron.d/b' },
      { title: 'D', user: 'root', path: '/etc/cron.d/b' },
    ],
    ['A', 'B > C', 'D'],
  ],
  [
    'rules without a technique fold with themselves alone',
    [
      { title: 'A', ip: '203.0.113.7', techniques: [] },
      { title: 'B', ip: '203.0.113.7', techniques: [] },
      { title: 'A', ip: '203.0.113.7', techniques: [] },
    ],
    ['A > A', 'B'],
  ],
  ['where nobody acts, nothing is folded', [{ title: 'A' }, { title: 'A' }], ['A', 'A']],
  [
    'findings without a time have no pause',
    [
      { title: 'A', ip: '203.0.113.7', at: undefined },
      { title: 'B', ip: '203.0.113.7', at: undefined, level: 'high' },
    ],
    ['B > A'],
  ],
];

describe('folding', () => {
  it.each(CASES)('%s', (_name, sketches, expected) => {
    const findings = sketches.map(finding);
    expect(told(fold(findings))).toEqual(expected);
    expect(told(fold([...findings].reverse()))).toEqual(expected);
  });

  it('keeps counts, first, last and every actor', () => {
    const addresses = (from: number, to: number): string[] =>
      Array.from({ length: to - from }, (_, index) => `198.51.100.${from + index}`);
    const [act] = fold([
      finding({ title: 'A', user: 'root', ip: addresses(1, 21), count: 40, at: 0, until: 5 }),
      finding({ title: 'B', user: ['root', 'anna'], ip: addresses(1, 13), count: 7, at: 3 }),
      finding({ title: 'C', ip: ['198.51.100.1', ...addresses(90, 101)], level: 'high', at: 9 }),
    ]);
    expect(act).toMatchObject({
      level: 'high',
      firstUs: START_US,
      lastUs: START_US + 9 * MINUTE_US,
      count: 1,
      act: {
        others: [
          { rule: { title: 'A' }, count: 40, firstUs: START_US, lastUs: START_US + 5 * MINUTE_US },
          { rule: { title: 'B' }, count: 7, evidence: { raw: 'B' } },
        ],
        unnamed: 0,
        furtherValues: { 'source.ip': 11 },
        lead: { firstUs: START_US + 9 * MINUTE_US, lastUs: START_US + 9 * MINUTE_US },
      },
    });
    expect(act?.entities['user.name']).toEqual(['anna', 'root']);
    // The leading one's own come first.
    expect(act?.entities['source.ip']?.slice(0, 12)).toEqual([
      '198.51.100.1',
      ...addresses(90, 101),
    ]);
    expect(act?.entities['source.ip']).toHaveLength(20);
  });

  it('names the strongest of very many and counts the others', () => {
    const many = Array.from({ length: 300 }, (_, index) =>
      finding({
        title: `A ${index}`,
        ip: '203.0.113.7',
        level: index % 100 === 50 ? 'high' : 'low',
        at: index,
      }),
    );
    const [act, ...rest] = fold(many);
    expect(rest).toEqual([]);
    expect(act?.rule.title).toBe('A 50');
    expect(act?.act?.others).toHaveLength(50);
    expect(act?.act?.others.slice(0, 2).map(({ rule }) => rule.title)).toEqual(['A 150', 'A 250']);
    expect(act?.act?.unnamed).toBe(249);
    expect(act?.lastUs).toBe(START_US + 299 * MINUTE_US);
  });

  it('gives the same for findings in any order', () => {
    const findings = Array.from({ length: 400 }, (_, index) =>
      finding({
        title: `Rule ${(index * 7) % 5}`,
        techniques: [`T1${(index >> 2) % 2}10.00${index % 2}`],
        level: (['low', 'medium', 'high'] as const)[index % 3]!,
        ip: `203.0.113.${index % 7}`,
        ...(index % 4 > 0 && { host: `web0${index % 3}` }),
        at: (index * 37) % 911,
        until: ((index * 37) % 911) + (index % 3),
      }),
    );
    const byId = (list: readonly Finding[]): Finding[] =>
      [...list].sort((a, b) => (a.id < b.id ? -1 : 1));
    const expected = byId(fold(findings));
    expect(expected.length).toBeGreaterThan(20);
    expect(expected.length).toBeLessThan(350);
    const total = expected.reduce(
      (sum, { act }) => sum + 1 + (act?.others.length ?? 0) + (act?.unnamed ?? 0),
      0,
    );
    expect(total).toBe(400);
    for (const step of [7, 61, 399]) {
      const mixed = findings.map((_, index) => findings[(index * step) % 400]!);
      expect(byId(fold(mixed))).toEqual(expected);
    }
  });
});

it('names no command that was refused under a finding of one that ran', () => {
  const withCommand = (title: string, command: string, outcome: string, level: Level): Finding => {
    const made = finding({ title, level, user: 'jo', host: 'web01' });
    return {
      ...made,
      entities: { ...made.entities, 'process.command_line': [command] },
      event: { ...made.event, event: { outcome } },
    };
  };
  const ran = withCommand('ran', '/usr/bin/cat /etc/shadow', 'success', 'high');
  const refused = withCommand('refused', '/usr/bin/chmod u+s /bin/bash', 'failure', 'medium');
  const again = withCommand('refused again', '/usr/bin/passwd', 'failure', 'low');
  const [lead] = fold([refused, ran]);
  expect(lead?.entities['process.command_line']).toEqual(['/usr/bin/cat /etc/shadow']);
  expect(lead?.act?.others.map(({ rule }) => rule.title)).toEqual(['refused']);
  const [both] = fold([refused, again]);
  expect(both?.entities['process.command_line']).toEqual([
    '/usr/bin/chmod u+s /bin/bash',
    '/usr/bin/passwd',
  ]);
});

describe('acts in an account of a cloud', () => {
  /** A call that names a resource, as CloudTrail writes it. */
  const call = (title: string, name: string | undefined, at: number): Finding => {
    const made = finding({ title, at, ip: '203.0.113.9', techniques: ['T1537'] });
    const raw = JSON.stringify({
      eventName: title,
      requestParameters: name === undefined ? {} : { bucketName: name },
    });
    return {
      ...made,
      event: { ...made.event, cloud: { account: { id: '111122223333' } } },
      evidence: made.evidence.map((one) => ({ ...one, raw })),
    };
  };

  it('on two things are two, on one thing are one', () => {
    expect(fold([call('a', 'data', 0), call('b', 'backup', 1)])).toHaveLength(2);
    expect(fold([call('a', 'data', 0), call('b', 'data', 1)])).toHaveLength(1);
    // What names nothing may be about any.
    expect(fold([call('a', 'data', 0), call('b', undefined, 1)])).toHaveLength(1);
  });
});
