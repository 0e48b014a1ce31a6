/** Entries about what people did with a report: who read and approved which bytes, and what its writer put into it. */
import { kind, showsNothing } from '../entry-kind.ts';
import { shapes } from '../entry-shapes.ts';
import { REVIEW_STATES, type ReviewState } from '../incident.ts';

const STATE_WORDS: Readonly<Record<ReviewState, string>> = {
  draft: 'is a draft again',
  in_review: 'is in review',
  approved: 'is approved',
};

/** Reviews and the writer's parts; no table shows them, the report does. */
export const REPORT_KINDS = {
  /** The bytes of the report with that SHA-256, which name this review themselves, stand so from now on. */
  report_reviewed: kind({
    isErasable: true,
    schema(z) {
      const s = shapes(z);
      return z.strictObject({
        state: z.enum(REVIEW_STATES),
        template: s.text,
        path: s.text,
        sha256: s.hash,
        author: s.text,
        signature: z
          .strictObject({ fingerprint: s.text, publicKey: s.text, text: s.text })
          .optional(),
      });
    },
    tell({ state, template, sha256, signature }) {
      const signed = signature === undefined ? '' : `, signed with ${signature.fingerprint}`;
      return {
        text: `Report ${template} ${STATE_WORDS[state]}: SHA-256 ${sha256}${signed}.`,
      };
    },
    apply: showsNothing,
  }),

  /** What people wrote for sections of the report; the latest of each section counts, an empty one takes it out. */
  report_parts_written: kind({
    isErasable: true,
    schema(z) {
      const s = shapes(z);
      return z.strictObject({ parts: s.values });
    },
    tell: ({ parts }) => ({ text: `Written for the report: ${Object.keys(parts).join(', ')}.` }),
    apply: showsNothing,
  }),
};
