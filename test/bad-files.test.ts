/** One bad rule, playbook or report template never stops a run: it is named with its file and place, the rest runs. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { loadRules } from '../src/detect/load-rules.ts';
import { IrError, problemLine } from '../src/errors.ts';
import type { Event } from '../src/events/event.ts';
import { renderTemplate } from '../src/reports/render-template.ts';
import { loadPlaybooks } from '../src/respond/load-playbooks.ts';
import { resolveField } from './detect/bundled-mappings.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ir-bad-rules-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const head = (title: string): string =>
  `title: ${title}\nlogsource: {product: linux}\nlevel: high\n`;
const DETECTION = 'detection:\n  a: {f: x}\n  condition: a\n';

function aliasBomb(): string {
  let text = 'a: &a [x,x,x,x,x,x,x,x,x]\n';
  for (let level = 1; level < 11; level += 1) {
    const [before, name] = [String.fromCharCode(96 + level), String.fromCharCode(97 + level)];
    text += `${name}: &${name} [${Array(9).fill(`*${before}`).join(',')}]\n`;
  }
  return text;
}

const BAD_PLAYBOOKS: readonly (readonly [string, string])[] = [
  ['aliases that multiply', `${aliasBomb()}id: bad\n`],
  ['lists nested a hundred thousand deep', `id: bad\nsteps: ${'['.repeat(100_000)}\n`],
  [
    'maps nested twenty thousand deep',
    `id: bad\nx: ${'{a: '.repeat(20_000)}${'}'.repeat(20_000)}\n`,
  ],
  ['a list of 125,000 values', `id: bad\nx:\n${'  - y\n'.repeat(125_000)}`],
  [
    'a condition of ten thousand brackets',
    `id: bad\nphases:\n  triage:\n    - when: "${'('.repeat(10_000)}a${')'.repeat(10_000)}"\n`,
  ],
];

it.each(BAD_PLAYBOOKS)('a playbook with %s', async (_, text) => {
  const playbooks = join(folder, 'ir', 'playbooks');
  mkdirSync(playbooks, { recursive: true });
  writeFileSync(join(playbooks, 'bad.yml'), text);
  const { playbooks: loaded, problems } = await loadPlaybooks({ XDG_CONFIG_HOME: folder });
  expect(loaded.length).toBeGreaterThan(3);
  expect(problems.length).toBeGreaterThan(0);
  for (const { source } of problems) expect(source.path).toMatch(/bad\.yml$/);
});

const BAD_TEMPLATES: readonly (readonly [string, string])[] = [
  ['conditions nested ten thousand deep', `${'{% if a %}'.repeat(9000)}`],
  [
    'loops nested a thousand deep',
    `${'{% for a in journal %}'.repeat(1000)}x${'{% endfor %}'.repeat(1000)}`,
  ],
  ['an open bracket', `{{ ${'a['.repeat(20_000)} }}`],
];

it.each(BAD_TEMPLATES)('a report template with %s', (_, text) => {
  let thrown: unknown;
  try {
    renderTemplate(text, 'bad.md', { journal: [1, 2] } as never);
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(IrError);
  expect((thrown as IrError).source?.path).toBe('bad.md');
});

const BAD: readonly (readonly [string, string])[] = [
  ['aliases that multiply', `${aliasBomb()}${head('bad')}${DETECTION}`],
  [
    'aliases that multiply inside a list of values',
    `${head('bad')}x: &x [a, b]\ny: &y [*x, *x, *x]\ndetection:\n  a: {f: [*y, *y]}\n  condition: a\n`,
  ],
  ['an alias of itself', `${head('bad')}detection: &d\n  a: *d\n  condition: a\n`],
  ['lists nested a hundred thousand deep', `${head('bad')}detection: ${'['.repeat(100_000)}\n`],
  [
    'maps nested twenty thousand deep',
    `${head('bad')}x: ${'{a: '.repeat(20_000)}${'}'.repeat(20_000)}\n${DETECTION}`,
  ],
  [
    'a condition of fifty thousand brackets',
    `${head('bad')}detection:\n  a: {f: x}\n  condition: ${'('.repeat(50_000)}a${')'.repeat(50_000)}\n`,
  ],
  [
    'an expression nested three thousand deep',
    `${head('bad')}detection:\n  a: {message|re: "${'(a|b'.repeat(3000)}${')'.repeat(3000)}"}\n  condition: a\n`,
  ],
  ['bytes that are no text', `${head('bad')}\0\u0001${DETECTION}`],
  ['a key that is a map', `${head('bad')}? {a: b}\n: c\n${DETECTION}`],
];

it.each(BAD)('%s', async (_, text) => {
  writeFileSync(join(folder, 'bad.yml'), text);
  writeFileSync(join(folder, 'good.yml'), `${head('good')}${DETECTION}`);
  const { ruleSet, problems: found } = await loadRules([folder], { resolve: resolveField });
  const problems = found.map(problemLine);
  const titles = ruleSet.rules.map(({ rule }) => rule.title);
  expect([titles.includes('good'), titles.includes('bad')]).toEqual([true, false]);
  expect(problems.length).toBeGreaterThan(0);
  for (const problem of problems) expect(problem).toMatch(/bad\.yml:\d+:\d+: ./);
});

it.each(['source.ip', 'message|contains'])(
  'a list of 125,000 indicators is a rule (%s)',
  async (field) => {
    const values = Array.from(
      { length: 125_000 },
      (_, index) => `10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`,
    );
    const indent = field === '' ? '' : '  ';
    const list = [...values, '203.0.113.7'].map((value) => `    ${indent}- ${value}\n`).join('');
    const key = field === '' ? '' : `    ${field}:\n`;
    writeFileSync(
      join(folder, 'list.yml'),
      `${head('list')}detection:\n  a:\n${key}${list}  condition: a\n`,
    );
    const { ruleSet, problems } = await loadRules([folder], { resolve: resolveField });
    expect(problems).toEqual([]);
    const test = (address: string): boolean | undefined => {
      const message = field.endsWith('startswith') ? `${address} came` : `from ${address} port 7`;
      const event: Event = {
        timeUs: 0,
        timeConfidence: 'exact',
        format: 'syslog',
        message,
        'source.ip': address,
      };
      return ruleSet.rules[0]?.test(event, message);
    };
    expect(['203.0.113.7', '10.1.232.71', '203.0.113.9'].map(test)).toEqual([true, true, false]);
  },
);
