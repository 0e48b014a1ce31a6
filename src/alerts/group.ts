/** Findings and figures into alerts: which alert something belongs to, and what it changes of it. Pure. */
import type { Finding } from '../detect/finding.ts';
import { type Level, levelRank } from '../events/level.ts';
import type { Alert } from '../incidents/items.ts';
import type { EntryPayloads } from '../incidents/journal-entry.ts';
import { FIGURES, type Samples } from './figures.ts';
import type { FigureTrigger, FindingTrigger } from './trigger.ts';

/** An entry that opens an alert, less its id. */
export type Opening = Omit<EntryPayloads['alert_opened'], 'id'>;

/** What an alert becomes. */
export type Changes = EntryPayloads['alert_changed']['changes'];

/** Who acts, the leading one first; the alerts of one of them on one thing belong together. */
const ACTORS = [
  'source.ip',
  'source.address',
  'user.name',
  'user.id',
  'host.hostname',
  'host.name',
] as const;
const MOST_VALUES = 20;
const MOST_EVIDENCE = 3;
const MOST_COUNTS = 200;

/** The trigger that takes a finding, the first whose rules and level fit. */
export const triggerOf = (
  finding: Finding,
  triggers: readonly FindingTrigger[],
): FindingTrigger | undefined =>
  triggers.find(
    ({ level, rules }) =>
      (level === undefined || levelRank(finding.level) >= levelRank(level)) &&
      (rules.length === 0 || rules.some((pattern) => fitsRule(pattern, finding.rule))),
  );

/** Does a pattern with * name a rule by title, id or file? In any case of its letters. */
export function fitsRule(
  pattern: string,
  rule: { id?: string | undefined; title: string; path?: string | undefined },
): boolean {
  const parts = pattern
    .toLowerCase()
    .split('*')
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  const expression = new RegExp(`^${parts.join('.*')}$`, 's');
  return [rule.title, rule.id, rule.path?.split('/').at(-1)].some(
    (name) => name !== undefined && expression.test(name.toLowerCase()),
  );
}

/** Findings of one rule by one actor go into one alert. */
export function alertKey({ rule, entities }: Pick<Finding, 'rule' | 'entities'>): string {
  const actor = ACTORS.map((name) => [name, entities[name]?.[0]]).find(
    ([, value]) => value !== undefined,
  );
  return [rule.title, ...(actor ?? [])].join('|');
}

/** What an alert says when it opens. @param at when it was noted, where the finding has no time */
export function openingOf(
  finding: Finding,
  trigger: FindingTrigger,
  where: { watch: string; position: number; at: string },
): Opening {
  const { rule, level, count, entities } = finding;
  return {
    ...{
      key: alertKey(finding),
      trigger: trigger.id,
      watch: where.watch,
      position: where.position,
    },
    ...{ title: titleOf(finding), level, state: 'pending', count, counts: { [finding.id]: count } },
    ...{
      firstAt: instant(finding.firstUs) ?? where.at,
      lastAt: instant(finding.lastUs) ?? where.at,
    },
    ...{ entities: firstValues(entities), rules: [rule.title], evidence: evidenceOf(finding) },
    ...{ why: whyOf(finding), next: trigger.next },
  };
}

/** What one more step of a finding makes of an alert; undefined where it had it. */
export function changesBy(
  alert: Alert,
  finding: Finding,
  where: { watch: string; position: number; at: string },
): Changes | undefined {
  if (alert.watch === where.watch && alert.position >= where.position) return undefined;
  const counts = { ...alert.counts, [finding.id]: finding.count };
  const ids = Object.keys(counts);
  // Of very many findings the oldest are only in the sum.
  const kept = Object.fromEntries(ids.slice(-MOST_COUNTS).map((id) => [id, counts[id]!]));
  const count = alert.count - (alert.counts[finding.id] ?? 0) + finding.count;
  const lastAt = instant(finding.lastUs) ?? where.at;
  const isGraver = levelRank(finding.level) > levelRank(alert.level as Level);
  return {
    ...{ position: where.position, count, counts: kept },
    ...(lastAt > alert.lastAt && { lastAt }),
    ...(isGraver && { level: finding.level }),
    entities: merged(alert.entities, finding.entities),
    ...(!alert.rules.includes(finding.rule.title) && {
      rules: [...alert.rules, finding.rule.title].slice(0, MOST_VALUES),
    }),
    why: whyOf(finding),
  };
}

const instant = (us: number | undefined): string | undefined =>
  us === undefined ? undefined : new Date(us / 1000).toISOString();

const firstValues = (entities: Finding['entities']): Record<string, readonly string[]> =>
  Object.fromEntries(
    Object.entries(entities).map(([name, values]) => [name, values.slice(0, MOST_VALUES)]),
  );

function merged(
  known: Alert['entities'],
  more: Finding['entities'],
): Record<string, readonly string[]> {
  const names = new Set([...Object.keys(known), ...Object.keys(more)]);
  return Object.fromEntries(
    [...names].map((name) => [
      name,
      [...new Set([...(known[name] ?? []), ...(more[name] ?? [])])].slice(0, MOST_VALUES),
    ]),
  );
}

function titleOf({ rule, entities }: Finding): string {
  const actor = ACTORS.flatMap((name) => entities[name]?.slice(0, 1) ?? [])[0];
  return actor === undefined ? rule.title : `${rule.title}: ${actor}`;
}

function whyOf({ rule, count, doubt }: Finding): string {
  const events = `${count} ${count === 1 ? 'event' : 'events'} of the rule "${rule.title}"`;
  return doubt === undefined ? `${events}.` : `${events}. In doubt: ${doubt}`;
}

const evidenceOf = ({ evidence }: Finding): string[] =>
  evidence
    .slice(0, MOST_EVIDENCE)
    .map(({ file, line, raw }) => `${file}:${line}: ${raw}`.slice(0, 1000));

/** What a figure says: of an alert that opens or goes on, and of those that it ends. */
export interface FigureStep {
  trigger: FigureTrigger;
  opening: Opening;
}

/** The figures that are beyond their bound now. */
export function figureSteps(
  triggers: readonly FigureTrigger[],
  samples: Samples,
  where: { watch: string; position: number; at: string },
): FigureStep[] {
  return triggers.flatMap((trigger) => {
    const sample = samples[trigger.figure];
    if (sample === undefined || sample.of < trigger.least) return [];
    const { value } = sample;
    const isBeyond = trigger.above === undefined ? value < trigger.below! : value > trigger.above;
    if (!isBeyond) return [];
    const bound = trigger.above === undefined ? `below ${trigger.below}` : `above ${trigger.above}`;
    const shown = Math.round(value * 100) / 100;
    const opening: Opening = {
      ...{
        key: `figure|${trigger.id}`,
        trigger: trigger.id,
        watch: where.watch,
        position: where.position,
      },
      ...{ title: trigger.title, level: trigger.level, state: 'pending', count: 1, counts: {} },
      ...{ firstAt: where.at, lastAt: where.at, entities: {}, rules: [], evidence: [] },
      why: `${FIGURES[trigger.figure]}: ${shown}${sample.about === '' ? '' : ` ${sample.about}`}, ${bound}.`,
      next: trigger.next,
    };
    return [{ trigger, opening }];
  });
}

/** Are two alerts about the same address or account? */
export const hasCommonActor = (a: Pick<Alert, 'entities'>, b: Pick<Alert, 'entities'>): boolean =>
  SHARED.some((name) => a.entities[name]?.some((value) => b.entities[name]?.includes(value)));

const SHARED = ['source.ip', 'source.address', 'user.name'] as const;
