/** Plays a scenario and writes its logs. */

import { intruder } from './attack/perform.ts';
import { appSessions } from './benign/app-sessions.ts';
import { cloudRoutine } from './benign/cloud-routines.ts';
import { backup, cronJob, timers } from './benign/host-jobs.ts';
import { crawler, monitor, webhooks } from './benign/machines.ts';
import { sshNoise, webNoise } from './benign/noise.ts';
import { adminVisit, deployments } from './benign/people-at-work.ts';
import { office, returns, visitors } from './benign/visitors.ts';
import { createLogWriter, type WrittenFile } from './log-writer.ts';
import type { Answer, Scenario } from './scenario.ts';
import { type Actor, createSchedule } from './schedule.ts';
import { type PlayOptions, toldCast } from './told/play.ts';
import { createWorld, type World } from './world.ts';

/** Which drill to write, how large and where. */
export interface DrillOptions {
  /** Folder to write to; made when absent, files of the same names replaced. */
  out: string;
  seed: number;
  /** Multiplies the visitors; the attack stays the same. */
  scale: number;
  /** Start of the story, ms since the epoch. */
  startMs: number;
  /** Stops early: what was written is removed and `undefined` returned. */
  signal?: AbortSignal | undefined;
  /** Called now and then with the part done, 0 to 1. */
  onProgress?: ((part: number) => void) | undefined;
}

const MOVES_PER_TURN = 20_000;

/** Writes the logs of a drill and the answers. Same options, same bytes. */
export async function writeDrill(
  scenario: Scenario,
  options: DrillOptions,
): Promise<WrittenFile[] | undefined> {
  const { out, seed, scale, startMs, signal, onProgress } = options;
  const schedule = createSchedule(startMs);
  const writer = createLogWriter({ out, files: scenario.files, startMs, days: scenario.days });
  try {
    const endMs = startMs + scenario.days * 86_400_000;
    const { cast, answers } = castOf(scenario, { schedule, writer, startMs, seed, scale });
    for (const actor of cast) schedule.add(actor);
    while (!schedule.run(endMs, MOVES_PER_TURN)) {
      onProgress?.((schedule.nowMs - startMs) / (endMs - startMs));
      await new Promise((resolve) => setImmediate(resolve));
      if (signal?.aborted === true) {
        writer.discard();
        return undefined;
      }
    }
    return writer.close(endMs, answers);
  } catch (error) {
    writer.discard();
    throw error;
  }
}

/** Everybody who is there from the beginning, and what there is to find out. */
function castOf(
  scenario: Scenario,
  options: PlayOptions,
): { cast: Actor[]; answers: readonly Answer[] } {
  if ('records' in scenario) return toldCast(scenario, options);
  const world = createWorld({ scenario, ...options });
  return { cast: shopCast(world), answers: scenario.answers };
}

function shopCast(world: World): Actor[] {
  const { scenario } = world;
  return [
    visitors(world),
    office(world),
    returns(world),
    appSessions(world),
    webhooks(world),
    ...scenario.monitors.map((each) => monitor(world, each)),
    ...scenario.crawlers.map((each) => crawler(world, each)),
    ...scenario.cron.map((each) => cronJob(world, each)),
    timers(world),
    backup(world),
    ...scenario.visits.map((each) => adminVisit(world, each)),
    deployments(world),
    ...scenario.cloud.routines.map((each, index) => cloudRoutine(world, each, index)),
    sshNoise(world),
    webNoise(world),
    intruder(world),
  ];
}
