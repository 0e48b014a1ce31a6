import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compilePattern } from '../../src/sigma/match-text.ts';
import { parsePattern } from '../../src/sigma/pattern.ts';
import { compileText, eventOf, fieldRule, ruleText } from './rule-texts.ts';

type Row = readonly [
  key: string,
  value: string,
  hits: readonly unknown[],
  misses: readonly unknown[],
];

const rows: Row[] = [
  // Equality, wildcards and types
  ['f', 'Abc', ['abc', 'ABC', ['x', 'aBc']], ['abcd', '', undefined, null, [], ['x']]],
  ['f', "'a*c'", ['ac', 'abc', 'A\nC'], ['acd', 'bac']],
  ['f', "'a?c'", ['abc', 'a?c'], ['ac', 'abbc']],
  ['f', String.raw`'a\*c'`, ['a*c'], ['abc']],
  ['f', String.raw`'*\bin\sh'`, [String.raw`c:\BIN\SH`], [String.raw`bin\sh`]],
  ['f', "'*a*b*'", ['xaxbx', 'ab'], ['ba']],
  ['f', "'?a*b?'", ['xabx', 'xa b x b1'], ['ab', 'xab']],
  ['f', "'*'", ['', 'x', 0], [undefined, null]],
  ['f', "['a', 'b*', 3]", ['A', 'bcd', 3, '3'], ['c', 4]],
  ['f', '4625', [4625, '4625', ' 4625 ', '4625.0', [1, 4625]], ['46250', 'x4625', '', true, null]],
  ['f', "'4625'", [4625, '4625'], [46250]],
  ['f', '-1.5', [-1.5, '-1.5', '-1.50'], [1.5]],
  ['f', 'true', [true, 'true', 'TRUE'], [false, 1, 'yes']],
  ['f', "''", [''], [undefined, null, 'x', ' ']],
  ['f', 'null', [undefined, null, []], ['', 0, false, 'null']],
  ['f', "['', null]", ['', undefined], ['x']],
  ['f|contains', 'b', [{ a: 'b' }, ['a', 'abc'], 'ABC'], ['ac', undefined]],
  // Places
  ['f|contains', "'x y'", ['ax yb'], ['x  y']],
  ['f|contains', "'a*b'", ['xaxbx'], ['ba']],
  ['f|contains', '12', [3124, '12'], [1]],
  ['f|contains', "['a', 'b']", ['a', 'b'], ['c']],
  ['f|contains|all', "['a', 'b']", ['ab', 'ba', ['xa', 'bx']], ['a', 'b']],
  ['f|contains', "''", ['', 'x'], [undefined]],
  ['f|startswith', 'Ab', ['abc'], ['xab']],
  ['f|endswith', 'Ab', ['xab'], ['abx']],
  ['f|startswith', "'a?'", ['abx'], ['a']],
  ['f|endswith|all', "['b', 'ab']", ['xab'], ['b']],
  // Case
  ['f|cased', 'Ab', ['Ab'], ['ab', 'AB']],
  ['f|contains|cased', 'Ab', ['xAbx'], ['xabx']],
  ['f|cased', "['A?c*', 'x']", ['Abcd', 'x'], ['abcd', 'X']],
  // Negation
  ['f|neq', 'a', ['b', undefined], ['a', 'A', ['a', 'b']]],
  ['f|neq', "['a', 'b']", ['c'], ['a', 'b']],
  ['f|neq', '5', [4, 'x'], [5, '5']],
  ['f|contains|neq', 'a', ['b'], ['bab']],
  // Numbers
  ['f|gt', '5', [6, '6', '5.1', [1, 9]], [5, 4, 'x', undefined, '']],
  ['f|gte', '5', [5, '5'], [4.9]],
  ['f|lt', '5', [4, '-7'], [5]],
  ['f|lte', "'5'", [5, 4], [6]],
  // Existence
  ['f|exists', 'true', ['', 0, null], [undefined]],
  ['f|exists', 'false', [undefined], ['', null]],
  // Networks
  [
    'f|cidr',
    '198.51.100.0/24',
    ['198.51.100.7', '::ffff:198.51.100.7'],
    ['198.51.101.7', 'x', '198.51.100', ''],
  ],
  ['f|cidr', '198.51.100.77/26', ['198.51.100.64'], ['198.51.100.63', '198.51.100.128']],
  ['f|cidr', '0.0.0.0/0', ['203.0.113.9'], ['2001:db8::1', '256.0.0.1']],
  ['f|cidr', '192.0.2.1', ['192.0.2.1'], ['192.0.2.2']],
  [
    'f|cidr',
    "'2001:db8::/32'",
    ['2001:db8:1::5', '2001:0DB8::1'],
    ['2001:db9::1', '192.0.2.1', ':'],
  ],
  ['f|cidr', "['10.0.0.0/8', '::1/128']", ['10.1.2.3', '::1'], ['11.0.0.0', '::2']],
  // Regular expressions
  ['f|re', "'^a.c$'", ['abc'], ['Abc', 'xabc']],
  ['f|re', 'b+', ['abbc'], ['B']],
  ['f|re|i', "'^a.c$'", ['ABC'], ['xabc']],
  ['f|re', "'(?i)a.c'", ['xABCx'], ['xABx']],
  ['f|re|m', "'^b$'", ['a\nb\nc'], ['ab']],
  ['f|re|s', "'a.b'", ['a\nb'], ['ab']],
  ['f|re', "'a.b'", ['axb'], ['a\nb']],
  ['f|re|all', "['a', 'b']", ['xbxa'], ['a']],
  ['f|re|startswith', "'b|c'", ['cx'], ['xc']],
  ['f|re|endswith', "'b|c'", ['xb'], ['bx']],
  // Encodings
  ['f|base64', 'Zeichen', ['WmVpY2hlbg=='], ['Zeichen']],
  ['f|base64|contains', 'abc', ['xYWJjx'], ['abc']],
  [
    'f|wide|base64offset|contains',
    "'whoami'",
    [b64('x whoami', 'utf16le'), b64('whoami /all', 'utf16le')],
    [b64('whoami', 'utf8')],
  ],
  ['f|utf16be|base64', 'ab', ['AGEAYg=='], ['YQBiAA==']],
  ['f|utf16|base64', 'ab', ['//5hAGIA'], ['YQBiAA==']],
  ['f|utf16le', 'ab', ['a\u0000b\u0000'], ['ab']],
  // Dashes
  [
    'f|windash|contains',
    "' -enc '",
    ['x -enc y', 'x /ENC y', 'x \u2013enc y', 'x \u2014enc y', 'x \u2015enc y'],
    ['x enc y', 'x +enc y'],
  ],
  ['f|contains|windash|all', "['-a', '/b']", ['/a -b', '-a /b'], ['a b', '/a']],
  ['f|windash', "'-f*'", ['/file'], ['file']],
  // Placeholders: `\%` is a plain percent sign, as in pySigma
  ['f|expand', String.raw`'100\%x%'`, ['100%x%'], ['100', String.raw`100\%x%`]],
  // Parts of a date
  [
    'f|hour|gte',
    '22',
    ['2026-03-04T23:10:00Z', '2026-03-04 22:00', 1_772_665_200_000_000],
    ['2026-03-04T21:59:59Z', 'x', '2026-03-04'],
  ],
  ['f|minute', '10', ['2026-03-04T23:10:00Z'], ['2026-03-04T23:11:00Z']],
  ['f|day', '4', ['2026-03-04'], ['2026-03-05']],
  ['f|month', '3', ['2026-03-04'], ['2026-04-04']],
  ['f|year|lt', '2026', ['2025-12-31'], ['2026-01-01']],
  ['f|week', '1', ['2025-12-29', '2026-01-04'], ['2026-01-05']],
];

function b64(text: string, encoding: BufferEncoding): string {
  return Buffer.from(text, encoding).toString('base64');
}

describe('a field with modifiers', () => {
  it.each(rows)('%s: %s', (key, value, hits, misses) => {
    const { test } = fieldRule(key, value);
    const verdict = (found: unknown) => test(eventOf(found === undefined ? {} : { f: found }), '');
    expect(hits.filter((found) => !verdict(found))).toEqual([]);
    expect(misses.filter((found) => verdict(found))).toEqual([]);
    expect(hits.length).toBeGreaterThan(0);
  });

  it.each([
    ['f|fieldref', 'g', { f: 'a', g: 'A' }, true],
    ['f|fieldref', 'g', { f: 'a', g: 'b' }, false],
    ['f|fieldref', 'g', { f: 'a' }, false],
    ['f|fieldref', 'g', { f: 5, g: '5' }, true],
    ['f|fieldref', 'g', { f: ['a', 'b'], g: 'b' }, true],
    ['f|fieldref|cased', 'g', { f: 'a', g: 'A' }, false],
    ['f|fieldref|neq', 'g', { f: 'a', g: 'b' }, true],
    ['f|fieldref|neq', 'g', { f: 'a', g: 'a' }, false],
    ['f|fieldref|startswith', 'g', { f: 'abc', g: 'AB' }, true],
    ['f|fieldref|startswith', 'g', { f: 'cab', g: 'ab' }, false],
    ['f|fieldref|endswith', 'g', { f: 'cab', g: 'ab' }, true],
    ['f|fieldref|contains', 'g', { f: 'cabd', g: 'ab' }, true],
    ['f|fieldref', '[g, h]', { f: 'a', g: 'b', h: 'a' }, true],
    ['f|fieldref|all', '[g, h]', { f: 'a', g: 'b', h: 'a' }, false],
    ['f|fieldref|neq', '[g, h]', { f: 'a', g: 'b', h: 'a' }, false],
  ])('%s: %s on %j is %s', (key, value, fields, verdict) => {
    expect(fieldRule(key, value).test(eventOf(fields), '')).toBe(verdict);
  });
});

describe('records of attackers', () => {
  const deep = JSON.parse(`${'['.repeat(50_000)}"x"${']'.repeat(50_000)}`) as unknown;
  const deepRecord = JSON.parse(`${'{"a":'.repeat(50_000)}"x"${'}'.repeat(50_000)}`) as unknown;

  it.each([
    ['f', 'x'],
    ['f', '5'],
    ['f', 'null'],
    ['f|re', 'x'],
    ['f|cidr', '192.0.2.0/24'],
    ['f|gt', '1'],
    ['f|hour', '1'],
    ['f|fieldref', 'g'],
  ])('%s: %s does not overflow on deep nesting', (key, value) => {
    const { test } = fieldRule(key, value);
    for (const found of [deep, deepRecord, [deepRecord]]) {
      expect(test(eventOf({ f: found, g: found }), '')).toBe(false);
    }
  });
});

describe('keywords', () => {
  it.each([
    [['keywords:', '  - Failed', '  - 4625'], 'x failed y', true],
    [['keywords:', '  - Failed', '  - 4625'], 'event 4625', true],
    [['keywords:', '  - Failed', '  - 4625'], 'accepted', false],
    [['keywords:', "  - 'a*b'"], 'x a b x', true],
    [['keywords:', "  '|all':", '    - one', '    - two'], 'two one', true],
    [['keywords:', "  '|all':", '    - one', '    - two'], 'two', false],
    [['keywords:', "  '|re': 'a[0-9]+b'"], 'xa12bx', true],
    [['keywords:', "  '|cased': 'Ab'"], 'xabx', false],
    [['keywords: single'], 'a SINGLE word', true],
    [['keywords:', '  - word', '  - field: value'], 'no such', false],
  ])('%j on %j is %s', (lines, raw, verdict) => {
    const { test } = compileText(ruleText(...lines, 'condition: keywords'));
    expect(test(eventOf({}), raw)).toBe(verdict);
  });
});

describe('the wildcard matcher', () => {
  const letters = fc.string({ unit: fc.constantFrom('a', 'b', 'B', '*', '?', '\\'), maxLength: 8 });
  const texts = fc.string({ unit: fc.constantFrom('a', 'A', 'b', '*', '?', '\\'), maxLength: 12 });

  it('agrees with the same pattern as a regular expression', () => {
    fc.assert(
      fc.property(letters, texts, fc.boolean(), (written, text, isCased) => {
        const pattern = parsePattern(written);
        const source = pattern
          .map((unit) =>
            unit === -1 ? '[^]*' : unit === -2 ? '[^]' : `\\u${unit.toString(16).padStart(4, '0')}`,
          )
          .join('');
        const expected = new RegExp(`^${source}$`, isCased ? '' : 'i').test(text);
        expect(compilePattern(pattern, isCased)(text)).toBe(expected);
      }),
      { numRuns: 3000 },
    );
  });

  it('is not slowed down by many wildcards', () => {
    const test = compilePattern(parsePattern(`${'*a'.repeat(40)}*b`), false);
    const start = performance.now();
    expect(test('a'.repeat(200_000))).toBe(false);
    expect(performance.now() - start).toBeLessThan(1000);
  });

  it('runs hostile regular expressions in linear time', () => {
    const { test } = fieldRule('f|re', "'^(a+)+$'");
    const start = performance.now();
    expect(test(eventOf({ f: `${'a'.repeat(50_000)}!` }), '')).toBe(false);
    expect(performance.now() - start).toBeLessThan(2000);
  });
});
