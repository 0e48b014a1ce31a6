/** Finds texts and counts newlines in a block of bytes, sixteen at a time where the machine can. */
import type { Needle } from './line-test.ts';
import { simdModule } from './simd-code.ts';

/** What is used of WebAssembly: Node has it, and its types are the browser's. */
interface Memory {
  buffer: ArrayBuffer;
  grow(pages: number): number;
}
declare const WebAssembly: {
  Memory: new (size: { initial: number }) => Memory;
  Module: new (code: Uint8Array) => object;
  Instance: new (module: object, imports: object) => { exports: unknown };
  validate(code: Uint8Array): boolean;
};

/** A block that is read into, and what can be done with its bytes. */
export interface Block {
  /** Valid until `grow`. */
  readonly bytes: Buffer;
  /** How many of them may be filled. */
  readonly capacity: number;
  /** Doubles the block, keeping what is in it. */
  grow(): void;
  /** Newlines in `[start, end)`. */
  countLines(start: number, end: number): number;
  /** Makes the search for a text: its first place in `[start, end)` that ends there, too, or -1. */
  finder(needle: Needle): (start: number, end: number) => number;
}

/** The two loops; see `simd-code.ts`. */
interface Loops {
  find(
    ...numbers: [
      ...[at: number, end: number],
      ...[offset1: number, value1: number, mask1: number],
      ...[offset2: number, value2: number, mask2: number],
    ]
  ): number;
  count(at: number, end: number): number;
}

const PAGE_BYTES = 1 << 16;
/** The loops may look so far behind the end, and a needle's length more. */
const SLACK_BYTES = PAGE_BYTES;

/** Makes a block. @param isPlain without WebAssembly, as where the system forbids it */
export function createBlock(firstBytes: number, isPlain = !hasWebAssembly()): Block {
  let capacity = firstBytes;
  const pagesOf = (bytes: number): number => Math.ceil((bytes + SLACK_BYTES) / PAGE_BYTES);
  const memory = isPlain ? undefined : new WebAssembly.Memory({ initial: pagesOf(capacity) });
  let bytes =
    memory === undefined ? Buffer.alloc(capacity + SLACK_BYTES) : Buffer.from(memory.buffer);
  const loops = memory === undefined ? plainLoops(() => bytes) : simdLoops(memory);
  return {
    get bytes() {
      return bytes;
    },
    get capacity() {
      return capacity;
    },
    grow() {
      capacity *= 2;
      if (memory === undefined) {
        bytes = Buffer.concat([bytes], capacity + SLACK_BYTES);
        return;
      }
      memory.grow(pagesOf(capacity) - memory.buffer.byteLength / PAGE_BYTES);
      bytes = Buffer.from(memory.buffer);
    },
    countLines: (start, end) => loops.count(start, end),
    finder: (needle) => createFinder(loops, () => bytes, needle),
  };
}

function hasWebAssembly(): boolean {
  try {
    return typeof WebAssembly === 'object' && WebAssembly.validate(simdModule());
  } catch {
    return false;
  }
}

const simdLoops = (memory: Memory): Loops =>
  new WebAssembly.Instance(new WebAssembly.Module(simdModule()), { host: { memory } })
    .exports as Loops;

const plainLoops = (bytesNow: () => Buffer): Loops => ({
  find(at, end, offset1, value1, mask1, offset2, value2, mask2) {
    const bytes = bytesNow();
    for (let index = at; index < end; index += 1) {
      if (
        ((bytes[index + offset1] as number) | mask1) === value1 &&
        ((bytes[index + offset2] as number) | mask2) === value2
      )
        return index;
    }
    return -1;
  },
  count(at, end) {
    const bytes = bytesNow();
    let lines = 0;
    for (let index = bytes.indexOf(10, at); index !== -1 && index < end; lines += 1)
      index = bytes.indexOf(10, index + 1);
    return lines;
  },
});

/** Bytes of logs, the commonest first: two that are rare tell most places apart. */
const COMMON = ' 0123456e7a8o9tnri/s.-:d"cplmu,hgf\'()=[]bwykv_xzj;{}<>&?%+|#@*~$!^`\\';

const rarity = (byte: number): number => {
  const rank = COMMON.indexOf(String.fromCharCode(byte).toLowerCase());
  const isUpper = byte >= 65 && byte <= 90;
  return (rank < 0 ? COMMON.length : rank) + (isUpper ? 16 : 0);
};

/** The two rarest bytes of the text, different ones where there are any; their places. */
function rarePair(bytes: Buffer): [number, number] {
  const places = [...bytes.keys()].sort(
    (a, b) => rarity(bytes[b] as number) - rarity(bytes[a] as number),
  );
  const [first = 0] = places;
  const other = places.find((place) => bytes[place] !== bytes[first]) ?? places[1] ?? first;
  return [first, other];
}

const CASE_BIT = 32;
const isLetter = (byte: number): boolean => (byte | CASE_BIT) >= 97 && (byte | CASE_BIT) <= 122;

function createFinder(
  { find }: Loops,
  bytesNow: () => Buffer,
  { text, isCased }: Needle,
): (start: number, end: number) => number {
  const wanted = Buffer.from(isCased ? text : text.toLowerCase(), 'utf8');
  const masks = Uint8Array.from(wanted, (byte) => (!isCased && isLetter(byte) ? CASE_BIT : 0));
  const [one, two] = rarePair(wanted);
  const sureOnes = new Set([one, two]);
  const others = [...wanted.keys()].filter((place) => !sureOnes.has(place));
  const isThere = (bytes: Buffer, at: number): boolean => {
    for (const place of others) {
      if (((bytes[at + place] as number) | (masks[place] as number)) !== wanted[place])
        return false;
    }
    return true;
  };
  const [value1 = 0, mask1 = 0] = [wanted[one], masks[one]];
  const [value2 = 0, mask2 = 0] = [wanted[two], masks[two]];
  return (start, end) => {
    const stop = end - wanted.length + 1;
    const bytes = bytesNow();
    for (let at = start; at < stop; at += 1) {
      at = find(at, stop, one, value1, mask1, two, value2, mask2);
      if (at < 0 || isThere(bytes, at)) return at;
    }
    return -1;
  };
}
