/** temporal_ordered: how far the members of a group have come in the order written. */
import { type CorrelationHit, fromJson, openingOf, toJson, type WindowKind } from './window.ts';

/**
 * For each member, the hits that reach it in order from the first member on, as times and references side
 * by side; of all such chains the one that began last, because it stays in the window longest, and of those
 * that began alike the one that came there first. Each chain has room for all members; one that there is not
 * begins with NaN.
 */
type Chains = Float64Array;

/** Windows of `timespanUs` that count how many members, from the first on, hit one after another. */
export function orderedWindow(members: number, timespanUs: number): WindowKind<Chains> {
  const room = 2 * members;

  /** Chains of more members never begin later than those of fewer, so the first stale one ends the count. */
  const longest = (chains: Chains, sinceUs: number): number => {
    let count = 0;
    while (count < members && chains[count * room]! >= sinceUs) count += 1;
    return count;
  };

  const set = (chains: Chains, at: number, { timeUs, ref }: CorrelationHit): void => {
    chains[at] = timeUs;
    chains[at + 1] = ref;
  };

  return {
    create: () => new Float64Array(members * room).fill(Number.NaN),
    add(chains, hit) {
      const sinceUs = hit.timeUs - timespanUs;
      const { rule } = hit;
      if (rule === 0) set(chains, 0, hit);
      else {
        const before = (rule - 1) * room;
        const at = rule * room;
        // A chain that has come here from the same start stays: a later hit of the member is no part of it.
        const isThere = chains[before + 1] === chains[at + 1];
        if (chains[before]! >= sinceUs && !isThere) {
          for (let index = 0; index < 2 * rule; index += 1) {
            chains[at + index] = chains[before + index]!;
          }
          set(chains, at + 2 * rule, hit);
        }
      }
      return longest(chains, sinceUs);
    },
    opening(chains, hit) {
      const count = longest(chains, hit.timeUs - timespanUs);
      const start = Math.max(0, count - 1) * room;
      const chain = [...chains.subarray(start, start + 2 * count)];
      // With conditions such as eq, a hit may make the count fit without being part of the chain.
      return openingOf(chain.at(-1) === hit.ref ? chain : [...chain, hit.timeUs, hit.ref]);
    },
    save: (chains) => [toJson(chains)],
    load: ([chains]) => fromJson(chains),
  };
}
