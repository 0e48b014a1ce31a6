/**
 * The Sigma language against the material of its own community: SigmaHQ's rules and regression events, the
 * specification's fixtures and pySigma's. Skipped where the data folder is absent.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Event } from '../../src/events/event.ts';
import { compileRule } from '../../src/sigma/compile-rule.ts';
import type { FieldResolver } from '../../src/sigma/compiled-rule.ts';
import { parseSigma } from '../../src/sigma/parse-sigma.ts';
import { jsonValues } from './json-values.ts';

const DATA = resolve(import.meta.dirname, '../../../shared/data');
const isPresent = existsSync(join(DATA, 'sigma', 'SOURCE.md'));
if (!isPresent) process.stderr.write('peers.test.ts: skipped, ../shared/data/sigma is absent\n');

const filesIn = (folder: string, pattern: RegExp): string[] =>
  readdirSync(folder, { recursive: true })
    .map(String)
    .filter((file) => pattern.test(file))
    .sort();

const load = (path: string) => parseSigma(readFileSync(path, 'utf8'), path);

/** Events as the regression data has them: one field per leaf, attributes joined with an underscore. */
const byName: FieldResolver = (field) => (event) => event.raw?.[field];

function regressionEvent(value: unknown): Event {
  const raw: Record<string, unknown> = Object.create(null);
  const visit = (name: string, node: unknown): void => {
    if (node === null || typeof node !== 'object' || Array.isArray(node)) {
      raw[name.replaceAll(' ', '')] = node ?? undefined;
      return;
    }
    for (const [key, child] of Object.entries(node)) {
      if (key === '#attributes') visit(name, child);
      else if (['System', 'EventData', 'UserData', 'Event'].includes(key)) visit('', child);
      else visit(name === '' || key.startsWith('#') ? key : `${name}_${key}`, child);
    }
  };
  visit('', value);
  return { timeUs: undefined, timeConfidence: 'none', format: 'json', raw };
}

describe.runIf(isPresent)('SigmaHQ', () => {
  it('parses and compiles every rule but those with placeholders', () => {
    const folder = join(DATA, 'sigma');
    const files = filesIn(folder, /^rules.*\.yml$/);
    const refusals: string[] = [];
    let compiled = 0;
    let withLiterals = 0;
    for (const file of files) {
      const { documents, problems } = load(join(folder, file));
      for (const problem of problems) {
        if (!/^the placeholder /.test(problem.message))
          refusals.push(`${file}: ${problem.message}`);
        expect(problem.source?.line).toBeGreaterThan(0);
      }
      for (const document of documents) {
        if (document.kind !== 'rule') continue;
        compiled += 1;
        if (compileRule(document, byName).literals !== undefined) withLiterals += 1;
      }
    }
    expect(refusals).toEqual([]);
    expect(files.length).toBeGreaterThan(0);
    expect(compiled / files.length).toBeGreaterThan(0.98);
    expect(withLiterals / compiled).toBeGreaterThan(0.9);
  });

  it('refuses pipes and timeframes of the old aggregations, and says so', () => {
    const folder = join(DATA, 'sigma', 'unsupported');
    let refused = 0;
    for (const file of filesIn(folder, /\.yml$/)) {
      const text = readFileSync(join(folder, file), 'utf8');
      if (!/condition:.*\|/.test(text)) continue;
      const { problems } = parseSigma(text, file);
      expect(problems.map((problem) => problem.message).join('\n')).toMatch(
        /no longer part of Sigma/,
      );
      refused += 1;
    }
    expect(refused).toBeGreaterThan(30);
  });

  it('hits the events of the regression data', () => {
    const folder = join(DATA, 'sigma');
    const rows = readFileSync(join(folder, 'truth-regression.jsonl'), 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as RegressionRow)
      .filter((row) => row.json.length > 0 && existsSync(join(folder, row.rule_path)));
    const misses: string[] = [];
    for (const row of rows) {
      const [rule] = load(join(folder, row.rule_path)).documents;
      if (rule?.kind !== 'rule') throw new Error(`${row.rule_path} does not parse`);
      const { test, literals } = compileRule(rule, byName);
      let hits = 0;
      for (const file of row.json) {
        for (const value of jsonValues(readFileSync(join(folder, file), 'utf8'))) {
          const event = regressionEvent(value);
          const raw = Object.values(event.raw ?? {}).join(' ');
          if (!test(event, raw)) continue;
          hits += 1;
          const lower = raw.toLowerCase();
          if (literals !== undefined && !literals.some((literal) => lower.includes(literal))) {
            misses.push(`${row.rule_path}: hit without its literals`);
          }
        }
      }
      // Two recordings hold more events of the kind than their count says, so it is the least.
      const wanted = row.match_count ?? 1;
      if (hits < wanted) misses.push(`${row.rule_path}: ${hits} hits, not ${wanted}`);
    }
    expect(misses).toEqual([]);
    expect(rows.length).toBeGreaterThan(100);
  });
});

interface RegressionRow {
  rule_path: string;
  match_count: number | null;
  json: string[];
}

describe.runIf(isPresent)('the specification and pySigma', () => {
  const schema = join(DATA, 'sigma-specification/tests/schema');
  const peers = join(DATA, 'pysigma/tests/files');

  it.each([
    [schema, /^rules\/.*\.yml$/],
    [schema, /^(correlation|filter)\/.*\.yml$/],
    [peers, /^(rule|correlation_rule|filter)_valid\/.*\.yml$/],
    [peers, /^ruleset_nonduplicate\/.*\.yml$/],
  ])('accepts the valid files in %s %s', (folder, pattern) => {
    const files = filesIn(folder, pattern);
    expect(files.length).toBeGreaterThan(0);
    for (const file of files) {
      const { documents, filters, problems } = load(join(folder, file));
      expect(problems.map((problem) => `${file}: ${problem.message}`)).toEqual([]);
      expect(documents.length + filters.length).toBeGreaterThan(0);
    }
  });

  it.each([[peers, /^ruleset_with_errors\/.*\.yml$/, /unknown modifier "foobar"/]])(
    'reports what it cannot use in %s %s',
    (folder, pattern, message) => {
      const files = filesIn(folder, pattern);
      expect(files.length).toBeGreaterThan(0);
      for (const file of files) {
        const { problems } = load(join(folder, file));
        expect(problems.map((problem) => problem.message).join('\n')).toMatch(message);
      }
    },
  );
});
