/** Memory does not depend on how many sources, pages, browsers and users there are. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ensureBuilt, runIr } from './program.ts';

const { generateLog } = (await import(new URL('../bench/generate.js', import.meta.url).href)) as {
  generateLog(kind: string, path: string, bytes: number): number;
};

let folder: string;
beforeAll(() => {
  ensureBuilt();
  folder = mkdtempSync(join(tmpdir(), 'ir-memory-'));
  // Prints the peak of the process when it ends.
  const hook =
    "process.on('exit', () => process._rawDebug('peak ' + process.resourceUsage().maxRSS));";
  writeFileSync(join(folder, 'peak.cjs'), hook);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Peak megabytes of reading a log of that size, and its lines. */
async function peakOf(kind: string, bytes: number): Promise<{ peak: number; lines: number }> {
  const path = join(folder, `${kind}-${bytes}.log`);
  const lines = generateLog(kind, path, bytes);
  const { stderr, exit } = await runIr(['timeline', path, '--workers', '0', '--json'], {
    cwd: folder,
    env: { NODE_OPTIONS: `--require ${JSON.stringify(join(folder, 'peak.cjs'))}` },
  });
  expect(exit).toBe(0);
  const [, kilobytes] = /peak (\d+)/.exec(stderr) ?? [];
  return { peak: Number(kilobytes) / 1024, lines };
}

// A string and its place in a table take some 200 bytes: kept for every line, they would show.
it.each([
  ['access-all', 5e6, 25e6, 80],
  ['auth-users', 5e6, 20e6, 160],
])('%s: %i and %i bytes differ by less than %i MB', async (kind, small, large, most) => {
  const [one, other] = [await peakOf(kind, small), await peakOf(kind, large)];
  expect(other.lines).toBeGreaterThan(3 * one.lines);
  process.stdout.write(`${kind}: ${Math.round(one.peak)} and ${Math.round(other.peak)} MB\n`);
  expect(other.peak - one.peak).toBeLessThan(most);
});
