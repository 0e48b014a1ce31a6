/** Writes small event log files, right or wrong in ways that tests choose. */
import { crc32 } from '../../../src/logs/unpack/crc.ts';

/** A part of a template. */
export type Part =
  | string
  | { sub: number; type?: number; isOptional?: boolean }
  | { cdata: string }
  | { char: number }
  | { entity: string }
  | { pi: readonly [target: string, data: string] }
  | { raw: Buffer }
  | readonly [name: string, attributes: Readonly<Record<string, Part>>, ...children: Part[]];

export interface TypedValue {
  type: number;
  bytes: Buffer;
}

export const utf16 = (text: string): Buffer => Buffer.from(text, 'utf16le');
export const text = (value: string): TypedValue => ({ type: 1, bytes: utf16(value) });
export const NULL: TypedValue = { type: 0, bytes: Buffer.alloc(0) };

const numbers = (size: number, value: number): Buffer => {
  const bytes = Buffer.alloc(size);
  bytes.writeUIntLE(value, 0, size);
  return bytes;
};
const u16 = (value: number): Buffer => numbers(2, value);
const u32 = (value: number): Buffer => numbers(4, value);

/** The time of a Unix time in seconds as Windows keeps it. */
export function fileTimeOf(seconds: number, ticks = 0): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(seconds + 11_644_473_600) * 10_000_000n + BigInt(ticks));
  return bytes;
}

/** Writes one chunk. */
export function createChunk(firstNumber = 1) {
  const bytes = Buffer.alloc(65_536);
  let at = 512;
  let last = at;
  let number = firstNumber - 1;
  const names = new Map<string, number>();
  const templates = new Map<unknown, number>();

  const put = (...pieces: readonly Buffer[]): void => {
    for (const piece of pieces) at += piece.copy(bytes, at);
  };
  const byte = (...values: readonly number[]): void => put(Buffer.from(values));

  const name = (value: string): void => {
    const known = names.get(value);
    put(u32(known ?? at + 4));
    if (known !== undefined) return;
    names.set(value, at);
    put(u32(0), u16(0), u16(value.length), utf16(value), u16(0));
  };

  /** @param isValue the value of a template: elements have no dependency ids */
  const part = (found: Part, isValue: boolean): void => {
    if (typeof found === 'string') {
      byte(0x05, 0x01);
      put(u16(found.length), utf16(found));
    } else if (Array.isArray(found)) element(found as never, isValue);
    else if ('sub' in found) {
      byte(found.isOptional === true ? 0x0e : 0x0d);
      put(u16(found.sub));
      byte(found.type ?? 1);
    } else if ('cdata' in found) {
      byte(0x07);
      put(u16(found.cdata.length), utf16(found.cdata));
    } else if ('char' in found) {
      byte(0x08);
      put(u16(found.char));
    } else if ('entity' in found) {
      byte(0x09);
      name(found.entity);
    } else if ('pi' in found) {
      byte(0x0a);
      name(found.pi[0]);
      byte(0x0b);
      put(u16(found.pi[1].length), utf16(found.pi[1]));
    } else if ('raw' in found) put(found.raw);
  };

  const element = (
    [called, attributes, ...children]: Extract<Part, readonly unknown[]>,
    isValue: boolean,
  ): void => {
    const entries = Object.entries(attributes);
    byte(entries.length > 0 ? 0x41 : 0x01);
    if (!isValue) put(u16(0xffff));
    const size = at;
    put(u32(0));
    name(called);
    if (entries.length > 0) {
      const length = at;
      put(u32(0));
      for (const [index, [key, value]] of entries.entries()) {
        byte(index < entries.length - 1 ? 0x46 : 0x06);
        name(key);
        part(value, isValue);
      }
      bytes.writeUInt32LE(at - length - 4, length);
    }
    if (children.length === 0) byte(0x03);
    else {
      byte(0x02);
      for (const child of children) part(child, isValue);
      byte(0x04);
    }
    bytes.writeUInt32LE(at - size - 4, size);
  };

  const fragment = (root: Part, isValue: boolean): void => {
    byte(0x0f, 1, 1, 0);
    part(root, isValue);
    byte(0);
  };

  const instance = (root: Part, values: readonly TypedValue[]): void => {
    byte(0x0f, 1, 1, 0, 0x0c, 1);
    put(u32(7));
    const known = templates.get(root);
    put(u32(known ?? at + 4));
    if (known === undefined) {
      templates.set(root, at);
      put(u32(0), Buffer.alloc(16, 7));
      const size = at;
      put(u32(0));
      fragment(root, false);
      bytes.writeUInt32LE(at - size - 4, size);
    }
    put(u32(values.length));
    for (const { type, bytes: of } of values) {
      put(u16(of.length));
      byte(type, 0);
    }
    put(...values.map(({ bytes: of }) => of));
    byte(0);
  };

  return {
    bytes,
    /** Where the next record begins. */
    position: (): number => at,
    /** BinXML as it would stand at the place where it is the value of a record; the names in it are written where it stands. */
    valueAt(place: number, root: Part): Buffer {
      const before = [at, new Map(names)] as const;
      at = place;
      fragment(root, true);
      const found = Buffer.from(bytes.subarray(place, at));
      bytes.fill(0, place, at);
      at = before[0];
      names.clear();
      for (const [key, value] of before[1]) names.set(key, value);
      return found;
    },
    /** Adds a record; gives its place. */
    record(root: Part, values: readonly TypedValue[] | undefined, seconds = 1_795_514_401): number {
      const start = at;
      last = start;
      number += 1;
      put(Buffer.from('**\0\0', 'latin1'), u32(0), Buffer.alloc(8), fileTimeOf(seconds));
      bytes.writeBigUInt64LE(BigInt(number), start + 8);
      if (values === undefined) fragment(root, true);
      else instance(root, values);
      const size = at + 4 - start;
      put(u32(size));
      bytes.writeUInt32LE(size, start + 4);
      return start;
    },
    /** The chunk with its header and checksums. */
    finish(): Buffer {
      bytes.write('ElfChnk\0', 0, 'latin1');
      for (const place of [8, 24]) bytes.writeBigUInt64LE(BigInt(firstNumber), place);
      for (const place of [16, 32]) bytes.writeBigUInt64LE(BigInt(number), place);
      bytes.writeUInt32LE(128, 40);
      bytes.writeUInt32LE(last, 44);
      bytes.writeUInt32LE(at, 48);
      bytes.writeUInt32LE(crc32(bytes.subarray(512, at)), 52);
      const checked = Buffer.concat([bytes.subarray(0, 120), bytes.subarray(128, 512)]);
      bytes.writeUInt32LE(crc32(checked), 124);
      return bytes;
    },
  };
}

/** A file of chunks. @param isDirty it was not closed: the header counts none of them */
export function evtxFile(chunks: readonly Buffer[], isDirty = false): Buffer {
  const header = Buffer.alloc(4096);
  header.write('ElfFile\0', 0, 'latin1');
  header.writeBigUInt64LE(BigInt(isDirty ? 0 : chunks.length - 1), 16);
  header.writeUInt32LE(128, 32);
  header.writeUInt16LE(1, 36);
  header.writeUInt16LE(3, 38);
  header.writeUInt16LE(4096, 40);
  header.writeUInt16LE(isDirty ? 1 : chunks.length, 42);
  header.writeUInt32LE(isDirty ? 1 : 0, 120);
  header.writeUInt32LE(crc32(header.subarray(0, 120)), 124);
  return Buffer.concat([header, ...chunks]);
}

/** A whole event: the system's part with its values, and data by name. */
export const eventTemplate = (...data: Part[]): Part => [
  'Event',
  { xmlns: 'http://schemas.microsoft.com/win/2004/08/events/event' },
  [
    'System',
    {},
    ['Provider', { Name: 'Example-Provider' }],
    ['EventID', {}, { sub: 0, type: 6 }],
    ['TimeCreated', { SystemTime: { sub: 1, type: 0x11 } }],
    ['EventRecordID', {}, { sub: 2, type: 0x0a }],
    ['Correlation', { ActivityID: { sub: 3, type: 0x0f, isOptional: true } }],
    ['Channel', {}, 'Application'],
    ['Computer', {}, 'pc1.example.com'],
  ],
  ['EventData', {}, ...data],
];

/** The values of the system's part of `eventTemplate`. */
export function systemValues(number: number, seconds = 1_795_514_401): TypedValue[] {
  const id = Buffer.alloc(8);
  id.writeBigUInt64LE(BigInt(number));
  return [
    { type: 6, bytes: u16(1000) },
    { type: 0x11, bytes: fileTimeOf(seconds, 1_234_567) },
    { type: 0x0a, bytes: id },
    NULL,
  ];
}
