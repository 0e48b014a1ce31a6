/** Steps that never come up, playbooks of one phase, and what leads to what. */
import { describe, expect, it } from 'vitest';
import { isTriageOnly } from '../../src/respond/playbook.ts';
import { readPlaybook } from '../../src/respond/playbook-file.ts';
import { playbookText, stepText } from './sample-playbook.ts';

const VARIABLES = [
  '{ name: kind, type: choice, choices: [a, b], description: Which? }',
  '{ name: who, type: user, description: Somebody }',
  '{ name: from, type: ip, from: source.ip, description: Where? }',
  '{ name: set, type: choice, choices: [x, z], default: x, description: Set }',
].join(', ');
const asking = stepText('ask', 'asks: [kind]');

const problemsOf = async (steps: string): Promise<string[]> =>
  (await readPlaybook(playbookText(steps, VARIABLES), 'sample.yml', 'user')).problems.map(
    ({ message }) => message,
  );
const step = (when: string): string => stepText('late', `when: '${when}'`);

describe('a step that is never reached is a mistake', () => {
  it.each<[string, string, string]>([
    ['a contradiction', 'severity == SEV1 and severity == SEV2', 'its condition cannot hold'],
    ['a denied truth', 'var.from and not var.from', 'its condition cannot hold'],
    ['an earlier phase', 'phase == triage', 'its condition cannot hold'],
    ['a step both done and waived', 'done(look) and waived(look)', 'its condition cannot hold'],
    ['a choice that is not there', 'var.kind == c', 'var.kind is never "c", but one of a, b'],
    ['a value nobody asks for', 'var.who == root', 'no step above asks for "who"'],
    ['a question asked nowhere', 'var.kind == a', 'no step above asks for "kind"'],
  ])('%s', async (_name, when, message) => {
    const [first, ...rest] = await problemsOf(step(when));
    expect(first).toContain(message);
    expect(rest).toEqual([]);
  });

  it('follows from another one that is not', async () => {
    const steps = `${stepText('dead', 'when: severity == SEV1 and not severity == SEV1')}\n${step('done(dead)')}`;
    expect(await problemsOf(steps)).toEqual([
      expect.stringContaining('"dead" is never reached'),
      expect.stringContaining('"late" is never reached'),
    ]);
  });

  it.each([
    'var.kind == unclear',
    'var.kind != a and var.kind != b',
    'severity in [SEV1, SEV2] and technique(T1110)',
    'phase == recovery',
    'var.from == 192.0.2.1 or var.set == z',
    'waived(ask)',
    'not done(ask)',
  ])('and one that may be is none: %s', async (when) => {
    expect(await problemsOf(`${asking}\n${step(when)}`)).toEqual([]);
  });

  it('counts what a command above asks for', async () => {
    const command = stepText('run', 'command: { risk: read, run: [id, "{{ who }}"] }');
    expect(await problemsOf(`${command}\n${step('var.who == deploy')}`)).toEqual([]);
  });
});

const triage = (more: string): string => `id: first
title: First
summary: For tests.
variables: [${VARIABLES}]
${more}
phases:
  triage:
    - { id: look, title: Look, why: To see., instructions: Open your eyes., asks: [kind] }
`;
const readTriage = (more: string) => readPlaybook(triage(more), 'first.yml', 'user');

describe('a playbook of triage alone', () => {
  it('leads to others', async () => {
    const { playbook, problems } = await readTriage(
      'leads_to: [{ playbook: ddos, when: var.kind == a, why: It is a flood. }]',
    );
    expect(problems).toEqual([]);
    expect(playbook !== undefined && isTriageOnly(playbook)).toBe(true);
    expect(playbook?.leadsTo).toMatchObject([{ playbook: 'ddos', why: 'It is a flood.' }]);
  });

  it.each<[string, string, number]>([
    ['', 'a playbook of triage alone leads nowhere', 7],
    ['leads_to: [{ playbook: ddos, when: var.kind == c, why: W. }]', 'never "c"', 5],
    ['leads_to: [{ playbook: ddos, when: var.kid == a, why: W. }]', 'variable "kid"', 5],
    ['leads_to: [{ playbook: ddos, when: done(lok), why: W. }]', 'the step "lok"', 5],
    ['leads_to: [{ playbook: ddos, when: "kind ==", why: W. }]', 'when: ', 5],
    ['leads_to: [{ playbook: first, why: W. }]', 'names the playbook itself', 5],
    ['leads_to: [{ playbook: ddos, why: W., wen: x }]', 'unknown key "wen"', 5],
  ])('%s', async (more, message, line) => {
    const { problems } = await readTriage(more);
    expect(problems[0]?.message).toContain(message);
    expect(problems[0]?.source.line).toBe(line);
  });

  it('has no second phase without the others', async () => {
    const text = `${triage('')}  recovery:\n    - { id: back, title: B, why: W., instructions: I. }\n`;
    const { problems } = await readPlaybook(text, 'first.yml', 'user');
    expect(problems.map(({ message }) => message)).toEqual([
      expect.stringContaining(
        'the phases containment, eradication, post_incident are missing: a playbook has all five, or triage alone',
      ),
    ]);
  });
});
