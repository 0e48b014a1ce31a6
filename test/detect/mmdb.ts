/** Writes a small file of places in MaxMind's format: enough of it for tests. */

type Value = string | number | { double: number } | { [key: string]: Value };

const TYPES = {
  pointer: 1,
  string: 2,
  double: 3,
  uint16: 5,
  uint32: 6,
  map: 7,
  uint64: 9,
} as const;

function control(type: number, size: number): Buffer {
  const extra = size < 29 ? [] : [size - 29];
  const small = Math.min(size, 29);
  return type <= 7
    ? Buffer.from([(type << 5) | small, ...extra])
    : Buffer.from([small, type - 7, ...extra]);
}

function encode(value: Value): Buffer {
  if (typeof value === 'string') {
    const text = Buffer.from(value);
    return Buffer.concat([control(TYPES.string, text.length), text]);
  }
  if (typeof value === 'number') {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(value);
    return Buffer.concat([control(TYPES.uint32, 4), bytes]);
  }
  if (typeof value['double'] === 'number') {
    const bytes = Buffer.alloc(8);
    bytes.writeDoubleBE(value['double']);
    return Buffer.concat([control(TYPES.double, 8), bytes]);
  }
  const entries = Object.entries(value as Record<string, Value>);
  const parts = entries.flatMap(([key, one]) => [encode(key), encode(one)]);
  return Buffer.concat([control(TYPES.map, entries.length), ...parts]);
}

/** The file: each IPv4 address of the table with its record. @see https://maxmind.github.io/MaxMind-DB/ */
export function mmdbOf(places: Readonly<Record<string, Value>>): Buffer {
  /** A node's two branches: a node, a record (-1 minus its offset), or nothing. */
  const nodes: (number | undefined)[][] = [[undefined, undefined]];
  const data: Buffer[] = [];
  let length = 0;
  for (const [address, record] of Object.entries(places)) {
    const bits = address
      .split('.')
      .map((part) => Number(part).toString(2).padStart(8, '0'))
      .join('');
    let node = 0;
    for (const [index, bit] of [...bits].entries()) {
      const side = Number(bit);
      if (index === bits.length - 1) nodes[node]![side] = -1 - length;
      else {
        if (nodes[node]![side] === undefined) {
          nodes.push([undefined, undefined]);
          nodes[node]![side] = nodes.length - 1;
        }
        node = nodes[node]![side]!;
      }
    }
    const bytes = encode(record);
    data.push(bytes);
    length += bytes.length;
  }
  const tree = Buffer.alloc(nodes.length * 6);
  for (const [index, pair] of nodes.entries()) {
    for (const [side, to] of pair.entries()) {
      const value = to === undefined ? nodes.length : to < 0 ? nodes.length + 16 + (-1 - to) : to;
      tree.writeUIntBE(value, index * 6 + side * 3, 3);
    }
  }
  const metadata = encode({
    node_count: nodes.length,
    record_size: 24,
    ip_version: 4,
    database_type: 'Test-City',
    binary_format_major_version: 2,
    binary_format_minor_version: 0,
    build_epoch: 1_700_000_000,
  });
  const marker = Buffer.concat([Buffer.from('abcdef', 'hex'), Buffer.from('MaxMind.com')]);
  return Buffer.concat([tree, Buffer.alloc(16), ...data, marker, metadata]);
}
