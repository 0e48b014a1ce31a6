/** The body of a story: what ATT&CK's tactics are to a reader, and the findings of each. */
import { levelRank } from '../../events/level.ts';
import { valueAt } from '../act.ts';
import type { Finding } from '../finding.ts';
import { clauseOf, fileText, itemOf, names, namesLoot, objectOf } from './clause.ts';
import type { Fact } from './fact.ts';
import { momentOf, shellsOf } from './fact.ts';
import type { Statement, StoryItem } from './story.ts';
import type { Traces } from './traces.ts';
import { furtherLogins, sentItems } from './traces.ts';

/** What a finding is to a reader, by technique, else by tactic. The first that fits tells it. */
const CHAPTERS: readonly {
  label: string;
  techniques?: readonly string[];
  tactics: readonly string[];
}[] = [
  {
    label: 'In',
    techniques: ['T1505.003', 'T1078', 'T1190', 'T1133', 'T1566', 'T1189', 'T1195', 'T1199'],
    tactics: ['initial-access'],
  },
  // Guessing is no reading: what it gave is a login.
  { label: 'Looked', techniques: ['T1110'], tactics: ['reconnaissance', 'resource-development'] },
  { label: 'Took', tactics: ['exfiltration', 'collection'] },
  { label: 'Hid', tactics: ['defense-evasion'] },
  { label: 'Harmed', tactics: ['impact'] },
  // A program that anybody may run as root is a way back.
  { label: 'Stays', techniques: ['T1548.001'], tactics: ['persistence'] },
  { label: 'Rose', tactics: ['privilege-escalation'] },
  { label: 'Read', tactics: ['credential-access', 'discovery'] },
  { label: 'Ran', tactics: ['execution', 'lateral-movement', 'command-and-control'] },
];
const HIDING = 'defense-evasion';
const LOOKED = 'Looked';
/** Clauses of a statement; further ones are counted. */
const MOST_ITEMS = 8;

/** Which chapter tells a finding; undefined where its rule names neither tactic nor technique. */
export function chapterOf({ finding: { rule } }: Fact): string | undefined {
  const byTechnique = CHAPTERS.find(({ techniques = [] }) =>
    rule.techniques.some((id) => techniques.some((one) => id === one || id.startsWith(`${one}.`))),
  );
  // To hide is what many acts do beside: it tells those whose rule names it first.
  const [chief] = rule.tactics;
  return (
    byTechnique ??
    CHAPTERS.find(({ tactics }) =>
      tactics.some((tactic) =>
        tactic === HIDING ? chief === HIDING : rule.tactics.includes(tactic),
      ),
    ) ??
    (rule.tactics.includes(HIDING) ? CHAPTERS.find(({ label }) => label === 'Hid') : undefined)
  )?.label;
}

/** A statement for each chapter that has findings. */
export function chapterStatements(facts: readonly Fact[], traces?: Traces): Statement[] {
  const chapters = new Map<string, Fact[]>();
  for (const fact of withoutDoubles(facts)) {
    const label = chapterOf(fact);
    if (label !== undefined) chapters.set(label, [...(chapters.get(label) ?? []), fact]);
  }
  withoutTold(chapters);
  withoutTaken(chapters);
  withoutActs(chapters);
  const beside = new Map<string, StoryItem[]>([
    ['In', furtherLogins(facts, traces)],
    ['Stays', shellItems(facts)],
    ['Took', sentItems(facts, traces)],
  ]);
  const labels = [...beside].flatMap(([label, items]) => (items.length > 0 ? [label] : []));
  return [...new Set([...chapters.keys(), ...labels])].map((label) => {
    const members = chapters.get(label) ?? [];
    const items = label === 'In' ? entryItems(members) : actItems(members);
    const all = [...items, ...(beside.get(label) ?? [])];
    const told = gravest(all);
    return { label, items: told, further: all.length - told.length, joint: '; ' };
  });
}

/** A web shell is a way back as long as it lies there. */
function shellItems(facts: readonly Fact[]): StoryItem[] {
  const found = new Map<string, Fact[]>();
  for (const fact of facts)
    for (const path of shellsOf(fact)) found.set(path, [...(found.get(path) ?? []), fact]);
  // A file that was written and a request for it are one shell: the longer path names it.
  const paths = [...found.keys()].filter(
    (path) => ![...found.keys()].some((other) => other !== path && other.endsWith(path)),
  );
  const [first] = paths.flatMap((path) => found.get(path) ?? []);
  if (first === undefined) return [];
  const text = `web shell: ${paths.length === 1 ? fileText(paths) : names(paths)}`;
  const members = [...new Set(paths.flatMap((path) => found.get(path)!))];
  return [
    {
      ...{ ...itemOf(first, text), untilUs: undefined, weight: weightOf(first) },
      findings: members.map(({ finding }) => finding.id),
    },
  ];
}

/** What was carried off was read, too: it is told where it was carried off. */
function withoutTaken(chapters: Map<string, Fact[]>): void {
  const taken = new Set((chapters.get('Took') ?? []).flatMap(pathsOf));
  const left = (chapters.get('Read') ?? []).flatMap((fact) => {
    const { finding } = fact;
    if (!pathsOf(fact).some((path) => taken.has(path))) return [fact];
    const entities = Object.fromEntries(
      Object.entries(finding.entities).map(([field, values]) => [
        field,
        PATHS.includes(field) ? values.filter((value) => !taken.has(value)) : values,
      ]),
    );
    const paths = pathsOf({ finding: { ...finding, entities } });
    const evidence = finding.evidence.filter(({ raw }) => paths.some((path) => raw.includes(path)));
    // How often each of them was read, a finding does not say.
    const rest = { ...finding, entities, evidence, count: 1 };
    return paths.length === 0 ? [] : [{ ...fact, finding: rest }];
  });
  if (left.length > 0) chapters.set('Read', left);
  else chapters.delete('Read');
}

/** That somebody rose is told by what it says beside; each command that is told as what it did is told there alone. */
function withoutActs(chapters: Map<string, Fact[]>): void {
  const risen = chapters.get('Rose');
  if (risen === undefined) return;
  const others = [...chapters].filter(([label]) => label !== 'Rose').flatMap(([, facts]) => facts);
  const told = new Set(others.flatMap(({ finding }) => finding.entities[COMMANDS] ?? []));
  chapters.set(
    'Rose',
    risen.map((fact) => {
      const { [COMMANDS]: commands, ...rest } = fact.finding.entities;
      const left = (commands ?? []).filter((one) => !told.has(one));
      if (commands === undefined || left.length === commands.length) return fact;
      const entities = left.length === 0 ? rest : { ...rest, [COMMANDS]: left };
      return { ...fact, finding: { ...fact.finding, entities } };
    }),
  );
}
const COMMANDS = 'process.command_line';

const PATHS: readonly string[] = ['url.path', 'file.path'];
const pathsOf = ({ finding: { entities } }: { finding: Pick<Finding, 'entities'> }): string[] =>
  PATHS.flatMap((field) => entities[field] ?? []);

/** What was looked for and got is told where it was got. */
function withoutTold(chapters: Map<string, Fact[]>): void {
  const places = (label: string): string[] => (chapters.get(label) ?? []).flatMap(lineOf);
  const got = new Set([...chapters.keys()].filter((one) => one !== LOOKED).flatMap(places));
  const left = (chapters.get(LOOKED) ?? []).filter(
    (fact) => !lineOf(fact).some((at) => got.has(at)),
  );
  if (left.length > 0) chapters.set(LOOKED, left);
  else chapters.delete(LOOKED);
}

/** The line that a fact is cited by, where it has one. */
const lineOf = ({ finding }: Fact): string[] =>
  finding.evidence.slice(0, 1).map(({ file, offset }) => `${file}:${offset}`);

/** The gravest, in time order. */
const gravest = (items: readonly StoryItem[]): StoryItem[] =>
  [...items]
    .sort((a, b) => (b.weight ?? 0) - (a.weight ?? 0) || momentOf(a) - momentOf(b))
    .slice(0, MOST_ITEMS)
    .sort((a, b) => momentOf(a) - momentOf(b));

/** Several rules that saw the same first line tell of one thing: the gravest of them does. */
function withoutDoubles(facts: readonly Fact[]): Fact[] {
  const byPlace = new Map<string, Fact>();
  for (const fact of facts) {
    const [first] = fact.finding.evidence;
    const place = first === undefined ? fact.finding.id : `${lineOf(fact)[0]} ${chapterOf(fact)}`;
    const known = byPlace.get(place);
    if (known === undefined || rankOf(fact) > rankOf(known)) byPlace.set(place, fact);
  }
  return [...byPlace.values()];
}

/** By level; what left weighs more than what was only gathered, and what worked more than what was tried. */
const weightOf = (fact: Fact): number =>
  rankOf(fact) * 10 +
  (fact.isInside ? 5 : 0) +
  (fact.finding.rule.tactics.includes('exfiltration') ? 3 : 0) +
  (namesLoot(fact.finding) ? 16 : 0);

const rankOf = ({ finding }: Fact): number => levelRank(finding.level);

/** One clause a rule: what was done again is told with it, and what others saw of the same act. */
function actItems(facts: readonly Fact[]): StoryItem[] {
  const alike = groupBy(withoutWitnesses(facts), (fact) => clauseOf(fact, true));
  return [...alike.values()].map((group) => {
    const [first] = group as [Fact, ...Fact[]];
    const lastUs = Math.max(...group.map(({ lastUs, atUs }) => lastUs ?? atUs ?? 0));
    const item = itemOf(first, clauseOf(first, true));
    return {
      ...item,
      untilUs: lastUs > (first.atUs ?? lastUs) ? lastUs : undefined,
      findings: group.map(({ finding }) => finding.id),
      weight: Math.max(...group.map(weightOf)),
    };
  });
}

/** Of rules that saw the same act in several logs, or its parts, the gravest tells it. */
function withoutWitnesses(facts: readonly Fact[]): readonly Fact[] {
  const told: Fact[] = [];
  for (const fact of [...facts].sort((a, b) => rankOf(b) - rankOf(a)))
    if (!told.some((other) => isSameAct(fact, other))) told.push(fact);
  return told.sort((a, b) => momentOf(a) - momentOf(b));
}

/** Within so short a time about the same account or file: one act. */
const SAME_ACT_US = 2_000_000;

/** So soon after one another, two rules that name one technique and one account saw the command and what came of it. */
const SAME_DEED_US = 120_000_000;

function isSameAct(a: Fact, b: Fact): boolean {
  const pauseUs = Math.abs(momentOf(a) - momentOf(b));
  if (a.host !== b.host && a.host !== undefined && b.host !== undefined) return false;
  if (
    pauseUs <= SAME_DEED_US &&
    a.finding.rule.id !== b.finding.rule.id &&
    !areCalls(a, b) &&
    a.account !== undefined &&
    a.account === b.account &&
    a.finding.rule.techniques.some((id) => b.finding.rule.techniques.includes(id))
  )
    return true;
  if (!(pauseUs <= SAME_ACT_US)) return false;
  const words = wordsOf(b.finding);
  return [...wordsOf(a.finding)].some((word) => words.has(word));
}

/** Two calls of a service are two deeds: what came of a call is no call. */
const areCalls = (a: Fact, b: Fact): boolean => {
  const [one, other] = [a, b].map(({ finding }) => finding.entities['event.action']?.join());
  return one !== undefined && other !== undefined && one !== other;
};

/** Names of accounts and files that a finding is about; those of commands included. */
function wordsOf({ entities }: Fact['finding']): Set<string> {
  const fields = [
    'user.target.name',
    'file.path',
    'process.command_line',
    'event.action',
    'url.path',
    'service.name',
    'group.name',
  ];
  const values = fields.flatMap((field) => entities[field] ?? []);
  const accounts = entities['group.name'] === undefined ? [] : (entities['user.name'] ?? []);
  return new Set(
    [...values, ...accounts]
      .flatMap((value) => value.split(/[\s/=]+/))
      .filter((word) => word.length > 3),
  );
}

/** Ways in: one clause a technique, and of logins one an account. It begins with the first grave sign, and names the gravest beside it. */
function entryItems(facts: readonly Fact[]): StoryItem[] {
  const hasInside = facts.some(({ isInside }) => isInside);
  const ways = groupBy(facts, wayOf);
  return [...ways.values()].flatMap((group) => {
    const grave = group.filter((fact) => rankOf(fact) >= levelRank('high'));
    if (grave.length === 0 && hasInside) return [];
    const told = grave.length > 0 ? grave : group;
    const first = told[0]!;
    const strongest = told.reduce((a, b) => (rankOf(b) > rankOf(a) ? b : a));
    const also = strongest === first ? '' : `; then ${lowerFirst(andOf(strongest, first))}`;
    return {
      ...itemOf(first, `${clauseOf(first)}${also}`),
      findings: told.map(({ finding }) => finding.id),
      weight: weightOf(strongest),
    };
  });
}

/** The second clause does not name again what the first one named. */
const andOf = (fact: Fact, first: Fact): string => {
  const text = clauseOf(fact);
  const object = objectOf(fact.finding);
  const isNamed =
    object === objectOf(first.finding) ||
    fact.fileNames.some((name) => first.fileNames.includes(name));
  return isNamed ? text.replace(object, '') : text;
};

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);

const wayOf = ({ finding: { rule, event }, account, isInside }: Fact): string => {
  const [chapter] = CHAPTERS;
  const known = chapter?.techniques?.find((one) =>
    rule.techniques.some((id) => id === one || id.startsWith(`${one}.`)),
  );
  const way = known ?? rule.techniques[0] ?? rule.title;
  // Whose login it was; of a line without an event that is not known.
  const isLogin = isInside && known === LOGIN && valueAt(event, 'user.name') !== undefined;
  return isLogin ? `${way} ${account}` : way;
};
const LOGIN = 'T1078';

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}
