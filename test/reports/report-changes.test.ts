/** What changed in a report, action items that are tasks, and what its readers should not see. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addNote } from '../../src/commands/add-note.ts';
import { checkIncidentReport } from '../../src/commands/check-report.ts';
import { closeIncident } from '../../src/commands/close-incident.ts';
import { openIncident } from '../../src/commands/open-incident.ts';
import { report } from '../../src/commands/report.ts';
import { reportDiff } from '../../src/commands/report-diff.ts';
import { personalData } from '../../src/commands/report-personal.ts';
import { changeTask, listTasks } from '../../src/commands/tasks.ts';
import { diffLines } from '../../src/reports/line-diff.ts';
import { showWhole, type TestContext, testContext } from '../commands/test-context.ts';

let cwd: string;
let context: TestContext;
beforeEach(async () => {
  cwd = mkdtempSync(join(tmpdir(), 'ir-changes-'));
  context = testContext({ cwd });
  await openIncident(context, { title: 'Odd logins' });
});
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

const note = (text: string, kind = 'note') => addNote(context, text, { kind }, async () => '');

describe('lines that changed', () => {
  it.each([
    ['', ''],
    ['abc', 'abc'],
    ['', 'ab'],
    ['ab', ''],
    ['abcabba', 'cbabac'],
    ['xaybz', 'aqb'],
    ['aaaa', 'aa'],
    ['abcdef', 'ghijkl'],
  ])('%s to %s gives both back', (before, after) => {
    const lines = diffLines([...before], [...after]);
    const of = (mark: string): string =>
      lines.flatMap((line) => (line.mark === mark ? [] : line.text)).join('');
    expect([of('+'), of('-')]).toEqual([before, after]);
  });

  it('are as few as can be', () => {
    const marks = diffLines([...'abcabba'], [...'cbabac']).filter(({ mark }) => mark !== ' ');
    expect(marks).toHaveLength(5);
  });
});

it('ir report --diff shows them since the report was written last', async () => {
  await expect(reportDiff(context)).rejects.toMatchObject({ exit: 6 });
  await report(context, { output: '-' });
  expect((await reportDiff(context)).lines.flat()).toContain(': nothing changed since.');
  await note('It was Sunday.', 'lucky');
  const { lines } = await reportDiff(context);
  expect(lines.flat()).toContain('+- It was Sunday.');
  expect(lines.flat()).toContain('@@ Where we were lucky @@');
});

describe('an action item', () => {
  it('is a task, followed over incidents until it is done', async () => {
    await note('Rotate keys @platform due 2026-12-01', 'action_item');
    await closeIncident(context, { determination: 'confirmed', reason: 'done', yes: true });
    await note('After the close', 'action_item');
    await openIncident(context, { title: 'Another' });
    await note('Fix the upload @web due 2026-02-01', 'action_item');
    expect((await showWhole(context)).notes).toEqual([]);
    const list = async () =>
      (await listTasks(context, { allIncidents: true, state: 'open' })).rows.map((row) =>
        row.filter((_, column) => [0, 2, 4, 5].includes(column)),
      );
    expect(await list()).toEqual([
      ['INC-2026-0002', 'overdue', 'web', 'Fix the upload'],
      ['INC-2026-0001', 'open', 'platform', 'Rotate keys'],
      ['INC-2026-0001', 'open', undefined, 'After the close'],
    ]);
    const { model, text } = await report(context, { output: '-' });
    expect(model.ask.actions).toEqual([]);
    expect(text).toMatch(/\| T-\d+ Fix the upload \| web \| 2026-02-01 \| open \|/);
    await changeTask(context, model.tasks[0]!.number, {});
    expect(await list()).toHaveLength(2);
  });

  it('asks who and when, and knows the calendar', async () => {
    await note('Do something', 'action_item');
    const { model } = await report(context, { output: '-' });
    expect(model.ask.actions.map(({ text }) => text)).toEqual([
      expect.stringMatching(/has no owner and no due date/),
    ]);
    await expect(note('x due 2026-02-30', 'action_item')).rejects.toMatchObject({ exit: 2 });
  });
});

describe('ir report --check', () => {
  it.each<[string, string, string[]]>([
    ['postmortem', 'write to eve.adams@corp.example', []],
    ['customer', 'write to eve.adams@corp.example', ['error']],
    ['postmortem', 'password=Tr0ub4dor3x', ['error']],
    ['customer', 'nothing of anybody', []],
    ['postmortem', `head \`${'0a1b2c3d'.repeat(8)}\``, []],
  ])('%s: %s', (template, text, degrees) => {
    const found = personalData(text, template);
    expect(found.map(({ degree }) => degree)).toEqual(degrees);
    expect(JSON.stringify(found)).not.toMatch(/eve\.adams|Tr0ub4dor/);
  });

  it('looks at the text of the variant that is meant', async () => {
    writeFileSync(join(cwd, 'letter.md'), 'Dear eve.adams@corp.example\n');
    const outcome = await checkIncidentReport(context, {
      ...{ template: './letter.md', failOn: 'error' },
    });
    expect(outcome.exit).toBe(1);
    expect(JSON.stringify(outcome.result)).toContain('Line 1 of letter holds mail data');
  });
});
