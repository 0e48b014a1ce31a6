/** Words in columns are found as a set of strings finds them. */
import { expect, it } from 'vitest';
import { createWordList, wordNumber, wordOf, wordsFrom } from '../../src/sigma/word-list.ts';

const listOf = (words: readonly string[]) => {
  const list = createWordList();
  expect(words.map((word) => list.add(word))).toEqual(words.map(() => true));
  return list.done();
};

it('finds every word, and no other', () => {
  const words = Array.from({ length: 5000 }, (_, index) => `w${(index * 7919) % 100_003}`);
  const list = listOf(words);
  expect(list.count).toBe(words.length);
  for (const [index, word] of words.entries()) {
    expect(wordNumber(list, word)).toBe(index);
    expect(wordOf(list, index)).toBe(word);
  }
  const known = new Set(words);
  const others = Array.from({ length: 5000 }, (_, index) => `w${index}`);
  for (const other of others) expect(wordNumber(list, other) >= 0).toBe(known.has(other));
});

it.each<[string, string[], string, string[]]>([
  [
    'the shorter first',
    ['//a.example/x', '//a.example/xyz'],
    '//a.example/xyz',
    ['//a.example/x', '//a.example/xyz'],
  ],
  ['none that is cut', ['//a.example/xyz'], '//a.example/xy', []],
  [
    'letters up to U+00FF',
    ['//a.example/\u00e9'],
    '//a.example/\u00e9t\u00e9',
    ['//a.example/\u00e9'],
  ],
  ['no other letter with the same byte', ['//a.example/a'], '//a.example/\u0161', []],
  ['one that stands twice, once', ['//b', '//b'], '//b', ['//b']],
  ['nothing in an empty list', [], '//b', []],
])('finds %s', (_, words, text, wanted) => {
  const list = listOf(words);
  const found: string[] = [];
  wordsFrom(list, text, 0, (word) => {
    found.push(wordOf(list, word));
    return false;
  });
  expect(found).toEqual(wanted);
});

it('refuses what has no place in a column', () => {
  const list = createWordList();
  expect(list.add('\u0411\u043e\u0442')).toBe(false);
  expect(list.add('x'.repeat(70_000))).toBe(false);
  expect(list.add('')).toBe(true);
  expect(wordNumber(list.done(), '')).toBe(0);
});
