import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
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
        env: { ...Object.fromEntries(absolute), IR_CEILING_DIRECTORIES: tmpdir() },
      }),
    ).toEqual({
      ...{ folder: join(root, folder), place: join(root, folder), shown: join(root, folder) },
      ...{ exists, owner: undefined },
    });
  });

  describe('the search upwards', () => {
    const found = (cwd: string, env: Record<string, string> = {}): string =>
      findWorkspace({
        store: undefined,
        cwd,
        env: { HOME: join(root, 'bare'), IR_CEILING_DIRECTORIES: tmpdir(), ...env },
      }).folder;
    const deep = (): string => join(root, 'case/logs/deep');

    it.each([
      ['the folder itself', 'case', false],
      ['one between', 'case/logs', false],
      ['one of several', `nowhere${delimiter}case`, false],
      ['one that lies elsewhere', 'xdg', true],
      ['the working directory, which is looked into all the same', 'case/logs/deep', true],
    ])('has a ceiling: %s', (_name, ceilings, isFound) => {
      const list = ceilings.split(delimiter).map((path) => join(root, path));
      expect(found(deep(), { IR_CEILING_DIRECTORIES: list.join(delimiter) })).toBe(
        join(root, isFound ? 'case/.ir' : 'case/logs/deep/.ir'),
      );
    });

    it('knows a ceiling behind a link, and ignores relative ones', () => {
      symlinkSync(join(root, 'case'), join(root, 'link'));
      const ceiling = { IR_CEILING_DIRECTORIES: join(root, 'link') };
      expect(found(deep(), ceiling)).toBe(join(deep(), '.ir'));
      expect(found(deep(), { IR_CEILING_DIRECTORIES: 'case' })).toBe(join(root, 'case/.ir'));
    });

    it('does not look into a folder in which anybody may put things, unless one works there', () => {
      chmodSync(join(root, 'case'), 0o1777);
      try {
        expect(found(deep())).toBe(join(deep(), '.ir'));
        expect(found(join(root, 'case'))).toBe(join(root, 'case/.ir'));
      } finally {
        chmodSync(join(root, 'case'), 0o755);
      }
    });
  });

  describe("someone else's store", () => {
    const own = process.geteuid?.() ?? 0;
    const ask = (cwd: string, more: Partial<Parameters<typeof findWorkspace>[0]> = {}) =>
      findWorkspace({
        store: undefined,
        cwd: join(root, cwd),
        user: own + 1,
        ...more,
        env: { HOME: join(root, 'bare'), IR_CEILING_DIRECTORIES: tmpdir(), ...more.env },
      });

    it.each([
      ['found upwards', 'case/logs/deep', {}],
      ['in the working directory', 'case', {}],
      ['a folder for one that is still empty', 'empty', {}],
      ['that of the user, by a HOME that is not theirs', 'bare', { HOME: 'home' }],
    ])('is refused: %s', (_name, cwd, { HOME }: { HOME?: string }) => {
      const env = { HOME: join(root, HOME ?? 'bare') };
      expect(() => ask(cwd, { env })).toThrow(
        expect.objectContaining({
          exit: 6,
          message: expect.stringContaining(`belongs to another user (id ${own})`) as string,
          hint: expect.stringContaining('--store /') as string,
        }) as Error,
      );
    });

    it('is refused to root as well, but for the user behind sudo', () => {
      if (own === 0) {
        chownSync(join(root, 'xdg/ir/ir.db'), 65_534, 65_534);
        const env = { XDG_DATA_HOME: join(root, 'xdg'), HOME: join(root, 'bare') };
        expect(() => ask('bare', { env, user: 0 })).toThrow(/another user \(id 65534\)/);
        const sudo = ask('bare', { env: { ...env, SUDO_UID: '65534' }, user: 0 });
        expect(sudo).toMatchObject({ folder: join(root, 'xdg/ir'), owner: 65_534 });
        chownSync(join(root, 'xdg/ir/ir.db'), 0, 0);
      } else {
        const env = { HOME: join(root, 'bare') };
        expect(() => ask('case', { user: 0 })).toThrow(/another user/);
        expect(ask('case', { env: { ...env, SUDO_UID: String(own) }, user: 0 }).owner).toBe(own);
      }
    });

    it('is used when it is named, and its owner given to be said', () => {
      const named = ask('bare', { store: join(root, 'case/.ir') });
      expect(named).toMatchObject({ folder: join(root, 'case/.ir'), exists: true, owner: own });
    });
  });

  it.each(['mysql://db.example.com/ir', 'postgres://alex:secret@db/ir', ' '])(
    'refuses %j',
    (store) => {
      const find = () => findWorkspace({ store, cwd: root, env: {} });
      expect(find).toThrow(expect.objectContaining({ exit: 2 }) as Error);
    },
  );

  it('keeps the files of a store on a server where its address says, else with the user', () => {
    const at = (store: string) =>
      findWorkspace({ store, cwd: root, env: { XDG_DATA_HOME: join(root, 'xdg') } });
    const store = 'postgres://alex@db.example.com/ir?schema=case';
    expect(at(store)).toMatchObject({
      folder: join(root, 'xdg/ir-files/db.example.com-ir-case'),
      ...{ place: store, shown: store, exists: true },
    });
    expect(at(`${store}&folder=/srv/case`)).toMatchObject({ folder: '/srv/case', shown: store });
  });
});

it('a store that may not be looked into is not taken for one that is absent', (test) => {
  if (process.geteuid?.() === 0) return test.skip('skipped: root may look everywhere');
  const folder = mkdtempSync(join(tmpdir(), 'ir-closed-'));
  const closed = join(folder, 'case');
  mkdirSync(closed);
  chmodSync(closed, 0o000);
  try {
    expect(() => findWorkspace({ store: closed, cwd: folder, env: {} })).toThrow(/may not be read/);
  } finally {
    chmodSync(closed, 0o700);
    rmSync(folder, { recursive: true });
  }
});
