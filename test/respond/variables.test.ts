import { describe, expect, it } from 'vitest';
import type { Finding } from '../../src/detect/finding.ts';
import { settledVariables } from '../../src/incidents/kinds/note-kinds.ts';
import { quoteArgv } from '../../src/processes/quote.ts';
import type { Variable, VariableType } from '../../src/respond/playbook.ts';
import { renderArgv, renderText } from '../../src/respond/render-argv.ts';
import { candidatesFor } from '../../src/respond/variable-values.ts';
import { readVariableFlags, variableProblem } from '../../src/respond/variables.ts';

const variable = (type: VariableType, more: Partial<Variable> = {}): Variable => ({
  name: 'x',
  description: 'X',
  type,
  from: undefined,
  default: undefined,
  pattern: undefined,
  choices: [],
  ...more,
});

describe('variableProblem', () => {
  it.each<[VariableType, readonly string[], readonly string[]]>([
    [
      'ip',
      ['192.0.2.1', '2001:db8::1'],
      [
        '192.0.2',
        '192.0.2.1/24',
        'fe80::1%eth0',
        '192.0.2.1 }; flush',
        '-1',
        '',
        ' 192.0.2.1',
        '192.0.2.1\n',
      ],
    ],
    [
      'cidr',
      ['192.0.2.0/24', '2001:db8::/32'],
      ['192.0.2.0', '192.0.2.0/33', '192.0.2.0/-1', 'x/24', '2001:db8::/129'],
    ],
    [
      'user',
      ['deploy', '_apt', 'a.b-c'],
      ['Root', '-rf', '--help', 'a b', '1abc', 'a'.repeat(33), 'a:b', '$(id)'],
    ],
    ['host', ['web01.example.com', '192.0.2.1'], ['-web', 'web_', 'a b', 'a;b']],
    [
      'path',
      ['/var/log/auth.log', '/a b/ü'],
      ['auth.log', '/', '/var/../etc/shadow', '-C/tmp', '/a\u0000b', '/a\u001b[2J'],
    ],
    ['pid', ['2', '4194304'], ['1', '0', '-1', '02', '4194305', '12 13']],
    ['port', ['22', '65535'], ['0', '65536', '-22', '022', '22,80']],
    ['unit', ['nginx.service', 'getty@tty1.service'], ['-a', 'a b', 'a;b', '../x']],
    ['interface', ['eth0', 'br-lan.10'], ['-i', 'eth0"', 'averyveryverylongname']],
    ['number', ['0', '50'], ['-1', '1.5', '1e3', '']],
    [
      'time',
      ['2026-03-01', '2026-03-01 22:15', '2026-03-01 22:15:00 UTC'],
      ['yesterday', '-1', '2026-03-01T22:15:00Z', "2026-03-01' -exec"],
    ],
    [
      'text',
      ['/uploads/x.php', 'a b'],
      ['-rf', '--checkpoint-action=exec', '\u202e', 'a'.repeat(1001)],
    ],
  ])('%s', async (type, good, bad) => {
    for (const value of good)
      expect([value, await variableProblem(variable(type), value)]).toEqual([value, undefined]);
    for (const value of bad)
      expect([value, await variableProblem(variable(type), value)]).toEqual([
        value,
        expect.any(String),
      ]);
  });

  it('matches the whole value against the pattern, in linear time', async () => {
    const keys = variable('text', { pattern: 'A[A-Z0-9]{3}' });
    expect(await variableProblem(keys, 'AB12')).toBeUndefined();
    expect(await variableProblem(keys, 'AB123')).toBeDefined();
    const evil = variable('text', { pattern: '(a+)+b' });
    const started = Date.now();
    expect(await variableProblem(evil, 'a'.repeat(1000))).toBeDefined();
    expect(Date.now() - started).toBeLessThan(1000);
  });
});

const finding = (count: number, entities: Finding['entities'], firstUs?: number): Finding =>
  ({ count, entities, firstUs, level: 'high', rule: { techniques: [] } }) as unknown as Finding;

it('proposes valid values of findings, most hits first', async () => {
  const findings = [
    finding(3, { 'source.ip': ['192.0.2.1', '192.0.2.9'] }),
    finding(40, { 'source.ip': ['198.51.100.7', 'not an address'] }),
    finding(2, { 'source.ip': ['192.0.2.9'] }),
    finding(2, JSON.parse('{"__proto__": ["192.0.2.66"]}') as Finding['entities']),
  ];
  expect(await candidatesFor(variable('ip', { from: 'source.ip' }), findings)).toEqual([
    '198.51.100.7',
    '192.0.2.9',
    '192.0.2.1',
  ]);
  expect(await candidatesFor(variable('ip', { from: 'user.name' }), findings)).toEqual([]);
});

it('proposes the time of the first finding', async () => {
  const at = Date.parse('2026-03-01T22:15:07.9Z') * 1000;
  const proposed = await candidatesFor(variable('time', { from: 'finding.first_seen' }), [
    finding(1, {}, at + 5e6),
    finding(1, {}),
    finding(1, {}, at),
  ]);
  expect(proposed).toEqual(['2026-03-01 22:15:07 UTC']);
});

it('takes the latest value of a name, from notes that were not withdrawn', () => {
  const note = (variables: unknown, withdrawn?: object) => ({ variables, withdrawn });
  const notes = [
    note({ a: '1', b: '2' }),
    note(undefined),
    note({ a: '3', c: 4 }),
    note({ b: '9' }, { seq: 7 }),
  ];
  expect(settledVariables(notes as never)).toEqual({ a: '3', b: '2' });
});

it.each([
  ['x', 'is not NAME=VALUE'],
  ['=1', 'is not NAME=VALUE'],
  ['y=1', 'unknown variable "y"'],
  ['__proto__=1', 'unknown variable "__proto__"'],
  ['x=here', 'must be an IPv4'],
])('refuses --var %s', async (flag, message) => {
  await expect(readVariableFlags([flag], [variable('ip')])).rejects.toMatchObject({
    exit: 2,
    message: expect.stringContaining(message),
  });
});

describe('rendering', () => {
  const values = { ip: '2001:db8::1', evil: "{{ ip }} '; reboot" };
  it('fills each element without splitting it or filling it twice', () => {
    expect(renderArgv(['a', '{{ evil }}', 'b_{{ip.family}}', '{{ip}}-{{ ip }}'], values)).toEqual([
      'a',
      "{{ ip }} '; reboot",
      'b_ip6',
      '2001:db8::1-2001:db8::1',
    ]);
  });
  it('refuses without a value, for properties of objects too', () => {
    expect(() => renderArgv(['{{ absent.family }}'], values)).toThrow('absent');
    expect(() => renderArgv(['{{ toString }}'], values)).toThrow('toString');
    expect(renderText('block {{ absent }}', values)).toBe('block <absent>');
  });
  it.each([
    [['nft', 'list', 'a-b=c/d'], 'nft list a-b=c/d'],
    [['a', '', "it's", '$x', 'a b'], "a '' 'it'\\''s' '$x' 'a b'"],
  ])('quotes %j for reading', (argv, text) => {
    expect(quoteArgv(argv)).toBe(text);
  });
});
