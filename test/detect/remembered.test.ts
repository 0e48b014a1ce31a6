import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createRemembered } from '../../src/detect/access/remembered.ts';

const viewOf = (text: string): DataView => {
  const bytes = Buffer.from(text, 'latin1');
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
};

it('gives no answer but the one that was kept for the same bytes', () => {
  // Long texts that differ in one place only lose their slots to each other.
  const text = fc
    .tuple(fc.nat(79), fc.constantFrom('a', 'b'), fc.constantFrom(20, 33, 80, 120))
    .map(([at, letter, length]) => {
      const plain = 'x'.repeat(length);
      return `${plain.slice(0, at)}${letter}${plain.slice(at + 1)}`.slice(0, length);
    });
  fc.assert(
    fc.property(fc.array(text, { maxLength: 40 }), (texts) => {
      const remembered = createRemembered<string>();
      for (const each of texts) {
        const view = viewOf(`--${each}--`);
        const found = remembered.find(view, 2, 2 + each.length);
        if (found !== undefined) expect(found).toBe(each);
        else remembered.keep(view, 2, 2 + each.length, each);
        expect(remembered.find(view, 2, 2 + each.length)).toBe(each);
      }
    }),
  );
});

it('rests where hardly anything repeats, and helps again where it does', () => {
  const remembered = createRemembered<number>();
  const look = (text: string, answer: number): boolean => {
    const view = viewOf(text);
    const found = remembered.find(view, 0, text.length);
    if (found !== undefined) expect(found).toBe(answer);
    else remembered.keep(view, 0, text.length, answer);
    return found !== undefined;
  };
  const helps = (): boolean => look('an agent like many', 7) && look('an agent like many', 7);
  look('an agent like many', 7);
  expect(helps()).toBe(true);
  for (let index = 0; index < 5000; index += 1) look(`agent ${index}`, index);
  expect(helps()).toBe(false);
  for (let index = 0; index < 40_000; index += 1) look('an agent like many', 7);
  expect(helps()).toBe(true);
});
