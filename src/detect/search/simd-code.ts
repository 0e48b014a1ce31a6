/**
 * Two loops over bytes that JavaScript cannot do sixteen at a time, as WebAssembly: where two bytes stand at a distance
 * of each other, and how many newlines there are. Written as instructions, put together when a search begins.
 * @see https://webassembly.github.io/spec/core/binary/index.html
 */

type Code = readonly number[];

const I32 = 0x7f;
const V128 = 0x7b;
const NONE = 0x40;

/** An unsigned number in LEB128. */
function number(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  do {
    const low = rest & 127;
    rest >>>= 7;
    bytes.push(rest === 0 ? low : low | 128);
  } while (rest !== 0);
  return bytes;
}

const get = (local: number): Code => [0x20, local];
const set = (local: number): Code => [0x21, local];
const integer = (value: number): Code => [0x41, ...(value < 0 ? [value & 127] : small(value))];
/** Signed numbers need one bit more. */
const small = (value: number): Code => (value < 64 ? [value] : [value | 128, 0]);
const simd = (code: number, ...rest: readonly number[]): Code => [0xfd, ...number(code), ...rest];

const ADD: Code = [0x6a];
const LESS: Code = [0x49];
const NOT_LESS: Code = [0x4f];
const MORE: Code = [0x4b];
const TRAILING_ZEROS: Code = [0x68];
const ONES: Code = [0x69];
const EQUAL: Code = [0x46];
const RETURN: Code = [0x0f];
const END: Code = [0x0b];
const byteAt = (): Code => [0x2d, 0, 0];
const load = (offset: number): Code => simd(0x00, 0, ...number(offset));
const SPLAT = simd(0x0f);
const EQUAL_BYTES = simd(0x23);
const AND = simd(0x4e);
const OR = simd(0x50);
const ANY = simd(0x53);
const BITS = simd(0x64);

const block = (...code: readonly Code[]): Code => [0x02, NONE, ...code.flat(), ...END];
const loop = (...code: readonly Code[]): Code => [0x03, NONE, ...code.flat(), ...END];
const when = (...code: readonly Code[]): Code => [0x04, NONE, ...code.flat(), ...END];
const leave = (depth: number): Code => [0x0c, depth];
const leaveIf = (depth: number): Code => [0x0d, depth];

/** `find(at, end, offset1, value1, mask1, offset2, value2, mask2)`: its parameters, then its locals. */
const [AT, STOP, OFFSET1, VALUE1, MASK1, OFFSET2, VALUE2, MASK2] = [0, 1, 2, 3, 4, 5, 6, 7];
const [FOUND, ALL1, ANY1, ALL2, ANY2] = [8, 9, 10, 11, 12];

/** Sixteen positions from `AT + by` on: in which of them do both bytes stand? */
const both = (by: number): Code => [
  ...[...get(AT), ...get(OFFSET1), ...ADD, ...load(by), ...get(ANY1), ...OR, ...get(ALL1)],
  ...EQUAL_BYTES,
  ...[...get(AT), ...get(OFFSET2), ...ADD, ...load(by), ...get(ANY2), ...OR, ...get(ALL2)],
  ...[...EQUAL_BYTES, ...AND],
];

const FIND: Code = [
  ...[...get(VALUE1), ...SPLAT, ...set(ALL1), ...get(MASK1), ...SPLAT, ...set(ANY1)],
  ...[...get(VALUE2), ...SPLAT, ...set(ALL2), ...get(MASK2), ...SPLAT, ...set(ANY2)],
  // Sixty-four at a time, until there is one among them.
  ...block(
    loop(
      [...get(AT), ...get(STOP), ...NOT_LESS, ...leaveIf(1)],
      [...both(0), ...both(16), ...OR, ...both(32), ...OR, ...both(48), ...OR, ...ANY],
      leaveIf(1),
      [...get(AT), ...integer(64), ...ADD, ...set(AT), ...leave(0)],
    ),
  ),
  ...loop(
    [...get(AT), ...get(STOP), ...LESS],
    when(
      [...both(0), ...BITS, ...set(FOUND), ...get(FOUND)],
      when(
        [...get(AT), ...get(FOUND), ...TRAILING_ZEROS, ...ADD, ...set(AT)],
        [...get(AT), ...get(STOP), ...LESS],
        when([...get(AT), ...RETURN]),
        [...integer(-1), ...RETURN],
      ),
      [...get(AT), ...integer(16), ...ADD, ...set(AT), ...leave(1)],
    ),
  ),
  ...integer(-1),
];

/** `count(at, end)`: its parameters, then its locals. */
const [LINES, NEWLINE] = [2, 3];
const NEWLINE_BYTE = 10;

const COUNT: Code = [
  ...[...integer(NEWLINE_BYTE), ...SPLAT, ...set(NEWLINE)],
  ...block(
    loop(
      [...get(AT), ...integer(16), ...ADD, ...get(STOP), ...MORE, ...leaveIf(1)],
      [...get(AT), ...load(0), ...get(NEWLINE), ...EQUAL_BYTES, ...BITS, ...ONES],
      [...get(LINES), ...ADD, ...set(LINES)],
      [...get(AT), ...integer(16), ...ADD, ...set(AT), ...leave(0)],
    ),
  ),
  ...block(
    loop(
      [...get(AT), ...get(STOP), ...NOT_LESS, ...leaveIf(1)],
      [...get(AT), ...byteAt(), ...integer(NEWLINE_BYTE), ...EQUAL],
      [...get(LINES), ...ADD, ...set(LINES)],
      [...get(AT), ...integer(1), ...ADD, ...set(AT), ...leave(0)],
    ),
  ),
  ...get(LINES),
];

const text = (written: string): Code => [written.length, ...Buffer.from(written, 'latin1')];
const section = (id: number, ...parts: readonly Code[]): Code => {
  const content = [...number(parts.length), ...parts.flat()];
  return [id, ...number(content.length), ...content];
};
const body = (locals: readonly Code[], code: Code): Code => {
  const content = [...number(locals.length), ...locals.flat(), ...code, ...END];
  return [...number(content.length), ...content];
};
const type = (parameters: number): Code => [
  ...[0x60, parameters, ...new Array<number>(parameters).fill(I32)],
  ...[1, I32],
];

/** The module: imports `host.memory`, exports `find` and `count`. */
export const simdModule = (): Uint8Array<ArrayBuffer> =>
  Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, type(8), type(2)),
    ...section(2, [...text('host'), ...text('memory'), 0x02, 0x00, 1]),
    ...section(3, [0], [1]),
    ...section(7, [...text('find'), 0, 0], [...text('count'), 0, 1]),
    ...section(
      10,
      body(
        [
          [1, I32],
          [4, V128],
        ],
        FIND,
      ),
      body(
        [
          [1, I32],
          [1, V128],
        ],
        COUNT,
      ),
    ),
  ]);
