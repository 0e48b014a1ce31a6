import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openStore } from '../../src/store/open-store.ts';
import { DIST, ensureBuilt } from '../program.ts';
import { note, opened } from './sample-entries.ts';

const KILLS = 15;
const APPENDER = fileURLToPath(new URL('appender.js', import.meta.url));

let folder: string;

beforeAll(async () => {
  ensureBuilt();
  folder = mkdtempSync(join(tmpdir(), 'ir-kill-'));
  const store = await openStore(folder, { create: true });
  await store.append('a1', [opened('INC-2026-0001')]);
  await store.close();
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const startAppender = (tag: string, most?: number) =>
  spawn(
    process.execPath,
    [APPENDER, DIST, folder, tag, ...(most === undefined ? [] : [String(most)])],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );

/** Runs an appender and kills it some time after its first acknowledgement; gives what it acknowledged. */
async function killAtRandom(tag: string): Promise<string[]> {
  const child = startAppender(tag);
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    if (output === '') setTimeout(() => child.kill('SIGKILL'), Math.random() * 120);
    output += text;
  });
  const [, signal] = (await once(child, 'close')) as [number | null, string | null];
  expect(signal).toBe('SIGKILL');
  // A line that the kill cut short was not acknowledged in full.
  return output.split('\n').slice(0, -1);
}

it(`keeps every acknowledged entry over ${KILLS} kills at random moments`, async () => {
  const acknowledged: string[] = [];
  for (let round = 1; round <= KILLS; round++) {
    acknowledged.push(...(await killAtRandom(`round-${round}`)));
    const store = await openStore(folder, { create: false });
    const { steps } = await store.load('a1');
    const notes = await store.notes('a1');
    const texts = new Set(notes.map(({ text }) => text));
    expect(acknowledged.filter((text) => !texts.has(text))).toEqual([]);
    // All entries of one append or none: 20 steps come with each note of an appender.
    expect(steps).toHaveLength(20 * notes.filter(({ text }) => text.startsWith('round-')).length);
    expect(await store.verify()).toMatchObject({ isIntact: true, problems: [] });
    await store.append('a1', [note(`after round ${round}`)]);
    await store.close();
  }
  expect(acknowledged.length).toBeGreaterThanOrEqual(KILLS);
}, 120_000);

it('lets eight processes append at the same time, and loses nothing', async () => {
  const tags = Array.from({ length: 8 }, (_, index) => `writer-${index}`);
  const most = 10;
  const ends = await Promise.all(
    tags.map(async (tag) => {
      const child = startAppender(tag, most);
      child.stdout.resume();
      return (await once(child, 'close'))[0] as number | null;
    }),
  );
  expect(ends).toEqual(tags.map(() => 0));
  const store = await openStore(folder, { create: false });
  const notes = await store.notes('a1');
  const counts = tags.map((tag) => notes.filter(({ text }) => text.startsWith(`${tag}:`)).length);
  expect(counts).toEqual(tags.map(() => most));
  expect((await store.verify()).isIntact).toBe(true);
  await store.close();
}, 60_000);
