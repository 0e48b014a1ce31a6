/** Every page is valid HTML, as the validator of the W3C and WHATWG sees it: one process for all of them. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { metrics } from '../../src/commands/metrics.ts';
import { report } from '../../src/commands/report.ts';
import { monthlyReport } from '../../src/commands/report-monthly.ts';
import { loadDashboards } from '../../src/serve/dashboard.ts';
import { createSite } from '../../src/serve/site.ts';
import { view as metricsView } from '../../src/terminal/views/metrics.ts';
import { testContext } from '../commands/test-context.ts';
import { isThere } from '../needs.ts';
import { finishedCase, VARIANTS } from '../reports/finished-case.ts';
import { hostileKnown, shownIncident } from '../serve/known.ts';
import { hostileReport, hostileTimeline } from './hostile-pages.ts';
import { HOSTILE } from './hostile-strings.ts';

/** A folder with the validator and what it needs: `test/pages/validator/build.sh` fills one. */
const jars = process.env['IR_TEST_VNU'] ?? '';

/** What came after the validator of July 2020, the newest that Maven has, or was not in all browsers then. Nothing else passes. */
const NOT_YET =
  /^CSS: .*(?:“color-mix\(in srgb|“inset”|“print-color-adjust”)|^The “datetime-local” input type/;

/** Each page under the name of its file. */
async function pages(cwd: string): Promise<Map<string, string>> {
  const written = new Map<string, string>();
  const known = await finishedCase(cwd);
  const html = testContext({ cwd, format: 'html', env: { ...(known.settings.env as object) } });
  for (const template of VARIANTS)
    written.set(`report-${template}`, (await report(html, { template, record: false })).text);
  written.set('report-monthly', (await monthlyReport(html, { month: '2026-03' })).text);
  const measured = metricsView.html!((await metrics(html, {})).result);
  written.set('metrics', [...(measured as Iterable<string>)].join(''));
  written.set('timeline-hostile', hostileTimeline(HOSTILE));
  written.set('report-hostile', await hostileReport(HOSTILE));
  const state = hostileKnown();
  const site = createSite({
    ...{ dashboards: loadDashboards({}), first: 'overview', canWrite: true },
    ...{ known: () => state, incident: () => Promise.resolve(shownIncident()) },
    finding: (id) => state.findings.find(({ finding }) => finding.id === id),
  });
  written.set('serve-door', site.door().body);
  const paths = ['/', ...loadDashboards({}).map(({ name }) => `/dashboard/${name}`)];
  const single = ['/incident/INC-2026-0001', '/alert/L-1'];
  for (const path of [...paths, ...single, `/finding/${state.findings[0]!.finding.id}`]) {
    const answer = await site.answer(path, new URLSearchParams('range=all'), 'pass');
    if (answer === undefined || !('body' in answer)) throw new Error(`no page at ${path}`);
    written.set(`serve${path.replaceAll('/', '-')}`, answer.body);
  }
  return written;
}

interface Message {
  type: string;
  url: string;
  lastLine: number;
  message: string;
  extract?: string;
}

describe.runIf(isThere('the HTML validator in IR_TEST_VNU', jars !== '' && existsSync(jars)))(
  'pages',
  () => {
    it('are valid HTML: reports, timeline, metrics and what is served', async () => {
      const folder = mkdtempSync(join(tmpdir(), 'ir-vnu-'));
      try {
        const all = await pages(folder);
        const files = [...all].map(([name, text]) => {
          const file = join(folder, `${name}.html`);
          writeFileSync(file, text);
          return file;
        });
        // Of each page one mistake is known: the validator has read it.
        const wrong = join(folder, 'wrong.html');
        writeFileSync(wrong, '<!DOCTYPE html><html lang="en"><title>x</title><p><div></p>');
        const ran = spawnSync(
          'java',
          [
            ...['-XX:TieredStopAtLevel=1', '-Xss4m', '-cp', `${jars}/*`],
            'nu.validator.client.SimpleCommandLineValidator',
            ...['--stdout', '--format', 'json', '--exit-zero-always', ...files, wrong],
          ],
          { encoding: 'utf8', maxBuffer: 1e8 },
        );
        const { messages } = JSON.parse(ran.stdout) as { messages: Message[] };
        const said = messages
          .filter(({ message }) => !NOT_YET.test(message))
          .map(({ url, type, lastLine, message, extract = '' }) =>
            [basename(url), type, lastLine, message, extract.slice(0, 100)].join(' | '),
          );
        expect(said.filter((one) => !one.startsWith('wrong.html'))).toEqual([]);
        expect(said.length).toBeGreaterThan(0);
        expect(files.length).toBeGreaterThan(VARIANTS.length + 8);
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    }, 120_000);
  },
);
