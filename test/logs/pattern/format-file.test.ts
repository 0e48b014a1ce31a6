/** Format files: what is wrong in one is said with its line and column, and the samples of the bundled ones hold. */
import { describe, expect, it } from 'vitest';
import { type Event, isSkip } from '../../../src/events/event.ts';
import { createClock } from '../../../src/logs/clock.ts';
import { FORMATS } from '../../../src/logs/formats/list.ts';
import { bundledFormats } from '../../../src/logs/load-formats.ts';
import { readFormatFile } from '../../../src/logs/pattern/format-file.ts';

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
    expect: { user.name: bob }
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

describe('the bundled formats of programs', () => {
  const syslog = FORMATS.find(({ name }) => name === 'syslog');
  const samples = bundledFormats()
    .filter(({ programs }) => programs.length > 0)
    .flatMap((document) => document.samples.map((sample) => [document.name, sample] as const));

  it.each(samples)('%s reads its sample %j', (_name, { lines, expect: expected }) => {
    const event = syslog?.parse(lines[0] ?? '', createClock({ zone: 'UTC', firstYear: 2026 }));
    expect(event !== undefined && !isSkip(event)).toBe(true);
    expect(event as Event).toMatchObject(expected);
  });
});
