/**
 * For access logs: which literals to look for in which field. A rule on the request need not be tried
 * because its literal stands in the user agent.
 */
import type { CompiledRule, RuleSet } from '../../sigma/compiled-rule.ts';
import { createLiteralIndex, type LiteralIndex } from '../rule-bucket.ts';

/** What to look for in each field; the indexes name rules by number. */
export interface AccessLiterals {
  request: LiteralIndex;
  agent: LiteralIndex;
  referrer: LiteralIndex;
  user: LiteralIndex;
  /** Rules with keywords, or with a field that lies elsewhere: their literals are looked for in the whole line. */
  other: { index: LiteralIndex; rules: readonly number[] };
}

/** Where the fast way looks for the literals of a field, by what the field reads. */
const PLACES = {
  request: ['url.original', 'url.path', 'url.query', 'url.extension', 'http.request.method'],
  agent: ['user_agent.original'],
  referrer: ['http.request.referrer'],
  user: ['user.name'],
} as const;
const PLACE_NAMES = Object.keys(PLACES) as (keyof typeof PLACES)[];

/** Sorts the rules by the fields that they read. */
export function accessLiterals(
  { rules, resolve }: Pick<RuleSet, 'rules' | 'resolve'>,
  chosen: readonly number[],
): AccessLiterals {
  const found = { request: [], agent: [], referrer: [], user: [] } as Record<
    keyof typeof PLACES,
    number[]
  >;
  const other: number[] = [];
  for (const index of chosen) {
    const { rule, fields, literals, readsLine } = rules[index] as CompiledRule;
    if (literals === undefined) continue;
    // Of values that the program makes no literal is taken: they need no place to look.
    const read = fields
      .map((field) => resolve(field, rule.logsource))
      .filter(({ isComputed }) => isComputed !== true)
      .map(({ paths = [] }) => paths);
    const places = PLACE_NAMES.filter((name) =>
      read.flat().some((path) => (PLACES[name] as readonly string[]).includes(path)),
    );
    const known: readonly string[] = places.flatMap((name) => PLACES[name]);
    const isKnown = (paths: readonly string[]): boolean =>
      paths.length > 0 && paths.every((path) => known.includes(path));
    if (readsLine || read.length === 0 || !read.every(isKnown)) other.push(index);
    for (const name of places) found[name].push(index);
  }
  return {
    request: createLiteralIndex(rules, found.request),
    agent: createLiteralIndex(rules, found.agent),
    referrer: createLiteralIndex(rules, found.referrer),
    user: createLiteralIndex(rules, found.user),
    other: { index: createLiteralIndex(rules, other), rules: other },
  };
}
