import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contentKind } from '../../src/logs/content-kind.ts';
import { expandGlob } from '../../src/logs/glob.ts';
import { walk } from '../../src/logs/walk.ts';

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
    [['.'], ['a/1.log', 'a/2.log', 'a/b/3.log', 'a/b/c/4.txt', 'odd[1].log'], ['a/truth.jsonl']],
    [['a/2.log', 'a'], ['a/2.log', 'a/1.log', 'a/b/3.log', 'a/b/c/4.txt'], ['a/truth.jsonl']],
    [['a/*.log'], ['a/1.log', 'a/2.log'], []],
    [['odd[1].log'], ['odd[1].log'], []],
    [['-', '-', 'a/1.log'], ['-', 'a/1.log'], []],
    [['none', 'no*ne'], [], ['none', 'no*ne']],
    [[''], ['a/1.log', 'a/2.log', 'a/b/3.log', 'a/b/c/4.txt', 'odd[1].log'], ['a/truth.jsonl']],
  ])('%j', async (paths, files, problems) => {
    const found = await walk(paths, folder);
    expect(found.files.map(({ path }) => path)).toEqual(files);
    expect(found.problems.map(({ path }) => path)).toEqual(problems);
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
    expect(await expandGlob(pattern, folder)).toEqual(expected);
  });
});

describe('contentKind', () => {
  it.each<[string, Buffer, string]>([
    ['nothing', Buffer.alloc(0), 'text'],
    ['text', Buffer.from('a line\n'), 'text'],
    ['text in Latin-1', Buffer.from('gr\xfcn\n', 'latin1'), 'text'],
    ['terminal escapes', Buffer.from('\x1b[31mred\x1b[0m\n'), 'text'],
    ['NULs before text', Buffer.concat([Buffer.alloc(99), Buffer.from('a line\n')]), 'text'],
    ['only NULs', Buffer.alloc(99), 'other'],
    ['control characters', Buffer.from('\x01\x02\x03abc'), 'other'],
    ['gzip', Buffer.from('\x1f\x8b\x08', 'latin1'), 'gzip'],
    ['zstd', Buffer.from('\x28\xb5\x2f\xfd', 'latin1'), 'other'],
    ['bzip2', Buffer.from('BZh91AY'), 'other'],
    ['SQLite', Buffer.from('SQLite format 3\0'), 'other'],
  ])('%s', (_, head, kind) => expect(contentKind(head).kind).toBe(kind));
});
