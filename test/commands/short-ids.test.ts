import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openIncident } from '../../src/commands/open-incident.ts';
import { useIncident } from '../../src/commands/use-incident.ts';
import { testContext } from './test-context.ts';

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ir-short-'));
  const context = testContext({ cwd: folder });
  for (const title of ['One', 'Two']) await openIncident(context, { title });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it.each<[string, string | undefined]>([
  ['1', 'INC-2026-0001'],
  ['2', 'INC-2026-0002'],
  ['0002', 'INC-2026-0002'],
  ['2026-2', 'INC-2026-0002'],
  ['inc-2026-2', 'INC-2026-0002'],
  ['3', undefined],
  ['2025-1', undefined],
  ['1x', undefined],
])('ir use %s', async (wanted, key) => {
  const used = await useIncident(testContext({ cwd: folder }), wanted).catch(() => undefined);
  expect(used?.incident.key).toBe(key);
});
