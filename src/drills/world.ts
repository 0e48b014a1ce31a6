/** What all actors of a drill share: the stage, the dice, the files and the counters of the machines. */
import type { Account } from './lines/auditd.ts';
import type { LogWriter, Mark } from './log-writer.ts';
import { createRandom, type Random } from './random.ts';
import type { ShopScenario } from './scenario.ts';
import type { Schedule } from './schedule.ts';

/** The machines and people of a drill. */
export interface World {
  scenario: ShopScenario;
  schedule: Schedule;
  startMs: number;
  endMs: number;
  /** Multiplies the visitors, not the attack. */
  scale: number;
  /** A generator of an actor's own, by name. */
  random(label: string): Random;
  /** Writes a line now. */
  write(file: string, line: string, mark?: Mark): void;
  /** Finds an account of the host. Throws when the scenario has none of that name. */
  account(name: string): Account;
  /** Is the host's audit daemon running? */
  isAuditing: boolean;
  counters: { pid: number; serial: number; session: number; connection: number; request: number };
  /** Jitter of the machines themselves (process numbers, latencies). */
  machine: Random;
}

interface WorldOptions {
  scenario: ShopScenario;
  schedule: Schedule;
  writer: LogWriter;
  startMs: number;
  seed: number;
  scale: number;
}

/** Builds the world of one run. */
export function createWorld(options: WorldOptions): World {
  const { scenario, schedule, writer, startMs, seed, scale } = options;
  const accounts = new Map(scenario.accounts.map((account) => [account.name, account]));
  return {
    ...{ scenario, schedule, startMs, scale },
    endMs: startMs + scenario.days * 86_400_000,
    random: (label) => createRandom(seed, label),
    write: (file, line, mark) => writer.write(file, line, schedule.nowMs, mark),
    account(name) {
      const account = accounts.get(name);
      if (account === undefined) throw new RangeError(`no account "${name}" in the scenario`);
      return account;
    },
    isAuditing: true,
    counters: { pid: 2100, serial: 41_000, session: 4, connection: 90_000, request: 7_000 },
    machine: createRandom(seed, 'machine'),
  };
}

/** The next process number of the web host; numbers wrap as the kernel's do. */
export function nextPid(world: World): number {
  const { counters } = world;
  counters.pid += world.machine.int(1, 9);
  if (counters.pid > 98_000) counters.pid = 2100;
  return counters.pid;
}

/** Waits that spread around `seconds`, in ms. */
export const around = (random: Random, seconds: number): number =>
  seconds * 1000 * (0.6 + 0.8 * random.float());

/** A random moment of the next arrival: Poisson, with the rhythm of the day. `perDay` counts a whole day. */
export function nextArrival(
  rhythm: readonly number[],
  random: Random,
  atMs: number,
  perDay: number,
): number {
  const mean = rhythm.reduce((sum, weight) => sum + weight, 0) / 24;
  const hour = new Date(atMs).getUTCHours();
  const weight = (rhythm[hour] ?? mean) / mean;
  const step = random.wait(86_400_000 / (perDay * Math.max(weight, 0.02)));
  // A long wait must not jump over a busier hour.
  if (step < 3_600_000) return atMs + step;
  return nextArrival(rhythm, random, atMs + 3_600_000, perDay);
}
