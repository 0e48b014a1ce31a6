/** Which phase a checklist command works on, and how the incident gets there: never silently. */
import { refusedError } from '../errors.ts';
import type { Phase } from '../incidents/incident.ts';
import { openSteps } from '../incidents/phase-gate.ts';
import { phaseAfter, requiredSteps } from '../respond/checklist.ts';
import { wrapText } from '../respond/wrap-text.ts';
import { type ChecklistOptions, hasAnswers } from './checklist-flags.ts';
import { enterPhase, isLater, type Session } from './checklist-session.ts';
import { phaseTitle } from './checklist-text.ts';

/**
 * The phase to work on, entered through the gate when asked for by flag or answer.
 * Undefined when the user was asked and wants to stop.
 */
export async function choosePhase(
  session: Session,
  options: ChecklistOptions,
  isWalk: boolean,
): Promise<Phase | undefined> {
  const current = session.detail.incident.phase;
  const target = targetOf(current, options);
  if (target === current) return current;
  if (options.list === true || options.dryRun === true) return target;
  const reason = options.reason ?? '';
  const goesBack = isLater(current, target);
  const isAsked = options.advance === true || (goesBack && reason !== '' && !hasAnswers(options));
  if (isAsked) {
    await enterPhase(session, target, reason);
    return target;
  }
  if (hasAnswers(options)) return current;
  if (isWalk)
    return goesBack ? await offerBack(session, target) : await offerForward(session, target);
  throw goesBack ? backRefusal(session, target) : forwardRefusal(session, target);
}

function targetOf(current: Phase, options: ChecklistOptions): Phase {
  if (options.phase !== undefined) return options.phase;
  if (options.advance !== true) return current;
  const next = phaseAfter(current);
  if (next === undefined)
    throw refusedError('post_incident is the last phase', 'Close it with: ir close');
  return next;
}

const backRefusal = ({ detail: { incident } }: Session, target: Phase): Error =>
  refusedError(
    `${incident.key} stands in ${incident.phase}, after ${target}`,
    `Go back with a reason: --reason "..."; or go on with: ir respond`,
  );

function forwardRefusal(session: Session, target: Phase): Error {
  const { incident } = session.detail;
  const open = openIn(session);
  return refusedError(
    `${incident.key} stands in ${incident.phase}, before ${target}${open.length === 0 ? '' : `; required steps open: ${open.join(', ')}`}`,
    open.length === 0
      ? 'Enter it with --advance.'
      : 'Go on with "ir respond", or enter it with --advance --reason "..." which skips the open steps.',
  );
}

const openIn = (session: Session): string[] =>
  openSteps(
    session.detail,
    session.detail.incident.phase,
    requiredSteps(session.playbook, session.detail, session.values),
  );

async function offerForward(session: Session, target: Phase): Promise<Phase | undefined> {
  const { context, detail } = session;
  const { phase, key } = detail.incident;
  if (phaseAfter(phase) !== target) throw forwardRefusal(session, target);
  const open = openIn(session);
  const state =
    open.length === 0
      ? 'its required steps are answered'
      : `required steps open: ${open.join(', ')}`;
  const text = `${key} stands in ${phase}; ${state}.`;
  context.say(wrapText(text, context.columns ?? 80).join('\n'));
  const choice = await context.ask.select({
    message: `Enter ${phaseTitle(target).toLowerCase()}?`,
    flag: '--advance --reason',
    choices: [
      ...(open.length === 0
        ? [{ name: `enter ${target}`, value: 'enter' as const }]
        : [
            { name: `go on with ${phase} first`, value: 'stay' as const },
            { name: `skip them with a reason and enter ${target}`, value: 'waive' as const },
          ]),
      { name: 'stop here', value: 'stop' as const },
    ],
  });
  if (choice === 'stop') return undefined;
  if (choice === 'stay') return phase;
  const reason =
    choice === 'enter'
      ? ''
      : await context.ask.text({
          message: 'Why are they skipped?',
          flag: '--advance --reason',
          required: true,
        });
  await enterPhase(session, target, reason);
  return target;
}

async function offerBack(session: Session, target: Phase): Promise<Phase | undefined> {
  const { context, detail } = session;
  const { phase, key } = detail.incident;
  const goesBack = await context.ask.confirm({
    message: `${key} stands in ${phase}. Go back to ${target}?`,
    flag: '--reason',
    initial: false,
  });
  if (!goesBack) return undefined;
  const reason = await context.ask.text({ message: 'Why?', flag: '--reason', required: true });
  await enterPhase(session, target, reason);
  return target;
}
