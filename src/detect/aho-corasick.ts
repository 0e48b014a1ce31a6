/**
 * Finds which of many literals occur in a text, in one pass and linear time, ignoring ASCII case.
 * A flat transition table over few character classes keeps it in the processor's cache. Its rows are worked
 * out when a text first leads to them: of the thousands for the web rules, real logs visit a few hundred.
 * @see Aho, Corasick: Efficient string matching (1975)
 */

export interface Automaton {
  /**
   * Calls `hit` with a pattern's index for each occurrence of a pattern in `bytes[start, end)`
   * (an index may come more than once).
   */
  scan(bytes: Uint8Array, start: number, end: number, hit: (pattern: number) => void): void;
  /**
   * The same over the percent-decoded bytes, without making them.
   * @param plus the character code that `+` stands for: 43 for itself, 32 for a space
   */
  scanDecoded(
    bytes: Uint8Array,
    start: number,
    end: number,
    plus: number,
    hit: (pattern: number) => void,
  ): void;
}

/** Where a text can lead: the states of the automaton with their transitions. */
interface States {
  classOf: Uint8Array;
  classes: number;
  /** The next state, by `state * classes + class`; meaningless in the row of an open state. */
  table: Int32Array | Uint16Array;
  /** By state, 0 for most: IS_OPEN and HAS_OUTPUT. */
  marks: Uint8Array;
  /** By state: the patterns that end there. */
  outputs: readonly (readonly number[])[];
  /** Works out the row of an open state. */
  open(state: number): void;
}

/** The row of the state is not there yet. */
const IS_OPEN = 1;
/** A pattern ends in the state. */
const HAS_OUTPUT = 2;

/** Makes the automaton of lower-case patterns. Characters above U+00FF match by their low byte only. */
export function createAutomaton(patterns: readonly string[]): Automaton {
  const { classOf, classes, table, marks, outputs, open } = createStates(patterns);
  /** Called for the few states that have a mark. */
  const arrive = (state: number, hit: (pattern: number) => void): void => {
    if (((marks[state] as number) & IS_OPEN) !== 0) open(state);
    const found = outputs[state] as readonly number[];
    for (let index = 0; index < found.length; index += 1) hit(found[index] as number);
  };

  return {
    scan(bytes, start, end, hit) {
      let state = 0;
      for (let index = start; index < end; index += 1) {
        state = table[state * classes + (classOf[bytes[index] as number] as number)] as number;
        if (marks[state] !== 0) arrive(state, hit);
      }
    },
    scanDecoded(bytes, start, end, plus, hit) {
      let state = 0;
      for (let index = start; index < end; index += 1) {
        let code = bytes[index] as number;
        if (code === PLUS) code = plus;
        else if (code === PERCENT && index + 2 < end) {
          const high = hexValue(bytes[index + 1] as number);
          const low = hexValue(bytes[index + 2] as number);
          if (high >= 0 && low >= 0) {
            code = high * 16 + low;
            index += 2;
          }
        }
        state = table[state * classes + (classOf[code] as number)] as number;
        if (marks[state] !== 0) arrive(state, hit);
      }
    },
  };
}

const PLUS = 43;
const PERCENT = 37;
/** Most states end no pattern; one list serves them all. */
const NONE: readonly number[] = [];

/** 0 to 15, or -1 for what is no hexadecimal digit. */
function hexValue(code: number): number {
  if (code >= 48 && code <= 57) return code - 48;
  const letter = code | 32;
  return letter >= 97 && letter <= 102 ? letter - 87 : -1;
}

/** Class 0 is every character that no pattern holds. */
function characterClasses(patterns: readonly string[]): { classOf: Uint8Array; classes: number } {
  const classOf = new Uint8Array(256);
  let classes = 1;
  for (const character of new Set(patterns.join(''))) {
    for (let index = 0; index < character.length; index += 1) {
      const code = character.charCodeAt(index) & 255;
      if (classOf[code] !== 0) continue;
      classOf[code] = classes;
      if (code >= 97 && code <= 122) classOf[code - 32] = classes;
      classes += 1;
    }
  }
  return { classOf, classes };
}

/** The states reached so far: each is what of the text may begin a pattern. */
function createStates(patterns: readonly string[]): States {
  const { classOf, classes } = characterClasses(patterns);
  const most = patterns.reduce((sum, { length }) => sum + length, 1);
  // Half the size where it fits. Memory that is never touched costs nothing.
  const table = new (most < 65_536 ? Uint16Array : Int32Array)(most * classes);
  const marks = new Uint8Array(most);
  const outputs: (readonly number[])[] = [];
  /** By state: the patterns that begin with it, its length, and the longest shorter state that it ends with. */
  const members: (readonly number[])[] = [];
  const depths: number[] = [];
  const failures: number[] = [];

  /** The members that are longer than the depth, by the class of their next character. */
  const childrenOf = (of: readonly number[], depth: number): Map<number, number[]> => {
    const children = new Map<number, number[]>();
    for (let index = 0; index < of.length; index += 1) {
      const pattern = of[index] as number;
      const text = patterns[pattern] as string;
      if (text.length === depth) continue;
      const character = classOf[text.charCodeAt(depth) & 255] as number;
      const child = children.get(character);
      if (child === undefined) children.set(character, [pattern]);
      else child.push(pattern);
    }
    return children;
  };

  const add = (of: readonly number[], depth: number, failure: number): number => {
    const own = of.filter((pattern) => (patterns[pattern] as string).length === depth);
    const inherited = outputs[failure] ?? NONE;
    const state = members.push(of) - 1;
    depths.push(depth);
    failures.push(failure);
    outputs.push(own.length === 0 ? inherited : [...own, ...inherited]);
    marks[state] = IS_OPEN | (outputs[state] === NONE ? 0 : HAS_OUTPUT);
    return state;
  };

  /** The row of the failure state must be there: what the state has no child for, that one decides. */
  const fillRow = (state: number): void => {
    const row = state * classes;
    const failureRow = (failures[state] as number) * classes;
    if (state !== 0) table.copyWithin(row, failureRow, failureRow + classes);
    const depth = depths[state] as number;
    const children = childrenOf(members[state] as readonly number[], depth);
    for (const [character, of] of children) {
      table[row + character] = add(of, depth + 1, table[row + character] as number);
    }
    marks[state] = (marks[state] as number) & HAS_OUTPUT;
  };

  const open = (state: number): void => {
    const waiting: number[] = [];
    for (let next = state; ((marks[next] as number) & IS_OPEN) !== 0; ) {
      waiting.push(next);
      next = failures[next] as number;
    }
    for (const next of waiting.reverse()) fillRow(next);
  };

  add([...patterns.keys()], 0, 0);
  fillRow(0);
  return { classOf, classes, table, marks, outputs, open };
}
