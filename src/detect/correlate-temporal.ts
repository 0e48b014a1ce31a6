/** temporal and temporal_ordered: which members of a group have hit lately, in any order or in theirs. */
import { KEPT_REFS, type Opening, type WindowKind } from './correlate-window.ts';

interface Hit {
  timeUs: number;
  ref: number;
}

/** The latest hit of each member. */
type Latest = (Hit | undefined)[];

/** Windows that count the distinct members that hit, in any order. */
export function temporalWindow(members: number): WindowKind<Latest> {
  return {
    create: () => new Array<Hit | undefined>(members).fill(undefined),
    add(latest, hit, sinceUs) {
      latest[hit.rule] = { timeUs: hit.timeUs, ref: hit.ref };
      let count = 0;
      for (const seen of latest) if (seen !== undefined && seen.timeUs >= sinceUs) count += 1;
      return count;
    },
    opening(latest, hit, sinceUs) {
      const present = latest.filter((seen) => seen !== undefined && seen.timeUs >= sinceUs);
      return openingOf(present as Hit[], hit);
    },
  };
}

/**
 * For each member, the hits that reach it in order from the first member on; of all such chains the one
 * that began last, because it stays in the window longest.
 */
type Chains = (readonly Hit[] | undefined)[];

/** Windows that count how many members, from the first on, hit one after another. */
export function orderedWindow(members: number): WindowKind<Chains> {
  return {
    create: () => new Array<readonly Hit[] | undefined>(members).fill(undefined),
    add(chains, hit, sinceUs) {
      const step = { timeUs: hit.timeUs, ref: hit.ref };
      if (hit.rule === 0) chains[0] = [step];
      else {
        const before = chains[hit.rule - 1];
        if (before !== undefined && before[0]!.timeUs >= sinceUs)
          chains[hit.rule] = [...before, step];
      }
      return longest(chains, sinceUs);
    },
    opening(chains, hit, sinceUs) {
      return openingOf(chains[longest(chains, sinceUs) - 1] ?? [], hit);
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

function openingOf(hits: readonly Hit[], current: Hit): Opening {
  const ordered = [...hits].sort((left, right) => left.timeUs - right.timeUs);
  const refs = [...new Set(ordered.map((hit) => hit.ref))];
  const firstUs = ordered[0]?.timeUs ?? current.timeUs;
  return { firstUs, count: Math.max(refs.length, 1), refs: refs.slice(0, KEPT_REFS) };
}
