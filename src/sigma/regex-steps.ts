/** RE2 syntax to steps over positions. What is not certain to be understood is left to RE2. */
import { closed, inverse, only, readClass, readClassEscape } from './regex-class.ts';
import {
  type FlaggedCursor,
  isAscii,
  type RegexFlags,
  readBranches,
  readWhole,
  Unknown,
} from './regex-cursor.ts';
import {
  branchStep,
  classStep,
  placeStep,
  repeatStep,
  type Step,
  sequenceStep,
  wordStep,
} from './regex-positions.ts';

/** RE2 takes no more repetitions. */
const MAX_COUNT = 1000;

/** The step of a whole expression; undefined for one with syntax that is not read here. */
export function readExpression(expression: string, flags: RegexFlags): Step | undefined {
  if (!isAscii(expression)) return undefined;
  return readWhole({ text: expression, at: 0, depth: 0, flags }, readStep);
}

const readStep = (cursor: FlaggedCursor): Step => branchStep(readBranches(cursor, readSequence));

function readSequence(cursor: FlaggedCursor): Step {
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

function counted(cursor: FlaggedCursor, atom: Atom, count: Count | undefined): Step {
  const [min, max] = count ?? [1, 1];
  if (typeof atom === 'string') return classStep(closed(cursor, only(atom)), min, max);
  if (atom instanceof Uint8Array) return classStep(atom, min, max);
  if ('group' in atom) return count === undefined ? atom.group : repeatStep(atom.group, min, max);
  if (count !== undefined) throw new Unknown();
  return atom.place;
}

function readAtom(cursor: FlaggedCursor, character: string): Atom {
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

function readGroup(cursor: FlaggedCursor): Step {
  if (cursor.text.startsWith('?:', cursor.at)) cursor.at += 2;
  else if (cursor.text[cursor.at] === '?') throw new Unknown();
  const step = readStep(cursor);
  if (cursor.text[cursor.at] !== ')') throw new Unknown();
  cursor.at += 1;
  return step;
}

function readEscape(cursor: FlaggedCursor): Atom {
  const escaped = cursor.text[cursor.at] ?? '';
  if (escaped === 'b') {
    cursor.at += 1;
    return { place: placeStep(isWordEdge) };
  }
  return readClassEscape(cursor);
}

function readCount(cursor: FlaggedCursor): Count | undefined {
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

const isTextStart = (_text: string, at: number): boolean => at === 0;
const isTextEnd = (text: string, at: number): boolean => at === text.length;
const isLineStart = (text: string, at: number): boolean => at === 0 || text[at - 1] === '\n';
const isLineEnd = (text: string, at: number): boolean => at === text.length || text[at] === '\n';
const isWordAt = (text: string, at: number): boolean => /\w/.test(text[at] ?? '');
const isWordEdge = (text: string, at: number): boolean =>
  isWordAt(text, at - 1) !== isWordAt(text, at);
