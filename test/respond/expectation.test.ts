import { expect, it } from 'vitest';
import { type Expectation, judge, type Output } from '../../src/respond/expectation.ts';

const output = (text: string, more: Partial<Output> = {}): Output => ({
  exitCode: 0,
  failure: undefined,
  text,
  errorText: '',
  ...more,
});
const JSON_TEXT = '{"Groups":[{"Id":"sg-1","n":3},{"Id":"sg-22","n":5}],"open":false}';

it.each<[string, Expectation, Output, 'holds' | 'fails' | 'unknown']>([
  ['equal, without blanks around', { equals: 'absent' }, output(' absent\n'), 'holds'],
  ['not equal', { equals: 'absent' }, output('absent!'), 'fails'],
  ['contained', { contains: 'L 2026' }, output('bob L 2026-01-01'), 'holds'],
  ['absent', { absent: 'bob' }, output('eve'), 'holds'],
  ['not absent', { absent: 'bob' }, output('a bob b'), 'fails'],
  ['a line of its own', { line: '203.0.113.7' }, output('x\n203.0.113.7 \n'), 'holds'],
  ['no part of a line', { line: '203.0.113.7' }, output('203.0.113.70'), 'fails'],
  ['no such line', { no_line: '203.0.113.7' }, output('203.0.113.70'), 'holds'],
  ['a value of JSON', { json: '$.Groups[*].Id', equals: 'sg-22' }, output(JSON_TEXT), 'holds'],
  ['no part of a value', { json: '$.Groups[*].Id', equals: 'sg-2' }, output(JSON_TEXT), 'fails'],
  ['a place in a list', { json: '$.Groups[1].Id', equals: 'sg-1' }, output(JSON_TEXT), 'fails'],
  ['false in JSON', { json: '$.open', equals: 'false' }, output(JSON_TEXT), 'holds'],
  ['absent in JSON', { json: '$.Groups[*].Id', absent: 'sg-9' }, output(JSON_TEXT), 'holds'],
  ['a number', { at_least: 3 }, output('3\n'), 'holds'],
  ['too small a number', { at_least: 4 }, output('3'), 'fails'],
  ['a number of JSON', { json: '$.Groups[*].n', at_most: 3 }, output(JSON_TEXT), 'holds'],
  ['an exit code', { exit: 3, contains: 'x' }, output('x', { exitCode: 3 }), 'holds'],
  ['another exit code', { exit: 3 }, output('', { exitCode: 0 }), 'fails'],
  ['no number', { at_least: 1 }, output('many'), 'unknown'],
  ['no JSON', { json: '$.a', equals: '1' }, output('oops'), 'unknown'],
  [
    'a failed command, which proves no absence',
    { absent: 'x' },
    output('', { exitCode: 1 }),
    'unknown',
  ],
  ['a command that is not there', { absent: 'x' }, output('', { exitCode: undefined }), 'unknown'],
  ['keys of the prototype', { json: '$.__proto__', equals: 'x' }, output('{}'), 'fails'],
])('%s', (_what, condition, given, state) => {
  const judged = judge([condition], given);
  expect(judged.state).toBe(state);
  expect(judged.reason === '').toBe(state === 'holds');
});

it('holds only when all conditions do', () => {
  expect(judge([{ contains: 'a' }, { contains: 'b' }], output('a')).state).toBe('fails');
});
