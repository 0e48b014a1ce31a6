/**
 * Indicators as Sigma rules: what is looked for in which field. So they are matched in the pass in which all rules are, by
 * sets, and a million of them cost what one does.
 */
import { compileNetwork } from '../../sigma/match-network.ts';
import type { Search, SigmaRule } from '../../sigma/rule.ts';
import { wordNumber, wordOf } from '../../sigma/word-list.ts';
import type { Finding } from '../finding.ts';
import type { IndicatorKind } from './indicator.ts';
import type { IndicatorList } from './read-indicators.ts';
import { type Draft, type Listed, matchOf, ruleOf } from './rule-draft.ts';
import type { Sought } from './trace-rules.ts';

/** An indicator that a finding is about, and where it was written. */
export interface FoundIndicator {
  kind: IndicatorKind | Sought['kind'];
  value: string;
  file: string;
  line: number;
}

/** Lists of indicators, ready for a run. */
export interface Indicators {
  documents: readonly SigmaRule[];
  /** For each finding the indicators that it is about, at most twenty; none for findings of other rules. */
  foundIn(findings: readonly Told[]): readonly (readonly FoundIndicator[])[];
}

/** From so many on, words stay in their columns. */
const MANY = 1000;
/** Kinds that are not looked for as whole values, nor in few places of a line. */
const IN_STRINGS: ReadonlySet<IndicatorKind> = new Set(['network', 'mail']);

type Told = Pick<Finding, 'rule' | 'entities' | 'evidence'>;

const ADDRESS_FIELDS = ['source.ip', 'destination.ip', 'related.ip'];
const DOMAIN_FIELDS = ['dns.question.name', 'destination.address', 'url.domain', 'source.address'];
const URL_FIELDS = ['url.domain', 'url.original', 'url.path'];
const MOST_FOUND = 20;

/** Makes the rules of lists. */
export function createIndicators(lists: readonly IndicatorList[]): Indicators {
  const valuesOf = (kind: IndicatorKind): Listed => {
    const columns = lists.map(({ indicators }) => indicators.of(kind));
    const count = columns.reduce((sum, { words }) => sum + words.count, 0);
    const areKept = count > MANY && !IN_STRINGS.has(kind);
    const values: string[] = [];
    for (const { words, others } of columns) {
      for (let word = 0; word < words.count && !areKept; word += 1)
        values.push(wordOf(words, word));
      for (const value of others.keys()) values.push(value);
    }
    if (!areKept) return { values };
    return { values, words: columns.flatMap(({ words }) => (words.count > 0 ? [words] : [])) };
  };
  const path = lists.map((list) => list.path).join(', ');
  const documents = [
    ...addressRules(valuesOf('address'), valuesOf('network')),
    ...domainRules(valuesOf('domain')),
    ...textRule('Hash', valuesOf('hash')),
    ...urlRule(valuesOf('url')),
    ...agentRule(valuesOf('user-agent')),
    ...textRule('Mail address', valuesOf('mail')),
  ].map((draft) => ruleOf(draft, path));
  const ids = new Set(documents.map(({ id }) => id));
  return {
    documents,
    foundIn(findings) {
      const kinds = findings.map(({ rule }) => (ids.has(rule.id) ? kindsOf(rule.title) : []));
      if (kinds.every((one) => one.length === 0)) return kinds.map(() => []);
      const urlLengths = lengthsOf(lists);
      const texts = findings.map((finding, index) =>
        kinds[index]!.length === 0 ? new Set<string>() : candidatesOf(finding, urlLengths),
      );
      const placesOf = createFinder(lists);
      return texts.map((candidates, index) =>
        placesOf(candidates, kinds[index]!).slice(0, MOST_FOUND),
      );
    },
  };
}

const TITLES: Readonly<Record<string, readonly IndicatorKind[]>> = {
  Address: ['address', 'network'],
  Domain: ['domain'],
  Hash: ['hash'],
  URL: ['url'],
  User: ['user-agent'],
  Mail: ['mail'],
};
const kindsOf = (title: string): readonly IndicatorKind[] => TITLES[title.split(' ')[0]!] ?? [];

const isEmpty = ({ values, words }: Listed): boolean => values.length === 0 && words === undefined;

const anyOf = (of: readonly Search[]): Search => (of.length === 1 ? of[0]! : { kind: 'any', of });

function addressRules(addresses: Listed, networks: Listed): Draft[] {
  const matches = [
    ...(isEmpty(addresses) ? [] : [matchOf(addresses)]),
    ...(isEmpty(networks) ? [] : [matchOf(networks, 'cidr')]),
  ];
  if (matches.length === 0) return [];
  const search = (field: string): Search =>
    anyOf(matches.map((match) => ({ kind: 'field', field, match })));
  return ADDRESS_FIELDS.map((field): Draft => {
    const isList = field === 'related.ip';
    return {
      title: `Address of a list of indicators (${isList ? 'named in the line' : field})`,
      // What both ends say is told by their rules.
      searches: isList
        ? { wanted: search(field), a: search('source.ip'), b: search('destination.ip') }
        : { wanted: search(field) },
      isWithout: isList,
      entities: [field, ...ADDRESS_FIELDS.filter((other) => other !== field), 'user.name'],
    };
  });
}

function domainRules(domains: Listed): Draft[] {
  if (isEmpty(domains)) return [];
  const wanted: Search = { kind: 'field', field: 'ir.domain', match: matchOf(domains) };
  return [
    {
      title: 'Domain of a list of indicators',
      searches: { wanted },
      entities: [...DOMAIN_FIELDS, 'source.ip', 'user.name'],
    },
  ];
}

function textRule(what: string, values: Listed): Draft[] {
  if (isEmpty(values)) return [];
  const wanted: Search = { kind: 'keyword', match: matchOf(values) };
  const entities = ['source.ip', 'user.name', 'host.hostname'];
  return [{ title: `${what} of a list of indicators`, searches: { wanted }, entities }];
}

/** As a whole anywhere in the line, and where host and path stand apart. */
function urlRule(values: Listed): Draft[] {
  if (isEmpty(values)) return [];
  const wanted = anyOf([
    { kind: 'keyword', match: matchOf(values) },
    { kind: 'field', field: 'ir.url', match: matchOf(values) },
  ]);
  const entities = ['source.ip', ...URL_FIELDS, 'user.name', 'host.hostname'];
  return [{ title: 'URL of a list of indicators', searches: { wanted }, entities }];
}

function agentRule(values: Listed): Draft[] {
  if (isEmpty(values)) return [];
  const field = 'user_agent.original';
  const search: Search = { kind: 'field', field, match: matchOf(values) };
  return [
    {
      title: 'User agent of a list of indicators',
      searches: { wanted: search },
      entities: ['source.ip', field, 'user.name'],
    },
  ];
}

/** Findings about indicators say which, and where these were written. */
export function withIndicators(
  findings: readonly Finding[],
  sought: Indicators | undefined,
): readonly Finding[] {
  if (sought === undefined || findings.length === 0) return findings;
  const found = sought.foundIn(findings);
  return findings.map((finding, index) => {
    const indicators = found[index]!;
    return indicators.length === 0 ? finding : { ...finding, indicators };
  });
}

function lengthsOf(lists: readonly IndicatorList[]): ReadonlySet<number> {
  const lengths = new Set<number>();
  for (const { indicators } of lists) {
    const { words, others } = indicators.of('url');
    words.lengths.forEach((isOne, length) => {
      if (isOne === 1) lengths.add(length);
    });
    for (const value of others.keys()) lengths.add(value.length);
  }
  return lengths;
}

/** All that may be an indicator in what is told: whole values, words, names, and what begins like a URL. */
function candidatesOf({ entities, evidence }: Told, urlLengths: ReadonlySet<number>): Set<string> {
  const [domains, targets] = [
    entities['url.domain'] ?? [],
    [...(entities['url.original'] ?? []), ...(entities['url.path'] ?? [])],
  ];
  const texts = [
    ...Object.values(entities).flat(),
    ...evidence.map(({ raw }) => raw),
    ...domains.flatMap((domain) => targets.map((target) => `//${domain}${target}`)),
  ];
  const candidates = new Set<string>();
  for (const text of texts) {
    const lower = text.toLowerCase();
    const words = [
      lower,
      ...(lower.match(WORDS) ?? []),
      ...(lower.match(NAMES) ?? []),
      ...(lower.match(MAILS) ?? []),
    ];
    for (const word of words) {
      candidates.add(word);
      for (let dot = word.indexOf('.'); dot >= 0; dot = word.indexOf('.', dot + 1))
        candidates.add(word.slice(dot + 1));
    }
    for (let at = lower.indexOf('//'); at >= 0; at = lower.indexOf('//', at + 1))
      for (const length of urlLengths) candidates.add(lower.slice(at, at + length));
    // User agents are whole values within the line.
    for (const quoted of lower.match(/"[^"]*"/g) ?? []) candidates.add(quoted.slice(1, -1));
  }
  return candidates;
}

/** Looks candidates up in the lists. */
function createFinder(
  lists: readonly IndicatorList[],
): (candidates: ReadonlySet<string>, kinds: readonly IndicatorKind[]) => FoundIndicator[] {
  const networks = lists.flatMap(networksOf);
  const placeIn = (
    { path, indicators }: IndicatorList,
    kind: IndicatorKind,
    value: string,
  ): FoundIndicator | undefined => {
    const { words, lines, others } = indicators.of(kind);
    const word = wordNumber(words, value);
    const line = word < 0 ? others.get(value) : lines[word];
    return line === undefined ? undefined : { kind, value, file: path, line };
  };
  return (candidates, kinds) => {
    const all = [...candidates];
    const found = all.flatMap((value) => {
      for (const list of lists) {
        for (const kind of kinds) {
          const place = kind === 'network' ? undefined : placeIn(list, kind, value);
          if (place !== undefined) return [place];
        }
      }
      return [];
    });
    if (!kinds.includes('network')) return found;
    return [...found, ...networks.flatMap(({ place, test }) => (all.some(test) ? [place] : []))];
  };
}

interface ListedNetwork {
  place: FoundIndicator;
  test: (text: string) => boolean;
}

function networksOf(list: IndicatorList): ListedNetwork[] {
  const { words, lines } = list.indicators.of('network');
  return Array.from(lines, (line, word): ListedNetwork => {
    const value = wordOf(words, word);
    return {
      place: { kind: 'network', value, file: list.path, line },
      test: compileNetwork(value) ?? (() => false),
    };
  });
}

const WORDS = /[\w.:-]+/g;
/** The same without ports, and hashes behind a colon. */
const NAMES = /[\w.-]+/g;
const MAILS = /[\w.+'-]{1,64}@[\w.-]+/g;
