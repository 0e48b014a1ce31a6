/** Makes an exercise from an incident that is closed: its order, its times and its kinds of act, with other names. */
import type { Exercise, Expected, Inject, Sign } from './exercise.ts';
import type { Seen } from './score.ts';

/** What is known of the incident. */
export interface PastIncident {
  playbook: string;
  severity: Exercise['severity'];
  title: string;
  openedMs: number;
  /** In their order. */
  entries: readonly Seen[];
  /** Takes names of people, machines and addresses out of a text. */
  rename: (text: string) => string;
}

/** Acts that are worth expecting again: what of the payload says that it is the same act, and how it reads. */
const ACTS: Readonly<Record<string, { keys: readonly string[]; says: (value: string) => string }>> =
  {
    role_assigned: { keys: ['role'], says: (role) => `The role ${words(role)} is taken` },
    timeline_saved: { keys: [], says: () => 'The logs are read and kept' },
    evidence_added: { keys: [], says: () => 'Evidence is kept' },
    step_done: { keys: ['stepId'], says: (step) => `The step ${step} is done` },
    action_proposed: { keys: ['name'], says: (name) => `The action ${name} is taken` },
    phase_changed: { keys: ['to'], says: (phase) => `The phase ${words(phase)} is reached` },
    incident_escalated: { keys: ['to'], says: (whom) => `It is escalated to ${words(whom)}` },
    clock_started: { keys: ['rule'], says: (rule) => `The clock ${rule} is started` },
    clock_settled: { keys: ['outcome'], says: (outcome) => `A clock is ${outcome}` },
    decision_made: { keys: [], says: () => 'A decision is written down with its reason' },
  };

const words = (text: string): string => text.replaceAll('_', ' ');
const MOST_INJECTS = 20;
const MOST_EXPECTED = 40;

/** The exercise. Times are those of the incident, each act with a quarter more than it took then. */
export function exerciseFrom(past: PastIncident): Exercise {
  const { entries, openedMs, rename } = past;
  const minute = ({ atMs }: Seen): number => Math.max(0, Math.round((atMs - openedMs) / 60_000));
  const expected = new Map<string, Expected>();
  const injects: Inject[] = [
    { id: 'opening', at: 0, from: 'whoever noticed it', says: rename(past.title), asks: [] },
  ];
  for (const entry of entries) {
    const text = noteOf(entry);
    if (text !== undefined && injects.length < MOST_INJECTS)
      injects.push({
        ...{ id: `note-${injects.length}`, at: minute(entry), from: 'a colleague' },
        ...{ says: rename(text), asks: [] },
      });
    const act = actOf(entry);
    if (act === undefined || expected.has(act.id) || expected.size >= MOST_EXPECTED) continue;
    const within = Math.max(5, Math.ceil(minute(entry) * 1.25));
    expected.set(act.id, { ...act, within, worth: 1 });
  }
  const longest = Math.max(30, ...[...expected.values()].map(({ within }) => within));
  return {
    ...{ playbook: past.playbook, severity: past.severity, opening: rename(past.title) },
    ...{ minutes: longest, objectives: [], injects, expected: [...expected.values()], dangers: [] },
  };
}

/** What was noted then is told now. */
function noteOf({ type, payload }: Seen): string | undefined {
  if (type !== 'note_added' || typeof payload !== 'object' || payload === null) return undefined;
  const { text, stepId } = payload as { text?: unknown; stepId?: unknown };
  return stepId === undefined && typeof text === 'string' && text.trim() !== ''
    ? text.slice(0, 500)
    : undefined;
}

function actOf({ type, payload }: Seen): Pick<Expected, 'id' | 'says' | 'shown'> | undefined {
  const act = Object.hasOwn(ACTS, type) ? ACTS[type] : undefined;
  if (act === undefined || typeof payload !== 'object' || payload === null) return undefined;
  const pairs = act.keys.map((key): [string, string] => [
    key,
    String((payload as Record<string, unknown>)[key] ?? ''),
  ]);
  const value = pairs.map(([, text]) => text).join(' ');
  const sign: Sign = {
    entry: type,
    with: Object.fromEntries(pairs.map(([key, text]) => [key, [text]])),
  };
  const id = `${type}-${value}`
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
  return { id, says: act.says(value), shown: [sign] };
}
