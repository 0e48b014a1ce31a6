import fc from 'fast-check';
import { expect, it } from 'vitest';
import { wrap } from '../../src/terminal/layout.ts';

it('does not indent a line that begins where two blanks stood', () => {
  expect(wrap('until 09:50:00Z  T1110 T1078', 15)).toEqual(['until 09:50:00Z', 'T1110 T1078']);
  expect(wrap('until 09:50:00Z  T1110', 40)).toEqual(['until 09:50:00Z  T1110']);
});

it('keeps every word, in order, within the width', () => {
  const word = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 9 });
  fc.assert(
    fc.property(
      fc.array(word, { maxLength: 20 }),
      fc.integer({ min: 10, max: 30 }),
      (words, width) => {
        const lines = wrap(words.join(' '), width);
        expect(lines.every((line) => line.length <= width)).toBe(true);
        expect(lines.join(' ').split(/ +/).join(' ').trim()).toBe(
          words.filter((each) => each !== '').join(' '),
        );
      },
    ),
  );
});
