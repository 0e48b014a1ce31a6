/** MessagePack as far as Fluent forward uses it. @see https://github.com/msgpack/msgpack/blob/master/spec.md */

/** A value of an extension type. */
export interface Extension {
  type: number;
  bytes: Buffer;
}

/** Thrown where a value is not whole yet. */
export const NOT_WHOLE = new Error('not whole');

const MOST_DEPTH = 32;
const MOST_ITEMS = 1 << 20;

/** Reads one value. @returns it and where it ends @throws NOT_WHOLE, or another Error for what is no MessagePack */
export function readValue(bytes: Buffer, start: number): { value: unknown; end: number } {
  let at = start;
  const need = (count: number): number => {
    if (at + count > bytes.length) throw NOT_WHOLE;
    at += count;
    return at - count;
  };
  const size = (width: number): number => bytes.readUIntBE(need(width), width);
  const raw = (count: number): Buffer => {
    const from = need(count);
    return bytes.subarray(from, from + count);
  };
  const text = (count: number): string => raw(count).toString('utf8');
  const list = (count: number, depth: number): unknown[] => {
    if (count > MOST_ITEMS) throw new Error('too many items');
    const items: unknown[] = [];
    for (let index = 0; index < count; index += 1) items.push(read(depth + 1));
    return items;
  };
  const map = (count: number, depth: number): Record<string, unknown> => {
    if (count > MOST_ITEMS) throw new Error('too many items');
    const entries: [string, unknown][] = [];
    for (let index = 0; index < count; index += 1) {
      const key = read(depth + 1);
      entries.push([Buffer.isBuffer(key) ? key.toString('utf8') : String(key), read(depth + 1)]);
    }
    return Object.fromEntries(entries);
  };
  const extension = (count: number): Extension => ({
    type: bytes.readInt8(need(1)),
    bytes: raw(count),
  });
  const integer = (value: bigint): number | string =>
    Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  const read = (depth: number): unknown => {
    if (depth > MOST_DEPTH) throw new Error('nested too deeply');
    const code = bytes[need(1)] as number;
    if (code < 0x80) return code;
    if (code < 0x90) return map(code & 15, depth);
    if (code < 0xa0) return list(code & 15, depth);
    if (code < 0xc0) return text(code & 31);
    if (code >= 0xe0) return code - 256;
    switch (code) {
      case 0xc0:
        return null;
      case 0xc2:
        return false;
      case 0xc3:
        return true;
      case 0xc4:
      case 0xc5:
      case 0xc6:
        return raw(size(1 << (code - 0xc4)));
      case 0xc7:
      case 0xc8:
      case 0xc9:
        return extension(size(1 << (code - 0xc7)));
      case 0xca:
        return bytes.readFloatBE(need(4));
      case 0xcb:
        return bytes.readDoubleBE(need(8));
      case 0xcc:
      case 0xcd:
      case 0xce:
        return size(1 << (code - 0xcc));
      case 0xcf:
        return integer(bytes.readBigUInt64BE(need(8)));
      case 0xd0:
        return bytes.readInt8(need(1));
      case 0xd1:
        return bytes.readInt16BE(need(2));
      case 0xd2:
        return bytes.readInt32BE(need(4));
      case 0xd3:
        return integer(bytes.readBigInt64BE(need(8)));
      case 0xd4:
      case 0xd5:
      case 0xd6:
      case 0xd7:
      case 0xd8:
        return extension(1 << (code - 0xd4));
      case 0xd9:
      case 0xda:
      case 0xdb:
        return text(size(1 << (code - 0xd9)));
      case 0xdc:
      case 0xdd:
        return list(size(2 << (code - 0xdc)), depth);
      case 0xde:
      case 0xdf:
        return map(size(2 << (code - 0xde)), depth);
      default:
        throw new Error(`0x${code.toString(16)} begins no value`);
    }
  };
  return { value: read(0), end: at };
}

/** Writes a map of short texts: what is answered. */
export function writeMap(map: Readonly<Record<string, string>>): Buffer {
  const parts: Buffer[] = [Buffer.from([0x80 | Object.keys(map).length])];
  for (const text of Object.entries(map).flat()) {
    const bytes = Buffer.from(text);
    const head = Buffer.from([0xda, bytes.length >> 8, bytes.length & 255]);
    parts.push(head, bytes);
  }
  return Buffer.concat(parts);
}
