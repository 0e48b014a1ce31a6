/** Long output on a terminal goes through a pager; what is short, and all that a program reads, does not. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Paging, pagingFor, rowsOf } from '../../src/terminal/pager.ts';
import { write } from '../../src/terminal/print-result.ts';
import { isThere } from '../needs.ts';
import { BIN, cleanEnv, ensureBuilt } from '../program.ts';
import { CONTROL_C, ENTER, hasTerminal, openTerminal } from '../respond/terminal.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ir-pager-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const TERMINAL = { isTTY: true, rows: 24, columns: 80 };
const choose = (env: Record<string, string>, stream: object = TERMINAL, isWanted = true) =>
  pagingFor(stream, env, isWanted, () => undefined)?.command;

describe('the pager', () => {
  it.each<[string, string | undefined, Record<string, string>]>([
    ['less by itself', 'less', {}],
    ['that of PAGER', 'more', { PAGER: 'more' }],
    ['that of IR_PAGER first', 'less -S', { IR_PAGER: 'less -S', PAGER: 'more' }],
    ['none for cat', undefined, { IR_PAGER: 'cat', PAGER: 'more' }],
    ['none for an empty value', undefined, { IR_PAGER: '', PAGER: 'more' }],
    ['none on a dumb terminal', undefined, { TERM: 'dumb' }],
  ])('is %s', (_, expected, env) => {
    expect(choose(env)).toBe(expected);
  });

  it('is none where nobody looks on, or none is wanted', () => {
    expect(choose({}, { rows: 24 })).toBeUndefined();
    expect(choose({}, { isTTY: true, columns: 80 })).toBeUndefined();
    expect(choose({}, TERMINAL, false)).toBeUndefined();
  });

  it.each([
    ['', 0],
    ['one\n', 1],
    ['one\ntwo', 2],
    ['\n\n', 2],
    [`${'x'.repeat(161)}\n`, 3],
    [`\u001b[31m${'x'.repeat(80)}\u001b[39m\n`, 1],
  ])('counts the rows of %j', (text, rows) => {
    expect(rowsOf(text, 80)).toBe(rows);
  });
});

describe('what is written', () => {
  const paging = (command: string, starts: string[] = []): Paging => ({
    ...{ command, rows: 5, columns: 80, env: { PATH: process.env['PATH'], LESS: 'X' } },
    onStart: () => starts.push(command),
  });

  it('is all there, in its order, and longer than a screen', async () => {
    const out = join(folder, 'all');
    const pieces = Array.from({ length: 200 }, (_, index) => `${index} ${'x'.repeat(997)}\n`);
    const starts: string[] = [];
    await write(pieces, paging(`cat > '${out}'; echo "$LESS" >> '${out}'`, starts));
    expect(starts).toHaveLength(1);
    expect(readFileSync(out, 'utf8')).toBe(`${pieces.join('')}X\n`);
  });

  it('ends early without a failure where the reader has seen enough', async () => {
    let made = 0;
    let isReturned = false;
    async function* endless(): AsyncGenerator<string> {
      try {
        for (;;) yield `${(made += 1)} ${'x'.repeat(997)}\n`;
      } finally {
        isReturned = true;
      }
    }
    const out = join(folder, 'early');
    await write(endless(), paging(`head -2 > '${out}'`));
    expect(readFileSync(out, 'utf8')).toMatch(/^1 x+\n2 x+\n$/);
    expect(isReturned).toBe(true);
  });
});

const hasLess = isThere(
  'output through less',
  spawnSync('less', ['--version']).error === undefined,
);

describe.runIf(hasTerminal && hasLess)('on a terminal', () => {
  beforeAll(ensureBuilt);
  const env = { ...cleanEnv({ TERM: 'xterm', CI: '' }), HOME: '/nonexistent' } as Record<
    string,
    string
  >;
  const argv = [BIN, 'timeline', '--help'];

  it('is the reader of Ctrl-C, and leaves the exit code alone', async () => {
    const terminal = openTerminal(argv, { ...env, LESSHISTFILE: '-' });
    await terminal.sees(/Usage: ir timeline[\s\S]*\n:/);
    terminal.type(CONTROL_C);
    terminal.type(' ');
    await terminal.sees(/\(END\)|:/);
    terminal.type('q');
    expect(await terminal.ended).toMatchObject({ exitCode: 0 });
  });

  it.each([
    ['a pager that is not there', argv, { IR_PAGER: 'no-such-pager' }],
    ['--no-pager', [...argv, '--no-pager'], {}],
    ['IR_PAGER=cat', argv, { IR_PAGER: 'cat' }],
    ['output of one screen', [BIN, 'use', '--help'], { IR_PAGER: `touch ran-by-mistake` }],
  ])('%s: all is written at once', async (_, words, extra) => {
    // The terminal stays until all was read: what a program writes at its very end is lost with it, on a busy machine.
    const held = ['-c', '"$@"; code=$?; read -r _; exit $code', 'sh', process.execPath, ...words];
    const terminal = openTerminal(held, { ...env, ...extra }, 80, '/bin/sh');
    await terminal.sees(/Exit codes/);
    terminal.type(ENTER);
    expect(await terminal.ended).toMatchObject({ exitCode: 0 });
    expect(existsSync('ran-by-mistake')).toBe(false);
  });
});
