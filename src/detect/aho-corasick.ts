/**
 * Finds which of many literals occur in a text, in one pass and linear time, ignoring ASCII case.
 * A flat transition table over few character classes keeps it in the processor's cache.
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

/** The patterns as a tree of states in flat columns: thousands of small objects take several times as long. */
interface Trie {
  /** By state: the first of its children, and the next child of its parent; 0 for none. */
  child: Int32Array;
  sibling: Int32Array;
  /** By state: the character class that leads to it. */
  character: Uint8Array;
  /** By state: the patterns that end in it. */
  outputs: (readonly number[])[];
}

/** Builds the automaton of lower-case patterns. Characters above U+00FF match by their low byte only. */
export function createAutomaton(patterns: readonly string[]): Automaton {
  const { classOf, classes } = characterClasses(patterns);
  const trie = buildTrie(patterns, classOf);
  const { outputs } = trie;
  // Half the size where it fits: the table should stay in the processor's cache.
  const table =
    outputs.length < 65_536
      ? new Uint16Array(outputs.length * classes)
      : new Int32Array(outputs.length * classes);
  linkFailures(trie, table, classes);
  const hasOutput = new Uint8Array(outputs.length);
  for (let state = 0; state < outputs.length; state += 1) {
    if (outputs[state] !== NONE) hasOutput[state] = 1;
  }

  return {
    scan(bytes, start, end, hit) {
      let state = 0;
      for (let index = start; index < end; index += 1) {
        state = table[state * classes + (classOf[bytes[index] as number] as number)] as number;
        if (hasOutput[state] === 1) {
          for (const pattern of outputs[state] as readonly number[]) hit(pattern);
        }
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
        if (hasOutput[state] === 1) {
          for (const pattern of outputs[state] as readonly number[]) hit(pattern);
        }
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
  for (const pattern of patterns) {
    for (let index = 0; index < pattern.length; index += 1) {
      const code = pattern.charCodeAt(index) & 255;
      if (classOf[code] !== 0) continue;
      classOf[code] = classes;
      if (code >= 97 && code <= 122) classOf[code - 32] = classes;
      classes += 1;
    }
  }
  return { classOf, classes };
}

function buildTrie(patterns: readonly string[], classOf: Uint8Array): Trie {
  const most = patterns.reduce((sum, { length }) => sum + length, 1);
  const child = new Int32Array(most);
  const sibling = new Int32Array(most);
  const character = new Uint8Array(most);
  const outputs: (readonly number[])[] = [NONE];
  patterns.forEach((pattern, patternIndex) => {
    let state = 0;
    for (let index = 0; index < pattern.length; index += 1) {
      const wanted = classOf[pattern.charCodeAt(index) & 255] as number;
      let next = child[state] as number;
      while (next !== 0 && character[next] !== wanted) next = sibling[next] as number;
      if (next === 0) {
        next = outputs.push(NONE) - 1;
        character[next] = wanted;
        sibling[next] = child[state] as number;
        child[state] = next;
      }
      state = next;
    }
    outputs[state] = [...(outputs[state] as readonly number[]), patternIndex];
  });
  return { child, sibling, character, outputs };
}

/** Breadth-first: failure links, inherited outputs and the complete transition table. */
function linkFailures(
  { child, sibling, character, outputs }: Trie,
  table: Int32Array | Uint16Array,
  classes: number,
): void {
  const failures = new Int32Array(outputs.length);
  const queue = new Int32Array(outputs.length);
  let tail = 1;
  for (let head = 0; head < tail; head += 1) {
    const state = queue[head] as number;
    const row = state * classes;
    const failureRow = (failures[state] as number) * classes;
    // What the state has no child for, its failure state decides.
    if (state !== 0) table.copyWithin(row, failureRow, failureRow + classes);
    for (let next = child[state] as number; next !== 0; next = sibling[next] as number) {
      const edge = row + (character[next] as number);
      const failure = state === 0 ? 0 : (table[edge] as number);
      const inherited = outputs[failure] as readonly number[];
      if (inherited.length > 0) {
        const own = outputs[next] as readonly number[];
        outputs[next] = own.length === 0 ? inherited : [...own, ...inherited];
      }
      failures[next] = failure;
      table[edge] = next;
      queue[tail] = next;
      tail += 1;
    }
  }
}
