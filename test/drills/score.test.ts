/** How an exercise is scored: a table of what was done when. */
import { describe, expect, it } from 'vitest';
import type { Exercise } from '../../src/drills/exercise.ts';
import { exerciseFrom } from '../../src/drills/from-incident.ts';
import { bundledScenarios, loadScenario, parseScenario } from '../../src/drills/load-scenario.ts';
import { dueInjects, fits, type Seen, scoreDrill } from '../../src/drills/score.ts';

const EXERCISE: Exercise = {
  playbook: 'triage',
  severity: 'SEV3',
  opening: 'Something',
  minutes: 60,
  objectives: [],
  injects: [
    { id: 'first', at: 0, from: 'a', says: 'x', asks: [] },
    {
      ...{ id: 'second', at: 20, from: 'b', says: 'y' },
      asks: [{ id: 'who', asks: 'Who?', points: ['one', 'two'] }],
    },
  ],
  expected: [
    {
      id: 'keep',
      says: 'kept',
      within: 10,
      worth: 2,
      shown: [{ entry: 'evidence_added', with: {} }],
    },
    {
      ...{ id: 'lock', says: 'locked', after: 'second', within: 5, worth: 4 },
      shown: [{ entry: 'action_proposed', with: { name: ['lock-*'] } }],
    },
  ],
  dangers: [
    {
      ...{ id: 'stop', says: 'stopped first', costs: 1, before: 'keep' },
      shown: [{ entry: 'action_proposed', with: { name: ['stop-process'] } }],
    },
  ],
};

const START = Date.parse('2026-03-01T12:00:00Z');
const at = (minute: number, type: string, payload: unknown = {}): Seen => ({
  atMs: START + minute * 60_000,
  type,
  payload,
});
const told = (minute: number) => at(minute, 'drill_told', { inject: 'second' });
const locked = (minute: number) => at(minute, 'action_proposed', { name: 'lock-account' });
const kept = (minute: number) => at(minute, 'evidence_added');
const stopped = (minute: number) => at(minute, 'action_proposed', { name: 'stop-process' });

/** Entries, real minutes gone, speed, states of keep and lock, percent, dangers. */
const ROWS: readonly [string, Seen[], number, number, string[], number, number][] = [
  ['nothing was done, and its time goes on', [], 5, 1, ['not due', 'not due'], 0, 0],
  ['what waits for an inject is not missed before it', [], 30, 1, ['missed', 'not due'], 0, 0],
  ['all in time', [kept(9), told(20), locked(24)], 30, 1, ['in time', 'in time'], 100, 0],
  ['late is half', [kept(11), told(20), locked(26)], 30, 1, ['late', 'late'], 50, 0],
  ['a faster clock makes late of it', [kept(2)], 3, 6, ['late', 'not due'], 17, 0],
  ['missed after its inject', [kept(1), told(20)], 26, 1, ['in time', 'missed'], 33, 0],
  ['done before anybody was told', [kept(1), locked(2)], 30, 1, ['in time', 'in time'], 100, 0],
  ['a danger before evidence', [stopped(1), kept(2)], 5, 1, ['in time', 'not due'], 17, 1],
  ['no danger after it', [kept(1), stopped(2)], 5, 1, ['in time', 'not due'], 33, 0],
  ['never below nothing', [stopped(1)], 5, 1, ['not due', 'not due'], 0, 1],
];

describe('a score', () => {
  it.each(ROWS)('%s', (_name, entries, minutes, speed, states, percent, dangers) => {
    const score = scoreDrill(EXERCISE, { startedMs: START, speed }, entries, {
      ...{ nowMs: START + minutes * 60_000, clocks: [], isTabletop: false },
    });
    expect(score.acts.map(({ state }) => state)).toEqual(states);
    expect(score.percent).toBe(percent);
    expect(score.dangers).toHaveLength(dangers);
  });

  it.each([
    ['submitted in time', 1, 60, []],
    ['submitted late', 1, 80, ['GDPR']],
    ['late by a faster clock', 60, 2, ['GDPR']],
    ['running', 60, undefined, []],
  ])('of a clock that was %s', (_name, speed, settledHours, missed) => {
    const HOUR = 3_600_000;
    const clock = {
      ...{ name: 'GDPR', triggerMs: START, dueMs: START + 72 * HOUR },
      settledMs: settledHours === undefined ? undefined : START + settledHours * HOUR,
    };
    const score = scoreDrill(EXERCISE, { startedMs: START, speed }, [], {
      ...{ nowMs: START + HOUR, clocks: [clock], isTabletop: false },
    });
    expect(score.clocksMissed).toEqual(missed);
  });

  it('of answers at a table counts points that there are, each once', () => {
    const answered = at(5, 'drill_answered', { question: 'who', text: 'us', points: [2, 2, 7] });
    const score = scoreDrill(EXERCISE, { startedMs: START, speed: 1 }, [answered], {
      ...{ nowMs: START + 1, clocks: [], isTabletop: true },
    });
    expect(score.answers).toMatchObject([{ question: 'who', text: 'us', named: 1, of: 2 }]);
    expect([score.percent, score.acts]).toEqual([50, []]);
  });

  it('tells injects once, in their order', () => {
    const ids = (minute: number, done: string[] = []) =>
      dueInjects(EXERCISE, new Set(done), minute).map(({ id }) => id);
    expect([ids(0), ids(19.9), ids(20), ids(20, ['first'])]).toEqual([
      ['first'],
      ['first'],
      ['first', 'second'],
      ['second'],
    ]);
  });
});

describe('a sign', () => {
  it.each([
    [{ name: ['block-*'] }, { name: 'block-ip' }, true],
    [{ name: ['block-*'] }, { name: 'unblock-ip' }, false],
    [{ rule: ['*gdpr*'] }, { rule: 'uk-gdpr-33' }, true],
    [{ 'changes.severity': ['SEV1', 'SEV2'] }, { changes: { severity: 'SEV2' } }, true],
    [{ 'changes.severity': ['SEV1'] }, { changes: {} }, false],
    [{ words: ['b'] }, { words: ['a', 'b'] }, true],
    [{ constructor: ['*'] }, {}, false],
    [{ name: ['a*a'] }, { name: 'a' }, false],
    [{}, undefined, true],
  ])('%j in %j: %s', (wanted, payload, is) => {
    const sign = { entry: 'x', with: wanted as Record<string, string[]> };
    expect(fits(sign, { type: 'x', payload })).toBe(is);
    expect(fits(sign, { type: 'y', payload })).toBe(false);
  });
});

describe('the bundled exercises', () => {
  const exercises = bundledScenarios().flatMap((name) => {
    const { exercise } = loadScenario(name);
    return exercise === undefined ? [] : [[name, exercise] as const];
  });

  it('are the five', () => {
    expect(exercises.map(([name]) => name)).toEqual([
      'file-server-ransomware',
      'insider-export',
      'leaked-cloud-key',
      'ssh-brute-force',
      'webshop',
    ]);
  });

  it.each(exercises)('%s tells, asks, expects and warns within its time', (_name, exercise) => {
    const { injects, expected, dangers, minutes } = exercise;
    expect(injects[0]?.at).toBe(0);
    expect(Math.max(...injects.map(({ at }) => at))).toBeLessThan(minutes);
    expect(injects.flatMap(({ asks }) => asks).length).toBeGreaterThan(2);
    expect(dangers.length).toBeGreaterThan(0);
    for (const { after, within, id } of expected) {
      const from = injects.find((inject) => inject.id === after)?.at ?? 0;
      expect([id, from + within <= minutes]).toEqual([id, true]);
    }
  });
});

describe('a scenario with a mistake', () => {
  const text = (more: string): string =>
    `name: x\ntitle: x\nsummary: x\nexercise:\n  playbook: triage\n  opening: x\n  minutes: 9\n  injects: [{ id: a, at: 0, from: x, says: x }]\n${more}\n`;
  const expected = (rest: string): string =>
    text(`  expected: [{ id: k, says: x, within: 1, shown: ${rest} }]`);
  it.each([
    [
      'an unknown kind of entry',
      expected('{ entry: nothing_such }'),
      /no kind of entry "nothing_such"/,
    ],
    [
      'an inject that is not there',
      text('  expected: [{ id: k, says: x, within: 1, after: b, shown: { entry: note_added } }]'),
      /no inject "b"/,
    ],
    ['a word that nobody knows', expected('{ entry: note_added, when: 1 }'), /when/],
    ['nothing expected', text(''), /expected/],
  ])('%s is refused with its place', (_name, source, message) => {
    try {
      parseScenario(source, 'x.yml');
    } catch (error) {
      expect(error).toMatchObject({ exit: 3 });
      expect(String(error)).toMatch(message);
      return;
    }
    expect.unreachable();
  });
});

it('an exercise from an incident has its order, its times and other names', () => {
  const exercise = exerciseFrom({
    ...{ playbook: 'triage', severity: 'SEV2', title: 'web01 breached', openedMs: START },
    rename: (text) => text.replaceAll('web01', 'thing-1'),
    entries: [
      at(0, 'incident_opened'),
      at(4, 'role_assigned', { role: 'incident_commander', person: 'Kim' }),
      at(20, 'note_added', { text: 'web01 again' }),
      at(40, 'action_proposed', { name: 'block-ip', target: '203.0.113.9' }),
      at(80, 'action_proposed', { name: 'block-ip', target: '203.0.113.8' }),
    ],
  });
  expect(exercise.injects.map(({ at, says }) => [at, says])).toEqual([
    [0, 'thing-1 breached'],
    [20, 'thing-1 again'],
  ]);
  expect(exercise.expected.map(({ id, within }) => [id, within])).toEqual([
    ['role-assigned-incident-commander', 5],
    ['action-proposed-block-ip', 50],
  ]);
  expect(JSON.stringify(exercise)).not.toMatch(/Kim|203\.0/);
});
