/** The ordinary calls of the AWS account: pipelines, roles of machines, the console of the administrator. */
import { callCloud } from '../cloud-account.ts';
import type { CloudRoutine } from '../scenario.ts';
import type { Actor } from '../schedule.ts';
import type { World } from '../world.ts';

/** Makes one call again and again; `%n` in a parameter becomes a number. */
export function* cloudRoutine(world: World, routine: CloudRoutine, index: number): Actor {
  const random = world.random(`cloud ${index}`);
  for (let at = world.startMs; ; ) {
    at += routine.everyMinutes * 60_000 * (0.5 + random.float());
    yield at;
    const { service, name, isData } = routine;
    const parameters = fill(routine.parameters, String(random.int(1, 9999)));
    const readOnly = /^(Get|List|Describe|Head|Assume)/.test(name);
    const call = { service, name, readOnly, isData, parameters, response: null };
    callCloud(world, routine.identity, call, { random });
  }
}

function fill(
  parameters: CloudRoutine['parameters'],
  number: string,
): Record<string, unknown> | null {
  if (parameters === null) return null;
  return Object.fromEntries(
    Object.entries(parameters).map(([key, value]) => [
      key,
      typeof value === 'string' ? value.replace('%n', number) : value,
    ]),
  );
}
