/** Pieces of JSON are, put together, what JSON.stringify writes, and none holds a whole list. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { jsonPieces } from '../../src/terminal/json-pieces.ts';

it('writes any document as JSON.stringify does', () => {
  fc.assert(
    fc.property(fc.anything({ withDate: true, withObjectString: true }), (value) => {
      const wrapped = { value, list: [value, undefined], '': [], date: new Date(0) };
      expect([...jsonPieces(wrapped)].join('')).toBe(JSON.stringify(wrapped, null, 2));
    }),
  );
});

it('writes a list that is made on the way, an element at a time', () => {
  const list = {
    *[Symbol.iterator]() {
      for (let index = 0; index < 3; index += 1) yield { index, text: 'a\nb\u009b' };
    },
  };
  const pieces = [...jsonPieces({ list, none: new Set() })];
  expect(pieces.filter((piece) => piece.includes('index'))).toHaveLength(3);
  expect(JSON.parse(pieces.join(''))).toEqual({
    list: [0, 1, 2].map((index) => ({ index, text: 'a\nb\u009b' })),
    none: [],
  });
  expect(pieces.join('')).toContain('\\u009b');
});
