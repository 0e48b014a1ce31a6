/**
 * Where in some bytes words occur, in one pass and linear time: Aho and Corasick's automaton. Unlike that of the rules
 * it tells places, and all digits are one character to it (`0`), so that the shapes of numbers are words like others.
 */

/** Words, ready to be looked for. */
export interface WordFinder {
  /** Calls `hit` for every occurrence: the word's index, and the place behind its last byte. In the order of the ends. */
  scan(bytes: Uint8Array, hit: (word: number, end: number) => void): void;
}

/** Set on a transition whose state ends a word. */
const ENDS = 0x4000_0000;
const PLACE = ENDS - 1;

/** The class of each byte: letters without case, digits alike, 0 for what no word holds. */
function classesOf(words: readonly string[]): { classOf: Uint8Array; classes: number } {
  const classOf = new Uint8Array(256);
  let classes = 1;
  for (const character of new Set(words.join(''))) {
    const code = character.charCodeAt(0) & 255;
    const same =
      code === 48
        ? [48, 49, 50, 51, 52, 53, 54, 55, 56, 57]
        : code >= 97 && code <= 122
          ? [code, code - 32]
          : [code];
    for (const one of same) classOf[one] = classes;
    classes += 1;
  }
  return { classOf, classes };
}

/** @param given lower-case; a digit stands for any */
export function createWordFinder(given: readonly string[]): WordFinder {
  const words = given.map((word) => word.replace(/\d/g, '0'));
  const { classOf, classes } = classesOf(words);
  const most = words.reduce((sum, { length }) => sum + length, 1);
  const table = new Int32Array(most * classes);
  const ends: number[][] = [[]];
  let states = 1;
  for (const [index, word] of words.entries()) {
    let state = 0;
    for (const character of word) {
      const at = state * classes + (classOf[character.charCodeAt(0) & 255] as number);
      if (table[at] === 0) {
        table[at] = states;
        ends.push([]);
        states += 1;
      }
      state = table[at] as number;
    }
    (ends[state] as number[]).push(index);
  }
  linkFailures(table, classes, ends);
  for (let at = 0; at < states * classes; at += 1) {
    const to = table[at] as number;
    table[at] = (to * classes) | ((ends[to] as number[]).length > 0 ? ENDS : 0);
  }
  return {
    scan(bytes, hit) {
      let state = 0;
      for (let index = 0; index < bytes.length; index += 1) {
        const next = table[state + (classOf[bytes[index] as number] as number)] as number;
        if (next < ENDS) {
          state = next;
          continue;
        }
        state = next & PLACE;
        for (const word of ends[state / classes] as number[]) hit(word, index + 1);
      }
    },
  };
}

/** What a state has no way for, the longest shorter one that it ends with decides. */
function linkFailures(table: Int32Array, classes: number, ends: number[][]): void {
  const failures = new Int32Array(ends.length);
  const waiting: number[] = [];
  for (let one = 0; one < classes; one += 1)
    if (table[one] !== 0) waiting.push(table[one] as number);
  for (let next = 0; next < waiting.length; next += 1) {
    const state = waiting[next] as number;
    const failure = failures[state] as number;
    (ends[state] as number[]).push(...(ends[failure] as number[]));
    for (let one = 0; one < classes; one += 1) {
      const at = state * classes + one;
      const other = table[failure * classes + one] as number;
      if (table[at] === 0) table[at] = other;
      else {
        failures[table[at] as number] = other;
        waiting.push(table[at] as number);
      }
    }
  }
}
