/** What the built program claims about public logs with known answers is right, but for three in a thousand. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { ensureBuilt, ROOT } from './program.ts';

const isHere = existsSync(resolve(ROOT, '../shared/data'));
if (!isHere) process.stderr.write('../shared/data is absent: claims are not scored\n');

describe.skipIf(!isHere)('public logs with known answers', () => {
  beforeAll(ensureBuilt, 300_000);

  it('claims hardly anything wrongly', async () => {
    const score = [join(ROOT, 'bench', 'score.js'), '--check'];
    const { stdout } = await promisify(execFile)(process.execPath, score);
    const all =
      stdout
        .split('\n')
        .find((line) => line.startsWith('| **all**'))
        ?.split('|') ?? [];
    const [, , values = '', claims = ''] = all;
    expect(Number(values)).toBeGreaterThan(60_000);
    expect(Number(claims)).toBeGreaterThan(38_000);
  }, 120_000);
});
