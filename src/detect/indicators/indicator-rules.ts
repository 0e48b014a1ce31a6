/**
 * Indicators as Sigma rules: what is looked for in which field. So they are matched in the pass in which all rules are, by
 * sets, and a million of them cost what one does.
 */
import { createHash } from 'node:crypto';
import { compileNetwork } from '../../sigma/match-network.ts';
import type { Match, Search, SigmaRule } from '../../sigma/rule.ts';
import type { Finding } from '../finding.ts';
import type { Indicator, IndicatorKind } from './indicator.ts';
import type { IndicatorList } from './read-indicators.ts';

/** An indicator that a finding is about, and where it was written. */
export interface FoundIndicator {
  kind: IndicatorKind;
  value: string;
  file: string;
  line: number;
}

/** Lists of indicators, ready for a run. */
export interface Indicators {
  documents: readonly SigmaRule[];
  /** The indicators that a finding of one of these rules is about, at most twenty. */
  foundIn(finding: Pick<Finding, 'rule' | 'entities' | 'evidence'>): readonly FoundIndicator[];
}

const ADDRESS_FIELDS = ['source.ip', 'destination.ip', 'related.ip'];
const DOMAIN_FIELDS = ['url.domain', 'dns.question.name', 'destination.address', 'source.address'];
const MOST_FOUND = 20;

/** Makes the rules of lists. */
export function createIndicators(lists: readonly IndicatorList[]): Indicators {
  const valuesOf = (kind: IndicatorKind): string[] => [
    ...new Set(
      lists.flatMap(({ indicators }) =>
        indicators.filter((one) => one.kind === kind).map(({ value }) => value),
      ),
    ),
  ];
  const path = lists.map((list) => list.path).join(', ');
  const documents = [
    ...addressRules(valuesOf('address'), valuesOf('network')),
    ...domainRules(valuesOf('domain')),
    ...lineRule('Hash of a list of indicators', valuesOf('hash')),
    ...lineRule('URL of a list of indicators', valuesOf('url')),
    ...agentRule(valuesOf('user-agent')),
  ].map((draft) => ruleOf(draft, path));
  const ids = new Set(documents.map(({ id }) => id));
  let find: ((text: string) => FoundIndicator[]) | undefined;
  return {
    documents,
    foundIn({ rule, entities, evidence }) {
      if (!ids.has(rule.id)) return [];
      find ??= createFinder(lists);
      const texts = [...Object.values(entities).flat(), ...evidence.map(({ raw }) => raw)];
      const found = new Map(texts.flatMap(find).map((one) => [`${one.kind} ${one.value}`, one]));
      const kinds = kindsOf(rule.title);
      return [...found.values()].filter(({ kind }) => kinds.includes(kind)).slice(0, MOST_FOUND);
    },
  };
}

interface Draft {
  title: string;
  searches: Readonly<Record<string, Search>>;
  isWithout?: boolean;
  entities: readonly string[];
}

const TITLES: Readonly<Record<string, readonly IndicatorKind[]>> = {
  Address: ['address', 'network'],
  Domain: ['domain'],
  Hash: ['hash'],
  URL: ['url'],
  User: ['user-agent'],
};
const kindsOf = (title: string): readonly IndicatorKind[] => TITLES[title.split(' ')[0]!] ?? [];

/** Values are looked for as they are: `*`, `?` and backslashes in them stand for themselves. */
const plain = (value: string): string =>
  /[\\*?]/.test(value) ? value.replace(/[\\*?]/g, '\\$&') : value;

const matchOf = (values: readonly string[], ...modifiers: string[]): Match => ({
  modifiers,
  values: modifiers.includes('cidr') ? values : values.map(plain),
  isChecked: true,
});

const anyOf = (of: readonly Search[]): Search => (of.length === 1 ? of[0]! : { kind: 'any', of });

function addressRules(addresses: readonly string[], networks: readonly string[]): Draft[] {
  const matches = [
    ...(addresses.length > 0 ? [matchOf(addresses)] : []),
    ...(networks.length > 0 ? [matchOf(networks, 'cidr')] : []),
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

function domainRules(domains: readonly string[]): Draft[] {
  if (domains.length === 0) return [];
  const matches = [
    matchOf(domains),
    matchOf(
      domains.map((name) => `.${name}`),
      'endswith',
    ),
  ];
  return DOMAIN_FIELDS.map((field) => ({
    title: `Domain of a list of indicators (${field})`,
    searches: { wanted: anyOf(matches.map((match) => ({ kind: 'field', field, match }))) },
    entities: [field, 'source.ip', 'user.name'],
  }));
}

function lineRule(title: string, values: readonly string[]): Draft[] {
  if (values.length === 0) return [];
  const search: Search = { kind: 'keyword', match: matchOf(values) };
  return [
    { title, searches: { wanted: search }, entities: ['source.ip', 'user.name', 'host.hostname'] },
  ];
}

function agentRule(values: readonly string[]): Draft[] {
  if (values.length === 0) return [];
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

function ruleOf({ title, searches, isWithout, entities }: Draft, path: string): SigmaRule {
  const digest = createHash('sha256').update(title).digest('hex');
  const id = `${digest.slice(0, 8)}-${digest.slice(8, 12)}-4${digest.slice(13, 16)}-8${digest.slice(17, 20)}-${digest.slice(20, 32)}`;
  const wanted = { kind: 'search', name: 'wanted' } as const;
  return {
    kind: 'rule',
    title,
    id,
    name: '',
    description: '',
    status: '',
    level: 'high',
    tags: [],
    falsepositives: [],
    references: [],
    place: { path },
    custom: { ir: { entities } },
    logsource: { category: 'any' },
    searches: new Map(Object.entries(searches)),
    condition:
      isWithout === true
        ? {
            kind: 'and',
            of: [wanted, { kind: 'not', of: { kind: 'of', quantity: 1, names: ['a', 'b'] } }],
          }
        : wanted,
    fields: [],
  };
}

/** Finds the indicators in a text: a value, or a whole line. */
function createFinder(lists: readonly IndicatorList[]): (text: string) => FoundIndicator[] {
  const places = new Map<string, FoundIndicator>();
  const urlLengths = new Set<number>();
  for (const { path, indicators } of lists) {
    for (const indicator of indicators) {
      const key = indicator.value;
      if (!places.has(key)) places.set(key, placeOf(indicator, path));
      if (indicator.kind === 'url') urlLengths.add(key.length);
    }
  }
  const networks = [...places.values()].flatMap((place) => {
    const test = place.kind === 'network' ? compileNetwork(place.value) : undefined;
    return test === undefined ? [] : [{ place, test }];
  });
  return (text) => {
    const lower = text.toLowerCase();
    const candidates = new Set([
      lower,
      ...(lower.match(WORDS) ?? []),
      ...(lower.match(NAMES) ?? []),
    ]);
    for (const word of [...candidates]) {
      for (let dot = word.indexOf('.'); dot >= 0; dot = word.indexOf('.', dot + 1))
        candidates.add(word.slice(dot + 1));
    }
    for (let at = lower.indexOf('//'); at >= 0; at = lower.indexOf('//', at + 1))
      for (const length of urlLengths) candidates.add(lower.slice(at, at + length));
    const found = [...candidates].flatMap((one) => places.get(one) ?? []);
    for (const { place, test } of networks)
      if ([...candidates].some((one) => test(one))) found.push(place);
    // User agents are whole values within the line.
    for (const quoted of lower.match(/"[^"]*"/g) ?? [])
      found.push(...[places.get(quoted.slice(1, -1)) ?? []].flat());
    return found;
  };
}

const WORDS = /[\w.:-]+/g;
/** The same without ports, and hashes behind a colon. */
const NAMES = /[\w.-]+/g;

const placeOf = ({ kind, value, line }: Indicator, file: string): FoundIndicator => ({
  kind,
  value,
  file,
  line,
});
