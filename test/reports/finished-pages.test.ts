/** What a reader sees of every variant as a page, word by word, and that the printed one says the same. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { report } from '../../src/commands/report.ts';
import { findChromium, printPdf } from '../../src/processes/print-pdf.ts';
import { type TestContext, testContext } from '../commands/test-context.ts';
import { isThere } from '../needs.ts';
import { ensureBuilt } from '../program.ts';
import { finishedCase, VARIANTS } from './finished-case.ts';

let folder: string;
let context: TestContext;
beforeAll(async () => {
  ensureBuilt();
  folder = mkdtempSync(join(tmpdir(), 'ir-pages-'));
  const { settings } = await finishedCase(folder);
  const env = settings.env as Record<string, string>;
  context = testContext({ cwd: folder, env, format: 'html' });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', amp: '&' };

/** The text of a page, a line for each part; charts and data for the script have none. */
function textOf(page: string): string {
  return page
    .replace(/^[\s\S]*<body>/, '')
    .replace(/<(script|svg)\b[\s\S]*?<\/\1>/g, '')
    .replace(/<\/?(?:code|strong|em|a|b|span)\b[^>]*>/g, '')
    .replace(/<[^>]*>/g, '\n')
    .replace(/&(?:#(\d+)|(\w+));/g, (_, code?: string, name = '') =>
      code === undefined ? (ENTITIES[name] ?? `&${name};`) : String.fromCharCode(Number(code)),
    )
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join('\n');
}

const pageOf = async (template: string): Promise<{ page: string; text: string }> => {
  const { text: page, model } = await report(context, { template, record: false });
  // Hashes cover random bits, so that erased texts cannot be guessed.
  return { page, text: `${textOf(page).replaceAll(model.custody.head, '(head)')}\n` };
};

it('every variant is the golden page', async () => {
  for (const template of VARIANTS) {
    const { text } = await pageOf(template);
    const golden = fileURLToPath(new URL(`golden-pages/${template}.txt`, import.meta.url));
    if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(golden, text);
    expect(text, template).toBe(readFileSync(golden, 'utf8'));
  }
});

const program = findChromium(process.env) ?? '';
const canPrint = isThere(
  'chromium and pdftotext',
  existsSync(program) && spawnSync('pdftotext', ['-v']).status === 0,
);

it.runIf(canPrint)('the executive summary on paper says what its page says', async () => {
  const { page } = await pageOf('executive');
  const pdf = join(folder, 'executive.pdf');
  writeFileSync(pdf, await printPdf(page, process.env, new AbortController().signal));
  const printed = execFileSync('pdftotext', ['-raw', '-enc', 'UTF-8', pdf, '-'], {
    encoding: 'utf8',
  });
  // Where lines break is a matter of fonts.
  const letters = (text: string): string => text.replace(/\s+/g, '');
  expect(printed.match(/\f/g)).toHaveLength(1);
  // Nobody clicks on paper: the contents are left out.
  const article = /<article>[\s\S]*<\/article>/.exec(page)?.[0] ?? '';
  expect(letters(printed)).toBe(letters(textOf(article)));
});
