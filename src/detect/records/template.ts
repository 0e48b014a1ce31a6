/** The template of lines that differ in their slots only, and where a line has them. */
import { ipv4Number } from '../../logs/formats/ipv4-number.ts';
import type { LineSlot, SlotKind } from '../../logs/formats/log-format.ts';

/** What stands between the slots of a line, byte for byte. */
export interface Template {
  slots: readonly LineSlot[];
  /** All that stands around the slots: one text more than there are slots. */
  around: readonly string[];
  /** By kind, which slot holds it; -1 where none does. */
  slotOf: Readonly<Record<Exclude<SlotKind, 'number'>, number>>;
  /** It alone. */
  tree: TemplateTree<true>;
}

/** Where the line that was matched last has its slots. One serves all templates. */
export interface Found {
  starts: Int32Array;
  ends: Int32Array;
  /** The number of its address; -1 without one. */
  address: number;
  /** The number in its size. */
  size: number;
  /** Where its newline is. */
  newline: number;
}

const KINDS = ['time', 'address', 'target', 'size', 'referrer', 'agent', 'number'] as const;
const [TIME, ADDRESS, TARGET, SIZE, REFERRER, AGENT] = [0, 1, 2, 3, 4, 5];

/** Makes the place for what is found. */
export const createFound = (): Found => ({
  starts: new Int32Array(64),
  ends: new Int32Array(64),
  address: -1,
  size: 0,
  newline: -1,
});

/** Puts what was found for one line in the place of another's. */
export function exchange(one: Found, other: Found): void {
  const { starts, ends, address, size, newline } = one;
  one.starts = other.starts;
  one.ends = other.ends;
  one.address = other.address;
  one.size = other.size;
  one.newline = other.newline;
  other.starts = starts;
  other.ends = ends;
  other.address = address;
  other.size = size;
  other.newline = newline;
}

/** What a line without its slots is. */
export const keyOf = (line: string, slots: readonly LineSlot[]): string =>
  around(line, slots).join('\n');

function around(line: string, slots: readonly LineSlot[]): string[] {
  const parts: string[] = [];
  let from = 0;
  for (const { start, end } of slots) {
    parts.push(line.slice(from, start));
    from = end;
  }
  return [...parts, line.slice(from)];
}

/** Makes the template of an ASCII line. */
export function createTemplate(line: string, slots: readonly LineSlot[]): Template {
  const slotOf = Object.fromEntries(
    KINDS.map((kind) => [kind, slots.findIndex((slot) => slot.kind === kind)]),
  ) as unknown as Template['slotOf'];
  const tree = createTemplateTree<true>();
  const template = { slots, around: around(line, slots), slotOf, tree };
  tree.add(template, true);
  return template;
}

/** Templates by what their lines begin with: what several of them begin with is compared once. */
export interface TemplateTree<T> {
  /** @param value what `find` gives for the lines of the template */
  add(template: Pick<Template, 'slots' | 'around'>, value: T): void;
  /**
   * Finds the slots of the line that begins at `start`; undefined when it is no line of a template, or not one for sure.
   * @param limit end of the bytes
   */
  find(
    bytes: Uint8Array,
    view: DataView,
    start: number,
    limit: number,
    found: Found,
  ): T | undefined;
}

/** A text between slots and what comes after it: a slot, or nothing. */
interface Branch<T> {
  text: string;
  around: DataView;
  length: number;
  kind: number;
  isText: boolean;
  next: Branch<T>[];
  /** Of the last one of a template. */
  value: T | undefined;
}

/** After the last text there is no slot. */
const END = -1;

function branchOf<T>(list: Branch<T>[], text: string, slot: LineSlot | undefined): Branch<T> {
  const kind = slot === undefined ? END : KINDS.indexOf(slot.kind);
  const isText = slot?.isText === true;
  const known = list.find(
    (each) => each.text === text && each.kind === kind && each.isText === isText,
  );
  if (known !== undefined) return known;
  const { buffer, byteOffset, length } = Buffer.from(text, 'latin1');
  const around = new DataView(buffer, byteOffset, length);
  const branch: Branch<T> = { text, around, length, kind, isText, next: [], value: undefined };
  list.unshift(branch);
  return branch;
}

/** Makes a tree without templates. */
export function createTemplateTree<T>(): TemplateTree<T> {
  const root: Branch<T>[] = [];
  return {
    add({ slots, around }, value) {
      let list = root;
      for (const [index, text] of around.entries()) {
        const branch = branchOf(list, text, slots[index]);
        if (index === slots.length) branch.value ??= value;
        list = branch.next;
      }
    },
    find: (bytes, view, start, limit, found) => follow(root, 0, bytes, view, start, limit, found),
  };
}

/** Follows one of the branches; the one that was followed last is tried first. */
function follow<T>(
  branches: Branch<T>[],
  slot: number,
  bytes: Uint8Array,
  view: DataView,
  start: number,
  limit: number,
  found: Found,
): T | undefined {
  for (let index = 0; index < branches.length; index += 1) {
    const branch = branches[index] as Branch<T>;
    const { around, length, kind, isText } = branch;
    const at = start + length;
    if (at > limit || !isAround(around, length, view, start)) continue;
    let value: T | undefined;
    if (kind === END) {
      if (at < limit && bytes[at] === NEWLINE) value = branch.value;
      found.newline = at;
    } else {
      const end = isText ? textEnd(bytes, at, limit) : numberEnd(bytes, at, limit);
      if (end < 0 || !isOfKind(kind, isText, bytes, at, end, found)) continue;
      found.starts[slot] = at;
      found.ends[slot] = end;
      value = follow(branch.next, slot + 1, bytes, view, end, limit, found);
    }
    if (value === undefined) continue;
    if (index > 0) {
      branches[index] = branches[index - 1] as Branch<T>;
      branches[index - 1] = branch;
    }
    return value;
  }
  return undefined;
}

/** Do the bytes from `start` on hold what `around` has? */
function isAround(around: DataView, length: number, view: DataView, start: number): boolean {
  let index = 0;
  for (; index + 4 <= length; index += 4) {
    if (around.getInt32(index) !== view.getInt32(start + index)) return false;
  }
  for (; index < length; index += 1) {
    if (around.getUint8(index) !== view.getUint8(start + index)) return false;
  }
  return true;
}

const NEWLINE = 10;
const QUOTE = 34;
const DOT = 46;
const SLASH = 47;
const ZERO = 48;
const BACKSLASH = 92;

/** Where a text without escapes and of printable ASCII ends; -1 when it is none. */
function textEnd(bytes: Uint8Array, start: number, limit: number): number {
  for (let index = start; index < limit; index += 1) {
    const code = bytes[index] as number;
    if (code === QUOTE) return index;
    if (code < 32 || code > 126 || code === BACKSLASH) return -1;
  }
  return -1;
}

/** Where a number in its plainest form ends. */
function numberEnd(bytes: Uint8Array, start: number, limit: number): number {
  let index = start;
  let dot = -1;
  for (; index < limit; index += 1) {
    const code = bytes[index] as number;
    if (code >= ZERO && code <= 57) continue;
    if (code !== DOT || dot >= 0 || index === start) break;
    dot = index;
  }
  const whole = (dot < 0 ? index : dot) - start;
  if (whole === 0 || whole > 15 || dot === index - 1 || index - start > 24) return -1;
  return whole > 1 && bytes[start] === ZERO ? -1 : index;
}

function isOfKind(
  kind: number,
  isText: boolean,
  bytes: Uint8Array,
  start: number,
  end: number,
  found: Found,
): boolean {
  switch (kind) {
    case TIME:
      return true;
    case ADDRESS:
      found.address = ipv4Number(bytes, start, end);
      return found.address >= 0;
    case TARGET:
      return end > start && bytes[start] === SLASH;
    case SIZE:
      found.size = sizeOf(bytes, start, end);
      return found.size >= 0;
    case REFERRER:
    case AGENT:
      return !isWord(bytes, start, end);
    default:
      return !isText || isNumeric(bytes, start, end);
  }
}

/** A size in plain digits; -1 when it is none. */
function sizeOf(bytes: Uint8Array, start: number, end: number): number {
  if (end === start || end - start > 15 || (end - start > 1 && bytes[start] === ZERO)) return -1;
  let size = 0;
  for (let index = start; index < end; index += 1) {
    const digit = (bytes[index] as number) - ZERO;
    if (!(digit >= 0 && digit <= 9)) return -1;
    size = size * 10 + digit;
  }
  return size;
}

/** A single word might be one by which a product's records are told. */
function isWord(bytes: Uint8Array, start: number, end: number): boolean {
  for (let index = start; index < end; index += 1) {
    const letter = (bytes[index] as number) | 32;
    if (letter < 97 || letter > 122) return false;
  }
  return end - start > 2;
}

/** Digits, also hexadecimal ones, and what stands between them in numbers, times and ids. */
const NUMERIC = Uint8Array.from({ length: 256 }, (_, code) =>
  /[\da-fA-F.:-]/.test(String.fromCharCode(code)) ? 1 : 0,
);

function isNumeric(bytes: Uint8Array, start: number, end: number): boolean {
  let hasDigit = false;
  for (let index = start; index < end; index += 1) {
    const code = bytes[index] as number;
    if (NUMERIC[code] === 0) return false;
    if (code >= ZERO && code <= 57) hasDigit = true;
  }
  return hasDigit && end - start <= 64;
}
