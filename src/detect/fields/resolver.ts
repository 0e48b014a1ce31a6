/** Mappings as readers: which value of an event a rule means by a name. */
import { ECS_FIELD_NAMES, isMadeField } from '../../events/ecs-field-names.ts';
import type { Event } from '../../events/event.ts';
import type { FieldReader, FieldResolver } from '../../sigma/compiled-rule.ts';
import type { SigmaLogSource } from '../../sigma/rule.ts';
import type { FieldMapping, LogSourceWords, Mapping, ValueSource } from './mapping.ts';
import { rawReader } from './raw-path.ts';
import { TRANSFORMS } from './transforms.ts';

/** The mapping in which every name is looked up in the end. */
const LAST = 'any';
const PARTS = ['product', 'category', 'service'] as const;

type Read = (event: Event) => unknown;
/** Mappings in the order of looking up. */
type Chain = readonly Mapping[];

/**
 * Finds the mappings of a log source, in the order of looking up. There is one bundled mapping, the one that says most of it
 * (the service counts more than the category, that more than the product); mappings of the user come before it.
 */
export function createChains(
  bundled: readonly Mapping[],
  own: readonly Mapping[] = [],
): (logsource: SigmaLogSource) => Chain {
  const byName = new Map(bundled.map((mapping) => [mapping.name, mapping]));
  const withBases = (mapping: Mapping): Mapping[] => [
    mapping,
    ...mapping.extends.flatMap((name) => {
      const base = byName.get(name);
      return base === undefined ? [] : withBases(base);
    }),
  ];
  const last = byName.get(LAST);
  return (logsource) => {
    const ranked = (mappings: readonly Mapping[]): Mapping[] =>
      mappings
        .map((mapping) => ({ mapping, fit: fitOf(mapping, logsource) }))
        .filter(({ fit }) => fit > 0)
        .sort((a, b) => b.fit - a.fit)
        .map(({ mapping }) => mapping);
    const chosen = [...ranked(own), ...ranked(bundled).slice(0, 1), ...(last ? [last] : [])];
    return chosen.flatMap(withBases);
  };
}

/** Makes the resolver of a run. */
export function createResolver(
  bundled: readonly Mapping[],
  own: readonly Mapping[] = [],
): FieldResolver {
  const chainOf = createChains(bundled, own);
  const chains = new Map<string, Chain>();
  const readers = new Map<Chain, Map<string, FieldReader>>();
  return (field, logsource) => {
    const key = PARTS.map((part) => logsource[part] ?? '')
      .join('\n')
      .toLowerCase();
    let chain = chains.get(key);
    if (chain === undefined) chains.set(key, (chain = chainOf(logsource)));
    let known = readers.get(chain);
    if (known === undefined) readers.set(chain, (known = new Map()));
    let reader = known.get(field);
    if (reader === undefined) known.set(field, (reader = resolve(field, chain)));
    return reader;
  };
}

/** How much of a log source a mapping names; 0: it is not for it. */
function fitOf({ logsource }: Mapping, asked: SigmaLogSource): number {
  const fits = (words: LogSourceWords): number =>
    PARTS.reduce((sum, part, index) => {
      const named = words[part];
      if (named === undefined) return sum;
      const value = asked[part]?.toLowerCase() ?? '';
      const isNamed = named.some((word) =>
        word.endsWith('*') ? value.startsWith(word.slice(0, -1)) : value === word,
      );
      return isNamed ? sum + 2 ** index : Number.NEGATIVE_INFINITY;
    }, 0);
  return Math.max(0, ...(logsource ?? []).map(fits));
}

function resolve(field: string, chain: Chain): FieldReader {
  const name = field.includes(' ') ? field.replaceAll(' ', '') : field;
  const cut = name.lastIndexOf('.') + 1;
  const wild = cut === 0 ? [] : [`${name.slice(0, cut)}*`];
  for (const [index, mapping] of chain.entries()) {
    for (const key of [mapping.isAnyCase ? name.toLowerCase() : name, ...wild]) {
      const found = Object.hasOwn(mapping.fields, key) ? mapping.fields[key] : undefined;
      if (found === undefined) continue;
      const rest = key.endsWith('*') ? name.slice(cut) : '';
      const reader = readerOf(found, name, rest);
      if (reader === undefined) continue;
      const isLater = index > 0 && mapping.name === LAST;
      return isLater && isRecordFirst(chain) ? before(rawReader(name), reader) : reader;
    }
  }
  const plain = plainReader(name);
  return isRecordFirst(chain) ? before(rawReader(name), plain) : plain;
}

const isRecordFirst = (chain: Chain): boolean => chain.some((mapping) => mapping.isRecordFirst);

const before = (first: Read, reader: FieldReader): FieldReader =>
  Object.assign((event: Event) => first(event) ?? reader(event), {
    isComputed: reader.isComputed === true,
    paths: reader.paths ?? [],
  });

/** The reader of a mapping; undefined where its transform knows nothing of what stands for the `*`. */
function readerOf(mapping: FieldMapping, name: string, rest: string): FieldReader | undefined {
  const transform = mapping.transform === undefined ? undefined : TRANSFORMS.get(mapping.transform);
  if (transform?.rest !== undefined && !transform.rest.includes(rest)) return undefined;
  const sources = mapping.all.map((source) => sourceReader(source, name));
  const [first] = sources as [Read];
  const read = sources.length === 1 ? first : allOf(sources);
  const paths = mapping.all.flatMap(({ path }) =>
    path
      .flatMap((one) => (one === 'own' ? [name] : one === WHOLE_URL ? URL_PARTS : [one]))
      .filter((one) => one !== 'record'),
  );
  const isMade = mapping.all.some(
    (source) =>
      source.values !== undefined ||
      isUnsearched(source.transform) ||
      source.path.some((path) => path === '@timestamp' || isMadeField(path)),
  );
  const isComputed = isMade || isUnsearched(mapping.transform);
  const isPlain = mapping.all.every(
    ({ when, values, transform: made, path }) =>
      when === undefined &&
      values === undefined &&
      made === undefined &&
      path.every((one) => ECS.has(one)),
  );
  const plain: FieldReader = Object.assign((event: Event) => read(event), {
    ...{ isComputed, paths, isPlain },
  });
  if (transform === undefined) return plain;
  const transformed = (event: Event): unknown => {
    const value = read(event);
    if (value === undefined) return undefined;
    return Array.isArray(value)
      ? some(value.flatMap((one) => transform.apply(one, rest) ?? []))
      : transform.apply(value, rest);
  };
  return Object.assign(transformed, { isComputed, paths, isPlain: false, untransformed: plain });
}

const isUnsearched = (transform: string | undefined): boolean =>
  transform !== undefined && TRANSFORMS.get(transform)?.isSearched !== true;

/** One value as it is, several without repeats, none as undefined. */
function some(values: readonly unknown[]): unknown {
  if (values.length < 2) return values[0];
  if (values.length === 2 && values[0] !== values[1]) return values;
  return [...new Set(values)];
}

const allOf =
  (sources: readonly Read[]): Read =>
  (event) => {
    const values: unknown[] = [];
    for (const source of sources) {
      const value = source(event);
      if (Array.isArray(value)) for (const one of value) values.push(one);
      else if (value !== undefined) values.push(value);
    }
    return some(values);
  };

function sourceReader({ path, when, values, transform }: ValueSource, name: string): Read {
  let read = firstOf(path.map((one) => pathReader(one, name)));
  if (when !== undefined) {
    const [inner, conditions] = [read, Object.entries(when)];
    read = (event) =>
      conditions.every(([field, word]) => String(own(event, field)) === word)
        ? inner(event)
        : undefined;
  }
  if (values !== undefined) {
    const [inner, table] = [read, new Map(Object.entries(values))];
    read = (event) => {
      const value = inner(event);
      return value === undefined ? undefined : (table.get(String(value)) ?? table.get('*'));
    };
  }
  const found = transform === undefined ? undefined : TRANSFORMS.get(transform);
  if (found === undefined) return read;
  const inner = read;
  return (event) => {
    const value = inner(event);
    return value === undefined ? undefined : found.apply(value, '');
  };
}

function firstOf(reads: readonly Read[]): Read {
  const [first, second] = reads as [Read, Read];
  if (reads.length === 1) return first;
  if (reads.length === 2) return (event) => first(event) ?? second(event);
  return (event) => {
    for (const read of reads) {
      const value = read(event);
      if (value !== undefined && value !== null) return value;
    }
    return undefined;
  };
}

/** The path of an address as a browser has it, without its scheme: host and target stand in fields of their own. */
const WHOLE_URL = 'url.whole';
const URL_PARTS = ['url.domain', 'url.original', 'url.path', 'url.query'];

function wholeUrl(event: Event): string | undefined {
  const { 'url.domain': domain, 'url.original': original, 'url.path': path } = event;
  if (domain === undefined) return undefined;
  if (original?.startsWith('/') === true) return `//${domain}${original}`;
  if (original?.includes('://') === true) return original.slice(original.indexOf('://') + 1);
  if (path === undefined) return undefined;
  const query = event['url.query'];
  return `//${domain}${path}${query === undefined ? '' : `?${query}`}`;
}

const own = (event: Event, field: string): unknown =>
  (event as unknown as Readonly<Record<string, unknown>>)[field];

const ECS: ReadonlySet<string> = new Set(ECS_FIELD_NAMES);

function pathReader(path: string, name: string): Read {
  if (path === 'own') return plainReader(name);
  if (path === 'record') return (event) => event.raw;
  if (path === WHOLE_URL) return wholeUrl;
  if (path.startsWith('record.')) return rawReader(path.slice('record.'.length));
  if (path === '@timestamp') {
    return ({ timeUs }) =>
      timeUs === undefined ? undefined : new Date(timeUs / 1000).toISOString();
  }
  return (event) => own(event, path);
}

/** What ECS calls so, else what the source does. */
function plainReader(name: string): FieldReader {
  const readRaw = rawReader(name);
  if (!ECS.has(name)) return Object.assign((event: Event) => readRaw(event), { paths: [name] });
  return Object.assign((event: Event) => own(event, name) ?? readRaw(event), {
    isComputed: isMadeField(name),
    isPlain: true,
    paths: [name],
  });
}
