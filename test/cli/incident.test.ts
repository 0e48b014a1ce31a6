import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Run } from '../../src/cli/declare.ts';
import { declareIncident } from '../../src/cli/incident.ts';
import { testContext } from '../commands/test-context.ts';

let cwd: string;
let outcomes: { view: string; result: unknown; exit: number | undefined }[];
let program: Command;

beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'ir-cli-'));
  outcomes = [];
  const context = testContext({ cwd });
  const run: Run = async (_command, view, body) => {
    const { result, exit } = await body(context);
    outcomes.push({ view, result, exit });
  };
  program = new Command('ir').exitOverride().configureOutput({ writeErr: () => {} });
  declareIncident(program, run);
});

afterEach(() => rmSync(cwd, { recursive: true, force: true }));

const ir = async (...argv: string[]) => {
  await program.parseAsync(argv, { from: 'user' });
  return outcomes.at(-1)!;
};

describe('the command line', () => {
  it.each<[string[], string, object, number | undefined]>([
    [['show'], 'show-incident', { incident: { key: 'INC-2026-0002' } }, undefined],
    [['show', 'inc-2026-0001'], 'show-incident', { incident: { title: 'First' } }, undefined],
    [['use', 'INC-2026-0001'], 'use-incident', { incident: { title: 'First' } }, undefined],
    [['list', '--status', 'closed'], 'list-incidents', { incidents: [] }, undefined],
    [
      ['open', 'Third', '--severity', 'SEV1', '--impact', 'high', '--urgency', 'low', '--drill'],
      'open-incident',
      { incident: { severity: 'SEV1', impact: 'high', urgency: 'low', isDrill: true } },
      undefined,
    ],
    [
      ['update', '--severity', 'SEV2', '--occurred-at', '2h', '--detected-at', '1h'],
      'update-incident',
      { incident: { severity: 'SEV2', times: { occurred: '2026-03-01T10:00:00.000Z' } } },
      undefined,
    ],
    [
      ['update', '--phase', 'containment', '--reason', 'now'],
      'update-incident',
      { incident: { phase: 'containment' } },
      undefined,
    ],
    [['note', 'seen', '--kind', 'lucky'], 'add-note', { kind: 'lucky', text: 'seen' }, undefined],
    [
      ['close', '--determination', 'blocked', '--reason', 'done'],
      'close-incident',
      { incident: { status: 'closed', determination: 'blocked' } },
      undefined,
    ],
    [['verify'], 'verify-journal', { isIntact: true, entries: 4, incidents: 2 }, undefined],
    [['verify', '--rebuild'], 'verify-journal', { isIntact: true }, undefined],
    [['verify', '--head', '00000000'], 'verify-journal', { isIntact: false }, 7],
  ])('%j', async (argv, view, result, exit) => {
    await ir('open', 'First');
    await ir('open', 'Second');
    const outcome = await ir(...argv);
    expect(outcome).toMatchObject({ view, result });
    expect(outcome.exit).toBe(exit);
  });

  it('reopens', async () => {
    await ir('open', 'First', '--determination', 'confirmed');
    await ir('close', '--reason', 'x');
    const { view, result } = await ir('reopen', '--reason', 'again');
    expect({ view, result }).toMatchObject({
      view: 'reopen-incident',
      result: { incident: { status: 'open' } },
    });
  });
});

it('every command has a description, two examples, its exit codes and a view', async () => {
  expect(program.commands.map((command) => command.name())).toEqual([
    'status',
    'open',
    'use',
    'list',
    'show',
    'update',
    'note',
    'close',
    'reopen',
    'verify',
  ]);
  for (const command of program.commands) {
    let help = '';
    command.configureOutput({ writeOut: (text) => (help += text) }).outputHelp();
    const examples = help
      .split('\n')
      .filter(
        (line) => line.includes(`ir ${command.name()} `) || line.trim() === `ir ${command.name()}`,
      );
    expect(examples.length, command.name()).toBeGreaterThanOrEqual(2);
    expect(help).toContain('Exit codes: 0 done');
    expect(command.description()).not.toBe('');
  }
  await ir('open', 'First');
  for (const { view } of outcomes) {
    expect(existsSync(new URL(`../../src/terminal/views/${view}.ts`, import.meta.url))).toBe(true);
  }
});
