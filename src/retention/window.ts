/** How long a source must, may and will be kept, of all that binds it. */
import { comparePeriods, type Period, periodText } from './period.ts';
import type { Regime } from './regime.ts';

/** A bound, and who sets it. */
export interface Bound {
  period: Period;
  /** `PCI DSS 4.0.1, Requirement 10.5.1` */
  by: string;
}

/** The longest of the minima, the shortest of the maxima, and what is kept. */
export interface Window {
  regimes: readonly string[];
  atLeast?: Bound | undefined;
  atMost?: Bound | undefined;
  atHand?: Bound | undefined;
  /** What the policy says, else the minimum, else the maximum; undefined where nothing bounds it. */
  keep?: Period | undefined;
  /** Where bounds exclude each other: a person decides. One sentence each. */
  conflicts: readonly string[];
  /** Regimes that have no figure of their own and got none. */
  open: readonly { regime: string; asks: 'at_least' | 'at_most' }[];
}

/** @param periods figures of the policy for regimes that ask for one @param keep what the policy chooses */
export function windowOf(
  regimes: readonly Regime[],
  periods: Readonly<Record<string, Period>>,
  keep: Period | undefined,
): Window {
  const open: Window['open'][number][] = [];
  const [least, most, hand]: [Bound[], Bound[], Bound[]] = [[], [], []];
  for (const regime of regimes) {
    const by = `${regime.title}, ${regime.cite}`;
    const own = periods[regime.id];
    if (regime.asks !== undefined) {
      if (own === undefined) open.push({ regime: regime.id, asks: regime.asks });
      else (regime.asks === 'at_least' ? least : most).push({ period: own, by });
    }
    if (regime.atLeast !== undefined) least.push({ period: regime.atLeast, by });
    if (regime.atMost !== undefined) most.push({ period: regime.atMost, by });
    if (regime.atHand !== undefined) hand.push({ period: regime.atHand, by });
  }
  const longest = (bounds: Bound[]) => bounds.sort((a, b) => comparePeriods(b.period, a.period))[0];
  const atLeast = longest(least);
  const atMost = most.sort((a, b) => comparePeriods(a.period, b.period))[0];
  const conflicts: string[] = [];
  const said = ({ period, by }: Bound): string => `${periodText(period)} (${by})`;
  if (atLeast && atMost && comparePeriods(atLeast.period, atMost.period) > 0)
    conflicts.push(`at least ${said(atLeast)}, and at most ${said(atMost)}`);
  if (keep && atLeast && comparePeriods(keep, atLeast.period) < 0)
    conflicts.push(`keep is ${periodText(keep)}, and at least ${said(atLeast)} is asked for`);
  if (keep && atMost && comparePeriods(keep, atMost.period) > 0)
    conflicts.push(`keep is ${periodText(keep)}, and at most ${said(atMost)} is allowed`);
  return {
    regimes: regimes.map(({ id }) => id),
    ...{ atLeast, atMost, atHand: longest(hand), conflicts, open },
    keep: keep ?? atLeast?.period ?? atMost?.period,
  };
}
