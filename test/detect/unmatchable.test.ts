/** Rules that could not match: counted with the reason, and never one that can. */
import { expect, it } from 'vitest';
import { loadRules, ruleFolders } from '../../src/detect/load-rules.ts';
import { unmatchableRules } from '../../src/detect/unmatchable.ts';
import { FORMATS } from '../../src/logs/formats/list.ts';
import { compileRuleSet } from '../../src/sigma/compile-rule-set.ts';
import { parseSigma } from '../../src/sigma/parse-sigma.ts';
import { resolveField } from './bundled-mappings.ts';

const ANY_FILE = ['auditd', 'syslog', 'access', 'cloudtrail', 'json-lines'];

function reasons(logsource: string, detection: string, formats: readonly string[]): unknown[] {
  const { documents, problems } = parseSigma(
    `title: t\nlogsource: {${logsource}}\ndetection:\n  ${detection}\n`,
    'rule.yml',
  );
  expect(problems).toEqual([]);
  const { ruleSet } = compileRuleSet(documents, resolveField);
  return unmatchableRules(ruleSet, FORMATS, new Set(formats)).map(({ reason, what }) => [
    reason,
    what,
  ]);
}

const LINUX = 'product: linux, category: process_creation';

it.each([
  [
    'windows',
    'product: windows, category: process_creation',
    'a: {Image: x}\n  condition: a',
    ANY_FILE,
    [['log-source', 'product: windows, category: process_creation']],
  ],
  [
    'no audit log',
    LINUX,
    'a: {Image: x}\n  condition: a',
    ['syslog', 'access'],
    [['log-source', 'product: linux, category: process_creation']],
  ],
  ['an audit log', LINUX, 'a: {Image: x}\n  condition: a', ['auditd'], []],
  ['a parent', LINUX, 'a: {ParentImage: x, ParentCommandLine: y}\n  condition: a', ['auditd'], []],
  [
    'a field of another system',
    LINUX,
    'a: {Image: x, OriginalFileName: y}\n  condition: a',
    ['auditd'],
    [['field', 'OriginalFileName']],
  ],
  [
    'one of two fields',
    LINUX,
    'a:\n    - OriginalFileName: y\n    - Image: x\n  condition: a',
    ['auditd'],
    [],
  ],
  [
    'a field left out',
    LINUX,
    'a: {Image: x}\n  b: {OriginalFileName: y}\n  condition: a and not b',
    ['auditd'],
    [],
  ],
  [
    'a field that must not be there',
    LINUX,
    'a: {OriginalFileName: null}\n  condition: a',
    ['auditd'],
    [],
  ],
  [
    'names of the audit log',
    'product: linux, service: auditd',
    'a: {type: EXECVE, a0: x, SYSCALL: y, anything: z}\n  condition: a',
    ['auditd'],
    [],
  ],
  [
    'a field of requests',
    'category: webserver',
    'a: {cs-uri-query: x, sc-status: 200}\n  condition: a',
    ['access'],
    [],
  ],
  [
    'a field that no access log has',
    'category: webserver',
    'a: {dns.question.name: x}\n  condition: a',
    ['access'],
    [['field', 'dns.question.name']],
  ],
  [
    'a field that a log of its log source has, and is there',
    'category: webserver',
    'a: {dns.question.name: x}\n  condition: a',
    ['access', 'json-lines'],
    [],
  ],
  ['words', 'product: linux, service: sshd', 'a: [x, y]\n  condition: a', ['syslog'], []],
  [
    'words, and no syslog',
    'product: linux, service: sshd',
    'a: [x, y]\n  condition: a',
    ['access'],
    [['log-source', 'product: linux, service: sshd']],
  ],
  [
    'all of, with one that cannot',
    LINUX,
    'a: {Image: x}\n  b: {Hashes: y}\n  condition: all of them',
    ['auditd'],
    [['field', 'Hashes']],
  ],
] as const)('%s', (_, logsource, detection, formats, expected) => {
  expect(reasons(logsource, detection, formats)).toEqual(expected);
});

it('names a correlation when all that it refers to could not', () => {
  const text = `title: base\nname: base\nlogsource: {product: windows}\ndetection:\n  a: {f: x}\n  condition: a\n---\ntitle: many\ncorrelation:\n  type: event_count\n  rules: [base]\n  group-by: [f]\n  timespan: 1m\n  condition: {gte: 3}\n`;
  const { ruleSet } = compileRuleSet(parseSigma(text, 'rules.yml').documents, resolveField);
  expect(
    unmatchableRules(ruleSet, FORMATS, new Set(['syslog'])).map(({ title, reason }) => [
      title,
      reason,
    ]),
  ).toEqual([
    ['base', 'log-source'],
    ['many', 'rules'],
  ]);
});

it('names none of the bundled rules where every log source is there', async () => {
  const { ruleSet } = await loadRules(ruleFolders({}), { resolve: resolveField });
  const every = [
    'auditd',
    'journald',
    'syslog',
    'access',
    'nginx-error',
    'apache-error',
    'cloudtrail',
    'django',
    'python',
    'json-lines',
    'windows-event',
    'okta',
    'fortinet',
    'kubernetes-audit',
    'bind',
    'endlessh',
    'osquery',
    'aws-waf',
  ];
  expect(ruleSet.rules.length).toBeGreaterThan(100);
  expect(unmatchableRules(ruleSet, FORMATS, new Set(every))).toEqual([]);
});
