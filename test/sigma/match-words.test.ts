/** Long lists of words say the same as the words one by one. */
import { expect, it } from 'vitest';
import { compilePatterns } from '../../src/sigma/match-text.ts';
import { openPattern, plainPattern } from '../../src/sigma/pattern.ts';

const TEXTS = [
  '',
  'a',
  'evil7.example.com',
  'GET http://EVIL123.example.com/x HTTP/1.1',
  'xevil99.example.comx',
  'needle',
  'a needle in hay',
  'ends with needle',
  'needless',
  'eevil5.example.com evil',
  'aaaaaaaaaaaaaaaaaaab',
  'ÜBER evil200.example.com',
];

it.each([
  ['contains', true, true],
  ['startswith', false, true],
  ['endswith', true, false],
] as const)('%s', (_, atStart, atEnd) => {
  const words = [
    ...Array.from({ length: 300 }, (__, index) => `evil${index}.example.com`),
    ...['needle', 'aab', 'über evil'],
  ];
  const patterns = words.map((word) => openPattern(plainPattern(word), atStart, atEnd));
  for (const isCased of [true, false]) {
    const many = compilePatterns(patterns, isCased);
    const each = patterns.map((pattern) => compilePatterns([pattern], isCased));
    const answers = TEXTS.map((text) => [text, many(text)]);
    expect(answers).toEqual(TEXTS.map((text) => [text, each.some((test) => test(text))]));
    expect(new Set(answers.map(([, answer]) => answer)).size).toBe(2);
  }
});

it('takes time by the text, not by the number of words', () => {
  const word = (index: number): string => index.toString(16).padStart(64, 'abcdef0123456789');
  const patterns = Array.from({ length: 125_000 }, (_, index) =>
    openPattern(plainPattern(word(index)), true, true),
  );
  const test = compilePatterns(patterns, false);
  let found = 0;
  // Word by word this would be four thousand million comparisons.
  for (let line = 0; line < 30_000; line += 1)
    if (test(`the file has ${word(line * 5)} here`)) found += 1;
  expect(found).toBe(25_000);
});
