/**
 * Regular expressions tried on a few texts. The automaton of an expression takes as long to build as thousands
 * of short texts to read, and in most logs a rule's expression sees a handful: so the first texts are
 * answered by sets of positions, and the automaton is built for an expression that sees many.
 */

import { isAscii, type RegexFlags } from './regex-cursor.ts';
import type { Reading, Step } from './regex-positions.ts';
import { readExpression } from './regex-steps.ts';

/** Does the expression match somewhere in the text? `undefined`: not known, ask the automaton. */
export type RegexTrial = (text: string) => boolean | undefined;

/** What an expression may cost before its automaton is cheaper. */
const FUEL = 100_000;
const MAX_TEXT = 4096;
const IGNORE_CASE = '(?i)';

/** Makes the trial of an expression that RE2 accepts. It never answers for syntax that is not read here. */
export function createTrial(expression: string, flags: RegexFlags): RegexTrial {
  if (expression.startsWith(IGNORE_CASE)) {
    return createTrial(expression.slice(IGNORE_CASE.length), { ...flags, ignoreCase: true });
  }
  let step: Step | undefined;
  let fuel = FUEL;
  return (text) => {
    if (fuel < 0 || text.length > MAX_TEXT || !isAscii(text)) return undefined;
    step ??= readExpression(expression, flags);
    if (step === undefined) {
      fuel = -1;
      return undefined;
    }
    const reading: Reading = { text: flags.ignoreCase ? text.toLowerCase() : text, fuel };
    const ends = step(
      reading,
      Array.from({ length: text.length + 1 }, (_, at) => at),
    );
    fuel = reading.fuel;
    return fuel < 0 ? undefined : ends.length > 0;
  };
}
