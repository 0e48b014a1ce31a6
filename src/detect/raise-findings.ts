/** Findings below the level asked for that are shown all the same: those of an account or source that broke in before. */
import { levelRank } from '../events/level.ts';
import { rfc3339 } from '../events/rfc3339.ts';
import { valueAt } from './act.ts';
import type { Burst } from './bursts.ts';
import type { CorrelationHit } from './correlate/pass.ts';
import type { Finding } from './finding.ts';

/** An account or an address, since when it is in, and the finding that shows it. */
interface Intruder {
  atUs: number;
  because: string;
}

/** Intruders by the field and its value. */
export type Intruders = ReadonlyMap<string, Intruder>;

/** Techniques by which a finding of high level shows somebody inside: a login, a web shell. */
const INSIDE = ['T1078', 'T1505.003'];
const WHO = ['source.ip', 'user.name'] as const;
/** More raised findings than this nobody reads; the others stay below the level. */
const MOST_RAISED = 500;

/** Whether a finding shows that somebody got in. Probes and guessing never rank that high. */
const isBreakIn = ({ level, rule }: Finding): boolean =>
  level === 'critical' ||
  (levelRank(level) >= levelRank('high') &&
    rule.techniques.some((id) => INSIDE.some((one) => id === one || id.startsWith(`${one}.`))));

/** Who broke in, by the events that make the findings: `source.ip 203.0.113.7`, `user.name deploy`. */
export function intrudersOf(findings: readonly Finding[]): Intruders {
  const intruders = new Map<string, Intruder>();
  for (const finding of findings) {
    const atUs = finding.atUs ?? finding.firstUs;
    if (atUs === undefined || !isBreakIn(finding)) continue;
    for (const field of WHO) {
      const value = valueAt(finding.event, field);
      if (value === undefined) continue;
      const known = intruders.get(`${field} ${value}`);
      const because = `${value} ${finding.doubt === undefined ? 'broke' : 'may have broken'} in before: "${finding.rule.title}" at ${rfc3339(atUs)}`;
      if (known === undefined || atUs < known.atUs) {
        intruders.set(`${field} ${value}`, { atUs, because });
      }
    }
  }
  return intruders;
}

/** Why something of these entities that lasts until `lastUs` is raised; undefined when it is not. */
function reasonFor(
  intruders: Intruders,
  named: Iterable<readonly [field: string, value: string]>,
  lastUs: number | undefined,
  isCall = false,
): string | undefined {
  for (const [field, value] of named) {
    const intruder = intruders.get(`${field} ${value}`);
    if (intruder === undefined || lastUs === undefined) continue;
    // A call to a cloud is way in and act in one.
    if (lastUs > intruder.atUs || (isCall && lastUs === intruder.atUs)) return intruder.because;
  }
  return undefined;
}

function* pairsOf({ entities }: Burst): Iterable<readonly [string, string]> {
  for (const field of WHO) for (const value of entities[field] ?? []) yield [field, value];
}

/** What is raised of bursts and correlation hits, each with the reason. */
export function raise(
  intruders: Intruders,
  bursts: readonly Burst[],
  hits: readonly CorrelationHit[],
): { bursts: Map<Burst, string>; hits: Map<CorrelationHit, string> } {
  const raised = {
    bursts: new Map<Burst, string>(),
    hits: new Map<CorrelationHit, string>(),
  };
  if (intruders.size === 0) return raised;
  for (const burst of bursts) {
    const isCall = burst.entities['cloud.account.id'] !== undefined;
    const reason = reasonFor(intruders, pairsOf(burst), burst.lastUs, isCall);
    if (reason !== undefined && raised.bursts.size < MOST_RAISED) raised.bursts.set(burst, reason);
  }
  for (const hit of hits) {
    // A value of a group has the name that the rule gives it: an address is one whatever it is called.
    const named = hit.group.flatMap((value) => WHO.map((field) => [field, value] as const));
    const reason = reasonFor(intruders, named, hit.lastUs);
    if (reason !== undefined && raised.hits.size < MOST_RAISED) raised.hits.set(hit, reason);
  }
  return raised;
}
