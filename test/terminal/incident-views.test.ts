import { describe, expect, it } from 'vitest';
import type { WholeIncident } from '../../src/incidents/incident-store.ts';
import { parseEntry } from '../../src/incidents/journal-chain.ts';
import { metricsOf } from '../../src/incidents/key-times.ts';
import { replay } from '../../src/incidents/projection.ts';
import { createStyle } from '../../src/terminal/style.ts';
import type { View } from '../../src/terminal/view.ts';
import { view as noteView } from '../../src/terminal/views/add-note.ts';
import { view as closeView } from '../../src/terminal/views/close-incident.ts';
import { view as listView } from '../../src/terminal/views/list-incidents.ts';
import { view as openView } from '../../src/terminal/views/open-incident.ts';
import { view as reopenView } from '../../src/terminal/views/reopen-incident.ts';
import { view as showView } from '../../src/terminal/views/show-incident.ts';
import { view as updateView } from '../../src/terminal/views/update-incident.ts';
import { view as useView } from '../../src/terminal/views/use-incident.ts';
import { view as verifyView } from '../../src/terminal/views/verify-journal.ts';
import { account, command, entry, finding, journalOf, opened } from '../store/sample-entries.ts';

/** Clears the screen, sets the window title, turns the text around, pretends to be another line. */
const HOSTILE = 'web01\u001b[2J\u001b]0;owned\u0007\u202e txt.exe\r\nINC-2026-9999 closed';

const entries = [
  opened('INC-2026-0001', { title: HOSTILE, description: `${HOSTILE} `.repeat(30), isDrill: true }),
  entry('note_added', { text: HOSTILE.repeat(9), kind: 'went_badly' }),
  entry('step_done', { stepId: HOSTILE, phase: 'triage', note: HOSTILE }),
  entry('step_waived', { stepId: 'two', phase: 'triage', reason: HOSTILE }),
  ...command('c'.repeat(32), [HOSTILE], undefined, HOSTILE),
  entry('timeline_saved', {
    findings: Array.from({ length: 12 }, (_, index) => ({
      ...finding(`f${index}`, index + 1),
      rule: { ...finding('x').rule, title: HOSTILE },
      entities: { 'user.name': [HOSTILE] },
    })),
    files: [{ ...account(HOSTILE, 'aa'), problem: HOSTILE }, account('b.log', 'bb')],
    argv: [],
  }),
];

const stored = journalOf(entries);
const state = replay(stored);
const journal = stored.map((one) => parseEntry(one, state.actors));
const incident = state.incident!;
const head = journal.at(-1)!.hash;
const detail: WholeIncident = {
  incident,
  steps: [...state.steps.values()],
  notes: [...state.notes.values()],
  commandRuns: [...state.commandRuns.values()],
  findings: [...state.findings.values()],
  sources: [...state.sources.values()],
  evidence: [...state.evidence.values()],
  custody: [...state.custody.values()],
  bags: [...state.bags.values()],
  clocks: [...state.clocks.values()],
  roles: [...state.roles.values()],
  decisions: [...state.decisions.values()],
  tasks: [...state.tasks.values()],
  assets: [...state.assets.values()],
  notices: [],
  variables: {},
  clockDoubts: [...state.clockDoubts.values()],
  unknownKinds: { [HOSTILE]: 2 },
  journal,
  head,
};
const metrics = metricsOf(incident.times);
const folder = `/home/alex/${HOSTILE}`;
const after = { ...incident, severity: 'SEV1' as const, description: HOSTILE };
const broken = { incident: HOSTILE, seq: 3, reason: HOSTILE };

const results: [string, View<never>, unknown][] = [
  ['open', openView, { incident, folder, isNewStore: true, head }],
  ['use', useView, { incident, folder }],
  ['list', listView, { folder, incidents: [{ ...incident, isCurrent: true }] }],
  ['list of none', listView, { folder, incidents: [] }],
  [
    'show',
    showView,
    {
      ...detail,
      metrics,
      clockLines: [],
      advice: HOSTILE,
      noteCount: 12,
      doubtfulTimes: [HOSTILE],
    },
  ],
  ['update', updateView, { before: incident, incident: after, head }],
  ['note', noteView, { key: 'INC-2026-0001', seq: 2, kind: 'note', text: HOSTILE, head }],
  [
    'withdrawal',
    noteView,
    { key: 'INC-2026-0001', seq: 3, kind: 'note', text: '', note: 2, isWithdrawal: true, head },
  ],
  [
    'close',
    closeView,
    { incident, metrics, openSteps: [{ stepId: HOSTILE, phase: 'triage' }], head },
  ],
  ['reopen', reopenView, { incident, head }],
  [
    'verify',
    verifyView,
    {
      folder,
      isIntact: true,
      changed: [],
      evidence: {
        ...{ isIntact: true, pieces: 2, signatures: 1, problems: [], unnamed: [HOSTILE] },
        copies: [
          { incident: HOSTILE, at: undefined, path: '', holds: '' },
          {
            incident: HOSTILE,
            at: incident.times.declared ?? '2026-03-01T08:00:00.000Z',
            path: HOSTILE,
            holds: 'case',
          },
        ],
      },
      bag: {
        ...{ path: HOSTILE, isIntact: true, problems: [], missing: [], files: 3, bytes: 9 },
        ...{ sha256: head, signedBy: HOSTILE, stampedAt: HOSTILE, incident: HOSTILE, head },
      },
      entries: 6,
      incidents: 2,
      erasedPayloads: 1,
      head,
      problems: [],
      unknownKinds: { [HOSTILE]: 2 },
      witness: { head: head.slice(0, 12), known: { of: 'store', incident: HOSTILE, seq: 4 } },
      staleProjections: [],
      storeProblems: [],
      doubtfulTimes: [HOSTILE],
    },
  ],
  [
    'verify, broken',
    verifyView,
    {
      folder,
      isIntact: false,
      changed: ['journal', 'tables', 'store', 'evidence', 'export'],
      evidence: {
        ...{ isIntact: false, pieces: 2, signatures: 1, problems: [HOSTILE], unnamed: [HOSTILE] },
        copies: [],
      },
      bag: {
        ...{ path: HOSTILE, isIntact: false, problems: [HOSTILE], missing: [HOSTILE] },
        ...{ sha256: head, signedBy: undefined, stampedAt: undefined, files: 3, bytes: 9 },
        ...{ incident: HOSTILE, head },
      },
      entries: 2,
      incidents: 3,
      erasedPayloads: 0,
      head,
      problems: [broken],
      unknownKinds: {},
      witness: { head: head.slice(0, 12), known: undefined },
      staleProjections: [HOSTILE],
      storeProblems: [HOSTILE],
      doubtfulTimes: [],
    },
  ],
];

const plain = (columns: number) => createStyle({ isTTY: true, columns }, 'never', {});
const textOf = (view: View<never>, result: unknown, columns: number): string =>
  view.text(result as never, plain(columns)) as string;

/** A hash is never broken: it is there to be copied. */
const HASH_WIDTH = 64;

describe.each(results)('the view of %s', (_name, view, result) => {
  it.each([40, 80, 160])('fits %i columns and lets nothing through', (columns) => {
    const text = textOf(view, result, columns);
    expect(text.endsWith('\n')).toBe(true);
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
    const tooWide = text
      .split('\n')
      .filter((line) => [...line].length > Math.max(columns, HASH_WIDTH));
    expect(tooWide).toEqual([]);
    // The text that follows a line break in the title must not pass for a line of ours.
    if (columns === 160) expect(text).not.toMatch(/^INC-2026-9999/m);
  });

  it('gives machines every member, null where nothing is known', () => {
    const json = JSON.stringify(view.json?.(result as never));
    expect(JSON.parse(json)).toMatchObject(JSON.parse(JSON.stringify(result)) as object);
    if (json.includes('"times"')) expect(json).toContain('"recovered":null');
  });
});

it.each<[string, View<never>, object]>([
  ['open', openView, { folder, isNewStore: true }],
  ['list', listView, { folder, incidents: [] }],
  ['show', showView, { ...detail, clockLines: [], advice: '', noteCount: 1, doubtfulTimes: [] }],
  ['close', closeView, { openSteps: [] }],
])('%s says that a detection is not known, not when it was', (name, view, rest) => {
  const times = { ...incident.times, detected: undefined };
  const unknown = { ...incident, times, title: 'Odd logins' };
  const incidents = [unknown, { ...incident, title: 'Odd logins' }];
  const result = { ...rest, incident: unknown, incidents, metrics: metricsOf(times), head };
  const text = textOf(view, result, 160);
  if (name === 'list') {
    const [first, second] = text.split('\n').map((line) => line.indexOf('Odd logins'));
    expect(first).toBe(second);
    expect(first).toBeGreaterThan(0);
    return;
  }
  expect(text).toMatch(/detected +(-|unknown)|MTTR unknown: detected not given/);
  expect(text).toContain('ir update --detected-at TIME');
  expect(text).not.toMatch(/MTT[DACR] (\d|-)/);
});

it('show puts the whole incident on one screen', () => {
  const unknownKinds = { weather_observed: 2 };
  const shown = {
    ...{
      ...detail,
      metrics,
      clockLines: [],
      advice: '',
      noteCount: 1,
      doubtfulTimes: ['Entry 3 is odd.'],
    },
    unknownKinds,
  };
  const text = textOf(showView, shown, 100);
  expect(text).toContain('[triage] > containment > eradication > recovery > post_incident');
  expect(text).toContain('MTTD -   MTTA 30m   MTTC -   MTTR -');
  expect(text).toContain('triage 1 done and 1 waived; 1 command run, 1 without a recorded end');
  expect(text).toContain('12: 12 high');
  expect(text).toContain('and 4 more (ir show --json has all)');
  expect(text).toContain('Clock       Entry 3 is odd.');
  expect(text).toContain(`Chain head  ${head}`);
  expect(text).toContain('weather_observed (2): entries of kinds that this version does not know');
  expect(text.split('\n').length).toBeLessThan(50);
});
