/** Our HMAC is that of node:crypto, over every length at which a block ends, and long ones. */
import { createHmac, randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { bytesOf, createCoder } from '../../src/masking/hmac.ts';

it('HMAC-SHA-256 is the same as that of node:crypto', () => {
  const key = randomBytes(32);
  const coder = createCoder(key);
  const first = Buffer.from('secret\0');
  const lengths = [...Array.from({ length: 200 }, (_, length) => length), 1010, 1100, 70_000, 3];
  for (const length of lengths) {
    const value = randomBytes(length);
    const message = coder.room(first.length + length);
    first.copy(message);
    value.copy(message, first.length);
    expect(bytesOf(coder.code(first.length + length)).toString('hex'), `${length} bytes`).toBe(
      createHmac('sha256', key).update(first).update(value).digest('hex'),
    );
  }
});
