/** MessagePack, as much of it as JSON has, and the times of Fluentd. @see https://github.com/msgpack/msgpack/blob/master/spec.md */

/** A value of JSON as bytes; an object with `seconds` alone is a time with nanoseconds (type 0 of Fluentd). */
export function packed(value: unknown): Buffer {
  if (value === null || value === undefined) return Buffer.from([0xc0]);
  if (typeof value === 'boolean') return Buffer.from([value ? 0xc3 : 0xc2]);
  if (typeof value === 'number') return packedNumber(value);
  if (typeof value === 'string') {
    const bytes = Buffer.from(value, 'utf8');
    return Buffer.concat([head(bytes.length, [0xa0, 31, 0xda, 0xdb]), bytes]);
  }
  if (Array.isArray(value))
    return Buffer.concat([head(value.length, [0x90, 15, 0xdc, 0xdd]), ...value.map(packed)]);
  const members = Object.entries(value as object).filter(([, member]) => member !== undefined);
  const [only] = members;
  if (members.length === 1 && only?.[0] === 'seconds') return packedTime(Number(only[1]));
  return Buffer.concat([
    head(members.length, [0x80, 15, 0xde, 0xdf]),
    ...members.flatMap(([name, member]) => [packed(name), packed(member)]),
  ]);
}

/** @param codes of a short one with the most that it holds, of one with 16 and with 32 bits */
function head(
  length: number,
  [short, most, middle, long]: [number, number, number, number],
): Buffer {
  if (length <= most) return Buffer.from([short + length]);
  const bytes = Buffer.alloc(length < 0x1_0000 ? 3 : 5);
  bytes[0] = length < 0x1_0000 ? middle : long;
  if (length < 0x1_0000) bytes.writeUInt16BE(length, 1);
  else bytes.writeUInt32BE(length, 1);
  return bytes;
}

function packedNumber(value: number): Buffer {
  const bytes = Buffer.alloc(9);
  if (Number.isSafeInteger(value)) {
    bytes[0] = 0xd3;
    bytes.writeBigInt64BE(BigInt(value), 1);
  } else {
    bytes[0] = 0xcb;
    bytes.writeDoubleBE(value, 1);
  }
  return bytes;
}

function packedTime(seconds: number): Buffer {
  const whole = Math.floor(seconds);
  const bytes = Buffer.alloc(10);
  bytes[0] = 0xd7;
  bytes.writeUInt32BE(whole, 2);
  bytes.writeUInt32BE(Math.round((seconds - whole) * 1_000_000) * 1000, 6);
  return bytes;
}
