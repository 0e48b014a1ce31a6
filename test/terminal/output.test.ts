/** What stands on the terminal, and what happens where output cannot be written. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { shorten } from '../../src/terminal/layout.ts';
import { sparkline } from '../../src/terminal/sparkline.ts';
import { columnsOf, createStyle, hasUnicode } from '../../src/terminal/style.ts';
import { BIN, cleanEnv, ensureBuilt } from '../program.ts';

describe('the style of a stream', () => {
  it.each<[string, Record<string, string>, boolean]>([
    ['no locale', {}, false],
    ['LANG=C', { LANG: 'C' }, false],
    ['POSIX', { LANG: 'POSIX' }, false],
    ['UTF-8', { LANG: 'de_DE.UTF-8' }, true],
    ['utf8', { LANG: 'en_US.utf8' }, true],
    ['Latin-1', { LANG: 'de_DE.ISO-8859-1' }, false],
    ['LC_ALL goes before', { LANG: 'C.UTF-8', LC_ALL: 'C' }, false],
    ['LC_CTYPE goes before LANG', { LANG: 'C', LC_CTYPE: 'C.UTF-8' }, true],
    ['an empty LC_ALL is none', { LANG: 'C.UTF-8', LC_ALL: '' }, true],
    ['a dumb terminal', { LANG: 'C.UTF-8', TERM: 'dumb' }, false],
  ])('draws more than ASCII: %s', (_, env, expected) => {
    expect(hasUnicode(env)).toBe(expected);
    const style = createStyle({}, 'never', env);
    expect(/[^\x00-\x7f]/.test(sparkline([1, 2, 3, 99], style.isUnicode))).toBe(expected);
  });

  it.each<[string, number | undefined, string | undefined, number | undefined]>([
    ['the terminal', 120, undefined, 120],
    ['COLUMNS before the terminal', 120, '60', 60],
    ['COLUMNS without one', undefined, '60', 60],
    ['a narrow one', undefined, '5', 20],
    ['no number', 100, 'wide', 100],
    ['nothing', undefined, undefined, undefined],
  ])('is as wide as %s says', (_, columns, asked, expected) => {
    const stream = columns === undefined ? {} : { columns };
    expect(columnsOf(stream, asked === undefined ? {} : { COLUMNS: asked })).toBe(expected);
  });

  it('cuts on a terminal alone', () => {
    const long = 'x'.repeat(500);
    expect(shorten(long, 20, { isTerminal: true, isUnicode: true })).toBe(`${'x'.repeat(19)}…`);
    expect(shorten(long, 20, { isTerminal: true, isUnicode: false })).toBe(`${'x'.repeat(17)}...`);
    expect(shorten(long, 20, { isTerminal: false, isUnicode: true })).toBe(long);
  });
});

describe.runIf(process.platform === 'linux')('the program', () => {
  let folder: string;
  beforeAll(() => {
    ensureBuilt();
    folder = mkdtempSync(join(tmpdir(), 'ir-output-'));
    const lines = Array.from({ length: 3000 }, (_, index) => {
      const clock = new Date(Date.UTC(2026, 2, 5, 4) + index * 1000).toISOString().slice(11, 19);
      return `2026-03-05T${clock}Z web01 sshd[${900 + index}]: Failed password for root from 198.51.100.7 port 40000 ssh2 ${'tail '.repeat(40)}END\n`;
    });
    writeFileSync(join(folder, 'auth.log'), lines.join(''));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const shell = (script: string, env: Record<string, string> = {}) => {
    const ir = `"${process.execPath}" "${BIN}"`;
    const command = `ir() { ${ir} "$@"; }; set -o pipefail; ${script}`;
    const ran = spawnSync('bash', ['-c', command], {
      cwd: folder,
      env: { ...cleanEnv(), ...env },
      encoding: 'utf8',
    });
    return { exit: ran.status, stdout: ran.stdout, stderr: ran.stderr };
  };

  const FULL = existsSync('/dev/full');
  it
    .runIf(FULL)
    .each([
      'ir timeline auth.log > /dev/full',
      'ir timeline auth.log --all --format jsonl > /dev/full',
      'ir --version > /dev/full',
      'ir timeline --help > /dev/full',
      'ir timeline auth.log >&-; exit $?',
      `"${process.execPath}" "${BIN}" timeline auth.log >&-; exit $?`,
      'ir timeline auth.log 1</dev/null',
      'ulimit -f 8; ir timeline auth.log --all > small.txt',
    ])('%s: one line, exit 9', (script) => {
    const { exit, stderr } = shell(script);
    expect(stderr).toMatch(/^ir: error: the result could not be written .*\n$/);
    expect(exit).toBe(9);
  });

  it('says it as JSON where that was asked for', () => {
    const { exit, stderr } = shell('ir timeline auth.log --json > /dev/full');
    expect(JSON.parse(stderr)).toMatchObject({ exit: 9 });
    expect(exit).toBe(9);
  });

  it.each([
    'ir timeline auth.log --all | head -1',
    'ir timeline auth.log > /dev/null',
    'ir timeline auth.log 2> /dev/full > /dev/null',
    'ir timeline auth.log 2>&- > /dev/null',
  ])('%s: ends quietly', (script) => {
    const { exit, stderr } = shell(script);
    expect([exit, stderr]).toEqual([0, '']);
  });

  it('writes plain ASCII under LANG=C, and cuts nothing in a pipe', () => {
    const { stdout } = shell('ir timeline auth.log --level low', { LANG: 'C', COLUMNS: '60' });
    expect(stdout).not.toMatch(/[^\x00-\x7f]/);
    expect(stdout).toMatch(/tail END$/m);
    const layout = stdout.split('\n').filter((line) => !line.includes('tail'));
    expect(layout.filter((line) => line.length > 60)).toEqual([expect.stringMatching(/^1 file/)]);
  });
});
