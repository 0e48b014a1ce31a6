/** A query as a test on lines, and as the places of what it found in them. */
import { createRequire } from 'node:module';
import { compileRegex } from '../../sigma/match-regex.ts';
import { requiredLiterals } from '../../sigma/regex-literals.ts';
import { addressFinder, addressLiterals, type Span } from './addresses.ts';
import type { SearchPattern, SearchQuery } from './query.ts';

/** A text that bytes must hold. */
export interface Needle {
  text: string;
  isCased: boolean;
}

/** A query, compiled. */
export interface LineTest {
  /** Does the line hold one of the patterns? Whatever is inverted. */
  holds(line: string): boolean;
  /** A line holds one of them exactly where it holds one of these; undefined: where it does, the line must be asked. */
  isExact: boolean;
  /** Where none of these stands in a line, it holds no pattern; undefined: every line must be asked. */
  needles: readonly Needle[] | undefined;
}

/** More needles than this cost more than they save. */
const MOST_NEEDLES = 16;

/** Compiles the patterns; time is linear in the line. */
export function compileLineTest({ patterns }: SearchQuery): LineTest {
  const tests = patterns.map(testOf);
  const [first] = tests;
  const each = patterns.map(needlesOf);
  const needles = each.flatMap((found) => found ?? []);
  const areKnown = each.every((found) => found !== undefined) && needles.length <= MOST_NEEDLES;
  return {
    holds:
      first === undefined
        ? () => true
        : tests.length === 1
          ? first
          : (line) => tests.some((test) => test(line)),
    isExact: patterns.length > 0 && patterns.every(({ kind }) => kind === 'literal'),
    needles: areKnown && patterns.length > 0 ? needles : undefined,
  };
}

const flagsOf = ({ isCased }: SearchPattern) => ({
  ...{ ignoreCase: !isCased, multiLine: false, dotAll: false },
});

function testOf(pattern: SearchPattern): (line: string) => boolean {
  const { kind, text, isCased } = pattern;
  if (kind === 'address') {
    const find = addressFinder(text);
    return (line) => find(line).length > 0;
  }
  if (kind === 'expression') {
    const compiled = compileRegex(text, flagsOf(pattern), false);
    if (typeof compiled === 'string') throw new Error(`unchecked expression: ${compiled}`);
    return compiled.test;
  }
  if (isCased) return (line) => line.includes(text);
  const lower = text.toLowerCase();
  return (line) => line.toLowerCase().includes(lower);
}

function needlesOf({ kind, text, isCased }: SearchPattern): readonly Needle[] | undefined {
  if (kind === 'literal') return [{ text, isCased }];
  const literals = kind === 'address' ? addressLiterals(text) : requiredLiterals(text);
  return literals?.map((literal) => ({ text: literal, isCased: false }));
}

const require = createRequire(import.meta.url);

/** Finds what is to be shown in colour: the places of all patterns in a line, in order and apart. */
export function createSpans({ patterns, isInverted }: SearchQuery): (line: string) => Span[] {
  if (isInverted) return () => [];
  // Programs ask for none, and RE2 takes a while to load.
  let finders: ReturnType<typeof spansOf>[] | undefined;
  return (line) => {
    finders ??= patterns.map(spansOf);
    const spans = finders.flatMap((find) => find(line)).sort((a, b) => a[0] - b[0] || b[1] - a[1]);
    let end = 0;
    return spans.filter((span) => {
      const isApart = span[0] >= end && span[1] > span[0];
      if (isApart) end = span[1];
      return isApart;
    });
  };
}

function spansOf({ kind, text, isCased }: SearchPattern): (line: string) => Span[] {
  if (kind === 'address') return addressFinder(text);
  if (kind === 'literal' && isCased) return (line) => literalSpans(line, text);
  const { RE2JS } = require('re2js') as typeof import('re2js');
  const program = RE2JS.compile(
    kind === 'literal' ? RE2JS.quote(text) : text,
    isCased ? 0 : RE2JS.CASE_INSENSITIVE,
  );
  return (line) => {
    const spans: Span[] = [];
    for (const matcher = program.matcher(line); matcher.find(); )
      spans.push([matcher.start(), matcher.end()]);
    return spans;
  };
}

function literalSpans(line: string, text: string): Span[] {
  const spans: Span[] = [];
  for (let at = line.indexOf(text); at !== -1; at = line.indexOf(text, at + text.length))
    spans.push([at, at + text.length]);
  return spans;
}
