/** Earlier spellings of options are taken, and shown nowhere. */
import { describe, expect, it } from 'vitest';
import { createProgram } from '../../src/cli/program.ts';

describe('an earlier spelling', () => {
  it.each([
    ['demo', ['demo', '--out', 'x']],
    ['demo, as it is now', ['demo', '--output', 'x']],
    ['drill logs', ['drill', 'logs', 'webshop', '--out', 'x']],
    ['drill logs, as it is now', ['drill', 'logs', 'webshop', '--output', 'x']],
  ])('is taken by %s', async (_, argv) => {
    const given: unknown[] = [];
    const program = createProgram('', async (command) => {
      given.push(command.opts()['output']);
    });
    await program.parseAsync(argv, { from: 'user' });
    expect(given).toEqual(['x']);
  });

  it.each([
    ['demo', ['demo', '--help']],
    ['drill logs', ['drill', 'logs', '--help']],
  ])('is not in the help of %s', async (_, argv) => {
    let text = '';
    const program = createProgram(
      '',
      async () => undefined,
      (part) => (text += part),
    );
    await expect(program.parseAsync(argv, { from: 'user' })).rejects.toThrow();
    expect(text).toContain('--output <folder>');
    expect(text).not.toContain('--out ');
  });
});
