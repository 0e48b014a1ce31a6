/** How much of a store a command reads, counted in statements and rows, for time says little on a busy machine: what grows is the list of incidents alone. */
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Database as Connection, Statement } from 'better-sqlite3';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { listActions } from '../../src/commands/actions.ts';
import { listIncidents } from '../../src/commands/list-incidents.ts';
import { search } from '../../src/commands/search.ts';
import { status } from '../../src/commands/status.ts';
import type { NewEntry } from '../../src/incidents/journal-entry.ts';
import { openStore } from '../../src/store/open-store.ts';
import { driverFor } from '../../src/store/sqlite-driver.ts';
import { type TestContext, testContext } from '../commands/test-context.ts';

const { name, from } = driverFor(process.versions.node);
const Sqlite = createRequire(from)(name) as { prototype: Connection };

const NOW = '2026-03-01T12:00:00.000Z';
let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'ir-work-'))));
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});

const entry = (type: string, payload: object): NewEntry =>
  ({ type, payload, at: NOW, actor: 'alex' }) as NewEntry;

const opened = (number: number): NewEntry =>
  entry('incident_opened', {
    ...{ key: `INC-2026-${String(number).padStart(4, '0')}`, title: 'x', description: '' },
    ...{ severity: 'SEV3', impact: 'none', urgency: 'none', type: 'ransomware' },
    ...{ determination: 'suspected', isDrill: false, times: { declared: NOW } },
  });

const noteOf = (number: number): NewEntry =>
  entry('note_added', { text: `host web${number} is looked at` });

const indicatorOf = (number: number): NewEntry =>
  entry('indicator_added', {
    ...{ id: String(number).padStart(32, 'b'), type: 'ipv4', source: 'a feed' },
    value: `198.18.0.${number}`,
  });

/** A store of that many incidents; the notes and indicators are those of the last one. */
async function filled(incidents: number, notes: number, indicators: number): Promise<TestContext> {
  const path = join(folder, String(incidents), '.ir');
  const store = await openStore(path, { create: true, onClockDoubt() {} });
  const many = <T>(count: number, make: (number: number) => T): T[] =>
    Array.from({ length: count }, (_, number) => make(number));
  for (let number = 1; number <= incidents; number += 1)
    await store.append(String(number).padStart(32, '0'), [
      opened(number),
      ...(number < incidents ? [] : [...many(notes, noteOf), ...many(indicators, indicatorOf)]),
    ]);
  await store.close();
  return testContext({ cwd: folder, store: path, env: { HOME: folder, XDG_CONFIG_HOME: folder } });
}

interface Work {
  statements: number;
  rows: number;
  /** Tables gone through from end to end. */
  scanned: string[];
}

/** Every statement that `body` runs. */
async function workOf(body: () => Promise<unknown>): Promise<Work> {
  const work: Work = { statements: 0, rows: 0, scanned: [] };
  const { prepare } = Sqlite.prototype;
  const spy = vi.spyOn(Sqlite.prototype, 'prepare').mockImplementation(function (
    this: Connection,
    text: string,
  ) {
    const statement: Statement = prepare.call(this, text);
    const all: (...parameters: unknown[]) => unknown[] = statement.all.bind(statement);
    statement.all = (...parameters: unknown[]) => {
      const rows = all(...parameters);
      work.statements += 1;
      work.rows += rows.length;
      const plan: Statement = prepare.call(this, `explain query plan ${text}`);
      if (/^\s*select/i.test(text) && !/limit \?\s*$/i.test(text))
        for (const { detail } of plan.all.apply(plan, parameters as [unknown]) as {
          detail: string;
        }[])
          if (/^SCAN (?!CONSTANT)/.test(detail)) work.scanned.push(detail);
      return rows;
    };
    return statement as never;
  });
  await body();
  spy.mockRestore();
  return work;
}

const SMALL = [2, 5, 3] as const;
const LARGE = [42, 600, 200] as const;

it.each<[string, (context: TestContext) => Promise<unknown>, number]>([
  ['ir status', status, 1],
  ['ir list', (context) => listIncidents(context, {}), 1],
  ['ir actions', (context) => listActions(context, {}), 1],
  ['ir search', (context) => search(context, 'web1', {}), 1],
  [
    'ir search, of what is on every line',
    (context) => search(context, 'looked', { limit: '5' }),
    1,
  ],
])('%s reads no more where there is more', async (_name, run, perIncident) => {
  const small = await filled(...SMALL);
  const large = await filled(...LARGE);
  const few = await workOf(() => run(small));
  const many = await workOf(() => run(large));
  expect(few.statements).toBeGreaterThan(1);
  expect(many.statements).toBe(few.statements);
  expect(many.rows - few.rows).toBeLessThanOrEqual((LARGE[0] - SMALL[0]) * perIncident);
  expect(many.scanned.filter((one) => /journal|note|indicator|sighting/.test(one))).toEqual([]);
});
