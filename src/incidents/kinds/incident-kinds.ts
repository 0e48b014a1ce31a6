/** Entries about the incident as a whole: opened, changed, moved from phase to phase, closed. */
import { plural } from '../../events/words.ts';
import { because, kind, type Stamp } from '../entry-kind.ts';
import { shapes } from '../entry-shapes.ts';
import {
  type CaseFacts,
  type Incident,
  type KeyTimes,
  PHASES,
  type Phase,
  TIME_NAMES,
} from '../incident.ts';

/** What changes the incident as a whole; all but the first need one that was opened. */
export const INCIDENT_KINDS = {
  incident_opened: kind({
    isErasable: false,
    comesFirst: true,
    schema(z) {
      const s = shapes(z);
      return z.strictObject({
        key: s.text,
        title: s.text,
        description: s.text,
        severity: s.severity,
        impact: s.degree,
        urgency: s.degree,
        type: s.text,
        determination: s.determination,
        isDrill: z.boolean(),
        times: s.times,
        facts: s.facts.optional(),
      });
    },
    tell: ({ severity, impact, urgency, type }) => ({
      text: `Opened as ${severity}, impact ${impact}, urgency ${urgency}, ${type === '' ? 'no playbook' : `playbook ${type}`}.`,
    }),
    apply: ({ times, facts = {}, ...fields }, entry) => ({
      incident: {
        id: entry.incident,
        ...fields,
        phase: 'triage',
        status: 'open',
        times: { ...NO_TIMES, declared: entry.at, ...times },
        openedBy: entry.actor,
        phaseEntered: { triage: entry.at },
        facts,
      },
    }),
  }),

  incident_updated: kind({
    isErasable: false,
    schema(z) {
      const s = shapes(z);
      return z.strictObject({
        changes: z.strictObject({
          title: s.text.optional(),
          description: s.text.optional(),
          severity: s.severity.optional(),
          impact: s.degree.optional(),
          urgency: s.degree.optional(),
          type: s.text.optional(),
          determination: s.determination.optional(),
          status: s.status.optional(),
          times: s.times.optional(),
          clearedTimes: z.array(s.timeName).readonly().optional(),
          facts: s.facts.optional(),
          clearedFacts: z.array(s.factName).readonly().optional(),
        }),
        reason: s.text,
      });
    },
    tell: ({ changes, reason }) => ({ text: `${tellChanges(changes)}${because(reason)}` }),
    apply({ changes }, _entry, { incident }) {
      const { times, clearedTimes = [], facts, clearedFacts = [], ...fields } = changes;
      const kept = Object.entries({ ...incident.facts, ...facts }).filter(
        ([name]) => !clearedFacts.some((cleared) => cleared === name),
      );
      const cleared = Object.fromEntries(clearedTimes.map((name) => [name, undefined]));
      const changed = {
        ...incident,
        ...(fields as Partial<Incident>),
        facts: Object.fromEntries(kept),
      };
      return { incident: withTimes(changed, { ...cleared, ...times }) };
    },
  }),

  phase_changed: kind({
    isErasable: false,
    schema(z) {
      const s = shapes(z);
      return z.strictObject({ from: s.phase, to: s.phase, reason: s.text, waivedSteps: s.words });
    },
    tell({ from, to, reason, waivedSteps }) {
      const count = waivedSteps.length;
      const waived = count === 0 ? '' : ` (${plural(count, 'required step')} waived)`;
      return { text: `Phase ${phaseTitle(from)} to ${phaseTitle(to)}${waived}${because(reason)}` };
    },
    apply: ({ from, to, reason, waivedSteps }, entry, { incident }) => ({
      incident: incidentInPhase(incident, from, to, entry),
      steps: waivedSteps.map((stepId) => ({
        stepId,
        phase: from,
        status: 'waived',
        reason,
        at: entry.at,
        actor: entry.actor,
      })),
    }),
  }),

  incident_closed: kind({
    isErasable: false,
    schema: (z) => z.strictObject({ reason: z.string() }),
    tell: ({ reason }) => ({ text: `Closed${because(reason)}` }),
    apply: (_payload, { at }, { incident }) => ({
      incident: withTimes({ ...incident, status: 'closed' }, { closed: at }),
    }),
  }),

  incident_reopened: kind({
    isErasable: false,
    schema: (z) => z.strictObject({ reason: z.string() }),
    tell: ({ reason }) => ({ text: `Opened again${because(reason)}` }),
    apply: (_payload, _entry, { incident }) => ({
      incident: withTimes({ ...incident, status: 'open' }, { closed: undefined }),
    }),
  }),
};

const NO_TIMES = Object.fromEntries(TIME_NAMES.map((name) => [name, undefined])) as KeyTimes;

const withTimes = (incident: Incident, times: Partial<KeyTimes>): Incident => ({
  ...incident,
  times: { ...incident.times, ...times },
});

/** The first work on a checklist is the acknowledgement, unless a time was given before. */
export const acknowledged = (incident: Incident, at: string): Incident | undefined =>
  incident.times.acknowledged === undefined ? withTimes(incident, { acknowledged: at }) : undefined;

/** The time that ends each phase. */
const TIME_OF_PHASE: Partial<Record<Phase, keyof KeyTimes>> = {
  containment: 'contained',
  eradication: 'eradicated',
  recovery: 'recovered',
};

/** Leaving a phase forward sets its time where none is set; going back to a phase takes it away again. */
function incidentInPhase(incident: Incident, from: Phase, to: Phase, { at }: Stamp): Incident {
  const times: Partial<KeyTimes> = {};
  if (incident.times.acknowledged === undefined) times.acknowledged = at;
  const [left, reached] = [PHASES.indexOf(from), PHASES.indexOf(to)];
  PHASES.forEach((phase, index) => {
    const name = TIME_OF_PHASE[phase];
    if (name === undefined) return;
    if (index >= left && index < reached) times[name] = incident.times[name] ?? at;
    if (index >= reached && index < left) times[name] = undefined;
    if (index === left && reached < left) times[name] = undefined;
  });
  const phaseEntered = { ...incident.phaseEntered, [to]: at };
  return withTimes({ ...incident, phase: to, phaseEntered }, times);
}

interface Changes {
  times?: Partial<KeyTimes> | undefined;
  clearedTimes?: readonly string[] | undefined;
  description?: string | undefined;
  facts?: CaseFacts | undefined;
  clearedFacts?: readonly string[] | undefined;
}

function tellChanges(changes: Changes): string {
  const { times = {}, clearedTimes = [], facts = {}, clearedFacts = [], ...rest } = changes;
  const { description, ...fields } = rest;
  const parts = [
    ...Object.entries(fields).map(([name, value]) => `${name} is ${value === '' ? 'none' : value}`),
    ...(description === undefined ? [] : ['description rewritten']),
    ...Object.entries(times).map(([name, value]) => `${name} at ${value}`),
    ...[...clearedTimes, ...clearedFacts.map(factTitle)].map(
      (name) => `${name} is not known after all`,
    ),
    ...Object.entries(facts).map(
      ([name, value]) =>
        `${factTitle(name)}: ${Array.isArray(value) ? value.join(', ') : String(value)}`,
    ),
  ];
  return `Changed: ${parts.join('; ')}`;
}

/** `found by` for `foundBy` */
const factTitle = (name: string): string =>
  name
    .replace(/^is/, '')
    .replace(/(?!^)[A-Z]/g, ' $&')
    .toLowerCase();

/** `Post-incident` */
const phaseTitle = (phase: Phase): string =>
  (phase.charAt(0).toUpperCase() + phase.slice(1)).replace('_', '-');
