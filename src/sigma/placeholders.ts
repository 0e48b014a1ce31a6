/**
 * Placeholders: `%name%` in a value under `expand` stands for the values that the user's configuration gives it.
 * @see https://github.com/SigmaHQ/sigma-specification/blob/main/specification/sigma-rules-specification.md#placeholders
 */
import { suggestion } from '../errors.ts';
import type { MatchFault } from './modifiers.ts';
import type { Placeholders } from './rule.ts';

/** A placeholder in a value; `\%` is a plain percent sign. */
export const PLACEHOLDER = /(?<!\\)%([^%\s\\]+)%/g;

/** More values than this are a list of indicators, not a rule. */
const MOST_VALUES = 100_000;

/** What a value stands for, or which placeholder nobody knows. Several placeholders in one value make each combination. */
export function expand(text: string, placeholders: Placeholders): string[] | MatchFault {
  let texts = [''];
  let from = 0;
  for (const { 0: written, 1: name = '', index } of text.matchAll(PLACEHOLDER)) {
    const values = Object.hasOwn(placeholders, name) ? placeholders[name] : undefined;
    if (values === undefined) return unresolved(written, name, placeholders);
    if (texts.length * values.length > MOST_VALUES) {
      return { message: `"${text}" stands for more than ${MOST_VALUES} values` };
    }
    const before = text.slice(from, index);
    texts = texts.flatMap((start) => values.map((value) => start + plain(before) + value));
    from = index + written.length;
  }
  return texts.map((start) => start + plain(text.slice(from)));
}

const plain = (text: string): string => text.replaceAll('\\%', '%');

function unresolved(written: string, name: string, placeholders: Placeholders): MatchFault {
  return {
    message: `the placeholder ${written} has no values here`,
    hint: suggestion(
      name,
      Object.keys(placeholders),
      'Give it values under "placeholders" in ~/.config/ir/config.yml.',
    ),
  };
}
