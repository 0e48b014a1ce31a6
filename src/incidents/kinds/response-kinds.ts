/** Entries about what people decide, do and say: decisions, actions, roles, clocks, notices. */
import { because, kind } from '../entry-kind.ts';
import { shapes } from '../entry-shapes.ts';
import { changeItem, itemOf, NOTICE_OUTCOMES } from '../items.ts';
import { ACTION_KINDS } from './action-kinds.ts';

/** What people decide, do and say. */
export const RESPONSE_KINDS = {
  decision_made: kind({
    isErasable: true,
    schema(z) {
      const s = shapes(z);
      return z.strictObject({
        id: s.id,
        text: s.text,
        why: s.text,
        by: s.text.optional(),
        instead: s.words.optional(),
      });
    },
    tell: ({ text, why }) => ({ text: `Decided: ${text}${because(why)}` }),
    apply: (payload, entry) => ({ decisions: [itemOf(payload, entry)] }),
  }),

  ...ACTION_KINDS,

  role_assigned: kind({
    isErasable: true,
    schema(z) {
      const s = shapes(z);
      return z.strictObject({
        id: s.id,
        role: s.text,
        person: s.text,
        contact: s.text.optional(),
        from: s.instant.optional(),
        until: s.instant.optional(),
        replaces: s.id.optional(),
        reason: s.text,
      });
    },
    tell: ({ role, person, reason }) => ({ text: `${person} is ${role}${because(reason)}` }),
    apply: (payload, entry) => ({ roles: [itemOf(payload, entry)] }),
  }),

  clock_started: kind({
    isErasable: false,
    schema(z) {
      const s = shapes(z);
      return z.strictObject({
        id: s.id,
        rule: s.text,
        ruleSha256: s.hash,
        trigger: s.text,
        triggeredAt: s.instant,
        dueAt: s.instant,
        after: s.id.optional(),
        reason: s.text,
        title: s.text.optional(),
        cite: s.text.optional(),
        recipient: s.text.optional(),
        /** When other events of the rule happened, by their names. */
        stamps: s.values.optional(),
        /** The zone and the holidays that days were counted in. */
        zone: s.text.optional(),
        country: s.text.optional(),
        /** The law names no length of time: at once, `dueAt` is the trigger. */
        isAtOnce: z.literal(true).optional(),
        /** From the plan, not from a law. */
        isContractual: z.literal(true).optional(),
      });
    },
    tell: ({ rule, trigger, triggeredAt, dueAt, isAtOnce }) => ({
      text: `Clock ${rule} runs: ${trigger} at ${triggeredAt}, due ${isAtOnce ? 'without delay' : dueAt}.`,
    }),
    apply: (payload, entry) => ({ clocks: [itemOf(payload, entry)] }),
  }),

  clock_settled: kind({
    isErasable: false,
    schema(z) {
      const s = shapes(z);
      return z.strictObject({
        clock: s.id,
        outcome: z.enum(['submitted', 'waived']),
        at: s.instant,
        to: s.text.optional(),
        reference: s.text.optional(),
        evidence: s.id.optional(),
        reason: s.text,
      });
    },
    needs: ({ clock }) => ({ items: [['clocks', clock]] }),
    tell: ({ clock, outcome, to, reason }) => ({
      text: `Clock ${clock.slice(0, 8)} ${outcome}${to === undefined ? '' : ` to ${to}`}${because(reason)}`,
    }),
    apply: ({ clock, ...settled }, { seq, at, actor }, known) =>
      changeItem(known, 'clocks', clock, (item) => ({
        ...item,
        settled: { ...settled, seq, enteredAt: at, enteredBy: actor },
      })),
  }),

  notice_queued: kind({
    isErasable: true,
    comesFirst: true,
    schema(z) {
      const s = shapes(z);
      return z.strictObject({
        id: s.id,
        /** Sent once, however often what caused it is seen. */
        key: s.text,
        channel: s.text,
        audience: s.text,
        tlp: s.text,
        subject: s.text,
        sha256: s.hash,
        head: s.hash,
        /** What it tells of: `opened`, `clock_near`. */
        event: s.text.optional(),
        /** What is sent, so that an interrupted run can send it, and everybody can see what was said. */
        text: s.text.optional(),
        facts: s.values.optional(),
      });
    },
    tell: ({ channel, audience, subject }) => ({
      text: `Notice to ${audience} by ${channel}: ${subject}.`,
    }),
    apply: (payload, entry) => ({ notices: [{ ...itemOf(payload, entry), attempts: [] }] }),
  }),

  notice_started: kind({
    isErasable: false,
    comesFirst: true,
    schema(z) {
      const s = shapes(z);
      /** `sender`: machine, process and its start, to tell an attempt that runs from one that was interrupted. */
      return z.strictObject({ notice: s.id, attempt: s.count, sender: s.text });
    },
    needs: ({ notice }) => ({ items: [['notices', notice]] }),
    tell: ({ notice, attempt }) => ({
      text: `Notice ${notice.slice(0, 8)} is being sent, attempt ${attempt}.`,
    }),
    apply: ({ notice, attempt, sender }, { at }, known) =>
      changeItem(known, 'notices', notice, (item) => ({
        ...item,
        started: { attempt, sender, at },
      })),
  }),

  notice_tried: kind({
    isErasable: true,
    comesFirst: true,
    schema(z) {
      const s = shapes(z);
      return z.strictObject({
        notice: s.id,
        attempt: s.count,
        outcome: z.enum(NOTICE_OUTCOMES),
        answer: s.text,
        notBefore: s.instant.optional(),
      });
    },
    needs: ({ notice }) => ({ items: [['notices', notice]] }),
    tell: ({ notice, outcome, answer }) => ({
      text: `Notice ${notice.slice(0, 8)} ${outcome.replace('_', ' ')}${answer === '' ? '.' : `: ${answer}`}`,
    }),
    apply: ({ notice, ...tried }, { at }, known) =>
      changeItem(known, 'notices', notice, ({ started: _, ...item }) => ({
        ...item,
        attempts: [...item.attempts, { ...tried, at }],
      })),
  }),
};
