/**
 * What every action promises, where it can run: before `run` (a `run` that does nothing) verify fails, before `undo` (an
 * `undo` that does nothing) undo_verify fails, and afterwards everything is as it was.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  canIsolate,
  EVIL_ADDRESSES,
  FRIEND_ADDRESSES,
  HOST_ADDRESSES,
  isInstalled,
  makeWorld,
  type Trial,
  trialOf,
  type World,
} from './action-world.ts';

/** The contract; `during` looks at the world while the action is in place. */
export function keepsContract(trial: Trial, state: () => unknown, during = () => {}): void {
  const before = state();
  for (const { status, stderr } of trial.collect()) expect([status, stderr]).toEqual([0, '']);
  trial.remember();
  const snapshot = trial.snapshot();
  expect(trial.check()).toBe('holds');
  expect(trial.verify()).not.toBe('holds');
  expect(trial.run()).toMatchObject({ status: 0 });
  expect(trial.verify()).toBe('holds');
  expect(trial.check()).toBe('fails');
  expect(trial.undoVerify()).toBe('fails');
  during();
  expect(trial.undo()).toMatchObject({ status: 0 });
  expect(trial.undoVerify()).toBe('holds');
  expect(trial.verify()).not.toBe('holds');
  expect(trial.snapshot()).toBe(snapshot);
  expect(state()).toEqual(before);
}

const isPossible = canIsolate('actions on real packets') && isInstalled('nft');

describe.skipIf(!isPossible)('blocks, between namespaces', () => {
  let world: World;
  beforeAll(() => (world = makeWorld('c')));
  afterAll(() => world.end());

  const families = ['ip', 'ip6'] as const;
  const blocks = ['block-ip', 'block-ip-iptables'].filter(
    (id) => id === 'block-ip' || isInstalled('iptables'),
  );

  it.each(blocks.flatMap((id) => families.map((family) => [id, family] as const)))(
    '%s stops one source over %s, both ways, and nobody else',
    async (id, family) => {
      const [evil, host, friend] = [EVIL_ADDRESSES, HOST_ADDRESSES, FRIEND_ADDRESSES].map(
        (one) => one[family],
      ) as [string, string, string];
      const trial = await trialOf(id, { address: evil }, world.onHost);
      expect(world.reaches(evil, host)).toBe(true);
      keepsContract(
        trial,
        () => emptyChainsAside(world),
        () => {
          expect(world.reaches(evil, host)).toBe(false);
          expect(world.reaches(host, evil)).toBe(false);
          expect(world.reaches(friend, host)).toBe(true);
        },
      );
      expect(world.reaches(evil, host)).toBe(true);
    },
  );

  it('block-ip is ended by the kernel', async () => {
    const trial = await trialOf('block-ip', { address: EVIL_ADDRESSES.ip }, world.onHost, 2000);
    trial.run();
    expect(world.reaches(EVIL_ADDRESSES.ip, HOST_ADDRESSES.ip, 300)).toBe(false);
    for (let tries = 0; tries < 50 && trial.undoVerify() !== 'holds'; tries++)
      await new Promise((resolve) => setTimeout(resolve, 200));
    expect(world.reaches(EVIL_ADDRESSES.ip, HOST_ADDRESSES.ip)).toBe(true);
    world.onHost(['nft', 'delete', 'table', 'inet', 'ir_block']);
  });

  it('block-ip leaves what others put into the set', async () => {
    const [one, other] = await Promise.all(
      ['203.0.113.7', '203.0.113.70'].map((address) =>
        trialOf('block-ip', { address }, world.onHost),
      ),
    );
    one?.run();
    other?.run();
    one?.undo();
    expect([one?.undoVerify(), other?.verify()]).toEqual(['holds', 'holds']);
    other?.undo();
    expect(emptyChainsAside(world)).toBe('');
  });
});

/** iptables leaves base chains behind, which hold nothing and accept all. */
const emptyChainsAside = (world: World): string =>
  world
    .rules()
    .replace(/# Warning: table [^\n]*\n/g, '')
    .replace(
      /table ip6? raw \{\s*(chain \w+ \{\s*type filter [^\n]*policy accept;\s*\}\s*)*\}\s*/g,
      '',
    );
