/** Entries about alerts: what a watch raised, what became of it, who took it on, what is to be silent. They stand in the journal of the store itself. */
import { because, kind } from '../entry-kind.ts';
import { shapes } from '../entry-shapes.ts';
import { ALERT_STATES, changeItem, itemOf } from '../items.ts';

/** Alerts and silences. */
export const ALERT_KINDS = {
  alert_opened: kind({
    isErasable: true,
    comesFirst: true,
    schema(z) {
      const s = shapes(z);
      return z.strictObject({
        id: s.id,
        key: s.text,
        trigger: s.text,
        watch: s.text,
        position: s.count,
        title: s.text,
        level: s.text,
        state: z.enum(ALERT_STATES),
        count: s.count,
        counts: z.record(z.string(), z.number()),
        firstAt: s.instant,
        lastAt: s.instant,
        entities: z.record(z.string(), z.array(z.string()).readonly()),
        rules: s.words,
        evidence: s.words,
        why: s.text,
        next: s.text,
      });
    },
    tell: ({ title, level }) => ({ text: `Alert (${level}): ${title}.` }),
    apply: (payload, entry) => ({ alerts: [itemOf(payload, entry)] }),
  }),

  alert_changed: kind({
    isErasable: true,
    comesFirst: true,
    schema(z) {
      const s = shapes(z);
      const changes = z.strictObject({
        position: s.count.optional(),
        level: s.text.optional(),
        state: z.enum(ALERT_STATES).optional(),
        count: s.count.optional(),
        counts: z.record(z.string(), z.number()).optional(),
        lastAt: s.instant.optional(),
        firedAt: s.instant.optional(),
        resolvedAt: s.instant.optional(),
        entities: z.record(z.string(), z.array(z.string()).readonly()).optional(),
        rules: s.words.optional(),
        evidence: s.words.optional(),
        why: s.text.optional(),
        inhibitedBy: z.union([s.id, z.literal('')]).optional(),
        told: s.text.optional(),
        incident: s.text.optional(),
      });
      return z.strictObject({ alert: s.id, changes, reason: s.text });
    },
    needs: ({ alert }) => ({ items: [['alerts', alert]] }),
    tell: ({ alert, changes: { state }, reason }) =>
      state === undefined
        ? undefined
        : { text: `Alert ${alert.slice(0, 8)} is ${state}${because(reason)}` },
    apply: ({ alert, changes }, _entry, known) =>
      changeItem(known, 'alerts', alert, (item) => ({
        ...item,
        ...(Object.fromEntries(
          Object.entries(changes).filter(([, value]) => value !== undefined),
        ) as Partial<typeof item>),
      })),
  }),

  alert_acknowledged: kind({
    isErasable: true,
    comesFirst: true,
    schema(z) {
      const s = shapes(z);
      return z.strictObject({ alert: s.id, by: s.text, reason: s.text });
    },
    needs: ({ alert }) => ({ items: [['alerts', alert]] }),
    tell: ({ alert, by, reason }) => ({
      text: `Alert ${alert.slice(0, 8)} taken on by ${by}${because(reason)}`,
    }),
    apply: ({ alert, by, reason }, { at }, known) =>
      changeItem(known, 'alerts', alert, (item) => ({ ...item, acknowledged: { at, by, reason } })),
  }),

  silence_added: kind({
    isErasable: true,
    comesFirst: true,
    schema(z) {
      const s = shapes(z);
      return z.strictObject({
        id: s.id,
        rule: s.text.optional(),
        entity: s.text.optional(),
        level: s.text.optional(),
        from: s.instant,
        until: s.instant,
        reason: s.text,
      });
    },
    tell: ({ rule, entity, level, until, reason }) => ({
      text: `Silence for ${[rule, entity, level].filter(Boolean).join(', ')} until ${until}${because(reason)}`,
    }),
    apply: (payload, entry) => ({ silences: [itemOf(payload, entry)] }),
  }),

  silence_withdrawn: kind({
    isErasable: true,
    comesFirst: true,
    schema(z) {
      const s = shapes(z);
      return z.strictObject({ silence: s.id, reason: s.text });
    },
    needs: ({ silence }) => ({ items: [['silences', silence]] }),
    tell: ({ silence, reason }) => ({
      text: `Silence ${silence.slice(0, 8)} withdrawn${because(reason)}`,
    }),
    apply: ({ silence, reason }, { at, actor, seq }, known) =>
      changeItem(known, 'silences', silence, (item) => ({
        ...item,
        withdrawn: { seq, at, actor, reason },
      })),
  }),
};
