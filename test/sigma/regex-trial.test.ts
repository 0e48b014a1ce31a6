import fc from 'fast-check';
import { RE2JS } from 're2js';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadDocuments, ruleFolders } from '../../src/detect/load-rules.ts';
import type { RegexFlags } from '../../src/sigma/regex-cursor.ts';
import { createTrial } from '../../src/sigma/regex-trial.ts';
import type { Search } from '../../src/sigma/rule.ts';

const PLAIN: RegexFlags = { ignoreCase: false, multiLine: false, dotAll: false };

interface Expression {
  text: string;
  flags: RegexFlags;
  /** Lines of the rule's own tests. */
  lines: string[];
}

const re2 = ({ text, flags }: Pick<Expression, 'text' | 'flags'>): RE2JS =>
  RE2JS.compile(
    text,
    (flags.ignoreCase ? RE2JS.CASE_INSENSITIVE : 0) |
      (flags.multiLine ? RE2JS.MULTILINE : 0) |
      (flags.dotAll ? RE2JS.DOTALL : 0),
  );

function expressionsIn(search: Search): Omit<Expression, 'lines'>[] {
  if (search.kind === 'all' || search.kind === 'any') return search.of.flatMap(expressionsIn);
  const { modifiers, values } = search.match;
  if (!modifiers.includes('re')) return [];
  const flags = {
    ignoreCase: modifiers.includes('i'),
    multiLine: modifiers.includes('m'),
    dotAll: modifiers.includes('s'),
  };
  return values.map((value) => ({ text: String(value), flags }));
}

const linesIn = (value: unknown): string[] =>
  typeof value === 'string'
    ? value.split('\n')
    : typeof value === 'object' && value !== null
      ? Object.values(value).flatMap(linesIn)
      : [];

let bundled: Expression[] = [];
beforeAll(async () => {
  const { documents } = await loadDocuments(ruleFolders({ HOME: '/nonexistent' }));
  bundled = documents.flatMap((document) => {
    if (document.kind !== 'rule') return [];
    const lines = linesIn(document.custom['ir']);
    return [...document.searches.values()]
      .flatMap(expressionsIn)
      .map((expression) => ({ ...expression, lines }));
  });
});

describe('createTrial', () => {
  it('reads the expressions of the bundled rules, but for the longest', () => {
    expect(bundled.length).toBeGreaterThan(100);
    // What has hundreds of places is left to RE2, which answers it alone.
    const unread = bundled.filter(({ text, flags }) => createTrial(text, flags)('') === undefined);
    expect(unread.map(({ text }) => text).filter((text) => text.length < 400)).toEqual([]);
    expect(unread.length).toBeLessThan(10);
  });

  it('answers as RE2 does for the bundled rules, on their test lines and parts of these', () => {
    const pieces = bundled.flatMap(({ lines }) => lines);
    const wrong: [expression: string, text: string][] = [];
    let known = 0;
    let hits = 0;
    for (const expression of bundled) {
      const program = re2(expression);
      const trial = createTrial(expression.text, expression.flags);
      const own = expression.lines.flatMap((line) => [
        line,
        ...line.split(/["=]/),
        ...line.split(' '),
      ]);
      const others = fc.sample(fc.constantFrom(...pieces), { numRuns: 20, seed: 7 });
      for (const text of [...own, ...others]) {
        const answer = trial(text);
        if (answer === undefined) continue;
        known += 1;
        if (answer) hits += 1;
        if (answer !== program.test(text)) wrong.push([expression.text, text]);
      }
    }
    expect(wrong).toEqual([]);
    expect(known).toBeGreaterThan(10_000);
    expect(hits).toBeGreaterThan(500);
  });

  it('answers as RE2 does for any expression that it reads', () => {
    const atom = fc.constantFrom(
      ...['a', 'b', 'A', 'k', '.', '^', '$', '\\b', '\\w', '\\W', '\\s', '\\d', '\\.', '\\n', '-'],
      ...[
        '[ab]',
        '[^a]',
        '[a-c.]',
        '[\\w-]',
        '[^\\s\\d]',
        '[]a]',
        '[A-b]',
        '[^\\Wb]',
        '[\\v]',
        'ab',
        '',
      ],
    );
    const count = fc.constantFrom(
      '',
      '',
      '',
      '*',
      '+',
      '?',
      '{2}',
      '{1,3}',
      '{0,2}',
      '{2,}',
      '*?',
      '{0}',
    );
    const { expression } = fc.letrec<{ expression: string }>((tie) => ({
      expression: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        fc.tuple(atom, count).map(([part, times]) => (part === '' ? '' : part + times)),
        fc.tuple(tie('expression'), tie('expression')).map((parts) => parts.join('')),
        fc.tuple(tie('expression'), tie('expression')).map((parts) => `(?:${parts.join('|')})`),
        fc.tuple(tie('expression'), tie('expression')).map((parts) => parts.join('|')),
        fc.tuple(tie('expression'), count).map(([part, times]) => `(${part})${times}`),
      ),
    }));
    const text = fc.string({
      unit: fc.constantFrom('a', 'b', 'c', 'A', 'B', 'k', ' ', '.', '-', ']', '1', '\n', '\v', '_'),
      maxLength: 12,
    });
    const flags = fc.record({
      ignoreCase: fc.boolean(),
      multiLine: fc.boolean(),
      dotAll: fc.boolean(),
    });
    let known = 0;
    fc.assert(
      fc.property(
        expression,
        flags,
        fc.array(text, { minLength: 4, maxLength: 4 }),
        (source, how, texts) => {
          let program: RE2JS;
          try {
            program = re2({ text: source, flags: how });
          } catch {
            return;
          }
          const trial = createTrial(source, how);
          for (const one of texts) {
            const answer = trial(one);
            if (answer === undefined) continue;
            known += 1;
            expect([source, one, answer]).toEqual([source, one, program.test(one)]);
          }
        },
      ),
      { numRuns: 5000 },
    );
    expect(known).toBeGreaterThan(5000);
  });

  it.each(['a(?i)b', '\\x41', '\\pL', '[[:alpha:]]', 'é', 'a{', '(?P<name>a)', '\\Qa\\E', '\\Bx'])(
    'leaves %s to the automaton',
    (expression) => {
      expect(createTrial(expression, PLAIN)('a')).toBeUndefined();
    },
  );

  it('leaves texts beyond ASCII to the automaton, where letters have further cases', () => {
    expect(createTrial('k', { ...PLAIN, ignoreCase: true })('\u212a')).toBeUndefined();
  });

  it('gives up early where an expression leads to much work', () => {
    const trial = createTrial('(?:(?:(?:a*b?)*c?)*d?)*e', PLAIN);
    const began = performance.now();
    const answers = Array.from({ length: 50 }, () => trial('a'.repeat(4000)));
    expect(answers.at(-1)).toBeUndefined();
    expect(performance.now() - began).toBeLessThan(1000);
  });

  it('leaves an expression that sees many texts to the automaton', () => {
    const trial = createTrial('/[a-z]{1,20}/x', PLAIN);
    const answers = Array.from({ length: 10_000 }, () => trial('/aaaa/bbbb/cccc/dddd/eeee'));
    expect(answers[0]).toBe(false);
    expect(answers.at(-1)).toBeUndefined();
  });
});
