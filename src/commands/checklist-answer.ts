/** The answers to a step. Each checks first, then writes one journal entry, and is kept when it returns. */
import { refusedError } from '../errors.ts';
import type { ChecklistStep } from '../respond/checklist.ts';
import { choiceHint, variableHint, variableProblem } from '../respond/variables.ts';
import { record, rememberGiven, type Session } from './checklist-session.ts';

/** Marks a step as done. Refuses while steps that it depends on, or values that it asks for, are open. */
export async function answerDone(
  session: Session,
  item: ChecklistStep,
  note: string,
): Promise<void> {
  assertOpen(item);
  assertUnblocked(item);
  const missing = item.step.asks.filter((name) => !Object.hasOwn(session.values, name));
  if (missing.length > 0) {
    throw refusedError(
      `step "${item.step.id}" asks for ${missing.join(' and ')}`,
      `Give it with ${missing.map((name) => `--var ${name}=${valueHint(session, name)}`).join(' ')}.`,
    );
  }
  await rememberGiven(session, item.step.id);
  await record(session, 'step_done', {
    stepId: item.step.id,
    phase: item.step.phase,
    note: note.trim(),
  });
}

function valueHint(session: Session, name: string): string {
  const variable = session.playbook.variables.find((candidate) => candidate.name === name);
  return variable === undefined || variable.choices.length === 0
    ? 'VALUE'
    : variable.choices.join('|');
}

/** Skips a step, which needs a reason; the report shows it. */
export async function answerSkip(
  session: Session,
  item: ChecklistStep,
  reason: string,
): Promise<void> {
  assertOpen(item);
  if (reason.trim() === '') {
    throw refusedError(`skipping "${item.step.id}" needs a reason`, 'Give it with --reason "...".');
  }
  await record(session, 'step_waived', {
    stepId: item.step.id,
    phase: item.step.phase,
    reason: reason.trim(),
  });
}

/** Opens an answered step again, which needs a reason. */
export async function answerBack(
  session: Session,
  item: ChecklistStep,
  reason: string,
): Promise<void> {
  const { step, status } = item;
  if (status !== 'done' && status !== 'waived') {
    throw refusedError(`step "${step.id}" has no answer to take back: it is ${status}`);
  }
  if (reason.trim() === '') {
    throw refusedError(`going back to "${step.id}" needs a reason`, 'Give it with --reason "...".');
  }
  await record(session, 'step_reopened', {
    stepId: step.id,
    phase: step.phase,
    reason: reason.trim(),
  });
}

/** Adds a note to a step. */
export async function answerNote(
  session: Session,
  item: ChecklistStep,
  text: string,
): Promise<void> {
  if (text.trim() === '')
    throw refusedError('the note is empty', 'Give its text with --note "...".');
  await record(session, 'note_added', { text: text.trim(), stepId: item.step.id });
}

/** Takes a value for a variable from the user. Throws on a value of the wrong form. */
export async function giveValue(session: Session, name: string, value: string): Promise<void> {
  const variable = session.playbook.variables.find((candidate) => candidate.name === name);
  if (variable === undefined) {
    throw refusedError(
      `unknown variable "${name}"`,
      variableHint(name, session.playbook.variables),
    );
  }
  const problem = await variableProblem(variable, value);
  if (problem !== undefined) throw refusedError(problem, choiceHint(variable, value));
  session.given[name] = value;
  session.values = { ...session.values, [name]: value };
}

/** Refuses a step that has its answer or does not apply. */
function assertOpen({ step, status }: ChecklistStep): void {
  if (status === 'pending') return;
  if (status === 'not_applicable') {
    throw refusedError(
      `step "${step.id}" does not apply: its condition does not hold`,
      'ir playbook show prints the condition.',
    );
  }
  throw refusedError(
    `step "${step.id}" is ${status} already`,
    `Take the answer back with: --back ${step.id} --reason "..."`,
  );
}

/** Refuses a step whose predecessors wait for an answer. */
export function assertUnblocked({ step, blockedBy }: ChecklistStep): void {
  if (blockedBy.length === 0) return;
  throw refusedError(
    `step "${step.id}" comes after ${blockedBy.join(' and ')}`,
    `Answer first: --done ${blockedBy[0]}`,
  );
}
