/**
 * What happened, in at most ten statements that somebody who was not there understands: who it was, how they
 * came in, as whom, what they did, what left, how they hid, when it ended. Each is made from findings and names
 * them; nothing is said that no finding shows.
 */
import { levelRank } from '../events/level.ts';
import type { Finding } from './finding.ts';

/** One sentence of the story, with what it rests on. */
export interface Statement {
  /** One word that says what it is about: `Who`, `In`, `Took`, ... */
  label: string;
  text: string;
  /** Ids of the findings behind it, in time order. */
  findings: readonly string[];
}

/** Findings that one statement tells; further ones are counted. */
const MOST_TOLD = 3;
const MOST_NAMES = 4;

/** What each tactic is to a reader, in the order of an attack. The first that fits a finding tells it. */
const CHAPTERS: readonly { label: string; tactics: readonly string[] }[] = [
  { label: 'In', tactics: ['initial-access'] },
  { label: 'Took', tactics: ['exfiltration', 'collection'] },
  { label: 'Hid', tactics: ['defense-evasion'] },
  { label: 'Harmed', tactics: ['impact'] },
  { label: 'Stays', tactics: ['persistence'] },
  { label: 'Rose', tactics: ['privilege-escalation'] },
  { label: 'Read', tactics: ['credential-access', 'discovery'] },
  { label: 'Ran', tactics: ['execution', 'lateral-movement', 'command-and-control'] },
  { label: 'Looked', tactics: ['reconnaissance', 'resource-development'] },
];
const MOST_STATEMENTS = 10;
/** Chapters that are left out first where there are too many. */
const LEAST = ['Looked', 'Ran', 'Read', 'Rose'];
/** The order of reading, which is not that of telling apart. */
const ORDER = ['Looked', 'In', 'Ran', 'Rose', 'Read', 'Stays', 'Took', 'Hid', 'Harmed'];

/**
 * The story of some findings.
 * @returns no statement when no finding has medium level or more
 */
export function narrate(findings: readonly Finding[]): readonly Statement[] {
  const told = findings
    .filter(({ level }) => levelRank(level) >= levelRank('medium'))
    .sort((a, b) => timeOf(a) - timeOf(b) || (a.id < b.id ? -1 : 1));
  if (told.length === 0) return [];
  const chapters = new Map<string, Finding[]>();
  for (const finding of told) {
    const label = chapterOf(finding);
    if (label !== undefined) chapters.set(label, [...(chapters.get(label) ?? []), finding]);
  }
  const head = [whenStatement(told), ...whoStatement(told), ...asStatement(told)];
  const body = ORDER.flatMap((label) => chapterStatement(label, chapters.get(label) ?? []));
  return [...head, ...withoutLeast(body, MOST_STATEMENTS - head.length)];
}

function withoutLeast(body: readonly Statement[], most: number): readonly Statement[] {
  const dropped = LEAST.filter((label) => body.some((one) => one.label === label));
  const out = new Set(dropped.slice(0, Math.max(0, body.length - most)));
  return body.filter(({ label }) => !out.has(label));
}

const timeOf = ({ firstUs }: Finding): number => firstUs ?? Number.POSITIVE_INFINITY;

function chapterOf({ rule }: Finding): string | undefined {
  return CHAPTERS.find(({ tactics }) => tactics.some((tactic) => rule.tactics.includes(tactic)))
    ?.label;
}

function whenStatement(told: readonly Finding[]): Statement {
  const times = told.flatMap(({ firstUs, lastUs }) => [firstUs, lastUs ?? firstUs]);
  const known = times.filter((time) => time !== undefined);
  const hosts = [
    ...new Set(['host.hostname', 'host.name'].flatMap((field) => valuesOf(told, field))),
  ];
  const where = hosts.length === 0 ? '' : ` on ${namesText(hosts)}`;
  const findings = told.map(({ id }) => id);
  const [first, last] = [Math.min(...known), Math.max(...known)];
  const span =
    known.length === 0 ? 'at times that no line tells' : `from ${showUs(first)} to ${showUs(last)}`;
  return { label: 'When', text: `${span}${where}`, findings: findings.slice(0, 1) };
}

/** Sources by the number of tactics they have a part in: the busiest customer has none. */
function whoStatement(told: readonly Finding[]): Statement[] {
  const suspects = new Map<string, { tactics: Set<string>; weight: number; findings: string[] }>();
  for (const { id, level, entities, rule } of told) {
    for (const address of entities['source.ip'] ?? []) {
      const suspect = suspects.get(address) ?? { tactics: new Set(), weight: 0, findings: [] };
      for (const tactic of rule.tactics) suspect.tactics.add(tactic);
      suspect.weight += 10 ** levelRank(level);
      suspect.findings.push(id);
      suspects.set(address, suspect);
    }
  }
  const ranked = [...suspects].sort(
    (a, b) =>
      b[1].weight - a[1].weight || b[1].tactics.size - a[1].tactics.size || (a[0] < b[0] ? -1 : 1),
  );
  if (ranked.length === 0) return [];
  // Sources that did a hundredth of what the first one did are noise beside it.
  const [first] = ranked;
  const chief = ranked.filter(([, { weight }]) => weight * 100 >= first![1].weight);
  const text = namesText(chief.map(([address]) => address));
  return [{ label: 'Who', text, findings: first![1].findings.slice(0, MOST_TOLD) }];
}

/** Accounts in the order in which they were used, from findings that are grave. */
function asStatement(told: readonly Finding[]): Statement[] {
  const grave = told.filter(({ level }) => levelRank(level) >= levelRank('high'));
  const order = new Map<string, string>();
  for (const { id, entities } of grave) {
    const [account] = entities['user.name'] ?? [];
    if (account !== undefined && !order.has(account)) order.set(account, id);
  }
  if (order.size === 0) return [];
  const names = [...order.keys()];
  const further =
    names.length > 2 * MOST_NAMES ? `, and ${names.length - 2 * MOST_NAMES} more` : '';
  const text = `${names.slice(0, 2 * MOST_NAMES).join(' > ')}${further}`;
  return [{ label: 'As', text, findings: [...order.values()].slice(0, MOST_TOLD) }];
}

/** The gravest findings of a chapter, in time order, each with its time. */
function chapterStatement(label: string, chapter: readonly Finding[]): Statement[] {
  if (chapter.length === 0) return [];
  const titles = new Map<string, Finding>();
  for (const finding of chapter) {
    if (!titles.has(finding.rule.title)) titles.set(finding.rule.title, finding);
  }
  const chosen = [...titles.values()]
    .sort((a, b) => levelRank(b.level) - levelRank(a.level) || timeOf(a) - timeOf(b))
    .slice(0, MOST_TOLD)
    .sort((a, b) => timeOf(a) - timeOf(b));
  const further = titles.size - chosen.length;
  const text = chosen.map(findingText).join('; ') + (further > 0 ? `; and ${further} more` : '');
  return [{ label, text, findings: chosen.map(({ id }) => id) }];
}

function findingText({ rule, firstUs, count }: Finding): string {
  const when = firstUs === undefined ? '' : ` (${showUs(firstUs)})`;
  return `${rule.title}${count > 1 ? `, ${count.toLocaleString('en')} times` : ''}${when}`;
}

function valuesOf(told: readonly Finding[], field: string): string[] {
  return [...new Set(told.flatMap(({ entities }) => entities[field] ?? []))];
}

function namesText(names: readonly string[]): string {
  const shown = names.slice(0, MOST_NAMES).join(', ');
  return names.length > MOST_NAMES ? `${shown} and ${names.length - MOST_NAMES} more` : shown;
}

/** `2026-11-17 01:46Z`: minutes are enough for a story. */
const showUs = (micros: number): string =>
  Math.abs(micros) < 8.64e18
    ? `${new Date(Math.floor(micros / 1_000)).toISOString().slice(0, 16).replace('T', ' ')}Z`
    : 'a time that no calendar holds';
