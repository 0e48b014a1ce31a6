/** The languages that rules are put into for others. Each says one thing at a time; undefined: it cannot be said. */
import { ANY, DASH, type Pattern, STAR } from '../sigma/pattern.ts';
import { wildcardText } from './dsl-text.ts';

/** A language. */
export interface Dialect {
  and(parts: readonly string[]): string;
  or(parts: readonly string[]): string;
  not(part: string): string;
  /** @param isCased does the case of letters count? */
  pattern(field: string, pattern: Pattern, isCased: boolean): string | undefined;
  /** Anywhere in the text of the event. */
  keyword(pattern: Pattern): string | undefined;
  number(field: string, order: Order, number: number): string | undefined;
  exists(field: string, isThere: boolean): string | undefined;
  network(field: string, network: string): string | undefined;
  /** The whole question. */
  whole(condition: string, index: string): string;
  /** How often by group and stretch of time; absent where it has no such thing. */
  counted?(condition: string, index: string, by: Counting): string;
}

/** How numbers are compared. */
export type Order = 'lt' | 'lte' | 'gt' | 'gte' | 'equal';

/** What is counted. */
export interface Counting {
  groupBy: readonly string[];
  seconds: number;
  /** The field whose values are counted; undefined: events. */
  distinct: string | undefined;
  /** `>= 10` */
  condition: string;
}

const SIGNS: Readonly<Record<Order, string>> = {
  lt: '<',
  lte: '<=',
  gt: '>',
  gte: '>=',
  equal: '==',
};
const joined = (word: string) => (parts: readonly string[]) =>
  parts.length === 1 ? parts[0]! : `(${parts.join(word)})`;

/** A pattern with the marks of a language, other characters as `write` has them. */
function written(
  pattern: Pattern,
  star: string,
  any: string | undefined,
  write: (one: string) => string,
): string | undefined {
  let text = '';
  for (const unit of pattern) {
    if (unit === STAR) text += star;
    else if (unit === ANY || unit === DASH) {
      if (any === undefined) return undefined;
      text += any;
    } else text += write(String.fromCharCode(unit));
  }
  return text;
}

const lower = (pattern: Pattern, isCased: boolean): Pattern =>
  isCased
    ? pattern
    : pattern.map((unit) =>
        unit < 0 ? unit : String.fromCharCode(unit).toLowerCase().charCodeAt(0),
      );
const hasMarks = (pattern: Pattern): boolean => pattern.some((unit) => unit < 0);
const quoted = (text: string): string => `"${text.replace(/[\\"]/g, '\\$&')}"`;

const LUCENE_SPECIAL = /[+\-=&|!(){}[\]^"~*?:\\/\s<>]/;
const luceneField = (field: string): string => field.replace(/[\s:]/g, '\\$&');
const lucene: Dialect = {
  and: joined(' AND '),
  or: joined(' OR '),
  not: (part) => `(NOT ${part})`,
  pattern: (field, pattern) => `${luceneField(field)}:${lucenePattern(pattern)}`,
  keyword: (pattern) => lucenePattern(pattern),
  number(field, order, number) {
    if (order === 'equal') return `${luceneField(field)}:${number}`;
    return `${luceneField(field)}:${SIGNS[order]}${number}`;
  },
  exists: (field, isThere) =>
    isThere ? `_exists_:${luceneField(field)}` : `(NOT _exists_:${luceneField(field)})`,
  network: (field, network) => `${luceneField(field)}:${network.replace(/[:/]/g, '\\$&')}`,
  whole: (condition) => condition,
};
function lucenePattern(pattern: Pattern): string {
  if (pattern.length === 0) return '""';
  return written(pattern, '*', '?', (one) => (LUCENE_SPECIAL.test(one) ? `\\${one}` : one))!;
}

const dslOf = (part: string): unknown => JSON.parse(part);
const dsl: Dialect = {
  and: (parts) => JSON.stringify({ bool: { filter: parts.map(dslOf) } }),
  or: (parts) => JSON.stringify({ bool: { should: parts.map(dslOf), minimum_should_match: 1 } }),
  not: (part) => JSON.stringify({ bool: { must_not: [dslOf(part)] } }),
  pattern: (field, pattern, isCased) =>
    JSON.stringify(
      hasMarks(pattern)
        ? { wildcard: { [field]: { value: wildcardText(pattern), case_insensitive: !isCased } } }
        : {
            term: {
              [field]: { value: String.fromCharCode(...pattern), case_insensitive: !isCased },
            },
          },
    ),
  keyword: (pattern) =>
    JSON.stringify({ query_string: { query: lucenePattern(pattern), analyze_wildcard: true } }),
  number: (field, order, number) =>
    JSON.stringify(
      order === 'equal'
        ? { term: { [field]: number } }
        : { range: { [field]: { [order]: number } } },
    ),
  exists: (field, isThere) =>
    JSON.stringify(
      isThere ? { exists: { field } } : { bool: { must_not: [{ exists: { field } }] } },
    ),
  network: (field, network) => JSON.stringify({ term: { [field]: network } }),
  whole: (condition) => JSON.stringify({ query: dslOf(condition) }, null, 2),
};

const esqlField = (field: string): string =>
  /^[\w@.]+$/.test(field) ? field : `\`${field.replaceAll('`', '``')}\``;
const esqlText = (field: string, isCased: boolean): string =>
  isCased ? esqlField(field) : `TO_LOWER(${esqlField(field)})`;
const esql: Dialect = {
  and: joined(' AND '),
  or: joined(' OR '),
  not: (part) => `NOT ${part}`,
  pattern(field, pattern, isCased) {
    const own = lower(pattern, isCased);
    if (!hasMarks(own))
      return `${esqlText(field, isCased)} == ${quoted(String.fromCharCode(...own))}`;
    return `${esqlText(field, isCased)} LIKE ${quoted(wildcardText(own))}`;
  },
  keyword: (pattern) => `TO_LOWER(message) LIKE ${quoted(wildcardText(lower(pattern, false)))}`,
  number: (field, order, number) => `${esqlField(field)} ${SIGNS[order]} ${number}`,
  exists: (field, isThere) => `${esqlField(field)} IS ${isThere ? 'NOT ' : ''}NULL`,
  network: (field, network) => `CIDR_MATCH(${esqlField(field)}, ${quoted(network)})`,
  whole: (condition, index) => `FROM ${index} | WHERE ${condition}`,
  counted: (condition, index, { groupBy, seconds, distinct, condition: asked }) =>
    `FROM ${index} | WHERE ${condition} | STATS n = ${distinct === undefined ? 'COUNT(*)' : `COUNT_DISTINCT(${esqlField(distinct)})`} BY window = DATE_TRUNC(${seconds} seconds, @timestamp)${groupBy.map((one) => `, ${esqlField(one)}`).join('')} | WHERE n ${asked}`,
};

const pplField = (field: string): string => (/^[\w@.]+$/.test(field) ? field : `\`${field}\``);
const single = (text: string): string => `'${text.replace(/\\/g, '\\\\').replace(/'/g, "''")}'`;
const ppl: Dialect = {
  and: joined(' AND '),
  or: joined(' OR '),
  not: (part) => `NOT (${part})`,
  pattern(field, pattern, isCased) {
    const own = lower(pattern, isCased);
    const name = isCased ? pplField(field) : `lower(${pplField(field)})`;
    if (!hasMarks(own)) return `${name}=${single(String.fromCharCode(...own))}`;
    const like = written(own, '%', '_', (one) => (/[%_]/.test(one) ? `\\${one}` : one))!;
    return `like(${name}, '${like.replace(/'/g, "''")}')`;
  },
  keyword: (pattern) =>
    `like(lower(message), '${written(lower(pattern, false), '%', '_', (one) => one)!.replace(/'/g, "''")}')`,
  number: (field, order, number) =>
    `${pplField(field)}${order === 'equal' ? '=' : SIGNS[order]}${number}`,
  exists: (field, isThere) => `is${isThere ? 'not' : ''}null(${pplField(field)})`,
  network: (field, network) => `cidrmatch(${pplField(field)}, ${single(network)})`,
  whole: (condition, index) => `source=${index} | where ${condition}`,
  counted: (condition, index, { groupBy, seconds, distinct, condition: asked }) =>
    `source=${index} | where ${condition} | stats ${distinct === undefined ? 'count()' : `distinct_count(${pplField(distinct)})`} as n by span(@timestamp, ${seconds}s)${groupBy.map((one) => `, ${pplField(one)}`).join('')} | where n ${asked}`,
};

const splunkField = (field: string): string => (/^[\w.]+$/.test(field) ? field : `'${field}'`);
const splunk: Dialect = {
  and: joined(' '),
  or: joined(' OR '),
  not: (part) => `NOT ${part}`,
  // Its searches ignore case, and `?` stands for itself.
  pattern(field, pattern, isCased) {
    const text = written(pattern, '*', undefined, (one) => one);
    if (text === undefined || isCased || pattern.some((unit) => unit === '*'.charCodeAt(0)))
      return undefined;
    return `${splunkField(field)}=${quoted(text)}`;
  },
  keyword(pattern) {
    const text = written(pattern, '*', undefined, (one) => one);
    return text === undefined ? undefined : quoted(text);
  },
  number: (field, order, number) =>
    `${splunkField(field)}${order === 'equal' ? '=' : SIGNS[order]}${number}`,
  exists: (field, isThere) => (isThere ? `${splunkField(field)}=*` : `NOT ${splunkField(field)}=*`),
  network: (field, network) => `${splunkField(field)}="${network}"`,
  whole: (condition, index) => `search index=${index} ${condition}`,
  counted: (condition, index, { groupBy, seconds, distinct, condition: asked }) =>
    `search index=${index} ${condition} | bin _time span=${seconds}s | stats ${distinct === undefined ? 'count' : `dc(${splunkField(distinct)})`} as n by _time${groupBy.map((one) => ` ${splunkField(one)}`).join('')} | where n ${asked}`,
};

/** All of them, by the word of `--to`. */
export const DIALECTS: Readonly<Record<string, Dialect>> = { dsl, lucene, esql, ppl, splunk };
