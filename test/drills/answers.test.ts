/**
 * Who reads nothing but the story can answer who it was, how they came in, as whom, what stays, what was taken and hidden, from
 * when to when: the lines of every drill are held to its truth, whatever the seed, the names and the logs that are left.
 */
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Timeline } from '../../src/detect/finding.ts';
import { loadScenario } from '../../src/drills/load-scenario.ts';
import { byteSize } from '../../src/events/words.ts';
import { readAnswers, readTruth, type TruthAnswer } from './compare-with-truth.ts';
import { createFolders, DRILLS, linesOf, play, read, statementsOf } from './play.ts';
import { RENAMED_ZONE, renameDrill } from './rename-drill.ts';

const folders = createFolders();
afterAll(() => folders.clear());

const LABELS = {
  who: 'Who',
  in: 'In',
  as: 'As',
  stays: 'Stays',
  took: 'Took',
  hid: 'Hid',
} as const;
/** What stands on one screen; the rest is in the full story. */
const SHORT = new Set(['who', 'in', 'took']);

/** Without blanks: a long name is broken where a line ends. */
const packed = (text: string | undefined): string => (text ?? '').replace(/\s+/g, '');

/** What the story leaves unanswered, as sentences. */
function unanswered(
  timeline: Timeline,
  answers: readonly TruthAnswer[],
  { story = 0, isFull = false } = {},
): string[] {
  const short = statementsOf(linesOf(timeline, isFull ? 'full' : 'short'), story);
  const full = statementsOf(linesOf(timeline, 'full'), story);
  return answers.flatMap(({ part, says, names, bytes }) => {
    if (part === 'when') return [];
    const said = packed((SHORT.has(part) ? short : full)[LABELS[part]]);
    const volume = bytes === undefined ? [] : [byteSize(bytes)];
    return [...names, ...volume]
      .filter((name) => !said.includes(packed(name)))
      .map((name) => `${LABELS[part]}: ${says}: ${name}`);
  });
}

/** `16 Nov 18:42` */
const minute = (time: string): string => {
  const date = new Date(time);
  const month = date.toLocaleString('en', { month: 'short', timeZone: 'UTC' });
  return `${date.getUTCDate()} ${month} ${time.slice(11, 16)}`;
};

/** The story says when the first and the last act were, to two minutes. */
function expectSpan(timeline: Timeline, folder: string): void {
  const when = readAnswers(folder).find(({ part }) => part === 'when');
  const acts = when?.of ?? [];
  const [story] = timeline.stories;
  const minutes = (time: string | undefined, us: number | undefined): number =>
    Math.abs(Date.parse(time ?? '') - (us ?? 0) / 1_000) / 60_000;
  expect(minutes(acts.at(0)?.first.time, story?.firstUs)).toBeLessThan(2);
  expect(minutes(acts.at(-1)?.last.time, story?.lastUs)).toBeLessThan(2);
  const title = packed(statementsOf(linesOf(timeline, 'short'))['Title']);
  for (const us of [story?.firstUs, story?.lastUs]) {
    expect(title).toContain(packed(minute(new Date((us ?? 0) / 1_000).toISOString())));
  }
}

describe.each(DRILLS)('the story of the drill %s', (name) => {
  describe.each([1, 7])('seed %d', (seed) => {
    let folder: string;
    let timeline: Timeline;
    beforeAll(async () => {
      folder = folders.make();
      await play(name, { folder, seed });
      timeline = await read(folder);
    });

    test('is one, and fits a screen', () => {
      expect(timeline.stories.map(({ title }) => title)).toHaveLength(1);
      const lines = linesOf(timeline, 'short');
      expect(lines.length).toBeLessThanOrEqual(21);
      expect(lines.filter((line) => line.length > 80)).toEqual([]);
      expect(timeline.stories[0]?.statements.length).toBeLessThanOrEqual(10);
    });

    test('answers who, how, as whom, what stays, what was taken and hidden', () => {
      const answers = readAnswers(folder);
      expect(answers.length).toBeGreaterThan(5);
      expect(unanswered(timeline, answers)).toEqual([]);
    });

    test('says when it began and ended', () => {
      expectSpan(timeline, folder);
    });

    // What access log and application, or auth log and audit trail, both tell of counts once.
    test.runIf(name === 'webshop')('counts every act once, however many logs tell of it', () => {
      const rows = readTruth(folder);
      const linesIn = (chapter: string, file: string): number =>
        rows.filter((row) => row.chapter === chapter && row.file.startsWith(file)).length;
      const said = statementsOf(linesOf(timeline, 'full'))['In'] ?? '';
      const numberIn = (pattern: RegExp): number => Number(pattern.exec(said)?.[1]);
      const requests = linesIn('sql-injection', 'web01/nginx/access.log');
      // One of them asks for the page as it is.
      expect(requests).toBeGreaterThan(50);
      expect(requests - numberIn(/SQL injection at \/search, (\d+) requests/)).toBeLessThanOrEqual(
        1,
      );
      // The audit trail writes two lines for each attempt.
      const attempts = linesIn('password-guessing', 'web01/audit/') / 2;
      expect(attempts).toBeGreaterThan(200);
      expect(numberIn(/SSH login: deploy, (\d+) failures before/)).toBe(attempts);
    });
  });

  test('is the same under other names, from other addresses and in another zone', async () => {
    const [folder, other] = [folders.make(), folders.make()];
    await play(name, { folder, seed: 1 });
    renameDrill(name, folder, other, loadScenario(name).start.slice(0, 4));
    const timeline = await read(other, RENAMED_ZONE);
    expect(timeline.stories).toHaveLength(1);
    expect(readAnswers(other)).not.toEqual(readAnswers(folder));
    expect(unanswered(timeline, readAnswers(other))).toEqual([]);
    expectSpan(timeline, other);
  });
});

/** What the story says is missing when a log is not there, by drill and log. */
const GAPS: Readonly<Record<string, Readonly<Record<string, RegExp>>>> = {
  webshop: {
    'web01/nginx/access.log': /web server's requests/,
    'web01/nginx/error.log': /web server's errors/,
    'web01/auth.log': /logins on the machine/,
    'web01/syslog': /the system of web01/,
    'web01/audit/audit.log': /what ran on web01/,
    'app/shop.jsonl': /the application/,
    'aws/cloudtrail.json': /the cloud account/,
  },
  'cloud-account': {
    'okta/system-log.jsonl': /single sign-on/,
    'aws/cloudtrail.json': /what the account did/,
  },
  'office-network': {
    'fw01/fortigate.log': /network traffic/,
    'dc01/winlogbeat.jsonl': /every line was read/,
    'fs01/events.xml': /what came through fw01/,
  },
  'database-host': {
    'db01/postgresql/postgresql-16-main.log': /the database server/,
    'db01/audit/audit.log': /what ran on db01/,
    'db01/syslog': /the system of the machine/,
    'cluster/kube-apiserver-audit.jsonl': /the cluster/,
    'network/vpc-flow.log': /network traffic/,
  },
};

describe.each(DRILLS)('without one of its logs the story of the drill %s', (name) => {
  let whole: string;
  beforeAll(async () => {
    whole = folders.make();
    await play(name, { folder: whole, seed: 1 });
  });

  test.each(Object.entries(GAPS[name] ?? {}))(
    '%s says no more than the others show, and what is missing',
    async (log, gap) => {
      const folder = folders.make();
      cpSync(whole, folder, { recursive: true });
      for (const file of [log, `${log}.1`]) rmSync(join(folder, file), { force: true });
      const timeline = await read(folder);
      // What the missing log tells of, too, may go; the rest stays, in one story or another.
      const gone = readTruth(folder).filter(({ file }) => file.startsWith(log));
      const isLeft = ({ of }: TruthAnswer): boolean =>
        of.every(({ act }) =>
          gone.every(
            ({ chapter, technique }) => act !== chapter && act !== `${chapter}/${technique}`,
          ),
        );
      const answers = readAnswers(folder).filter(isLeft);
      const each = timeline.stories.map(
        (_, story) => new Set(unanswered(timeline, answers, { story, isFull: true })),
      );
      const missing = [...(each[0] ?? [])].filter((one) => each.every((set) => set.has(one)));
      const open = timeline.stories
        .map((_, story) => packed(statementsOf(linesOf(timeline, 'full'), story)['Open']))
        .join(' ');
      expect({ missing, open }).toEqual({
        missing: [],
        open: expect.stringMatching(new RegExp(packed(gap.source))),
      });
    },
  );
});

test('two intruders who have nothing to do with each other are two stories', async () => {
  const folder = folders.make();
  const start = '2026-06-09T00:00:00Z';
  const names = ['office-network', 'database-host'] as const;
  for (const name of names) await play(name, { folder: join(folder, name), seed: 3, start });
  const timeline = await read(folder);
  expect(timeline.stories).toHaveLength(2);
  const answers = names.map((name) => readAnswers(join(folder, name)));
  const owners = timeline.stories.map((_, index) =>
    answers.findIndex(
      (own) =>
        unanswered(
          timeline,
          own.filter(({ part }) => part === 'who'),
          { story: index },
        ).length === 0,
    ),
  );
  expect([...owners].sort()).toEqual([0, 1]);
  for (const [index, owner] of owners.entries()) {
    expect(unanswered(timeline, answers[owner] ?? [], { story: index })).toEqual([]);
    const said = packed(Object.values(statementsOf(linesOf(timeline, 'full'), index)).join(' '));
    const foreign = (answers[1 - owner] ?? []).flatMap(({ part, names: own }) =>
      part === 'who' ? own : [],
    );
    expect(foreign.filter((address) => said.includes(address))).toEqual([]);
  }
});

test.each(DRILLS)(
  'ordinary days of the drill %s are no story, and one line says what was looked for',
  async (name) => {
    const folder = folders.make();
    await play(name, { folder, seed: 5, isOrdinary: true });
    const timeline = await read(folder);
    expect(timeline.totals.events).toBeGreaterThan(900);
    expect(timeline.stories).toEqual([]);
    expect(linesOf(timeline, 'short').join(' ')).toMatch(/^No break-in seen: looked for .*\.$/);
    expect(
      timeline.findings.filter(({ level }) => level === 'high' || level === 'critical'),
    ).toEqual([]);
  },
);
