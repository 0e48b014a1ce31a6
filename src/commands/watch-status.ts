/** The line below what a watch tells. */
import type { WatchCounters } from '../watch/counters.ts';

/** Rate, sources and lag in one line. */
export function statusLine({ rate, sources, lagMs, findings, late }: WatchCounters): string {
  const behind = sources.filter(({ isBehind }) => isBehind).length;
  const lag = lagMs === undefined ? '' : `  last event ${ageText(lagMs)} ago`;
  return `${rate} events/s  ${sources.length} sources${behind > 0 ? `, ${behind} behind` : ''}${lag}  ${findings} told${late > 0 ? `  ${late} late` : ''}`;
}

const ageText = (ms: number): string =>
  ms < 60_000 ? `${Math.round(ms / 1000)} s` : `${Math.round(ms / 60_000)} min`;
