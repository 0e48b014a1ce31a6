/** `ir handover`: what the next shift must know, and that it was told. */
import { plural } from '../events/words.ts';
import { ROLES } from '../incidents/roles.ts';
import type { CommandContext } from './context.ts';
import { authorOf, readWord, withIncident } from './incident-access.ts';
import { type StatusResult, status } from './status.ts';
import { entryBy } from './write-items.ts';

/** What is handed over. */
export interface HandoverResult {
  status: StatusResult;
  decisions: readonly { at: string; by: string; text: string; why: string }[];
  /** Steps of the checklist that are open. */
  openSteps: readonly string[];
  to: string | undefined;
  role: string | undefined;
  head: string;
}

/** Decisions that are told; the report has all. */
const LATEST = 5;

/** Says what the next shift must know; with a name, it is in the journal that they were told, and the role is theirs. */
export async function handover(
  context: CommandContext,
  to: string | undefined,
  { role }: { role?: string },
): Promise<HandoverResult> {
  const name = readWord(role, ROLES, '--role');
  const now = await status(context);
  return withIncident(context, async (store, { id }) => {
    const before = await store.load(id);
    const decisions = before.decisions
      .filter(({ withdrawn }) => withdrawn === undefined)
      .slice(-LATEST)
      .map(({ enteredAt, enteredBy, by, text, why }) => ({
        ...{ at: enteredAt, by: by ?? enteredBy, text, why },
      }));
    const told = {
      status: now,
      decisions,
      openSteps: now.checklist?.overdue ?? [],
      to,
      role: name,
    };
    if (to === undefined || to.trim() === '') return { ...told, to: undefined, head: before.head };
    const author = authorOf(context);
    const held = before.roles.findLast((one) => one.role === name && !one.withdrawn);
    await store.append(id, [
      entryBy(author, 'shift_handed_over', {
        ...{ id: context.randomId(), to: to.trim(), text: summaryOf(now, decisions.length) },
        ...(name !== undefined && { role: name }),
      }),
      ...(name === undefined
        ? []
        : [
            entryBy(author, 'role_assigned', {
              ...{ id: context.randomId(), role: name, person: to.trim() },
              reason: 'the shift was handed over',
              ...(held !== undefined && { replaces: held.id }),
            }),
          ]),
    ]);
    return { ...told, to: to.trim(), head: (await store.load(id)).head };
  });
}

/** In the journal a sentence says what they were told; the entries before it hold all of it. */
function summaryOf(
  { incident, checklist, clocks, tasks, actions }: StatusResult,
  decisions: number,
): string {
  return [
    `phase ${incident?.phase ?? ''}`,
    ...(checklist === undefined
      ? []
      : [`${checklist.answered} of ${checklist.applicable} steps answered`]),
    plural(tasks.length, 'open task'),
    plural(actions.length, 'active action'),
    plural(clocks.length, 'running clock'),
    plural(decisions, 'decision'),
  ].join(', ');
}
