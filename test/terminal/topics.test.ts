/** `ir help TOPIC`: every page as a terminal shows it. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createProgram } from '../../src/cli/program.ts';
import { TOPICS, topic } from '../../src/commands/topics.ts';
import { markdownText } from '../../src/terminal/markdown-text.ts';
import { createStyle } from '../../src/terminal/style.ts';

const at = (columns: number, color: 'never' | 'always' = 'never') =>
  createStyle({}, color, { COLUMNS: String(columns) });

describe.each(TOPICS.map(({ name }) => name))('the topic %s', (name) => {
  it.each([40, 60, 80, 120])('fits %i columns, and shows no sign of Markdown', (columns) => {
    const text = markdownText(topic([name])!.text, at(columns));
    for (const line of text.split('\n')) {
      // Code is shown as it is.
      if (!line.startsWith('    ')) expect(line.length, line).toBeLessThanOrEqual(columns);
    }
    const prose = text
      .split('\n')
      .filter((line) => !line.startsWith('    '))
      .join('\n');
    expect(prose).not.toMatch(/^#|`|\]\(|^\||&lt;/m);
  });
});

it('finds a topic of two words, and none by another name', () => {
  expect(topic(['exit', 'codes'])?.name).toBe('exit-codes');
  expect(topic(['constructor'])).toBeUndefined();
  expect(topic([])).toBeUndefined();
  for (const { file } of TOPICS) expect(existsSync(join('docs', file))).toBe(true);
});

it('is listed by the help of the program, and meant by a mistyped name', async () => {
  const listed = createProgram('', async () => undefined);
  let text = '';
  listed.configureOutput({ writeOut: (part) => (text += part) }).outputHelp();
  for (const { name } of TOPICS) expect(text).toContain(name);
  await expect(
    createProgram('', async () => undefined).parseAsync(['help', 'levls'], { from: 'user' }),
  ).rejects.toMatchObject({ exit: 2, hint: 'Did you mean "levels"?' });
});

it('is drawn in columns, with headings in bold', () => {
  const page = `# A page

Text with \`code\`, **weight** and [a link](x.md),
on two lines.

## Part

- one
- two, which is
  on two lines

| Name | Meaning |
| --- | --- |
| \`a\` | the first, which is explained at such length that it needs two lines |
| \`a name that is longer than a column\` | below it |
| \`x \\| y\` | a bar |

\`\`\`sh
ir timeline 'a  b'   # as it is

more
\`\`\`
`;
  expect(markdownText(page, at(60))).toMatchInlineSnapshot(`
    "A page

    Text with code, weight and a link, on two lines.

    Part

      - one
      - two, which is on two lines

      a      the first, which is explained at such length that
             it needs two lines
      a name that is longer than a column
             below it
      x | y  a bar

        ir timeline 'a  b'   # as it is

        more
    "
  `);
  expect(markdownText(page, at(60, 'always'))).toContain('\u001b[1mA page\u001b[22m');
});
