/**
 * The page of a timeline with many findings in headless Chromium: its size, its first paint, zoom and filters: node bench/page.js [findings]
 * Needs a build and Chromium. What is printed is written down in bench/SPEED.md; the load of the machine is said with it.
 */
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { timelinePage } from '../dist/pages/timeline-page.js';
import { findChromium } from '../dist/processes/print-pdf.js';

const count = Number(process.argv[2] ?? 100_000);
const RUNS = 20;
const START = Date.UTC(2026, 2, 1) * 1000;
const LEVELS = ['critical', 'high', 'medium', 'low', 'informational'];
const TACTICS = ['initial-access', 'execution', 'persistence', 'credential-access', 'exfiltration'];

/** The same numbers every time, in which nothing repeats that would not. */
let seed = 7;
const random = (below) => {
  seed = (seed + 0x6d2b79f5) | 0;
  let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed);
  return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
};
const hex = (digits) => Array.from({ length: digits }, () => random(16).toString(16)).join('');

function item(_, index) {
  const address = `${random(223)}.${random(256)}.${random(256)}.${random(256)}`;
  const atUs = START + index * 6_048_000 + random(6_000_000);
  const line = () =>
    `${address} - - [01/Mar/2026:10:00:00 +0000] "GET /shop/${hex(12)}?id=${random(1e6)} HTTP/1.1" ${200 + random(300)} ${random(90_000)} "-" "Mozilla/5.0 (X11; Linux x86_64) ${hex(6)}"`;
  return {
    ...{ number: `F-${index + 1}`, side: 'attacker', atUs, untilUs: atUs + random(6e7) },
    ...{ level: LEVELS[random(5)], title: `Rule ${random(300)} fired`, count: 1 + random(500) },
    ...{ tactics: [TACTICS[random(5)]], techniques: [`T1${100 + random(90)}`] },
    ...{ source: `access-${random(12)}.log`, notes: [] },
    entities: [
      ['source.ip', address],
      ['user.name', `user-${random(5_000)}`],
    ],
    lines: [
      { place: `access.log:${index * 3}`, text: line() },
      { place: `access.log:${index * 3 + 1}`, text: line() },
    ],
  };
}

const folder = mkdtempSync(join(tmpdir(), 'ir-bench-page-'));
const path = join(folder, 'timeline.html');
const rows = Array.from({ length: 10 }, (_, rank) => ({ value: `198.51.100.${rank}`, count: 9 }));
const items = Array.from({ length: count }, item);
const byLevel = Object.fromEntries(LEVELS.map((level) => [level, Math.floor(count / 5)]));
const made = performance.now();
const pieces = timelinePage({
  ...{ title: 'Findings', items, remarks: [], stories: [], files: [] },
  events: {
    ...{ startUs: START, bucketUs: 3_600_000_000 },
    counts: Array.from({ length: 168 }, () => random(9_000)),
  },
  totals: { files: 12, lines: 9e6, events: 9e6, byLevel },
  ...{ firstUs: START, lastUs: START + 604_800_000_000 },
  top: { byRequests: rows, byBytes: rows, byFailedLogins: rows },
  techniques: { nameOf: (id) => id, tacticsOf: () => [TACTICS[0]] },
});
writeFileSync(path, [...pieces].join(''));
const madeMs = performance.now() - made;
console.log(
  `${count} findings: ${(statSync(path).size / 1e6).toFixed(1)} MB, made in ${Math.round(madeMs)} ms`,
);

/** In the page: how long it takes until what was asked for is drawn. */
const MEASURE = `async (asks) => {
  const drawn = () => new Promise((done) => requestAnimationFrame(() => { const { port1, port2 } = new MessageChannel(); port1.onmessage = () => done(); port2.postMessage(0); }));
  const form = document.getElementById('filters');
  const times = [];
  for (const [kind, value] of asks) {
    await drawn();
    const at = performance.now();
    if (kind === 'zoom') document.querySelector('[data-zoom="' + value + '"]').click();
    else { form[kind].value = value; form[kind].dispatchEvent(new Event('input', { bubbles: true })); }
    document.body.getBoundingClientRect();
    const script = performance.now() - at;
    await drawn();
    times.push([script, performance.now() - at]);
  }
  return [times, document.getElementById('shown').innerText];
}`;

const browser = await chromium.launch({
  executablePath: findChromium(process.env),
  args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
});
try {
  const page = await (await browser.newContext()).newPage();
  await page.goto(`file://${path}`, { waitUntil: 'commit' });
  await page.waitForSelector('html[data-ready=all]', { state: 'attached', timeout: 300_000 });
  const [paint, whole] = await page.evaluate(
    `[performance.getEntriesByName('first-contentful-paint')[0]?.startTime, performance.now()]`,
  );
  console.log(
    `first paint after ${Math.round(paint)} ms, lines of all to search after ${Math.round(whole)} ms`,
  );
  // Of the page's own thread: what a busy machine makes it wait is not in it.
  const tools = await page.context().newCDPSession(page);
  await tools.send('Performance.enable', { timeDomain: 'threadTicks' });
  const worked = async () =>
    (await tools.send('Performance.getMetrics')).metrics.find(({ name }) => name === 'TaskDuration')
      .value * 1000;
  const zooms = Array.from({ length: RUNS }, (_, at) => ['zoom', at % 2 === 0 ? 'in' : 'out']);
  const texts = Array.from({ length: RUNS }, (_, at) => ['text', at % 2 === 0 ? hex(2) : '']);
  const entities = Array.from({ length: RUNS }, (_, at) => [
    'entity',
    at % 2 === 0 ? `user-${at}` : '',
  ]);
  for (const [what, asks] of Object.entries({ zoom: zooms, text: texts, entity: entities })) {
    const before = await worked();
    const [times, shown] = await page.evaluate(`(${MEASURE})(${JSON.stringify(asks)})`);
    const [script, all] = [0, 1].map((at) => times.map((one) => one[at]).sort((a, b) => a - b));
    const of = (sorted) =>
      `median ${Math.round(sorted[RUNS / 2])} ms, most ${Math.round(sorted[RUNS - 1])} ms`;
    const each = Math.round(((await worked()) - before) / RUNS);
    console.log(
      `${what}: until computed ${of(script)}; until drawn ${of(all)}; processor time ${each} ms each (${shown})`,
    );
  }
  console.log(`load ${loadavg()[0].toFixed(1)}`);
} finally {
  await browser.close();
  rmSync(folder, { recursive: true, force: true });
}
