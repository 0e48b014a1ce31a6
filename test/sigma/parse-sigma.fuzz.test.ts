/** Whatever a rule file holds: no exception, and nothing is refused without a place. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { compileRuleSet } from '../../src/sigma/compile-rule-set.ts';
import { parseSigma } from '../../src/sigma/parse-sigma.ts';
import { byName, eventOf, ruleText } from './rule-texts.ts';

const RULE = ruleText(
  'selection: {f|contains: [a, "b*"], g|re: "x+"}',
  'words: [one, 2]',
  'condition: selection and not 1 of w*',
);
const CORRELATION = [
  'title: c',
  'correlation:',
  '  type: value_count',
  '  rules: [r]',
  '  group-by: [f]',
  '  timespan: 5m',
  '  condition: {field: g, gte: 2}',
  '',
].join('\n');

const pieces = fc.constantFrom(
  ...[
    'x',
    ' ',
    '1',
    '',
    '"',
    "'",
    '[',
    ']',
    '{',
    '}',
    ':',
    '- ',
    '\n',
    '  ',
    '*',
    '&a',
    '*a',
    '|',
    '>',
    '!!js',
    '#',
    '\t',
    '%',
    '?',
    '0x',
    '~',
    '<<: ',
    '---\n',
    'null',
    '\\',
    '__proto__: ',
    '\u0000',
    '\ufeff',
    '(',
    ')',
    'not ',
    'of ',
  ],
);

const edits = fc.array(fc.tuple(fc.nat(400), fc.nat(3), pieces), { minLength: 1, maxLength: 4 });

it('survives broken files', () => {
  let refused = 0;
  let accepted = 0;
  fc.assert(
    fc.property(
      fc.constantFrom(RULE, CORRELATION, `${RULE}---\n${CORRELATION}`),
      edits,
      (text, changes) => {
        let broken = text;
        for (const [at, length, piece] of changes) {
          const place = at % (broken.length + 1);
          broken = broken.slice(0, place) + piece + broken.slice(place + length);
        }
        const { documents, problems, warnings } = parseSigma(broken, 'x.yml');
        for (const { source } of [...problems, ...warnings]) {
          expect(source?.line).toBeGreaterThan(0);
          expect(source?.column).toBeGreaterThan(0);
        }
        const { ruleSet } = compileRuleSet(documents, byName);
        for (const { test } of ruleSet.rules) test(eventOf({ f: 'a', g: ['xx', 1, null] }), 'one');
        if (documents.length === 0) expect(problems.length).toBeGreaterThan(0);
        if (problems.length > 0) refused += 1;
        else accepted += 1;
      },
    ),
    { numRuns: 1500 },
  );
  expect(Math.min(refused, accepted)).toBeGreaterThan(20);
});
