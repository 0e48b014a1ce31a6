/**
 * What people read word by word, kept beside the tests: the help of the commands that answer questions, at three widths, and
 * one mistake of every kind. `npx vitest run test/snapshots.test.ts -u` takes what is new.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Run } from '../src/cli/declare.ts';
import { createProgram } from '../src/cli/program.ts';
import { IrError } from '../src/errors.ts';
import { buildSettings, type RawSettings } from '../src/settings.ts';
import { wrapHelp } from '../src/terminal/help-text.ts';
import { errorText } from '../src/terminal/print-error.ts';
import { testContext } from './commands/test-context.ts';

let cwd: string;
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'ir-snapshots-'));
  writeFileSync(
    join(cwd, 'auth.log'),
    '2026-03-05T04:00:00Z web01 sshd[900]: Failed password for ana from 198.51.100.7 port 40000 ssh2\n',
  );
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

function helpOf(name: string): string {
  let text = '';
  const program = createProgram(
    '',
    async () => undefined,
    (part) => {
      text += part;
    },
  );
  const command = program.commands.find((one) => one.name() === name) as Command;
  command.outputHelp();
  return text;
}

describe.each(['grep', 'stats', 'explain', 'completion'])('the help of %s', (name) => {
  it.each([60, 80, 132])('at %i columns', async (width) => {
    expect(helpOf(name).length).toBeGreaterThan(200);
    await expect(wrapHelp(helpOf(name), width)).toMatchFileSnapshot(
      `snapshots/help-${name}-${width}.txt`,
    );
  });
});

/** A mistake of each kind: what was written. */
const MISTAKES: readonly (readonly string[])[] = [
  ['grep'],
  ['grep', '(', 'auth.log'],
  ['grep', 'a', 'auth.log', '-C', 'x'],
  ['grep', 'a', 'auth.log', '--around', 'soon'],
  ['grep', 'a', 'auth.log', '--around', '5m', '-C', '2'],
  ['grep', 'a', 'auth.log', '--by', 'user.nam'],
  ['grep', 'a', 'auth.log', '--columns', 'user.nam'],
  ['grep', 'a', 'auth.log', '--note', 'x'],
  ['grep', '--where', 'user.nam = root', 'auth.log'],
  ['grep', '--where', 'user.name = ', 'auth.log'],
  ['grep', '--where', 'user.name = root and (x', 'auth.log'],
  ['grep', '--where', 'http.response.status_code >= many', 'auth.log'],
  ['grep', '--where', 'source.ip in 203.0.113.0/99', 'auth.log'],
  ['grep', '--where', 'user.name ~ "("', 'auth.log'],
  ['grep', 'a', 'auth.log', '--since', '2026-03-06', '--until', '2026-03-05'],
  ['grep', 'a', 'auth.log', '--since', 'whenever'],
  ['stats', 'auth.log', '--by', 'user.nam'],
  ['stats', 'auth.log', '--over', '5m'],
  ['stats', 'auth.log', '--by', 'user.name', '--over', 'x'],
  ['stats', 'auth.log', '--top', '0'],
  ['stats', 'auth.log', '--sql', 'select usr from events'],
  ['stats', 'auth.log', '--sql', 'drop table events'],
  ['timeline', 'auth.log', '--entity', '203.0.113.0/99'],
  ['timeline', 'auth.log', '--rules', 'nowhere'],
  ['timeline', 'auth.log', '--no-rules', '--rule', 'x'],
  ['timeline', 'auth.log', '--workers', 'many'],
  ['explain', 'F-0', 'auth.log'],
  ['explain', 'F-999'],
];

/** Runs a command in this process; what is said of its mistake, without colour. */
async function mistakeOf(argv: readonly string[]): Promise<string> {
  const context = testContext({ cwd, env: { HOME: cwd, XDG_CONFIG_HOME: join(cwd, 'config') } });
  const run: Run = async (command, _view, body) => {
    buildSettings(command.optsWithGlobals() as RawSettings, {}, cwd);
    await body(context);
  };
  try {
    await createProgram('', run, () => undefined).parseAsync(argv, { from: 'user' });
  } catch (error) {
    if (error instanceof IrError)
      return `exit ${error.exit}\n${errorText(error, { NO_COLOR: '1' }).replaceAll(cwd, 'FOLDER')}`;
    throw error;
  }
  return 'nothing was said\n';
}

it('one mistake of every kind is said so', async () => {
  const said: string[] = [];
  for (const argv of MISTAKES) said.push(`$ ir ${argv.join(' ')}\n${await mistakeOf(argv)}`);
  expect(said.filter((text) => text.includes('nothing was said'))).toEqual([]);
  await expect(said.join('\n')).toMatchFileSnapshot('snapshots/mistakes.txt');
});
