/** A text written in the user's own editor, as git does it. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Edited } from '../commands/context.ts';
import { messageOf, refusedError } from '../errors.ts';
import type { Settings } from '../settings.ts';

/** VISUAL, else EDITOR, else vi. */
export const editorOf = (env: Settings['env']): string =>
  [env['VISUAL'], env['EDITOR']].find((editor) => editor?.trim()) ?? 'vi';

/**
 * Opens a file with `initial` in the editor of `env` and waits until it is closed.
 * @throws IrError (exit 6) where the editor cannot be run, or fails; what was written is then kept, and said where
 */
export async function editText(initial: string, env: Settings['env']): Promise<Edited> {
  const folder = mkdtempSync(join(tmpdir(), 'ir-note-'));
  const path = join(folder, 'note.txt');
  writeFileSync(path, initial, { mode: 0o600 });
  const editor = editorOf(env);
  // The editor decides what Ctrl-C means.
  const ignore = (): void => undefined;
  process.on('SIGINT', ignore);
  try {
    const problem = await run(editor, path, env);
    if (problem === undefined) {
      const text = readFileSync(path, 'utf8');
      return { text, path, discard: () => rmSync(folder, { recursive: true, force: true }) };
    }
    const isUntouched = readFileSync(path, 'utf8') === initial;
    if (isUntouched) rmSync(folder, { recursive: true, force: true });
    throw refusedError(
      `nothing noted: the editor "${editor}" ${problem}`,
      isUntouched
        ? 'Name another in VISUAL or EDITOR. A note takes its text from the command line, too: ir note TEXT'
        : `What was written is in ${path}`,
    );
  } finally {
    process.off('SIGINT', ignore);
  }
}

/** What went wrong; undefined where nothing did. */
const run = (editor: string, path: string, env: Settings['env']): Promise<string | undefined> =>
  new Promise((resolve) => {
    // What the user wrote may have options and quotes; the path is an argument of its own.
    const child =
      process.platform === 'win32'
        ? spawn(`${editor} "${path}"`, { shell: true, stdio: 'inherit', env })
        : spawn('/bin/sh', ['-c', `${editor} "$@"`, editor, path], { stdio: 'inherit', env });
    child.once('error', (error) => resolve(`cannot be run: ${messageOf(error)}`));
    child.once('close', (code, signal) =>
      resolve(code === 0 ? undefined : `ended with ${signal ?? `exit code ${code}`}`),
    );
  });
