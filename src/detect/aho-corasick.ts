/**
 * Finds which of many literals occur in a text, in one pass and linear time, ignoring ASCII case.
 * A flat transition table over few character classes keeps it in the processor's cache. Its rows are worked
 * out when a text first leads to them: of the thousands for the web rules, real logs visit a few hundred.
 * @see Aho, Corasick: Efficient string matching (1975)
 */

/** The patterns, ready to be looked for in bytes. */
export interface Automaton {
  /**
   * Calls `hit` with a pattern's index for each occurrence of a pattern in `bytes[start, end)`
   * (an index may come more than once).
   * @param kinds bits by byte @returns the bits of all bytes together
   */
  scan(
    bytes: Uint8Array,
    start: number,
    end: number,
    hit: (pattern: number) => void,
    kinds: Uint8Array,
  ): number;
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

/** Where a text can lead: the states of the automaton with their transitions. A state is the place of its row. */
interface States {
  classOf: Uint8Array;
  /**
   * The next state, by `state + class`; meaningless in the row of an open state. Negative, with the sign bit set on
   * it: look at the state, which may be open or end a pattern.
   */
  table: Int32Array;
  /** Opens the state that `table[at]` leads to, where it is open. @returns the patterns that end there */
  arrive(at: number): readonly number[];
}

const LOOK = 0x8000_0000;
const STATE = 0x7fff_ffff;

/** Makes the automaton of lower-case patterns. Characters above U+00FF match by their low byte only. */
export function createAutomaton(patterns: readonly string[]): Automaton {
  const { classOf, table, arrive } = createStates(patterns);
  const look = (at: number, hit: (pattern: number) => void): number => {
    const found = arrive(at);
    for (let index = 0; index < found.length; index += 1) hit(found[index] as number);
    return (table[at] as number) & STATE;
  };

  return {
    scan(bytes, start, end, hit, kinds) {
      let state = 0;
      let seen = 0;
      for (let index = start; index < end; index += 1) {
        const code = bytes[index] as number;
        seen |= kinds[code] as number;
        const at = state + (classOf[code] as number);
        state = table[at] as number;
        if (state < 0) state = look(at, hit);
      }
      return seen;
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
        const at = state + (classOf[code] as number);
        state = table[at] as number;
        if (state < 0) state = look(at, hit);
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
  // Memory that is never touched costs nothing.
  const table = new Int32Array(most * classes);
  /** By state's number: the patterns that end there. */
  const outputs: (readonly number[])[] = [];
  /** The patterns that begin with it, its length, and the longest shorter state that it ends with. */
  const members: (readonly number[])[] = [];
  const depths: number[] = [];
  const failures: number[] = [];
  const isOpen: boolean[] = [];

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
    depths.push(depth);
    failures.push(failure);
    isOpen.push(true);
    outputs.push(own.length === 0 ? inherited : [...own, ...inherited]);
    return members.push(of) - 1;
  };

  /** The row of the failure state must be there: what the state has no child for, that one decides. */
  const fillRow = (state: number): void => {
    const row = state * classes;
    const failureRow = (failures[state] as number) * classes;
    if (state !== 0) table.copyWithin(row, failureRow, failureRow + classes);
    const depth = depths[state] as number;
    const children = childrenOf(members[state] as readonly number[], depth);
    for (const [character, of] of children) {
      const failure = ((table[row + character] as number) & STATE) / classes;
      table[row + character] = (add(of, depth + 1, failure) * classes) | LOOK;
    }
    isOpen[state] = false;
  };

  const open = (state: number): void => {
    const waiting: number[] = [];
    for (let next = state; isOpen[next] === true; next = failures[next] as number) {
      waiting.push(next);
    }
    for (const next of waiting.reverse()) fillRow(next);
  };

  add([...patterns.keys()], 0, 0);
  fillRow(0);
  return {
    classOf,
    table,
    arrive(at) {
      const row = (table[at] as number) & STATE;
      const state = row / classes;
      open(state);
      const found = outputs[state] as readonly number[];
      if (found.length === 0) table[at] = row;
      return found;
    },
  };
}
