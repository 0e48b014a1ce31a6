/** The background of the internet: scanners that try a door or two and move on. Low-grade attacks. */
import { expandPool } from '../addresses.ts';
import type { Mark } from '../log-writer.ts';
import type { Random } from '../random.ts';
import type { Actor } from '../schedule.ts';
import { failPassword } from '../ssh-server.ts';
import { serve } from '../web-server.ts';
import { around, type World } from '../world.ts';

/** The chapter of the answers that all of this belongs to. */
export const NOISE_CHAPTER = 'background-noise';

const mark = (technique: string, ip: string): Mark => ({
  ...{ chapter: NOISE_CHAPTER, technique, entities: { 'source.ip': [ip] } },
});

/** Hosts that try three to six passwords over ssh. */
export function* sshNoise(world: World): Actor {
  const random = world.random('ssh-noise');
  const pool = expandPool(world.scenario.pools.noise);
  const perDay = world.scenario.traffic.sshNoisePerDay * world.scale;
  for (let at = world.startMs; ; ) {
    at += random.wait(86_400_000 / perDay);
    yield at;
    world.schedule.add(knock(world, random.branch('knock'), random.pick(pool)));
  }
}

function* knock(world: World, random: Random, ip: string): Actor {
  let at = world.schedule.nowMs;
  const tries = random.int(3, 6);
  for (let i = 0; i < tries; i++) {
    const name = random.pick(world.scenario.noise.accounts);
    const isKnown = world.scenario.accounts.some((account) => account.name === name);
    const peer = { ip, port: random.int(32_768, 60_999) };
    failPassword(world, peer, name, { isKnown, end: 'bye', mark: mark('T1110.001', ip) });
    yield (at += around(random, 40));
  }
}

/** Bots that ask for pages of software the shop does not run. */
export function* webNoise(world: World): Actor {
  const random = world.random('web-noise');
  const pool = expandPool(world.scenario.pools.noise);
  const { targets, agents } = world.scenario.noise;
  const perDay = world.scenario.traffic.webNoisePerDay * world.scale;
  for (let at = world.startMs; ; ) {
    at += random.wait(86_400_000 / perDay);
    yield at;
    const probe = { ip: random.pick(pool), agent: random.pick(agents) };
    const count = random.int(1, 4);
    for (let i = 0; i < count; i++) {
      const target = random.pick(targets);
      const status = target.startsWith('/.') ? 403 : 404;
      serve(world, { ...probe, target, status, mark: mark('T1595.002', probe.ip) });
    }
  }
}
