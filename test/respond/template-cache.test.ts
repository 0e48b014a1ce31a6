import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { readAction } from '../../src/respond/action-file.ts';
import { readPlaybook } from '../../src/respond/playbook-file.ts';
import type { keptTemplate } from '../../src/respond/template-cache.ts';

const ROOT = new URL('../../', import.meta.url);
const namesIn = (folder: string): string[] =>
  readdirSync(new URL(`templates/${folder}/`, ROOT)).filter((name) => name.endsWith('.yml'));

const FILES = [
  ...namesIn('playbooks').map((name) => ['playbook', `playbooks/${name}`] as const),
  ...namesIn('actions').map((name) => ['action', `actions/${name}`] as const),
];

it('finds them', () => expect(FILES.length).toBeGreaterThan(40));

it.each(FILES)(
  'the build keeps the %s %s as it is read, and a changed file is read anew',
  async (kind, file) => {
    const built = (await import(new URL('dist/respond/template-cache.js', ROOT).href)) as {
      keptTemplate: typeof keptTemplate;
    };
    const path = fileURLToPath(new URL(`templates/${file}`, ROOT));
    const text = readFileSync(path, 'utf8');
    const read =
      kind === 'playbook'
        ? (await readPlaybook(text, path, 'bundled')).playbook
        : (await readAction(text, path, 'bundled')).action;
    expect(read).toBeDefined();
    expect(built.keptTemplate(kind, text)).toStrictEqual(read);
    expect(built.keptTemplate(kind, `${text}#\n`)).toBeUndefined();
  },
);
