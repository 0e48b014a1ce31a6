/** Rules in the languages of others: one rule of every kind of match, and all that come with the program. */
import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { chooseRules } from '../../src/detect/choose-rules.ts';
import { loadResolver } from '../../src/detect/load-mappings.ts';
import { askedRules, clausesOf } from '../../src/hunt/collect-hits.ts';
import { convertRules } from '../../src/hunt/convert-rule.ts';
import { DIALECTS } from '../../src/hunt/dialects.ts';
import { compileRuleSet } from '../../src/sigma/compile-rule-set.ts';
import { parseSigma } from '../../src/sigma/parse-sigma.ts';

const resolve = await loadResolver({});
const ruleSetOf = (detection: string, logsource = 'product: linux') => {
  const text = `title: T\nid: 5a3f0c52-0000-4000-8000-000000000001\nstatus: test\nlevel: high\nlogsource: { ${logsource} }\ndetection:\n${detection}\n`;
  const { documents, problems } = parseSigma(text, 't.yml');
  expect(problems).toEqual([]);
  return compileRuleSet(documents as never, resolve).ruleSet;
};
const said = (detection: string, to: string): string | undefined =>
  convertRules(ruleSetOf(detection), DIALECTS[to]!, 'logs').at(0)?.query;

const CASES: readonly (readonly [string, string, Readonly<Record<string, string | undefined>>])[] =
  [
    [
      'equality, ignoring case',
      '  a: { user.name: Root }\n  condition: a',
      {
        lucene: 'user.name:Root',
        esql: 'FROM logs | WHERE TO_LOWER(user.name) == "root"',
        ppl: "source=logs | where lower(user.name)='root'",
        splunk: 'search index=logs user.name="Root"',
      },
    ],
    [
      'a part, with what has a meaning in the language',
      `  a: { process.command_line|contains: 'a"(b' }
  condition: a`,
      {
        lucene: String.raw`process.command_line:*a\"\(b*`,
        esql: String.raw`FROM logs | WHERE TO_LOWER(process.command_line) LIKE "*a\"(b*"`,
        ppl: `source=logs | where like(lower(process.command_line), '%a"(b%')`,
        splunk: String.raw`search index=logs process.command_line="*a\"(b*"`,
      },
    ],
    [
      'not, a network and a number',
      '  a: { source.port|gte: 1024 }\n  b: { source.ip|cidr: 10.0.0.0/8 }\n  condition: a and not b',
      {
        lucene: String.raw`(source.port:>=1024 AND (NOT source.ip:10.0.0.0\/8))`,
        esql: 'FROM logs | WHERE (source.port >= 1024 AND NOT CIDR_MATCH(source.ip, "10.0.0.0/8"))',
        ppl: "source=logs | where (source.port>=1024 AND NOT (cidrmatch(source.ip, '10.0.0.0/8')))",
        splunk: 'search index=logs (source.port>=1024 NOT source.ip="10.0.0.0/8")',
      },
    ],
    [
      'what none of them can say',
      "  a: { user.name|re: '^a+$' }\n  condition: a",
      { lucene: undefined, esql: undefined, ppl: undefined, splunk: undefined, dsl: undefined },
    ],
  ];

describe.each(CASES)('%s', (_, detection, expected) => {
  it.each(Object.entries(expected))('in %s', (to, query) => {
    expect(said(detection, to)).toBe(query);
  });
});

describe('all rules that come with the program', async () => {
  const { ruleSet } = await chooseRules({
    ...{ env: {}, cwd: tmpdir(), store: undefined, profile: undefined },
    ...{ ruleNames: [], ruleFolders: [], isWithoutOwnRules: true },
  });

  it.each(Object.keys(DIALECTS))('are said in %s, or it is said why not', (to) => {
    const converted = convertRules(ruleSet, DIALECTS[to]!, 'logs');
    expect(converted.length).toBeGreaterThan(100);
    for (const { query, remark } of converted) expect(query ?? remark).not.toBe('');
    expect(converted.filter(({ query }) => query !== undefined).length).toBeGreaterThan(100);
    if (to === 'dsl') for (const { query } of converted) if (query) JSON.parse(query);
  });

  it('are asked in few clauses, most of them narrowed', () => {
    const asked = askedRules({ ruleSet });
    expect(Math.max(...asked.map(({ query }) => clausesOf(query)))).toBeLessThanOrEqual(800);
    const wide = asked.filter(({ pushed }) => pushed === 'log source only');
    expect(wide.length).toBeLessThan(asked.length / 5);
  });
});
