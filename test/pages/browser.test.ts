/** Pages in a real Chromium, started once: nothing hostile acts in them, nothing is asked for, everybody can use them. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reportHtml } from '../../src/commands/report-html.ts';
import type { PageItem } from '../../src/pages/page-item.ts';
import { timelinePage } from '../../src/pages/timeline-page.ts';
import { findChromium, printPdf } from '../../src/processes/print-pdf.ts';
import { findTemplate, readPartials, readTemplate } from '../../src/reports/load-templates.ts';
import { renderTemplate } from '../../src/reports/render-template.ts';
import { isThere } from '../needs.ts';
import { ensureBuilt } from '../program.ts';
import { emptyDetail, modelOf } from '../reports/sample-model.ts';
import { finding } from '../store/sample-entries.ts';
import { HOSTILE } from './hostile-strings.ts';

const START = Date.UTC(2026, 2, 1, 22) * 1000;
const LEVELS = ['critical', 'high', 'medium', 'low', 'informational'] as const;
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

const item = (text: string, index: number): PageItem => ({
  ...{ number: text, side: 'attacker', atUs: START + index * 60_000_000, untilUs: undefined },
  ...{
    level: LEVELS[index % 5],
    title: text,
    tactics: ['execution', text],
    techniques: ['T1059', text],
  },
  ...{
    count: index,
    source: text,
    notes: [text],
    entities: [
      ['source.ip', text],
      ['user.name', `u ${text}`],
    ],
  },
  lines: [
    { place: text, text },
    { place: text, text, isAround: true },
  ],
});

function hostileTimeline(items: readonly PageItem[]): string {
  const rows = HOSTILE.slice(0, 20).map((value, count) => ({ value, count }));
  return [
    ...timelinePage({
      title: HOSTILE[4]!,
      items,
      events: { startUs: START, bucketUs: 600_000_000, counts: [1, 5, 2, 0, 9] },
      totals: {
        files: 1,
        lines: 9,
        events: 9,
        byLevel: { critical: 1, high: 1, medium: 1, low: 1, informational: 1 },
      },
      firstUs: START,
      lastUs: START + 1,
      stories: [{ title: HOSTILE[0]!, statements: HOSTILE.map((text) => ({ label: text, text })) }],
      top: { byRequests: rows, byBytes: rows, byFailedLogins: rows },
      remarks: HOSTILE,
      files: HOSTILE.map((text) => ({
        path: text,
        format: text,
        sha256: text,
        lines: 1,
        parsed: 1,
        joined: 0,
        skipped: 0,
        problem: text,
      })),
      techniques: { nameOf: (id) => `${id} ${HOSTILE[0]}`, tacticsOf: () => [] },
    }),
  ].join('');
}

/** A post-mortem in which people and logs wrote nothing but that. */
async function reportOf(texts: readonly string[]): Promise<string> {
  const base = finding('beef');
  const findings = texts.map((text, index) => ({
    ...base,
    id: `${index}`.padStart(16, '0'),
    rule: { ...base.rule, title: text },
    entities: { 'user.name': [text] },
    evidence: [{ ...base.evidence[0]!, file: text, raw: text }],
  }));
  const detail = emptyDetail({ findings });
  Object.assign(detail.incident, { title: texts[2], description: texts.join('\n') });
  const model = modelOf(detail);
  const file = await findTemplate('postmortem', process.cwd(), {});
  const text = renderTemplate(await readTemplate(file), file.path, model, await readPartials({}));
  return reportHtml(text, { model, file, detail }, false);
}

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
    const page = await open(hostileTimeline(HOSTILE.map(item)));
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
    const page = await open(await reportOf(HOSTILE), { width: 400 });
    expect(await page.locator('article h2').count()).toBe(16);
    expect(await active(page)).toEqual(NOTHING);
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    await page.close();
  });

  it('is a post-mortem that everybody can read', async () => {
    const page = await open(await reportOf(['one', 'two', 'three']));
    expect(await serious(page)).toEqual([]);
    await page.close();
  });

  it('shows totals and the first thousand rows without JavaScript, and counts the rest', async () => {
    const many = Array.from({ length: 1_500 }, (_, index) => item('row', index));
    const page = await open(hostileTimeline(many), { javaScriptEnabled: false });
    expect(await page.locator('#rows tbody tr').count()).toBe(1_000);
    expect(await page.locator('#shown').innerText()).toContain('of 1,500 rows; the other 500');
    expect(await page.locator('#totals-title').innerText()).toBe('1,500 findings');
    expect(await page.locator('#filters').isVisible()).toBe(false);
    await page.close();
  });

  it('is used by keyboard alone', async () => {
    const page = await open(hostileTimeline([item('first', 0), item('second', 1)]));
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

  it('prints a PDF', async () => {
    const bytes = Buffer.from(
      await printPdf(
        '<!DOCTYPE html><title>x</title><p>x',
        process.env,
        new AbortController().signal,
      ),
    );
    expect(bytes.subarray(0, 5).toString()).toBe('%PDF-');
    expect(bytes.includes('/JavaScript')).toBe(false);
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
