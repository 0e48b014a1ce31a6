/** Ordinary days of a small shop: nothing in them may be reported above low. */
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { atLeast, createReplayer, type Replayer } from './replay.ts';

const FOLDER = fileURLToPath(new URL('benign', import.meta.url));
const files = readdirSync(FOLDER).sort();

let replayer: Replayer;
beforeAll(async () => {
  replayer = await createReplayer();
}, 60_000);
afterAll(() => replayer.close());

describe('benign logs', () => {
  it('are there for each kind of source', () => {
    expect(files).toEqual([
      'access.log',
      'audit.log',
      'auth.log',
      'cloudtrail.jsonl',
      'shop.jsonl',
    ]);
  });

  it.each(files)(
    '%s gives no finding above low',
    async (file) => {
      const { findings, files: accounts } = await replayer.files([`${FOLDER}/${file}`]);
      expect(accounts[0]?.skipped).toBe(0);
      expect(accounts[0]?.parsed).toBeGreaterThan(30);
      expect(
        atLeast(findings, 'medium').map(
          ({ rule, evidence }) => `${rule.title}: ${evidence[0]?.raw}`,
        ),
      ).toEqual([]);
    },
    60_000,
  );

  it('give few findings at all', async () => {
    const { findings } = await replayer.files(files.map((file) => `${FOLDER}/${file}`));
    const titles = atLeast(findings, 'low').map(({ rule }) => rule.title);
    expect([...new Set(titles)].sort()).toEqual([
      'Code of a function replaced',
      'IAM user created',
      'Root shell through sudo',
    ]);
  }, 60_000);
});
