/**
 * Every corner of the specification as a row of data: what hits, what does not, what is refused. docs/sigma.md shows the rows;
 * `WRITE_DOCS=1` writes them there.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import type { Event } from '../../src/events/event.ts';
import { applyFilters } from '../../src/sigma/apply-filters.ts';
import { compileRule } from '../../src/sigma/compile-rule.ts';
import { parseSigma } from '../../src/sigma/parse-sigma.ts';
import { resolveField } from '../detect/bundled-mappings.ts';

interface Case {
  says: string;
  rule?: Record<string, unknown>;
  document?: string;
  filter?: string;
  hits?: (string | Record<string, unknown>)[];
  misses?: (string | Record<string, unknown>)[];
  refused?: string;
}

const parts = parse(readFileSync(join(import.meta.dirname, 'conformance.yml'), 'utf8')) as {
  part: string;
  cases: Case[];
}[];

const PLACEHOLDERS = { admins: ['root', 'adm_*'], hosts: ['web'] };

function load({ rule, document, filter }: Case) {
  const text =
    document ??
    stringify(
      { title: 'Test', logsource: { product: 'linux' }, detection: rule },
      { lineWidth: 0 },
    );
  const parsed = parseSigma(text + (filter ?? ''), 'test.yml', PLACEHOLDERS);
  const { documents, problems } = applyFilters(parsed.documents, parsed.filters);
  return { documents, problems: [...parsed.problems, ...problems] };
}

function test(row: Case, given: string | Record<string, unknown>): boolean {
  const { documents, problems } = load(row);
  expect(problems.map(({ message }) => message)).toEqual([]);
  const [rule] = documents;
  if (rule?.kind !== 'rule') throw new Error('no rule');
  const raw = typeof given === 'string' ? {} : given;
  const event: Event = { timeUs: undefined, timeConfidence: 'none', format: 'test', raw };
  const line = typeof given === 'string' ? given : JSON.stringify(given);
  const compiled = compileRule(rule, resolveField);
  const isHit = compiled.test(event, line);
  if (isHit && compiled.literals !== undefined && typeof given === 'string')
    expect(compiled.literals.some((literal) => line.toLowerCase().includes(literal))).toBe(true);
  return isHit;
}

describe.each(parts)('$part', ({ cases }) => {
  it.each(cases)('$says', (row) => {
    const { hits = [], misses = [], refused } = row;
    expect(refused === undefined ? Math.min(hits.length, misses.length) : 1).toBeGreaterThan(0);
    if (refused !== undefined)
      expect(
        load(row)
          .problems.map(({ message }) => message)
          .join('\n'),
      ).toContain(refused);
    for (const each of hits) expect([each, test(row, each)]).toEqual([each, true]);
    for (const each of misses) expect([each, test(row, each)]).toEqual([each, false]);
  });
});

describe('docs/sigma.md', () => {
  it('has the table of these rows', () => {
    const path = resolve(import.meta.dirname, '../../docs/sigma.md');
    const text = readFileSync(path, 'utf8');
    const cell = (words: string): string => words.replaceAll('|', '\\|');
    const rows = parts.flatMap(({ part, cases }) =>
      cases.map(
        ({ says, refused }, index) =>
          `| ${index === 0 ? part : ''} | ${cell(says)} | ${refused === undefined ? 'yes' : 'refused'} |`,
      ),
    );
    const table = `| Part | What | Here |\n|---|---|---|\n${rows.join('\n')}\n`;
    const [before, after] = ['<!-- conformance -->\n', '<!-- /conformance -->'];
    const start = text.indexOf(before) + before.length;
    const written = text.slice(0, start) + table + text.slice(text.indexOf(after));
    if (process.env['WRITE_DOCS'] !== undefined) writeFileSync(path, written);
    expect(readFileSync(path, 'utf8')).toBe(written);
  });
});
