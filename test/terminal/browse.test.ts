/** The full-screen browser on a pseudo terminal, from a shell, as a person would use it; and where there is none. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BIN, cleanEnv, ensureBuilt, runIr } from '../program.ts';
import { CONTROL_C, DOWN, ENTER, hasTerminal, openTerminal } from '../respond/terminal.ts';

const folder = mkdtempSync(join(tmpdir(), 'ir-browse-'));
const CONTROL_Z = '\u001a';
const ESCAPE = '\u001b';

/** A login after guessing; what the log says clears screens and rings where a terminal believes it. */
const LOG = [
  ...Array.from(
    { length: 30 },
    (_, index) =>
      `2026-03-01T10:00:${String(index).padStart(2, '0')}Z web1 sshd[7]: Failed password for root from 203.0.113.9 port ${4000 + index} ssh2`,
  ),
  '2026-03-01T10:01:00Z web1 sshd[8]: Failed password for invalid user \u001b[2J\u0007\u202ex from 203.0.113.9 port 22 ssh2',
  '2026-03-01T10:02:00Z web1 sshd[9]: Accepted password for root from 203.0.113.9 port 5000 ssh2',
];

beforeAll(async () => {
  ensureBuilt();
  writeFileSync(join(folder, 'auth.log'), `${LOG.join('\n')}\n`);
  const opened = await runIr(['open', 'Guessed', '--no-input'], { cwd: folder });
  expect(opened.exit, opened.stderr).toBe(0);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.runIf(hasTerminal)('on a terminal', () => {
  it('is moved in, filtered, unfolded, bookmarked, stopped, brought back, resized and left', async () => {
    const { CI: _, ...env } = { ...cleanEnv({ TERM: 'xterm-256color', PS1: 'ready> ' }) };
    const shell = openTerminal(
      ['--norc', '--noprofile', '-i'],
      { ...(env as Record<string, string>), PWD: folder },
      200,
      '/bin/bash',
    );
    try {
      await shell.sees(/ready> /);
      shell.type(`cd '${folder}'; stty -g > before${ENTER}`);
      await shell.sees(/ready> /);
      shell.type(`'${process.execPath}' '${BIN}' timeline auth.log --interactive${ENTER}`);
      await shell.sees(/SSH login succeeded after brute force[\s\S]*Enter unfold/);
      shell.type(ENTER);
      await shell.sees(/Failed password for root from 203\.0\.113\.9 port 4001 /);
      shell.type('/brute');
      await shell.sees(/with "brute"[\s\S]*filter: brute_/);
      shell.type(ENTER);
      await shell.sees(/Enter unfold/);
      shell.type(`${DOWN}f`);
      // The hostile line lies below; its escapes show and do nothing.
      await shell.sees(
        /> +\d+ 2026-03-01T10:00[\s\S]*invalid user \\x1b\[2J\\x07\\u\{202e\}x[\s\S]*up\/down move/,
      );
      shell.type(`bseen here${ENTER}`);
      await shell.sees(/Bookmarked in INC-\d+-0001/);
      shell.type(CONTROL_Z);
      await shell.sees(/Stopped[\s\S]*ready> /);
      shell.type(`fg${ENTER}`);
      await shell.sees(/up\/down move/);
      shell.resize(60, 20);
      await shell.sees(/up\/down move/);
      shell.type(ESCAPE);
      await shell.sees(/Enter unfold/);
      shell.type(CONTROL_C);
      await shell.sees(/ready> /);
      shell.type(`echo "code $?"; stty -g > after; exit${ENTER}`);
      await shell.sees(/code 130/);
      await shell.ended;
      expect(readFileSync(join(folder, 'after'), 'utf8')).toBe(
        readFileSync(join(folder, 'before'), 'utf8'),
      );
    } finally {
      shell.kill();
    }
    const shown = await runIr(['show', '--json'], { cwd: folder });
    const { journal } = JSON.parse(shown.stdout) as {
      journal: { payload: { lines?: object[] } }[];
    };
    const lines = journal.flatMap(({ payload }) => payload?.lines ?? []);
    expect(lines).toMatchObject([
      { path: 'auth.log', sha256: expect.stringMatching(/^[\da-f]{64}$/) },
    ]);
    expect(shown.stdout).toContain('seen here');
  });
});

it.each([
  ['no terminal', ['auth.log'], 6, '--interactive needs a terminal'],
  ['standard input', ['-'], 2, 'reads its keys'],
  ['a file to write', ['auth.log', '--output', 'x'], 2, '--output is for what is written'],
  ['another form', ['auth.log', '--json'], 2, '--format json is for what is written'],
])('refuses: %s', async (_, args, exit, told) => {
  const ran = await runIr(['timeline', ...args, '--interactive'], { cwd: folder });
  expect(ran.stderr).toContain(told);
  expect(ran.exit).toBe(exit);
});
