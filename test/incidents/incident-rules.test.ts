import { describe, expect, it } from 'vitest';
import type { Incident } from '../../src/incidents/incident.ts';
import {
  type Author,
  addNote,
  closeIncident,
  openIncident,
  reopenIncident,
  updateIncident,
} from '../../src/incidents/incident-rules.ts';
import type { EntryPayloads, NewEntry } from '../../src/incidents/journal-entry.ts';
import { replay } from '../../src/incidents/projection.ts';
import { entry, journalOf, opened } from '../store/sample-entries.ts';

const AUTHOR: Author = { actor: 'sam', now: new Date('2026-03-01T12:00:00.000Z') };

const incidentAfter = (...entries: NewEntry[]): Incident =>
  replay(journalOf([opened('INC-2026-0001'), ...entries])).incident!;

const OPENING = opened('INC-2026-0001').payload as EntryPayloads['incident_opened'];
const CLOSED = entry('incident_closed', { reason: '' }, '2026-03-01T11:00:00.000Z');
const CONFIRMED = entry('incident_updated', {
  changes: { determination: 'confirmed' },
  reason: '',
});
const LAST_PHASE = entry('phase_changed', {
  from: 'recovery',
  to: 'post_incident',
  reason: '',
  waivedSteps: [],
});

describe('openIncident', () => {
  it('counts as declared now unless told, and never as detected', () => {
    const first = openIncident({ ...OPENING, title: '  two\n lines ', times: {} }, AUTHOR);
    const { incident } = replay(journalOf([first]));
    expect(incident).toMatchObject({ title: 'two lines', openedBy: 'sam', phase: 'triage' });
    const now = AUTHOR.now.toISOString();
    expect(incident?.times).toMatchObject({
      declared: now,
      detected: undefined,
      occurred: undefined,
    });
  });

  it.each<[Partial<EntryPayloads['incident_opened']>, RegExp]>([
    [{ title: ' \n ' }, /title is empty/],
    [{ title: 'x'.repeat(201) }, /201 characters/],
    [{ description: 'x'.repeat(100_001) }, /description has 100001/],
    [{ times: { detected: '2026-03-01T13:00:00.000Z' } }, /future/],
    [
      { times: { occurred: '2026-03-01T08:00:00.000Z', detected: '2026-03-01T07:00:00.000Z' } },
      /before/,
    ],
  ])('refuses %j', (changes, problem) => {
    expect(() => openIncident({ ...OPENING, ...changes }, AUTHOR)).toThrow(problem);
  });
});

describe('updateIncident', () => {
  it.each<
    [string, Incident, EntryPayloads['incident_updated']['changes'], string, RegExp | undefined]
  >([
    ['a field', incidentAfter(), { severity: 'SEV1' }, '', undefined],
    ['nothing', incidentAfter(), {}, '', /nothing to change/],
    ['on hold', incidentAfter(), { status: 'on_hold' }, '', undefined],
    ['closing', incidentAfter(), { status: 'closed' }, 'x', /not closed by an update/],
    ['a closed one', incidentAfter(CLOSED), { title: 'x' }, '', /needs a reason/],
    [
      'a closed one, with a reason',
      incidentAfter(CLOSED),
      { title: 'x' },
      'typing error',
      undefined,
    ],
    ['reopening', incidentAfter(CLOSED), { status: 'open' }, 'x', /is closed/],
    [
      'contained too early',
      incidentAfter(),
      { times: { contained: '2026-03-01T07:00:00.000Z' } },
      '',
      /before/,
    ],
    ['taking detected away', incidentAfter(), { clearedTimes: ['detected'] }, '', undefined],
    ['taking declared away', incidentAfter(), { clearedTimes: ['declared'] }, '', /must keep/],
  ])('%s', (_name, incident, changes, reason, problem) => {
    const update = () => updateIncident(incident, changes, reason, AUTHOR);
    if (problem === undefined) expect(update().type).toBe('incident_updated');
    else expect(update).toThrow(problem);
  });

  it('takes a time away', () => {
    const given = entry('incident_updated', {
      changes: { times: { occurred: '2026-03-01T01:00:00.000Z' } },
      reason: '',
    });
    const before = incidentAfter(given);
    expect(before.times.occurred).toBeDefined();
    const after = incidentAfter(
      given,
      updateIncident(before, { clearedTimes: ['occurred'] }, '', AUTHOR),
    );
    expect(after.times.occurred).toBeUndefined();
  });
});

describe('closing and reopening', () => {
  it.each<[string, Incident, string, RegExp | undefined]>([
    ['at the end', incidentAfter(CONFIRMED, LAST_PHASE), '', undefined],
    ['early, with a reason', incidentAfter(CONFIRMED), 'false alarm of a scanner', undefined],
    ['early', incidentAfter(CONFIRMED), ' ', /before post_incident, needs a reason/],
    ['undecided', incidentAfter(LAST_PHASE), 'x', /only suspected/],
    ['twice', incidentAfter(CONFIRMED, CLOSED), 'x', /closed already/],
  ])('close %s', (_name, incident, reason, problem) => {
    const close = () => closeIncident({ incident, steps: [] }, reason, AUTHOR);
    if (problem === undefined) expect(incidentAfter(close()).status).toBe('closed');
    else expect(close).toThrow(problem);
  });

  it('reopen needs a reason and a closed incident, and keeps the phase', () => {
    expect(() => reopenIncident(incidentAfter(), 'x', AUTHOR)).toThrow(/is not closed/);
    expect(() => reopenIncident(incidentAfter(CLOSED), '', AUTHOR)).toThrow(/needs a reason/);
    const back = reopenIncident(incidentAfter(LAST_PHASE, CLOSED), 'came back', AUTHOR);
    const incident = incidentAfter(LAST_PHASE, CLOSED, back);
    expect(incident).toMatchObject({ status: 'open', phase: 'post_incident' });
    expect(incident.times.closed).toBeUndefined();
  });
});

it('addNote refuses an empty note', () => {
  expect(() => addNote(' \n', { kind: 'note' }, AUTHOR)).toThrow(/empty/);
  expect(addNote(' seen ', { kind: 'factor' }, AUTHOR).payload).toEqual({
    text: 'seen',
    kind: 'factor',
  });
});
