/** Searching blocks of bytes gives what looking at every line gives, wherever a file is cut. */
import {
  closeSync,
  mkdtempSync,
  openSync,
  readSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addressFinder, addressLiterals } from '../../src/detect/search/addresses.ts';
import { createBlock } from '../../src/detect/search/find-bytes.ts';
import { compileLineTest, createSpans } from '../../src/detect/search/line-test.ts';
import { readQuery, type SearchQuery } from '../../src/detect/search/query.ts';
import { createPieceSearch } from '../../src/detect/search/search-piece.ts';
import type { IrError } from '../../src/errors.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ir-search-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** mulberry32. */
function createRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const PLAIN = { isFixed: false, ignoresCase: false, isInverted: false };
const query = (texts: readonly string[], options: Partial<typeof PLAIN> = {}): SearchQuery =>
  readQuery(texts, { ...PLAIN, ...options });

describe('a block', () => {
  const random = createRandom(1);
  const text = Buffer.from(
    Array.from({ length: 5000 }, () => 'abcdeABC :/\n'.charCodeAt(random(12))),
  );
  const blocks = [createBlock(8192), createBlock(8192, true)] as const;
  for (const block of blocks) text.copy(block.bytes);

  it('counts newlines from anywhere to anywhere', () => {
    for (let turn = 0; turn < 400; turn += 1) {
      const start = random(5000);
      const end = start + random(5000 - start + 1);
      const wanted = text.subarray(start, end).filter((byte) => byte === 10).length;
      for (const block of blocks) expect(block.countLines(start, end)).toBe(wanted);
    }
  });

  it.each([true, false])('finds texts as indexOf does, case %s', (isCased) => {
    const shown = isCased ? text.toString() : text.toString().toLowerCase();
    let found = 0;
    for (let turn = 0; turn < 800; turn += 1) {
      const length = 1 + random(6);
      const place = random(4900);
      const needle = text.toString('latin1', place, place + length);
      const start = random(5000);
      const end = start + random(5000 - start + 1);
      const at = shown.slice(0, end).indexOf(isCased ? needle : needle.toLowerCase(), start);
      for (const block of blocks)
        expect(block.finder({ text: needle, isCased })(start, end)).toBe(at);
      if (at >= 0) found += 1;
    }
    expect(found).toBeGreaterThan(100);
  });

  it('grows and keeps what it holds', () => {
    for (const block of [createBlock(1024), createBlock(1024, true)]) {
      text.copy(block.bytes, 0, 0, 1024);
      for (let turn = 0; turn < 8; turn += 1) block.grow();
      expect(block.capacity).toBe(1 << 18);
      block.bytes.fill(10, 1024, 1 << 18);
      expect(block.countLines(0, 1 << 18)).toBe((1 << 18) - 1024 + blockLines(text));
      expect(block.bytes.subarray(0, 1024)).toEqual(text.subarray(0, 1024));
    }
  });
});

const blockLines = (text: Buffer): number =>
  text.subarray(0, 1024).filter((byte) => byte === 10).length;

/** What a file has, line by line. */
function naive(path: string, asked: SearchQuery): string[] {
  const { holds } = compileLineTest(asked);
  const lines = readWhole(path).toString('latin1').split('\n');
  if (lines.at(-1) === '') lines.pop();
  let offset = 0;
  return lines.flatMap((line, index) => {
    const at = offset;
    offset += line.length + 1;
    const text = Buffer.from(line.replace(/\r$/, ''), 'latin1').toString('utf8');
    return holds(text) === asked.isInverted ? [] : [`${index + 1} ${at} ${line}`];
  });
}

function readWhole(path: string): Buffer {
  const bytes = Buffer.alloc(statSync(path).size);
  const descriptor = openSync(path, 'r');
  readSync(descriptor, bytes);
  closeSync(descriptor);
  return bytes;
}

/** The same by pieces that begin at `cuts`. */
function byPieces(path: string, asked: SearchQuery, cuts: readonly number[]): string[] {
  const sizeBytes = statSync(path).size;
  const search = createPieceSearch(asked, false);
  const counting = createPieceSearch(asked, true);
  let lines = 0;
  return [0, ...cuts].flatMap((start, id) => {
    const end = cuts[id] ?? sizeBytes;
    const task = { id, file: 0, absolute: path, state: undefined, start, end, sizeBytes };
    const hits = search(task);
    expect(hits.problem).toBeUndefined();
    expect(counting(task).count).toBe(hits.count);
    const before = lines;
    lines += hits.lines;
    return [...hits.ends].map((stop, index) => {
      const text = Buffer.from(hits.bytes.subarray(hits.ends[index - 1] ?? 0, stop));
      const line = before + (hits.linesBefore[index] as number) + 1;
      return `${line} ${hits.offsets[index]} ${text.toString('latin1')}`;
    });
  });
}

const WORDS = [
  ...[
    'root',
    'Root',
    'ROOT',
    'GET /a',
    'sshd[77]:',
    '203.0.113.7',
    '203.0.113.77',
    '203.000.113.007',
  ],
  ...[
    '::ffff:203.0.113.7',
    '::ffff:cb00:7107',
    '2001:db8::1',
    '2001:0DB8:0:0:0:0:0:1',
    'grün',
    'GRÜN',
  ],
  ...['', ' ', '\r', '\xff\xfe', '\0', 'a.b', 'a+b', 'x'.repeat(300), '404'],
];

function randomLog(seed: number, lines: number): string {
  const random = createRandom(seed);
  const path = join(folder, `${seed}.log`);
  const line = (): string =>
    Array.from({ length: random(6) }, () => WORDS[random(WORDS.length)]).join(' ');
  const text = Array.from({ length: lines }, line).join('\n');
  writeFileSync(path, `${text}${random(2) === 0 ? '\n' : ''}`);
  return path;
}

describe('lines of a file', () => {
  it.each<[string, readonly string[], Partial<typeof PLAIN>]>([
    ['a text', ['root'], {}],
    ['a text in any case', ['root'], { ignoresCase: true }],
    ['a text that is no expression', ['a.b'], { isFixed: true }],
    ['an expression', ['a.b|4[0-9]4'], {}],
    ['an expression without literals', ['^.$|^$'], {}],
    ['an expression at both ends', ['^root.*root$'], {}],
    ['several', ['GET', 'sshd\\[', '404'], {}],
    ['none of several', ['root', '404'], { isInverted: true, ignoresCase: true }],
    ['letters outside ASCII', ['grün'], {}],
    ['letters outside ASCII in any case', ['grün'], { ignoresCase: true }],
    ['an address', ['203.0.113.7'], {}],
    ['an address as text', ['203.0.113.7'], { isFixed: true }],
    ['a network', ['203.0.113.0/24'], {}],
    ['an IPv6 address', ['2001:db8::1'], {}],
    ['an IPv6 network', ['2001:db8::/32'], {}],
    ['anything', [''], {}],
    ['all', [], {}],
    ['nothing', [''], { isInverted: true }],
  ])('%s', (_, texts, options) => {
    const asked = query(texts, options);
    let all = 0;
    for (const seed of [3, 4, 5, 6]) {
      const path = randomLog(seed, 400);
      const wanted = naive(path, asked);
      const random = createRandom(seed);
      const sizeBytes = statSync(path).size;
      const cuts = Array.from({ length: 1 + random(9) }, () => 1 + random(sizeBytes - 1));
      expect(byPieces(path, asked, [])).toEqual(wanted);
      expect(
        byPieces(
          path,
          asked,
          [...new Set(cuts)].sort((a, b) => a - b),
        ),
      ).toEqual(wanted);
      all += wanted.length;
    }
    if (options.isInverted !== true || texts[0] !== '') expect(all).toBeGreaterThan(0);
  });

  it('longer than a block', () => {
    const path = join(folder, 'long.log');
    const long = `${'y'.repeat(3 << 20)}needle${'z'.repeat(2 << 20)}`;
    writeFileSync(path, `one needle\n${long}\nlast needle`);
    const found = byPieces(path, query(['needle']), [5000, 1 << 21, 4 << 20]);
    expect(found.map((line) => line.slice(0, 20))).toEqual(
      naive(path, query(['needle'])).map((line) => line.slice(0, 20)),
    );
    expect(found).toHaveLength(3);
  });
});

describe('an address in a line', () => {
  it.each<[string, string, readonly string[]]>([
    ['203.0.113.7', 'from 203.0.113.7 port 1', ['203.0.113.7']],
    ['203.0.113.7', 'from 203.0.113.7:443, 203.0.113.7.', ['203.0.113.7', '203.0.113.7']],
    ['203.0.113.7', '203.0.113.77 1203.0.113.7 203.0.113.7.5 5.203.0.113.7', []],
    ['203.0.113.7', '[::ffff:203.0.113.7]', ['203.0.113.7']],
    [
      '203.0.113.7',
      '::ffff:cb00:7107 0:0:0:0:0:FFFF:CB00:7107',
      ['::ffff:cb00:7107', '0:0:0:0:0:FFFF:CB00:7107'],
    ],
    ['::ffff:203.0.113.7', '203.0.113.7', ['203.0.113.7']],
    ['203.0.113.7', '203.000.113.007', ['203.000.113.007']],
    [
      '203.0.113.0/24',
      '203.0.113.255 203.0.114.1 ::ffff:cb00:7101',
      ['203.0.113.255', '::ffff:cb00:7101'],
    ],
    ['10.0.0.0/8', 'src=10.1.2.3 dst=110.1.2.3', ['10.1.2.3']],
    [
      '2001:db8::1',
      '[2001:db8::1]:443 2001:0db8:0000::0001',
      ['2001:db8::1', '2001:0db8:0000::0001'],
    ],
    ['2001:db8::1', 'source:2001:db8::1: closed', ['2001:db8::1']],
    ['2001:db8::1', '2001:db8::11 2001:db8::1:1', []],
    ['2001:db8::/32', 'a 2001:db8:5::9 2001:db9::1', ['2001:db8:5::9']],
    ['fe80::1', 'fe80::1%eth0', ['fe80::1']],
    ['::1', 'listening on ::1, [::1]:22', ['::1', '::1']],
  ])('%s in %s', (wanted, line, found) => {
    expect(addressFinder(wanted)(line).map(([start, end]) => line.slice(start, end))).toEqual(
      found,
    );
    const literals = addressLiterals(wanted);
    if (found.length > 0 && literals !== undefined)
      expect(literals.some((literal) => line.toLowerCase().includes(literal))).toBe(true);
  });
});

describe('a pattern', () => {
  it.each<[string, Partial<typeof PLAIN>, string]>([
    ['plain words', {}, 'literal'],
    ['a.b', {}, 'expression'],
    ['a.b', { isFixed: true }, 'literal'],
    ['192.0.2.1', {}, 'address'],
    ['192.0.2.1', { isFixed: true }, 'literal'],
    ['192.0.2.0/24', {}, 'address'],
    ['192.0.2', {}, 'expression'],
    ['/var/log', {}, 'literal'],
    ['::', {}, 'literal'],
    ['::1', {}, 'address'],
    ['ü', { ignoresCase: true }, 'expression'],
    ['', {}, 'expression'],
  ])('%s %j is %s', (text, options, kind) => {
    expect(query([text], options).patterns[0]?.kind).toBe(kind);
  });

  it('is refused with its place', () => {
    let found: IrError | undefined;
    try {
      query(['a(unclosed']);
    } catch (error) {
      found = error as IrError;
    }
    expect(found).toMatchObject({ exit: 2, source: { column: 1, text: 'a(unclosed' } });
    expect(found?.message).toContain('PATTERN is no valid expression');
  });

  it('shows where it stands, once', () => {
    const spans = createSpans(query(['ab+', 'b', '192.0.2.1']))('xabbb b 192.0.2.1 é b');
    expect(spans).toEqual([
      [1, 5],
      [6, 7],
      [8, 17],
      [20, 21],
    ]);
  });
});
