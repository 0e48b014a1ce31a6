/** Entries about the journal itself: who writes in it, what was erased from it, where chains came from. */
import { because, kind, showsNothing } from '../entry-kind.ts';
import { shapes } from '../entry-shapes.ts';

/** What the journal says of itself; actors are the only rows that come of it. */
export const JOURNAL_KINDS = {
  /**
   * The name behind the id by which entries name who made them. It stands in front of the first of them; once its
   * payload is erased, nothing says who that was.
   */
  actor_named: kind({
    isErasable: true,
    comesFirst: true,
    schema(z) {
      const s = shapes(z);
      return z.strictObject({ actor: s.id, name: s.text });
    },
    tell: () => undefined,
    apply: ({ actor, name }) => ({ actors: [{ id: actor, name }] }),
  }),

  /**
   * The payload of an earlier entry of this incident was erased by this one. Without it a payload that is
   * gone was taken away by somebody, and the journal does not hold. `instead` counts in its place from then on: what it said, less what
   * had to go. Of several about one entry the latest counts; `again` marks one about a payload that was gone before.
   */
  payload_erased: kind({
    isErasable: false,
    schema(z) {
      const s = shapes(z);
      return z.strictObject({
        entry: s.hash,
        reason: s.text,
        instead: z.record(z.string(), z.unknown()).optional(),
        again: z.literal(true).optional(),
      });
    },
    tell: ({ entry, reason, instead }, names) => ({
      text: `${instead === undefined ? 'Content' : 'Part of the content'} of ${names.entry(entry).toLowerCase()} erased${because(reason)}`,
    }),
    apply: showsNothing,
  }),

  /** The incident was written by a version with one chain for all incidents; each entry's number and hash there, in order. */
  journal_converted: kind({
    isErasable: false,
    schema(z) {
      const s = shapes(z);
      return z.strictObject({
        version: s.count,
        entries: z.array(z.strictObject({ seq: s.count, hash: s.hash })).readonly(),
      });
    },
    tell: ({ version }) => ({
      text: `Journal converted from that of store version ${version}, whose hashes are kept in this entry.`,
    }),
    apply: showsNothing,
  }),

  /**
   * Chains of this incident that another store wrote were taken in; what follows builds on these heads. Both may have given a number
   * such as E-002: `numbers` says what is called how from now on (content by its hash, action by its id), and what it `was` called there.
   */
  chains_joined: kind({
    isErasable: false,
    schema(z) {
      const s = shapes(z);
      const chain = z.strictObject({ writer: s.id, entries: s.count, head: s.hash });
      const number = z.string().regex(/^[EA]-\d{3,9}$/);
      const numbered = z.strictObject({
        id: z.string().regex(/^[0-9a-f]{32,64}$/),
        number,
        was: number.optional(),
      });
      return z.strictObject({
        chains: z.array(chain).readonly(),
        reason: s.text,
        numbers: z.array(numbered).readonly().optional(),
      });
    },
    needs: ({ numbers }) => (numbers === undefined ? {} : { sources: true, actions: true }),
    tell: ({ chains, reason, numbers = [] }) => {
      const moved = numbers.flatMap(({ was, number }) =>
        was === undefined ? [] : `${was} of one of the two is ${number} from then on`,
      );
      const stores = chains.map(({ writer }) => `store ${writer.slice(0, 8)}`).join(', ');
      return {
        text: `Entries of ${stores} taken in${moved.map((one) => `; ${one}`).join('')}${because(reason)}`,
      };
    },
    apply({ numbers = [] }, _entry, { sources, evidence, actions }) {
      const numberOf = new Map(numbers.map(({ id, number }) => [id, number]));
      const renumber = <R extends { sha256: string; evidenceNo: string }>(rows: Iterable<R>): R[] =>
        [...rows].flatMap((row) => {
          const evidenceNo = numberOf.get(row.sha256) ?? row.evidenceNo;
          return evidenceNo === row.evidenceNo ? [] : [{ ...row, evidenceNo }];
        });
      return {
        sources: renumber(sources.values()),
        evidence: renumber(evidence.values()),
        actions: [...actions.values()].flatMap((action) => {
          const no = numberOf.get(action.id);
          return no === undefined || no === action.no ? [] : [{ ...action, no }];
        }),
      };
    },
  }),
};
