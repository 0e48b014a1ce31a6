import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileRule } from '../../src/sigma/compile-rule.ts';
import { parseSigma } from '../../src/sigma/parse-sigma.ts';
import { requiredLiterals } from '../../src/sigma/regex-literals.ts';
import { compileText, eventOf, fieldRule, ruleText } from './rule-texts.ts';

describe('required literals of a rule', () => {
  it.each<[string, string, string[] | undefined]>([
    ['f', 'Attack', ['attack']],
    ['f', 'a', undefined],
    ['f', '80', undefined],
    ['f', "'80'", ['80']],
    ['f', 'null', undefined],
    ['f', "''", undefined],
    ['f', "'*'", undefined],
    ['f|contains', String.raw`'C:\Users\*\evil.exe'`, [String.raw`c:\users*\evil.exe`]],
    ['f|contains', '\'say "hello world"\'', ['say "hello world"']],
    ['f|contains', "'gr\u00fc\u00dfe aus'", ['e aus']],
    ['f|contains', "['one', 'two']", ['one', 'two']],
    ['f|contains', "['one', 'x']", undefined],
    ['f|contains', "['one', 7]", undefined],
    ['f|contains|all', "['abc', 'longest one']", ['longest one']],
    ['f', "['evil', 5]", undefined],
    ['f|contains', "['ab', 'xaby']", ['ab']],
    ['f|cased', 'AbC', ['abc']],
    ['f|neq', 'Attack', undefined],
    ['f|gt', '100', undefined],
    ['f|cidr', '192.0.2.0/24', undefined],
    ['f|exists', 'true', undefined],
    ['f|fieldref', 'other', undefined],
    ['f|base64offset|contains', 'attack', ['yxr0ywnr', 'f0dgfja', 'hdhrhy2']],
    ['f|windash|contains', "' -encoded'", ['encoded']],
    ['f|re', "'cmd[.]exe /c'", ['exe /c']],
  ])('%s: %s', (key, value, literals) => {
    expect(fieldRule(key, value).literals?.toSorted()).toEqual(literals?.toSorted());
  });

  it.each<[string[], string[] | undefined]>([
    [
      ['a: {f: first}', 'b: {f: second}', 'condition: a or b'],
      ['first', 'second'],
    ],
    [['a: {f: short}', 'b: {f: much longer}', 'condition: a and b'], ['much longer']],
    [['a: {f: first}', 'b: {f: second}', 'condition: a and not b'], ['first']],
    [['a: {f: first}', 'b: {f|gt: 5}', 'condition: a or b'], undefined],
    [['a: {f: first}', 'b: {f|gt: 5}', 'condition: all of them'], ['first']],
    [
      ['a: {f: first}', 'b: {f: second}', 'condition: 1 of them'],
      ['first', 'second'],
    ],
    [
      ['a: {f: aaa}', 'b: {f: bbbbbb}', 'c: {f: ccccccccc}', 'condition: 2 of them'],
      ['bbbbbb', 'ccccccccc'],
    ],
    [['a: {f: first, g: 5}', 'condition: a'], ['first']],
    [
      ['a: [{f: first}, {f: second}]', 'condition: a'],
      ['first', 'second'],
    ],
    [
      ['a: [error text, other]', 'condition: a'],
      ['error text', 'other'],
    ],
    [['a: {f: first}', 'condition: not a'], undefined],
    [['a: {f: [one, two, three, four, five], g: single}', 'condition: a'], ['single']],
  ])('%j', (lines, literals) => {
    expect(compileText(ruleText(...lines)).literals?.toSorted()).toEqual(literals?.toSorted());
  });

  it('takes nothing from a reader that says its value is computed', () => {
    const [rule] = parseSigma(
      ruleText('a: {f: attack, g: other}', 'condition: a'),
      'x.yml',
    ).documents;
    if (rule?.kind !== 'rule') throw new Error('no rule');
    const { literals } = compileRule(rule, (field) =>
      Object.assign(() => undefined, field === 'f' ? { isComputed: true } : {}),
    );
    expect(literals).toEqual(['other']);
  });
});

/** Small words that meet often, so that random rules do hit random events. */
const words = fc.constantFrom(
  'ab',
  'bc',
  '*ab*',
  '*ca*',
  'ca*',
  '*bc',
  'a?b*',
  '*xy',
  'Ab*b',
  '5*',
);
const values = fc.array(words, { minLength: 1, maxLength: 3 });
const keys = fc.constantFrom(
  'f',
  'g',
  'f|contains',
  'g|contains|all',
  'f|endswith',
  'g|startswith',
  'f|neq',
  'f|re',
);
const searches = fc.array(fc.tuple(keys, values), { minLength: 1, maxLength: 2 });
const conditions = fc.constantFrom(
  's0 and s1',
  's0 or s1',
  's0 and not s1',
  '1 of s*',
  '2 of s*',
  'all of s*',
  'not s0 or s2',
  '(s0 or s1) and s2',
);
const eventValues = fc.string({
  unit: fc.constantFrom('a', 'b', 'c', 'A', ' ', '5', 'x', 'y', 'z'),
  maxLength: 10,
});

describe('soundness', () => {
  it('never misses an event that the rule hits', () => {
    let hits = 0;
    fc.assert(
      fc.property(
        fc.tuple(searches, searches, searches),
        conditions,
        fc.array(fc.tuple(eventValues, eventValues), { minLength: 1, maxLength: 20 }),
        (three, condition, events) => {
          const lines = three.flatMap((fields, index) => [
            `s${index}:`,
            ...[...new Map(fields)].map(([key, list]) => {
              const written = key.endsWith('re')
                ? list.map((word) => word.replaceAll(/[*?]/g, '.*'))
                : list;
              return `  ${key}: [${written.map((word) => `'${word}'`).join(', ')}]`;
            }),
          ]);
          const { test, literals } = compileText(ruleText(...lines, `condition: ${condition}`));
          for (const [f, g] of events) {
            const raw = `${f} ${g}`;
            if (!test(eventOf({ f, g }), raw) || literals === undefined) continue;
            hits += 1;
            expect(literals.some((literal) => raw.toLowerCase().includes(literal))).toBe(true);
          }
        },
      ),
      { numRuns: 2000 },
    );
    expect(hits).toBeGreaterThan(100);
  });
});

describe('requiredLiterals of a regular expression', () => {
  it.each<[string, string[] | undefined]>([
    ['hello', ['hello']],
    ['Hello World', ['hello world']],
    ['ab?cd', ['cd']],
    ['ab+cd', ['ab']],
    ['abc*de', ['ab']],
    ['ab{0,3}cde', ['cde']],
    ['x{2}abc', ['abc']],
    ['foo|barbar', ['foo', 'barbar']],
    ['foo|.', undefined],
    ['(?:cat|doggy)s', ['cat', 'doggy']],
    ['(?:cat|doggy)?birds', ['birds']],
    ['(?i)select.+from', ['select']],
    ['^GET /admin$', ['get /admin']],
    [String.raw`\bunion\s+select\b`, ['select']],
    [String.raw`\.\./etc`, ['../etc']],
    [String.raw`[a-z\]]+\[abc`, ['[abc']],
    ['[[:alpha:]]xyz', ['xyz']],
    [String.raw`\$\{jndi:`, ['${jndi:']],
    ['${jndi:', ['{jndi:']],
    [String.raw`\x41bcdef`, undefined],
    ['.*', undefined],
    ['', undefined],
    ['(', undefined],
    ['a**bcd', undefined],
    ['(?=look)ahead', undefined],
    ['(?P<name>inside)', ['inside']],
    ['"quoted\\\\path"', [String.raw`"quoted\path"`]],
  ])('%j', (expression, literals) => {
    expect(requiredLiterals(expression)?.toSorted()).toEqual(literals?.toSorted());
  });

  it('is in every match', () => {
    const atoms = fc.constantFrom(
      'a',
      'b',
      'ab',
      'abc',
      '.',
      '[ab]',
      '(?:ab|bc)',
      '(a|bcd)',
      '\\.',
      '\\w',
      '(?:abc)',
    );
    const quantifiers = fc.constantFrom('', '', '', '?', '*', '+', '{2}', '{0,2}', '+?');
    const sequences = fc
      .array(fc.tuple(atoms, quantifiers), { minLength: 1, maxLength: 5 })
      .map((parts) =>
        parts
          .map(
            ([atom, quantifier]) =>
              (atom.length > 1 && !/^[([\\]/.test(atom) ? `(?:${atom})` : atom) + quantifier,
          )
          .join(''),
      );
    const expressions = fc
      .array(sequences, { minLength: 1, maxLength: 2 })
      .map((branches) => branches.join('|'));
    const texts = fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'd', '.'), maxLength: 12 });
    let hits = 0;
    fc.assert(
      fc.property(
        expressions,
        fc.array(texts, { minLength: 1, maxLength: 20 }),
        (expression, found) => {
          const literals = requiredLiterals(expression);
          if (literals === undefined) return;
          for (const text of found) {
            if (!new RegExp(expression).test(text)) continue;
            hits += 1;
            expect(literals.some((literal) => text.includes(literal))).toBe(true);
          }
        },
      ),
      { numRuns: 3000 },
    );
    expect(hits).toBeGreaterThan(100);
  });
});
