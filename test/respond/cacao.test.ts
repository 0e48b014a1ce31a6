/** CACAO 2.0: every playbook goes out valid by the schemas of OASIS and comes back as it was; foreign ones come in. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Ajv } from 'ajv';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { fromCacaoCondition, toCacaoCondition } from '../../src/respond/cacao/cacao-condition.ts';
import type { Json } from '../../src/respond/cacao/cacao-document.ts';
import { fromCacao } from '../../src/respond/cacao/from-cacao.ts';
import { toCacao } from '../../src/respond/cacao/to-cacao.ts';
import { parseCondition } from '../../src/respond/parse-condition.ts';
import { readPlaybook } from '../../src/respond/playbook-file.ts';
import { bundledFolder } from '../../src/respond/templates-folder.ts';

const schemas = resolve(import.meta.dirname, '../../../shared/reference/schemas/cacao/schemas');
const hasSchemas = existsSync(schemas);
if (!hasSchemas) process.stdout.write('skipped: the schemas of CACAO are not in ../shared\n');
const at = new Date('2026-03-01T12:00:00Z');
const files = readdirSync(bundledFolder('playbooks')).filter((name) => name.endsWith('.yml'));

async function rawOf(name: string) {
  const { raw, problems } = await readPlaybook(
    readFileSync(join(bundledFolder('playbooks'), name), 'utf8'),
    name,
    'bundled',
  );
  if (raw === undefined) throw new Error(`${name}: ${problems[0]?.message}`);
  return raw;
}

type Complain = (document: Json) => string;

/**
 * The schemas name draft-07, which knows no `unevaluatedProperties`; taken at their word they allow unknown keys. Read as they were
 * meant, by the rules of 2019, a command may have no `command`: all but its base is closed then, and each command is held to its own schema.
 */
function createValidators(): { asNamed: Complain; asMeant: Complain } | undefined {
  if (!hasSchemas) return undefined;
  const texts = readdirSync(schemas, { recursive: true })
    .map(String)
    .filter((path) => path.endsWith('.json'))
    .map((path) => ({ path, text: readFileSync(join(schemas, path), 'utf8') }));
  const options = { strict: false, allErrors: true };
  const named = new Ajv(options);
  const meant = new Ajv2019(options);
  const meta = resolve(
    import.meta.dirname,
    '../../node_modules/ajv/dist/refs/json-schema-draft-07.json',
  );
  meant.addMetaSchema(JSON.parse(readFileSync(meta, 'utf8')) as Json);
  const ids = new Map<string, string>();
  for (const { path, text } of texts) {
    const schema = JSON.parse(text) as Json;
    ids.set(path, String(schema['$id']));
    named.addSchema(structuredClone(schema));
    if (path === 'commands/command-data.json') delete schema['unevaluatedProperties'];
    meant.addSchema(schema);
  }
  const complainBy = (ajv: Ajv | Ajv2019, path: string, document: unknown): string => {
    const validate = ajv.getSchema(ids.get(path) ?? '');
    if (validate === undefined) throw new Error(`no schema ${path}`);
    return validate(document) === true ? '' : ajv.errorsText(validate.errors);
  };
  return {
    asNamed: (document) => complainBy(named, 'playbook.json', document),
    asMeant: (document) => {
      const steps = Object.values(document['workflow'] as Json) as Json[];
      const commands = steps.flatMap(({ commands: all }) => (all ?? []) as Json[]);
      return [
        complainBy(meant, 'playbook.json', document),
        ...commands.map((command) =>
          complainBy(meant, `commands/${String(command['type'])}.json`, command),
        ),
      ].join('');
    },
  };
}

const validators = createValidators();

it('has playbooks to exchange', () => expect(files.length).toBeGreaterThan(10));

describe.each(files)('%s', (name) => {
  it('goes out and comes back without loss', async () => {
    const raw = await rawOf(name);
    const document = JSON.parse(JSON.stringify(toCacao(raw, at))) as unknown;
    const { id, data, remarks } = fromCacao(document);
    expect(remarks).toEqual([]);
    const again = await readPlaybook(stringify(data), `${id}.yml`, 'user');
    expect(again.problems).toEqual([]);
    expect(again.raw).toEqual(raw);
  });

  it.skipIf(!hasSchemas)('is valid CACAO 2.0', async () => {
    const document = toCacao(await rawOf(name), at);
    expect(validators?.asNamed(document)).toBe('');
    expect(validators?.asMeant(document)).toBe('');
  });
});

it.skipIf(!hasSchemas)('and the schemas do refuse what is wrong', async () => {
  const document = toCacao(await rawOf('ddos.yml'), at);
  expect(validators?.asNamed({ ...document, workflow_start: 'begin' })).toContain('workflow_start');
  expect(validators?.asMeant({ ...document, colour: 'red' })).toContain('unevaluated');
});

describe('a playbook that was changed elsewhere', () => {
  it('keeps the new text, and says so', async () => {
    const document = toCacao(await rawOf('ddos.yml'), at);
    const [id, step] = Object.entries(document['workflow'] as Json).find(([key]) =>
      key.startsWith('action--'),
    )!;
    (document['workflow'] as Json)[id] = { ...(step as Json), name: 'Call them' };
    const { data, remarks } = fromCacao(document);
    expect(remarks).toEqual([
      'the title of "call-upstream" was changed elsewhere, and is taken as it is now',
    ]);
    expect(JSON.stringify(data)).toContain('Call them');
  });
});

const uuid = (number: number): string =>
  `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
const id = (kind: string, number: number): string => `${kind}--${uuid(number)}`;

/** A playbook as other programs write them: a question, two ways, commands of several kinds. */
function foreign(more: Json = {}, steps: Json = {}): Json {
  return {
    type: 'playbook',
    spec_version: 'cacao-2.0',
    id: id('playbook', 1),
    name: 'Isolate a host!',
    description: 'What to do.',
    playbook_types: ['mitigation'],
    created_by: id('identity', 2),
    created: '2026-01-01T00:00:00.000Z',
    modified: '2026-01-01T00:00:00.000Z',
    playbook_variables: {
      __is_server__: {
        type: 'string',
        description: 'Is it a server?',
        value: 'maybe',
        constant: false,
      },
      __hosts__: { type: 'list', description: 'Hosts' },
    },
    external_references: [{ name: 'Source', url: 'https://example.com/a' }, { name: 'Book' }],
    agent_definitions: { [id('group', 3)]: { type: 'group', name: 'Network team' } },
    workflow_start: id('start', 4),
    workflow: {
      [id('start', 4)]: { type: 'start', on_completion: id('if-condition', 5) },
      [id('if-condition', 5)]: {
        ...{ type: 'if-condition', name: 'Server?', condition: "__is_server__:value == 'yes'" },
        ...{ on_true: id('action', 6), on_false: id('action', 7), on_completion: id('action', 8) },
      },
      [id('action', 6)]: {
        ...{
          type: 'action',
          name: 'Move the service',
          agent: id('group', 3),
          on_completion: id('end', 9),
        },
        commands: [{ type: 'manual', command: 'Ask the owner.' }],
      },
      [id('action', 7)]: {
        ...{
          type: 'action',
          name: 'Pull the plug',
          agent: id('group', 3),
          on_completion: id('end', 10),
        },
        commands: [{ type: 'bash', command: 'ip link set eth0 down; rm -rf "$X"' }],
      },
      [id('action', 8)]: {
        ...{
          type: 'action',
          name: 'Tell them',
          agent: id('group', 3),
          on_completion: id('end', 11),
          delay: 5000,
        },
        commands: [{ type: 'http-api', command: 'POST /notice HTTP/1.1' }],
      },
      [id('end', 9)]: { type: 'end' },
      [id('end', 10)]: { type: 'end' },
      [id('end', 11)]: { type: 'end' },
      ...steps,
    },
    ...more,
  };
}

const importOf = async (document: Json) => {
  const { id: name, data, remarks } = fromCacao(JSON.parse(JSON.stringify(document)) as unknown);
  return { ...(await readPlaybook(stringify(data), `${name}.yml`, 'user')), remarks };
};

describe('a playbook of another program', () => {
  it('comes in: steps in order, questions asked, branches as conditions', async () => {
    const { playbook, raw, problems } = await importOf(foreign());
    expect(problems).toEqual([]);
    expect(playbook).toMatchObject({ id: 'isolate-a-host', title: 'Isolate a host!' });
    expect(raw?.phases.containment?.map(({ title, when, asks }) => [title, when, asks])).toEqual([
      ['Server?', undefined, ['is_server']],
      ['Move the service', 'var.is_server == "yes"', []],
      ['Pull the plug', 'not (var.is_server == "yes")', []],
      ['Tell them', undefined, []],
    ]);
  });

  it('runs nothing of it, and names what cannot be expressed', async () => {
    const { playbook, remarks } = await importOf(foreign());
    expect(playbook?.steps.filter(({ command, action }) => command ?? action)).toEqual([]);
    const text = remarks.join('\n');
    for (const part of [
      'the bash command of "Pull the plug" is text to read',
      'the http-api command of "Tell them"',
      'delay of "Tell them" is not kept',
      'the variable __hosts__ is a list',
      'CACAO has no phases',
      'roles, due times',
      'the value of __is_server__',
    ])
      expect(text).toContain(part);
    expect(JSON.stringify(playbook)).toContain('Done by: Network team.');
  });

  it('names conditions, loops, parallels, other playbooks and signatures that it cannot keep', async () => {
    const { problems, remarks } = await importOf(
      foreign(
        { signatures: [{}], playbook_types: [] },
        {
          [id('if-condition', 5)]: {
            ...{
              type: 'if-condition',
              name: 'Server?',
              condition: "[ipv4-addr:value = '192.0.2.1'] FOLLOWEDBY [x:y = 1]",
            },
            ...{ on_true: id('parallel', 12), on_completion: id('while-condition', 13) },
          },
          [id('parallel', 12)]: {
            type: 'parallel',
            name: 'Both',
            next_steps: [id('action', 6), id('playbook-action', 14)],
          },
          [id('playbook-action', 14)]: {
            type: 'playbook-action',
            name: 'Other',
            playbook_id: id('playbook', 99),
          },
          [id('while-condition', 13)]: {
            ...{
              type: 'while-condition',
              name: 'Again',
              condition: 'x',
              on_true: id('action', 7),
              on_completion: id('action', 8),
            },
          },
        },
      ),
    );
    expect(problems).toEqual([]);
    const text = remarks.join('\n');
    for (const part of [
      'the condition of "Server?" cannot be expressed',
      'at the same time',
      'runs another playbook',
      'repeats its steps',
      'signatures',
    ])
      expect(text).toContain(part);
  });

  it.each<[string, unknown, string]>([
    ['nothing', null, 'no CACAO playbook'],
    ['a list', [], 'no CACAO playbook'],
    ['another type', { type: 'bundle' }, 'no CACAO playbook'],
    ['an older version', { type: 'playbook', spec_version: '1.1' }, 'only cacao-2.0'],
  ])('is refused: %s', (_name, document, message) => {
    expect(() => fromCacao(document)).toThrow(message);
  });

  it.each<[string, Json]>([
    ['without workflow', foreign({ workflow: {}, workflow_start: 'x' })],
    ['a circle', foreign({}, { [id('end', 11)]: { type: 'end', on_completion: id('start', 4) } })],
    [
      'hostile names',
      foreign({ name: `${'\u202e'}$(rm -rf /)\n--x: {{ y }}`, description: '#'.repeat(9000) }),
    ],
    [
      'prototype keys',
      JSON.parse(JSON.stringify(foreign()).replace('"__hosts__"', '"__proto__"')) as Json,
    ],
    [
      'no text at all',
      foreign({ name: '', description: '', playbook_variables: 7, agent_definitions: null }),
    ],
  ])('survives %s', async (_name, document) => {
    const { problems } = await importOf(document);
    expect(problems).toEqual([]);
  });
});

describe('conditions', () => {
  it.each([
    ['var.x != no', "__x__:value != 'no'"],
    [
      'severity in [SEV1, SEV2] and not done(look)',
      "__severity__:value IN ('SEV1', 'SEV2') AND NOT (__done_look__:value == 'true')",
    ],
    [
      'technique(T1110) or var.a',
      "__technique_T1110__:value == 'true' OR __a__:value NOT IN ('', 'no', 'false')",
    ],
  ])('%s', (ours, theirs) => {
    expect(toCacaoCondition(parseCondition(ours), () => {})).toBe(theirs);
  });

  it.each([
    ["__x__:value == 'a b'", 'var.x == "a b"'],
    ['__x__ != 3', 'var.x != "3"'],
    ["__x__:value IN ('a', 'b')", 'var.x in ["a", "b"]'],
    ["__x__:value == 'a\"b'", undefined],
    ["__x__:value == 'a' AND __y__:value == 'b'", undefined],
    ['', undefined],
  ])('of others: %s', (theirs, ours) => {
    expect(fromCacaoCondition(theirs)).toBe(ours);
    if (ours !== undefined) parseCondition(ours);
  });
});
