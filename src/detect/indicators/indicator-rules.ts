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
  /** For each finding the indicators that it is about, at most twenty; none for findings of other rules. */
  foundIn(findings: readonly Told[]): readonly (readonly FoundIndicator[])[];
}

type Told = Pick<Finding, 'rule' | 'entities' | 'evidence'>;

const ADDRESS_FIELDS = ['source.ip', 'destination.ip', 'related.ip'];
const DOMAIN_FIELDS = ['dns.question.name', 'destination.address', 'url.domain', 'source.address'];
const URL_FIELDS = ['url.domain', 'url.original', 'url.path'];
const MOST_FOUND = 20;

/** Makes the rules of lists. */
export function createIndicators(lists: readonly IndicatorList[]): Indicators {
  const valuesOf = (kind: IndicatorKind): string[] => {
    const values: string[] = [];
    for (const { indicators } of lists)
      for (const one of indicators) if (one.kind === kind) values.push(one.value);
    return values;
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
      const placesOf = createFinder(lists, texts);
      return texts.map((candidates, index) =>
        placesOf(candidates)
          .filter(({ kind }) => kinds[index]!.includes(kind))
          .slice(0, MOST_FOUND),
      );
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
  Mail: ['mail'],
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
  const wanted: Search = { kind: 'field', field: 'ir.domain', match: matchOf(domains) };
  return [
    {
      title: 'Domain of a list of indicators',
      searches: { wanted },
      entities: [...DOMAIN_FIELDS, 'source.ip', 'user.name'],
    },
  ];
}

function textRule(what: string, values: readonly string[]): Draft[] {
  if (values.length === 0) return [];
  const wanted: Search = { kind: 'keyword', match: matchOf(values) };
  const entities = ['source.ip', 'user.name', 'host.hostname'];
  return [{ title: `${what} of a list of indicators`, searches: { wanted }, entities }];
}

/** As a whole anywhere in the line, and where host and path stand apart. */
function urlRule(values: readonly string[]): Draft[] {
  if (values.length === 0) return [];
  const wanted = anyOf([
    { kind: 'keyword', match: matchOf(values) },
    { kind: 'field', field: 'ir.url', match: matchOf(values) },
  ]);
  const entities = ['source.ip', ...URL_FIELDS, 'user.name', 'host.hostname'];
  return [{ title: 'URL of a list of indicators', searches: { wanted }, entities }];
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

function lengthsOf(lists: readonly IndicatorList[]): ReadonlySet<number> {
  const lengths = new Set<number>();
  for (const { indicators } of lists)
    for (const { kind, value } of indicators) if (kind === 'url') lengths.add(value.length);
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

/** Looks candidates up in the lists; of a million indicators only those that some finding may be about are kept. */
function createFinder(
  lists: readonly IndicatorList[],
  texts: readonly ReadonlySet<string>[],
): (candidates: ReadonlySet<string>) => FoundIndicator[] {
  const wanted = new Set(texts.flatMap((candidates) => [...candidates]));
  const places = new Map<string, FoundIndicator>();
  const networks: { place: FoundIndicator; test: (text: string) => boolean }[] = [];
  for (const { path, indicators } of lists) {
    for (const indicator of indicators) {
      const { kind, value } = indicator;
      if (kind === 'network') {
        const test = compileNetwork(value);
        if (test !== undefined) networks.push({ place: placeOf(indicator, path), test });
      } else if (wanted.has(value) && !places.has(value))
        places.set(value, placeOf(indicator, path));
    }
  }
  return (candidates) => {
    const all = [...candidates];
    return [
      ...all.flatMap((one) => places.get(one) ?? []),
      ...networks.flatMap(({ place, test }) => (all.some(test) ? [place] : [])),
    ];
  };
}

const WORDS = /[\w.:-]+/g;
/** The same without ports, and hashes behind a colon. */
const NAMES = /[\w.-]+/g;
const MAILS = /[\w.+'-]{1,64}@[\w.-]+/g;

const placeOf = ({ kind, value, line }: Indicator, file: string): FoundIndicator => ({
  kind,
  value,
  file,
  line,
});
