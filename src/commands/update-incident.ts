/** `ir update`: changes fields of the incident, and moves it from phase to phase. */
import {
  DEGREES,
  DETERMINATIONS,
  type Incident,
  type KeyTimes,
  PHASES,
  SEVERITIES,
  STATUSES,
  TIME_NAMES,
} from '../incidents/incident.ts';
import { changePhase, updateIncident as updateEntry } from '../incidents/incident-rules.ts';
import type { EntryPayloads, NewEntry } from '../incidents/journal-entry.ts';
import { type FactOptions, readFacts, resolveLinks } from './case-facts.ts';
import type { CommandContext } from './context.ts';
import { assertFound, authorOf, readInstant, readWord, withIncident } from './incident-access.ts';
import { sayChanged } from './plan-asks.ts';
import { requiredStepsOf } from './required-steps.ts';

/** Options of `ir update`, as typed. */
export interface UpdateOptions extends FactOptions {
  title?: string | undefined;
  description?: string | undefined;
  severity?: string | undefined;
  impact?: string | undefined;
  urgency?: string | undefined;
  type?: string | undefined;
  determination?: string | undefined;
  status?: string | undefined;
  phase?: string | undefined;
  occurredAt?: string | undefined;
  detectedAt?: string | undefined;
  acknowledgedAt?: string | undefined;
  declaredAt?: string | undefined;
  containedAt?: string | undefined;
  eradicatedAt?: string | undefined;
  recoveredAt?: string | undefined;
  reason?: string | undefined;
}

/** The incident after the change, and what changed. */
export interface UpdateResult {
  before: Incident;
  incident: Incident;
  head: string;
}

type Changes = EntryPayloads['incident_updated']['changes'];

/** Changes what the options name; `--phase` goes through the gate of the playbook's required steps. */
export async function updateIncident(
  context: CommandContext,
  options: UpdateOptions,
): Promise<UpdateResult> {
  const changes = readChanges(context, options);
  const phase = readWord(options.phase, PHASES, '--phase');
  const reason = options.reason ?? '';
  const author = authorOf(context);
  if (changes.type) await assertPlaybook(context, changes.type);
  return withIncident(context, async (store, incident) => {
    const { id } = incident;
    if (changes.facts !== undefined)
      changes.facts = await resolveLinks(context, store, changes.facts, incident);
    const required =
      phase === undefined ? [] : await requiredStepsOf(context, await store.load(id));
    let before: Incident | undefined;
    await store.append(id, (state) => {
      const detail = assertFound(state);
      before = detail.incident;
      const entries: NewEntry[] = [];
      if (phase === undefined || Object.keys(changes).length > 0) {
        entries.push(updateEntry(detail.incident, changes, reason, author));
      }
      if (phase !== undefined) entries.push(changePhase(detail, phase, required, reason, author));
      return entries;
    });
    const { incident: now, head } = await store.load(id);
    await sayChanged(context, before!, now);
    return { before: before!, incident: now, head };
  });
}

function readChanges(context: CommandContext, options: UpdateOptions): Changes {
  const { title, description, type } = options;
  const { times, clearedTimes } = readTimes(context, options);
  const { facts, clearedFacts } = readFacts(options);
  const changes: { [K in keyof Changes]: Changes[K] | undefined } = {
    title,
    description,
    severity: readWord(options.severity, SEVERITIES, '--severity'),
    impact: readWord(options.impact, DEGREES, '--impact'),
    urgency: readWord(options.urgency, DEGREES, '--urgency'),
    type: type === 'none' ? '' : type,
    determination: readWord(options.determination, DETERMINATIONS, '--determination'),
    status: readWord(options.status, STATUSES, '--status'),
    times: Object.keys(times).length > 0 ? times : undefined,
    clearedTimes: clearedTimes.length > 0 ? clearedTimes : undefined,
    facts: Object.keys(facts).length > 0 ? facts : undefined,
    clearedFacts: clearedFacts.length > 0 ? clearedFacts : undefined,
  };
  const given = Object.entries(changes).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as Changes;
}

/** Closing is a command of its own. */
const TIME_OPTIONS = TIME_NAMES.filter((name) => name !== 'closed');

/** `none` takes a time away. */
function readTimes(
  context: CommandContext,
  options: UpdateOptions,
): { times: Partial<KeyTimes>; clearedTimes: (keyof KeyTimes)[] } {
  const times: Partial<KeyTimes> = {};
  const clearedTimes: (keyof KeyTimes)[] = [];
  for (const name of TIME_OPTIONS) {
    const text = options[`${name}At`];
    if (text === 'none') clearedTimes.push(name);
    else if (text !== undefined) times[name] = readInstant(context, text, `--${name}-at`);
  }
  return { times, clearedTimes };
}

async function assertPlaybook(context: CommandContext, type: string): Promise<void> {
  const { loadPlaybooks, pickPlaybook } = await import('../respond/load-playbooks.ts');
  pickPlaybook(await loadPlaybooks(context.settings.env), type);
}
