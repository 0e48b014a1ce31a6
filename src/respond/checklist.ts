/** The checklist of an incident: the steps of its playbook in one phase, each with how it stands. Pure. */

import { techniquesOf } from '../incidents/finding-hits.ts';
import type { CommandRun, Instant, Phase, StepState } from '../incidents/incident.ts';
import { PHASES } from '../incidents/incident.ts';
import type { IncidentDetail } from '../incidents/incident-store.ts';
import { isOpenRun } from '../incidents/kinds/checklist-kinds.ts';
import type { RequiredStep } from '../incidents/phase-gate.ts';
import { type ConditionFacts, holds } from './condition.ts';
import { type Playbook, type Step, stepsOf } from './playbook.ts';
import { isRunOf, type VariableValues } from './render-argv.ts';

/** A step of a playbook as this case needs it. */
export interface ChecklistStep {
  step: Step;
  status: StepState['status'] | 'not_applicable';
  /** Ids of steps above that must be answered first. */
  blockedBy: readonly string[];
  /** Why it was skipped or opened again. */
  reason: string;
  at: Instant | undefined;
  actor: string;
  dueAt: Instant | undefined;
  runs: readonly CommandRun[];
  /** It counts as done, and its command was never started from here. */
  isDoneWithoutRun: boolean;
}

/** The steps of one phase of a case. */
export interface Checklist {
  phase: Phase;
  steps: readonly ChecklistStep[];
  /** The first step that waits for an answer; undefined when all are answered. */
  next: ChecklistStep | undefined;
  /** Every required step that applies is done or skipped. */
  isComplete: boolean;
}

/** Builds the checklist of one phase. */
export const buildChecklist = (
  playbook: Playbook,
  detail: IncidentDetail,
  values: VariableValues,
  phase: Phase,
): Checklist => checklistFrom(playbook, conditionFacts(detail, values), detail, phase);

/** What a checklist needs to know of an incident beside the facts that conditions ask for. */
export type ChecklistState = Pick<IncidentDetail, 'steps' | 'commandRuns'> & {
  incident: Pick<IncidentDetail['incident'], 'phaseEntered'>;
};

/** The checklist of one phase, from facts. */
export function checklistFrom(
  playbook: Playbook,
  facts: ConditionFacts,
  state: ChecklistState,
  phase: Phase,
): Checklist {
  const entered = state.incident.phaseEntered[phase];
  const steps = stepsOf(playbook, phase).map((step) =>
    stateOf(step, playbook, state, facts, entered),
  );
  return {
    phase,
    steps,
    next: steps.find((item) => item.status === 'pending'),
    isComplete: !steps.some((item) => item.step.required && item.status === 'pending'),
  };
}

/** The steps that gate the phases: required ones whose condition holds. */
export function requiredSteps(
  playbook: Playbook,
  detail: IncidentDetail,
  values: VariableValues,
): RequiredStep[] {
  const facts = conditionFacts(detail, values);
  return playbook.steps
    .filter((step) => step.required && applies(step, facts))
    .map((step) => ({ stepId: step.id, phase: step.phase }));
}

const applies = (step: Step, facts: ConditionFacts): boolean =>
  step.when === undefined || holds(step.when, facts);

function stateOf(
  step: Step,
  playbook: Playbook,
  detail: ChecklistState,
  facts: ConditionFacts,
  entered: Instant | undefined,
): ChecklistStep {
  const state = detail.steps.find((candidate) => candidate.stepId === step.id);
  const answered = state !== undefined && state.status !== 'pending';
  const blockedBy = step.dependsOn.filter((id) => {
    const above = playbook.steps.find((candidate) => candidate.id === id);
    return (
      above !== undefined && applies(above, facts) && !facts.done.has(id) && !facts.waived.has(id)
    );
  });
  const runs = detail.commandRuns.filter((run) => run.stepId === step.id);
  const command = step.command?.run;
  return {
    step,
    status: answered ? state.status : applies(step, facts) ? 'pending' : 'not_applicable',
    blockedBy,
    reason: state?.reason ?? '',
    at: state?.at,
    actor: state?.actor ?? '',
    dueAt:
      step.dueMs === undefined || entered === undefined
        ? undefined
        : new Date(Date.parse(entered) + step.dueMs).toISOString(),
    runs,
    isDoneWithoutRun:
      state?.status === 'done' &&
      command !== undefined &&
      !runs.some(({ argv }) => isRunOf(argv, command)),
  };
}

/** What the conditions of a playbook are asked about in this incident. */
export function conditionFacts(detail: IncidentDetail, variables: VariableValues): ConditionFacts {
  const { severity, impact, urgency, determination, status, phase, isDrill } = detail.incident;
  const withStatus = (wanted: StepState['status']): Set<string> =>
    new Set(detail.steps.filter((step) => step.status === wanted).map((step) => step.stepId));
  return {
    fields: { severity, impact, urgency, determination, status, phase, is_drill: String(isDrill) },
    variables,
    done: withStatus('done'),
    waived: withStatus('waived'),
    techniques: new Set(detail.findings.flatMap(techniquesOf)),
  };
}

/** The last run of a step when it never reported back: the program or the machine was killed. */
export function interruptedRun(item: ChecklistStep): CommandRun | undefined {
  const last = item.runs.at(-1);
  return last !== undefined && isOpenRun(last) ? last : undefined;
}

/** The phase after this one; undefined after the last. */
export const phaseAfter = (phase: Phase): Phase | undefined => PHASES[PHASES.indexOf(phase) + 1];
