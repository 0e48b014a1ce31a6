import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventStartAt, MAX_LINE_BYTES, readChunks } from '../../src/logs/chunks.ts';
import { atOnce } from '../../src/logs/turns.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ir-chunks-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Line {
  offset: number;
  /** The line, or only its length when it is too long to be read. */
  text: string | undefined;
}

/** What the reader should give, worked out the slow way. */
function naiveLines(content: Buffer): Line[] {
  const lines: Line[] = [];
  for (let start = 0; start < content.length; ) {
    const newline = content.indexOf(10, start);
    const end = newline === -1 ? content.length : newline + 1;
    const isLong = end - start > MAX_LINE_BYTES;
    lines.push({
      offset: start,
      text: isLong ? undefined : content.toString('latin1', start, end),
    });
    start = end;
  }
  return lines;
}

function readRange(descriptor: number, start: number, end: number, size: number): Line[] {
  const lines: Line[] = [];
  const reading = readChunks(descriptor, start, end, size, {
    lines(text, offset) {
      for (const line of naiveLines(Buffer.from(text, 'latin1'))) {
        lines.push({ offset: offset + line.offset, text: line.text });
      }
    },
    longLine: (offset) => lines.push({ offset, text: undefined }),
  });
  expect(atOnce(reading)).toBe(true);
  return lines;
}

function withFile<T>(content: Buffer, use: (descriptor: number) => T): T {
  const path = join(folder, 'content');
  writeFileSync(path, content);
  const descriptor = openSync(path, 'r');
  try {
    return use(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** Mostly short lines, some near the limit and some far over it. */
const lineLength = fc.oneof(
  { weight: 20, arbitrary: fc.integer({ min: 0, max: 300 }) },
  { weight: 1, arbitrary: fc.integer({ min: MAX_LINE_BYTES - 3, max: MAX_LINE_BYTES + 3 }) },
  { weight: 1, arbitrary: fc.integer({ min: MAX_LINE_BYTES, max: 3 * MAX_LINE_BYTES }) },
);

describe('readChunks', () => {
  it('gives every line once, whatever the borders', () => {
    const inputs = fc.record({
      lengths: fc.array(lineLength, { maxLength: 40 }),
      cuts: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 6 }),
      endsWithNewline: fc.boolean(),
    });
    fc.assert(
      fc.property(inputs, ({ lengths, cuts, endsWithNewline }) => {
        const text = lengths.map((length, index) => String(index % 10).repeat(length)).join('\n');
        const content = Buffer.from(endsWithNewline ? `${text}\n` : text);
        const size = content.length;
        const borders = [...new Set([0, ...cuts.map((cut) => Math.floor(cut * size)), size])];
        borders.sort((a, b) => a - b);
        const found = withFile(content, (descriptor) =>
          borders
            .slice(1)
            .flatMap((end, index) => readRange(descriptor, borders[index]!, end, size)),
        );
        expect(found.map(({ offset }) => offset)).toEqual(
          naiveLines(content).map((line) => line.offset),
        );
        expect(
          found.every(({ text: read }, index) => read === naiveLines(content)[index]?.text),
        ).toBe(true);
      }),
      { numRuns: 60 },
    );
  }, 60_000);

  it('leaves a byte order mark out of the first line', () => {
    const content = Buffer.from('\ufefffirst\nsecond\n');
    const lines = withFile(content, (descriptor) => readRange(descriptor, 0, 16, content.length));
    expect(lines).toEqual([
      { offset: 3, text: 'first\n' },
      { offset: 9, text: 'second\n' },
    ]);
  });

  it('reads no further than the size at the start, and says when there is less', () => {
    const content = Buffer.from('one\ntwo\nthree\n');
    withFile(content, (descriptor) => {
      expect(readRange(descriptor, 0, 8, 8).map(({ text }) => text)).toEqual(['one\n', 'two\n']);
      const seen: string[] = [];
      const sink = { lines: (text: string) => void seen.push(text), longLine: () => undefined };
      expect(atOnce(readChunks(descriptor, 0, 100, 100, sink))).toBe(false);
      expect(seen.join('')).toBe('one\ntwo\nthree\n');
      expect(atOnce(readChunks(descriptor, 50, 100, 100, sink))).toBe(false);
    });
  });
});

describe('eventStartAt', () => {
  const content = Buffer.from('event\n  rest\n  rest\nnext\n');
  it.each([
    [1, 20],
    [6, 20],
    [19, 20],
    [20, 20],
    [21, 25],
  ])('from byte %i: %i', (at, expected) => {
    const isRest = (line: string): boolean => line.startsWith(' ');
    expect(withFile(content, (fd) => eventStartAt(fd, at, content.length, isRest))).toBe(expected);
  });
});
