/** The score of a log: how many hundredths of what is asked for it meets. Pure. */
import type { Check } from './checks.ts';
import type { Facts } from './facts.ts';
import { MEASURES, type Measured } from './measures.ts';

/** What a check says of a log. */
export interface Judged {
  check: Check;
  /** `met`, in `part`, or `missed`. */
  result: 'met' | 'part' | 'missed';
  evidence: string;
  examples: readonly string[];
}

/** A log and its score, 0 to 100. */
export interface Audited {
  facts: Facts;
  score: number;
  judged: readonly Judged[];
}

/** What somebody will ask for after an incident, and where it is counted. */
const KEY_EVENTS: Readonly<Record<string, (facts: Facts) => number>> = {
  logins: (facts) => facts.loginsOk,
  'failed logins': (facts) => facts.loginsFailed,
  refusals: (facts) => facts.denied,
  'password changes': (facts) => facts.passwords,
  'changes of second factors': (facts) => facts.factors,
  'changes of accounts or permissions': (facts) => facts.permissions,
  'changes of configuration, starts or stops': (facts) => facts.configuration,
  'errors with their stack': (facts) => facts.stacks,
};

/** The key events that none of the logs has: what one lacks may stand in another. */
export const missingEvents = (all: readonly Facts[]): string[] =>
  Object.entries(KEY_EVENTS).flatMap(([name, count]) =>
    all.every((facts) => count(facts) === 0) ? [name] : [],
  );

const appliesTo = ({ applies }: Check, facts: Facts): boolean => {
  const accounts = facts.acts > 0;
  const requests = facts.requests > 0;
  switch (applies) {
    case 'always':
      return true;
    case 'accounts':
      return accounts && facts.requests * 2 < facts.events;
    case 'requests':
      return requests;
    case 'application':
      return facts.levels.size > 0;
    case 'any':
      return accounts || requests;
  }
};

/** What speaks nowhere for or against a check leaves it out. */
export function audit(facts: Facts, checks: readonly Check[]): Audited {
  const judged: Judged[] = [];
  let reached = 0;
  let most = 0;
  for (const check of checks) {
    const measured: Measured | undefined = appliesTo(check, facts)
      ? MEASURES[check.measure](facts)
      : undefined;
    if (measured === undefined) continue;
    const { share, evidence } = measured;
    most += check.weight;
    reached += check.weight * share;
    const result = share >= 0.99 ? 'met' : share > 0 ? 'part' : 'missed';
    const { examples = [] } = measured;
    judged.push({ check, result, evidence, examples });
  }
  return { facts, score: most === 0 ? 0 : Math.floor((100 * reached) / most), judged };
}
