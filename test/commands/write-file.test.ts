/** What a command may write over, and what it refuses: one table for all commands that write a file. */
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { demo } from '../../src/commands/demo.ts';
import { drillLogs } from '../../src/commands/drill-logs.ts';
import { grep } from '../../src/commands/grep.ts';
import { maskFiles } from '../../src/commands/mask.ts';
import { openIncident } from '../../src/commands/open-incident.ts';
import { report } from '../../src/commands/report.ts';
import { timeline } from '../../src/commands/timeline.ts';
import { writeWhole } from '../../src/commands/write-file.ts';
import { printResult } from '../../src/terminal/print-result.ts';
import { testContext } from './test-context.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ir-write-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const at = (name: string): string => join(folder, name);
const write = (name: string, isForced: boolean, answers?: Record<string, unknown>) =>
  writeWhole(
    testContext({ cwd: folder, ...(answers === undefined ? {} : { answers }) }),
    { path: at(name), shown: name, flag: '--output', isForced },
    'new',
  );

describe('writeWhole', () => {
  const REFUSED: [string, string, RegExp, () => unknown][] = [
    ['a folder', 'x', /is a folder/, () => mkdirSync(at('x'))],
    ['a link to a file', 'x', /symbolic link/, () => symlinkSync(import.meta.filename, at('x'))],
    ['a link to nothing', 'x', /symbolic link/, () => symlinkSync('nowhere', at('x'))],
    ['a link to a device', 'x', /symbolic link/, () => symlinkSync('/dev/null', at('x'))],
    ['a named pipe', 'x', /named pipe/, () => execFileSync('mkfifo', [at('x')])],
    ['the database of a store', '.ir/ir.db', /lies in the store/, () => store('.ir')],
    ['a new file in a store', '.ir/notes.md', /lies in the store/, () => store('.ir')],
    ['deep in a store', '.ir/evidence/new/x.md', /lies in the store/, () => store('.ir')],
    ['a store of another name', 'case/ir.db', /lies in the store/, () => store('case')],
    [
      'a store by a link to its folder',
      'link/x.md',
      /lies in the store/,
      () => {
        store('case');
        symlinkSync('case', at('link'));
      },
    ],
    ['a folder that will be a store', '.ir/x.md', /lies in the store/, () => mkdirSync(at('.ir'))],
  ];
  const store = (name: string): void => {
    mkdirSync(at(name));
    writeFileSync(join(folder, name, 'ir.db'), 'old');
  };
  it.each(REFUSED)('refuses %s, also with --force', async (_, name, reason, make) => {
    make();
    const before = execFileSync('ls', ['-lR', folder], { encoding: 'utf8' });
    for (const isForced of [false, true]) {
      await expect(write(name, isForced, { '--force': true })).rejects.toMatchObject({
        exit: 6,
        message: expect.stringMatching(reason),
        hint: expect.stringContaining('--output'),
      });
    }
    expect(execFileSync('ls', ['-lR', folder], { encoding: 'utf8' })).toBe(before);
  });

  it.runIf(existsSync('/dev/full'))('refuses a device', async () => {
    const target = { path: '/dev/full', shown: '/dev/full', flag: '--output', isForced: true };
    const writing = writeWhole(testContext({ cwd: folder }), target, 'new');
    await expect(writing).rejects.toMatchObject({
      exit: 6,
      message: expect.stringMatching(/device/),
    });
    expect(statSync('/dev/full').isCharacterDevice()).toBe(true);
  });

  it('refuses a socket', async () => {
    const server = createServer().listen(at('x'));
    await new Promise((done) => server.once('listening', done));
    await expect(write('x', true)).rejects.toMatchObject({
      message: expect.stringMatching(/socket/),
    });
    await new Promise((done) => server.close(done));
  });

  it.each<[string, boolean, Record<string, unknown> | undefined, string, number | undefined]>([
    ['nobody can be asked', false, undefined, 'old', 6],
    ['the answer is no', false, { '--force': false }, 'old', 6],
    ['the answer is yes', false, { '--force': true }, 'new', undefined],
    ['with --force', true, undefined, 'new', undefined],
  ])('a file that is there: %s', async (_, isForced, answers, content, exit) => {
    writeFileSync(at('x'), 'old');
    const end = await write('x', isForced, answers).catch((error: { exit: number }) => error);
    expect((end as { exit: number } | undefined)?.exit).toBe(exit);
    expect(readFileSync(at('x'), 'utf8')).toBe(content);
    expect(readdirSync(folder)).toEqual(['x']);
  });

  it('writes a new file, its folders too, for its owner alone', async () => {
    await write('new/deep/x', false);
    expect(readFileSync(at('new/deep/x'), 'utf8')).toBe('new');
    expect(statSync(at('new/deep/x')).mode & 0o777).toBe(0o600);
    expect(readdirSync(at('new/deep'))).toEqual(['x']);
  });
});

describe('what a command reads is not replaced, also with --force', () => {
  const LINE =
    '203.0.113.9 - - [14/Mar/2026:12:00:00 +0000] "GET /a HTTP/1.1" 200 5 "-" "curl/8"\n';
  const reading = { force: true, workers: '0' };
  const cases: [string, string, (output: string) => Promise<unknown>][] = [
    [
      'a log',
      'logs/a.log',
      (output) => timeline(context(), ['logs/a.log'], { ...reading, output }),
    ],
    [
      'by another name',
      'hard.log',
      (output) =>
        timeline(context(), ['logs'], { ...reading, output: join('logs', '..', 'logs', output) }),
    ],
    [
      'by a link to it',
      'logs/a.log',
      (output) => grep(context(), ['GET', 'soft.log'], { ...reading, output }),
    ],
    [
      'by a pattern',
      'logs/a.log',
      (output) => grep(context(), ['GET', 'logs/*.log'], { ...reading, output }),
    ],
    [
      'what is normal',
      'logs/a.log',
      (output) => timeline(context(), ['b.log'], { ...reading, baseline: ['logs/a.log'], output }),
    ],
    [
      'a copy with masks',
      'hard2.log',
      (output) => maskFiles(context(), ['logs/a.log'], { ...reading, output }),
    ],
  ];
  const context = () => testContext({ cwd: folder, answers: { '--force': true } });
  it.each(cases)('%s', async (_, output, run) => {
    mkdirSync(at('logs'));
    for (const name of ['logs/a.log', 'logs/hard.log', 'b.log']) writeFileSync(at(name), LINE);
    symlinkSync('logs/a.log', at('soft.log'));
    linkSync(at('logs/a.log'), at('hard2.log'));
    await expect(run(output)).rejects.toMatchObject({
      exit: 6,
      message: expect.stringMatching(/is read by this command|is the file itself/),
    });
    expect(readFileSync(at('logs/a.log'), 'utf8')).toBe(LINE);
    await timeline(context(), ['logs/a.log'], { ...reading, output: 'b.log' });
  });

  it.each(['html', 'json', 'jsonl', 'csv'] as const)(
    'but what an earlier run wrote into the folder is, as %s',
    async (format) => {
      mkdirSync(at('logs'));
      const guesses = Array.from({ length: 30 }, (_, at) => `${LINE.replace('/a', `/.env${at}`)}`);
      writeFileSync(at('logs/a.log'), guesses.join(''));
      const run = async (name: string, force: boolean): Promise<void> => {
        const plain = testContext({ cwd: folder });
        const asked = { ...plain, settings: { ...plain.settings, format } };
        const given = {
          workers: '0',
          level: 'informational' as const,
          output: `logs/${name}`,
          force,
        };
        const { result, writeTo } = await timeline(asked, ['logs'], given);
        await printResult('timeline', result, asked.settings, () => {}, { writeTo: writeTo! });
      };
      await run('out', false);
      const first = readFileSync(at('logs/out'), 'utf8');
      expect(first).not.toBe('');
      await expect(run('out', false)).rejects.toMatchObject({ exit: 6 });
      await run('out', true);
      await expect(run('a.log', true)).rejects.toMatchObject({ exit: 6 });
    },
  );

  it('the template of a report', async () => {
    await openIncident(testContext({ cwd: folder }), { title: 'Odd logins' });
    writeFileSync(at('own.md'), '{{ incident.title }}');
    const options = { template: './own.md', output: 'own.md', force: true };
    await expect(report(context(), options)).rejects.toMatchObject({ exit: 6 });
    expect(readFileSync(at('own.md'), 'utf8')).toBe('{{ incident.title }}');
  });
});

describe('commands', () => {
  it('ir report leaves the store and what is there alone', async () => {
    const context = testContext({ cwd: folder });
    await openIncident(context, { title: 'Odd logins' });
    const before = readFileSync(at('.ir/ir.db'));
    for (const output of ['.ir/ir.db', '.ir/ir.db-wal', '.ir/reports/x.md']) {
      await expect(report(context, { output, force: true })).rejects.toMatchObject({ exit: 6 });
    }
    expect(readFileSync(at('.ir/ir.db')).subarray(0, 100)).toEqual(before.subarray(0, 100));
    writeFileSync(at('notes.md'), 'mine');
    await expect(report(context, { output: 'notes.md' })).rejects.toMatchObject({
      exit: 6,
      hint: expect.stringContaining('--force'),
    });
    expect(readFileSync(at('notes.md'), 'utf8')).toBe('mine');
    await report(context, { output: 'notes.md', force: true });
    expect(readFileSync(at('notes.md'), 'utf8')).toMatch(/Odd logins/);
  });

  it('ir report renews its own file in the workspace, but not one that was edited', async () => {
    const context = testContext({ cwd: folder });
    await openIncident(context, { title: 'Odd logins' });
    const { path } = await report(context, { isStdoutTerminal: true });
    await report(context, { isStdoutTerminal: true });
    writeFileSync(path!, 'edited by hand');
    await expect(report(context, { isStdoutTerminal: true })).rejects.toMatchObject({ exit: 6 });
    expect(readFileSync(path!, 'utf8')).toBe('edited by hand');
  });

  it('ir drill logs writes through no link that stands where a log was', async () => {
    const context = testContext({ cwd: folder });
    writeFileSync(at('mine'), 'mine');
    mkdirSync(at('drill'));
    writeFileSync(at('drill/truth.jsonl'), '');
    const [first] = (await drillLogs(context, 'webshop', { out: 'first' })).files;
    const path = join('drill', first!.path);
    mkdirSync(join(folder, path, '..'), { recursive: true });
    symlinkSync(at('mine'), join(folder, path));
    const options = { out: 'drill' };
    await expect(drillLogs(context, 'webshop', options)).rejects.toMatchObject({
      exit: 6,
      message: expect.stringMatching(/symbolic link/),
    });
    expect(readFileSync(at('mine'), 'utf8')).toBe('mine');
  });

  it('neither drills nor demos are written into a store', async () => {
    const context = testContext({ cwd: folder });
    await openIncident(context, { title: 'Odd logins' });
    const refused = { exit: 6, message: expect.stringMatching(/lies in the store/) };
    await expect(drillLogs(context, 'webshop', { out: '.ir/new' })).rejects.toMatchObject(refused);
    await expect(demo(context, { out: '.ir/new' })).rejects.toMatchObject(refused);
  });
});
