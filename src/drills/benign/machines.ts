/** Machines that call the shop: uptime monitors, search engines, the payment provider. */
import { expandPool } from '../addresses.ts';
import type { Random } from '../random.ts';
import type { Crawler, Monitor } from '../scenario.ts';
import type { Actor } from '../schedule.ts';
import { serve } from '../web-server.ts';
import { around, nextArrival, type World } from '../world.ts';

/** Asks for its pages at a fixed beat. */
export function* monitor(world: World, { agent, address, targets, everySeconds }: Monitor): Actor {
  const random = world.random(`monitor ${address}`);
  for (let at = world.startMs + 7_000; ; at += everySeconds * 1000) {
    yield at + random.int(0, 300);
    for (const target of targets) serve(world, { ip: address, agent, target, bytes: 2 });
  }
}

/** Visits in bursts: robots.txt, then a few dozen pages a few seconds apart, some long gone. */
export function* crawler(world: World, options: Crawler): Actor {
  const random = world.random(`crawler ${options.agent}`);
  const addresses = expandPool(options.addresses);
  const burst = 40;
  for (let at = world.startMs; ; ) {
    at += random.wait((86_400_000 * burst) / options.perDay);
    yield at;
    const ip = random.pick(addresses);
    world.schedule.add(crawl(world, random.branch('crawl'), { ip, agent: options.agent, burst }));
  }
}

function* crawl(
  world: World,
  random: Random,
  { ip, agent, burst }: { ip: string; agent: string; burst: number },
): Actor {
  const { shop } = world.scenario;
  let at = world.schedule.nowMs;
  serve(world, { ip, agent, target: '/robots.txt', bytes: 68 });
  const pages = random.int(burst / 2, (burst * 3) / 2);
  for (let i = 0; i < pages; i++) {
    yield (at += around(random, 8));
    const roll = random.float();
    if (roll < 0.06) serve(world, { ip, agent, target: random.pick(shop.retired), status: 404 });
    else if (roll < 0.3) serve(world, { ip, agent, target: random.pick(shop.categories) });
    else if (roll < 0.34) serve(world, { ip, agent, target: random.pick(shop.information) });
    else
      serve(world, {
        ip,
        agent,
        target: random.pick(shop.products),
        status: roll < 0.5 ? 304 : 200,
      });
  }
}

/** The payment provider reports what became of payments. */
export function* webhooks(world: World): Actor {
  const random = world.random('webhooks');
  const { agent, target, addresses } = world.scenario.webhooks;
  const pool = expandPool(addresses);
  const perDay = world.scenario.traffic.webhooksPerDay * world.scale;
  for (let at = world.startMs; ; ) {
    at = nextArrival(world.scenario.rhythm, random, at, perDay);
    yield at;
    const kind = random.pick(['payment.authorised', 'payment.captured', 'payment.refunded']);
    const event = { type: kind, order: random.int(100_000, 999_999), msg: 'webhook accepted' };
    const ip = random.pick(pool);
    serve(world, { ip, agent, target, method: 'POST', status: 204, event });
  }
}
