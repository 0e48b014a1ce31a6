import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createTextTable } from '../../src/detect/rows/text-table.ts';

it('numbers texts as they come, whatever they hold, and gives them back', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 12 }),
    fc.constantFrom('', 'a', 'b', 'ab', '\ud800', '\udc00\ud800', '\0'),
  );
  fc.assert(
    fc.property(fc.array(text, { maxLength: 60 }), (texts) => {
      const table = createTextTable();
      const known = new Map<string, number>();
      for (const each of texts) {
        if (!known.has(each)) known.set(each, known.size);
        expect(table.numberOf(each)).toBe(known.get(each));
      }
      expect(table.size).toBe(known.size);
      for (const [each, number] of known) expect(table.textOf(number)).toBe(each);
      expect(table.textOf(known.size)).toBe('');
    }),
  );
});

it('holds many', () => {
  const table = createTextTable();
  const many = 50_000;
  for (let turn = 0; turn < 2; turn += 1) {
    for (let index = 0; index < many; index += 1) {
      if (table.numberOf(`user${index * 7}`) !== index) throw new Error(`user${index * 7}`);
    }
  }
  expect([table.size, table.textOf(49_999)]).toEqual([many, `user${49_999 * 7}`]);
});
