import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FolderStamp, isUnchanged, stampFolder } from '../../src/detect/folder-stamp.ts';

let folder = '';
let stamp: FolderStamp;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ir-stamp-'));
  mkdirSync(join(folder, 'a'));
  writeFileSync(join(folder, 'a', 'one.yml'), 'one');
  writeFileSync(join(folder, 'two.yml'), 'two');
  // Written long ago: a file system may count time in steps of several milliseconds.
  for (const name of ['a/one.yml', 'two.yml']) utimesSync(join(folder, name), 1e9, 1e9);
  stamp = stampFolder(folder);
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('isUnchanged', () => {
  it('knows a folder that nobody touched, also from JSON', () => {
    expect(isUnchanged(folder, JSON.parse(JSON.stringify(stamp)))).toBe(true);
  });

  it.each<[string, () => void]>([
    ['an edit in place of the same length', () => writeFileSync(join(folder, 'a/one.yml'), 'eno')],
    [
      'another length at the same time',
      () => {
        writeFileSync(join(folder, 'two.yml'), 'longer');
        const seconds = (stamp.files[0]?.modifiedMs ?? 0) / 1000;
        utimesSync(join(folder, 'two.yml'), seconds, seconds);
      },
    ],
    ['a new file', () => writeFileSync(join(folder, 'a', 'three.yml'), '')],
    ['a file that went away', () => rmSync(join(folder, 'two.yml'))],
    ['a new folder', () => mkdirSync(join(folder, 'b'))],
    ['a folder that went away', () => rmSync(join(folder, 'a'), { recursive: true })],
  ])('sees %s', (_, change) => {
    change();
    expect(isUnchanged(folder, stamp)).toBe(false);
  });
});
