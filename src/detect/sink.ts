/** Where findings go: a list, a terminal as they come, a store, an outbox. */
import type { Finding } from './finding.ts';

/** A finding opens with its first event, goes on with further ones, and closes when none can follow. */
export type FindingState = 'open' | 'going-on' | 'closed';

/** Takes findings as they open, go on and close. */
export interface FindingSink {
  /**
   * Takes a finding as it stands. Between `open` and `closed` it keeps rule, entities of its group and first
   * evidence; what has ended is only ever handed over as `closed`.
   */
  take(finding: Finding, state: FindingState): void;
}

/** Keeps the findings that closed, in the order in which they did. */
export function listSink(): FindingSink & { findings: Finding[] } {
  const findings: Finding[] = [];
  return {
    findings,
    take(finding, state) {
      if (state === 'closed') findings.push(finding);
    },
  };
}
