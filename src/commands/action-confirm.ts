/** The confirmations that an action asks for, by how much it can hurt. The same words as in the checklists. */
import { refusedError } from '../errors.ts';
import { quoteWord } from '../processes/quote.ts';
import type { ActionPlan } from '../respond/plan-action.ts';
import type { CommandContext } from './context.ts';

/** Flags that confirm. */
export interface ConfirmFlags {
  yes?: boolean | undefined;
  confirm?: string | undefined;
  reason?: string | undefined;
  second?: string | undefined;
}

/** Does it need its target typed? */
export const isGrave = (risk: ActionPlan['risk']): boolean =>
  risk === 'disruptive' || risk === 'destructive';

/** Is there neither a reason nor a second person? */
export const lacksReason = ({ reason = '', second = '' }: ConfirmFlags): boolean =>
  reason.trim() === '' && second.trim() === '';

/**
 * Makes sure that somebody wants it: change --yes, disruptive --yes --confirm TARGET, destructive also --reason or
 * --second. On a terminal what is missing is asked for.
 * @throws IrError (exit 6) when it is not confirmed; a wrong name is refused whatever else was given
 */
export async function confirmAction(
  { ask }: CommandContext,
  plan: Pick<ActionPlan, 'name' | 'risk' | 'target'>,
  flags: ConfirmFlags,
): Promise<void> {
  const { name, risk, target } = plan;
  if (flags.confirm !== undefined && flags.confirm !== target) {
    throw refusedError(
      `--confirm "${flags.confirm}" is not what ${name} hits, which is ${target}: nothing was done`,
      'Look at it again with --dry-run, without --confirm.',
    );
  }
  if (risk === 'read') return;
  if (risk === 'destructive' && lacksReason(flags)) {
    throw refusedError(
      `${name} on ${target} cannot be taken back: it needs a reason, or a second person`,
      'Add --reason "..." or --second NAME.',
    );
  }
  if (isGrave(risk)) {
    if (flags.yes === true && flags.confirm === target) return;
    if (!ask.isPossible || flags.yes === true) {
      throw refusedError(
        `${name} is ${risk}: confirm it with the name of its target, ${target}`,
        `Read it with --dry-run, then add --yes --confirm ${quoteWord(target)}`,
      );
    }
    const typed = await ask.text({
      message: `This is ${risk}. Type ${target} to do it, or nothing to leave it`,
      flag: `--yes --confirm ${quoteWord(target)}`,
    });
    if (typed === target) return;
  } else {
    if (flags.yes === true) return;
    if (!ask.isPossible)
      throw refusedError(
        `${name} on ${target} needs a confirmation`,
        'Read it with --dry-run, then add --yes.',
      );
    if (await ask.confirm({ message: `Do it now?`, flag: '--yes', initial: false })) return;
  }
  throw refusedError('left as it is: nothing was done');
}
