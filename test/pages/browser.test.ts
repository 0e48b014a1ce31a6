/** Pages in a real Chromium, started once: nothing hostile acts in them, nothing is asked for, everybody can use them. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findChromium, printPdf } from '../../src/processes/print-pdf.ts';
import { isThere } from '../needs.ts';
import { ensureBuilt } from '../program.ts';
import { hostileReport, hostileTimeline } from './hostile-pages.ts';
import { HOSTILE } from './hostile-strings.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
/** In the words of the browser: whose types are not those of the program. */
const ACTIVE = `({
  pwned: window.pwned ?? null,
  elements: document.querySelectorAll('main script, main style, iframe, object, embed, img, link, base, video, math, #escaped, main form:not(#filters)').length,
  handlers: [...document.querySelectorAll('*')].filter((one) => [...one.attributes].some(({ name }) => name.startsWith('on') || (name === 'style' && !one.closest('.uplot')))).length,
  links: [...document.querySelectorAll('a')].filter((one) => !(one.getAttribute('href') ?? '').startsWith('#')).length,
  unseen: /[\\u0000-\\u0008\\u000e-\\u001f\\u202a-\\u202e\\u2066-\\u2069\\u200b]/.test(document.body.innerText),
})`;
const program = findChromium(process.env) ?? '';

describe.runIf(isThere('chromium', program !== '' && existsSync(program)))('in a browser', () => {
  let browser: Browser;
  const asked: string[] = [];
  const said: string[] = [];

  beforeAll(async () => {
    ensureBuilt();
    browser = await chromium.launch({ executablePath: program, args: ['--no-sandbox'] });
  });
  afterAll(() => browser?.close());

  /** A page that was opened from nowhere, and what it asked for and said. */
  async function open(
    markup: string,
    options: { javaScriptEnabled?: boolean; width?: number } = {},
  ): Promise<Page> {
    const { javaScriptEnabled = true, width = 1_000 } = options;
    const context = await browser.newContext({
      javaScriptEnabled,
      viewport: { width, height: 900 },
    });
    const page = await context.newPage();
    page.on('request', (request) => {
      if (!request.url().startsWith('http://page.invalid/')) asked.push(request.url());
    });
    page.on('console', (message) => said.push(message.text()));
    page.on('pageerror', (error) => said.push(String(error)));
    page.on('dialog', (dialog) => said.push(dialog.message()));
    await page.route('http://page.invalid/', (route) =>
      route.fulfill({ body: markup, contentType: 'text/html; charset=utf-8' }),
    );
    await page.goto('http://page.invalid/');
    if (javaScriptEnabled)
      await page.waitForSelector('html[data-ready=all]', { state: 'attached' });
    return page;
  }

  /** What acts, or could. */
  const active = (page: Page): Promise<unknown> => page.evaluate(ACTIVE);
  const NOTHING = { pwned: null, elements: 0, handlers: 0, links: 0, unseen: false };
  const serious = async (page: Page): Promise<string[]> => {
    await page.evaluate(AXE);
    const found = (await page.evaluate('axe.run()')) as {
      violations: { id: string; impact: string }[];
    };
    return found.violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id }) => id);
  };

  it('has at least 200 hostile strings', () =>
    expect(new Set(HOSTILE).size).toBeGreaterThanOrEqual(200));

  it('lets none of them act in a timeline, whatever is looked at', async () => {
    const page = await open(hostileTimeline(HOSTILE));
    expect(await page.locator('#rows tbody tr').count()).toBe(100);
    for (const row of [0, 5, 44]) {
      await page.locator(`tr[data-row="${row}"]`).click();
      await page.waitForSelector('#panel pre');
      expect(await active(page), HOSTILE[row]).toEqual(NOTHING);
      await page.keyboard.press('Escape');
      expect(await page.locator('#panel').isVisible()).toBe(false);
    }
    await page.fill('input[name=text]', '<script>');
    expect(await page.locator('#shown').innerText()).toMatch(/^\d+ of 2\d\d rows\.$/);
    await page.click('[data-zoom=in]');
    await page.selectOption('select[name=lanes]', 'tactic');
    expect(await active(page)).toEqual(NOTHING);
    await page.close();
  });

  it('lets none of them act in a post-mortem', async () => {
    const page = await open(await hostileReport(HOSTILE), { width: 400 });
    expect(await page.locator('article h2').count()).toBe(16);
    expect(await active(page)).toEqual(NOTHING);
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    await page.close();
  });

  it('is a post-mortem that everybody can read', async () => {
    const page = await open(await hostileReport(['one', 'two', 'three']));
    expect(await serious(page)).toEqual([]);
    await page.close();
  });

  it('shows totals and the first thousand rows without JavaScript, and counts the rest', async () => {
    const many = Array.from({ length: 1_500 }, () => 'row');
    const page = await open(hostileTimeline(many), { javaScriptEnabled: false });
    expect(await page.locator('#rows tbody tr').count()).toBe(1_000);
    expect(await page.locator('#shown').innerText()).toContain('of 1,500 rows; the other 500');
    expect(await page.locator('#totals-title').innerText()).toBe('1,500 findings');
    expect(await page.locator('#filters').isVisible()).toBe(false);
    await page.close();
  });

  it('is used by keyboard alone', async () => {
    const page = await open(hostileTimeline(['first', 'second']));
    await page.locator('tr[data-row="0"]').focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.waitForSelector('#panel h2');
    // No serious violation for those who read by other means.
    expect(await serious(page)).toEqual([]);
    expect(await page.locator('#panel h2').innerText()).toBe('second');
    await page.keyboard.press('Escape');
    expect(await page.evaluate('document.activeElement.dataset.row')).toBe('1');
    await page.close();
  });

  it('asked nobody for anything, and had nothing to say', () =>
    expect({ asked, said }).toEqual({ asked: [], said: [] }));

  it('prints a PDF of them in which nothing acts', async () => {
    // The other half is the same behind what closes a tag.
    const page = await hostileReport(HOSTILE.slice(0, HOSTILE.length / 2), true);
    const bytes = Buffer.from(await printPdf(page, process.env, new AbortController().signal));
    expect(bytes.subarray(0, 5).toString()).toBe('%PDF-');
    // What is drawn stands in packed streams; names of what a reader would do stand between them.
    const outside = bytes.toString('latin1').replace(/\bstream\r?\n[\s\S]*?endstream/g, '');
    expect(outside).toContain('/Pages');
    expect(outside).not.toMatch(
      /\/(?:JavaScript|JS|OpenAction|AA|URI|Launch|EmbeddedFile|SubmitForm|GoToR)\b/,
    );
  });
});

describe('without a browser that works', () => {
  const signal = new AbortController().signal;
  it('says that there is none', async () => {
    await expect(printPdf('x', { PATH: '/nonexistent' }, signal)).rejects.toThrow(
      'needs Chromium, which is not installed',
    );
  });
  it('ends one that hangs', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'ir-hangs-'));
    writeFileSync(join(folder, 'hangs'), '#!/bin/sh\nexec sleep 600\n', { mode: 0o755 });
    const hanging = { PATH: process.env['PATH'], IR_CHROMIUM: join(folder, 'hangs') };
    await expect(printPdf('x', hanging, signal, 200)).rejects.toThrow('printed no PDF: timed out');
    rmSync(folder, { recursive: true });
  });
  it('tells of one that fails', async () => {
    await expect(printPdf('x', { IR_CHROMIUM: '/bin/false' }, signal)).rejects.toThrow(
      'printed no PDF: exit code 1',
    );
  });
});
