/** Reports that were reviewed, approved and signed, and what people wrote into them. */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addNote } from '../../src/commands/add-note.ts';
import { openIncident } from '../../src/commands/open-incident.ts';
import { type ReportOptions, type ReportResult, report } from '../../src/commands/report.ts';
import { editReport } from '../../src/commands/report-edit.ts';
import { verifyJournal } from '../../src/commands/verify-journal.ts';
import { readParts } from '../../src/reports/writer-parts.ts';
import { editText } from '../../src/terminal/editor.ts';
import { showWhole, type TestContext, testContext } from '../commands/test-context.ts';
import { isThere } from '../needs.ts';

let cwd: string;
let context: TestContext;
beforeEach(async () => {
  cwd = mkdtempSync(join(tmpdir(), 'ir-review-'));
  context = testContext({ cwd, env: { PATH: process.env['PATH'] ?? '' } });
  await openIncident(context, { title: 'Odd logins' });
});
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

const write = (options: ReportOptions = {}, by = context): Promise<ReportResult> =>
  report(by, { output: 'pm.md', force: true, ...options });
const written = (): string => readFileSync(join(cwd, 'pm.md'), 'utf8');
const as = (actor: string): TestContext => ({
  ...context,
  settings: { ...context.settings, actor },
});
const kinds = async (): Promise<string[]> =>
  (await showWhole(context)).journal.map(({ type }) => type);

describe('ir report --approve', () => {
  it('names who, when and over which bytes, and gives these bytes again', async () => {
    await write({ approve: 'in-review' });
    expect(written()).toContain('| State | in review |');
    context.tick(60_000);
    const approved = await write({ approve: true }, as('kim'));
    expect(written()).toContain(
      '| Reviewers | alex: in review 2026-03-01 12:00:00Z; kim: approved 2026-03-01 12:01:00Z |',
    );
    expect(written()).toContain('| Author | alex |');
    const last = (await showWhole(context)).journal.findLast(
      ({ type }) => type === 'report_reviewed',
    )!;
    expect(last).toMatchObject({
      actor: 'kim',
      payload: { state: 'approved', sha256: approved.sha256, template: 'postmortem' },
    });
    context.tick(60_000);
    expect((await write({}, as('sam'))).sha256).toBe(approved.sha256);
    expect((await verifyJournal(context, {})).isIntact).toBe(true);
  });

  it('is a draft again once the case was added to', async () => {
    await write({ approve: true });
    await addNote(context, 'One more.', {}, async () => '');
    await write();
    expect(written()).toContain('| State | draft |');
    expect(written()).toContain('before the case was added to |');
  });

  it.each<[ReportOptions, number]>([
    [{ approve: 'maybe' }, 2],
    [{ approve: true, output: '-' }, 2],
    [{ approve: true, record: false }, 2],
    [{ sign: 'nobody.key' }, 6],
    [{ approve: true, output: 'taken/pm.md' }, 6],
  ])('refuses %j, and notes nothing', async (options, exit) => {
    writeFileSync(join(cwd, 'taken'), 'a file where a folder must be');
    const before = await kinds();
    await expect(write({ ...options })).rejects.toMatchObject({ exit });
    expect(await kinds()).toEqual(before);
    expect(existsSync(join(cwd, 'pm.md'))).toBe(false);
  });
});

const hasKeygen = spawnSync('ssh-keygen', ['-?']).error === undefined;

describe.skipIf(!isThere('ssh-keygen for signed reports', hasKeygen))('ir report --sign', () => {
  it('makes a signature that the printed command verifies, and no other text', async () => {
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(cwd, 'key')]);
    const folder = join(cwd, "it's here");
    mkdirSync(folder);
    const path = join(folder, 'pm.md');
    const { review } = await write({ sign: 'key', output: path });
    expect(review).toMatchObject({ state: 'approved' });
    const verify = (): string =>
      execFileSync('/bin/sh', ['-c', review!.verify!], { encoding: 'utf8', stdio: 'pipe' });
    expect(verify()).toContain('Good "ir-report" signature for alex');
    writeFileSync(path, 'x', { flag: 'a' });
    expect(verify).toThrow(/Command failed/);
    // Signed again, what lies beside it is replaced with it.
    await write({ sign: 'key', output: path });
    expect(verify()).toContain(review!.signedBy);
  });
});

/** Opens the parts in an editor that runs a line of shell on its file. */
async function edit(line: string): Promise<string[]> {
  const editor = join(cwd, 'editor');
  writeFileSync(editor, `#!/bin/sh\n${line}\n`);
  chmodSync(editor, 0o755);
  return editWith(editor);
}
const said: string[] = [];
async function editWith(editor: string): Promise<string[]> {
  said.length = 0;
  const env = { ...process.env, VISUAL: editor };
  const { lines } = await editReport({
    ...context,
    say: (text) => void said.push(text),
    ask: { ...context.ask, edit: ({ initial }) => editText(initial, env) },
  });
  return lines.flat() as string[];
}

describe('ir report --edit', () => {
  it('keeps what people wrote, section by section, whatever is written anew', async () => {
    expect(await edit(`sed -i '/^=== summary/a Two paragraphs,\\n\\n# of *text*.' "$1"`)).toEqual([
      'Kept for the report of INC-2026-0001: summary.',
    ]);
    await edit(`cp "$1" '${cwd}/seen'; sed -i '/^=== lucky/a It was Sunday.' "$1"`);
    expect(readFileSync(join(cwd, 'seen'), 'utf8')).toMatch(
      /=== summary: Summary.*\nTwo paragraphs,\n\n# of \*text\*\.\n\n=== attack/,
    );
    for (const round of [1, 2]) {
      await addNote(context, `Note ${round}`, {}, async () => '');
      await write();
      expect(written()).toMatch(
        /## 1\. Summary[\s\S]*Two paragraphs,\n\n\\# of \\\*text\\\*\.[\s\S]*## 2/,
      );
      expect(written()).toMatch(/### Where we were lucky\n\nIt was Sunday\./);
    }
    expect(await edit('true')).toEqual(['Nothing was changed in the report of INC-2026-0001.']);
    await edit(`sed -i '/^It was Sunday/d' "$1"`);
    await write();
    expect(written()).not.toContain('It was Sunday.');
  });

  it.each([
    ['exit 3', 'ended with exit code 3'],
    ['echo "=== sumary" > "$1"', 'the report has no section "sumary"'],
    ['printf "=== lucky\\n=== lucky\\n" > "$1"', 'is there twice'],
    ['echo text > "$1"', 'no line with === is left'],
    ['{ echo "=== lucky"; printf "%0100001d" 7; } > "$1"', 'has 100001 characters'],
  ])('%s: keeps nothing, and loses nothing', async (line, message) => {
    const before = await kinds();
    await expect(edit(line)).rejects.toMatchObject({
      exit: 6,
      message: expect.stringContaining(message) as string,
    });
    expect(await kinds()).toEqual(before);
    const path = /^The text is kept in (.*)$/.exec(said.at(-1) ?? '')?.[1];
    if (line === 'exit 3') return;
    expect(readFileSync(path!, 'utf8')).not.toBe('');
    rmSync(path!);
  });

  it('says what editor is not there', async () => {
    await expect(editWith(join(cwd, 'none'))).rejects.toMatchObject({ exit: 6 });
  });

  it('does not write over what somebody else wrote meanwhile', async () => {
    const ask = (text: string, meanwhile: () => Promise<unknown>) => ({
      ...context.ask,
      edit: async () => {
        await meanwhile();
        return { text: `=== lucky\n${text}`, path: 'kept.txt', discard: () => {} };
      },
    });
    const theirs = () => editReport({ ...context, ask: ask('theirs', async () => {}) });
    await expect(editReport({ ...context, ask: ask('mine', theirs) })).rejects.toMatchObject({
      exit: 6,
    });
    await write();
    expect(written()).toContain('theirs');
  });

  it('leaves alone a section whose line is gone', () => {
    expect(readParts('above\r\n=== lucky: words\r\n a\r\n\r\n')).toEqual({ parts: { lucky: 'a' } });
  });
});
