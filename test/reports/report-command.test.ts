import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { act } from '../../src/commands/act.ts';
import { undoActions } from '../../src/commands/actions.ts';
import { addNote } from '../../src/commands/add-note.ts';
import { openIncident } from '../../src/commands/open-incident.ts';
import { type ReportOptions, report, reportTemplates } from '../../src/commands/report.ts';
import { saveTimeline } from '../../src/commands/save-timeline.ts';
import { showIncident } from '../../src/commands/show-incident.ts';
import { updateIncident } from '../../src/commands/update-incident.ts';
import { verifyJournal } from '../../src/commands/verify-journal.ts';
import type { NoteKind } from '../../src/incidents/incident.ts';
import { createStyle } from '../../src/terminal/style.ts';
import { view as showView } from '../../src/terminal/views/show-incident.ts';
import { showWhole, type TestContext, testContext } from '../commands/test-context.ts';
import { misfits } from '../store/payloads.ts';
import { account, finding } from '../store/sample-entries.ts';
import { finishedCase, VARIANTS } from './finished-case.ts';

let cwd: string;
let context: TestContext;

beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'ir-report-'));
  context = testContext({ cwd });
});

afterEach(() => rmSync(cwd, { recursive: true, force: true }));

const noStdin = async (): Promise<string> => {
  throw new Error('stdin was read');
};
const note = (kind: NoteKind, text: string) => addNote(context, text, { kind }, noStdin);
const asFile = (options: ReportOptions = {}) =>
  report(context, { isStdoutTerminal: true, ...options });
const asJson = () => ({ ...context, settings: { ...context.settings, format: 'json' as const } });

const buildCase = async (): Promise<void> => {
  context = await finishedCase(cwd);
};

describe('the post-mortem', () => {
  it('and every other variant is the golden one', async () => {
    await buildCase();
    const { journal } = await showWhole(context);
    expect(journal.length).toBeGreaterThan(10);
    expect(misfits(journal)).toEqual([]);
    for (const template of VARIANTS) {
      const { text: written, model } = await report(context, { template, record: false });
      // Hashes cover random bits, so that erased texts cannot be guessed.
      const text = written.replaceAll(model.custody.head, '(head)');
      const golden = fileURLToPath(new URL(`golden-${template}.md`, import.meta.url));
      if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(golden, text);
      expect(text, template).toBe(readFileSync(golden, 'utf8'));
    }
  });

  it('and every variant is a page: all its chapters, no script but ours, none for readers outside', async () => {
    await buildCase();
    const pages = testContext({ cwd, format: 'html' });
    for (const template of VARIANTS) {
      const { text: markdown } = await report(context, { template, record: false });
      const { text: page } = await report(pages, { template, record: false });
      const chapters = markdown.match(/^## /gm)?.length ?? 0;
      expect(page.match(/<h2 id="chapter-/g)?.length ?? 0, template).toBe(chapters);
      expect(page, template).toContain('http-equiv="Content-Security-Policy"');
      const isForInsiders = ['postmortem', 'timeline', 'drill'].includes(template);
      expect(page.match(/<script>/g)?.length ?? 0, template).toBe(isForInsiders ? 1 : 0);
    }
  });

  it('has every section and shows every question in its place', async () => {
    await buildCase();
    const { text, questions } = await report(context, {});
    const sections = text.split('\n').filter((line) => line.startsWith('## '));
    expect(sections).toEqual([
      '## 1. Summary',
      '## 2. The story',
      '## 3. Impact',
      '## 4. Key times and metrics',
      '## 5. How it was detected',
      '## 6. Time line',
      '## 7. What we did',
      '## 8. Checklist',
      '## 9. What made it possible',
      '## 10. What we learned',
      '## 11. Recommendations',
      '## 12. Action items',
      '## 13. Open questions',
      '## Appendix A: findings',
      '## Appendix B: cited log lines',
      '## Appendix C: evidence and custody',
    ]);
    const shown = text.split('\n').filter((line) => line.startsWith('> **Question:** '));
    expect(questions.length).toBeGreaterThan(3);
    expect(shown.length).toBe(questions.length);
  });

  it('loses a question when it is answered', async () => {
    await openIncident(context, { title: 'Odd logins' });
    const before = (await report(context, { record: false })).questions;
    await note('lucky', 'It was Sunday.');
    await updateIncident(context, { occurredAt: '2026-03-01T08:00:00Z' });
    const after = (await report(context, { record: false })).questions;
    const sections = before.map(({ section }) => section);
    expect(sections).toContain('lucky');
    expect(after.map(({ section }) => section)).not.toContain('lucky');
    expect(after.length).toBe(before.length - 2);
  });

  it('is the same bytes again, and names a head of the journal', async () => {
    await buildCase();
    const first = await asFile();
    context.tick(3_600_000);
    const second = await asFile();
    expect(second.text).toBe(first.text);
    const { journal } = await showWhole(context);
    expect(journal.slice(-2).map(({ type }) => type)).toEqual([
      'report_rendered',
      'report_rendered',
    ]);
    expect(first.model.custody.head).toBe(journal.at(-3)?.hash);
    expect(first.model.asOf).toBe(journal.at(-3)?.at);
    const checked = await verifyJournal(context, { head: first.model.custody.head });
    expect(checked.isIntact).toBe(true);
    expect(checked.witness?.known).toMatchObject({
      of: 'entry',
      seq: first.model.custody.entries,
    });
  });

  it('makes hostile text inert', async () => {
    const hostile =
      '</td>|<script>alert(1)</script> ![x](http://evil.example/p.png) [a](javascript:b) {{7*7}} {% include "/etc/passwd" %} \u001b[2J\u202e@everyone `x`\n# Big\n> **Question:** fake';
    await openIncident(context, {
      title: `t ${hostile.replaceAll('\n', ' ')}`.slice(0, 200),
      description: hostile,
    });
    for (const kind of ['note', 'impact', 'factor', 'action_item'] as const)
      await note(kind, hostile);
    const base = finding('beef');
    const evil = {
      ...base,
      rule: { ...base.rule, title: hostile },
      entities: { 'user.name': [hostile, '```'] },
      evidence: [
        { ...base.evidence[0]!, file: hostile, raw: '``` \n```\n# Out\n<script>{{7*7}}\u001b[31m' },
      ],
    };
    await saveTimeline(
      context,
      { findings: [evil], files: [account(hostile, 'ab'.repeat(32))] },
      [],
    );
    const { text: written, questions, model } = await report(context, {});
    const text = written.replaceAll(model.custody.head, '(head)');
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
    expect(text).toContain('{{7');
    expect(text).not.toContain('49');
    expect(text).not.toContain('root:');
    const lines = text.split('\n');
    expect(lines.filter((line) => line.startsWith('> **Question:**')).length).toBe(
      questions.length,
    );
    expect(lines.filter((line) => /^#{1,6} (?:Big|Out)/.test(line))).toEqual(['# Out']);
    expect(lines[lines.indexOf('# Out') - 3]).toBe('````text');
    // Outside of code nothing is left that could be HTML, a link or an image.
    const prose = text
      .replace(/(`{3,})text\n[\s\S]*?\n\1\n/g, '')
      .replace(/(`+)(?:(?!\1).|\n)+?\1/g, '');
    expect(prose).not.toMatch(/(?<!\\)<(?!--)|(?<!\\)!\[|https?:|@everyone|(?<!\\)\]\(/);
    const columns = (line: string): number => line.replace(/\\\|/g, '').split('|').length;
    const table = lines.filter((line) => line.startsWith('| F-01'));
    expect(table.map(columns)).toEqual(table.map(() => 10).slice(0, 1));
  });
});

describe('where it goes', () => {
  it('on a terminal: into the workspace, private, and recorded', async () => {
    await openIncident(context, { title: 'Odd logins' });
    const { path, sha256, template } = await asFile();
    expect(path).toBe(join(cwd, '.ir', 'reports', 'INC-2026-0001-postmortem.md'));
    expect(statSync(path!).mode & 0o777).toBe(0o600);
    const { reports = [] } = await showIncident(context);
    expect(reports).toMatchObject([{ path, sha256, template }]);
  });

  it.each<[string, ReportOptions, string | undefined, number]>([
    ['no terminal', {}, undefined, 1],
    ['-', { output: '-', isStdoutTerminal: true }, undefined, 1],
    ['a file', { output: 'sub/out.md' }, 'sub/out.md', 1],
    ['not recorded', { output: 'out.md', record: false }, 'out.md', 0],
  ])('%s', async (_, options, path, recorded) => {
    await openIncident(context, { title: 'Odd logins' });
    const result = await report(context, options);
    expect(result.path).toBe(path === undefined ? undefined : join(cwd, path));
    if (result.path !== undefined) expect(readFileSync(result.path, 'utf8')).toBe(result.text);
    expect((await showIncident(context)).reports?.length).toBe(recorded);
  });

  it('gives the model as JSON and records only what is written', async () => {
    await buildCase();
    const result = await report(asJson(), {});
    expect(JSON.parse(result.text)).toEqual(JSON.parse(JSON.stringify(result.model)));
    expect(result.model.schema).toBe('ir.report/v1');
    expect((await showIncident(context)).reports).toEqual([]);
    await report(asJson(), { output: 'model.json' });
    expect((await showIncident(context)).reports).toMatchObject([{ template: 'json' }]);
  });

  it('takes its form from the ending of the file, and refuses an ending that it cannot write', async () => {
    await openIncident(context, { title: 'Odd logins' });
    await asFile({ output: 'model.json' });
    expect(JSON.parse(readFileSync(join(cwd, 'model.json'), 'utf8'))).toHaveProperty('incident');
    await asFile({ output: 'page.html' });
    expect(readFileSync(join(cwd, 'page.html'), 'utf8')).toMatch(/^<!doctype html>/i);
    for (const ending of ['docx', 'odt'])
      await expect(asFile({ output: `case.${ending}` })).rejects.toThrow(
        `no ${ending} form, which case.${ending} asks for`,
      );
  });

  it('leaves nothing half-written where it cannot write', async () => {
    await openIncident(context, { title: 'Odd logins' });
    writeFileSync(join(cwd, 'file'), 'x');
    await expect(report(context, { output: 'file/out.md' })).rejects.toMatchObject({ exit: 6 });
    expect((await showIncident(context)).reports).toEqual([]);
  });
});

describe('templates', () => {
  it('takes a path, or a name of the user, who may replace a bundled one', async () => {
    await openIncident(context, { title: 'Odd logins' });
    writeFileSync(join(cwd, 'letter.md'), 'Dear {{ incident.key }}\n');
    expect((await report(context, { template: 'letter.md' })).text).toBe('Dear INC-2026-0001\n');
    const folder = join(cwd, 'config', 'ir', 'reports');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'postmortem.md'), 'Mine: {{ incident.key }}');
    const own = testContext({ cwd, env: { XDG_CONFIG_HOME: join(cwd, 'config') } });
    expect((await report(own, {})).text).toBe('Mine: INC-2026-0001\n');
    const { templates } = await reportTemplates(own);
    const names = (list: typeof templates): string[] =>
      list.map(({ name, origin }) => `${name} ${origin}`);
    expect(names(templates)).toContain('postmortem user');
    const bundled = names((await reportTemplates(context)).templates);
    expect(bundled).toEqual([...VARIANTS, 'monthly'].sort().map((name) => `${name} bundled`));
  });

  it.each<[string, number]>([
    ['nosuch', 2],
    ['./nosuch.md', 3],
    ['.', 3],
  ])('refuses %s', async (template, exit) => {
    await openIncident(context, { title: 'Odd logins' });
    await expect(report(context, { template })).rejects.toMatchObject({ exit });
  });
});

const HOLD = `id: hold
title: Hold a file
summary: For tests.
variables: [{ name: path, type: path, description: "File" }]
arguments: [path]
target: "{{ path }}"
risk: change
blast_radius: The file.
check: { run: [ls, "{{ path }}"], expect: the file is there, condition: { contains: "{{ path }}" } }
run: [mv, "{{ path }}", "{{ path }}.held"]
verify: { run: [ls, "{{ path }}.held"], expect: it is held, condition: { contains: held } }
undo: [mv, "{{ path }}.held", "{{ path }}"]
undo_verify: { run: [ls, "{{ path }}"], expect: it is back, condition: { contains: "{{ path }}" } }
ttl: PT1H
expiry: ir
`;
const DROP = `id: drop
title: Drop a file
summary: For tests.
variables: [{ name: path, type: path, description: "File" }]
arguments: [path]
target: "{{ path }}"
risk: destructive
irreversible: What was in it is gone.
blast_radius: The file.
collect_first: [[cat, "{{ path }}"]]
check: { run: [ls, "{{ path }}"], expect: the file is there, condition: { contains: "{{ path }}" } }
run: [rm, "{{ path }}"]
verify: { run: { script: 'ls "$1" 2>/dev/null || echo gone', args: ["{{ path }}"] }, expect: it is gone, condition: { equals: gone } }
`;

describe('what was changed on systems', () => {
  beforeEach(async () => {
    const folder = join(cwd, 'config/ir/actions');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'hold.yml'), HOLD);
    writeFileSync(join(folder, 'drop.yml'), DROP);
    const env = { XDG_CONFIG_HOME: join(cwd, 'config'), PATH: process.env['PATH'] ?? '' };
    context = testContext({ cwd, env });
    await openIncident(context, { title: 'Changed', severity: 'SEV2' });
  });

  it('is told action by action: read back, undone, still in place, final, failed', async () => {
    const file = (name: string): string => {
      writeFileSync(join(cwd, name), name);
      return join(cwd, name);
    };
    const stays = file('stays');
    await act(context, 'hold', [stays], { yes: true });
    await act(context, 'hold', [file('back')], { yes: true });
    await undoActions(context, 'A-002', { yes: true });
    const gone = file('gone');
    await act(context, 'drop', [gone], { yes: true, confirm: gone, reason: 'not needed' });
    writeFileSync(
      join(cwd, 'config/ir/actions/hold.yml'),
      HOLD.replace('run: [mv,', 'run: [test,'),
    );
    const failed = await act(context, 'hold', [file('failed')], { yes: true });
    expect(failed.exit).toBe(8);

    const { model, text } = await report(context, { output: '-' });
    const who = context.settings.actor;
    expect(
      model.onSystems.map(({ number, actor, standing, verifiedAt, until }) => [
        ...[number, actor, standing, verifiedAt !== null, until !== null],
      ]),
    ).toEqual([
      ['A-001', who, 'in place', true, true],
      ['A-002', who, 'undone', true, false],
      ['A-003', who, 'final', true, false],
      ['A-004', who, 'failed', false, false],
    ]);
    expect(model.changes).toEqual([]);
    const row = (no: string): string =>
      text.split('\n').find((line) => line.startsWith(`| ${no}`))!;
    expect(row('A-001')).toMatch(/\*\*still in place\*\* until 2026-03-01 13:0\d:\d\dZ/);
    expect(row('A-002')).toContain(`undone 2026-03-01 12:0`);
    expect(row('A-002')).toContain(`by ${who}`);
    expect(row('A-003')).toContain('done, cannot be taken back: What was in it is gone');
    expect(row('A-004')).toContain('not found in place | **failed, may be in place**');
    const asked = model.ask.changes.map(({ command }) => command);
    expect(asked).toEqual(['ir undo A-001 --yes', 'ir actions']);

    const shown = await showIncident(context);
    const style = createStyle({ isTTY: true, columns: 160 }, 'never', {});
    const view = showView.text(shown as never, style);
    expect(view).toMatch(/In place +2 of 4 actions/);
    expect(view).toMatch(/A-001 {2}hold on .*verified, until/);
    expect(view).toMatch(/A-004 {2}hold on .*failed/);
    expect(view).not.toMatch(/A-00[23] /);
    const { status } = await import('../../src/commands/status.ts');
    expect((await status(context)).actions.map(({ no }) => no)).toEqual(['A-001', 'A-004']);
  });
});
