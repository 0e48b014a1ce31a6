import { execFileSync, spawnSync } from 'node:child_process';
import {
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contentKind } from '../../src/logs/content-kind.ts';
import { expandGlob } from '../../src/logs/glob.ts';
import { pseudoFileSystem } from '../../src/logs/pseudo-file-system.ts';
import { walk } from '../../src/logs/walk.ts';

/** Containers often may not. */
const canMount =
  process.platform === 'linux' &&
  spawnSync('unshare', ['--mount', 'true']).status === 0 &&
  process.getuid?.() === 0;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ir-walk-'));
  for (const path of ['a/b/c', '.ir', 'a/.git', 'node_modules']) {
    mkdirSync(join(folder, path), { recursive: true });
  }
  const names = ['a/1.log', 'a/2.log', 'a/b/3.log', 'a/b/c/4.txt', '.ir/ir.db', 'a/.git/HEAD'];
  for (const name of [...names, 'a/truth.jsonl', 'odd[1].log', 'node_modules/x.log']) {
    writeFileSync(join(folder, name), name);
  }
  symlinkSync('1.log', join(folder, 'a/same.log'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('walk', () => {
  it.each<[string[], string[], string[]]>([
    [
      ['.'],
      ['a/1.log', 'a/2.log', 'a/b/3.log', 'a/b/c/4.txt', 'odd[1].log'],
      ['a/same.log', 'a/truth.jsonl'],
    ],
    [
      ['a/2.log', 'a'],
      ['a/2.log', 'a/1.log', 'a/b/3.log', 'a/b/c/4.txt'],
      ['a/same.log', 'a/truth.jsonl'],
    ],
    [['a/*.log'], ['a/1.log', 'a/2.log'], ['a/same.log']],
    [['odd[1].log'], ['odd[1].log'], []],
    [['-', '-', 'a/1.log'], ['-', 'a/1.log'], []],
    [['none', 'no*ne'], [], ['none', 'no*ne']],
  ])('%j', async (paths, files, problems) => {
    const found = await walk(paths, folder);
    expect(found.files.map(({ path }) => path)).toEqual(files);
    expect(found.problems.map(({ path }) => path)).toEqual(problems);
  });
});

it('names each further name of a file with the one under which it is read', async () => {
  const place = join(folder, 'names');
  mkdirSync(place);
  writeFileSync(join(place, 'aa.log'), 'x');
  linkSync(join(place, 'aa.log'), join(place, 'zz.log'));
  symlinkSync('zz.log', join(place, 'mm.log'));
  const { files, problems } = await walk(['names', './names/aa.log', 'names/mm.log'], folder);
  rmSync(place, { recursive: true });
  expect(files.map(({ path }) => path)).toEqual(['names/aa.log']);
  expect(problems).toEqual([
    { path: 'names/mm.log', reason: 'a symbolic link to zz.log: read there', isFailure: false },
    { path: 'names/zz.log', reason: 'another name of names/aa.log: read there', isFailure: false },
    { path: 'names/mm.log', reason: 'another name of names/aa.log: read there', isFailure: false },
  ]);
});

it('refuses an empty path, which is no name of the current folder', async () => {
  for (const paths of [[''], ['a', '']]) {
    await expect(walk(paths, folder)).rejects.toMatchObject({
      message: 'a path is empty',
      hint: 'Name a file or folder; . is the current folder.',
      exit: 2,
    });
  }
});

describe('symbolic links', () => {
  let image: string;
  beforeAll(() => {
    image = join(folder, 'links/image');
    for (const path of ['image/var/log', 'image/deep', 'host/etc']) {
      mkdirSync(join(folder, 'links', path), { recursive: true });
    }
    for (const path of ['image/var/log/auth.log', 'host/etc/passwd', 'host/dpkg.log'])
      writeFileSync(join(folder, 'links', path), path);
    const links: [string, string][] = [
      [join(folder, 'links/host/dpkg.log'), 'var/log/syslog'],
      [join(folder, 'links/host/etc'), 'etc'],
      ['../../host/etc', 'deep/relative'],
      ['../var/log/auth.log', 'deep/inside.log'],
      ['../var', 'deep/inside'],
      ['..', 'deep/up'],
      ['self', 'deep/self'],
      ['/nowhere/to/be/found', 'deep/broken'],
    ];
    for (const [target, name] of links) symlinkSync(target, join(image, name));
  });
  afterAll(() => rmSync(join(folder, 'links'), { recursive: true }));

  it('that lead out of the folder are not followed, and named', async () => {
    const { files, problems } = await walk(['image'], join(folder, 'links'));
    expect(files.map(({ path }) => path)).toEqual(['image/var/log/auth.log']);
    expect(problems.map(({ path, reason }) => [path, reason])).toEqual([
      ['image/deep/broken', expect.stringMatching(/link to \/nowhere\/.* not there/)],
      ['image/deep/inside', 'a symbolic link to ../var: read there'],
      ['image/deep/inside.log', 'a symbolic link to ../var/log/auth.log: read there'],
      ['image/deep/relative', expect.stringMatching(/out of the folder, to .*host\/etc: not/)],
      ['image/deep/self', expect.stringMatching(/cannot be followed/)],
      ['image/deep/up', expect.stringMatching(/loop/)],
      ['image/etc', expect.stringMatching(/out of the folder, to .*host\/etc: not/)],
      ['image/var/log/syslog', expect.stringMatching(/out .*dpkg\.log: .*--follow/)],
    ]);
    expect(problems.some(({ isFailure }) => isFailure)).toBe(false);
  });

  it('are followed with isFollowing, each folder once, loops named', async () => {
    const { files, problems } = await walk(['image'], join(folder, 'links'), { isFollowing: true });
    expect(files.map(({ path }) => path)).toEqual([
      'image/deep/relative/passwd',
      'image/var/log/auth.log',
      'image/var/log/syslog',
    ]);
    expect(problems.map(({ path }) => path)).toEqual([
      'image/deep/broken',
      'image/deep/inside',
      'image/deep/inside.log',
      'image/deep/self',
      'image/deep/up',
      'image/etc',
    ]);
  });

  it.each<[string, string[], string[]]>([
    ['named itself, a link is followed', ['image/etc'], ['image/etc/passwd']],
    [
      'what leads into another folder that was named is read there',
      ['image/deep', 'host'],
      ['host/dpkg.log', 'host/etc/passwd'],
    ],
    [
      'what a glob of ours finds stays in its folder',
      ['image/*/*/*log'],
      ['image/var/log/auth.log'],
    ],
  ])('%s', async (_, paths, expected) => {
    const { files } = await walk(paths, join(folder, 'links'));
    expect(files.map(({ path }) => path)).toEqual(expected);
  });
});

describe.runIf(process.platform === 'linux')('names that are not UTF-8', () => {
  const NAMES = ['gr\xfcn', 'gr\xfcn/\xe4.log', 'caf\u00c3\u00a9.log'];
  let place: string;
  beforeAll(() => {
    place = join(folder, 'bytes');
    mkdirSync(place);
    const bytes = (name: string): Buffer =>
      Buffer.concat([Buffer.from(`${place}/`), Buffer.from(name, 'latin1')]);
    mkdirSync(bytes(NAMES[0]!));
    for (const name of NAMES.slice(1)) writeFileSync(bytes(name), name);
  });
  afterAll(() => rmSync(place, { recursive: true }));

  it.each<[string, string[], string[]]>([
    ['in a folder', ['.'], ['caf\u00e9.log', 'gr\\xfcn/\\xe4.log']],
    ['named, as Node hands them in', ['gr\ufffdn/\ufffd.log'], ['gr\\xfcn/\\xe4.log']],
    ['a folder so named', ['gr\ufffdn'], ['gr\\xfcn/\\xe4.log']],
    ['by a glob', ['gr?n/*.log'], ['gr\\xfcn/\\xe4.log']],
    ['by a glob below such a folder', ['gr\ufffdn/*'], ['gr\\xfcn/\\xe4.log']],
  ])('%s', async (_, paths, expected) => {
    const { files, problems } = await walk(paths, place);
    expect(problems).toEqual([]);
    expect(files.map(({ path }) => path)).toEqual(expected);
    for (const { absolute } of files) expect(readFileSync(absolute, 'utf8')).toMatch(/log$/);
  });

  it('one that is nowhere is named as it was given', async () => {
    const { problems } = await walk(['b\ufffdd.log'], place);
    expect(problems).toMatchObject([{ path: 'b\ufffdd.log', isFailure: true }]);
  });
});

describe('a walk over a whole machine', () => {
  it.runIf(process.platform === 'linux')(
    'leaves pseudo file systems out unless they are named',
    async () => {
      const { problems } = await walk(['/proc/self/attr'], '/');
      expect(problems.filter(({ reason }) => /pseudo/.test(reason))).toEqual([]);
      expect(await pseudoFileSystem('/proc')).toBe('proc');
      expect(await pseudoFileSystem(folder)).toBeUndefined();
    },
  );

  it.runIf(canMount)(
    'does not enter a pseudo file system that is mounted inside, and visits a folder once',
    async () => {
      for (const path of ['proc', 'log', 'again'])
        mkdirSync(join(folder, 'root', path), { recursive: true });
      writeFileSync(join(folder, 'root/log/x.log'), 'x');
      execFileSync('mount', ['-t', 'proc', 'proc', join(folder, 'root/proc')]);
      execFileSync('mount', ['--bind', join(folder, 'root/log'), join(folder, 'root/again')]);
      try {
        const { files, problems } = await walk(['root'], folder);
        expect(files.map(({ path }) => path)).toEqual(['root/again/x.log']);
        expect(problems).toEqual([
          {
            path: 'root/log',
            reason: 'another name of root/again: read there',
            isFailure: false,
          },
          {
            path: 'root/proc',
            reason: expect.stringMatching(/pseudo file system \(proc\)/),
            isFailure: false,
          },
        ]);
      } finally {
        for (const path of ['proc', 'again']) execFileSync('umount', [join(folder, 'root', path)]);
        rmSync(join(folder, 'root'), { recursive: true });
      }
    },
  );

  it('counts files while it walks, and stops when it is told to', async () => {
    const many = join(folder, 'many');
    mkdirSync(many);
    for (let index = 0; index < 600; index += 1) writeFileSync(join(many, `${index}.log`), 'x');
    const said: string[] = [];
    await walk(['many'], folder, { progress: (text) => said.push(text) });
    expect(said).toEqual([
      'looking for logs: 0 files so far',
      'looking for logs: 250 files so far',
      'looking for logs: 500 files so far',
      '',
    ]);
    const stop = new AbortController();
    let counted = 0;
    const stopped = walk(['many'], folder, {
      signal: stop.signal,
      progress(text) {
        counted += 1;
        if (text.includes('250')) stop.abort();
      },
    });
    await expect(stopped).rejects.toThrow(/abort/i);
    expect(counted).toBe(2);
    rmSync(many, { recursive: true });
  });
});

describe('expandGlob', () => {
  it.each<[string, string[]]>([
    ['a/?.log', ['a/1.log', 'a/2.log']],
    ['a/[!1].log', ['a/2.log']],
    ['a/**/*.log', ['a/1.log', 'a/2.log', 'a/b/3.log', 'a/same.log']],
    ['**/4.txt', ['a/b/c/4.txt']],
    ['*/b/*.log', ['a/b/3.log']],
    ['a/[.log', []],
    ['a/*************************************x', []],
    ['nowhere/*', []],
  ])('%s', async (pattern, expected) => {
    const found = await expandGlob(pattern, folder);
    expect(found.map(({ shown }) => shown)).toEqual(expected);
  });
});

describe('contentKind', () => {
  it.each<[string, Buffer, string]>([
    ['nothing', Buffer.alloc(0), 'text'],
    ['text', Buffer.from('a line\n'), 'text'],
    ['text in Latin-1', Buffer.from('gr\xfcn\n', 'latin1'), 'text'],
    ['terminal escapes', Buffer.from('\x1b[31mred\x1b[0m\n'), 'text'],
    ['NULs before text', Buffer.concat([Buffer.alloc(99), Buffer.from('a line\n')]), 'text'],
    ['NULs between lines', Buffer.from(`a line\n${'\0'.repeat(4096)}b line\nc line\n`), 'text'],
    ['NULs in a line', Buffer.from(`a line\nb l${'\0'.repeat(4096)}line\nc line\n`), 'text'],
    ['records with NULs', Buffer.from(`tty1${'\0'.repeat(99)}root\n`.repeat(9)), 'other'],
    ['NULs here and there', Buffer.from('a\0b\0c\0\n'.repeat(20)), 'other'],
    ['only NULs', Buffer.alloc(99), 'other'],
    ['control characters', Buffer.from('\x01\x02\x03abc'), 'other'],
    ['SQLite', Buffer.from('SQLite format 3\0'), 'other'],
  ])('%s', (_, head, kind) => expect(contentKind(head).kind).toBe(kind));
});
