/** What all parts of a checklist command share: the incident, its playbook, and how answers are recorded. */
import { hostname } from 'node:os';
import { join } from 'node:path';
import { refusedError, suggestion } from '../errors.ts';
import { PHASES, type Phase, type StepState } from '../incidents/incident.ts';
import { changePhase } from '../incidents/incident-rules.ts';
import type { IncidentDetail, IncidentStore } from '../incidents/incident-store.ts';
import type { EntryPayloads, EntryType, NewEntry } from '../incidents/journal-entry.ts';
import {
  buildChecklist,
  type Checklist,
  type ChecklistStep,
  requiredSteps,
} from '../respond/checklist.ts';
import { leadsOf } from '../respond/next-playbooks.ts';
import { isTriageOnly, type Playbook } from '../respond/playbook.ts';
import { resolveVariables } from '../respond/variable-values.ts';
import { readVariableFlags } from '../respond/variables.ts';
import type { CommandContext } from './context.ts';
import { assertFound, authorOf } from './incident-access.ts';
import { sayChanged } from './plan-asks.ts';

/** A walk through a checklist: the case, its playbook and where it stands. */
export interface Session {
  context: CommandContext;
  store: IncidentStore;
  playbook: Playbook;
  host: string;
  /** Where commands run, as ssh names it; undefined: here. */
  ssh: string | undefined;
  /** Where whole outputs of commands are kept. */
  outputFolder: string;
  /** Current after every answer. */
  detail: IncidentDetail;
  values: Readonly<Record<string, string>>;
  candidates: Readonly<Record<string, readonly string[]>>;
  /** Values given in this run and not yet in the journal. */
  given: Record<string, string>;
  /** Times of the entries that this run made, which tell them from those of others. */
  ownTimes: Set<string>;
}

/** Loads the incident with its checklist. Throws on `--var` flags that do not fit the playbook. */
export async function startSession(
  context: CommandContext,
  store: IncidentStore,
  detail: IncidentDetail,
  playbook: Playbook,
  { var: variableFlags = [], host: ssh }: { var?: readonly string[]; host?: string },
): Promise<Session> {
  const given = { ...(await readVariableFlags(variableFlags, playbook.variables)) };
  const resolved = await resolveVariables(playbook, detail, given);
  return {
    context,
    store,
    playbook,
    host: ssh ?? hostname(),
    ssh,
    outputFolder: join(store.folder, 'evidence', 'output'),
    detail,
    ...resolved,
    given,
    ownTimes: new Set(),
  };
}

/** The checklist of a phase as the incident stands now. */
export const checklistOf = (session: Session, phase: Phase): Checklist =>
  buildChecklist(session.playbook, session.detail, session.values, phase);

/**
 * Appends one entry, durable when the promise resolves, and reads the incident again. Refuses when the
 * incident was closed, or the step answered, by somebody else in the meantime.
 */
export async function record<T extends EntryType>(
  session: Session,
  type: T,
  payload: EntryPayloads[T],
): Promise<void> {
  const { incident, steps } = session.detail;
  const { actor, now } = authorOf(session.context);
  const entry = { type, payload, at: now.toISOString(), actor } as NewEntry;
  session.ownTimes.add(entry.at);
  const { stepId } = payload as { stepId?: string };
  const statusOf = (states: IncidentDetail['steps']): string =>
    states.find((state) => state.stepId === stepId)?.status ?? 'pending';
  await session.store.append(incident.id, (before) => {
    const current = assertFound(before);
    if (current.incident.status === 'closed') {
      throw refusedError(
        `${incident.key} is closed`,
        'Open it again with: ir reopen --reason "..."',
      );
    }
    if (ANSWERS.has(type) && statusOf(current.steps) !== statusOf(steps)) {
      throw refusedError(
        `step "${stepId}" was answered by somebody else in the meantime: it is ${statusOf(current.steps)} now`,
        'Run the command again to see how it stands.',
      );
    }
    return [entry];
  });
  await refresh(session);
}

const ANSWERS: ReadonlySet<EntryType> = new Set(['step_done', 'step_waived', 'step_reopened']);

/** Reads the incident again and resolves the variables anew. */
export async function refresh(session: Session): Promise<void> {
  session.detail = await session.store.load(session.detail.incident.id);
  const resolved = await resolveVariables(session.playbook, session.detail, session.given);
  session.values = resolved.values;
  session.candidates = resolved.candidates;
}

/** Steps that others have answered or opened again since they stood as in `before`. */
export const changedByOthers = (
  { detail, ownTimes }: Pick<Session, 'detail' | 'ownTimes'>,
  before: readonly StepState[],
): readonly StepState[] =>
  detail.steps.filter(({ stepId, status, at }) => {
    const earlier = before.find((state) => state.stepId === stepId);
    const isChanged = earlier?.status !== status || earlier.at !== at;
    return isChanged && !ownTimes.has(at ?? '');
  });

/** Moves the incident to another phase through the gate, which is checked inside the transaction. */
export async function enterPhase(session: Session, to: Phase, reason: string): Promise<void> {
  const { incident } = session.detail;
  if (isTriageOnly(session.playbook) && isLater(to, 'triage')) {
    const { leadsTo } = session.playbook;
    const [next = leadsTo[0]] = leadsOf(session.playbook, session.detail, session.values);
    throw refusedError(
      `playbook ${session.playbook.id} ends with triage: ${incident.key} needs another one for ${to}`,
      `Go on with: ir respond --playbook ${next?.playbook ?? 'PLAYBOOK'}`,
    );
  }
  const required = requiredSteps(session.playbook, session.detail, session.values);
  const author = authorOf(session.context);
  session.ownTimes.add(author.now.toISOString());
  await session.store.append(incident.id, (before) => [
    changePhase(assertFound(before), to, required, reason, author),
  ]);
  await refresh(session);
  await sayChanged(session.context, incident, session.detail.incident);
}

/** Writes the values given by flags or prompts into the journal, so that a later run knows them. */
export async function rememberGiven(session: Session, stepId: string): Promise<void> {
  const variables = { ...session.given };
  if (Object.keys(variables).length === 0) return;
  const text = Object.entries(variables)
    .map(([name, value]) => `${name} = ${value}`)
    .join(', ');
  session.given = {};
  await record(session, 'note_added', {
    text: `Value for this checklist: ${text}`,
    stepId,
    variables,
  });
}

/** A step of the incident's phase or of an earlier one, by id. Throws on ids that do not exist or come later. */
export function findStep(session: Session, stepId: string): ChecklistStep {
  const { playbook, detail } = session;
  const step = playbook.steps.find((candidate) => candidate.id === stepId);
  if (step === undefined) {
    throw refusedError(
      `playbook ${playbook.id} has no step "${stepId}"`,
      suggestion(
        stepId,
        playbook.steps.map(({ id }) => id),
        'List the steps with: ir respond --list',
      ),
    );
  }
  const item = checklistOf(session, step.phase).steps.find(
    (candidate) => candidate.step.id === stepId,
  );
  if (item === undefined) throw new Error(`step ${stepId} is not on its checklist`);
  if (isLater(step.phase, detail.incident.phase)) {
    throw refusedError(
      `step "${stepId}" belongs to ${step.phase} and the incident stands in ${detail.incident.phase}`,
      'Enter the next phase first: ir respond --advance',
    );
  }
  return item;
}

/** True when phase `a` comes after phase `b`. */
export const isLater = (a: Phase, b: Phase): boolean => PHASES.indexOf(a) > PHASES.indexOf(b);
