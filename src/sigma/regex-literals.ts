/**
 * What a regular expression cannot match without: literal stretches of RE2 syntax, read by a small
 * recursive descent. Anything it does not fully understand ends in "nothing known", which is always sound.
 */
import { anyLiterals, bestLiterals, type LiteralSet, patternLiteral } from './literal-set.ts';
import { plainPattern } from './pattern.ts';

/** A place in an expression. */
interface Cursor {
  text: string;
  at: number;
  /** How many groups are open. */
  depth: number;
}

/** Thrown at syntax that is not certain to be understood. */
class Unknown extends Error {}

const MAX_DEPTH = 50;

/** Lower-case literals of which one occurs, ignoring case, in every match; undefined when none is known. */
export function requiredLiterals(expression: string): LiteralSet {
  const cursor: Cursor = { text: expression, at: 0, depth: 0 };
  try {
    const found = readAlternatives(cursor);
    return cursor.at === expression.length ? found : undefined;
  } catch (error) {
    if (error instanceof Unknown) return undefined;
    throw error;
  }
}

function readAlternatives(cursor: Cursor): LiteralSet {
  cursor.depth += 1;
  if (cursor.depth > MAX_DEPTH) throw new Unknown();
  const branches = [readSequence(cursor)];
  while (cursor.text[cursor.at] === '|') {
    cursor.at += 1;
    branches.push(readSequence(cursor));
  }
  cursor.depth -= 1;
  return anyLiterals(branches);
}

/** One branch: the best of its runs of plain characters and its groups. */
function readSequence(cursor: Cursor): LiteralSet {
  const sets: LiteralSet[] = [];
  let run = '';
  const endRun = (): void => {
    if (run !== '') sets.push(patternLiteral(plainPattern(run)));
    run = '';
  };
  while (cursor.at < cursor.text.length) {
    const character = cursor.text[cursor.at]!;
    if (character === '|' || character === ')') break;
    if (character === '(') {
      endRun();
      const group = readGroup(cursor);
      if (!readQuantifier(cursor).mayBeAbsent) sets.push(group);
      continue;
    }
    const plain = readPlain(cursor);
    const quantifier = readQuantifier(cursor);
    if (plain === undefined || quantifier.mayBeAbsent) endRun();
    else {
      run += plain;
      if (quantifier.isPresent) endRun();
    }
  }
  endRun();
  return bestLiterals(sets);
}

function readGroup(cursor: Cursor): LiteralSet {
  const opening = /\((?:\?(?:P?<[A-Za-z_]\w*>|[imsU-]*:|[imsU-]+(?=\))))?/y;
  opening.lastIndex = cursor.at;
  const found = opening.exec(cursor.text);
  if (found === null || (found[0] === '(' && cursor.text[cursor.at + 1] === '?'))
    throw new Unknown();
  cursor.at += found[0].length;
  const literals = readAlternatives(cursor);
  if (cursor.text[cursor.at] !== ')') throw new Unknown();
  cursor.at += 1;
  return literals;
}

/** A literal character, or undefined for a class, an anchor or a wildcard. Moves past it. */
function readPlain(cursor: Cursor): string | undefined {
  const character = cursor.text[cursor.at]!;
  cursor.at += 1;
  // A quantifier with nothing to repeat: not RE2 syntax.
  if (character === '*' || character === '+' || character === '?') throw new Unknown();
  if (character === '.' || character === '^' || character === '$') return undefined;
  if (character === '[') {
    skipClass(cursor);
    return undefined;
  }
  if (character !== '\\') return character;
  const escaped = cursor.text[cursor.at];
  cursor.at += 1;
  if (escaped === undefined) throw new Unknown();
  if (!/[A-Za-z0-9]/.test(escaped)) return escaped;
  // Escapes with arguments (\x41, \pL, \Q..\E, octal) are left alone.
  if (!/[dDwWsSbBAzntrfv]/.test(escaped)) throw new Unknown();
  return undefined;
}

function skipClass(cursor: Cursor): void {
  if (cursor.text[cursor.at] === '^') cursor.at += 1;
  if (cursor.text[cursor.at] === ']') cursor.at += 1;
  while (cursor.at < cursor.text.length && cursor.text[cursor.at] !== ']') {
    // A POSIX class such as [:alpha:] holds a bracket of its own.
    if (cursor.text.startsWith('[:', cursor.at)) {
      const end = cursor.text.indexOf(':]', cursor.at);
      if (end < 0) throw new Unknown();
      cursor.at = end + 2;
    } else cursor.at += cursor.text[cursor.at] === '\\' ? 2 : 1;
  }
  cursor.at += 1;
}

function readQuantifier(cursor: Cursor): { isPresent: boolean; mayBeAbsent: boolean } {
  const quantifier = /(?:[*+?]|\{(\d+)(?:,\d*)?\})[?+]?/y;
  quantifier.lastIndex = cursor.at;
  const found = quantifier.exec(cursor.text);
  if (found === null) return { isPresent: false, mayBeAbsent: false };
  cursor.at += found[0].length;
  const mayBeAbsent = found[1] === undefined ? found[0][0] !== '+' : Number(found[1]) === 0;
  return { isPresent: true, mayBeAbsent };
}
