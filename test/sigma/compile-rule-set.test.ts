import { describe, expect, it } from 'vitest';
import { compileRuleSet } from '../../src/sigma/compile-rule-set.ts';
import { parseSigma } from '../../src/sigma/parse-sigma.ts';
import { byName, eventOf } from './rule-texts.ts';

const rule = (name: string, extra = ''): string =>
  `title: ${name}\nname: ${name}\n${extra}logsource: {product: linux}\ndetection:\n  a: {f: ${name}}\n  condition: a\n`;

const correlation = (name: string, rules: string, extra = ''): string =>
  `title: ${name}\nname: ${name}\ncorrelation:\n  type: temporal\n  rules: [${rules}]\n  group-by: [who]\n  timespan: 1m\n${extra}`;

const compile = (...texts: string[]) => {
  const { documents, problems } = parseSigma(texts.join('---\n'), 'x.yml');
  if (problems.length > 0) throw problems[0];
  const compiled = compileRuleSet(documents, byName);
  return { ...compiled, messages: compiled.problems.map(({ message }) => message) };
};

describe('compileRuleSet', () => {
  it('resolves names and ids, also of later documents', () => {
    const id = '11111111-2222-4333-8444-555555555555';
    const { ruleSet, messages } = compile(
      correlation('both', `one, ${id.toUpperCase()}`),
      rule('one'),
      rule('two', `id: ${id}\n`),
    );
    expect(messages).toEqual([]);
    expect(ruleSet.correlations[0]?.members).toEqual([
      { kind: 'rule', index: 0 },
      { kind: 'rule', index: 1 },
    ]);
    expect([...ruleSet.silent]).toEqual([0, 1]);
  });

  it('puts members before the correlations that refer to them', () => {
    const { ruleSet } = compile(
      correlation('outer', 'inner, two'),
      correlation('inner', 'one'),
      rule('one'),
      rule('two'),
    );
    expect(ruleSet.correlations.map(({ rule: { name } }) => name)).toEqual(['inner', 'outer']);
    expect(ruleSet.correlations[1]?.members).toEqual([
      { kind: 'correlation', index: 0 },
      { kind: 'rule', index: 1 },
    ]);
    expect(ruleSet.correlations[1]?.inputs.map((input) => input.rule)).toEqual([0, 1]);
    expect([...ruleSet.silentCorrelations]).toEqual([0]);
  });

  it('lets rules report that a correlation with generate refers to', () => {
    const { ruleSet } = compile(
      rule('one'),
      rule('two'),
      correlation('quiet', 'one, two'),
      correlation('loud', 'one', '  generate: true\n'),
    );
    expect([...ruleSet.silent]).toEqual([1]);
  });

  it('reads group-by fields through the aliases of each rule', () => {
    const { ruleSet } = compile(
      rule('one'),
      rule('two'),
      correlation('both', 'one, two', '  aliases:\n    who: {one: source, two: client}\n'),
    );
    const event = eventOf({ source: 's', client: 'c', who: 'w' });
    const inputs = ruleSet.correlations[0]?.inputs ?? [];
    expect(inputs.map((input) => input.groupBy.map((read) => read(event)))).toEqual([['s'], ['c']]);
  });

  it.each<[string[], RegExp, number, number]>([
    [
      [rule('one'), correlation('c', 'one, nobody')],
      /refers to the rule "nobody", which was not loaded/,
      1,
      0,
    ],
    [[correlation('a', 'b'), correlation('b', 'a')], /refers in a circle/, 0, 0],
    [[correlation('a', 'a')], /refers in a circle/, 0, 0],
    [[rule('one'), rule('one')], /the name "one" is already taken by x.yml:1/, 1, 0],
    [
      [
        rule('one', 'id: 11111111-2222-4333-8444-555555555555\n'),
        rule('two', 'id: 11111111-2222-4333-8444-555555555555\n'),
      ],
      /the id "11111111-.*" is already taken/,
      1,
      0,
    ],
    [
      [rule('one'), rule('two'), correlation('x', 'one'), correlation('x', 'two')],
      /the name "x" is already taken/,
      2,
      1,
    ],
  ])('%#: reports and goes on', (texts, message, rules, correlations) => {
    const { ruleSet, messages, problems } = compile(...texts);
    expect(messages.join('\n')).toMatch(message);
    expect(problems.every(({ source }) => (source?.line ?? 0) > 0)).toBe(true);
    expect(ruleSet.rules).toHaveLength(rules);
    expect(ruleSet.correlations).toHaveLength(correlations);
  });
});
