import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import type { cachedPlaybook } from '../../src/respond/playbook-cache.ts';
import { readPlaybook } from '../../src/respond/playbook-file.ts';

const ROOT = new URL('../../', import.meta.url);
const IDS = readdirSync(new URL('templates/playbooks/', ROOT))
  .filter((name) => name.endsWith('.yml'))
  .map((name) => name.slice(0, -'.yml'.length));

it('finds them', () => expect(IDS.length).toBeGreaterThan(10));

it.each(IDS)('the build keeps %s as it is read, and a changed file is read anew', async (id) => {
  const built = (await import(new URL('dist/respond/playbook-cache.js', ROOT).href)) as {
    cachedPlaybook: typeof cachedPlaybook;
  };
  const path = fileURLToPath(new URL(`templates/playbooks/${id}.yml`, ROOT));
  const text = readFileSync(path, 'utf8');
  const { playbook } = await readPlaybook(text, path, 'bundled');
  expect(built.cachedPlaybook(text)).toStrictEqual(playbook);
  expect(built.cachedPlaybook(`${text}#\n`)).toBeUndefined();
});
