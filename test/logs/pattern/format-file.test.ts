/** Format files: what is wrong in one is said with its line and column, and the samples of the bundled ones hold. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { isSkip } from '../../../src/events/event.ts';
import { createClock } from '../../../src/logs/clock.ts';
import { detectFormat } from '../../../src/logs/detect-format.ts';
import { FORMATS } from '../../../src/logs/formats/list.ts';
import type { LogFormat } from '../../../src/logs/formats/log-format.ts';
import { bundledFormats } from '../../../src/logs/load-formats.ts';
import { loadOwnFormats, useOwnFormats } from '../../../src/logs/own-formats.ts';
import { sampleProblem } from '../../../src/logs/pattern/check-sample.ts';
import { readFormatFile } from '../../../src/logs/pattern/format-file.ts';
import { readSample } from '../../../src/logs/read-sample.ts';
import { silenceOf } from '../formats/silent-events.ts';

const GOOD = `name: exampled
title: Example
url: https://example.com/
forgeable: [user.name]
lines: '[{@timestamp}] {log.level}: {message}'
phrases:
  - login: 'user {user.name:text>} from {source}'
  - match: 'verb {$verb:word}'
    by: { $verb: verbs }
values:
  verbs: { GO: { action: went } }
samples:
  - lines: '[2026-11-24 10:00:01] INFO: user bob from 203.0.113.9'
    expect: { time: '2026-11-24T10:00:01.000000Z', log.level: info, user.name: bob, source.ip: 203.0.113.9, event.action: login, event.outcome: success }
`;

const PROGRAM = `name: dropbear
title: Own
url: https://example.com/
programs: dropbear
phrases: 'hello {user.name}'
samples: { lines: 'Nov 24 10:00:01 gw dropbear[7]: hello bob', expect: { user.name: bob } }
`;

// biome-ignore format: a table
const MISTAKES: readonly (readonly [from: string, to: string, place: string, message: RegExp])[] = [
  ['title: Example\n', '', '1:1', /missing key "title"/],
  ['name: exampled', 'name: Exampled', '1:7', /"name" must be/],
  ['phrases:', 'phrasse:', '6:1', /unknown key "phrasse"/],
  ['{log.level}', '{log.levle}', '5:25', /no field "log.levle"/],
  ['{user.name:text>}', '{user.name}', '7:18', /whoever chooses/],
  ["'user {user.name:text>} from {source}'", "'user ''{user.name:text>}'' {sorce}'", '7:41', /no field "sorce"/],
  ['  - login:', '  - logn:', '7:5', /a phrase has one of/],
  ['$verb: verbs }', '$verb: verb }', '9:18', /no table "verb"/],
  ['action: went', 'event.actoin: went', '11:18', /no field "event.actoin"/],
  ['action: went', 'outcome: good', '11:27', /an outcome is/],
  ['title: Example', 'title: [', '2:9', /not valid YAML/],
];

describe('a format file', () => {
  it('is read', () => {
    expect(readFormatFile(GOOD, 'x.yml').problems).toEqual([]);
  });

  it.each(MISTAKES)('with %j for %j is wrong at %s', (from, to, place, message) => {
    const text = GOOD.replace(from, to);
    expect(text).not.toBe(GOOD);
    const { problems, document } = readFormatFile(text, 'x.yml');
    expect(document).toBeUndefined();
    const [problem] = problems;
    expect(problem?.message).toMatch(message);
    const { path, line, column, text: shown } = problem?.source ?? { path: '' };
    if (!/YAML/.test(problem?.message ?? '')) expect(`${line}:${column}`).toBe(place);
    expect(path).toBe('x.yml');
    expect(shown).toBe(text.split('\n')[(line ?? 0) - 1]);
  });
});

describe('the samples of the bundled formats', () => {
  const samples = bundledFormats().flatMap((document) =>
    document.samples.map((sample) => [document.name, document, sample] as const),
  );

  it.each(samples)('hold, whole: %s', (_name, { name, programs }, sample) => {
    const format = FORMATS.find((each) => each.name === (programs.length > 0 ? 'syslog' : name));
    const clock = createClock({ zone: 'UTC', firstYear: 2026 });
    expect(sampleProblem(format as LogFormat, sample, clock)).toBeUndefined();
    const event = readSample(format as LogFormat, sample, FORMATS);
    expect(isSkip(event) ? event.skip : silenceOf(event, sample.lines.join(' '))).toBeUndefined();
  });
});

describe("the user's own formats", () => {
  const home = mkdtempSync(join(tmpdir(), 'ir-formats-'));
  const folder = join(home, 'ir', 'formats');
  afterAll(() => {
    useOwnFormats([]);
    rmSync(home, { recursive: true });
  });
  mkdirSync(folder, { recursive: true });
  const write = (name: string, text: string): void => writeFileSync(join(folder, name), text);
  write('a-broken.yml', GOOD.replace('{user.name:text>}', '{user.name}'));
  write('b-good.yml', GOOD);
  write('c-twin.yml', GOOD);
  write('d-shadow.yml', GOOD.replace('name: exampled', 'name: cowrie'));
  write(
    'e-sample.yml',
    GOOD.replace('exampled', 'other').replace('user.name: bob,', 'user.name: eve,'),
  );
  write('f-dropbear.yml', PROGRAM);
  const loaded = loadOwnFormats({ XDG_CONFIG_HOME: home });

  it('are read, all but those with a mistake, each with its place', () => {
    expect(loaded.documents.map(({ name }) => name)).toEqual(['exampled', 'cowrie', 'dropbear']);
    const said = loaded.problems.map(
      ({ message, source }) =>
        `${basename(source.path)}:${source.line}:${source.column} ${message}`,
    );
    expect(said).toEqual([
      expect.stringMatching(/^a-broken\.yml:7:18 whoever chooses/),
      expect.stringMatching(/^c-twin\.yml:1:1 another file has/),
      expect.stringMatching(/^e-sample\.yml:13:5 the sample has user.name "bob", not "eve"/),
    ]);
  });

  it('take the place of bundled ones, and it is said', () => {
    expect(loaded.notes).toEqual([
      expect.stringMatching(/"cowrie" of .*d-shadow.yml takes the place of the bundled one/),
      expect.stringMatching(/"dropbear" of .*f-dropbear.yml takes the place of the bundled one/),
    ]);
    useOwnFormats(loaded.documents);
    expect(FORMATS.filter(({ name }) => name === 'cowrie')).toHaveLength(1);
    const read = (line: string): unknown =>
      detectFormat(`${line}\n`, FORMATS)?.parse(
        line,
        createClock({ zone: 'UTC', firstYear: 2026 }),
      );
    expect(read('[2026-11-24 10:00:01] INFO: verb GO')).toMatchObject({ 'event.action': 'went' });
    expect(read('Nov 24 10:00:01 gw dropbear[7]: hello bob')).toMatchObject({ 'user.name': 'bob' });
    useOwnFormats([]);
    expect(FORMATS.some(({ name }) => name === 'exampled')).toBe(false);
    expect(read('Nov 24 10:00:01 gw dropbear[7]: hello bob')).not.toHaveProperty(
      'user.name',
      'bob',
    );
  });
});
