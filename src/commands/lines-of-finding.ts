/** Which events that a finding's rules hit are of that finding: its time, its first actor, and of a chain its machine. */
import { valueAt } from '../detect/act.ts';
import { chooseRules } from '../detect/choose-rules.ts';
import type { Finding } from '../detect/finding.ts';
import type { AnalyseOptions } from '../detect/session.ts';
import type { Event } from '../events/event.ts';
import type { SigmaCorrelation, SigmaRule } from '../sigma/rule.ts';

const HOST = 'host.hostname';
const ACTORS = ['source.ip', 'user.name', 'user.id', 'host.hostname'] as const;

/** The first actor that a finding names. */
export function actorOf({
  entities,
  event,
}: Pick<Finding, 'entities' | 'event'>):
  | { field: (typeof ACTORS)[number]; value: string }
  | undefined {
  for (const field of ACTORS) {
    const value = valueAt(event, field) ?? entities[field]?.[0];
    if (value !== undefined) return { field, value };
  }
  return undefined;
}

/** The test. @param rule that of the finding; undefined where it is not known any more */
export function isOfFinding(
  finding: Finding,
  rule: SigmaRule | SigmaCorrelation | undefined,
): (event: Event) => boolean {
  const { firstUs = Number.NEGATIVE_INFINITY, lastUs = Number.POSITIVE_INFINITY, noise } = finding;
  // A noisy rule's findings, of many actors, stand in one.
  const actor = noise === undefined ? actorOf(finding) : undefined;
  // A login that ends a chain is of one machine, and so are the failures before it.
  const isChain = rule?.kind === 'correlation' && rule.type === 'temporal_ordered';
  const host = isChain ? valueAt(finding.event, HOST) : undefined;
  return (event) => {
    const { timeUs } = event;
    const isInTime = timeUs === undefined || (timeUs >= firstUs && timeUs <= lastUs);
    const isOfActor = actor === undefined || String(event[actor.field] ?? '') === actor.value;
    return isInTime && isOfActor && (host === undefined || (event[HOST] ?? host) === host);
  };
}

/** The same, with the rule looked up. */
export async function belongsTo(
  finding: Finding,
  options: AnalyseOptions,
): Promise<(event: Event) => boolean> {
  const { documents } = await chooseRules({ ...options, isWithoutRules: false, ruleNames: [] });
  return isOfFinding(
    finding,
    documents.find(({ id }) => id === finding.rule.id),
  );
}
