import { describe, expect, it } from 'vitest';
import { parseCondition } from '../../src/sigma/parse-condition.ts';
import type { Condition } from '../../src/sigma/rule.ts';

const NAMES = ['a', 'b', 'c', 'sel_1', 'sel_2', '_hidden', 'filter-x', 'all_of_it', 'not_this'];

function shown(condition: Condition): string {
  switch (condition.kind) {
    case 'search':
      return condition.name;
    case 'not':
      return `not(${shown(condition.of)})`;
    case 'of':
      return `${condition.quantity} of [${condition.names.join(' ')}]`;
    default:
      return `${condition.kind}(${condition.of.map(shown).join(', ')})`;
  }
}

describe('parseCondition', () => {
  it.each([
    ['a', 'a'],
    ['a and b or c', 'or(and(a, b), c)'],
    ['a or b and c', 'or(a, and(b, c))'],
    ['(a or b) and c', 'and(or(a, b), c)'],
    ['a and b and c', 'and(a, b, c)'],
    ['not a and b', 'and(not(a), b)'],
    ['not (a or b)', 'not(or(a, b))'],
    ['not not a', 'a'],
    ['a AND NOT b', 'and(a, not(b))'],
    ['filter-x', 'filter-x'],
    ['not_this', 'not_this'],
    ['all_of_it', 'all_of_it'],
    ['1 of sel_*', '1 of [sel_1 sel_2]'],
    ['any of sel_*', '1 of [sel_1 sel_2]'],
    ['all of sel_*', 'all of [sel_1 sel_2]'],
    ['2 of sel_*', '2 of [sel_1 sel_2]'],
    ['1 of *_1', '1 of [sel_1]'],
    ['1 of s*l*2', '1 of [sel_2]'],
    ['1 of sel_?', '1 of [sel_1 sel_2]'],
    ['1 of a', '1 of [a]'],
    ['all of _*', 'all of [_hidden]'],
    ['1 of them', '1 of [a b c sel_1 sel_2 filter-x all_of_it not_this]'],
    ['a and not 1 of sel_* or b', 'or(and(a, not(1 of [sel_1 sel_2])), b)'],
    ['a and(b)', 'and(a, b)'],
  ])('%s', (text, tree) => {
    const parsed = parseCondition(text, NAMES);
    expect('condition' in parsed ? shown(parsed.condition) : parsed).toBe(tree);
  });

  it.each([
    ['', 0, /ends too early/],
    ['a and', 5, /ends too early/],
    ['(a', 2, /closing parenthesis/],
    ['a)', 1, /unexpected "\)"/],
    ['a b', 2, /unexpected "b"/],
    ['and a', 0, /unexpected "and"/],
    ['a or or b', 5, /unexpected "or"/],
    ['sel_3', 0, /"sel_3" is not defined/],
    ['a and sel_*', 6, /unexpected "sel_\*"/],
    ['1 of other_*', 5, /no search identifier fits "other_\*"/],
    ['1 of', 4, /needs "them"/],
    ['0 of sel_*', 0, /"0" is not a quantity/],
    ['3 of sel_*', 0, /can never hold/],
    ['a | count() > 5', 2, /no longer part of Sigma/],
    [`${'('.repeat(200)}a${')'.repeat(200)}`, 100, /nested too deeply/],
  ])('refuses %j at %i', (text, offset, message) => {
    const parsed = parseCondition(text, NAMES);
    if (!('fault' in parsed)) throw new Error(`accepted as ${shown(parsed.condition)}`);
    expect(parsed.fault.message).toMatch(message);
    expect(parsed.fault.offset).toBe(offset);
  });

  it('suggests the name that was meant', () => {
    const parsed = parseCondition('sel1', ['sel_1', 'other']);
    expect(parsed).toMatchObject({ fault: { hint: 'Did you mean "sel_1"?' } });
  });
});
