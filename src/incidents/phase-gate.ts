/** When an incident may move from one phase to another. */
import { refusedError } from '../errors.ts';
import { PHASES, type Phase } from './incident.ts';
import type { IncidentDetail } from './incident-store.ts';
import type { EntryPayloads } from './journal-entry.ts';

/** A step that the playbook demands, as data: the domain does not know playbooks. */
export interface RequiredStep {
  stepId: string;
  phase: Phase;
}

/** The required steps of `phase` that are neither done nor waived, in the playbook's order. */
export function openSteps(
  detail: Pick<IncidentDetail, 'steps'>,
  phase: Phase,
  requiredSteps: readonly RequiredStep[],
): string[] {
  const settled = new Set(
    detail.steps.filter(({ status }) => status !== 'pending').map(({ stepId }) => stepId),
  );
  return requiredSteps
    .filter((step) => step.phase === phase && !settled.has(step.stepId))
    .map(({ stepId }) => stepId);
}

/**
 * Forward goes one phase at a time, once its required steps are done or waived; a reason waives the rest.
 * Backward goes anywhere, with a reason.
 * @returns the payload of the `phase_changed` entry
 * @throws IrError (exit 6) that names what is missing
 */
export function checkPhaseChange(
  detail: Pick<IncidentDetail, 'incident' | 'steps'>,
  to: Phase,
  requiredSteps: readonly RequiredStep[],
  reason: string,
): EntryPayloads['phase_changed'] {
  const { key, phase: from, status } = detail.incident;
  if (status === 'closed') {
    throw refusedError(`${key} is closed`, 'Open it again with: ir reopen --reason "..."');
  }
  const distance = PHASES.indexOf(to) - PHASES.indexOf(from);
  if (distance === 0) throw refusedError(`${key} is in phase ${from} already`);
  if (distance > 1) {
    throw refusedError(
      `${key} cannot skip from ${from} to ${to}`,
      `Go one phase at a time; the next one is ${PHASES[PHASES.indexOf(from) + 1]}.`,
    );
  }
  const given = reason.trim();
  if (distance < 0) {
    if (given === '') {
      throw refusedError(
        `going back from ${from} to ${to} needs a reason`,
        'Give it with --reason "...".',
      );
    }
    return { from, to, reason: given, waivedSteps: [] };
  }
  const missing = openSteps(detail, from, requiredSteps);
  if (missing.length > 0 && given === '') {
    throw refusedError(
      `${missing.length} required ${missing.length === 1 ? 'step' : 'steps'} of ${from} not done: ${missing.join(', ')}`,
      'Do them with the checklist, or waive them all with --reason "...".',
    );
  }
  return { from, to, reason: given, waivedSteps: missing };
}
