/** The live pages in a real Chromium, started once: the token lets in, what is hostile stays text, what changes is drawn. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';
import { expect, it } from 'vitest';
import { findChromium } from '../../src/processes/print-pdf.ts';
import { loadDashboards } from '../../src/serve/dashboard.ts';
import { serve } from '../../src/serve/server.ts';
import { createSite } from '../../src/serve/site.ts';
import { isThere } from '../needs.ts';
import { ensureBuilt } from '../program.ts';
import { hostileKnown, shownIncident } from './known.ts';

const program = findChromium(process.env) ?? '';
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const TOKEN = 'a-token-of-the-test-1234567890';
/** Where somebody wants to look at them. */
const SHOTS = process.env['IR_TEST_SHOTS'];
const ACTIVE = `({
  pwned: window.pwned ?? null,
  elements: document.querySelectorAll('main script, main style, iframe, object, embed, img, link, base, video, math, #escaped, main form:not(#filters, [data-act])').length,
  handlers: [...document.querySelectorAll('*')].filter((one) => [...one.attributes].some(({ name }) => name.startsWith('on') || name === 'style')).length,
  links: [...document.querySelectorAll('a')].filter((one) => !/^[#/][^/]/.test(one.getAttribute('href') ?? '')).length,
})`;
const INERT = { pwned: null, elements: 0, handlers: 0, links: 0 };

it.runIf(isThere('chromium', program !== '' && existsSync(program)))(
  'shows hostile text as text, live, at any width, to everybody',
  async () => {
    ensureBuilt();
    const known = hostileKnown();
    const written: unknown[] = [];
    const site = createSite({
      ...{ dashboards: loadDashboards({}), first: 'overview', known: () => known, canWrite: true },
      finding: (id) => known.findings.find(({ finding }) => finding.id === id),
      incident: () => Promise.resolve(shownIncident()),
    });
    const serving = await serve({
      ...{ host: '127.0.0.1', port: 0, tls: undefined, token: TOKEN, isOwnName: () => false },
      ...{ door: site.door, answer: site.answer, metrics: () => '', say: () => undefined },
      act: (body) => {
        written.push(JSON.parse(body));
        return Promise.resolve('written');
      },
    });
    const browser = await chromium.launch({ executablePath: program, args: ['--no-sandbox'] });
    try {
      const page = await (await browser.newContext()).newPage();
      const errors: string[] = [];
      page.on('pageerror', ({ message }) => errors.push(message));
      const home = `http://127.0.0.1:${serving.port}`;
      await page.goto(`${home}/?range=all#${TOKEN}`);
      await page.waitForSelector('html[data-ready]');
      expect(page.url()).toBe(`${home}/?range=all`);
      known.counters = { ...known.counters!, rate: 4321 };
      await site.tell();
      await page.waitForSelector('text=4,321');
      for (const [name, path] of [
        ['overview', '/?range=all'],
        ['logins', '/dashboard/logins?range=all'],
        ['incident', '/incident/INC-2026-0001'],
        ['alert', '/alert/L-1'],
        ['finding', `/finding/${known.findings[0]!.finding.id}`],
      ] as const) {
        if (name !== 'overview') await page.goto(`${home}${path}`);
        expect([name, await page.evaluate(ACTIVE)]).toEqual([name, INERT]);
        for (const width of [400, 2000]) {
          await page.setViewportSize({ width, height: 900 });
          const wide = await page.evaluate('document.documentElement.scrollWidth');
          expect([name, width, wide]).toEqual([name, width, width]);
          if (SHOTS !== undefined)
            writeFileSync(
              `${SHOTS}/${name}-${width}.png`,
              await page.screenshot({ fullPage: true }),
            );
        }
        // Their tables and forms are those of the others.
        if (name === 'logins' || name === 'incident') continue;
        // The policy lets nothing in, so it comes by the debugger.
        await page.evaluate(AXE);
        const found = (await page.evaluate(
          'axe.run().then(({ violations }) => violations.map(({ id, nodes }) => id + nodes[0].html.slice(0, 200)))',
        )) as string[];
        expect([name, found]).toEqual([name, []]);
      }
      // What a form holds is sent, and what comes of it is said.
      await page.goto(`${home}/incident/INC-2026-0001`);
      await page.fill('[data-act="note"] textarea', '<b>seen</b>');
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      await page.waitForSelector('text=written');
      expect(written).toEqual([{ act: 'note', incident: 'INC-2026-0001', text: '<b>seen</b>' }]);

      // Another part is asked for without loading the page anew, and the way back leads back.
      await page.goto(`${home}/?range=all`);
      await page.evaluate('window.same = 1');
      await page.fill('#filters [name="entity"]', '203.0.113.9');
      await page.keyboard.press('Enter');
      // Asked again and again from here: the policy of the page forbids what waits inside of it.
      const comes = (what: string) =>
        expect.poll(() => page.evaluate(what), { timeout: 30_000 }).toBe(true);
      await comes(
        'document.querySelector(".live-table a[href^=\\"/finding\\"]")?.closest("tbody").rows.length === 1',
      );
      expect(page.url()).toContain('entity=203.0.113.9');
      const chart = page.locator('svg[data-start]').first();
      await chart.scrollIntoViewIfNeeded();
      const box = (await chart.boundingBox())!;
      await page.mouse.move(box.x + box.width * 0.4, box.y + 20);
      await page.mouse.down();
      await page.mouse.move(box.x + box.width * 0.6, box.y + 20);
      await page.mouse.up();
      await comes('/from=2026-03-02T/.test(location.search)');
      await page.goBack();
      expect(page.url()).not.toContain('from=');
      expect(await page.evaluate('window.same')).toBe(1);
      expect(errors).toEqual([]);
    } finally {
      await browser.close();
      await serving.close();
    }
  },
  120_000,
);
