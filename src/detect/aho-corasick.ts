/**
 * Finds which of many literals occur in a text, in one pass and linear time, ignoring ASCII case.
 * A flat transition table over few character classes keeps it in the processor's cache.
 * @see Aho, Corasick: Efficient string matching (1975)
 */

export interface Automaton {
  /**
   * Calls `hit` with a pattern's index for each occurrence of a pattern in `text[start, end)`
   * (an index may come more than once).
   */
  scan(text: string, start: number, end: number, hit: (pattern: number) => void): void;
  /**
   * The same over the low bytes of the characters, `bytes[0, length)`. A line cut from a large text is read
   * several times faster this way than character by character.
   */
  scanBytes(bytes: Uint8Array, length: number, hit: (pattern: number) => void): void;
  /**
   * The same over the percent-decoded text, without making it.
   * @param plus the character code that `+` stands for: 43 for itself, 32 for a space
   */
  scanDecoded(
    text: string,
    start: number,
    end: number,
    plus: number,
    hit: (pattern: number) => void,
  ): void;
}

interface Node {
  next: Map<number, number>;
  fail: number;
  patterns: number[];
}

/** Builds the automaton of lower-case patterns. Characters above U+00FF match by their low byte only. */
export function createAutomaton(patterns: readonly string[]): Automaton {
  const { classOf, classes } = characterClasses(patterns);
  const nodes = buildTrie(patterns, classOf);
  // Half the size where it fits: the table should stay in the processor's cache.
  const table =
    nodes.length < 65_536
      ? new Uint16Array(nodes.length * classes)
      : new Int32Array(nodes.length * classes);
  linkFailures(nodes, table, classes);
  const outputs: (readonly number[])[] = nodes.map((node) => node.patterns);
  const hasOutput = Uint8Array.from(outputs, (list) => (list.length > 0 ? 1 : 0));

  return {
    scan(text, start, end, hit) {
      let state = 0;
      for (let index = start; index < end; index += 1) {
        state = table[
          state * classes + (classOf[text.charCodeAt(index) & 255] as number)
        ] as number;
        if (hasOutput[state] === 1) {
          for (const pattern of outputs[state] as readonly number[]) hit(pattern);
        }
      }
    },
    scanBytes(bytes, length, hit) {
      let state = 0;
      for (let index = 0; index < length; index += 1) {
        state = table[state * classes + (classOf[bytes[index] as number] as number)] as number;
        if (hasOutput[state] === 1) {
          for (const pattern of outputs[state] as readonly number[]) hit(pattern);
        }
      }
    },
    scanDecoded(text, start, end, plus, hit) {
      let state = 0;
      for (let index = start; index < end; index += 1) {
        let code = text.charCodeAt(index) & 255;
        if (code === PLUS) code = plus;
        else if (code === PERCENT && index + 2 < end) {
          const high = hexValue(text.charCodeAt(index + 1));
          const low = hexValue(text.charCodeAt(index + 2));
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

function buildTrie(patterns: readonly string[], classOf: Uint8Array): Node[] {
  const nodes: Node[] = [{ next: new Map(), fail: 0, patterns: [] }];
  patterns.forEach((pattern, patternIndex) => {
    let state = 0;
    for (let index = 0; index < pattern.length; index += 1) {
      const character = classOf[pattern.charCodeAt(index) & 255] as number;
      let next = (nodes[state] as Node).next.get(character);
      if (next === undefined) {
        next = nodes.length;
        nodes.push({ next: new Map(), fail: 0, patterns: [] });
        (nodes[state] as Node).next.set(character, next);
      }
      state = next;
    }
    (nodes[state] as Node).patterns.push(patternIndex);
  });
  return nodes;
}

/** Breadth-first: failure links, inherited outputs and the complete transition table. */
function linkFailures(nodes: Node[], table: Int32Array | Uint16Array, classes: number): void {
  const queue = [0];
  for (let head = 0; head < queue.length; head += 1) {
    const state = queue[head] as number;
    const node = nodes[state] as Node;
    const row = state * classes;
    // What the node has no child for, its failure state decides.
    if (state !== 0) table.copyWithin(row, node.fail * classes, (node.fail + 1) * classes);
    for (const [character, child] of node.next) {
      const viaFailure = state === 0 ? 0 : (table[row + character] as number);
      const childNode = nodes[child] as Node;
      childNode.fail = viaFailure;
      const inherited = (nodes[viaFailure] as Node).patterns;
      if (inherited.length > 0) childNode.patterns.push(...inherited);
      table[row + character] = child;
      queue.push(child);
    }
  }
}
