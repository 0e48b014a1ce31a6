/** Bursts and correlation hits, with the lines they cite, become findings in time order. */
import { createHash } from 'node:crypto';
import type { Event } from '../events/event.ts';
import { levelRank } from '../events/level.ts';
import type { PreparedFile } from '../logs/prepare.ts';
import { attackOf } from '../sigma/attack-tags.ts';
import type { RuleCard } from '../sigma/compiled-rule.ts';
import type { SigmaCorrelation, SigmaRule } from '../sigma/rule.ts';
import { addValue, type Burst } from './bursts.ts';
import type { CorrelationHit } from './correlate/pass.ts';
import { ecsDocument } from './ecs-document.ts';
import type { CitedLine } from './evidence.ts';
import type { Evidence, Finding } from './finding.ts';
import { fileOf, type Location, offsetOf } from './location.ts';
import { entitiesOf, type Plan } from './plan.ts';

interface Input {
  plan: Plan;
  bursts: readonly Burst[];
  hits: readonly CorrelationHit[];
  cited: ReadonlyMap<Location, CitedLine>;
  files: readonly PreparedFile[];
  hashes: readonly string[];
}

/** A finding for each burst and each correlation that fired, in no particular order. */
export const buildFindings = (input: Input): Finding[] => [
  ...input.bursts.map((burst) => burstFinding(burst, input)),
  ...input.hits.map((hit) => correlationFinding(hit, input)),
];

/**
 * Sorts in place by the time of the event that makes each one, then level (highest first), rule and id: the same
 * findings come in the same order.
 */
export const sortFindings = (findings: Finding[]): Finding[] =>
  findings.sort(
    (a, b) =>
      compare(momentOf(a), momentOf(b)) ||
      levelRank(b.level) - levelRank(a.level) ||
      compare(a.rule.title, b.rule.title) ||
      compare(a.id, b.id),
  );

/** Without a time last. */
const momentOf = ({ atUs, firstUs }: Finding): number =>
  atUs ?? firstUs ?? Number.POSITIVE_INFINITY;

const compare = <T extends string | number>(a: T, b: T): number => (a < b ? -1 : a > b ? 1 : 0);

function burstFinding(burst: Burst, input: Input): Finding {
  const { rule } = input.plan.ruleSet.rules[burst.rule]!;
  const locations = burst.locations.includes(burst.lastLocation)
    ? burst.locations
    : [...burst.locations, burst.lastLocation];
  const { firstUs, lastUs, count, entities } = burst;
  return finish(rule, { firstUs, lastUs, count, locations, entities, key: burst.key }, input);
}

function correlationFinding(hit: CorrelationHit, input: Input): Finding {
  const { rule } = input.plan.ruleSet.correlations[hit.correlation]!;
  const entities: Record<string, string[]> = {};
  rule.groupBy.forEach((field, index) => {
    const value = hit.group[index];
    if (value !== undefined) addValue(entities, entityName(field, hit, value, input), value);
  });
  const fields = input.plan.correlationEntityFields[hit.correlation] ?? [];
  for (const location of hit.locations) {
    const event = input.cited.get(location)?.event;
    if (event === undefined) continue;
    for (const [field, value] of entitiesOf(fields, event)) addValue(entities, field, value);
  }
  const { firstUs, lastUs, count, locations, group } = hit;
  return finish(rule, { firstUs, lastUs, count, locations, entities, key: group.join(' ') }, input);
}

/** Group-by fields may have Sigma names (`c-ip`); the entity gets the ECS name that has this value. */
function entityName(field: string, hit: CorrelationHit, value: string, input: Input): string {
  if (field.includes('.') && !field.includes('-')) return field;
  const event = input.cited.get(hit.locations[0] ?? -1)?.event;
  const names = ['source.ip', 'source.address', 'user.name', 'url.path', 'host.hostname'] as const;
  return names.find((name) => event?.[name] === value) ?? field;
}

interface Draft {
  firstUs: number | undefined;
  lastUs: number | undefined;
  count: number;
  locations: readonly Location[];
  entities: Record<string, string[]>;
  key: string;
}

function finish(rule: SigmaRule | SigmaCorrelation, draft: Draft, input: Input): Finding {
  const evidence = draft.locations.map((location) => evidenceAt(location, input));
  const [first] = evidence;
  const cited = input.cited.get(draft.locations[0] ?? -1);
  const event = cited?.event;
  const entities = Object.fromEntries(
    Object.entries(draft.entities).map(([field, values]) => [field, [...values].sort(compare)]),
  );
  const id = createHash('sha256')
    .update([rule.id, draft.key, first?.sha256 ?? '', first?.offset ?? ''].join('\u0000'))
    .digest('hex')
    .slice(0, 16);
  const { firstUs, lastUs, count } = draft;
  return {
    id,
    rule: cardOf(rule),
    level: rule.level,
    firstUs,
    lastUs,
    atUs: firstUs,
    count,
    entities,
    evidence,
    event: event === undefined ? {} : documentOf(event, first),
  };
}

const documentOf = (event: Event, first: Evidence | undefined): Record<string, unknown> =>
  ecsDocument(event, first);

function evidenceAt(location: Location, { cited, files, hashes }: Input): Evidence {
  const index = fileOf(location);
  const line = cited.get(location);
  return {
    file: files[index]?.path ?? '',
    sha256: hashes[index] ?? '',
    line: line?.line ?? 0,
    offset: offsetOf(location),
    raw: line?.raw ?? '',
    timeUs: line?.event?.timeUs,
  };
}

function cardOf(rule: SigmaRule | SigmaCorrelation): RuleCard {
  const { tactics, techniques } = attackOf(rule.tags);
  return {
    id: rule.id,
    name: rule.name,
    title: rule.title,
    level: rule.level,
    tactics,
    techniques,
  };
}
