/** From a figure of the live page to the lines behind it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { lineFinder } from '../../src/commands/serve-lines.ts';
import { parseWhere } from '../../src/detect/where/parse.ts';
import type { Known } from '../../src/serve/panels.ts';
import { createSite } from '../../src/serve/site.ts';
import { TRAFFIC_FIGURES } from '../../src/serve/traffic-panels.ts';
import type { TrafficMinute } from '../../src/watch/traffic.ts';
import { BIN, ensureBuilt } from '../program.ts';
import { hostileKnown, minute } from './known.ts';

let folder: string;
const NOW = Date.UTC(2026, 2, 2, 12);
const stamp = (second: number): string => `02/Mar/2026:11:58:${String(second).padStart(2, '0')}`;
beforeAll(() => {
  ensureBuilt();
  folder = mkdtempSync(join(tmpdir(), 'ir lines '));
  writeFileSync(
    join(folder, 'access.log'),
    Array.from(
      { length: 300 },
      (_, at) =>
        `198.51.100.${at % 3} - - [${stamp(at % 60)} +0000] "GET /<b>${at} HTTP/1.1" ${at % 100 === 7 ? 503 : 200} 10 "-" "x"\n`,
    ).join(''),
  );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const find = () =>
  lineFinder({ settings: { cwd: folder }, signal: new AbortController().signal } as never, [
    process.execPath,
    BIN,
  ]);
const known = (paths: readonly string[]): Known => {
  const all = hostileKnown();
  const [source] = all.counters!.sources;
  const sources = paths.map((path) => ({ ...source!, path }));
  return { ...all, counters: { ...all.counters!, sources } };
};
const page = async (path: string, query: string, paths: readonly string[], lines = find()) => {
  const site = createSite({
    ...{ dashboards: [], first: 'overview', known: () => known(paths), lines },
    ...{ finding: () => undefined, incident: () => Promise.resolve(undefined) },
  });
  const answer = await site.answer(path, new URLSearchParams(query));
  return answer === undefined || 'stream' in answer ? undefined : answer.body;
};

it('shows the lines of a figure, of the value that is looked for, as text alone', async () => {
  const all = (await page('/lines/http.5xx', 'range=1h', ['access.log']))!;
  expect(all).toContain('3 lines');
  expect(all).toContain('access.log:8');
  expect(all).toContain('/&lt;b&gt;7 HTTP');
  expect(all).not.toContain('<b>7');
  const one = (await page('/lines/http.5xx', 'range=1h&entity=198.51.100.2', ['access.log']))!;
  expect([one.includes('1 line<'), one.includes('access.log:108')]).toEqual([true, true]);
  const many = (await page('/lines/http.requests', 'range=1h', ['access.log']))!;
  expect([many.includes('200 lines'), many.includes('There are more')]).toEqual([true, true]);
  const none = (await page('/lines/http.5xx', 'from=1&to=2', ['access.log']))!;
  expect(none).toContain('0 lines');
}, 60_000);

it('has no page for a figure without lines, for what is none, and searches once at a time', async () => {
  for (const path of ['/lines/cpu.busy', '/lines/constructor', '/lines/__proto__', '/lines/../x'])
    expect(await page(path, '', [])).toBeUndefined();
  const finder = find();
  const asked = {
    paths: ['access.log'],
    where: 'event.kind exists',
    entity: '',
    fromMs: 0,
    toMs: NOW,
  };
  const [first, second] = await Promise.all([finder(asked), finder(asked)]);
  expect([first.ending, second]).toEqual(['more', { lines: [], ending: 'busy' }]);
  // A path or value that looks like an option is none.
  const odd = await finder({ ...asked, paths: ['--help', 'access.log'], entity: '--count' });
  expect(odd).toEqual({ lines: [], ending: 'nothing' });
}, 60_000);

it('asks for lines in words that --where takes', () => {
  for (const { where } of Object.values(TRAFFIC_FIGURES) as {
    where?: string | ((value: number) => string);
  }[]) {
    if (where === undefined) continue;
    expect(() =>
      parseWhere(typeof where === 'function' ? where(12.5) : where, {
        option: '--where',
        readTime: Date.parse,
      }),
    ).not.toThrow();
  }
  const slow: TrafficMinute = minute(1, 10);
  expect(TRAFFIC_FIGURES['http.p95'].of(slow)).toBeGreaterThan(0);
});
