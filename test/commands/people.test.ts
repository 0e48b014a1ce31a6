/** Roles, decisions, tasks, assets, indicators and search: what may happen, through the commands and a real store. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addAsset, listAssets, updateAsset, withdrawAsset } from '../../src/commands/assets.ts';
import { escalate } from '../../src/commands/escalate.ts';
import { handover } from '../../src/commands/handover.ts';
import {
  addIndicators,
  importIndicators,
  listIndicators,
  sightings,
  withdrawIndicator,
} from '../../src/commands/ioc.ts';
import { exportIndicators, extractIndicators } from '../../src/commands/ioc-export.ts';
import { openIncident } from '../../src/commands/open-incident.ts';
import { assignRole, decide, listDecisions, listRoles } from '../../src/commands/people.ts';
import { search } from '../../src/commands/search.ts';
import { showIncident } from '../../src/commands/show-incident.ts';
import { status } from '../../src/commands/status.ts';
import type { TableResult } from '../../src/commands/table-result.ts';
import { addTask, changeTask, listTasks, withdrawTask } from '../../src/commands/tasks.ts';
import { type TimelineOptions, timeline } from '../../src/commands/timeline.ts';
import { updateIncident } from '../../src/commands/update-incident.ts';
import { type TestContext, testContext } from './test-context.ts';

let folder: string;
let context: TestContext;
const noStdin = async (): Promise<string> => '';

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ir-people-'));
  context = testContext({ cwd: folder, store: join(folder, '.ir') });
  await openIncident(context, { title: 'Web shell on web01' });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const column = ({ rows }: { rows: readonly (readonly unknown[])[] }, index: number): unknown[] =>
  rows.map((row) => row[index]);

it('has the timeline look for what the open incident lists, unless told not to', async () => {
  const path = join(folder, 'auth.log');
  writeFileSync(
    path,
    'Mar 14 10:00:01 web01 sshd[2051]: Accepted publickey for bob from 203.0.113.9 port 50122 ssh2\n',
  );
  const found = async (options: TimelineOptions = {}): Promise<readonly string[]> => {
    const { result } = await timeline(context, [path], options);
    if (!('timeline' in result)) throw new Error('no timeline');
    return result.timeline.findings.flatMap(({ indicators = [] }) =>
      indicators.map(({ value, file }) => `${value} of ${file}`),
    );
  };
  expect(await found()).toEqual([]);
  await addIndicators(context, ['203.0.113.9', '192.0.2.99'], {});
  const mine = [expect.stringMatching(/^203\.0\.113\.9 of INC-/)];
  expect(await found()).toEqual(mine);
  expect(await found({ incidentIoc: false })).toEqual([]);
  expect(await found({ rules: false })).toEqual([]);
  // A list of one's own and the incident's; each is named where it was written.
  writeFileSync(join(folder, 'list.txt'), '198.51.100.1\n');
  expect(await found({ ioc: ['list.txt'], rules: false })).toEqual(mine);
  await withdrawIndicator(context, '203.0.113.9', { reason: 'our own proxy' });
  expect(await found()).toEqual([]);
  await addIndicators(context, ['198.51.100.7'], {});
  writeFileSync(path, readFileSync(path, 'utf8').replace('203.0.113.9', '198.51.100.7'));
  expect(await found()).toHaveLength(1);
  // A store that cannot be read ends no reading.
  writeFileSync(join(folder, '.ir', 'ir.db'), 'no database');
  const said: string[] = [];
  context.say = (text) => said.push(text);
  expect(await found()).toEqual([]);
  expect(said.join()).toContain('are not looked for');
});

it('gives a role to one person at a time', async () => {
  await assignRole(context, 'incident-commander', 'Kim', {});
  await assignRole(context, 'legal', 'Jo Doe', { contact: '+49 30 555 0100' });
  const { document } = await assignRole(context, 'incident_commander', 'Sam', {});
  expect(document).toMatchObject({
    role: { person: 'Sam', replaces: expect.any(String) as string },
  });
  expect(column(await listRoles(context), 4)).toEqual(['Sam', 'Jo Doe']);
  await assignRole(context, undefined, '', { withdraw: 'legal', reason: 'on leave' });
  expect((await status(context)).roles).toEqual([{ role: 'incident_commander', person: 'Sam' }]);
});

it('hands over with the role, and says what is told', async () => {
  await decide(context, 'pay nothing', { why: 'backups are whole', instead: ['negotiate'] });
  await addTask(context, 'ask the hoster', { owner: 'Kim', due: '4h' });
  const told = await handover(context, 'Sam', { role: 'incident_commander' });
  expect(told).toMatchObject({ to: 'Sam', decisions: [{ text: 'pay nothing' }] });
  expect(told.status.tasks).toMatchObject([{ title: 'ask the hoster', owner: 'Kim' }]);
  const { roles, journal } = await showIncident({
    ...context,
    settings: { ...context.settings, format: 'json' },
  });
  expect(roles).toMatchObject([{ person: 'Sam' }]);
  expect(journal.map(({ type }) => type)).toContain('shift_handed_over');
});

it('keeps decisions with their reason, struck out where taken back', async () => {
  await decide(context, 'keep web01 running', { why: 'memory first', by: 'the board' });
  const [number] = column(await listDecisions(context), 0);
  await decide(context, '', { withdraw: String(number), reason: 'memory is taken' });
  const { decisions } = await showIncident(context);
  expect(decisions).toMatchObject([{ by: 'the board', withdrawn: { reason: 'memory is taken' } }]);
});

it('tasks are due, done, dropped, opened again and withdrawn', async () => {
  await addTask(context, 'second', { due: '2d' });
  await addTask(context, 'first', { due: '1h', phase: 'triage' });
  await addTask(context, 'whenever', {});
  expect(column(await listTasks(context, {}), 4)).toEqual(['first', 'second', 'whenever']);
  context.tick(2 * 3_600_000);
  const [first, second, whenever] = column(await listTasks(context, {}), 0) as string[];
  expect(column(await listTasks(context, {}), 1)).toEqual(['overdue', 'open', 'open']);
  await changeTask(context, first!, { note: 'done it' });
  await changeTask(context, second!, { drop: true, note: 'no need' });
  await withdrawTask(context, whenever!, { reason: 'twice' });
  expect(column(await listTasks(context, {}), 1)).toEqual(['dropped', 'done', 'withdrawn: twice']);
  await changeTask(context, first!, { reopen: true, note: 'not all of it' });
  expect((await status(context)).tasks).toMatchObject([{ title: 'first', isOverdue: true }]);
});

it('assets change by entries of their own', async () => {
  await addAsset(context, 'web01', { state: 'to-be-determined', owner: 'the shop' });
  await addAsset(context, 'orders', { type: 'data_set', holds: 'addresses' });
  await updateAsset(context, 'WEB01', { state: 'compromised', reason: 'web shell' });
  await withdrawAsset(context, 'orders', { reason: 'not touched' });
  expect((await listAssets(context)).rows.map((row) => [row[1], row[3]])).toEqual([
    ['compromised', 'web01'],
    ['withdrawn: not touched', 'orders'],
  ]);
});

describe('indicators', () => {
  const VALUES = [
    '203.0.113[.]9',
    '198.51.100.0/24',
    'hxxps://evil[.]example/x',
    'evil[.]example',
    'd41d8cd98f00b204e9800998ecf8427e',
    'a[@]evil[.]example',
    '2001:db8::7',
  ];

  it.each(['text', 'csv', 'stix', 'misp'])('come back from %s as they went', async (as) => {
    await addIndicators(context, VALUES, { tlp: 'amber' });
    await addIndicators(context, ['Mozilla/5.0 (evil)'], { type: 'user-agent' });
    const before = (await listIndicators(context, {})).documents as {
      type: string;
      value: string;
    }[];
    expect(before).toHaveLength(8);
    const { lines, document } = await exportIndicators(context, { as });
    writeFileSync(join(folder, 'list'), lines?.join('\n') ?? JSON.stringify(document));
    await openIncident(context, { title: 'Another' });
    await importIndicators(context, 'list', {});
    const after = (await listIndicators(context, {})).documents as {
      type: string;
      value: string;
    }[];
    const values = (all: typeof after): string[] =>
      all.map(({ type, value }) => `${type} ${value}`).sort();
    expect(values(after)).toEqual(values(before));
  });

  it('are added once, withdrawn by value, and looked for in logs', async () => {
    await addIndicators(context, VALUES, {});
    expect((await addIndicators(context, ['203.0.113.9'], {})).document).toMatchObject({
      added: [],
      known: 1,
    });
    await withdrawIndicator(context, 'evil[.]example', { reason: 'our own' });
    writeFileSync(
      join(folder, 'access.log'),
      '203.0.113.9 - - [24/Feb/2026:10:00:00 +0000] "GET / HTTP/1.1" 200 5 "-" "x"\n',
    );
    const seen = await sightings(context, ['access.log']);
    expect(seen.documents).toMatchObject([{ value: '203.0.113.9', count: 1, place: 'access.log' }]);
    expect((await sightings(context, ['access.log'])).documents).toHaveLength(1);
  });

  it('are found in a text, file names left out', async () => {
    writeFileSync(
      join(folder, 'mail.txt'),
      'See hxxp://bad[.]example/y (198.51.100.7), shell.php; x@bad.example.',
    );
    const found = await extractIndicators(context, 'mail.txt', {}, noStdin);
    expect((found as TableResult).documents).toMatchObject([
      { value: '//bad.example/y' },
      { value: '198.51.100.7' },
      { value: 'x@bad.example' },
    ]);
  });
});

it('finds words over all incidents', async () => {
  await decide(context, 'pay nothing', { why: 'backups are whole' });
  await openIncident(context, { title: 'Backups gone' });
  const { rows, about } = await search(context, 'backups', {});
  expect(about).toMatchObject({ total: 2 });
  expect(rows.map(([key]) => key)).toEqual(['INC-2026-0002', 'INC-2026-0001']);
  expect((await search(context, 'backups', { current: true })).rows).toHaveLength(1);
});

it.each([
  ['a hash', ['D41D8CD98F00B204E9800998ECF8427E'], 'd41d8cd98f00b204e9800998ecf8427e'],
  ['a hash in capitals', ['0b'.repeat(32)], '0B'.repeat(32)],
  ['a URL', ['https://evil.example/x'], 'https://evil.example/x'],
  ['a defanged URL', ['https://evil.example/x'], 'hxxps[:]//evil[.]example/x'],
])('finds an indicator by %s', async (_name, values, words) => {
  await addIndicators(context, values, {});
  await openIncident(context, { title: 'Another' });
  await addIndicators(context, values, {});
  const { rows, about } = await search(context, words, {});
  expect(about).toMatchObject({ total: 2 });
  expect(rows.map(([key]) => key).sort()).toEqual(['INC-2026-0001', 'INC-2026-0002']);
  expect(rows[0]!.at(-1)).toMatch(/d41d8cd98f00b204|0b0b0b0b|evil\.example/);
  expect((await search(context, words, { current: true })).rows).toHaveLength(1);
  expect((await search(context, words, { limit: '1' })).rows).toHaveLength(1);
  expect((await search(context, '1c'.repeat(16), {})).rows).toEqual([]);
});

it('names a few of many indicators and says how many more there are', async () => {
  const values = Array.from({ length: 7 }, (_, index) => `203.0.113.${index + 1}`);
  const { lines } = await addIndicators(context, values, {});
  expect(lines).toHaveLength(7);
  expect(lines!.at(-1)).toEqual(['  and 2 more: ir ioc list']);
});

it('facts are said, changed and taken away', async () => {
  await openIncident(context, {
    title: 'Part',
    partOf: '1',
    tlp: 'TLP:AMBER+STRICT',
    privileged: 'yes',
  });
  await updateIncident(context, {
    people: '1,200',
    foundBy: 'own-staff',
    tlp: 'none',
    data: 'personal,health',
  });
  expect((await showIncident(context)).incident.facts).toEqual({
    partOf: 'INC-2026-0001',
    isPrivileged: true,
    people: 1200,
    foundBy: 'own_staff',
    dataKinds: ['personal', 'health'],
  });
});

it.each<[string, () => Promise<unknown>, RegExp]>([
  ['a role that is none', () => assignRole(context, 'boss', 'Kim', {}), /ROLE: "boss"/],
  ['a role without a name', () => assignRole(context, 'legal', ' ', {}), /nobody is named/],
  ['a decision without a reason', () => decide(context, 'x', {}), /needs its reason/],
  ['an escalation without a reason', () => escalate(context, 'legal', {}), /needs a reason/],
  ['a task that is over', () => addTask(context, 'x', { due: '2026-01-01' }), /is over/],
  ['a task that is not there', () => changeTask(context, 'T-99', {}), /no task "T-99"/],
  [
    'an asset twice',
    async () => {
      await addAsset(context, 'web01', {});
      await addAsset(context, 'web01', {});
    },
    /there already/,
  ],
  ['an update that says nothing', () => updateAsset(context, 'web01', {}), /nothing to change/],
  ['no indicator', () => addIndicators(context, ['nonsense'], {}), /no address, network/],
  ['an export of nothing', () => exportIndicators(context, {}), /has no indicators/],
  ['an unknown form', () => exportIndicators(context, { as: 'pdf' }), /none of: text/],
  ['a list that is not there', () => importIndicators(context, 'gone', {}), /cannot be read/],
  ['a search for nothing', () => search(context, '"" --', {}), /no word to look for/],
  ['an incident of itself', () => updateIncident(context, { duplicateOf: '1' }), /of itself/],
  ['a count that is none', () => updateIncident(context, { people: 'many' }), /--people: "many"/],
])('refuses %s', async (_name, attempt, message) => {
  await expect((async () => attempt())()).rejects.toThrow(message);
});
