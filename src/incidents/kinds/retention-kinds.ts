/** Entries about what must be kept and what was not: legal holds, and log files that a retention policy took away. */
import { because, kind, showsNothing } from '../entry-kind.ts';
import { shapes } from '../entry-shapes.ts';
import { changeItem, itemOf } from '../items.ts';

/** What happens to a file under a retention policy. */
export const DISPOSALS = ['compress', 'move', 'delete'] as const;

/** Holds, and what was done with files. They may stand in the journal of the store itself, too. */
export const RETENTION_KINDS = {
  /** Nothing that it covers may be deleted, compressed, moved or erased: of the incident in which it stands, and logs that the globs name. */
  hold_set: kind({
    isErasable: true,
    comesFirst: true,
    schema(z) {
      const s = shapes(z);
      return z.strictObject({
        id: s.id,
        title: s.text,
        logs: s.words,
        reason: s.text,
        authority: s.text.optional(),
      });
    },
    tell: ({ title, logs, reason }) => ({
      text: `Legal hold: ${title}${logs.length === 0 ? '' : `, logs ${logs.join(', ')}`}${because(reason)}`,
    }),
    apply: (payload, entry) => ({ holds: [itemOf(payload, entry)] }),
  }),

  hold_lifted: kind({
    isErasable: true,
    comesFirst: true,
    schema(z) {
      const s = shapes(z);
      return z.strictObject({ hold: s.id, reason: s.text });
    },
    needs: ({ hold }) => ({ items: [['holds', hold]] }),
    tell: ({ hold, reason }) => ({
      text: `Legal hold ${hold.slice(0, 8)} lifted${because(reason)}`,
    }),
    apply: ({ hold, reason }, { at, actor }, known) =>
      changeItem(known, 'holds', hold, (item) => ({ ...item, lifted: { at, actor, reason } })),
  }),

  /** Stands before the first of the files is touched: what was interrupted is known by it. */
  disposal_planned: kind({
    isErasable: true,
    comesFirst: true,
    schema(z) {
      const s = shapes(z);
      const file = z.strictObject({
        path: s.text,
        sha256: s.hash,
        bytes: s.count,
        act: z.enum(DISPOSALS),
        to: s.text.optional(),
        why: s.text,
      });
      return z.strictObject({
        id: s.id,
        policy: s.text,
        policySha256: s.hash,
        files: z.array(file).readonly(),
      });
    },
    tell: ({ policy, files }) => ({
      text: `Retention by ${policy}: ${files.length} ${files.length === 1 ? 'file' : 'files'} to ${[...new Set(files.map(({ act }) => act))].join(', ')}.`,
    }),
    apply: showsNothing,
  }),

  disposal_done: kind({
    isErasable: true,
    comesFirst: true,
    schema(z) {
      const s = shapes(z);
      const failed = z.strictObject({ path: s.text, reason: s.text });
      return z.strictObject({
        disposal: s.id,
        done: s.count,
        bytes: s.count,
        failed: z.array(failed).readonly(),
      });
    },
    tell: ({ disposal, done, failed }) => ({
      text: `Retention ${disposal.slice(0, 8)}: ${done} done, ${failed.length} failed.`,
    }),
    apply: showsNothing,
  }),
};
