/** What was changed on systems: every action, who did it, whether it was read back, and how it stands now. */
import type { ReportAction } from './report-input.ts';
import type { SystemChangeItem } from './report-model.ts';

/** One item for each action that changes something, in the order in which they were planned. */
export const systemChanges = (actions: readonly ReportAction[]): SystemChangeItem[] =>
  actions
    .filter(({ risk }) => risk !== 'read')
    .map((action) => {
      const { no, name, target, host, risk, at, actor, until, changedAt, changedBy } = action;
      const standing = standingOf(action);
      return {
        ...{ number: no, name, target, host, risk, at, actor, standing },
        verifiedAt: action.verifiedAt ?? null,
        ...{ since: changedAt, by: changedBy },
        until: standing === 'in place' ? (until ?? null) : null,
        reason: standing === 'final' ? (action.irreversible ?? '') : action.reason,
      };
    });

function standingOf({
  state,
  irreversible,
  isInPlace,
  isUnsettled,
}: ReportAction): SystemChangeItem['standing'] {
  if (state === 'undone' || state === 'expired') return state;
  if (state === 'planned') return 'never run';
  if (isUnsettled || !isInPlace) return 'unknown';
  if (state === 'failed') return 'failed';
  return irreversible === undefined ? 'in place' : 'final';
}
