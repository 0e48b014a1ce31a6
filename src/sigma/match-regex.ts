/**
 * The `re` modifier: regular expressions of rules run on RE2 (linear time), because rules come from
 * anywhere and log lines from attackers.
 */
import { createRequire } from 'node:module';
import { messageOf } from '../errors.ts';
import { lowerCase, type TextTest } from './match-text.ts';
import { requiredLiterals } from './regex-literals.ts';

/** Loaded on first use: most runs of `ir` compile no regular expression of a rule. */
let re2: typeof import('re2js') | undefined;
const require = createRequire(import.meta.url);

/** The modifiers of an expression. */
export interface RegexFlags {
  ignoreCase: boolean;
  multiLine: boolean;
  dotAll: boolean;
}

/** An expression as a test. */
export interface CompiledRegex {
  test: TextTest;
  /** Lower-case literals of which one occurs in every match; undefined when none is known. */
  literals: readonly string[] | undefined;
}

/**
 * Compiles an expression that may match anywhere in the text. Returns the reason when it cannot.
 * @param isChecked it compiled before, and its literals are known: the automaton is built when a text needs it
 */
export function compileRegex(
  expression: string,
  flags: RegexFlags,
  isChecked: boolean,
): CompiledRegex | string {
  if (isChecked) return { test: lateTest(expression, flags), literals: undefined };
  try {
    const literals = requiredLiterals(expression);
    const program = build(expression, flags);
    return { test: guarded(() => program, literals), literals };
  } catch (error) {
    return messageOf(error);
  }
}

/** Reads the expression with the first text, and builds its automaton with the first that holds its literals: most see neither. */
function lateTest(expression: string, flags: RegexFlags): TextTest {
  let test: TextTest | undefined;
  return (text) => {
    test ??= guarded(() => build(expression, flags), requiredLiterals(expression));
    return test(text);
  };
}

function build(expression: string, flags: RegexFlags): TextTest {
  re2 ??= require('re2js') as typeof import('re2js');
  const { RE2JS } = re2;
  const bits =
    (flags.ignoreCase ? RE2JS.CASE_INSENSITIVE : 0) |
    (flags.multiLine ? RE2JS.MULTILINE : 0) |
    (flags.dotAll ? RE2JS.DOTALL : 0);
  const program = RE2JS.compile(expression, bits);
  return (text) => program.test(text);
}

/** Looks for the required literals first: far cheaper than the automaton, and nearly always decisive. */
function guarded(build: () => TextTest, literals: readonly string[] | undefined): TextTest {
  let program: TextTest | undefined;
  const test: TextTest = (text) => {
    program ??= build();
    return program(text);
  };
  if (literals === undefined || literals.length > 8) return test;
  return (text) => {
    const lower = lowerCase(text);
    for (const literal of literals) if (lower.includes(literal)) return test(text);
    return false;
  };
}
