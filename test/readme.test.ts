/**
 * The examples of the README, run in order in one folder. In a block tagged `console`, a line that begins
 * with `$ ` is run; it must end with 0, or with the code of a trailing `# exit 3`. The lines below it are
 * what it prints: a line `...` stands for any lines, `...` within a line for any text.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWorkplace, thinOut, type Workplace } from './practice-breach.ts';

const README = readFileSync('README.md', 'utf8');

interface Example {
  command: string;
  exit: number;
  output: string;
}

const blocks = (tag: string): string[] =>
  [...README.matchAll(new RegExp(`^\`\`\`${tag}\\n([\\s\\S]*?)^\`\`\`$`, 'gm'))].map(
    ([, text = '']) => text,
  );

const examples: Example[] = blocks('console').flatMap((block) =>
  block
    .split(/^\$ /m)
    .slice(1)
    .map((part) => {
      const [command = '', ...output] = part.trimEnd().split('\n');
      const exit = Number(/# exit (\d+)$/.exec(command)?.[1] ?? 0);
      return { command, exit, output: output.join('\n') };
    }),
);

/** The first part of what the README shows that was not printed. Parts stand between `...` lines, in order. */
function missingPart(printed: string, shown: string): string | undefined {
  const lines = printed.split('\n');
  let from = 0;
  for (const part of shown.split(/^\s*\.\.\.$/m)) {
    const wanted = part.replace(/^\n|\n$/g, '').split('\n');
    const found = lines.findIndex(
      (_, at) =>
        at >= from && wanted.every((line, index) => isAlike(lines[at + index] ?? '', line)),
    );
    if (part.trim() === '') continue;
    if (found === -1) return wanted.join('\n');
    from = found + wanted.length;
  }
  return undefined;
}

const isAlike = (printed: string, shown: string): boolean =>
  new RegExp(
    `^${shown
      .trimEnd()
      .split('...')
      .map((text) => text.replace(/[$()*+.?[\\\]^{|}]/g, '\\$&'))
      .join('.*')}\\s*$`,
  ).test(printed);

let workplace: Workplace;
beforeAll(() => {
  workplace = createWorkplace();
}, 120_000);
afterAll(() => workplace.remove());

describe('the examples of the README', () => {
  it('are there', () => {
    expect(examples.length).toBeGreaterThan(15);
    expect(examples.filter(({ output }) => output !== '').length).toBeGreaterThan(4);
  });

  it.each(examples)(
    '$command',
    ({ command, exit, output }) => {
      const ran = workplace.shell(command);
      expect(ran.stderr).not.toContain('This is a bug');
      expect(ran.status, `${ran.stdout.slice(-2000)}\n${ran.stderr}`).toBe(exit);
      expect(missingPart(ran.stdout, output), 'not printed').toBeUndefined();
      // The first example reads the practice logs as they are; those after it show what can be asked of them.
      if (command === 'ir timeline practice') thinOut(join(workplace.folder, 'practice'));
    },
    120_000,
  );
});

describe('the README', () => {
  it('names npm scripts that are there', () => {
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as {
      scripts: Record<string, string>;
    };
    const named = [...README.matchAll(/\bnpm (?:run )?(start|test|build|lint|check|bench)\b/g)];
    expect(named.length).toBeGreaterThan(1);
    expect(named.map(([, name = '']) => name).filter((name) => !(name in scripts))).toEqual([]);
  });
});

describe('the comparison itself', () => {
  it.each([
    ['a\nb\nc\n', 'b', true],
    ['a\nb\nc\n', 'a\n...\nc', true],
    ['a\nb 17 d\n', 'b ... d', true],
    ['a\nb\nc\n', 'a\nc', false],
    ['a.b\n', 'axb', false],
    ['axb\n', 'a.b', false],
  ])('of %j with %j', (printed, shown, expected) => {
    expect(missingPart(printed, shown) === undefined).toBe(expected);
  });
});
