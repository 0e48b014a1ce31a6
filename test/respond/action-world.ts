/** A host and an attacker in network namespaces of their own, and an action tried out there piece by piece. */
import { spawnSync } from 'node:child_process';
import { judge } from '../../src/respond/expectation.ts';
import { loadAction } from '../../src/respond/load-actions.ts';
import {
  type ActionPlan,
  fillArgv,
  fillProbe,
  type PlannedProbe,
  planAction,
} from '../../src/respond/plan-action.ts';
import type { Argv } from '../../src/respond/playbook.ts';
import { isThere, sayOnlyRoot } from '../needs.ts';

export interface Ran {
  status: number | null;
  stdout: string;
  stderr: string;
}

export const call = (argv: Argv, more: object = {}): Ran => {
  const [file = '', ...rest] = argv;
  const { status, stdout, stderr } = spawnSync(file, rest, {
    encoding: 'utf8',
    timeout: 20_000,
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C.UTF-8', TZ: 'UTC' },
    ...more,
  });
  return { status, stdout: String(stdout), stderr: String(stderr) };
};

export const isInstalled = (program: string): boolean => call(['which', program]).status === 0;

/** Can namespaces be made here? Says in one line where they cannot. */
export function canIsolate(what: string): boolean {
  if (process.getuid?.() !== 0) return sayOnlyRoot(what);
  return isThere(
    `${what}: needs network namespaces`,
    call(['unshare', '--net', 'true']).status === 0,
  );
}

export const HOST_ADDRESSES = { ip: '203.0.113.1', ip6: '2001:db8::1' } as const;
export const EVIL_ADDRESSES = { ip: '203.0.113.7', ip6: '2001:db8::7' } as const;
export const FRIEND_ADDRESSES = { ip: '203.0.113.9', ip6: '2001:db8::9' } as const;

/** Two namespaces with a cable between them; the attacker also has the address of a friend. */
export function makeWorld(name: string) {
  const host = `ir-h-${name}-${process.pid}`;
  const evil = `ir-e-${name}-${process.pid}`;
  const [near, far] = [`h${name}${process.pid}`, `e${name}${process.pid}`].map((one) =>
    one.slice(-14),
  );
  for (const command of [
    `ip netns add ${host}`,
    `ip netns add ${evil}`,
    `ip link add ${near} netns ${host} type veth peer name ${far} netns ${evil}`,
    `ip -n ${host} address add 203.0.113.1/24 dev ${near}`,
    `ip -n ${host} address add 2001:db8::1/64 dev ${near} nodad`,
    ...[7, 9].flatMap((last) => [
      `ip -n ${evil} address add 203.0.113.${last}/24 dev ${far}`,
      `ip -n ${evil} address add 2001:db8::${last}/64 dev ${far} nodad`,
    ]),
    `ip -n ${host} link set ${near} up`,
    `ip -n ${evil} link set ${far} up`,
    `ip -n ${host} link set lo up`,
  ]) {
    const { status, stderr } = call(command.split(' '));
    if (status !== 0) throw new Error(`${command}: ${stderr}`);
  }
  const onHost = (argv: Argv, more?: object): Ran =>
    call(['ip', 'netns', 'exec', host, ...argv], more);
  return {
    host,
    evil,
    onHost,
    /** Does a TCP connection from there get an answer, be it a refusal? False when packets are dropped. */
    reaches(from: string, to: string, waitMs = 600): boolean {
      const script = `const s = require('net').connect({ port: 9, host: '${to}', localAddress: '${from}' });
        s.on('error', (e) => process.exit(e.code === 'ECONNREFUSED' ? 0 : 2)); s.on('connect', () => process.exit(0));
        setTimeout(() => process.exit(1), ${waitMs})`;
      const netns = from.endsWith('1') ? host : evil;
      return call(['ip', 'netns', 'exec', netns, process.execPath, '-e', script]).status === 0;
    },
    /** All firewall rules, without what changes by itself. */
    rules: (): string =>
      onHost(['nft', 'list', 'ruleset']).stdout.replace(
        / expires \w+| counter packets \d+ bytes \d+/g,
        '',
      ),
    end: (): void => {
      for (const one of [host, evil]) call(['ip', 'netns', 'delete', one]);
    },
  };
}

export type World = ReturnType<typeof makeWorld>;

/** An action with values, each of its parts to be run on its own. */
export async function trialOf(
  id: string,
  values: Record<string, string>,
  exec: (argv: Argv) => Ran,
  ttlMs?: number,
) {
  const { command, variables } = await loadAction({ XDG_CONFIG_HOME: '/nonexistent' }, id);
  const plan: ActionPlan = await planAction({
    ...{ name: id, command, variables, values, ttlMs, ssh: undefined },
  });
  let late = { snapshot: '', action_no: 'A-001' };
  const run = (argv: Argv | undefined): Ran => {
    if (argv === undefined) throw new Error(`${id} has no such part`);
    return exec(fillArgv(argv, late));
  };
  const holds = (probe: PlannedProbe | undefined): string => {
    if (probe === undefined) throw new Error(`${id} has no such probe`);
    const { status, stdout, stderr } = run(probe.run);
    const output = { failure: undefined, text: stdout, errorText: stderr };
    return judge(fillProbe(probe, late).conditions, { exitCode: status ?? undefined, ...output })
      .state;
  };
  return {
    plan,
    snapshot: (): string => run(plan.snapshot).stdout,
    /** Keeps what is there, for undo. */
    remember(): void {
      if (plan.snapshot === undefined) return;
      const { status, stdout, stderr } = run(plan.snapshot);
      if (status !== 0) throw new Error(`snapshot of ${id}: ${stderr}`);
      late = { ...late, snapshot: stdout.trim() };
    },
    check: () => (plan.check === undefined ? 'holds' : holds(plan.check)),
    run: () => run(plan.run),
    verify: () => holds(plan.verify),
    undo: () => run(plan.undo),
    undoVerify: () => holds(plan.undoVerify),
    keep: () => run(plan.keep),
    collect: () => plan.collectFirst.map(run),
  };
}

export type Trial = Awaited<ReturnType<typeof trialOf>>;
