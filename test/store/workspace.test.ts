import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findWorkspace } from '../../src/store/workspace.ts';

let root: string;

beforeAll(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'ir-workspace-')));
  for (const folder of [
    'case/.ir',
    'case/logs/deep',
    'empty/.ir',
    'bare',
    'home/.local/share/ir',
    'xdg/ir',
  ]) {
    mkdirSync(join(root, folder), { recursive: true });
  }
  for (const store of ['case/.ir', 'home/.local/share/ir', 'xdg/ir']) {
    writeFileSync(join(root, store, 'ir.db'), '');
  }
});

afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('findWorkspace', () => {
  it.each<[string, { store?: string; cwd: string; env?: Record<string, string> }, string, boolean]>(
    [
      ['--store, relative', { store: 'case/.ir', cwd: '' }, 'case/.ir', true],
      ['--store, not there yet', { store: 'new', cwd: 'bare' }, 'bare/new', false],
      ['the working directory', { cwd: 'case' }, 'case/.ir', true],
      ['a folder below', { cwd: 'case/logs/deep' }, 'case/.ir', true],
      ['an .ir without a store', { cwd: 'empty' }, 'empty/.ir', false],
      ['none', { cwd: 'bare' }, 'bare/.ir', false],
      ['the one of the user', { cwd: 'bare', env: { HOME: 'home' } }, 'home/.local/share/ir', true],
      [
        'XDG_DATA_HOME',
        { cwd: 'bare', env: { HOME: 'home', XDG_DATA_HOME: 'xdg' } },
        'xdg/ir',
        true,
      ],
      [
        'one above before that of the user',
        { cwd: 'case', env: { HOME: 'home' } },
        'case/.ir',
        true,
      ],
    ],
  )('%s', (_name, { store, cwd, env = { HOME: 'bare' } }, folder, exists) => {
    const absolute = Object.entries(env).map(([name, value]) => [name, join(root, value)]);
    expect(
      findWorkspace({
        store,
        cwd: join(root, cwd),
        env: Object.fromEntries(absolute) as Record<string, string>,
      }),
    ).toEqual({ folder: join(root, folder), exists });
  });

  it.each(['postgres://db.example.com/ir', 'POSTGRESQL://db', ' '])('refuses %j', (store) => {
    const find = () => findWorkspace({ store, cwd: root, env: {} });
    expect(find).toThrow(expect.objectContaining({ exit: 2 }) as Error);
  });
});
