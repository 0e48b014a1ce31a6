/**
 * The `re` modifier: regular expressions of rules run on RE2 (linear time), because rules come from
 * anywhere and log lines from attackers.
 */
import { createRequire } from 'node:module';
import { messageOf } from '../errors.ts';
import { lowerCase, type TextTest } from './match-text.ts';
import type { RegexFlags } from './regex-cursor.ts';
import { requiredLiterals } from './regex-literals.ts';
import { createTrial } from './regex-trial.ts';

/** Loaded on first use: most runs of `ir` compile no regular expression of a rule. */
let re2: typeof import('re2js') | undefined;
const require = createRequire(import.meta.url);

export interface CompiledRegex {
  test: TextTest;
  literals: readonly string[] | undefined;
}

/**
 * Compiles an expression that may match anywhere in the text. Returns the reason when it cannot.
 * @param isChecked it compiled before, and its literals are known: the automaton is built when the expression
 *   sees many texts
 */
export function compileRegex(
  expression: string,
  flags: RegexFlags,
  isChecked: boolean,
): CompiledRegex | string {
  if (isChecked) return { test: lateTest(expression, flags), literals: undefined };
  try {
    const literals = requiredLiterals(expression);
    return { test: guarded(build(expression, flags), literals), literals };
  } catch (error) {
    return messageOf(error);
  }
}

function lateTest(expression: string, flags: RegexFlags): TextTest {
  const trial = createTrial(expression, flags);
  let program: TextTest | undefined;
  return (text) => {
    if (program === undefined) {
      const answer = trial(text);
      if (answer !== undefined) return answer;
      program = guarded(build(expression, flags), requiredLiterals(expression));
    }
    return program(text);
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
function guarded(test: TextTest, literals: readonly string[] | undefined): TextTest {
  if (literals === undefined || literals.length > 8) return test;
  return (text) => {
    const lower = lowerCase(text);
    for (const literal of literals) if (lower.includes(literal)) return test(text);
    return false;
  };
}
