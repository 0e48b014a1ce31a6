/** `--confirm` names what a command hits. A wrong name refuses everything, before anything is done or recorded. */
import { refusedError } from '../errors.ts';
import { readAnswersFile } from '../respond/answers-file.ts';
import type { StepCommand } from '../respond/playbook.ts';
import { isGrave } from './action-confirm.ts';
import type { ChecklistOptions } from './checklist-flags.ts';
import { targetOf } from './checklist-run.ts';
import type { Session } from './checklist-session.ts';

interface NamedRun {
  stepId: string;
  command: StepCommand;
  target: string;
  /** Its own confirmation in the answers file. */
  confirm: string | undefined;
}

/**
 * Refuses a confirmation that names something else than what is run.
 * @throws IrError (exit 6) also when nothing is run that could be confirmed
 */
export async function assertNamesTarget(
  session: Session,
  options: ChecklistOptions,
): Promise<void> {
  const { confirm } = options;
  const runs = await runsOf(session, options);
  for (const { stepId, target, confirm: own } of runs) {
    if (own !== undefined && own !== target) refuse(`confirm: "${own}"`, stepId, target);
  }
  if (confirm === undefined) return;
  const [first] = runs;
  if (first === undefined) {
    throw refusedError(
      `--confirm "${confirm}" confirms nothing: no command is to be run`,
      'It goes with --run STEP --yes.',
    );
  }
  const wrong = runs.find(
    ({ command, target, confirm: own }) =>
      own === undefined && isGrave(command.risk) && target !== confirm,
  );
  if (wrong !== undefined) refuse(`--confirm "${confirm}"`, wrong.stepId, wrong.target);
  if (runs.every(({ target }) => target !== confirm))
    refuse(`--confirm "${confirm}"`, first.stepId, first.target);
}

function refuse(given: string, stepId: string, target: string): never {
  throw refusedError(
    `${given} is not what "${stepId}" hits, which is ${target}: nothing was done`,
    'Look at it again with --dry-run, without --confirm.',
  );
}

/** The commands that the flags and the answers file would run, with the values given up to each. */
async function runsOf(session: Session, options: ChecklistOptions): Promise<readonly NamedRun[]> {
  const { values, host } = session;
  const runs: NamedRun[] = [];
  const add = (stepId: string, known: Session['values'], confirm: string | undefined): void => {
    // Steps that are not there, or have no command, are refused in their turn.
    const command = session.playbook.steps.find(({ id }) => id === stepId)?.command;
    if (command === undefined) return;
    const target = targetOf({ values: known, host }, command);
    runs.push({ stepId, command, target, confirm });
  };
  for (const stepId of options.run ?? []) add(stepId, values, undefined);
  let known = values;
  const answers = options.answers === undefined ? [] : await readAnswersFile(options.answers);
  for (const { step, answer, confirm, values: given } of answers) {
    known = { ...known, ...given };
    if (answer === 'run') add(step, known, confirm);
  }
  return runs;
}
