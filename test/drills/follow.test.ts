/** `--entity` and `--around session` follow an address to its session, and that to all that was done in it: held to a drill's truth. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { grep } from '../../src/commands/grep.ts';
import type { GrepResult } from '../../src/commands/grep-result.ts';
import type { FilterOptions } from '../../src/detect/event-filter.ts';
import { streamEvents } from '../../src/detect/event-stream.ts';
import { testContext } from '../commands/test-context.ts';
import { ensureBuilt, runIr } from '../program.ts';
import { readAnswers, readTruth } from './compare-with-truth.ts';
import { createFolders, optionsOf, play } from './play.ts';

const folders = createFolders();
beforeAll(ensureBuilt);
afterAll(() => folders.clear());

/** Places of the events that a filter lets through, and their lines. */
async function eventsOf(
  folder: string,
  filter: Partial<FilterOptions>,
): Promise<Map<string, string>> {
  const options = optionsOf(folder);
  const found = await streamEvents(['web01', 'app', 'aws'], {
    ...{ ...options, filter: { ...options.filter, ...filter } },
  });
  const events = new Map<string, string>();
  for await (const { file, line, raw } of found.events) events.set(`${file}:${line}`, raw);
  return events;
}

describe('who came over SSH', () => {
  let folder: string;
  let address: string;
  let truth: Set<string>;
  beforeAll(async () => {
    folder = folders.make();
    await play('webshop', { folder, seed: 1 });
    truth = new Set(readTruth(folder).map(({ file, line }) => `${file}:${line}`));
    const login = readAnswers(folder).find(({ part, says }) => part === 'in' && /SSH/i.test(says));
    address = readTruth(folder).find(
      ({ file, line }) => file === login?.of[0]?.last.file && line === login?.of[0]?.last.line,
    )?.entities['source.ip']?.[0] as string;
  });

  test('is followed to what was done in the session, by every log, and to nothing of others', async () => {
    const followed = await eventsOf(folder, { entities: [address] });
    const lines = [...followed.values()];
    expect([...followed.keys()].filter((place) => !truth.has(place))).toEqual([]);
    for (const [what, many] of [
      [/type=SYSCALL .* ses=\d+/, 20],
      [/ sudo(?:\[\d+\])?: +deploy : /, 2],
      [/ useradd\[\d+\]: new user/, 1],
      [/systemd-logind.*New session \d+ of user deploy/, 1],
      [/systemd-logind.*Removed session/, 1],
      [/pam_unix\(sshd:session\): session closed for user deploy/, 1],
      [/type=DAEMON_END/, 1],
    ] as const)
      expect([what, lines.filter((line) => what.test(line)).length >= many]).toEqual([what, true]);
  });

  test('in workers, too', async () => {
    const run = (workers: string) =>
      runIr(
        [
          'timeline',
          'web01',
          '--all',
          '--entity',
          address,
          '--format',
          'csv',
          '--workers',
          workers,
        ],
        { cwd: folder },
      );
    const [here, there] = [await run('0'), await run('2')];
    expect(here.stdout.split('\n').length).toBeGreaterThan(100);
    expect(there.stdout).toBe(here.stdout);
  });

  test('is found from one command, with all that was done beside it', async () => {
    const context = testContext({ cwd: folder });
    const found = await grep(context, ['tar -cf /dev/null', join(folder, 'web01')], {
      around: 'session',
      workers: '0',
    });
    const lines: string[] = [];
    const result = found.result as Extract<GrepResult, { kind: 'lines' }>;
    for await (const part of result.parts)
      for (const { bytes, isContext } of part.lines)
        lines.push(`${isContext ? '-' : ':'}${bytes.toString()}`);
    expect(lines.some((line) => /^:.*tar -cf \/dev\/null/.test(line))).toBe(true);
    expect(lines.some((line) => /^-.*Accepted password for deploy/.test(line))).toBe(true);
    expect(lines.some((line) => /^-.*Removed session/.test(line))).toBe(true);
    expect(lines.filter((line) => line.includes('CRON'))).toEqual([]);
  });
});
