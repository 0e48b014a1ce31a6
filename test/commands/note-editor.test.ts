/** `ir note` without a text: what is written in the editor is noted, and not lost where it cannot be. */
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { addNote, type NoteOptions, type NoteResult } from '../../src/commands/add-note.ts';
import { openIncident } from '../../src/commands/open-incident.ts';
import { editorOf, editText } from '../../src/terminal/editor.ts';
import { testContext } from './test-context.ts';

let cwd: string;
beforeEach(async () => {
  cwd = mkdtempSync(join(tmpdir(), 'ir-editor-'));
  await openIncident(testContext({ cwd }), { title: 'Odd logins' });
});
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

/** An editor that runs a line of shell on its file. */
function editor(line: string): string {
  const path = join(cwd, 'my editor');
  writeFileSync(path, `#!/bin/sh\n${line}\n`);
  chmodSync(path, 0o755);
  return `'${path}' --wait`;
}

const said: string[] = [];
const note = async (line: string): Promise<string> => (await noted(line)).text;
async function noted(line: string, options: NoteOptions = {}): Promise<NoteResult> {
  said.length = 0;
  const context = testContext({ cwd });
  const env = { ...process.env, VISUAL: editor(line) };
  const ask = {
    ...context.ask,
    isPossible: true,
    edit: ({ initial }: { initial: string }) => editText(initial, env),
  };
  const say = (text: string): void => void said.push(text);
  return await addNote({ ...context, ask, say }, '', options, async () => '');
}

it('takes the text without the lines of the template', async () => {
  expect(
    await note(`cp "$2" '${cwd}/seen'; printf 'first\\n\\n second\\n# not this\\n' > "$2"`),
  ).toBe('first\n\n second');
  expect(readFileSync(join(cwd, 'seen'), 'utf8')).toBe(
    '\n# A note for INC-2026-0001: Odd logins\n# Lines that begin with # are left out. An empty text notes nothing.\n',
  );
});

it('begins a correction with what the note says', async () => {
  const { seq } = await noted('echo "it was web01" > "$2"');
  const options = { corrects: String(seq), reason: 'mixed up' };
  expect((await noted('sed -i s/web01/web02/ "$2"', options)).text).toBe('it was web02');
});

it('notes nothing where the text is empty, and leaves no file', async () => {
  await expect(note(`echo "$2" > '${cwd}/path'`)).rejects.toMatchObject({
    exit: 6,
    message: 'nothing noted: the text is empty',
  });
  expect(existsSync(readFileSync(join(cwd, 'path'), 'utf8').trim())).toBe(false);
});

it('keeps the text where it could not be stored', async () => {
  await expect(note('printf "%0100001d" 7 > "$2"')).rejects.toMatchObject({ exit: 2 });
  const path = /The text is kept in (.*)$/.exec(said.join('\n'))?.[1] ?? '';
  expect(readFileSync(path, 'utf8')).toHaveLength(100_001);
  rmSync(path, { force: true });
});

it('says that the editor failed, and where the text is', async () => {
  await expect(note('echo "half" > "$2"; exit 3')).rejects.toMatchObject({
    exit: 6,
    message: expect.stringContaining('ended with exit code 3') as string,
    hint: expect.stringMatching(/^What was written is in /) as string,
  });
});

it('is refused where nobody can be asked', async () => {
  await expect(addNote(testContext({ cwd }), '', {}, async () => '')).rejects.toMatchObject({
    exit: 2,
  });
});

it.each([
  [{ VISUAL: 'code -w', EDITOR: 'nano' }, 'code -w'],
  [{ VISUAL: ' ', EDITOR: 'nano' }, 'nano'],
  [{}, 'vi'],
])('%j is the editor %s', (env, expected) => {
  expect(editorOf(env)).toBe(expected);
});
