/** A value keeps its name however often it comes, and what is remembered of it is never told of another. */
import { expect, it } from 'vitest';
import { deriveKey } from '../../src/masking/mask-key.ts';
import { keyedNaming } from '../../src/masking/naming.ts';
import { createRecurring } from '../../src/masking/recurring.ts';

it('the same value has one name, whatever came between', () => {
  const kept: string[] = [];
  const name = keyedNaming('token', deriveKey('0123456789abcdef'), false, (given) => {
    kept.push(given);
  });
  const first = name('password', 'hunter2', 'latin1');
  expect(first).toMatch(/^tok-password-[a-z2-7]{16}$/);
  for (let count = 0; count < 200_000; count += 1) name('password', `other${count}`, 'latin1');
  expect(name('password', 'hunter2', 'latin1')).toBe(first);
  expect(name('secret', 'hunter2', 'latin1')).not.toBe(first);
  // As bytes of a file and as a text that was read, one value has one name.
  expect(name('password', 'Ã¤', 'latin1')).toBe(name('password', 'ä', 'utf8'));
  expect(kept.filter((one) => one === first).length).toBeLessThanOrEqual(2);
});

it('a name is remembered from the second time on, for its kind and encoding alone', () => {
  const recurring = createRecurring();
  const place = recurring.placeOf('password', 'x');
  const ask = (kind: string, value: string, encoding: 'latin1' | 'utf8'): string | undefined =>
    recurring.at(recurring.placeOf(kind, value), kind, value, encoding);
  recurring.keep(place, 'password', 'x', 'latin1', 'one');
  expect(ask('password', 'x', 'latin1')).toBeUndefined();
  recurring.keep(recurring.placeOf('password', 'x'), 'password', 'x', 'latin1', 'one');
  expect(ask('password', 'x', 'latin1')).toBe('one');
  expect(ask('password', 'x', 'utf8')).toBeUndefined();
  expect(ask('password', 'y', 'latin1')).toBeUndefined();
});
