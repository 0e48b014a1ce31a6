/** Files and folders that are watched: every kind of change is told once, a package's as such, also over a restart. */

import { createHash } from 'node:crypto';
import {
  appendFileSync,
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Finding } from '../../src/detect/finding.ts';
import { createWatchedFiles, type SavedFiles } from '../../src/watch/watched-files.ts';
import { sayOnlyRoot } from '../needs.ts';

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'ir-watched-'));
});
afterAll(() => rmSync(root, { recursive: true }));

const CASES: readonly (readonly [string, (etc: string) => void, readonly string[]])[] = [
  ['nothing', () => undefined, []],
  [
    'a line more',
    (etc) => appendFileSync(join(etc, 'passwd'), 'x'),
    ['high passwd: changed: content'],
  ],
  [
    'other content of the same size and stamp',
    (etc) => {
      writeFileSync(join(etc, 'passwd'), 'toor');
      utimesSync(join(etc, 'passwd'), 1, 1);
    },
    ['high passwd: changed: content'],
  ],
  [
    'the right to run as its owner',
    (etc) => chmodSync(join(etc, 'passwd'), 0o4755),
    ['high passwd: changed: mode 0644 to 4755'],
  ],
  [
    'a new file in a folder',
    (etc) => writeFileSync(join(etc, 'cron.d', 'x'), ''),
    ['high cron.d/x: new'],
  ],
  ['one that is gone', (etc) => rmSync(join(etc, 'passwd')), ['high passwd: gone']],
  [
    'another in its place',
    (etc) => {
      writeFileSync(join(etc, 'other'), 'else');
      renameSync(join(etc, 'other'), join(etc, 'passwd'));
    },
    ['high passwd: changed: content'],
  ],
  [
    'a link',
    (etc) => {
      rmSync(join(etc, 'passwd'));
      symlinkSync('/etc/shadow', join(etc, 'passwd'));
    },
    ['high passwd: changed: content'],
  ],
  [
    'what a package brings',
    (etc) => writeFileSync(join(etc, 'passwd'), 'packaged'),
    ['low passwd: changed: content'],
  ],
];

it.each(CASES)('tells of %s', (name, change, expected) => {
  const etc = join(root, name.replaceAll(' ', '-'));
  const dpkg = join(etc, '.dpkg');
  mkdirSync(join(etc, 'cron.d'), { recursive: true });
  mkdirSync(join(dpkg, 'info'), { recursive: true });
  writeFileSync(join(etc, 'passwd'), 'root');
  chmodSync(join(etc, 'passwd'), 0o644);
  const md5 = createHash('md5').update('packaged').digest('hex');
  writeFileSync(join(dpkg, 'info', 'base.md5sums'), `${md5}  ${join(etc, 'passwd').slice(1)}\n`);
  const paths = [join(etc, 'passwd'), join(etc, 'cron.d'), join(etc, 'none')];
  const said: string[] = [];
  const say = (text: string): void => void said.push(text);
  const first = createWatchedFiles(paths, undefined, say, dpkg);
  expect(first.look(0)).toEqual([]);
  expect(first.look(10_000)).toEqual([]);
  // Over a restart, as JSON.
  const saved = JSON.parse(JSON.stringify(first.save())) as SavedFiles;
  change(etc);
  const next = createWatchedFiles(paths, saved, say, dpkg);
  const told = next
    .look(20_000)
    .map(
      ({ level, event }) =>
        `${level} ${String((event as { message: string }).message).slice(etc.length + 1)}`,
    );
  expect(told).toHaveLength(expected.length);
  for (const [at, text] of expected.entries()) expect(told[at]).toContain(text);
  expect(next.look(30_000)).toEqual([]);
  // What is no longer named is not gone.
  expect(createWatchedFiles([], next.save(), say, dpkg).look(40_000)).toEqual([]);
  expect(said).toEqual([]);
});

it.runIf(process.getuid?.() === 0 || sayOnlyRoot('another owner'))('tells of another owner', () => {
  const path = join(root, 'owned');
  writeFileSync(path, 'x');
  const watched = createWatchedFiles([path], undefined, () => undefined, '/nowhere');
  watched.look(0);
  chownSync(path, 1000, 1001);
  const [told] = watched.look(10_000);
  expect((told as Finding).event).toMatchObject({
    event: { reason: 'changed: owner 0 to 1000, group 0 to 1001' },
  });
});
