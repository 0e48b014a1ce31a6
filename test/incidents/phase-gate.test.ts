import { describe, expect, it } from 'vitest';
import type { Phase, StepState } from '../../src/incidents/incident.ts';
import type { NewEntry } from '../../src/incidents/journal-entry.ts';
import { checkPhaseChange, type RequiredStep } from '../../src/incidents/phase-gate.ts';
import { replay } from '../../src/incidents/projection.ts';
import { entry, journalOf, opened } from '../store/sample-entries.ts';

const REQUIRED: RequiredStep[] = [
  { stepId: 'confirm', phase: 'triage' },
  { stepId: 'scope', phase: 'triage' },
  { stepId: 'block', phase: 'containment' },
];

const stateAfter = (entries: readonly NewEntry[]) =>
  replay(journalOf([opened('INC-2026-0001'), ...entries]));

const detailAfter = (entries: readonly NewEntry[]) => {
  const { incident, steps } = stateAfter(entries);
  return { incident: incident!, steps: [...steps.values()] };
};

const done = (stepId: string, phase: Phase = 'triage'): NewEntry =>
  entry('step_done', { stepId, phase, note: '' });
const waived = (stepId: string, phase: Phase = 'triage'): NewEntry =>
  entry('step_waived', { stepId, phase, reason: 'not here' });
const pending = (stepId: string, phase: Phase = 'triage'): NewEntry =>
  entry('step_reopened', { stepId, phase, reason: '' });
const moved = (from: Phase, to: Phase, at?: string): NewEntry =>
  entry('phase_changed', { from, to, reason: 'test', waivedSteps: [] }, at);

describe('checkPhaseChange', () => {
  it.each<[string, NewEntry[], Phase, string, string[] | RegExp]>([
    ['all done', [done('confirm'), done('scope')], 'containment', '', []],
    ['done or waived', [done('confirm'), waived('scope')], 'containment', '', []],
    ['one open', [done('confirm')], 'containment', '', /1 required step of triage not done: scope/],
    [
      'opened again',
      [done('confirm'), done('scope'), pending('scope')],
      'containment',
      ' ',
      /scope/,
    ],
    ['open, with a reason', [], 'containment', 'two people only', ['confirm', 'scope']],
    ['two phases at once', [done('confirm'), done('scope')], 'eradication', 'hurry', /cannot skip/],
    ['the same phase', [], 'triage', 'x', /already/],
    ['back', [moved('triage', 'containment')], 'triage', 'scope grew', []],
    ['back without a reason', [moved('triage', 'containment')], 'triage', '', /needs a reason/],
    ['closed', [entry('incident_closed', { reason: '' })], 'containment', 'x', /is closed/],
  ])('%s', (_name, entries, to, reason, expected) => {
    const check = () => checkPhaseChange(detailAfter(entries), to, REQUIRED, reason);
    if (expected instanceof RegExp) expect(check).toThrow(expected);
    else expect(check().waivedSteps).toEqual(expected);
  });
});

describe('phase_changed', () => {
  const T1 = '2026-03-01T09:00:00.000Z';
  const T2 = '2026-03-01T10:00:00.000Z';
  const T3 = '2026-03-01T11:00:00.000Z';
  const through = [moved('triage', 'containment', T1), moved('containment', 'eradication', T2)];

  it('sets the time of the phase that was left, and the acknowledgement', () => {
    const { incident } = stateAfter(through);
    expect(incident?.phase).toBe('eradication');
    expect(incident?.times).toMatchObject({ acknowledged: T1, contained: T2 });
    expect(incident?.times.eradicated).toBeUndefined();
  });

  it('keeps a time that was given by hand', () => {
    const given = entry('incident_updated', { changes: { times: { contained: T1 } }, reason: '' });
    const { incident } = stateAfter([through[0]!, given, through[1]!]);
    expect(incident?.times.contained).toBe(T1);
  });

  it.each<[Phase, string | undefined]>([
    ['containment', undefined],
    ['triage', undefined],
  ])('going back to %s takes the time away', (to, contained) => {
    const { incident } = stateAfter([...through, moved('eradication', to, T3)]);
    expect(incident?.times.contained).toBe(contained);
  });

  it('going back from recovery to eradication keeps the containment', () => {
    const { incident } = stateAfter([
      ...through,
      moved('eradication', 'recovery', T3),
      moved('recovery', 'eradication', T3),
    ]);
    expect(incident?.times).toMatchObject({ contained: T2, eradicated: undefined });
  });

  it('waives steps with its reason', () => {
    const skip = entry('phase_changed', {
      from: 'triage',
      to: 'containment',
      reason: 'nobody left',
      waivedSteps: ['scope'],
    });
    const expected: Partial<StepState> = {
      status: 'waived',
      reason: 'nobody left',
      phase: 'triage',
    };
    expect(stateAfter([skip]).steps.get('scope')).toMatchObject(expected);
  });
});
