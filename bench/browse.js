/**
 * Moves of the full-screen browser over many events, and the memory that they take: node bench/browse.js [events]
 * Needs a build. What is printed is for bench/README or the change that it belongs to; the load of the machine is said with it.
 */
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { openBrowse } from '../dist/commands/browse.js';
import { buildSettings } from '../dist/settings.js';
import { render } from '../dist/terminal/browser/render.js';
import { startState } from '../dist/terminal/browser/state.js';
import { update } from '../dist/terminal/browser/update.js';
import { perform } from '../dist/terminal/browser/work.js';

const count = Number(process.argv[2] ?? 10_000_000);
const folder = mkdtempSync(join(tmpdir(), 'ir-bench-browse-'));
const path = join(folder, 'access.log');
const START = Date.UTC(2026, 2, 1);

function write() {
  const file = openSync(path, 'w');
  for (let from = 0; from < count; from += 10_000) {
    let text = '';
    for (let at = from; at < Math.min(count, from + 10_000); at += 1) {
      const time = new Date(START + at * 50).toISOString().slice(0, 19);
      text += `203.0.113.${at % 250} - - [01/Mar/2026:${time.slice(11)} +0000] "GET /p/${(at * 7919) % 100_003} HTTP/1.1" 200 ${at % 9973}\n`;
    }
    writeSync(file, text);
  }
  closeSync(file);
}

const settings = buildSettings({}, { HOME: folder, IR_ACTOR: 'bench' }, folder);
const options = {
  ...{
    cwd: folder,
    zone: 'UTC',
    env: settings.env,
    level: 'medium',
    ruleNames: [],
    ruleFolders: [],
  },
  ...{
    filter: { sinceUs: -Infinity, untilUs: Infinity, entities: [] },
    referenceMs: undefined,
    workers: undefined,
  },
  stdin: [],
};

try {
  write();
  const started = performance.now();
  const { source, close } = await openBrowse({ settings }, { paths: [path], options });
  console.log(
    `${source.events.count} events indexed in ${Math.round(performance.now() - started)} ms`,
  );
  let state = startState(source, 50, 160);
  const look = { isUnicode: true };
  const shown = performance.now();
  render(state, look);
  console.log(`first screen ${(performance.now() - shown).toFixed(1)} ms after the reading`);
  const times = [];
  const keys = ['end', 'pageup', 'up', 'home', 'pagedown', 'down', 'pagedown', 'pagedown'];
  for (let round = 0; round < 200; round += 1) {
    const name = keys[round % keys.length];
    const cpu = process.cpuUsage();
    const at = performance.now();
    state = update(state, { kind: 'key', name, text: '', isControl: false }).state;
    // Anywhere in between as well.
    if (round % 8 === 7) {
      const list = state.lists.at(-1);
      const far = Math.floor((round / 200) * list.rows.count);
      state = { ...state, lists: [{ ...list, at: far, top: Math.max(0, far - 5) }] };
    }
    render(state, look);
    const used = process.cpuUsage(cpu);
    times.push([performance.now() - at, (used.user + used.system) / 1000]);
  }
  for (const [index, what] of ['wall', 'processor'].entries()) {
    const sorted = times.map((one) => one[index]).sort((a, b) => a - b);
    console.log(
      `moves, ${what}: median ${sorted[100].toFixed(1)} ms, p95 ${sorted[190].toFixed(1)} ms, most ${sorted[199].toFixed(1)} ms`,
    );
  }
  const searching = performance.now();
  let first;
  const effect = { kind: 'search', list: source.events, text: '/p/99999 ', among: undefined };
  const done = await perform(source, effect, new AbortController().signal, (message) => {
    if (message.numbers.count > 0) first ??= performance.now() - searching;
  });
  console.log(
    `filter: first hits after ${Math.round(first ?? -1)} ms, all ${done.numbers.count} after ${Math.round(performance.now() - searching)} ms`,
  );
  const { rss } = process.memoryUsage();
  const { maxRSS } = process.resourceUsage();
  console.log(`memory ${Math.round(rss / 1e6)} MB, at most ${Math.round(maxRSS / 1024)} MB`);
  console.log(`load ${loadavg()[0].toFixed(1)}`);
  await close();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
