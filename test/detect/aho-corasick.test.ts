import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createAutomaton } from '../../src/detect/aho-corasick.ts';
import { percentDecode } from '../../src/detect/fields/percent-decode.ts';

const NO_KINDS = new Uint8Array(256);

const found = (patterns: readonly string[], text: string): number[] => {
  const hits = new Set<number>();
  const bytes = Buffer.from(text);
  createAutomaton(patterns).scan(bytes, 0, text.length, (pattern) => hits.add(pattern), NO_KINDS);
  return [...hits].sort((a, b) => a - b);
};

const letters = (maxLength: number, minLength = 0) =>
  fc.string({ unit: fc.constantFrom('a', 'b', 'A', '/', '.'), minLength, maxLength });

describe('createAutomaton', () => {
  it('finds what a search for each pattern finds, ignoring ASCII case', () => {
    fc.assert(
      fc.property(
        fc.array(letters(4, 1), { minLength: 1, maxLength: 8 }),
        letters(40),
        (list, text) => {
          const patterns = list.map((pattern) => pattern.toLowerCase());
          const expected = patterns.flatMap((pattern, index) =>
            text.toLowerCase().includes(pattern) ? [index] : [],
          );
          expect(found(patterns, text)).toEqual(expected);
        },
      ),
    );
  });

  it('finds the same in a text whatever it was given before', () => {
    fc.assert(
      fc.property(
        fc.array(letters(6, 1), { minLength: 1, maxLength: 8 }),
        fc.array(letters(30), { minLength: 2, maxLength: 6 }),
        (list, texts) => {
          const patterns = list.map((pattern) => pattern.toLowerCase());
          const used = createAutomaton(patterns);
          for (const text of texts) {
            const hits: number[] = [];
            const fresh: number[] = [];
            const bytes = Buffer.from(text);
            used.scan(bytes, 0, bytes.length, (pattern) => hits.push(pattern), NO_KINDS);
            createAutomaton(patterns).scan(
              bytes,
              0,
              bytes.length,
              (pattern) => fresh.push(pattern),
              NO_KINDS,
            );
            expect(hits).toEqual(fresh);
          }
        },
      ),
    );
  });

  it('finds nothing when there is nothing to find', () => {
    expect(found([], 'union select')).toEqual([]);
  });

  it('takes patterns of any length', () => {
    const long = `${'ab'.repeat(50_000)}c`;
    expect(found([long, 'bab'], `x${'ab'.repeat(10)}${long}`)).toEqual([0, 1]);
  });

  it('respects the range, of what it finds and of what bytes it has seen', () => {
    const hits: number[] = [];
    const kinds = Uint8Array.from({ length: 256 }, (_, code) =>
      code === 117 ? 1 : code === 32 ? 2 : 0,
    );
    const automaton = createAutomaton(['union', 'select']);
    const scan = (start: number, end: number): number =>
      automaton.scan(Buffer.from('union select'), start, end, (found) => hits.push(found), kinds);
    expect([scan(1, 11), scan(0, 5), hits]).toEqual([2, 1, [0]]);
  });

  it('finds in the decoded text what it would find after decoding', () => {
    const encoded = fc
      .array(fc.constantFrom('a', 'b', '%61', '%42', '+', '%', '%2', '%zz', '/'), { maxLength: 20 })
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(encoded, (text) => {
        const patterns = ['ab', 'a b', 'b/', 'a+a', '%z'];
        const hits = new Set<number>();
        const automaton = createAutomaton(patterns);
        for (const plus of [32, 43]) {
          automaton.scanDecoded(Buffer.from(text), 0, text.length, plus, (pattern) =>
            hits.add(pattern),
          );
        }
        const once = text.replace(/%([0-9a-f]{2})/gi, (_, hex) =>
          String.fromCharCode(Number.parseInt(hex, 16)),
        );
        const spaced = text
          .replaceAll('+', ' ')
          .replace(/%([0-9a-f]{2})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
        const expected = patterns.flatMap((pattern, index) =>
          [once, spaced].some((form) => form.toLowerCase().includes(pattern)) ? [index] : [],
        );
        expect([...hits].sort((a, b) => a - b)).toEqual(expected);
      }),
    );
  });
});

describe('percentDecode', () => {
  it.each([
    ['plain', []],
    ['a+b', ['a b']],
    ['%27', ["'"]],
    ['%2527', ['%27', "'"]],
    ['1%27+or', ["1'+or", "1' or"]],
    ['%C3%A9', ['é']],
    ['%ff', ['\u00ff']],
    ['%zz', []],
  ])('%s', (text, forms) => {
    expect(percentDecode(text)).toEqual(forms);
  });
});
