/** Packed files: what the usual programs write is unpacked to the byte, damage is named, and bombs end. */
import { execFileSync, spawnSync } from 'node:child_process';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { codecOf } from '../../src/logs/unpack/codecs.ts';
import { takeOffLayers } from '../../src/logs/unpack/layers.ts';
import { isThere } from '../needs.ts';

/** Lines of which few are alike, then many that are, then bytes that are no text. */
const CONTENT = Buffer.concat([
  Buffer.from(
    Array.from(
      { length: 4000 },
      (_, n) => `Nov 24 10:00:${n % 60} web01 app[${(n * 7919) % 65_521}]: item ${n * 104_729}\n`,
    ).join(''),
  ),
  Buffer.from('the same again and again\n'.repeat(12_000)),
  Buffer.from(Array.from({ length: 70_000 }, (_, n) => ((n * n * 31 + (n >> 3)) >> 4) & 0xff)),
  Buffer.alloc(300_000),
]);

interface Unpacked {
  bytes: Buffer;
  names: readonly string[];
  problem: string | undefined;
}

/** Unpacks a buffer that comes in pieces of this size. */
async function unpack(packed: Buffer, pieceBytes = 5000): Promise<Unpacked> {
  async function* pieces(): AsyncGenerator<Buffer> {
    for (let at = 0; at < packed.length; at += pieceBytes)
      yield packed.subarray(at, at + pieceBytes);
  }
  const { stream, names, problem } = await takeOffLayers(pieces());
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(part);
  return { bytes: Buffer.concat(parts), names, problem: problem() };
}

const run = (command: string, input: Buffer): Buffer => {
  const [program = '', ...args] = command.split(' ');
  return execFileSync(program, args, { input, maxBuffer: 1 << 28 });
};

const has = (program: string): boolean =>
  isThere(program, spawnSync(program, ['--version'], { stdio: 'ignore' }).error === undefined);

/** Way of packing, then the programs with their options. */
const WRITERS: readonly (readonly [string, readonly string[]])[] = [
  ['gzip', ['gzip', 'gzip -1']],
  ['bzip2', ['bzip2', 'bzip2 -1']],
  [
    'xz',
    ['xz', 'xz -9e --check=crc32', 'xz --check=sha256 --block-size=200000', 'xz -0 --check=none'],
  ],
  ['zstd', ['zstd -q', 'zstd -q --no-check -1', 'zstd -q -19 --long=24', 'zstd -q --fast=5']],
  ['lz4', ['lz4 -q', 'lz4 -q -9 -BD -B4', 'lz4 -q -l', 'lz4 -q -BX --no-frame-crc']],
];
const CASES = WRITERS.filter(([name]) => has(name)).flatMap(([name, commands]) =>
  commands.map((command) => [name, command] as const),
);

describe('lines that end with a carriage return alone', () => {
  const LINES = [
    'one line\rtwo\t\xe4\rthree',
    'one\r\rtwo\rthree\r',
    `a\rb\r${'x'.repeat(2000)}\r\nc`,
  ];
  it.each(LINES.map((text) => [text.slice(0, 12), Buffer.from(text, 'latin1')] as const))(
    '%j',
    async (_, bytes) => {
      const wanted = bytes.toString('latin1').replaceAll(/\r(?!\n)/g, '\n');
      for (const size of [1, 7, 5000]) {
        const { bytes: got, names } = await unpack(gzipSync(bytes), size);
        expect([got.toString('latin1'), names]).toEqual([wanted, ['gzip', 'carriage returns']]);
      }
    },
  );

  it.each(['a\r\nb\r\n', 'a\nb\rc\rd', 'one line\r', 'a\rb', 'a\rb\rc\0\0'])(
    'not %j',
    async (text) => expect((await unpack(Buffer.from(text))).names).toEqual([]),
  );
});

describe('what the usual programs write', () => {
  it.each(CASES)('%s: %s', async (name, command) => {
    const packed = run(command, CONTENT);
    const one = await unpack(packed);
    expect(one).toMatchObject({ names: [name], problem: undefined });
    expect(one.bytes.equals(CONTENT)).toBe(true);
    const two = await unpack(Buffer.concat([packed, packed]), 1 << 18);
    expect(two.problem).toBeUndefined();
    expect(two.bytes.equals(Buffer.concat([CONTENT, CONTENT]))).toBe(true);
  });

  it.each(CASES)('%s: nothing at all, and what does not pack (%s)', async (_, command) => {
    for (const content of [Buffer.alloc(0), Buffer.from('x'), CONTENT.subarray(-50_000, -1)]) {
      const { bytes, problem } = await unpack(run(command, content));
      expect([problem, bytes.equals(content)]).toEqual([undefined, true]);
    }
  });

  it('several times', async () => {
    const packed = gzipSync(gzipSync(run(CASES.at(-1)?.[1] ?? 'gzip', CONTENT)));
    const { bytes, names, problem } = await unpack(packed);
    expect(names.slice(0, 2)).toEqual(['gzip', 'gzip']);
    expect(names).toHaveLength(3);
    expect(problem).toBeUndefined();
    expect(bytes.equals(CONTENT)).toBe(true);
  });
});

/** What is read of damaged content is right up to where it is not. */
const isBeginning = (bytes: Buffer, slack: number): boolean => {
  const sure = Math.max(0, bytes.length - slack);
  return bytes.subarray(0, sure).equals(CONTENT.subarray(0, sure));
};

describe('damage', () => {
  it.each(CASES)(
    '%s: cut anywhere, what comes before is read and that is said (%s)',
    async (name, command) => {
      const packed = run(command, CONTENT);
      for (const share of [0.2, 0.6, 0.97]) {
        const { bytes, problem } = await unpack(
          packed.subarray(0, Math.floor(packed.length * share)),
        );
        // Old LZ4 frames do not say where they end.
        if (problem !== undefined)
          expect(problem).toBe(`${name}: truncated, the part before the cut was read`);
        else expect(command).toBe('lz4 -q -l');
        expect(bytes.length).toBeLessThan(CONTENT.length);
        expect(isBeginning(bytes, 0)).toBe(true);
      }
    },
  );

  it.each(CASES)(
    '%s: bytes that are wrong never pass unsaid where there is a checksum (%s)',
    async (name, command) => {
      const packed = run(command, CONTENT);
      const hasSum = !/no-check|check=none|no-frame-crc|-l$/.test(command);
      for (let turn = 1; turn < 8; turn += 1) {
        const bad = Buffer.from(packed);
        const at = Math.floor((packed.length * turn) / 8);
        bad[at] = (bad[at] as number) ^ (1 << (turn % 8));
        const { bytes, problem } = await unpack(bad);
        const isSame = bytes.equals(CONTENT);
        if (problem === undefined && hasSum) expect([turn, isSame]).toEqual([turn, true]);
        if (problem !== undefined)
          expect(problem).toMatch(new RegExp(`^${name}: (?:damaged|truncated)`));
      }
    },
  );

  it('a header and nothing, or noise, behind it', async () => {
    const noise = CONTENT.subarray(-370_000, -330_000);
    for (const magic of [
      '\x1f\x8b\x08\0',
      'BZh91AY&SY',
      '\xfd7zXZ\0',
      '\x28\xb5\x2f\xfd',
      '\x04\x22\x4d\x18',
    ]) {
      const head = Buffer.from(magic, 'latin1');
      expect(codecOf(head)).toBeDefined();
      for (const packed of [head, Buffer.concat([head, noise])])
        expect((await unpack(packed)).problem).toMatch(/damaged|truncated|not supported|more than/);
    }
  });

  it.each(CASES.filter(([name]) => name !== 'gzip'))(
    '%s: a damaged beginning of the second part is said (%s)',
    async (name, command) => {
      const content = CONTENT.subarray(0, 40_000);
      const second = run(command, content);
      second[0] = 0x41;
      const { bytes, problem } = await unpack(Buffer.concat([run(command, content), second]));
      expect(problem).toMatch(new RegExp(`^${name}: damaged`));
      expect(bytes.equals(content)).toBe(true);
    },
  );

  it.each([
    ['text that begins like bzip2', 'BZh9 is what it says\n'],
    ['text', 'Nov 24 10:00:00 web01 app[7]: PK\n'],
  ])('%s is not packed', async (_, text) => {
    expect(await unpack(Buffer.from(text))).toEqual({
      bytes: Buffer.from(text),
      names: [],
      problem: undefined,
    });
  });
});

describe('bombs', () => {
  it.each(CASES.filter(([, command]) => command === 'zstd -q --no-check -1'))(
    '%s ends where it grows too much (%s)',
    async (_, command) => {
      const block = run(command, Buffer.alloc(1 << 26));
      async function* pieces(): AsyncGenerator<Buffer> {
        for (let n = 0; n < 64; n += 1) yield block;
      }
      const { stream, problem } = await takeOffLayers(pieces());
      let length = 0;
      for await (const part of stream) length += part.length;
      expect(problem()).toMatch(/like a decompression bomb$/);
      expect(length).toBeLessThan(1 << 29);
    },
  );

  it('packed too often', async () => {
    let packed = Buffer.from('x');
    for (let n = 0; n < 12; n += 1) packed = gzipSync(packed);
    const { bytes, problem } = await unpack(packed);
    expect(problem).toMatch(/packed more than 8 times/);
    expect(bytes.length).toBe(0);
  });
});
