/** The user's --grep expression, run in linear time by RE2. */
import { messageOf, usageError } from '../errors.ts';
import type { TextTest } from './event-filter.ts';

/**
 * Compiles an RE2 expression; matching is by search, not anchored.
 * Throws a usage error when it is no valid expression.
 */
export async function compileGrep(expression: string | undefined): Promise<TextTest | undefined> {
  if (expression === undefined) return undefined;
  const { RE2JS } = await import('re2js');
  try {
    const pattern = RE2JS.compile(expression);
    return (text) => pattern.matcher(text).find();
  } catch (error) {
    throw usageError(
      `--grep is no valid expression: ${messageOf(error)}`,
      'The syntax is RE2: no look-around and no back-references.',
    );
  }
}
