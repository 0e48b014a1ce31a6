import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bundledScenarios, loadScenario } from '../../src/drills/load-scenario.ts';
import { TRUTH_FILE, type WrittenFile } from '../../src/drills/log-writer.ts';
import { createRandom } from '../../src/drills/random.ts';
import type { ToldScenario } from '../../src/drills/told/scenario.ts';
import { bind, fill, type Making } from '../../src/drills/told/values.ts';
import { writeDrill } from '../../src/drills/write-drill.ts';
import { readAnswers, readTruth } from './compare-with-truth.ts';

const told = bundledScenarios()
  .map((name) => loadScenario(name))
  .filter((scenario): scenario is ToldScenario => 'records' in scenario);

test('there are drills that tell their lines', () => {
  expect(told.map(({ name }) => name)).toEqual([
    'cloud-account',
    'database-host',
    'file-server-ransomware',
    'insider-export',
    'leaked-cloud-key',
    'office-network',
    'ssh-brute-force',
  ]);
});

describe.each(told.map((scenario) => [scenario.name, scenario] as const))(
  'the drill %s',
  (name, scenario) => {
    let folder: string;
    let written: readonly WrittenFile[];
    const write = async (to: string, seed: number): Promise<readonly WrittenFile[]> =>
      (await writeDrill(scenario, {
        ...{ out: join(folder, to), seed, scale: 1, startMs: Date.parse(scenario.start) },
      })) ?? [];
    const linesOf = (path: string): string[] =>
      readFileSync(join(folder, 'one', path), 'utf8')
        .trimEnd()
        .split('\n');
    const digest = (to: string): string => {
      const hash = createHash('sha256');
      for (const { path } of written) hash.update(readFileSync(join(folder, to, path)));
      return hash.digest('hex');
    };

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'ir-told-'));
      written = await write('one', 1);
    });
    afterAll(() => rmSync(folder, { recursive: true, force: true }));

    test('is the same for a seed and another for another', async () => {
      await write('same', 1);
      await write('other', 2);
      expect(digest('same')).toBe(digest('one'));
      expect(digest('other')).not.toBe(digest('one'));
    });

    test('leaves no name unfilled and no line empty', () => {
      for (const { path } of written) {
        const left = linesOf(path).filter(
          (line) => /(?<!\$)\{[a-z][\w.]*(:[^{}"]*)?\}/.test(line) || line === '',
        );
        expect([path, left]).toEqual([path, []]);
      }
    });

    test('has far more ordinary lines than lines of the attack, of every chapter some', () => {
      const truth = readTruth(join(folder, 'one'));
      const lines = written.reduce(
        (sum, file) => sum + (file.path === TRUTH_FILE ? 0 : file.lines),
        0,
      );
      expect(lines).toBeGreaterThan(20 * truth.length);
      expect([...new Set(truth.map(({ chapter }) => chapter))]).toEqual(
        scenario.chapters.map(({ id }) => id),
      );
      for (const { file, line, entities } of truth) {
        const text = linesOf(file)[line - 1] ?? '';
        for (const value of Object.values(entities).flat()) expect(text).toContain(value);
      }
    });

    test('says who, how, as whom, what stays, what was taken and what was hidden', () => {
      const answers = readAnswers(join(folder, 'one'));
      expect([...new Set(answers.map(({ part }) => part))]).toEqual([
        'when',
        'who',
        'in',
        'as',
        'stays',
        'took',
        'hid',
      ]);
      for (const { part, says, names, of } of answers) {
        expect([says, names.length === 0]).toEqual([says, part === 'when']);
        for (const { first, last } of of) expect(first.time <= last.time).toBe(true);
      }
      expect(answers.some(({ part, bytes = 0 }) => part === 'took' && bytes > 1_000_000_000)).toBe(
        true,
      );
    });

    test('uses addresses of its own networks and of those for documentation only', () => {
      const allowed = /^(?:192\.0\.2|198\.51\.100|203\.0\.113)\.|^10\.|^::ffff:10\.|^127\.0\.0\.1$/;
      const textOf = (file: string): string =>
        readFileSync(new URL(`../../templates/drills/${file}.yml`, import.meta.url), 'utf8');
      const own = textOf(name);
      const like = /^like: (.+)$/m.exec(own)?.[1];
      const source = like === undefined ? own : own + textOf(like);
      const found = source.match(/(?<![\w./])\d{1,3}(?:\.\d{1,3}){3}(?![\w.])/g) ?? [];
      expect(found.length).toBeGreaterThan(10);
      // Versions of browsers look like addresses.
      expect(
        found.filter((address) => !allowed.test(address) && !/\.0\.0\.0$/.test(address)),
      ).toEqual([]);
    });
  },
);

describe('what stands in braces', () => {
  const making = (): Making => ({
    atMs: Date.parse('2026-03-03T09:12:44.120Z'),
    random: createRandom(1, 'values'),
    lists: new Map([['colours', ['red']]]),
    counters: new Map(),
  });
  const names = {
    who: { name: 'lena' },
    n: 3,
    command: "sh -c 'id; ls'",
    fields: { Path: 'C:\\a<b', Id: 4 },
  };

  test.each([
    ['{who.name} is {n}', 'lena is 3'],
    ['{n}', 3],
    ['{pick:colours}', 'red'],
    ['{int:5:5}', 5],
    [
      '{time:iso} {time:syslog} {time:epoch:-60}',
      '2026-03-03T09:12:44.120Z Mar  3 09:12:44 1772529104',
    ],
    ['{time:day} {time:clock}', '2026-03-03 09:12:44'],
    ['{argv:command}', 'argc=3 a0="sh" a1="-c" a2=69643B206C73'],
    ['{exe:command} {comm:command}', '/usr/bin/dash dash'],
    ['{data:fields}', '<Data Name="Path">C:\\a&lt;b</Data><Data Name="Id">4</Data>'],
    ['$\u007bjndi:ldap} {54849625-5478} {}', '$\u007bjndi:ldap} {54849625-5478} {}'],
  ])('%s', (text, value) => {
    expect(fill(text, names, making())).toBe(value);
  });

  test('a name that nobody has is refused', () => {
    expect(() => fill('{nobody}', names, making())).toThrow('no name "nobody" in the scenario');
  });

  test('names are bound in order, usual ones only where nothing stands', () => {
    const bound = bind({ a: '{n}', b: '{a}{a}', n: 9 }, { n: 1 }, making(), true);
    expect(bound).toEqual({ a: 1, b: '11', n: 1 });
  });
});
