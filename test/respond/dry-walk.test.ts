/** Playbooks walked dry: every bundled one, every branch. */
import { describe, expect, it } from 'vitest';
import { walkDry } from '../../src/respond/dry-walk.ts';
import { loadPlaybooks } from '../../src/respond/load-playbooks.ts';
import { isTriageOnly, type Playbook } from '../../src/respond/playbook.ts';
import { readPlaybook } from '../../src/respond/playbook-file.ts';
import { playbookText, stepText } from './sample-playbook.ts';

const { playbooks } = await loadPlaybooks({ XDG_CONFIG_HOME: '/nonexistent' });

describe.each(playbooks.map((playbook) => [playbook.id, playbook] as const))(
  '%s',
  (_id, playbook) => {
    const tried = walkDry(playbook, {});

    it('reaches its end in every walk', () => {
      expect(tried.problems).toEqual([]);
      expect(tried.walks.length).toBeGreaterThan(1);
    });

    it('takes every branch and leaves every branch', () => {
      for (const { step, taken, left } of tried.branches)
        expect([step, taken > 0, left > 0]).toEqual([step, true, true]);
    });

    it('leads somewhere by every lead that has a condition', () => {
      const found = new Set(tried.walks.flatMap(({ leadsTo }) => leadsTo));
      for (const { playbook: id } of playbook.leadsTo) expect(found).toContain(id);
      if (isTriageOnly(playbook))
        for (const { answers, leadsTo } of tried.walks)
          expect([answers, leadsTo.length]).toEqual([answers, 1]);
    });
  },
);

async function sample(steps: string, variables = ''): Promise<Playbook> {
  const { playbook, problems } = await readPlaybook(
    playbookText(steps, variables),
    's.yml',
    'user',
  );
  if (playbook === undefined) throw new Error(problems[0]?.message);
  return playbook;
}
const KIND = '{ name: kind, type: choice, choices: [a, b], description: Which? }';

it('walks once for each way to answer', async () => {
  const playbook = await sample(
    [
      stepText('ask', 'asks: [kind]'),
      stepText('only-a', 'when: var.kind == a'),
      stepText('after', 'when: done(only-a)'),
    ].join('\n'),
    KIND,
  );
  const { walks, combinations, branches } = walkDry(playbook, {});
  // a, b or unclear, and the step done or skipped where it comes up.
  expect(combinations).toBe(6);
  expect(walks.map(({ steps }) => steps.join(' '))).toContain(
    'look ask only-a after clean restore learn',
  );
  expect(branches).toEqual([
    { step: 'only-a', taken: 2, left: 4 },
    { step: 'after', taken: 1, left: 5 },
  ]);
});

it('keeps answers that are given', async () => {
  const playbook = await sample(
    [stepText('ask', 'asks: [kind]'), stepText('only-a', 'when: var.kind == a')].join('\n'),
    KIND,
  );
  const { walks } = walkDry(playbook, { kind: 'a' });
  expect(walks.map(({ steps }) => steps.includes('only-a'))).toEqual([true]);
});

it('spreads over what is too much to try, and takes every branch all the same', async () => {
  const names = Array.from({ length: 12 }, (_, index) => `v${index}`);
  const variables = names
    .map((name) => `{ name: ${name}, type: choice, choices: [a, b, c], description: D }`)
    .join(', ');
  const steps = [
    ...names.map((name) => stepText(`ask-${name}`, `asks: [${name}]`)),
    stepText('rare', `when: '${names.map((name) => `var.${name} == c`).join(' and ')}'`),
    ...names.map((name) => stepText(`if-${name}`, `when: var.${name} == b`)),
  ].join('\n');
  const { walks, combinations, branches } = walkDry(await sample(steps, variables), {});
  expect(combinations).toBe(4 ** 12);
  expect(walks.length).toBeLessThan(1100);
  const seldom = branches.filter(({ step, taken }) => step !== 'rare' && taken < 100);
  expect(seldom).toEqual([]);
});
