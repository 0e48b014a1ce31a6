/** Phones with the shop's app: an API session whose token runs out now and then (401, refresh, again). */
import { expandPool } from '../addresses.ts';
import type { Random } from '../random.ts';
import type { Actor } from '../schedule.ts';
import { serve } from '../web-server.ts';
import { around, nextArrival, type World } from '../world.ts';

/** Lets app sessions in with the rhythm of the day. */
export function* appSessions(world: World): Actor {
  const random = world.random('app-sessions');
  const pool = expandPool(world.scenario.pools.visitors);
  const { application } = world.scenario.agents;
  const perDay = world.scenario.traffic.appSessionsPerDay * world.scale;
  for (let at = world.startMs; ; ) {
    at = nextArrival(world.scenario.rhythm, random, at, perDay);
    yield at;
    const ip = random.pick(pool);
    const agent = random.pick(application);
    world.schedule.add(appSession(world, random.branch('session'), ip, agent));
  }
}

function* appSession(world: World, random: Random, ip: string, agent: string): Actor {
  let at = world.schedule.nowMs;
  const wait = (seconds: number): number => (at += around(random, seconds));
  const call = (target: string, status = 200, method = 'GET'): void =>
    serve(world, { ip, agent, target, status, method, bytes: random.int(90, 5200) });
  if (random.chance(0.5)) {
    call('/api/v1/me', 401);
    yield wait(0.2);
    call('/api/v1/token/refresh', 200, 'POST');
    yield wait(0.2);
  }
  call('/api/v1/me');
  yield wait(0.4);
  call('/api/v1/home');
  const views = random.int(2, 14);
  for (let i = 0; i < views; i++) {
    yield wait(14);
    const roll = random.float();
    if (roll < 0.6) call(`/api/v1/products/${2000 + random.int(0, 240)}`);
    else if (roll < 0.8) call(`/api/v1/products?page=${random.int(1, 6)}`);
    else if (roll < 0.92) call('/api/v1/cart', 201, 'POST');
    else call(`/api/v1/orders/${random.int(100_000, 999_999)}`, random.chance(0.9) ? 200 : 404);
  }
}
