/** Entries about who does what to what: tasks, assets, handovers, escalations. */
import { because, kind, showsNothing } from '../entry-kind.ts';
import { shapes } from '../entry-shapes.ts';
import { ASSET_STATES, ASSET_TYPES, changeItem, itemOf, TASK_STATES } from '../items.ts';

/** Tasks, assets, handovers and escalations. */
export const PEOPLE_KINDS = {
  task_added: kind({
    isErasable: true,
    schema(z) {
      const s = shapes(z);
      return z.strictObject({
        id: s.id,
        title: s.text,
        owner: s.text.optional(),
        due: s.instant.optional(),
        phase: s.phase.optional(),
      });
    },
    tell: ({ title, owner, due }) => ({
      text: `Task${owner === undefined ? '' : ` for ${owner}`}: ${title}${due === undefined ? '' : `, due ${due}`}.`,
    }),
    apply: (payload, entry) => ({ tasks: [{ ...itemOf(payload, entry), state: 'open' }] }),
  }),

  task_changed: kind({
    isErasable: true,
    schema(z) {
      const s = shapes(z);
      return z.strictObject({ task: s.id, state: z.enum(TASK_STATES), note: s.text });
    },
    needs: ({ task }) => ({ items: [['tasks', task]] }),
    tell: ({ task, state, note }) => ({
      text: `Task ${task.slice(0, 8)} is ${state}${note === '' ? '.' : `: ${note}`}`,
    }),
    apply: ({ task, state, note }, { at, actor }, known) =>
      changeItem(known, 'tasks', task, (item) => ({
        ...item,
        state,
        changed: { at, actor, note },
      })),
  }),

  asset_added: kind({
    isErasable: true,
    schema(z) {
      const s = shapes(z);
      return z.strictObject({
        id: s.id,
        type: z.enum(ASSET_TYPES),
        name: s.text,
        state: z.enum(ASSET_STATES),
        owner: s.text.optional(),
        address: s.text.optional(),
        holds: s.text.optional(),
        comment: s.text.optional(),
      });
    },
    tell: ({ type, name, state }) => ({ text: `Asset ${name} (${type}): ${words(state)}.` }),
    apply: (payload, entry) => ({ assets: [itemOf(payload, entry)] }),
  }),

  asset_updated: kind({
    isErasable: true,
    schema(z) {
      const s = shapes(z);
      return z.strictObject({
        asset: s.id,
        changes: z.strictObject({
          type: z.enum(ASSET_TYPES).optional(),
          name: s.text.optional(),
          state: z.enum(ASSET_STATES).optional(),
          owner: s.text.optional(),
          address: s.text.optional(),
          holds: s.text.optional(),
          comment: s.text.optional(),
        }),
        reason: s.text,
      });
    },
    needs: ({ asset }) => ({ items: [['assets', asset]] }),
    tell: ({ asset, changes, reason }) => ({
      text: `Asset ${asset.slice(0, 8)}: ${Object.entries(changes)
        .map(([name, value]) => `${name} ${words(value ?? '')}`)
        .join(', ')}${because(reason)}`,
    }),
    apply: ({ asset, changes }, { at, actor }, known) =>
      changeItem(known, 'assets', asset, (item) => ({
        ...item,
        ...(Object.fromEntries(
          Object.entries(changes).filter(([, value]) => value !== undefined),
        ) as Partial<typeof item>),
        changed: { at, actor },
      })),
  }),

  /** The response passes from one person to the next; `text` is what they were told. */
  shift_handed_over: kind({
    isErasable: true,
    schema(z) {
      const s = shapes(z);
      return z.strictObject({ id: s.id, to: s.text, role: s.text.optional(), text: s.text });
    },
    tell: ({ to, role }) => ({
      text: `Handed over to ${to}${role === undefined ? '' : `, as ${words(role)}`}.`,
    }),
    apply: showsNothing,
  }),

  /** Somebody further up, or outside, was brought in. */
  incident_escalated: kind({
    isErasable: true,
    schema(z) {
      const s = shapes(z);
      return z.strictObject({ id: s.id, to: s.text, contact: s.text.optional(), reason: s.text });
    },
    tell: ({ to, reason }) => ({ text: `Escalated to ${words(to)}${because(reason)}` }),
    apply: showsNothing,
  }),
};

const words = (word: string): string => word.replaceAll('_', ' ');
