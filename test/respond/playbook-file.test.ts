import { describe, expect, it } from 'vitest';
import { readPlaybook } from '../../src/respond/playbook-file.ts';
import { playbookText, stepText } from './sample-playbook.ts';

const read = (text: string) => readPlaybook(text, 'sample.yml', 'user');

/** Line, column and a part of the message of every problem. */
async function problemsIn(
  text: string,
): Promise<[number | undefined, number | undefined, string][]> {
  const { problems } = await read(text);
  return problems.map(({ message, source }) => [source.line, source.column, message]);
}

it('reads a valid playbook', async () => {
  const command =
    'command: { risk: change, needs_root: true, blast_radius: All., run: [echo, "{{ who }}"], verify: { run: [id], expect: You. }, undo: [echo] }';
  const text = playbookText(
    stepText('block', `due: PT1H30M, when: severity == SEV1, ${command}`),
    '{ name: who, type: user, description: Somebody }',
  );
  const { playbook, problems } = await read(text);
  expect(problems).toEqual([]);
  expect(playbook?.steps.map((step) => step.id)).toEqual([
    'look',
    'block',
    'clean',
    'restore',
    'learn',
  ]);
  expect(playbook?.steps[1]).toMatchObject({
    phase: 'containment',
    required: true,
    dueMs: 5_400_000,
    command: {
      risk: 'change',
      needsRoot: true,
      run: ['echo', '{{ who }}'],
      timeoutMs: 60_000,
      okExitCodes: [0],
    },
  });
});

it.each([
  [stepText('a', 'requird: true'), 'Did you mean "required"?'],
  [stepText('a', 'command: { rsik: read, run: [id] }'), 'Did you mean "risk"?'],
  [stepText('a', 'colour: red'), 'Remove it or correct its spelling; keys are never ignored.'],
])('a slip in a key of %s is answered with what was meant', async (step, hint) => {
  const { problems } = await read(playbookText(step));
  expect(problems.find(({ message }) => message.startsWith('unknown key'))?.hint).toBe(hint);
});

const containment = 9;

describe('problems with their places', () => {
  const change = 'risk: change, blast_radius: All., verify: { run: [id], expect: X }, undo: [id]';
  it.each<[string, string, number, string, string]>([
    ['unknown key', stepText('a', 'colour: red'), containment, 'colour', 'unknown key "colour"'],
    [
      'prototype key',
      stepText('a', '__proto__: { x: 1 }'),
      containment,
      '__proto__',
      'unknown key "__proto__"',
    ],
    [
      'missing key',
      '    - { id: a, title: T, why: W }',
      containment,
      '{ id: a',
      'missing key "instructions"',
    ],
    ['wrong type', stepText('a', 'required: maybe'), containment, 'maybe', 'must be true or false'],
    [
      'unknown word',
      stepText('a', 'owner: king'),
      containment,
      'king',
      'must be one of: incident_commander',
    ],
    ['bad id', stepText('A_b'), containment, 'A_b', 'small letters'],
    ['bad duration', stepText('a', 'due: 15 minutes'), containment, '15 minutes', 'ISO 8601'],
    ['bad condition', stepText('a', 'when: severity == SEV7'), containment, 'SEV7', 'never "SEV7"'],
    ['repeated id', `${stepText('a')}\n${stepText('a')}`, containment + 1, 'a,', 'exists twice'],
    ['id of another phase', stepText('look'), containment, 'look', 'exists twice'],
    [
      'unknown dependency',
      stepText('a', 'depends_on: [b]'),
      containment,
      '{ id: a',
      'does not exist',
    ],
    [
      'later dependency',
      `${stepText('a', 'depends_on: [b]')}\n${stepText('b')}`,
      containment,
      '{ id: a',
      'comes later',
    ],
    ['own dependency', stepText('a', 'depends_on: [a]'), containment, '{ id: a', 'itself'],
    [
      'later step in when',
      stepText('a', 'when: done(clean)'),
      containment,
      '{ id: a',
      'comes later',
    ],
    [
      'undeclared variable',
      stepText('a', 'command: { risk: read, run: [echo, "{{ x }}"] }'),
      containment,
      '"{{ x',
      'not declared',
    ],
    ['undeclared in when', stepText('a', 'when: var.x'), containment, '{ id: a', 'not declared'],
    [
      'shell',
      stepText('a', 'command: { risk: read, run: [bash, -c, id] }'),
      containment,
      '[bash',
      'a shell is started',
    ],
    [
      'shell behind sudo',
      stepText('a', 'command: { risk: read, run: [sudo, sh, -c, id] }'),
      containment,
      '[sudo',
      'a shell is started',
    ],
    [
      'broken placeholder',
      stepText('a', 'command: { risk: read, run: [echo, "{{ a b }}"] }'),
      containment,
      '"{{ a b',
      'not written {{ name }}',
    ],
    [
      'no program',
      stepText('a', 'command: { risk: read, run: [""] }'),
      containment,
      '[""]',
      'names the program',
    ],
    [
      'change without verify',
      stepText('a', 'command: { risk: change, blast_radius: All., undo: [id], run: [id] }'),
      containment,
      '{ risk',
      'no verify',
    ],
    [
      'change without undo',
      stepText(
        'a',
        'command: { risk: change, blast_radius: All., verify: { run: [id], expect: X }, run: [id] }',
      ),
      containment,
      '{ risk',
      'no undo',
    ],
    [
      'change without blast radius',
      stepText(
        'a',
        'command: { risk: change, verify: { run: [id], expect: X }, undo: [id], run: [id] }',
      ),
      containment,
      '{ risk',
      'no blast_radius',
    ],
    [
      'only optional steps',
      stepText('a', 'required: false'),
      containment,
      '- { id',
      'no required step',
    ],
    [
      'property of a user',
      stepText('a', `command: { ${change}, run: [echo, "{{ who.family }}"] }`),
      containment,
      '"{{ who.family',
      'has no properties',
    ],
  ])('%s', async (_name, steps, line, at, message) => {
    const text = playbookText(steps, '{ name: who, type: user, description: Somebody }');
    const { playbook, problems } = await read(text);
    expect(playbook).toBeUndefined();
    expect(problems).toHaveLength(1);
    const { message: found, source } = problems[0]!;
    expect(found).toContain(message);
    expect([source.line, source.text?.slice((source.column ?? 0) - 1).startsWith(at)]).toEqual([
      line,
      true,
    ]);
  });

  it.each([
    [
      'not RE2',
      '{ name: x, type: text, description: X, pattern: "(?=a)" }',
      'not an RE2 expression',
    ],
    [
      'default that does not fit',
      '{ name: x, type: ip, description: X, default: here }',
      'default: x must be an IPv4',
    ],
    ['choice without choices', '{ name: x, type: choice, description: X }', 'belong together'],
    [
      'declared twice',
      '{ name: x, type: ip, description: X }, { name: x, type: ip, description: X }',
      'declared twice',
    ],
  ])('variable: %s', async (_name, variables, message) => {
    const found = await problemsIn(playbookText(stepText('a'), variables));
    expect(found).toEqual([[4, expect.any(Number), expect.stringContaining(message)]]);
  });

  it('looks at conditions also when the shape is wrong', async () => {
    const found = await problemsIn(
      playbookText(stepText('a', 'colour: red, when: severity == SEV9')).replace(
        'title: Sample',
        'title: ""',
      ),
    );
    expect(found.map(([line, , message]) => [line, message.split(' ')[0]])).toEqual([
      [2, 'title'],
      [9, 'unknown'],
      [9, 'when:'],
    ]);
  });

  it('collects every problem of a file, in its order', async () => {
    const steps = [
      stepText('a', 'depends_on: [x]'),
      stepText('b', 'when: nothing'),
      stepText('a'),
    ].join('\n');
    const found = await problemsIn(playbookText(steps));
    expect(found.map(([line]) => line)).toEqual([9, 10, 11]);
  });

  it.each([
    ['a: [1', 'not valid YAML'],
    ['a: 1\na: 2', 'not valid YAML'],
    ['', 'the file'],
    ['- 1', 'the file'],
    [`a: &a [x, x]\nb: &b [${'*a,'.repeat(30)}]\nc: [${'*b,'.repeat(30)}]`, 'aliases'],
    ['x'.repeat(1_000_001), 'larger than a million'],
  ])('survives %#', async (text, message) => {
    const { playbook, problems } = await read(text);
    expect(playbook).toBeUndefined();
    expect(problems[0]?.message).toContain(message);
  });
});
