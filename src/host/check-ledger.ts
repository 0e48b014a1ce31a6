/** Gathers what a check finds, within bounds: whoever can make files can make a million of them. */
import { levelRank } from '../events/level.ts';
import type { Machine } from './machine.ts';
import type { CheckReport, Observation, Unseen } from './observation.ts';

const MOST_OBSERVATIONS = 10_000;
const MOST_UNSEEN = 200;

/** What is written into while a check runs. */
export interface Ledger {
  observe(observation: Observation): void;
  unseen(unseen: Unseen): void;
  /** Counts things that were looked at. */
  looked(what: string, count?: number): void;
  close(
    facts: Pick<CheckReport, 'check' | 'host' | 'root' | 'since' | 'startedAt' | 'endedAt'>,
  ): CheckReport;
}

/** An empty one. */
export function createLedger(): Ledger {
  const observations: Observation[] = [];
  const unseen: Unseen[] = [];
  const looked = new Map<string, number>();
  let further = 0;
  let furtherUnseen = 0;
  return {
    observe(observation) {
      if (observations.length < MOST_OBSERVATIONS) observations.push(observation);
      else further += 1;
    },
    unseen(one) {
      if (unseen.length < MOST_UNSEEN) unseen.push(one);
      else furtherUnseen += 1;
    },
    looked: (what, count = 1) => void looked.set(what, (looked.get(what) ?? 0) + count),
    close: (facts) => ({
      ...facts,
      looked: [...looked].map(([what, count]) => ({ what, count })),
      observations: observations.sort(byWeight),
      ...{ further, unseen, furtherUnseen },
    }),
  };
}

/** Names what of another machine did not come. */
export function tellLost({ remote }: Machine, ledger: Pick<Ledger, 'unseen'>): void {
  for (const one of remote?.unseen ?? []) ledger.unseen(one);
}

const byWeight = (a: Observation, b: Observation): number =>
  levelRank(b.level) - levelRank(a.level) ||
  compare(a.kind, b.kind) ||
  compare(a.subject, b.subject);

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
