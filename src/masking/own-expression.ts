/** Expressions of the user's own detectors: on RE2, so that no line takes them long, with a look at one character before and behind. */
import { createRequire } from 'node:module';
import type { Place } from './read-value.ts';

const require = createRequire(import.meta.url);

/** The most that an expression sees of a text, from its word on: a word may stand in a line a million times. */
const LONGEST = 512;
/** One character: all that is looked at before and behind. RE2 has no such looks. */
const ONE = String.raw`\\[a-zA-Z]|\\[^a-zA-Z0-9]|\[(?:\\.|[^\]\\])+\]|[^\\()[\]{}*+?|^$]`;
const BEFORE = new RegExp(String.raw`^\(\?<([!=])(${ONE})\)`);
const BEHIND = new RegExp(String.raw`\(\?([!=])(${ONE})\)$`);

/** What an expression matches from a place on. */
export type MatchAt = (text: string, start: number) => Place | undefined;

const compile = (source: string, ignoreCase = false) => {
  const { RE2JS } = require('re2js') as typeof import('re2js');
  return RE2JS.compile(source, ignoreCase ? RE2JS.CASE_INSENSITIVE : 0);
};

/** Whether the character is one that the look asks for. */
const look = (found: RegExpExecArray | null): ((character: string | undefined) => boolean) => {
  if (found === null) return () => true;
  const [, sign, one = ''] = found;
  const expression = new RegExp(`^(?:${one})$`);
  return (character) => (character !== undefined && expression.test(character)) === (sign === '=');
};

/** A pattern; of its match the group `value` where it has one. Throws where it is not in the syntax of RE2. */
export function ownPattern(source: string): MatchAt {
  const before = BEFORE.exec(source);
  const rest = source.slice(before?.[0].length ?? 0);
  const behind = BEHIND.exec(rest);
  const program = compile(behind === null ? rest : rest.slice(0, behind.index));
  const isBefore = look(before);
  const isBehind = look(behind);
  const group = source.includes('(?<value>') ? 'value' : 0;
  return (text, start) => {
    if (!isBefore(text[start - 1])) return undefined;
    const found = program.matcher(text.slice(start, start + LONGEST));
    if (!found.lookingAt() || !isBehind(text[start + found.end()])) return undefined;
    const from = found.start(group);
    return from === -1 ? undefined : { start: start + from, end: start + found.end(group) };
  };
}

/** What stands at the end of a text, by an expression: where it begins. Throws where it is not in the syntax of RE2. */
export function ownEnding(source: string): (text: string) => number | undefined {
  const program = compile(`(?:${source})$`);
  return (text) => {
    const found = program.matcher(text);
    return found.find() ? found.start() : undefined;
  };
}

/** Values that are none, as a whole and in any case of their letters. Throws where it is not in the syntax of RE2. */
export function ownNever(source: string): { test(text: string): boolean } {
  const program = compile(source, true);
  return { test: (text) => text.length <= LONGEST && program.matcher(text).matches() };
}
