/**
 * Folds the findings of one act into one: the strongest leads and names the others. Pure, over findings in the
 * order of their first event, holding no more than the acts that may still go on.
 */
import { levelRank } from '../events/level.ts';
import { actKey, isSameTarget, valueAt } from './act.ts';
import type { Act, Finding, FoldedFinding } from './finding.ts';

/** A pause after which the same technique of the same actor against the same target is another act. */
const PAUSE_US = 600_000_000;
/** Longer findings have pauses of their own: another one that goes on meanwhile may be an act of its own. */
const SPREAD_US = 86_400_000_000;
/** Others that an act names; further ones are counted. */
export const MOST_NAMED = 50;
/** Entity values that a finding shows of each field. */
const MOST_VALUES = 20;
/** Distinct values of a field that are told apart beyond those shown. */
const MOST_COUNTED = 10_000;

/** An act that may still go on. */
interface OpenAct {
  target: string | undefined;
  lead: Finding;
  others: FoldedFinding[];
  unnamed: number;
  firstUs: number | undefined;
  /** Of what took no more than a day. */
  lastUs: number | undefined;
  /** Of what is spread over days. */
  spreadUs: number | undefined;
  values: Map<string, Set<string>>;
  /** What was tried and refused: nothing that a finding of something done may name as its own. */
  refused: Map<string, Set<string>>;
}

/**
 * One finding an act, in no particular order; a finding is a step. The same for findings in any order.
 */
export function* foldFindings(findings: readonly Finding[]): Generator<void, Finding[], void> {
  const folded: Finding[] = [];
  const folder = createFolder((finding) => folded.push(finding));
  for (const finding of [...findings].sort(byFirstEvent)) {
    yield;
    folder.add(finding);
  }
  folder.finish();
  return folded;
}

/** Takes findings in the order of their first event (those without a time last) and gives acts, sooner or later. */
function createFolder(onAct: (finding: Finding) => void): {
  add(finding: Finding): void;
  finish(): void;
} {
  // By technique and actor; the acts of one key have different targets.
  const open = new Map<string, OpenAct[]>();
  let nextSweepUs = Number.NEGATIVE_INFINITY;
  const sweep = (key: string, acts: readonly OpenAct[], nowUs: number | undefined): OpenAct[] => {
    const left = acts.filter((act) => !isOver(act, nowUs));
    if (left.length < acts.length) {
      for (const act of acts) if (isOver(act, nowUs)) onAct(closed(act));
    }
    if (left.length === 0) open.delete(key);
    else if (left.length < acts.length) open.set(key, left);
    return left;
  };
  return {
    add(finding) {
      const { firstUs } = finding;
      // Once a pause, so that a finding pays for no more than one or two looks at its act.
      if (firstUs !== undefined && firstUs >= nextSweepUs) {
        for (const [key, acts] of open) sweep(key, acts, firstUs);
        nextSweepUs = firstUs + PAUSE_US;
      }
      const found = actKey(finding);
      if (found === undefined) {
        onAct(finding);
        return;
      }
      const { key, target } = found;
      const acts = sweep(key, open.get(key) ?? [], firstUs);
      const act =
        acts.find((one) => one.target === target) ??
        acts.find((one) => isSameTarget(one.target, target));
      if (act === undefined) open.set(key, [...acts, openAct(finding, target)]);
      else {
        act.target ??= target;
        join(act, finding);
      }
    },
    finish() {
      for (const acts of open.values()) for (const act of acts) onAct(closed(act));
      open.clear();
    },
  };
}

/** Without a time, nothing says that there was a pause. */
const isOver = ({ lastUs, spreadUs }: OpenAct, nowUs: number | undefined): boolean => {
  const endUs = lastUs ?? spreadUs;
  return endUs !== undefined && nowUs !== undefined && nowUs - endUs > PAUSE_US;
};

/** Earliest first; without a time last; then as the findings are told apart. */
const byFirstEvent = (a: Finding, b: Finding): number => {
  const [first, second] = [a.firstUs ?? Infinity, b.firstUs ?? Infinity];
  if (first !== second) return first < second ? -1 : 1;
  return isStronger(a, b) ? -1 : 1;
};

interface Ranked {
  id: string;
  level: Finding['level'];
  firstUs: number | undefined;
  rule: Finding['rule'];
}

/** Does `a` lead `b`? By level, then the earlier one, then by title and id, so that the order of coming is nothing. */
export function isStronger(a: Ranked, b: Ranked): boolean {
  const [rankA, rankB] = [levelRank(a.level), levelRank(b.level)];
  if (rankA !== rankB) return rankA > rankB;
  const [firstA, firstB] = [a.firstUs ?? Infinity, b.firstUs ?? Infinity];
  if (firstA !== firstB) return firstA < firstB;
  return `${a.rule.title}\u0000${a.id}` < `${b.rule.title}\u0000${b.id}`;
}

const openAct = (lead: Finding, target: string | undefined): OpenAct => {
  const act: OpenAct = {
    target,
    lead,
    others: [],
    unnamed: 0,
    firstUs: undefined,
    lastUs: undefined,
    spreadUs: undefined,
    values: new Map(),
    refused: new Map(),
  };
  extend(act, lead);
  return act;
};

/** Folds a further finding in. */
function join(act: OpenAct, finding: Finding): void {
  if (isStronger(finding, act.lead)) {
    name(act, foldedOf(act.lead));
    act.lead = finding;
  } else name(act, foldedOf(finding));
  extend(act, finding);
}

function extend(act: OpenAct, finding: Finding): void {
  const { firstUs, lastUs, entities } = finding;
  if (firstUs !== undefined) act.firstUs = Math.min(act.firstUs ?? firstUs, firstUs);
  const endUs = lastUs ?? firstUs;
  if (endUs !== undefined) {
    const end = endUs - (firstUs ?? endUs) > SPREAD_US ? 'spreadUs' : 'lastUs';
    act[end] = Math.max(act[end] ?? endUs, endUs);
  }
  for (const [field, values] of Object.entries(entities)) {
    const into = isTried(field) && wasRefused(finding) ? act.refused : act.values;
    let known = into.get(field);
    if (known === undefined) into.set(field, (known = new Set()));
    for (const value of values) if (known.size < MOST_COUNTED) known.add(value);
  }
}

/** Is the field about what is run or touched, not about who acts and where? */
const isTried = (field: string): boolean => /^(?:process|file)\./.test(field);

const wasRefused = ({ event }: Finding): boolean => valueAt(event, 'event.outcome') === 'failure';

/** Names one more; beyond the limit the weakest is only counted. */
function name(act: OpenAct, folded: FoldedFinding): void {
  act.others.push(folded);
  if (act.others.length <= MOST_NAMED) return;
  act.others.sort((a, b) => (isStronger(a, b) ? -1 : 1)).pop();
  act.unnamed += 1;
}

/** What is said of a finding that another one leads. */
export const foldedOf = ({
  id,
  rule,
  level,
  firstUs,
  lastUs,
  count,
  doubt,
  evidence,
}: Finding): FoldedFinding => ({
  id,
  rule,
  level,
  firstUs,
  lastUs,
  count,
  ...(doubt !== undefined && { doubt }),
  evidence: evidence[0],
});

/** The leading finding, with what it leads. */
function closed(act: OpenAct): Finding {
  const { lead, others, unnamed, firstUs, lastUs, spreadUs, values, refused } = act;
  if (others.length === 0) return lead;
  const entities: Record<string, readonly string[]> = {};
  const furtherValues: Record<string, number> = {};
  // What the leading finding names stays in front.
  for (const field of new Set([
    ...Object.keys(lead.entities),
    ...values.keys(),
    ...(wasRefused(lead) ? refused.keys() : []),
  ])) {
    const own = lead.entities[field] ?? [];
    const tried = wasRefused(lead) ? (refused.get(field) ?? []) : [];
    const more = [...new Set([...(values.get(field) ?? []), ...tried])]
      .filter((value) => !own.includes(value))
      .sort(compare);
    const all = [...own, ...more];
    entities[field] = all.slice(0, MOST_VALUES);
    if (all.length > MOST_VALUES) furtherValues[field] = all.length - MOST_VALUES;
  }
  const joined: Act = {
    others: others.sort((a, b) => (isStronger(a, b) ? -1 : 1)),
    unnamed,
    furtherValues,
    lead: { firstUs: lead.firstUs, lastUs: lead.lastUs },
  };
  return { ...lead, firstUs, lastUs: lastUs ?? spreadUs, entities, act: joined };
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** The entities of two findings of one act, those of `lead` in front. */
export function joinEntities(
  lead: Finding,
  other: Finding,
): { entities: Record<string, readonly string[]>; furtherValues: Record<string, number> } {
  const entities: Record<string, readonly string[]> = {};
  const furtherValues: Record<string, number> = {};
  for (const field of new Set([...Object.keys(lead.entities), ...Object.keys(other.entities)])) {
    const all = [...new Set([...(lead.entities[field] ?? []), ...(other.entities[field] ?? [])])];
    entities[field] = all.slice(0, MOST_VALUES);
    const counted = [lead, other].map(({ act }) => act?.furtherValues[field] ?? 0);
    const further = Math.max(all.length - MOST_VALUES, ...counted);
    if (further > 0) furtherValues[field] = further;
  }
  return { entities, furtherValues };
}
