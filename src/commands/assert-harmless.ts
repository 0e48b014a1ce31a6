/** What must be spared where something would be done: by that machine, the configuration and the plan. */
import { userInfo } from 'node:os';
import { configPaths } from '../config.ts';
import { readConfig } from '../configuration/read-configuration.ts';
import { IrError, refusedError } from '../errors.ts';
import type { ActionPlan } from '../respond/plan-action.ts';
import type { Variable } from '../respond/playbook.ts';
import { type OwnGround, selfHarm, sshClientOf } from '../respond/self-harm.ts';
import type { ActionCase } from './action-place.ts';

/** Where something would be done, and what stands there. */
export type Standing = Pick<ActionCase, 'context' | 'place' | 'ground' | 'planned'>;

/** What must be spared there, with what the configuration and the plan say. @throws IrError (exit 3) for a mistake in it */
function spared({ context, place, ground, planned }: Standing): OwnGround {
  const { env, cwd, store } = context.settings;
  const { never_block, trusted_proxies, problems } = readConfig(configPaths(env, cwd, store));
  // Half a list of what must be spared would be worse than none.
  if (problems[0] !== undefined) throw problems[0];
  if (planned instanceof IrError) throw planned;
  const isLocal = place.ssh === undefined;
  const own = isLocal ? [userInfo().username, env['SUDO_USER']] : [place.ssh?.split('@')[0]];
  const users = ['root', ground.user, ...own].filter((name) => name !== undefined);
  const sshPeers = [...ground.sshPeers, ...(isLocal ? sshClientOf(env) : [])];
  const proxies = Object.fromEntries(
    Object.entries(trusted_proxies).map(([name, { networks }]) => [name, networks]),
  );
  const said = { neverBlock: never_block, proxies, plannedNeverBlock: planned };
  return { ...ground, ...said, sshPeers, users, isLocal };
}

/** Refuses values that would cut off whoever works there, or the machine itself. */
export function assertHarmless(
  actionCase: Standing,
  plan: Pick<ActionPlan, 'risk' | 'values'>,
  variables: readonly Variable[],
): void {
  if (plan.risk === 'read') return;
  const ground = spared(actionCase);
  for (const variable of variables) {
    const value = plan.values[variable.name];
    if (value === undefined) continue;
    const harm = selfHarm(plan.risk, variable, value, ground);
    if (harm === undefined) continue;
    throw refusedError(
      `nothing is done: ${harm}`,
      `Give another value with --var ${variable.name}=VALUE, or do it by hand if you are sure.`,
    );
  }
}
