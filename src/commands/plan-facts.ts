/** What of the incident response plan other commands use. */
import type { Regulation } from '../clocks/regulation.ts';
import type { CommandContext } from './context.ts';

/** Where the organisation is, and what its contracts ask for. */
export interface PlanFacts {
  zone: string | undefined;
  country: string | undefined;
  /** Days on which nobody works besides holidays. */
  daysOff: readonly string[];
  contracts: readonly Regulation[];
}

/** Of no plan, nothing. */
export async function planFacts(_context: CommandContext): Promise<PlanFacts> {
  return { zone: undefined, country: undefined, daysOff: [], contracts: [] };
}
