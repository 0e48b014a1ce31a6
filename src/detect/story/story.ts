/**
 * What happened, in at most ten statements for somebody who was not there: who, how they came in, as whom, what they did,
 * what left, how they hid, what is open. Each is made from findings, and from what the suspects' own events say.
 */
import { levelRank } from '../../events/level.ts';
import type { Evidence, FileAccount, Finding } from '../finding.ts';
import { accountsOf } from './accounts.ts';
import { chapterStatements } from './chapters.ts';
import { type Fact, factsOf, shellsOf } from './fact.ts';
import { type Intrusion, intrusionsOf } from './intrusions.ts';
import { openItems } from './open.ts';
import { titleOf } from './title.ts';
import { type Suspects, sentTo, type Traces } from './traces.ts';
import { actingAccounts, actorsOf, placesOf } from './who.ts';

/** One clause of a statement. Times are microseconds since the epoch. */
export interface StoryItem {
  text: string;
  atUs: number | undefined;
  /** When it ended, where it took longer than a moment. */
  untilUs: number | undefined;
  /** Where it stands; undefined for what no single line says. */
  place: Evidence | undefined;
  /** Ids of the findings behind it. */
  findings: readonly string[];
  /** Where not all are shown, the heavier ones are; 0 when absent. */
  weight?: number;
}

/** One statement: a word that says what it is about (`Who`, `In`, `Took`, ...), and its clauses, the weightiest marked. */
export interface Statement {
  label: string;
  items: readonly StoryItem[];
  /** Clauses left out. */
  further: number;
  /** What stands between clauses. */
  joint: ', ' | ' > ' | '; ';
}

/** The story of one intrusion. */
export interface Story {
  /** `web01 and AWS account 111122223333 were broken into` */
  title: string;
  /** What was broken into: hosts, cloud accounts. */
  targets: readonly string[];
  firstUs: number | undefined;
  lastUs: number | undefined;
  statements: readonly Statement[];
  /** Ids of all findings that belong to it, in time order. */
  findings: readonly string[];
}

/** What stories are told from. */
export interface StoryInput {
  /** One finding a hit or an act; those of an act that are only named count, too. */
  findings: readonly Finding[];
  files: readonly FileAccount[];
  /** What the events of the suspects say; absent where no logs are at hand. */
  traces?: Traces;
  /** Somebody decided that it is an incident: there is a story even where nobody is seen to have got in. */
  isIncident?: boolean;
}

/** Shorter names stand in too many lines to look for. */
const LEAST_NAME = 3;
/** More stories than this nobody reads. */
const MOST_STORIES = 5;
const MOST_STATEMENTS = 10;
/** Statements that are left out first where there are too many. */
const LEAST = ['Looked', 'Ran', 'Read', 'Rose'];

/** The intrusions that findings show, with all facts that belong to them. */
export function suspectsOf({
  findings,
  traces,
  isIncident,
}: Omit<StoryInput, 'files'>): Intrusion[] {
  const told = unfold(findings).filter(
    ({ level, raised }) => raised !== undefined || levelRank(level) >= levelRank('medium'),
  );
  const facts = factsOf(told);
  const found = intrusionsOf(facts, traces?.addressOf).slice(0, MOST_STORIES);
  return found.length === 0 && isIncident === true && facts.length > 0
    ? [{ facts, isLoose: false }]
    : found;
}

/**
 * Who is worth a second look: addresses of the intrusions that findings alone show, those to which they sent something,
 * and the web shells that they used.
 */
export function worthALook(findings: readonly Finding[]): Suspects {
  const suspects = suspectsOf({ findings });
  const facts = suspects.flatMap((one) => one.facts);
  const nameless = suspects.filter((one) => one.facts.every((fact) => fact.addresses.length === 0));
  const addresses = facts.flatMap((one) => [...one.addresses, ...sentTo(one)]);
  const shells = facts.flatMap(shellsOf).filter((path) => path.length > 1);
  const accounts = nameless.flatMap((one) => actingAccounts(one.facts));
  return {
    addresses: [...new Set(addresses)],
    shells: [...new Set(shells)],
    accounts: accounts.filter((name) => name.length >= LEAST_NAME),
  };
}

/**
 * The stories that findings tell, the gravest first.
 * @returns none where nobody is seen to have got in
 */
export const tellStories = (input: StoryInput): Story[] =>
  suspectsOf(input).map((intrusion) => tell(intrusion, input));

function tell(intrusion: Intrusion, input: StoryInput): Story {
  const { facts } = intrusion;
  const actors = actorsOf(intrusion, input.traces);
  const span = spanOf(facts, actors);
  const statements: Statement[] = [
    { label: 'Who', items: actors.map(({ item }) => item), further: 0, joint: ', ' },
    ...chapterStatements(facts, input.traces),
    { label: 'As', items: accountsOf(facts, input.traces), further: 0, joint: ' > ' },
    { label: 'Open', items: openItems(facts, span, input), further: 0, joint: '; ' },
  ];
  const told = statements.filter(({ items }) => items.length > 0);
  const targets = placesOf(facts);
  return {
    title: titleOf(
      targets,
      facts,
      told.some(({ label }) => label === 'In'),
    ),
    targets,
    ...span,
    statements: inOrder(withoutLeast(told)),
    findings: facts.map(({ finding }) => finding.id),
  };
}

/** The order of reading. */
const ORDER = [
  'Who',
  'Looked',
  'In',
  'As',
  'Ran',
  'Rose',
  'Read',
  'Stays',
  'Took',
  'Hid',
  'Harmed',
  'Open',
];

const inOrder = (statements: readonly Statement[]): Statement[] =>
  [...statements].sort((a, b) => ORDER.indexOf(a.label) - ORDER.indexOf(b.label));

function withoutLeast(statements: readonly Statement[]): readonly Statement[] {
  const labels = LEAST.filter((label) => statements.some((one) => one.label === label));
  const out = new Set(labels.slice(0, Math.max(0, statements.length - MOST_STATEMENTS)));
  return statements.filter(({ label }) => !out.has(label));
}

function spanOf(
  facts: readonly Fact[],
  actors: readonly { item: StoryItem }[],
): Pick<Story, 'firstUs' | 'lastUs'> {
  const known = (values: readonly (number | undefined)[]): number[] =>
    values.filter((value) => value !== undefined);
  const items = actors.map(({ item }) => item);
  const firsts = known([...facts, ...items].map(({ atUs }) => atUs)).concat(
    known(facts.map(({ finding }) => finding.firstUs)),
  );
  const lasts = known([
    ...facts.map(({ lastUs }) => lastUs),
    ...items.map(({ untilUs }) => untilUs),
  ]);
  return {
    firstUs: firsts.length === 0 ? undefined : Math.min(...firsts),
    lastUs: lasts.length === 0 ? undefined : Math.max(...lasts),
  };
}

/** Findings of an act stand for themselves again: what leads them names time, count and place of each. */
export const unfold = (findings: readonly Finding[]): Finding[] =>
  findings.flatMap((finding) => [
    finding.act === undefined ? finding : { ...finding, ...ownCommands(finding) },
    ...(finding.act?.others ?? []).map(({ evidence, ...other }) => {
      const own = {
        entities: finding.entities,
        evidence: evidence === undefined ? [] : [evidence],
      };
      const isSudo = [finding, other].every(({ rule }) => rule.techniques.includes(SUDO));
      return {
        ...other,
        ...own,
        ...ownCommands(own),
        // Whoever rose so rose so before: of one act the actor is one.
        event: isSudo ? finding.event : {},
        ...(isSudo && { raised: 'part of an act' }),
      };
    }),
  ]);

/** Rising through sudo. */
const SUDO = 'T1548.003';
const COMMANDS = 'process.command_line';

/** Of the commands of an act those that a finding's own lines hold; all where none is found there. */
function ownCommands({ entities, evidence }: Pick<Finding, 'entities' | 'evidence'>): {
  entities: Finding['entities'];
} {
  const own = (entities[COMMANDS] ?? []).filter((one) =>
    evidence.some(({ raw }) => raw.includes(one)),
  );
  return own.length === 0 ? { entities } : { entities: { ...entities, [COMMANDS]: own } };
}
