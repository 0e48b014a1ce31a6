import { describe, expect, it } from 'vitest';
import { type ConditionFacts, holds, namesIn } from '../../src/respond/condition.ts';
import { parseCondition } from '../../src/respond/parse-condition.ts';

const facts: ConditionFacts = {
  fields: {
    severity: 'SEV2',
    impact: 'high',
    urgency: 'low',
    determination: 'confirmed',
    status: 'open',
    phase: 'triage',
    is_drill: 'false',
  },
  variables: { login: 'yes', empty: '', answer: 'no', address: '192.0.2.1' },
  done: new Set(['block-source']),
  waived: new Set(['call-upstream']),
  techniques: new Set(['T1110.003', 'T1505']),
};

describe('holds', () => {
  it.each([
    ['severity in [SEV1, SEV2]', true],
    ['severity in [SEV1]', false],
    ['severity not in [SEV1]', true],
    ['severity == SEV2', true],
    ['severity != "SEV2"', false],
    ['done(block-source)', true],
    ['done(call-upstream)', false],
    ['waived(call-upstream)', true],
    ['not done(block-source)', false],
    ['var.login', true],
    ['var.answer', false],
    ['var.empty', false],
    ['var.absent', false],
    ['var.absent != yes', true],
    ['var.toString == yes', false],
    ["var.address == '192.0.2.1'", true],
    ['is_drill', false],
    ['technique(T1110)', true],
    ['technique(T1110.003)', true],
    ['technique(T1110.001)', false],
    ['technique(T150)', false],
    // "and" binds tighter than "or".
    ['severity == SEV2 or severity == SEV1 and var.answer', true],
    ['(severity == SEV2 or severity == SEV1) and var.answer', false],
    ['not (var.answer or var.empty)', true],
    ['not not var.login', true],
  ])('%s is %s', (text, expected) => {
    expect(holds(parseCondition(text), facts)).toBe(expected);
  });
});

describe('parseCondition', () => {
  it.each([
    ['', 0, 'expected a field'],
    ['severity in SEV1', 12, 'expected "["'],
    ['severity == SEV9', 12, 'never "SEV9"'],
    ['colour == red', 0, 'unknown field "colour"'],
    ['constructor == red', 0, 'unknown field "constructor"'],
    ['__proto__', 0, 'unknown field'],
    ['exec(rm)', 0, 'unknown call "exec"'],
    ['done(a', 6, 'expected ")"'],
    ['var.a var.b', 6, 'expected "and", "or" or the end'],
    ['var.a && var.b', 6, 'unexpected "&"'],
    ['var.a not var.b', 10, 'expected "in"'],
    [`${'('.repeat(40)}var.a`, 20, 'nested too deep'],
    [`${'not '.repeat(40)}var.a`, 80, 'nested too deep'],
    [`var.${'a'.repeat(600)}`, 0, 'longer than'],
  ])('refuses %s at %i', (text, offset, message) => {
    let error: unknown;
    try {
      parseCondition(text);
    } catch (caught) {
      error = caught;
    }
    expect(error).toMatchObject({ offset, message: expect.stringContaining(message) });
  });
});

it('names the steps and variables of a condition', () => {
  const condition = parseCondition('done(a) and not (waived(b) or var.c == x) and technique(T1)');
  expect(namesIn(condition)).toEqual({ steps: ['a', 'b'], variables: ['c'] });
});
