/** What became of the playbook: steps by phase, and the changes that are still in place. */
import type { ActionState, CommandRun, Phase, StepState } from '../incidents/incident.ts';
import type { PlaybookStep } from './report-input.ts';
import type { ChangeItem, ChecklistItem, ChecklistPhase } from './report-model.ts';
import { commandText, PHASE_TITLES } from './report-words.ts';

/** Phases with their steps; a step that was answered and is not in the playbook any more is kept under its id. */
export function checklistResults(
  states: readonly StepState[],
  steps: readonly PlaybookStep[],
): ChecklistPhase[] {
  const stateOf = new Map(states.map((state) => [state.stepId, state]));
  const inPlaybook = new Set(steps.map(({ id }) => id));
  return (Object.keys(PHASE_TITLES) as Phase[])
    .map((phase) => {
      const items = steps
        .filter((step) => step.phase === phase)
        .map((step) => checklistItem(step, stateOf.get(step.id)));
      const strays = states
        .filter((state) => state.phase === phase && !inPlaybook.has(state.stepId))
        .map((state) => checklistItem(strayStep(state.stepId, phase), state));
      return summed(phase, [...items, ...strays]);
    })
    .filter(({ steps: items }) => items.length > 0);
}

const strayStep = (id: string, phase: Phase): PlaybookStep => ({
  id,
  phase,
  title: id,
  isRequired: false,
  applies: true,
});

function checklistItem(step: PlaybookStep, state: StepState | undefined): ChecklistItem {
  const { id, title, isRequired, applies } = step;
  const isAnswered = state !== undefined && state.status !== 'pending';
  const status = isAnswered ? state.status : applies ? 'pending' : 'not_applicable';
  return {
    ...{ id, title, isRequired, status },
    reason: state?.reason ?? '',
    at: isAnswered ? (state.at ?? null) : null,
    actor: isAnswered ? state.actor : '',
    isDoneWithoutRun: step.isDoneWithoutRun === true,
  };
}

function summed(phase: Phase, steps: readonly ChecklistItem[]): ChecklistPhase {
  const count = (status: ChecklistItem['status']): number =>
    steps.filter((step) => step.status === status).length;
  return {
    phase,
    title: PHASE_TITLES[phase],
    done: count('done'),
    waived: count('waived'),
    open: count('pending'),
    steps,
  };
}

/**
 * Commands of risk above `read` that ran, or were started, and whose undo no later run shows. A command
 * that came back with an error counts: it may have changed something before it failed. Those of actions are told as actions.
 */
export function standingChanges(
  runs: readonly CommandRun[],
  steps: readonly PlaybookStep[],
  actions: readonly ActionState[] = [],
): ChangeItem[] {
  const stepOf = new Map(steps.map((step) => [step.id, step]));
  const changes: ChangeItem[] = [];
  for (const run of runs) {
    const step = stepOf.get(run.stepId);
    const command = step?.command;
    if (step === undefined || command === undefined || command.risk === 'read') continue;
    const isOfAction = actions.some(({ stepId, seq }) => stepId === run.stepId && seq < run.seq);
    if (isOfAction) continue;
    const values = matchArgv(run.argv, command.run);
    if (values === undefined) continue;
    const { undo } = command;
    const isUndone =
      undo !== undefined &&
      runs.some(
        (later) =>
          later.seq > run.seq &&
          later.exitCode === 0 &&
          later.host === run.host &&
          matchArgv(later.argv, undo, values) !== undefined,
      );
    if (isUndone) continue;
    const { at, actor, host, exitCode } = run;
    changes.push({
      ...{ at, actor, host },
      stepTitle: step.title,
      risk: command.risk,
      command: commandText(run.argv),
      exitCode: exitCode ?? null,
      undo: command.undoText,
    });
  }
  return changes;
}

const SUDO = ['sudo', '--non-interactive', '--'];

/**
 * The values of the placeholders when `argv` can come from `template`, else undefined. A word that is one
 * placeholder as a whole must have its value of `known`; what only holds one may be anything.
 */
function matchArgv(
  argv: readonly string[],
  template: readonly string[],
  known: ReadonlyMap<string, string> = new Map(),
): ReadonlyMap<string, string> | undefined {
  const isSudo = SUDO.every((word, index) => argv[index] === word);
  const plain = isSudo ? argv.slice(SUDO.length) : argv;
  if (plain.length !== template.length) return undefined;
  const values = new Map(known);
  for (const [index, word] of template.entries()) {
    const actual = plain[index] as string;
    if (!word.includes('{{')) {
      if (word !== actual) return undefined;
      continue;
    }
    if (!/^\{\{[^{}]*\}\}$/.test(word)) continue;
    if ((values.get(word) ?? actual) !== actual) return undefined;
    values.set(word, actual);
  }
  return values;
}
