/**
 * Patterns to tests on text. Plain contains, startswith, endswith and equality become string methods;
 * inner wildcards a matcher that never goes back over a `*`, so its time is bounded by text x pattern.
 */
import {
  containsAny,
  containsListed,
  endsWithAny,
  MANY_WORDS,
  startsWithAny,
} from './match-words.ts';
import { ANY, DASH, isDash, type Pattern, STAR, textOf } from './pattern.ts';
import { type WordList, wordNumber } from './word-list.ts';

/** Does a text match? */
export type TextTest = (text: string) => boolean;

let lastText = '';
let lastLower = '';

/** `toLowerCase` that remembers its latest answer: many rules look at the same value one after another. */
export function lowerCase(text: string): string {
  if (text !== lastText) {
    lastLower = text.toLowerCase();
    lastText = text;
  }
  return lastLower;
}

/** Compiles one pattern. Ignores case unless `isCased`. */
export function compilePattern(pattern: Pattern, isCased: boolean): TextTest {
  const plain = plainTest(pattern, isCased);
  if (plain !== undefined) return plain;
  const glob = globTest(isCased ? pattern : lowerUnits(pattern));
  return isCased ? glob : (text) => glob(lowerCase(text));
}

/** Compiles patterns linked by OR; equal-to lists become one set. */
export function compilePatterns(patterns: readonly Pattern[], isCased: boolean): TextTest {
  const words = new Set<string>();
  const lists: Record<Open, string[]> = { contains: [], startswith: [], endswith: [] };
  const others: Pattern[] = [];
  for (const pattern of patterns) {
    if (pattern.every((unit) => unit >= 0)) words.add(wordOf(pattern, isCased));
    else if (patterns.length > MANY_WORDS) sortOpen(pattern, isCased, lists, others);
    else others.push(pattern);
  }
  const tests = [...listTests(lists, isCased)];
  for (const pattern of others) tests.push(compilePattern(pattern, isCased));
  if (words.size === 1) {
    const [word] = words;
    tests.unshift(isCased ? (text) => text === word : (text) => lowerCase(text) === word);
  } else if (words.size > 1) {
    tests.unshift(isCased ? (text) => words.has(text) : (text) => words.has(lowerCase(text)));
  }
  const [first, second] = tests;
  if (first === undefined) return () => false;
  if (second === undefined) return first;
  return (text) => {
    for (const test of tests) if (test(text)) return true;
    return false;
  };
}

/** Compiles a long list of words without wildcards. */
export function compileWords(
  words: readonly string[],
  place: Open | undefined,
  isCased: boolean,
): TextTest {
  const folded = isCased ? words : words.map((word) => word.toLowerCase());
  if (place === undefined) {
    const set = new Set(folded);
    return isCased ? (text) => set.has(text) : (text) => set.has(lowerCase(text));
  }
  const lists: Record<Open, readonly string[]> = { contains: [], startswith: [], endswith: [] };
  lists[place] = folded;
  const [test] = listTests(lists, isCased);
  return test ?? (() => false);
}

/** Compiles lists of words in lower case: the whole text is one of them, or one stands in it. */
export function compileWordLists(lists: readonly WordList[], isWithin: boolean): TextTest {
  const tests = lists.map((list) =>
    isWithin ? containsListed(list) : (text: string) => wordNumber(list, text) >= 0,
  );
  return (text) => tests.some((test) => test(lowerCase(text)));
}

type Open = 'contains' | 'startswith' | 'endswith';

const wordOf = (units: Pattern, isCased: boolean): string =>
  isCased ? textOf(units) : textOf(units).toLowerCase();

/** Puts the word of a pattern that is open at its ends only into the list of its kind. */
function sortOpen(
  pattern: Pattern,
  isCased: boolean,
  lists: Record<Open, string[]>,
  others: Pattern[],
): void {
  const isOpenStart = pattern[0] === STAR;
  const isOpenEnd = pattern.at(-1) === STAR;
  const inner = pattern.slice(isOpenStart ? 1 : 0, isOpenEnd ? -1 : undefined);
  if (inner.length === 0 || inner.some((unit) => unit < 0)) others.push(pattern);
  else {
    const kind = isOpenStart ? (isOpenEnd ? 'contains' : 'endswith') : 'startswith';
    lists[kind].push(wordOf(inner, isCased));
  }
}

function* listTests(
  lists: Readonly<Record<Open, readonly string[]>>,
  isCased: boolean,
): Iterable<TextTest> {
  const makers = { contains: containsAny, startswith: startsWithAny, endswith: endsWithAny };
  for (const kind of ['contains', 'startswith', 'endswith'] as const) {
    if (lists[kind].length === 0) continue;
    const test = makers[kind](lists[kind]);
    yield isCased ? test : (text) => test(lowerCase(text));
  }
}

/** The string method for a pattern with wildcards at its ends only; undefined for other patterns. */
function plainTest(pattern: Pattern, isCased: boolean): TextTest | undefined {
  const isOpenStart = pattern[0] === STAR;
  const isOpenEnd = pattern.at(-1) === STAR && pattern.length > 1;
  const inner = pattern.slice(isOpenStart ? 1 : 0, isOpenEnd ? -1 : undefined);
  if (inner.some((unit) => unit < 0)) return undefined;
  const word = isCased ? textOf(inner) : textOf(inner).toLowerCase();
  if (word === '' && isOpenStart) return () => true;
  if (isCased) {
    if (isOpenStart && isOpenEnd) return (text) => text.includes(word);
    if (isOpenStart) return (text) => text.endsWith(word);
    if (isOpenEnd) return (text) => text.startsWith(word);
    return (text) => text === word;
  }
  if (isOpenStart && isOpenEnd) return (text) => lowerCase(text).includes(word);
  if (isOpenStart) return (text) => lowerCase(text).endsWith(word);
  if (isOpenEnd) return (text) => lowerCase(text).startsWith(word);
  return (text) => lowerCase(text) === word;
}

const lowerUnits = (pattern: Pattern): Pattern =>
  pattern.flatMap((unit) => {
    if (unit < 0) return [unit];
    const lower = String.fromCharCode(unit).toLowerCase();
    return lower.length === 1 ? [lower.charCodeAt(0)] : [unit];
  });

/** Splits at `*` and places the pieces from left to right, each at its first possible place. */
function globTest(pattern: Pattern): TextTest {
  const pieces: number[][] = [[]];
  for (const unit of pattern) {
    if (unit === STAR) pieces.push([]);
    else pieces.at(-1)!.push(unit);
  }
  const head = pieces[0]!;
  if (pieces.length === 1) return (text) => text.length === head.length && fits(head, text, 0);
  const tail = pieces.at(-1)!;
  const middle = pieces.slice(1, -1).filter((piece) => piece.length > 0);
  const finders = middle.map(pieceFinder);
  return (text) => {
    if (text.length < head.length + tail.length || !fits(head, text, 0)) return false;
    const end = text.length - tail.length;
    if (!fits(tail, text, end)) return false;
    let from = head.length;
    for (let i = 0; i < finders.length; i += 1) {
      const found = finders[i]!(text, from);
      if (found < 0) return false;
      from = found + middle[i]!.length;
    }
    return from <= end;
  };
}

/** Finds a piece without `*` in a text from an offset on: its place or -1. */
function pieceFinder(piece: readonly number[]): (text: string, from: number) => number {
  if (piece.every((unit) => unit >= 0)) {
    const word = textOf(piece);
    return (text, from) => text.indexOf(word, from);
  }
  return (text, from) => {
    for (let at = from; at + piece.length <= text.length; at += 1) {
      if (fits(piece, text, at)) return at;
    }
    return -1;
  };
}

function fits(piece: readonly number[], text: string, at: number): boolean {
  for (let i = 0; i < piece.length; i += 1) {
    const unit = piece[i]!;
    if (unit === ANY) continue;
    const found = text.charCodeAt(at + i);
    if (unit === DASH ? !isDash(found) : unit !== found) return false;
  }
  return true;
}
