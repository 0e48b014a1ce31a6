/**
 * Regular expressions tried on a few texts. The automaton of an expression takes as long to build as thousands
 * of short texts to read, and in most logs a rule's expression sees a handful: so the first texts are
 * answered by sets of positions, and the automaton is built for an expression that sees many.
 */
import {
  branchStep,
  classStep,
  placeStep,
  type Reading,
  repeatStep,
  type Step,
  sequenceStep,
  wordStep,
} from './regex-positions.ts';

/** How an expression is meant. */
export interface RegexFlags {
  ignoreCase: boolean;
  multiLine: boolean;
  dotAll: boolean;
}

/** Does the expression match somewhere in the text? `undefined`: not known, ask the automaton. */
export type RegexTrial = (text: string) => boolean | undefined;

/** What an expression may cost before its automaton is cheaper. */
const FUEL = 100_000;
const MAX_TEXT = 4096;
const MAX_DEPTH = 50;
/** RE2 takes no more repetitions. */
const MAX_COUNT = 1000;
const IGNORE_CASE = '(?i)';
const ASCII = /^[\0-\x7f]*$/;

interface Cursor {
  text: string;
  at: number;
  depth: number;
  flags: RegexFlags;
}

class Unknown extends Error {}

/** Makes the trial of an expression that RE2 accepts. It never answers for syntax that is not read here. */
export function createTrial(expression: string, flags: RegexFlags): RegexTrial {
  if (expression.startsWith(IGNORE_CASE)) {
    return createTrial(expression.slice(IGNORE_CASE.length), { ...flags, ignoreCase: true });
  }
  let step: Step | undefined;
  let fuel = FUEL;
  return (text) => {
    if (fuel < 0 || text.length > MAX_TEXT || !ASCII.test(text)) return undefined;
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

function readExpression(expression: string, flags: RegexFlags): Step | undefined {
  if (!ASCII.test(expression)) return undefined;
  const cursor: Cursor = { text: expression, at: 0, depth: 0, flags };
  try {
    const step = readBranches(cursor);
    return cursor.at === expression.length ? step : undefined;
  } catch (error) {
    if (error instanceof Unknown) return undefined;
    throw error;
  }
}

function readBranches(cursor: Cursor): Step {
  cursor.depth += 1;
  if (cursor.depth > MAX_DEPTH) throw new Unknown();
  const branches = [readSequence(cursor)];
  while (cursor.text[cursor.at] === '|') {
    cursor.at += 1;
    branches.push(readSequence(cursor));
  }
  cursor.depth -= 1;
  return branchStep(branches);
}

function readSequence(cursor: Cursor): Step {
  const steps: Step[] = [];
  let word = '';
  const endWord = (): void => {
    if (word !== '') steps.push(wordStep(cursor.flags.ignoreCase ? word.toLowerCase() : word));
    word = '';
  };
  while (cursor.at < cursor.text.length) {
    const character = cursor.text[cursor.at] as string;
    if (character === '|' || character === ')') break;
    const atom = readAtom(cursor, character);
    const count = readCount(cursor);
    if (typeof atom === 'string' && count === undefined) {
      word += atom;
      continue;
    }
    endWord();
    steps.push(counted(cursor, atom, count));
  }
  endWord();
  return sequenceStep(steps);
}

/** A plain character, a class, a place or a group. */
type Atom = string | Uint8Array | { place: Step } | { group: Step };
type Count = readonly [min: number, max: number];

function counted(cursor: Cursor, atom: Atom, count: Count | undefined): Step {
  const [min, max] = count ?? [1, 1];
  if (typeof atom === 'string') return classStep(closed(cursor, only(atom)), min, max);
  if (atom instanceof Uint8Array) return classStep(atom, min, max);
  if ('group' in atom) return count === undefined ? atom.group : repeatStep(atom.group, min, max);
  if (count !== undefined) throw new Unknown();
  return atom.place;
}

function readAtom(cursor: Cursor, character: string): Atom {
  cursor.at += 1;
  const { multiLine, dotAll } = cursor.flags;
  switch (character) {
    case '(':
      return { group: readGroup(cursor) };
    case '[':
      return readClass(cursor);
    case '.':
      return dotAll ? inverse(new Uint8Array(128)) : inverse(only('\n'));
    case '^':
      return { place: placeStep(multiLine ? isLineStart : isTextStart) };
    case '$':
      return { place: placeStep(multiLine ? isLineEnd : isTextEnd) };
    case '\\':
      return readEscape(cursor);
    case '*':
    case '+':
    case '?':
    case '{':
    case '}':
    case ']':
      throw new Unknown();
    default:
      return character;
  }
}

function readGroup(cursor: Cursor): Step {
  if (cursor.text.startsWith('?:', cursor.at)) cursor.at += 2;
  else if (cursor.text[cursor.at] === '?') throw new Unknown();
  const step = readBranches(cursor);
  if (cursor.text[cursor.at] !== ')') throw new Unknown();
  cursor.at += 1;
  return step;
}

function readEscape(cursor: Cursor): Atom {
  const escaped = cursor.text[cursor.at] ?? '';
  if (escaped === 'b') {
    cursor.at += 1;
    return { place: placeStep(isWordEdge) };
  }
  return readClassEscape(cursor);
}

/** What may stand after a backslash in a class too. */
function readClassEscape(cursor: Cursor): string | Uint8Array {
  const escaped = cursor.text[cursor.at] ?? '';
  cursor.at += 1;
  const control = CONTROLS[escaped];
  if (control !== undefined) return control;
  const members = CLASSES[escaped.toLowerCase()];
  if (members !== undefined) {
    const isIn = tableOf((character) => members.test(character));
    return escaped === escaped.toLowerCase() ? isIn : inverse(isIn);
  }
  if (escaped === '' || /[A-Za-z0-9]/.test(escaped)) throw new Unknown();
  return escaped;
}

const CONTROLS: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', f: '\f', v: '\v' };
const CLASSES: Readonly<Record<string, RegExp>> = {
  d: /[0-9]/,
  w: /[0-9A-Za-z_]/,
  // RE2's spaces are without the vertical tab.
  s: /[\t\n\f\r ]/,
};

function readClass(cursor: Cursor): Uint8Array {
  const { text } = cursor;
  const isNegated = text[cursor.at] === '^';
  if (isNegated) cursor.at += 1;
  const isIn = new Uint8Array(128);
  const first = cursor.at;
  while (text[cursor.at] !== ']' || cursor.at === first) {
    const low = readMember(cursor);
    if (typeof low !== 'string') {
      for (let code = 0; code < 128; code += 1) if (low[code] === 1) isIn[code] = 1;
      continue;
    }
    let high: string | Uint8Array = low;
    if (text[cursor.at] === '-' && text[cursor.at + 1] !== ']') {
      cursor.at += 1;
      high = readMember(cursor);
    }
    if (typeof high !== 'string' || high < low) throw new Unknown();
    isIn.fill(1, low.charCodeAt(0), high.charCodeAt(0) + 1);
  }
  cursor.at += 1;
  return isNegated ? inverse(closed(cursor, isIn)) : closed(cursor, isIn);
}

function readMember(cursor: Cursor): string | Uint8Array {
  const character = cursor.text[cursor.at];
  // A bracket may begin a POSIX class such as [:alpha:].
  if (character === undefined || character === '[') throw new Unknown();
  cursor.at += 1;
  return character === '\\' ? readClassEscape(cursor) : character;
}

function readCount(cursor: Cursor): Count | undefined {
  const quantifier = /(?:[*+?]|\{(\d{1,4})(,?)(\d{0,4})\})\??/y;
  quantifier.lastIndex = cursor.at;
  const found = quantifier.exec(cursor.text);
  if (found === null) return undefined;
  cursor.at += found[0].length;
  const [text, low, comma, high] = found;
  if (low === undefined) return [text[0] === '+' ? 1 : 0, text[0] === '?' ? 1 : Infinity];
  const min = Number(low);
  const max = comma === '' ? min : high === '' ? Infinity : Number(high);
  const most = max === Infinity ? min : max;
  if ((comma === '' && high !== '') || max < min || most > MAX_COUNT) throw new Unknown();
  return [min, max];
}

const tableOf = (isMember: (character: string) => boolean): Uint8Array =>
  Uint8Array.from({ length: 128 }, (_, code) => (isMember(String.fromCharCode(code)) ? 1 : 0));

function only(character: string): Uint8Array {
  const isIn = new Uint8Array(128);
  isIn[character.charCodeAt(0)] = 1;
  return isIn;
}

const inverse = (isIn: Uint8Array): Uint8Array => isIn.map((flag) => 1 - flag);

/** The class with both cases of its letters, when case does not count. */
function closed({ flags }: Cursor, isIn: Uint8Array): Uint8Array {
  if (!flags.ignoreCase) return isIn;
  for (let lower = 97; lower <= 122; lower += 1) {
    if (isIn[lower] === 1 || isIn[lower - 32] === 1) {
      isIn[lower] = 1;
      isIn[lower - 32] = 1;
    }
  }
  return isIn;
}

const isTextStart = (_text: string, at: number): boolean => at === 0;
const isTextEnd = (text: string, at: number): boolean => at === text.length;
const isLineStart = (text: string, at: number): boolean => at === 0 || text[at - 1] === '\n';
const isLineEnd = (text: string, at: number): boolean => at === text.length || text[at] === '\n';
const isWordAt = (text: string, at: number): boolean => /\w/.test(text[at] ?? '');
const isWordEdge = (text: string, at: number): boolean =>
  isWordAt(text, at - 1) !== isWordAt(text, at);
