/**
 * Texts by number, each once, in a fraction of the memory that strings in a Map take: logs may name millions of users.
 */
export interface TextTable {
  /** The number of a text; a new one gets the next number. */
  numberOf(text: string): number;
  /** The text of a number; empty for one that was not given. */
  textOf(number: number): string;
  readonly size: number;
}

const ENCODINGS = ['latin1', 'utf16le'] as const;

/** A character that takes more than a byte. */
const WIDE = /[^\0-\xff]/;

const FIRST_TEXTS = 256;
const FIRST_BYTES = 4096;

/** Makes an empty table. */
export function createTextTable(): TextTable {
  /**
   * The texts, one after the other: a byte a character where that is enough, otherwise UTF-16, in which nothing is lost, not
   * even half a surrogate pair.
   */
  let arena = Buffer.alloc(FIRST_BYTES);
  let starts = new Uint32Array(FIRST_TEXTS + 1);
  /** The lowest bit says that the text is in UTF-16. */
  let hashes = new Int32Array(FIRST_TEXTS);
  /** Number plus one by hash; 0 is free. */
  let slots = new Uint32Array(FIRST_TEXTS * 2);
  let size = 0;

  const isSame = (number: number, from: number, length: number): boolean => {
    const start = starts[number]!;
    if (starts[number + 1]! - start !== length) return false;
    return arena.compare(arena, start, start + length, from, from + length) === 0;
  };
  const growArena = (needed: number): void => {
    if (needed <= arena.length) return;
    const wider = Buffer.alloc(Math.max(needed, arena.length * 2));
    arena.copy(wider);
    arena = wider;
  };
  const growTexts = (): void => {
    const [oldStarts, oldHashes] = [starts, hashes];
    starts = new Uint32Array(size * 2 + 1);
    starts.set(oldStarts);
    hashes = new Int32Array(size * 2);
    hashes.set(oldHashes);
    slots = new Uint32Array(size * 4);
    for (let number = 0; number < size; number += 1) {
      let slot = (hashes[number]! >>> 1) & (slots.length - 1);
      while (slots[slot] !== 0) slot = (slot + 1) & (slots.length - 1);
      slots[slot] = number + 1;
    }
  };

  return {
    get size() {
      return size;
    },
    textOf: (number) =>
      number < size
        ? arena.toString(ENCODINGS[hashes[number]! & 1], starts[number], starts[number + 1])
        : '',
    numberOf(text) {
      // Written behind the last one, where it stays when it is new.
      const from = starts[size]!;
      const isWide = WIDE.test(text) ? 1 : 0;
      growArena(from + (text.length << isWide));
      const length = arena.write(text, from, ENCODINGS[isWide]);
      const hash = (hashOf(arena, from, from + length) & ~1) | isWide;
      let slot = (hash >>> 1) & (slots.length - 1);
      for (; slots[slot] !== 0; slot = (slot + 1) & (slots.length - 1)) {
        const number = slots[slot]! - 1;
        if (hashes[number] === hash && isSame(number, from, length)) return number;
      }
      starts[size + 1] = from + length;
      hashes[size] = hash;
      size += 1;
      slots[slot] = size;
      if (size === hashes.length) growTexts();
      return size - 1;
    },
  };
}

/** Whoever writes a log must not know which texts share a slot. */
const SEED = Math.floor(Math.random() * 2 ** 32) | 0;

function hashOf(bytes: Buffer, start: number, end: number): number {
  let hash = SEED;
  for (let at = start; at < end; at += 1) {
    const product = Math.imul(hash ^ bytes[at]!, 0x9e3779b1);
    hash = product ^ (product >>> 15);
  }
  return hash;
}
