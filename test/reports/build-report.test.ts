import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type CommandRun, NOTE_KINDS, type NoteKind } from '../../src/incidents/incident.ts';
import type { WholeIncident } from '../../src/incidents/incident-store.ts';
import { blameIn } from '../../src/reports/blame-words.ts';
import { firstSigns } from '../../src/reports/first-signs.ts';
import { readPartials } from '../../src/reports/load-templates.ts';
import { renderTemplate } from '../../src/reports/render-template.ts';
import type { PlaybookFacts } from '../../src/reports/report-input.ts';
import { type ReportModel, SECTIONS } from '../../src/reports/report-model.ts';
import { account, finding } from '../store/sample-entries.ts';
import { emptyDetail, modelOf } from './sample-model.ts';

const PARTIALS = await readPartials({});
const BUNDLED = fileURLToPath(new URL('../../templates/reports/postmortem.md', import.meta.url));
const AT = '2026-03-01T09:00:00.000Z';
let seq = 0;
const note = (kind: NoteKind, text: string): WholeIncident['notes'][number] => ({
  seq: (seq += 1),
  id: String(seq),
  at: AT,
  actor: 'alex',
  text,
  kind,
  stepId: undefined,
  happenedAt: undefined,
  corrections: [],
  withdrawn: undefined,
  variables: undefined,
});

const asked = (model: ReportModel): string[] => model.questions.map(({ section }) => section);

it('counts in its summary what is told in one row as well, so that its numbers agree', () => {
  const findings = [finding('a'), { ...finding('b'), level: 'low' as const }];
  const model = modelOf(emptyDetail({ findings }));
  expect(model.attack.background).toHaveLength(1);
  expect(model.summary.join(' ')).toContain(
    'The evidence shows 1 finding at 2026-03-01 08:00:00Z, and 1 more of less weight',
  );
});

it('strikes out what was corrected or withdrawn, and says when a note happened', () => {
  const step = { at: AT, actor: 'sam', reason: 'mixed up' };
  const detail = emptyDetail({
    notes: [
      {
        ...note('impact', 'web01 was down'),
        happenedAt: '2026-03-01T02:50:00.000Z',
        corrections: [{ ...step, seq: 90, text: 'web02 was down' }],
      },
      { ...note('impact', 'all was lost'), withdrawn: { ...step, seq: 91 } },
    ],
  });
  const model = modelOf(detail);
  expect(model.impact).toMatchObject([
    { text: 'web02 was down', replaced: ['web01 was down'], withdrawn: null },
    { text: 'all was lost', withdrawn: { actor: 'sam', reason: 'mixed up' } },
  ]);
  const text = renderTemplate(readFileSync(BUNDLED, 'utf8'), BUNDLED, model, PARTIALS);
  expect(text).toContain('- 2026-03-01 02:50:00Z: web02 was down (before: ~~web01 was down~~)');
  expect(text).toContain('- ~~all was lost~~ (withdrawn: mixed up)');
  const none = modelOf(emptyDetail({ notes: detail.notes.slice(1) }));
  expect(asked(none)).toContain('impact');
});

it('asks when it was detected, and tells no metric until then', () => {
  const { incident } = emptyDetail();
  const times = { ...incident.times, detected: undefined, contained: AT };
  const model = modelOf(emptyDetail({ incident: { ...incident, times } }));
  const wanted = 'ir update --detected-at TIME';
  expect(model.questions.filter(({ command }) => command === wanted)).toHaveLength(1);
  const text = renderTemplate(readFileSync(BUNDLED, 'utf8'), BUNDLED, model, PARTIALS);
  expect(text).toContain('| Time to contain (MTTC) | unknown: detected not given |');
  expect(text).toContain('(MTTD) | unknown: occurred and detected not given |');
  expect(text).toContain('It was contained 2026-03-01 09:00:00Z.');
  expect(modelOf(emptyDetail()).questions.map(({ command }) => command)).not.toContain(wanted);
});

it.each([
  ['detected', { detected: '2026-03-01T10:00:00.000Z' }, '2h before it was detected'],
  ['detected first', { detected: '2026-03-01T07:30:00.000Z' }, '30m after it was detected'],
  ['not detected', { declared: '2026-03-01T08:00:00.000Z' }, 'when the incident was opened'],
  ['no time', {}, null],
])('says how the logs showed it: %s', (_, times, delay) => {
  const low = { ...finding('b'), level: 'low' as const };
  const found = { ...finding('a'), count: 7, firstUs: Date.parse('2026-03-01T08:00:00Z') * 1000 };
  const saving = { type: 'timeline_saved', at: AT, actor: 'alex' };
  const journal = [{ ...saving, payload: { findings: [low, found] } }, saving];
  const known = {
    times,
    timeline: [],
    sources: [],
    techniqueNames: new Map([['T1505.003', 'Shell']]),
  };
  expect(firstSigns(journal as never, known as never)).toMatchObject({
    savedBy: 'alex',
    findings: 2,
    signs: [
      {
        title: found.rule.title,
        techniques: [{ id: 'T1505.003', name: 'Shell' }],
        files: ['access.log'],
        ...{ count: 7, firstAt: '2026-03-01T08:00:00.000Z', delay },
      },
    ],
  });
});

it('asks which time is right where the clock was set back', () => {
  const doubt = {
    id: 'd',
    seq: 3,
    at: '2026-02-27T08:00:00.000Z',
    before: { seq: 2, at: AT },
    kind: 'back' as const,
  };
  const model = modelOf(emptyDetail({ clockDoubts: [doubt] }));
  expect(model.ask.times.map(({ text }) => text).join()).toContain(
    'Entry 3 (2026-02-27T08:00:00.000Z)',
  );
  expect(model.custody.clockDoubts).toHaveLength(1);
});

describe('questions', () => {
  it('asks in every section of an incident that is only a title', () => {
    const sections = new Set(asked(modelOf(emptyDetail())));
    // Nothing was changed and no chain is broken: these two have nothing to ask.
    expect([...SECTIONS].filter((section) => !sections.has(section))).toEqual([
      'changes',
      'custody',
    ]);
  });

  it('asks nothing of a complete case', () => {
    const detail = emptyDetail();
    const times = Object.fromEntries(Object.keys(detail.incident.times).map((name) => [name, AT]));
    const complete = emptyDetail({
      incident: {
        ...detail.incident,
        description: 'A guessed password let somebody in; the account is closed.',
        determination: 'confirmed',
        type: 'web-compromise',
        times: { ...times, occurred: '2026-03-01T07:00:00.000Z' } as typeof detail.incident.times,
      },
      steps: [
        {
          stepId: 'block',
          phase: 'containment',
          status: 'done',
          reason: '',
          at: AT,
          actor: 'alex',
        },
      ],
      notes: NOTE_KINDS.map((kind) => note(kind, 'Rotate all keys @platform due 2026-12-01')),
      findings: [
        {
          ...finding('f1'),
          firstUs: Date.parse(AT) * 1000,
          rule: { ...finding('f1').rule, tactics: ['initial-access'] },
        },
      ],
      journal: ['alex', 'sam'].map((actor, index) => ({
        ...{
          seq: index + 1,
          incident: '0',
          at: AT,
          actor,
          type: 'note_added',
          payload: { text: 'x' },
        },
        ...{ writer: '0', actorId: actor, salt: '', payloadHash: '', prevHash: '' },
        hash: String(index),
      })),
    });
    const step = {
      id: 'block',
      phase: 'containment' as const,
      title: 'Block',
      isRequired: true,
      applies: true,
    };
    expect(modelOf(complete, { title: 'Web', steps: [step] }).questions).toEqual([]);
    const optional = { ...step, id: 'other', isRequired: false };
    const moot = { ...step, id: 'moot', applies: false };
    expect(asked(modelOf(complete, { title: 'Web', steps: [step, optional, moot] }))).toEqual([]);
    const open = { ...step, id: 'open' };
    expect(asked(modelOf(complete, { title: 'Web', steps: [step, open] }))).toEqual(['checklist']);
  });

  it.each<[NoteKind, string]>([
    ['impact', 'impact'],
    ['factor', 'factors'],
    ['went_well', 'wentWell'],
    ['went_badly', 'wentBadly'],
    ['lucky', 'lucky'],
  ])('a note of kind %s answers section %s', (kind, section) => {
    const before = modelOf(emptyDetail());
    const after = modelOf(emptyDetail({ notes: [note(kind, 'known')] }));
    expect(asked(before)).toContain(section);
    expect(asked(after)).not.toContain(section);
  });

  it('proposes the time of the earliest finding, and doubts an occurred time after it', () => {
    const findings = [finding('b', 5_000_000), finding('a', 1)];
    const at = '2026-03-01T08:00:00.000001Z';
    const model = modelOf(emptyDetail({ findings }));
    expect(model.ask.times[0]?.command).toBe(`ir update --occurred-at ${at}`);
    const { incident } = emptyDetail();
    const late = {
      ...incident,
      times: { ...incident.times, occurred: '2026-03-01T08:30:00.000Z' },
    };
    expect(modelOf(emptyDetail({ findings, incident: late })).ask.times[0]?.text).toMatch(
      /2026-03-01 08:30:00Z.*2026-03-01 08:00:00Z/,
    );
  });

  it.each([
    ['Sam should have patched it', 'should have'],
    ['human error', 'human error'],
    ['The admin forgot to rotate', 'forgot to'],
    ['careless', 'careless'],
    ['it was their fault', 'their fault'],
    ['we shouldn’t wait; the service failed at 10:00', undefined],
    ['default passwords were allowed', undefined],
  ])('blame in %j', (text, words) => {
    expect(blameIn(text)?.words).toBe(words);
    const model = modelOf(emptyDetail({ notes: [note('went_badly', text)] }));
    expect(model.ask.wentBadly.length).toBe(words === undefined ? 0 : 1);
  });
});

describe('action items', () => {
  it.each<[string, string, string | null, string | null]>([
    ['Rotate keys @platform due 2026-12-01', 'Rotate keys', 'platform', '2026-12-01'],
    ['@web.team: fix upload, due: 2026-12-01', ': fix upload', 'web.team', '2026-12-01'],
    ['Write to bob@example.com', 'Write to bob@example.com', null, null],
    ['due soon', 'due soon', null, null],
    ['@x due 2026-12-01', '@x due 2026-12-01', 'x', '2026-12-01'],
  ])('%s', (written, text, owner, due) => {
    const [item] = modelOf(emptyDetail({ notes: [note('action_item', written)] })).actions;
    expect(item).toMatchObject({ text, owner, due });
  });
});

describe('changes that are still in place', () => {
  const playbook: PlaybookFacts = {
    title: 'p',
    steps: [
      {
        ...{ id: 'block', phase: 'containment', title: 'Block', isRequired: true, applies: true },
        command: {
          risk: 'change',
          run: ['nft', 'add', '{{ source_ip }}'],
          undo: ['nft', 'delete', '{{ source_ip }}'],
          undoText: 'nft delete 203.0.113.7',
        },
      },
      {
        ...{ id: 'look', phase: 'triage', title: 'Look', isRequired: true, applies: true },
        command: { risk: 'read', run: ['ss'], undo: undefined, undoText: '' },
      },
    ],
  };
  const run = (argv: string[], exitCode: number | undefined = 0, stepId = 'block'): CommandRun => ({
    ...{
      seq: (seq += 1),
      id: String(seq),
      role: 'run',
      stepId,
      at: AT,
      actor: 'alex',
      host: 'web01',
      argv,
      exitCode,
    },
    ...{ durationMs: 5, stdoutSha256: 'x', stderrSha256: 'x', stdoutHead: '', stderrHead: '' },
  });
  const add = (ip: string): CommandRun => run(['nft', 'add', ip]);

  it.each<[string, () => CommandRun[], string[]]>([
    ['a change', () => [add('203.0.113.7')], ['nft add 203.0.113.7']],
    [
      'through sudo',
      () => [run(['sudo', '--non-interactive', '--', 'nft', 'add', '203.0.113.7'])],
      ['sudo --non-interactive -- nft add 203.0.113.7'],
    ],
    ['a failed one', () => [run(['nft', 'add', '203.0.113.7'], 1)], ['nft add 203.0.113.7']],
    [
      'one without an end',
      () => [run(['nft', 'add', '203.0.113.7'], undefined)],
      ['nft add 203.0.113.7'],
    ],
    ['undone', () => [add('203.0.113.7'), run(['nft', 'delete', '203.0.113.7'])], []],
    [
      'another one undone',
      () => [add('203.0.113.7'), run(['nft', 'delete', '203.0.113.8'])],
      ['nft add 203.0.113.7'],
    ],
    [
      'undo failed',
      () => [add('203.0.113.7'), run(['nft', 'delete', '203.0.113.7'], 1)],
      ['nft add 203.0.113.7'],
    ],
    ['only read', () => [run(['ss'], 0, 'look')], []],
    ['collected first', () => [run(['nft', 'list'])], []],
  ])('%s', (_, runs, expected) => {
    const { changes, ask } = modelOf(emptyDetail({ commandRuns: runs() }), playbook);
    expect(changes.map(({ command }) => command)).toEqual(expected);
    expect(ask.changes.length).toBe(expected.length);
  });
});

describe('attack timeline', () => {
  const low = { ...finding('low'), level: 'low' as const };

  it('tells grave findings one by one and the others in rows', () => {
    const findings = [finding('b', 9), low, { ...low, id: 'low2' }, finding('a', 3)];
    const { attack } = modelOf(emptyDetail({ findings }));
    expect(attack.timeline.map(({ number, count }) => [number, count])).toEqual([
      ['F-01', 3],
      ['F-02', 9],
    ]);
    expect(attack.background).toMatchObject([{ level: 'low', findings: 2, events: 2 }]);
    expect(attack).toMatchObject({ findings: 4, events: 14 });
  });

  it('tells the gravest 500 of a flood and counts the others', () => {
    const many = Array.from({ length: 600 }, (_, index) => ({
      ...finding(`m${index}`, 1 + (index % 7)),
      level: index === 599 ? ('critical' as const) : ('medium' as const),
    }));
    const { attack } = modelOf(emptyDetail({ findings: many }));
    expect(attack.timeline.length).toBe(500);
    expect(attack.timeline.filter(({ level }) => level === 'critical').length).toBe(1);
    expect(attack.background.map(({ findings }) => findings)).toEqual([100]);
    const times = attack.timeline.map(({ firstAt }) => firstAt);
    expect(times).toEqual([...times].sort());
  });

  it('tells low ones when there is nothing else', () => {
    const { attack } = modelOf(emptyDetail({ findings: [low] }));
    expect(attack.timeline.length).toBe(1);
    expect(attack.background).toEqual([]);
  });

  it('cites evidence number and line, else the file', () => {
    const source = {
      ...account('logs/access.log', 'ab'.repeat(32)),
      evidenceNo: 'E-004',
      savedAt: AT,
      savedBy: 'alex',
    };
    const cited = (sources: WholeIncident['sources']) =>
      modelOf(emptyDetail({ findings: [finding('a')], sources })).attack.timeline[0]?.cited
        ?.reference;
    expect(cited([source])).toBe('E-004:3');
    expect(cited([])).toBe('access.log:3');
  });

  it('cuts a huge line and says so', () => {
    const [evidence] = finding('a').evidence;
    const huge = { ...finding('a'), evidence: [{ ...evidence!, raw: 'x'.repeat(5_000) }] };
    expect(modelOf(emptyDetail({ findings: [huge] })).attack.timeline[0]?.cited).toMatchObject({
      cut: 4_400,
    });
  });
});

describe('chain', () => {
  it('asks about a broken one', () => {
    const chain = { isIntact: false, problem: 'entry 2: changed' };
    const model = modelOf(emptyDetail());
    expect(model.ask.custody).toEqual([]);
    expect(modelOf(emptyDetail(), undefined, chain).ask.custody[0]?.text).toMatch(
      /entry 2: changed/,
    );
  });
});
