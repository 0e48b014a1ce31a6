/** A run that finds nothing says why; a run that does not end with 0 says why, in every format. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CommandOutcome } from '../../src/commands/outcome.ts';
import { type EventsResult, type TimelineOptions, timeline } from '../../src/commands/timeline.ts';
import { testContext } from './test-context.ts';

let cwd: string;

beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'ir-reasons-'));
  mkdirSync(join(cwd, 'none'));
  mkdirSync(join(cwd, 'pictures'));
  writeFileSync(join(cwd, 'pictures', 'a.png'), Buffer.from('89504e470d0a1a0a00000000', 'hex'));
  writeFileSync(join(cwd, 'empty.log'), '');
  writeFileSync(join(cwd, 'unknown.log'), 'foo bar\n\nbaz\n');
  writeFileSync(join(cwd, 'generic.log'), '2026-03-14 10:00:01 nobody knows\n'.repeat(2));
  writeFileSync(
    join(cwd, 'auth.log'),
    [
      '2026-03-14T10:00:00Z web01 sshd[1]: Failed password for root from 203.0.113.7 port 4001 ssh2',
      '2026-03-14T10:00:05Z web01 sshd[1]: Failed password for root from 2001:db8:1::7 port 4001 ssh2',
      '2026-03-14T11:00:00Z web01 CRON[7]: pam_unix(cron:session): session opened for user root(uid=0) by (uid=0)',
      '',
    ].join('\n'),
  );
  writeFileSync(join(cwd, 'brute.log'), bruteForce());
  writeFileSync(
    join(cwd, 'access.log'),
    '203.0.113.9 - - [14/Mar/2026:12:00:00 +0000] "GET /uploads/a.php?cmd=id HTTP/1.1" 200 5 "-" "curl/8"\n',
  );
});
/** Twelve failures from one address before a login, one a day later, others from elsewhere. */
function bruteForce(): string {
  const line = (time: string, text: string): string =>
    `${time}Z web01 sshd[1]: ${text} port 4001 ssh2`;
  const at = (second: number): string => `2026-03-14T10:00:${String(second).padStart(2, '0')}`;
  return [
    ...Array.from({ length: 12 }, (_, n) =>
      line(at(n), 'Failed password for root from 203.0.113.7'),
    ),
    line(at(20), 'Failed password for root from 198.51.100.4'),
    line(at(30), 'Accepted password for root from 203.0.113.7'),
    line('2026-03-15T10:00:00', 'Failed password for root from 203.0.113.7'),
    line('2026-03-15T10:00:05', 'Accepted password for root from 203.0.113.7'),
    '',
  ].join('\n');
}

afterAll(() => rmSync(cwd, { recursive: true, force: true }));

interface Told {
  said: string[];
  why: string | undefined;
  exit: number | undefined;
  reasons: readonly string[];
  events: number;
}

async function run(
  paths: readonly string[],
  options: TimelineOptions = {},
  format?: string,
): Promise<Told> {
  const said: string[] = [];
  const plain = testContext({ cwd, ...(format !== undefined && { format }) });
  const context = { ...plain, say: (text: string) => said.push(text) };
  const outcome = await timeline(context, paths, { workers: '0', ...options });
  const { result, reasons, exit, exitAfter } = outcome as CommandOutcome<EventsResult> & {
    result: Partial<EventsResult> & {
      timeline?: { whyNothing?: string; totals: { events: number } };
    };
  };
  let events = result.timeline?.totals.events ?? 0;
  for await (const _ of result.events?.events ?? []) events += 1;
  return {
    ...{ said, events, why: result.timeline?.whyNothing ?? result.events?.whyNothing },
    ...{ exit: exitAfter?.() ?? exit, reasons: reasons?.() ?? [] },
  };
}

/** A file that nobody named and that is no text is left out, not a failure. */
const PICTURE = 'no file was read: pictures/a.png: binary file';
const WHY: readonly [paths: string, options: TimelineOptions, why: string][] = [
  ['none', {}, 'no file was read: there is none in none'],
  ['pictures', {}, PICTURE],
  ['empty.log', {}, 'what was read is empty'],
  ['unknown.log', {}, 'no line of the file read is of a known format'],
  [
    'auth.log',
    { since: '2026-03-15T00:00:00Z' },
    'the logs end at 2026-03-14T11:00:00.000Z, before --since 2026-03-15T00:00:00.000Z',
  ],
  [
    'auth.log access.log',
    { until: '2026-03-14T09:00:00Z' },
    'the logs begin at 2026-03-14T10:00:00.000Z, after --until 2026-03-14T09:00:00.000Z',
  ],
  [
    'auth.log',
    { since: '2026-03-14T10:10:00Z', until: '2026-03-14T10:20:00Z' },
    'no event from 2026-03-14T10:10:00.000Z on up to 2026-03-14T10:20:00.000Z',
  ],
  [
    'auth.log',
    { entity: ['mallory', '192.0.2.1'] },
    'no event names mallory or 192.0.2.1 (--entity)',
  ],
  ['auth.log', { entity: ['203.0.113.64/26'] }, 'no event names 203.0.113.64/26 (--entity)'],
  [
    'auth.log',
    { entity: ['root'], grep: 'sudo' },
    'no event names root (--entity) and matches sudo (--grep)',
  ],
  ['auth.log', { grep: 'sudo' }, 'no event matches sudo (--grep)'],
  [
    'auth.log',
    { since: '2026-03-14T10:30:00Z', entity: ['203.0.113.7'] },
    'no event from 2026-03-14T10:30:00.000Z on names 203.0.113.7 (--entity)',
  ],
];

describe('a run without an event', () => {
  it.each(WHY)('%s %j: %s', async (paths, options, why) => {
    const said = [`No events: ${why}.`];
    const csv = await run(paths.split(' '), options, 'csv');
    expect([csv.why, csv.exit, csv.said]).toEqual([why, undefined, said]);
    const all = await run(paths.split(' '), { ...options, all: true }, 'jsonl');
    expect([all.why, all.said, all.events]).toEqual([why, said, 0]);
  });

  it('says times as the reader wants to see them', async () => {
    const context = testContext({ cwd, displayTz: 'Asia/Tokyo' });
    const { result } = await timeline(context, ['auth.log'], {
      ...{ workers: '0', since: '2026-03-16 09:00' },
    });
    expect('timeline' in result && result.timeline.whyNothing).toBe(
      'the logs end at 2026-03-14T20:00:00.000+09:00, before --since 2026-03-16T09:00:00.000+09:00',
    );
  });

  it('says it once to people, in the result', async () => {
    const [paths, options, why] = WHY[0]!;
    const text = await run(paths.split(' '), options);
    expect([text.why, text.exit, text.said]).toEqual([why, undefined, []]);
  });

  it('is the only one that says so', async () => {
    const found = await run(['auth.log', 'unknown.log', 'none'], {}, 'csv');
    expect([found.why, found.said, found.events > 0]).toEqual([undefined, [], true]);
  });
});

describe('--all with --rule', () => {
  it.each([
    ['auth.log access.log', ['ssh_failed_login'], 2],
    ['auth.log access.log', ['Command given to a web shell'], 1],
    ['auth.log access.log', ['ssh_failed_login', 'web-shell-command'], 3],
    // A correlation: the events that it counted where it fired, and no others of the rules that it counts.
    ['auth.log', ['SSH brute force from one source'], 0],
    ['brute.log', ['ssh_failed_login'], 14],
    ['brute.log', ['SSH brute force from one source'], 12],
    ['brute.log', ['ssh-brute-force'], 12],
    ['brute.log', ['ssh-login-after-brute-force'], 13],
    ['brute.log', ['SSH brute force from one source', 'ssh_failed_login'], 14],
  ])('%s %j gives the events of that rule: %i', async (paths, rule, count) => {
    const told = await run(paths.split(' '), { rule, all: true });
    expect(told.events).toBe(count);
  });

  it('says when it has none, and refuses one that there is not', async () => {
    const told = await run(['auth.log'], { rule: ['Reverse shell'], all: true });
    expect(told.why).toBe('no event is a hit of Reverse shell (--rule)');
    await expect(run(['auth.log'], { rule: ['nope'], all: true })).rejects.toMatchObject({
      exit: 2,
      message: 'no rule is called "nope"',
    });
  });
});

describe('--entity with a network', () => {
  it.each([
    ['203.0.113.0/24', 1],
    [' 203.0.113.7/32', 1],
    ['::ffff:203.0.113.0/120', 1],
    ['2001:db8::/32', 1],
    ['0.0.0.0/0', 1],
    ['203.0.113.7', 1],
    ['root', 3],
  ])('%s is named by %i events', async (entity, count) => {
    expect((await run(['auth.log'], { entity: [entity], all: true })).events).toBe(count);
  });

  it.each(['192.0.2.0/33', '2001:db8::/129', '192.0.2/24'])('%s is refused', async (entity) => {
    await expect(run(['auth.log'], { entity: [entity] })).rejects.toMatchObject({
      exit: 2,
      message: `--entity: "${entity}" is no network`,
    });
  });
});

const MISSING = 'not read in full: gone.log: no such file or folder';
const EXITS: readonly [paths: string, options: TimelineOptions, exit: number, reasons: string[]][] =
  [
    ['auth.log gone.log', {}, 4, [MISSING]],
    ['auth.log gone.log', { all: true }, 4, [MISSING]],
    [
      'unknown.log auth.log',
      { strict: true },
      4,
      ['--strict: 2 lines of 1 file not parsed, the first of them in unknown.log'],
    ],
    [
      'generic.log auth.log',
      { strict: true },
      4,
      ['--strict: 2 lines of 1 file not parsed or generic, the first of them in generic.log'],
    ],
    [
      'unknown.log generic.log',
      { strict: true },
      4,
      ['--strict: 4 lines of 2 files not parsed or generic, the first of them in unknown.log'],
    ],
    ['access.log', { failOn: 'high' }, 1, ['--fail-on: 1 finding of level high or above']],
    ['access.log gone.log', { failOn: 'high' }, 4, [MISSING]],
  ];

describe('an exit code other than 0', () => {
  it.each(EXITS)('%s %j: %i', async (paths, options, exit, reasons) => {
    for (const format of ['text', 'csv', 'jsonl', 'json']) {
      const told = await run(paths.split(' '), options, format);
      expect([told.exit, told.reasons]).toEqual([exit, reasons]);
    }
  });
});
