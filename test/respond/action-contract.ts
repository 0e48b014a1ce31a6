/** What every action promises where it can run. */
import { expect } from 'vitest';
import type { Trial } from './action-world.ts';

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
