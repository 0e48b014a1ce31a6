/** Every folder of public logs: no crash, no hang, every line accounted for. */
import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { ensureBuilt, ROOT, runIr } from './program.ts';

const DATA = resolve(ROOT, '../shared/data');
const folders = existsSync(DATA)
  ? readdirSync(DATA, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => join(DATA, name))
  : [];
if (folders.length === 0)
  process.stderr.write('../shared/data is absent: public logs are not read\n');

interface Account {
  path: string;
  lines: number;
  parsed: number;
  joined: number;
  skipped: number;
  problem?: string;
}

beforeAll(ensureBuilt);

describe.runIf(folders.length > 0)('public logs', () => {
  it.each(folders)(
    '%s',
    async (folder) => {
      const { stdout, stderr, exit } = await runIr(['timeline', folder, '--json'], { cwd: ROOT });
      // At most the reason why there is nothing to show.
      expect(stderr).toMatch(/^(?:No (?:events|findings): [^\n]*\n\s*)?$/);
      const { files } = JSON.parse(stdout) as { files: Account[] };
      const isUnreadable = files.some(({ problem }) => problem?.includes('denied') === true);
      expect(exit).toBe(isUnreadable ? 4 : 0);
      for (const { path, lines, parsed, joined, skipped } of files) {
        expect([path, parsed + joined + skipped]).toEqual([path, lines]);
      }
      const all = await runIr(['timeline', folder, '--all', '--format', 'jsonl'], { cwd: ROOT });
      const parsed = files.reduce((sum, file) => sum + file.parsed, 0);
      expect(all.stdout.split('\n')).toHaveLength(parsed + 1);
    },
    120_000,
  );
});
