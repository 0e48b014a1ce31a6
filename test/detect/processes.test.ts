/** Rules on the parent of a process: the audit log tells of it in another event, maybe in another piece or file. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { analyse } from '../../src/detect/analyse.ts';
import { streamEvents } from '../../src/detect/event-stream.ts';
import type { Finding } from '../../src/detect/finding.ts';
import type { AnalyseOptions } from '../../src/detect/session.ts';
import { compileRuleSet } from '../../src/sigma/compile-rule-set.ts';
import { parseSigma } from '../../src/sigma/parse-sigma.ts';
import { mappings, resolveField } from './bundled-mappings.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ir-processes-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const OPTIONS: AnalyseOptions = {
  cwd: tmpdir(),
  zone: 'UTC',
  env: {},
  filter: { sinceUs: -Infinity, untilUs: Infinity, entities: [], grep: undefined },
  level: 'informational',
  ruleNames: [],
  ruleFolders: [],
  referenceMs: undefined,
  workers: 0,
  stdin: Readable.from([]),
};

const RULES = [
  'ParentImage|endswith: /apache2\n    Image|endswith: /dash',
  'ParentCommandLine|contains: "-c evil"',
  'process.parent.executable: /usr/sbin/apache2',
].map(
  (detection, index) => `title: "rule ${index}"
id: 00000000-0000-4000-8000-00000000000${index}
level: high
logsource: {product: linux, category: process_creation}
detection:
  a:
    ${detection}
  condition: a
`,
);

let serial = 100;
const stamp = (): string => {
  serial += 1;
  return `audit(1718000200.${String(serial % 1000).padStart(3, '0')}:${serial})`;
};

/** The records of a system call. */
function call(
  pid: number,
  ppid: number,
  exe: string,
  {
    args,
    name = 'execve',
    exit = 0,
    success = 'yes',
    node = '',
  }: {
    args?: readonly string[];
    name?: 'execve' | 'openat' | 'clone';
    exit?: number;
    success?: string;
    node?: string;
  } = {},
): string {
  const id = stamp();
  const number = { execve: 59, openat: 257, clone: 56 }[name];
  const lines = [
    `type=SYSCALL msg=${id}: arch=c000003e syscall=${number} success=${success} exit=${exit} a0=1 a1=2 a2=0 a3=0 items=0 ppid=${ppid} pid=${pid} auid=1000 uid=33 gid=33 euid=33 tty=(none) ses=1 comm="x" exe="${exe}" key=(null)`,
  ];
  if (args !== undefined) {
    const list = args.map((arg, index) => `a${index}="${arg}"`).join(' ');
    lines.push(`type=EXECVE msg=${id}: argc=${args.length} ${list}`);
  }
  lines.push(`type=EOE msg=${id}: `);
  return lines.map((line) => `${node}${line}\n`).join('');
}

/** The findings of the rules above. */
async function findingsOf(files: Readonly<Record<string, string>>): Promise<readonly Finding[]> {
  const own = mkdtempSync(join(folder, 'run-'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(own, name), text);
  const { documents } = parseSigma(RULES.join('---\n'), 'rules.yml');
  const { ruleSet, problems } = compileRuleSet(documents, resolveField);
  expect(problems).toEqual([]);
  const { findings } = await analyse([own], OPTIONS, {
    documents,
    mappings,
    ruleSet,
    problems: [],
  });
  return findings;
}

/** Titles of the rules that hit, and how often. */
async function hits(files: Readonly<Record<string, string>>): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { rule, count } of await findingsOf(files)) {
    counts[rule.title] = (counts[rule.title] ?? 0) + count;
  }
  return counts;
}

const APACHE = call(500, 1, '/usr/sbin/apache2', { args: ['/usr/sbin/apache2', '-k', 'start'] });
const SHELL = call(900, 500, '/usr/bin/dash', { args: ['sh', '-c', 'evil'] });
const BOTH = { 'rule 0': 1, 'rule 2': 1 };

it.each([
  ['a parent that was started', APACHE + SHELL, BOTH],
  ['a parent seen at work', call(500, 1, '/usr/sbin/apache2', { name: 'openat' }) + SHELL, BOTH],
  [
    'a child that runs its parent’s program',
    APACHE +
      call(500, 1, '/usr/sbin/apache2', { name: 'clone', exit: 600 }) +
      call(900, 600, '/usr/bin/dash', { args: ['sh'] }),
    BOTH,
  ],
  [
    'a command line of a parent',
    SHELL + call(901, 900, '/usr/bin/id', { args: ['id'] }),
    { 'rule 1': 1 },
  ],
  ['no parent that is known', SHELL, {}],
  [
    'a parent that failed to start',
    call(500, 1, '/bin/sh', { args: ['apache2'], success: 'no' }) + SHELL,
    {},
  ],
  [
    'a number that another program has by now',
    APACHE + call(500, 1, '/usr/bin/vim', { args: ['vim'] }) + SHELL,
    {},
  ],
  [
    'the same number on another machine',
    call(500, 1, '/usr/sbin/apache2', { args: ['apache2'], node: 'node=a ' }) +
      call(900, 500, '/usr/bin/dash', { args: ['sh'], node: 'node=b ' }),
    {},
  ],
] as const)('%s', async (_, text, expected) => {
  expect(await hits({ 'audit.log': text })).toEqual(expected);
});

it('a parent in the file that was rotated away', async () => {
  expect(await hits({ 'audit.log.1': APACHE, 'audit.log': SHELL })).toEqual(BOTH);
});

/** More than one piece, the parent in the first one, and two children of it at the end. */
function acrossPieces(): string {
  const short = call(7, 1, '/usr/bin/cat', { name: 'openat' });
  const noise = short.replace('comm="x"', `comm="${'x'.repeat(20_000)}"`);
  const before = noise.repeat(Math.floor((4 * 1024 * 1024 - 300_000) / noise.length));
  const after = noise.repeat(Math.floor(500_000 / noise.length));
  return before + APACHE + after + SHELL + call(902, 900, '/usr/bin/id', { args: ['id'] });
}

it('a parent in the piece before', async () => {
  expect(await hits({ 'audit.log': acrossPieces() })).toEqual({ ...BOTH, 'rule 1': 1 });
});

const PARENT = {
  pid: 500,
  name: 'apache2',
  executable: '/usr/sbin/apache2',
  command_line: '/usr/sbin/apache2 -k start',
};

it.each([
  ['in the same file', () => ({ 'audit.log': APACHE + SHELL })],
  ['in the file that was rotated away', () => ({ 'audit.log.1': APACHE, 'audit.log': SHELL })],
  ['in the piece before', () => ({ 'audit.log': acrossPieces() })],
] as const)('a finding shows the parent that its rule saw, %s', async (_, files) => {
  const found = (await findingsOf(files())).filter(({ rule }) => rule.title === 'rule 2');
  expect(found.map(({ event }) => event)).toMatchObject([{ process: { parent: PARENT } }]);
});

it('every event has the parent that rules see, the records of others between its own', async () => {
  const [first = '', ...rest] = SHELL.split('\n');
  const [other = '', ...others] = call(903, 500, '/usr/bin/id', { args: ['id'] }).split('\n');
  const mixed = [first, other, ...rest.filter(Boolean), ...others.filter(Boolean), ''].join('\n');
  const own = mkdtempSync(join(folder, 'run-'));
  writeFileSync(join(own, 'audit.log'), APACHE + mixed + acrossPieces());
  const { events } = await streamEvents([own], OPTIONS);
  const parents: Record<string, number> = {};
  for await (const { event } of events) {
    const { 'process.executable': program, 'process.parent.executable': parent } = event;
    if (parent === undefined) continue;
    parents[`${program} of ${parent}`] = (parents[`${program} of ${parent}`] ?? 0) + 1;
  }
  expect(parents).toEqual({
    '/usr/bin/dash of /usr/sbin/apache2': 2,
    '/usr/bin/id of /usr/sbin/apache2': 1,
    '/usr/bin/id of /usr/bin/dash': 1,
  });
});
