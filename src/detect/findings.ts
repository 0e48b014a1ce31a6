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
import { KEPT_DECIDING } from './correlate/window.ts';
import { doubted, officeDoubt, type Tried } from './doubt.ts';
import { ecsDocument } from './ecs-document.ts';
import type { CitedLine } from './evidence.ts';
import type { Evidence, Finding } from './finding.ts';
import { fileOf, type Location, offsetOf } from './location.ts';
import { doubtOf, entitiesOf, type Plan } from './plan.ts';

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
  ...input.hits.flatMap((hit) =>
    hit.deciding.length > 0 ? decidedFindings(hit, input) : [correlationFinding(hit, input)],
  ),
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
  const { firstUs, lastUs, count, entities, key, isLeast = false } = burst;
  return finish(rule, { firstUs, lastUs, count, locations, entities, key, isLeast }, input);
}

function correlationFinding(hit: CorrelationHit, input: Input): Finding {
  const { rule } = input.plan.ruleSet.correlations[hit.correlation]!;
  const { firstUs, lastUs, count, locations, group } = hit;
  const entities = groupEntities(hit, locations[0], input);
  addEntities(entities, hit, locations, input);
  return finish(rule, { firstUs, lastUs, count, locations, entities, key: group.join(' ') }, input);
}

/** Lines of evidence: the events that make it one, and what came before them. */
const MOST_DECIDING = 2;
const MOST_BEFORE = 3;

/**
 * Where single events make it a finding, such as the login after the failures, these come first, and what is shown
 * and named is of their machine alone: one finding for each machine on which it came to that.
 */
function decidedFindings(hit: CorrelationHit, input: Input): Finding[] {
  const { rule } = input.plan.ruleSet.correlations[hit.correlation]!;
  const hostOf = (location: Location): string => {
    const event = input.cited.get(location)?.event;
    return event?.['host.hostname'] ?? event?.['host.name'] ?? '';
  };
  const byHost = new Map<string, Location[]>();
  for (const location of hit.deciding) {
    const host = hostOf(location);
    byHost.set(host, [...(byHost.get(host) ?? []), location]);
  }
  const { before, group } = hit;
  const deciding = new Set(hit.deciding);
  const earlier = [...new Set([...before.flatMap(({ refs }) => refs), ...hit.locations])];
  return [...byHost].map(([host, decided]) => {
    const atUs = input.cited.get(decided[0]!)?.event?.timeUs;
    const ofHost = earlier.filter(
      (location) => !deciding.has(location) && hostOf(location) === host,
    );
    const led = ofHost.filter((location) => {
      const timeUs = input.cited.get(location)?.event?.timeUs;
      return timeUs === undefined || atUs === undefined || timeUs <= atUs;
    });
    const locations = [...ends(decided, MOST_DECIDING), ...ends(led, MOST_BEFORE)];
    const entities = groupEntities(hit, decided[0], input);
    // The account that it came to leads, also before the address that it came from.
    const leading: Record<string, string[]> = {};
    addEntities(leading, hit, decided, input);
    const accounts = Object.entries(leading).filter(([field]) => field.startsWith('user.'));
    const ordered = { ...Object.fromEntries(accounts), ...entities };
    addEntities(ordered, hit, [...decided, ...led], input);
    // How many there were is known of all machines together: with several, those that were kept are counted.
    const isOneHost = earlier.every((location) => hostOf(location) === host);
    const seen = before.filter(({ firstUs }) => isOneHost && !(firstUs > (atUs ?? firstUs)));
    const times = timesOf([...ofHost, ...decided], input);
    const span = isOneHost
      ? { firstUs: Math.min(hit.firstUs, ...before.map((one) => one.firstUs)), lastUs: hit.lastUs }
      : spanOf(times);
    const total = seen.reduce((sum, { count }) => sum + count, 0);
    const isLeast =
      hit.deciding.length === KEPT_DECIDING ||
      (!isOneHost && !areAllKept(hit, decided[0] === hit.deciding[0], input));
    const failures = Math.max(total, weightOf(led, input));
    const inAll = seen.reduce((sum, one) => sum + (one.total ?? one.count), 0);
    const doubt = officeOf(rule, decided, led, Math.max(failures, inAll), input);
    const draft = {
      ...{ ...span, atUs, locations, key: group.join(' '), isOrdered: true, isLeast },
      ...{ count: decided.length + failures, doubt },
      decided: decided.length,
      entities: ordered,
    };
    return finish(rule, draft, input);
  });
}

/** Whether logins after failures may be those of many people behind one address. */
function officeOf(
  rule: SigmaCorrelation,
  decided: readonly Location[],
  led: readonly Location[],
  failures: number,
  { cited }: Input,
): string | undefined {
  const { techniques } = attackOf(rule.tags);
  if (!['T1110', 'T1078'].every((id) => techniques.some((one) => one.startsWith(id))))
    return undefined;
  const told = (location: Location): Tried => {
    const event = cited.get(location)?.event;
    return { account: event?.['user.name'], timeUs: event?.timeUs };
  };
  const inOrder = led.map(told).sort((a, b) => compare(a.timeUs ?? 0, b.timeUs ?? 0));
  return officeDoubt(inOrder, decided.map(told), failures);
}

const timesOf = (locations: readonly Location[], { cited }: Input): number[] =>
  locations.flatMap((location) => cited.get(location)?.event?.timeUs ?? []);

const spanOf = (times: readonly number[]): Pick<Draft, 'firstUs' | 'lastUs'> =>
  times.length === 0
    ? { firstUs: undefined, lastUs: undefined }
    : { firstUs: Math.min(...times), lastUs: Math.max(...times) };

/** How many events the lines stand for. */
const weightOf = (locations: readonly Location[], { cited }: Input): number =>
  locations.reduce((sum, location) => sum + (cited.get(location)?.event?.repeats ?? 1), 0);

/** Is each event that led to it among those kept? To the first that decided leads what came before it opened. */
const areAllKept = (hit: CorrelationHit, isFirst: boolean, input: Input): boolean =>
  hit.before.every(({ refs, count }) => weightOf(refs, input) >= count) &&
  (isFirst || weightOf(hit.locations, input) >= hit.count);

/** The first ones and the last one, at most `most`. */
const ends = <T>(items: readonly T[], most: number): T[] =>
  items.length <= most ? [...items] : [...items.slice(0, most - 1), items.at(-1) as T];

function groupEntities(
  hit: CorrelationHit,
  location: Location | undefined,
  input: Input,
): Record<string, string[]> {
  const { rule } = input.plan.ruleSet.correlations[hit.correlation]!;
  const entities: Record<string, string[]> = {};
  rule.groupBy.forEach((field, index) => {
    const value = hit.group[index];
    if (value === undefined) return;
    addValue(entities, entityName(field, value, input.cited.get(location ?? -1)?.event), value);
  });
  return entities;
}

/** Adds what the rule's `ir.entities` say of the events at `locations`. */
function addEntities(
  entities: Record<string, string[]>,
  { correlation }: CorrelationHit,
  locations: readonly Location[],
  input: Input,
): void {
  const fields = input.plan.correlationEntityFields[correlation] ?? [];
  for (const location of locations) {
    const event = input.cited.get(location)?.event;
    if (event === undefined) continue;
    for (const [field, value] of entitiesOf(fields, event)) addValue(entities, field, value);
  }
}

/** Group-by fields may have Sigma names (`c-ip`); the entity gets the ECS name that has this value. */
function entityName(field: string, value: string, event: Event | undefined): string {
  if (field.includes('.') && !field.includes('-')) return field;
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
  /** When the event that makes it one happened; absent: the first one. */
  atUs?: number | undefined;
  /** May there be more than `count`? */
  isLeast?: boolean;
  /** How many of `count` the others led to, where it is not one. */
  decided?: number;
  /** Why it may be less than it seems, where the rule itself does not say. */
  doubt?: string | undefined;
  /** Do the values of entities stand in an order that says something? */
  isOrdered?: boolean;
}

function finish(rule: SigmaRule | SigmaCorrelation, draft: Draft, input: Input): Finding {
  const evidence = draft.locations.map((location) => evidenceAt(location, input));
  const [first] = evidence;
  const cited = input.cited.get(draft.locations[0] ?? -1);
  const event = cited?.event;
  const entities = Object.fromEntries(
    Object.entries(draft.entities).map(([field, values]) => [
      field,
      draft.isOrdered === true ? values : [...values].sort(compare),
    ]),
  );
  const id = createHash('sha256')
    .update([rule.id, draft.key, first?.sha256 ?? '', first?.offset ?? ''].join('\u0000'))
    .digest('hex')
    .slice(0, 16);
  const { firstUs, lastUs, count } = draft;
  const doubt = doubtOf(rule) ?? draft.doubt;
  return doubted({
    id,
    rule: cardOf(rule),
    level: rule.level,
    firstUs,
    lastUs,
    atUs: draft.atUs ?? firstUs,
    count,
    ...(draft.isLeast === true && { isLeast: true }),
    ...(draft.decided !== undefined && draft.decided !== 1 && { decided: draft.decided }),
    ...(doubt !== undefined && { doubt }),
    entities,
    evidence,
    event: event === undefined ? {} : documentOf(event, first),
  });
}

const documentOf = (event: Event, first: Evidence | undefined): Record<string, unknown> =>
  ecsDocument(event, first);

/** A line as evidence. */
export function evidenceAt(
  location: Location,
  { cited, files, hashes }: Pick<Input, 'cited' | 'files' | 'hashes'>,
): Evidence {
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
