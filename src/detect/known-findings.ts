/**
 * Findings that a case has already, under the same id or an older one: logs grow, rules get stronger company, and
 * ids are made anew. What is known by rule and first evidence is brought up to date, never doubled.
 */
import { atOnce } from '../logs/turns.ts';
import type { Evidence, Finding, FoldedFinding } from './finding.ts';
import { foldedOf, isStronger, joinEntities, MOST_NAMED } from './fold-findings.ts';

/** What a case should hold from now on. */
export interface Reconciled {
  /** What is to be saved; ids are distinct. */
  findings: readonly Finding[];
  /** Ids of saved findings that now stand within another one. */
  superseded: readonly string[];
  /** How many of those found the case did not have in any form. */
  newCount: number;
}

/** Brings what was found together with what was saved before. */
export const reconcileFindings = (
  saved: readonly Finding[],
  found: readonly Finding[],
): Reconciled => atOnce(reconciling(saved, found));

/** The same, a finding a step. */
export function* reconciling(
  saved: readonly Finding[],
  found: readonly Finding[],
): Generator<void, Reconciled, void> {
  const known = createIndex();
  for (const finding of saved) {
    yield;
    known.add(finding);
  }
  const changed = new Map<string, Finding>();
  const superseded = new Set<string>();
  let newCount = 0;
  for (const finding of found) {
    yield;
    let merged = finding;
    const earlier = known.alike(finding);
    if (earlier.length === 0) newCount += 1;
    for (const one of earlier) {
      merged = mergeActs(merged, one);
      known.remove(one);
    }
    for (const { id } of earlier) {
      changed.delete(id);
      superseded.add(id);
    }
    superseded.delete(merged.id);
    changed.set(merged.id, merged);
    // Findings of one run are told apart by it, also where they begin with the same line.
    if (earlier.length > 0) known.add(merged);
  }
  const savedIds = new Set(saved.map(({ id }) => id));
  return {
    findings: [...changed.values()],
    superseded: [...superseded].filter((id) => savedIds.has(id)),
    newCount,
  };
}

/** A finding on its own or within an act. */
type Member = Pick<FoldedFinding, 'id' | 'rule'> & { evidence: readonly Evidence[] };

const membersOf = (finding: Finding): Member[] => [
  finding,
  ...(finding.act?.others ?? []).map(({ id, rule, evidence }) => ({
    id,
    rule,
    evidence: evidence === undefined ? [] : [evidence],
  })),
];

/** Names of a place for a rule. A file that grew or was rotated has another hash; its lines stay where they are. */
const placesOf = (rule: Member['rule'], { sha256, file, offset, raw }: Evidence): string[] => [
  ...(sha256 === '' ? [] : [`${rule.id}\u0000${sha256}\u0000${offset}`]),
  `${rule.id}\u0000${file.replace(ROTATED, '')}\u0000${offset}\u0000${raw}`,
];

const ROTATED = /(?:[.-]\d{1,10})?(?:\.(?:gz|bz2|xz|zst))?$/;

/** Ways to recognise a finding: by id, or by the rule and the first evidence, also where it is not the first now. */
const firstNames = ({ id, rule, evidence }: Member): string[] => [
  `id ${id}`,
  ...evidence
    .slice(0, 1)
    .flatMap((place) => placesOf(rule, place))
    .map((name) => `first ${name}`),
];
const laterNames = ({ rule, evidence }: Member): string[] =>
  evidence
    .slice(1)
    .flatMap((place) => placesOf(rule, place))
    .map((name) => `later ${name}`);

/** Names under which the same finding may be known. */
const lookUpNames = (member: Member): string[] => {
  const [byId, ...firsts] = firstNames(member);
  const bare = firsts.map((name) => name.slice('first '.length));
  return [
    ...(byId === undefined ? [] : [byId]),
    ...firsts,
    ...bare.map((name) => `later ${name}`),
    ...laterNames(member).map((name) => `first ${name.slice('later '.length)}`),
  ];
};

function createIndex(): {
  add(finding: Finding): void;
  remove(finding: Finding): void;
  alike(finding: Finding): Finding[];
} {
  const byName = new Map<string, Set<Finding>>();
  const namesOf = (finding: Finding): string[] =>
    membersOf(finding).flatMap((member) => [...firstNames(member), ...laterNames(member)]);
  return {
    add(finding) {
      for (const name of namesOf(finding)) {
        byName.set(name, (byName.get(name) ?? new Set()).add(finding));
      }
    },
    remove(finding) {
      for (const name of namesOf(finding)) byName.get(name)?.delete(finding);
    },
    alike(finding) {
      const names = membersOf(finding).flatMap(lookUpNames);
      return [...new Set(names.flatMap((name) => [...(byName.get(name) ?? [])]))];
    },
  };
}

/** One finding of two that have a finding in common; of what both hold, the newer account counts. */
function mergeActs(newer: Finding, older: Finding): Finding {
  const isIn = (member: Member, members: readonly Member[]): boolean => {
    const names = new Set(members.flatMap((one) => [...firstNames(one), ...laterNames(one)]));
    return lookUpNames(member).some((name) => names.has(name));
  };
  const [newMembers, oldMembers] = [membersOf(newer), membersOf(older)];
  const oldLeads = !isIn(oldMembers[0]!, newMembers) && isStronger(older, newer);
  const lead = oldLeads ? older : newer;
  const others = [
    ...(oldLeads ? [foldedOf(newer)] : isIn(oldMembers[0]!, newMembers) ? [] : [foldedOf(older)]),
    ...(newer.act?.others ?? []),
    ...(older.act?.others ?? []).filter((_, index) => !isIn(oldMembers[index + 1]!, newMembers)),
  ].sort((a, b) => (isStronger(a, b) ? -1 : 1));
  const named = others.slice(0, MOST_NAMED);
  if (named.length === 0) return newer;
  const { entities, furtherValues } = joinEntities(lead, oldLeads ? newer : older);
  const counted = Math.max(newer.act?.unnamed ?? 0, older.act?.unnamed ?? 0);
  return {
    ...lead,
    firstUs: extreme(Math.min, newer.firstUs, older.firstUs),
    lastUs: extreme(Math.max, newer.lastUs, older.lastUs),
    entities,
    act: {
      others: named,
      unnamed: counted + others.length - named.length,
      furtherValues,
      lead: lead.act === undefined ? { firstUs: lead.firstUs, lastUs: lead.lastUs } : lead.act.lead,
    },
  };
}

const extreme = (
  pick: (...values: number[]) => number,
  a: number | undefined,
  b: number | undefined,
): number | undefined => (a === undefined ? b : b === undefined ? a : pick(a, b));
