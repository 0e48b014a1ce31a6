/**
 * Required literals: lower-case strings of which at least one occurs in the raw line (or its
 * percent-decoded form) whenever a test is true. `undefined` means that no such set is known.
 * Combined bottom-up through AND and OR, always on the safe side.
 */
import type { Pattern } from './pattern.ts';

/** Lower-case texts of which one occurs in every match; undefined when none is known. */
export type LiteralSet = readonly string[] | undefined;

/** Shorter words occur nearly everywhere and would not save a test. */
const MIN_LENGTH = 2;
/** Characters that on their own are rare in requests and log lines. */
const RARE = /[<>;|`{}$^~!*]/;

const isUseful = (literal: string): boolean => literal.length >= MIN_LENGTH || RARE.test(literal);
/** A larger set costs more to search than it saves. */
const MAX_SIZE = 300;

/**
 * The characters a raw line holds as the value has them: printable ASCII, and no letters outside it, which depend
 * on the encoding. What is escaped is escaped with a backslash, and of a line that holds one nothing is concluded.
 */
const isVerbatim = (unit: number): boolean => unit >= 32 && unit < 127;
const NO_UNIT = -1;

/** An IPv6 address or the beginning of one, which the raw line may spell in another way. */
const IPV6 = /^[0-9a-f]{1,4}(?::[0-9a-f.]*){2,}$/i;

/** Is the pattern such an address and nothing else? Inside other text it stands as it is written. */
const isAddress = (pattern: Pattern, literal: string): boolean =>
  literal.length >= pattern.length - 1 && (pattern[0] ?? -1) >= 0 && IPV6.test(literal);

/** The longest stretch of a pattern that must stand verbatim in the raw line. */
export function patternLiteral(pattern: Pattern): LiteralSet {
  let longest = '';
  let run = '';
  for (const unit of [...pattern, NO_UNIT]) {
    if (isVerbatim(unit)) run += String.fromCharCode(unit);
    else {
      if (run.length > longest.length) longest = run;
      run = '';
    }
  }
  return isUseful(longest) && !isAddress(pattern, longest) ? [longest.toLowerCase()] : undefined;
}

/** For OR: every alternative must have a set; the answer is their union. */
export function anyLiterals(sets: readonly LiteralSet[]): LiteralSet {
  const union = new Set<string>();
  for (const set of sets) {
    if (set === undefined) return undefined;
    for (const literal of set) union.add(literal);
  }
  if (union.size === 0) return undefined;
  const smallest = withoutCovered([...union]);
  return smallest.length > MAX_SIZE ? undefined : smallest;
}

/** For AND: the most selective of the sets. */
export function bestLiterals(sets: readonly LiteralSet[]): LiteralSet {
  let best: LiteralSet;
  for (const set of sets) {
    if (set !== undefined && (best === undefined || selectivity(set) > selectivity(best)))
      best = set;
  }
  return best;
}

/** For "at least `quantity` of": any choice of that many contains one of the kept sets. */
export function someLiterals(sets: readonly LiteralSet[], quantity: number): LiteralSet {
  const known = sets.filter((set) => set !== undefined);
  const needed = sets.length - quantity + 1;
  if (needed < 1 || known.length < needed) return undefined;
  known.sort((left, right) => selectivity(right) - selectivity(left));
  return anyLiterals(known.slice(0, needed));
}

/** Words of most lines of some format: they select next to nothing. */
const COMMON =
  /^(?:https?|get|post|root|user|sshd?|from|port|\.com|\.php|\/bin\/?|error|info|session|true|false)$/;

/** Larger is better: long literals, few of them. */
function selectivity(set: readonly string[]): number {
  let shortest = Number.POSITIVE_INFINITY;
  for (const literal of set) {
    shortest = Math.min(shortest, COMMON.test(literal) ? MIN_LENGTH : literal.length);
  }
  return Math.min(shortest, 12) * 2 - Math.log2(set.length);
}

/** Drops literals that contain another one of the set: the shorter one occurs whenever they do. */
function withoutCovered(literals: string[]): string[] {
  if (literals.length > MAX_SIZE) return literals;
  literals.sort((left, right) => left.length - right.length);
  const kept: string[] = [];
  for (const literal of literals) {
    if (!kept.some((shorter) => literal.includes(shorter))) kept.push(literal);
  }
  return kept;
}
