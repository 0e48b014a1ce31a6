/** Short builders for tests of the Sigma language. */
import type { Event } from '../../src/events/event.ts';
import { compileRule } from '../../src/sigma/compile-rule.ts';
import type { CompiledRule, FieldResolver } from '../../src/sigma/compiled-rule.ts';
import { parseSigma } from '../../src/sigma/parse-sigma.ts';

/** A rule file around a detection written in YAML, lines joined and indented. */
export const ruleText = (...detection: string[]): string =>
  [
    'title: Test rule',
    'logsource:',
    '  product: linux',
    'detection:',
    ...detection.map((line) => `  ${line}`),
    '',
  ].join('\n');

/** Reads any field of the event's raw record. */
export const byName: FieldResolver = (field) => (event) => event.raw?.[field];

/** An event with these fields and nothing else. */
export const eventOf = (raw: Record<string, unknown>): Event => ({
  timeUs: undefined,
  timeConfidence: 'none',
  format: 'test',
  raw,
});

/** Parses and compiles one rule; throws when it has a problem. */
export function compileText(text: string): CompiledRule {
  const { documents, problems } = parseSigma(text, 'test.yml');
  const [rule] = documents;
  if (rule?.kind !== 'rule') throw problems[0] ?? new Error('no rule');
  return compileRule(rule, byName);
}

/** A rule of one field with its modifiers and its value, written as YAML. */
export const fieldRule = (key: string, value: string): CompiledRule =>
  compileText(ruleText('selection:', `  ${key}: ${value}`, 'condition: selection'));
