/** temporal_ordered: how far the members of a group have come in the order written. */
import { openingOf, type SeenHit, type WindowKind } from './correlate-window.ts';

/**
 * For each member, the hits that reach it in order from the first member on; of all such chains the one
 * that began last, because it stays in the window longest.
 */
type Chains = (readonly SeenHit[] | undefined)[];

/** Windows that count how many members, from the first on, hit one after another. */
export function orderedWindow(members: number): WindowKind<Chains> {
  return {
    create: () => new Array<readonly SeenHit[] | undefined>(members).fill(undefined),
    add(chains, hit, sinceUs) {
      const step = { timeUs: hit.timeUs, ref: hit.ref };
      if (hit.rule === 0) chains[0] = [step];
      else {
        const before = chains[hit.rule - 1];
        const isFresh = before !== undefined && before[0]!.timeUs >= sinceUs;
        if (isFresh) chains[hit.rule] = [...before, step];
      }
      return longest(chains, sinceUs);
    },
    opening(chains, hit, sinceUs) {
      const chain = chains[longest(chains, sinceUs) - 1] ?? [];
      // With conditions such as eq, a hit may make the count fit without being part of the chain.
      return openingOf(chain.at(-1)?.ref === hit.ref ? chain : [...chain, hit]);
    },
  };
}

/** Chains of more members never begin later than those of fewer, so the first stale one ends the count. */
function longest(chains: Chains, sinceUs: number): number {
  let count = 0;
  while (count < chains.length) {
    const chain = chains[count];
    if (chain === undefined || chain[0]!.timeUs < sinceUs) break;
    count += 1;
  }
  return count;
}
