/** Entries about changes to systems: planned, begun, and what became of them. */
import { because, kind, type Stamp } from '../entry-kind.ts';
import { shapes } from '../entry-shapes.ts';
import type { ActionState } from '../incident.ts';
import type { Change, Known } from '../projections.ts';

/** Actions. `action_begun` stands before anything runs, so that one that never reported back is seen. */
export const ACTION_KINDS = {
  action_proposed: kind({
    isErasable: false,
    schema(z) {
      const s = shapes(z);
      return z.strictObject({
        id: s.id,
        name: s.text,
        risk: z.enum(['read', 'change', 'disruptive', 'destructive']),
        host: s.text,
        target: s.text,
        values: s.values,
        stepId: s.text.optional(),
        until: s.instant.optional(),
        /** Why it cannot be taken back; absent where it can. */
        irreversible: s.text.optional(),
        /** What was rendered for it, as JSON: its argvs, and what reads them back. */
        plan: s.text.optional(),
        /** SHA-256 of what its snapshot printed. */
        before: s.hash.optional(),
        reason: s.text.optional(),
        /** Who else agreed. */
        second: s.text.optional(),
      });
    },
    needs: () => ({ actions: true }),
    tell: ({ name, target, host, reason, second }) => ({
      text: `Action ${name} on ${target}, at ${host}: planned${second === undefined ? '' : ` with ${second}`}${because(reason)}`,
    }),
    apply({ reason = '', second: _, ...payload }, { seq, at, actor }, { actions }) {
      const last = Math.max(
        0,
        ...[...actions.values()].map((action) => Number(action.no.slice(2))),
      );
      const no = `A-${String(last + 1).padStart(3, '0')}`;
      const stands = { state: 'planned', changedAt: at, changedBy: actor, reason } as const;
      return { actions: [{ ...ABSENT, ...payload, no, seq, at, actor, ...stands }] };
    },
  }),

  action_begun: kind({
    isErasable: false,
    schema(z) {
      const s = shapes(z);
      return z.strictObject({ action: s.id, stage: z.enum(['run', 'undo', 'keep']) });
    },
    needs: ({ action }) => ({ action }),
    tell: ({ action, stage }) => ({ text: `Action ${action.slice(0, 8)}: ${stage} begins.` }),
    apply: ({ action, stage }, entry, known) =>
      stage === 'keep'
        ? {}
        : changed(action, { state: stage === 'run' ? 'started' : 'undoing' }, entry, known),
  }),

  action_changed: kind({
    isErasable: false,
    schema(z) {
      const s = shapes(z);
      return z.strictObject({
        action: s.id,
        state: z.enum(['applied', 'verified', 'failed', 'kept', 'undone', 'expired']),
        run: s.id.optional(),
        until: s.instant.optional(),
        /** Evidence that holds what was there before. */
        snapshot: s.id.optional(),
        /** SHA-256 of what its snapshot printed once it was done. */
        after: s.hash.optional(),
        reason: s.text,
      });
    },
    needs: ({ action }) => ({ action }),
    tell: ({ action, state, reason }) => ({
      text: `Action ${action.slice(0, 8)} is ${state}${because(reason)}`,
    }),
    apply({ action, state, until, after, reason }, entry, known) {
      const end = state === 'kept' ? { until: undefined } : {};
      return changed(
        action,
        {
          ...end,
          ...(until === undefined ? {} : { until }),
          ...(after === undefined ? {} : { after }),
          ...{ state, reason },
        },
        entry,
        known,
      );
    },
  }),
};

const ABSENT = {
  stepId: undefined,
  until: undefined,
  irreversible: undefined,
  plan: undefined,
  before: undefined,
  after: undefined,
};

function changed(
  id: string,
  change: Partial<ActionState>,
  { at, actor }: Stamp,
  { actions }: Known,
): Change {
  const action = actions.get(id);
  if (action === undefined) return {};
  return { actions: [{ ...action, ...change, changedAt: at, changedBy: actor }] };
}

/** Is something of it, or may something of it be, in place on a system? */
export const isInPlace = ({ state, risk }: Pick<ActionState, 'state' | 'risk'>): boolean =>
  risk !== 'read' && !['planned', 'undone', 'expired'].includes(state);

/** Did a stage of it begin that never reported back? */
export const isUnsettled = ({ state }: Pick<ActionState, 'state'>): boolean =>
  ['planned', 'started', 'applied', 'undoing'].includes(state);
