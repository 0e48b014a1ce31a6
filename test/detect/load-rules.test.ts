import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadDocuments, loadRules, ruleFolders } from '../../src/detect/load-rules.ts';
import { problemLine } from '../../src/errors.ts';

let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ir-rules-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const rule = (title: string, key = 'f'): string =>
  `title: ${title}\nlogsource: {product: linux}\ndetection:\n  a: {${key}: x}\n  condition: a\n`;

const write = (path: string, text: string): string => {
  const full = join(folder, path);
  mkdirSync(join(full, '..'), { recursive: true });
  writeFileSync(full, text);
  return full;
};

const titles = async (...folders: string[]): Promise<string[]> =>
  (await loadDocuments(folders)).documents.map(({ title }) => title);

describe('loadDocuments', () => {
  it('reads .yml and .yaml files of all folders below, by path', async () => {
    write('b/two.yml', rule('two'));
    write('a/deep/er/one.yaml', rule('one'));
    write('c.YML', rule('three'));
    write('notes.txt', 'not a rule');
    expect(await titles(folder)).toEqual(['one', 'two', 'three']);
  });

  it('keeps the order of the folders and reads no file twice', async () => {
    write('bundled/z.yml', rule('bundled'));
    write('own/a.yml', rule('own'));
    const [bundled, own] = [join(folder, 'bundled'), join(folder, 'own')];
    expect(await titles(bundled, own, folder)).toEqual(['bundled', 'own']);
  });

  it('takes a file for a folder', async () => {
    expect(await titles(write('one.yml', rule('one')))).toEqual(['one']);
  });

  it('reports every broken file with its place and loads the others', async () => {
    write('1.yml', rule('good'));
    const broken = write('2.yml', rule('broken', 'f|contian'));
    const invalid = write('3.yml', 'title: "open\n');
    const { documents, problems } = await loadDocuments([folder]);
    expect(documents.map(({ title }) => title)).toEqual(['good']);
    expect(problems.map(problemLine)).toEqual([
      `${broken}:4:7: unknown modifier "contian". Did you mean "contains"?`,
      expect.stringContaining(`${invalid}:`),
    ]);
  });

  it('says which folder is missing', async () => {
    const missing = join(folder, 'nowhere');
    const { problems } = await loadDocuments([missing]);
    expect(problems.map(problemLine)).toEqual([
      `${missing}:1:1: the rules cannot be read: it does not exist`,
    ]);
  });

  it('says which file cannot be read', async () => {
    write('good.yml', rule('good'));
    symlinkSync(join(folder, 'gone.yml'), join(folder, 'link.yml'));
    const { documents, problems } = await loadDocuments([folder]);
    expect(documents).toHaveLength(1);
    expect(problems.map(({ source }) => source?.path)).toEqual([join(folder, 'link.yml')]);
  });

  it.skipIf(process.getuid?.() === 0)('reports a file without permission', async () => {
    chmodSync(write('secret.yml', rule('secret')), 0o000);
    const { problems } = await loadDocuments([folder]);
    expect(problems.map(({ message }) => message)).toEqual(['the rules cannot be read: EACCES']);
  });

  it('is not caught in a loop of folders', async () => {
    write('a/one.yml', rule('one'));
    symlinkSync(folder, join(folder, 'a', 'loop'));
    expect(await titles(folder)).toEqual(['one']);
  });

  it('follows links to folders, and reads each folder once', async () => {
    const elsewhere = join(folder, 'elsewhere');
    const named = join(folder, 'named');
    write('elsewhere/deep/one.yml', rule('one'));
    write('named/two.yml', rule('two'));
    symlinkSync(elsewhere, join(named, 'first'));
    symlinkSync(elsewhere, join(named, 'second'));
    symlinkSync(join(named, 'first'), join(elsewhere, 'deep', 'back'));
    symlinkSync(named, join(elsewhere, 'loop'));
    expect(await titles(named)).toEqual(['one', 'two']);
  });

  it('names a loop of links that is no folder, and reads the rest', async () => {
    write('one.yml', rule('one'));
    symlinkSync(join(folder, 'round.yml'), join(folder, 'round.yml'));
    const { documents, problems } = await loadDocuments([folder]);
    expect(documents).toHaveLength(1);
    expect(problems.map(({ message }) => message)).toEqual(['the rules cannot be read: ELOOP']);
  });

  it('refuses a file too large for a rule', async () => {
    truncateSync(write('huge.yml', '# x'), 65 * 1024 * 1024);
    const { problems } = await loadDocuments([folder]);
    expect(problems.map(({ message }) => message)).toEqual([expect.stringMatching(/too large/)]);
  });
});

describe('loadRules', () => {
  it('compiles the rules and adds the problems of the set', async () => {
    write('a.yml', `name: same\n${rule('one')}`);
    write('b.yml', `name: same\n${rule('two')}`);
    const { ruleSet, problems } = await loadRules([folder], {
      resolve: (field) => (event) => event.raw?.[field],
    });
    expect(ruleSet.rules.map((compiled) => compiled.rule.title)).toEqual(['one']);
    expect(problems.map(({ message }) => message)).toEqual([
      expect.stringMatching(/"same" is already taken/),
    ]);
  });
});

describe('ruleFolders', () => {
  it('puts the bundled rules first, then the user folder when it exists, then further ones', () => {
    const without = ruleFolders({ XDG_CONFIG_HOME: folder }, ['/more']);
    expect(without.map((path) => path.replace(/.*(?=templates)/, ''))).toEqual([
      'templates/rules',
      '/more',
    ]);
    const own = join(folder, 'ir', 'rules');
    mkdirSync(own, { recursive: true });
    expect(ruleFolders({ XDG_CONFIG_HOME: folder }).slice(1)).toEqual([own]);
  });

  it('takes ~/.config when the variable is not set', () => {
    const own = join(folder, '.config', 'ir', 'rules');
    mkdirSync(own, { recursive: true });
    expect(ruleFolders({ HOME: folder }).slice(1)).toEqual([own]);
  });
});

describe('the bundled rules', () => {
  it('load without a problem or a warning, named by their place in the package', async () => {
    const { documents, problems, warnings } = await loadDocuments(ruleFolders({ HOME: folder }));
    expect([...problems, ...warnings].map(problemLine)).toEqual([]);
    expect(documents.length).toBeGreaterThan(60);
    expect(documents.every(({ place }) => place.path.startsWith('templates/rules/'))).toBe(true);
  });
});
