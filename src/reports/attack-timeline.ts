/** The attacker's side of the story: saved findings in time order, each with the lines it rests on. */
import type { Evidence, Finding } from '../detect/finding.ts';
import type { ToldStatement } from '../detect/story/tell.ts';
import { type Level, levelRank } from '../events/level.ts';
import type { SourceFile } from '../incidents/incident-store.ts';
import type { ReportInput } from './report-input.ts';
import type {
  AttackItem,
  BackgroundItem,
  CitedLine,
  GroupItem,
  IndicatorItem,
  ReportModel,
  StoryItem,
} from './report-model.ts';
import { microsInstant } from './report-words.ts';

/** Characters of a cited line that a report shows; the file has the rest. */
const MAX_RAW = 600;
const MAX_VALUES = 4;
/** More rows than this nobody reads. */
const MAX_TOLD = 500;
const TOLD_ONE_BY_ONE: ReadonlySet<Level> = new Set(['medium', 'high', 'critical']);

/**
 * Findings of medium level and above one by one, the gravest 500 of them; the others in one row per rule.
 * Where there is nothing graver, low ones are told one by one.
 */
export function attackTimeline(
  findings: readonly Finding[],
  sources: readonly SourceFile[],
  { story, techniqueNames }: Pick<ReportInput, 'story' | 'techniqueNames'>,
): ReportModel['attack'] {
  const numbered = numberedFindings(findings);
  const told = numbered.map(({ finding }) => finding);
  const chosen = new Set(told);
  const rest = [...findings].sort(byTime).filter((finding) => !chosen.has(finding));
  const refer = referenceTo(sources);
  const timeline = numbered.map(({ finding, number }) => attackItem(finding, number, refer));
  return {
    findings: findings.length,
    events: findings.reduce((sum, { count }) => sum + count, 0),
    firstAt: microsInstant(minimum(told.map(({ firstUs }) => firstUs))),
    lastAt: microsInstant(maximum(told.map(({ lastUs, firstUs }) => lastUs ?? firstUs))),
    story: storyItems(story, told, timeline),
    indicators: indicatorsOf(told, timeline),
    timeline,
    background: backgroundOf(rest),
    tactics: groupedBy(timeline, ({ tactics }) => tactics, wordsOf),
    techniques: groupedBy(
      timeline,
      ({ techniques }) => techniques,
      (id) => techniqueNames.get(id) ?? '',
    ),
  };
}

/** A finding with its number in the incident: `F-01`. */
export interface NumberedFinding {
  finding: Finding;
  number: string;
}

/** The findings that are told one by one, in time order, with the numbers that reports and `ir explain` give them. */
export function numberedFindings(findings: readonly Finding[]): NumberedFinding[] {
  const ordered = [...findings].sort(byTime);
  const grave = ordered.filter(({ level }) => TOLD_ONE_BY_ONE.has(level));
  const gravest = [...(grave.length > 0 ? grave : ordered)]
    .sort((a, b) => levelRank(b.level) - levelRank(a.level))
    .slice(0, MAX_TOLD);
  const chosen = new Set(gravest);
  const told = ordered.filter((finding) => chosen.has(finding));
  const width = Math.max(2, String(told.length).length);
  return told.map((finding, index) => ({
    finding,
    number: `F-${String(index + 1).padStart(width, '0')}`,
  }));
}

/** Findings without a time come last; ties are kept stable by id. */
function byTime(a: Finding, b: Finding): number {
  const [first, second] = [a.firstUs ?? Infinity, b.firstUs ?? Infinity];
  if (first !== second) return first < second ? -1 : 1;
  return a.id < b.id ? -1 : Number(a.id > b.id);
}

type Refer = (evidence: Evidence) => string;

function referenceTo(sources: readonly SourceFile[]): Refer {
  const numbers = new Map<string, string>();
  for (const { sha256, path, evidenceNo } of sources) {
    if (sha256 !== '') numbers.set(sha256, evidenceNo);
    numbers.set(`path:${path}`, evidenceNo);
  }
  return ({ sha256, file, line }) =>
    `${numbers.get(sha256) ?? numbers.get(`path:${file}`) ?? file}:${line}`;
}

function attackItem(finding: Finding, number: string, refer: Refer): AttackItem {
  const { rule, level, firstUs, lastUs, count, entities, evidence, act } = finding;
  const [first] = evidence;
  return {
    id: finding.id,
    number,
    firstAt: microsInstant(firstUs),
    lastAt: microsInstant(lastUs),
    level,
    title: titleOf(finding),
    techniques: [
      ...new Set(
        [rule, ...(act?.others ?? []).map((other) => other.rule)].flatMap((one) => one.techniques),
      ),
    ],
    tactics: rule.tactics,
    count,
    entities: Object.entries(entities)
      // A numeric id beside the name it belongs to says nothing more.
      .filter(([field]) => !(field.endsWith('.id') && field.replace(/id$/, 'name') in entities))
      // Nor does a network of one address beside that address.
      .filter(
        ([field, values]) =>
          field === 'source.ip' ||
          !values.every((value) => entities['source.ip']?.includes(value) === true),
      )
      .map(([field, values]) => ({
        field,
        values: values.slice(0, MAX_VALUES),
        more: Math.max(0, values.length - MAX_VALUES),
      })),
    references: [...new Set(evidence.map(refer))],
    cited: first === undefined ? null : citedLine(first, refer),
  };
}

/** Rules of an act that a title names beside the leading one. */
const MAX_NAMED = 6;

/** A finding that leads others stands for them, so it names them. */
function titleOf({ rule, act }: Finding): string {
  const titles = new Set((act?.others ?? []).map((other) => other.rule.title));
  titles.delete(rule.title);
  if (titles.size === 0) return rule.title;
  const more = titles.size > MAX_NAMED ? `, and ${titles.size - MAX_NAMED} more` : '';
  return `${rule.title} (with: ${[...titles].slice(0, MAX_NAMED).join(', ')}${more})`;
}

function citedLine(evidence: Evidence, refer: Refer): CitedLine {
  const { file, line, raw } = evidence;
  const shown = raw.slice(0, MAX_RAW);
  return { reference: refer(evidence), file, line, raw: shown, cut: raw.length - shown.length };
}

function backgroundOf(findings: readonly Finding[]): BackgroundItem[] {
  const groups = new Map<string, Finding[]>();
  for (const finding of findings) {
    const key = `${finding.level} ${finding.rule.title}`;
    groups.set(key, [...(groups.get(key) ?? []), finding]);
  }
  const rows = [...groups.values()].map((group) => ({
    title: group[0]!.rule.title,
    level: group[0]!.level,
    findings: group.length,
    events: group.reduce((sum, { count }) => sum + count, 0),
    firstAt: microsInstant(minimum(group.map(({ firstUs }) => firstUs))),
    lastAt: microsInstant(maximum(group.map(({ lastUs, firstUs }) => lastUs ?? firstUs))),
  }));
  return rows.sort((a, b) => b.findings - a.findings || (a.title < b.title ? -1 : 1));
}

/** By technique or tactic: when it was first seen, and in which findings. */
function groupedBy(
  timeline: readonly AttackItem[],
  idsOf: (item: AttackItem) => readonly string[],
  nameOf: (id: string) => string,
): GroupItem[] {
  const found = new Map<string, { firstAt: string | null; findings: string[] }>();
  for (const item of timeline) {
    for (const id of idsOf(item)) {
      const group = found.get(id) ?? { firstAt: item.firstAt, findings: [] };
      group.findings.push(item.number);
      found.set(id, group);
    }
  }
  return [...found].map(([id, group]) => ({ id, name: nameOf(id), ...group }));
}

/** `credential-access` as `Credential access`. */
const wordsOf = (slug: string): string => {
  const words = slug.replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
};

/** The statements, their findings by number; one that a statement names and the table does not is left out. */
function storyItems(
  story: readonly ToldStatement[],
  told: readonly Finding[],
  timeline: readonly AttackItem[],
): StoryItem[] {
  const numbers = new Map(told.map(({ id }, index) => [id, timeline[index]!.number]));
  return story.map(({ label, text, findings }) => ({
    ...{ label, text },
    findings: findings.flatMap((id) => numbers.get(id) ?? []),
  }));
}

/** Fields whose values are worth looking for on other machines, and what to call them. */
const INDICATORS: readonly (readonly [field: string, kind: string])[] = [
  ['source.ip', 'address'],
  ['source.address', 'address'],
  ['destination.ip', 'address'],
  ['destination.domain', 'domain'],
  ['url.domain', 'domain'],
  ['file.hash.sha256', 'hash'],
  ['file.path', 'file'],
  ['url.path', 'web path'],
  ['user.name', 'account'],
  ['user.target.name', 'account'],
  ['process.command_line', 'command'],
  ['user_agent.original', 'user agent'],
  ['cloud.account.id', 'cloud account'],
];
/** More rows than this nobody searches for. */
const MAX_INDICATORS = 200;

function indicatorsOf(told: readonly Finding[], timeline: readonly AttackItem[]): IndicatorItem[] {
  const found = new Map<string, IndicatorItem & { findings: string[] }>();
  for (const [field, kind] of INDICATORS) {
    for (const [index, finding] of told.entries()) {
      const { number, firstAt } = timeline[index]!;
      for (const value of finding.entities[field] ?? []) {
        const key = `${kind}:${value}`;
        const item = found.get(key) ?? { kind, value, firstAt, findings: [] };
        if (!item.findings.includes(number)) item.findings.push(number);
        found.set(key, item);
      }
    }
  }
  return [...found.values()].slice(0, MAX_INDICATORS);
}

const known = (values: readonly (number | undefined)[]): number[] =>
  values.filter((value): value is number => value !== undefined);
const minimum = (values: readonly (number | undefined)[]): number | undefined =>
  known(values).reduce<number | undefined>((a, b) => (a === undefined || b < a ? b : a), undefined);
const maximum = (values: readonly (number | undefined)[]): number | undefined =>
  known(values).reduce<number | undefined>((a, b) => (a === undefined || b > a ? b : a), undefined);
