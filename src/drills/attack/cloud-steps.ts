/** The attack on the AWS account with stolen keys. */
import { callCloud } from '../cloud-account.ts';
import type { Actor } from '../schedule.ts';
import { around } from '../world.ts';
import type { Scene, StepOf } from './scene.ts';

/**
 * One call, or the same one for many objects. In a parameter `%n` is the number of the object and
 * `%date` the day.
 */
export function* callAsIntruder(scene: Scene, step: StepOf<'cloud'>): Actor {
  const { world, chapter, mark, random } = scene;
  for (let i = 0; i < step.times; i++) {
    if (i > 0) yield world.schedule.nowMs + around(random, 1.2);
    const { service, name, readOnly, isData, response, error } = step;
    const parameters = numbered(step.parameters, i + 1, world.schedule.nowMs);
    const call = { service, name, readOnly, isData, parameters, response, error };
    const sender = { ip: chapter.from, agent: chapter.agent };
    callCloud(world, step.identity, { ...call, ...sender }, { random, mark });
  }
}

function numbered(
  parameters: StepOf<'cloud'>['parameters'],
  n: number,
  atMs: number,
): typeof parameters {
  if (parameters === null) return null;
  const date = new Date(atMs).toISOString().slice(0, 10);
  const fill = (text: string): string =>
    text.replace('%n', String(n).padStart(4, '0')).replace('%date', date);
  return Object.fromEntries(
    Object.entries(parameters).map(([key, value]) => [
      key,
      typeof value === 'string' ? fill(value) : value,
    ]),
  );
}
