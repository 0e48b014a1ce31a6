/** Who comes to the shop, and when: visitors, the people of the office, customers with broken goods. */
import { expandPool } from '../addresses.ts';
import { writeFile } from '../linux-host.ts';
import type { Actor } from '../schedule.ts';
import { serve } from '../web-server.ts';
import { around, nextArrival, type World } from '../world.ts';
import { type Visitor, visit } from './visit.ts';

/** Lets visitors in with the rhythm of the day. */
export function* visitors(world: World): Actor {
  const random = world.random('visitors');
  const pool = expandPool(world.scenario.pools.visitors);
  const { browsers } = world.scenario.agents;
  const perDay = world.scenario.traffic.visitsPerDay * world.scale;
  for (let at = world.startMs; ; ) {
    at = nextArrival(world.scenario.rhythm, random, at, perDay);
    yield at;
    const index = random.int(0, pool.length - 1);
    const visitor: Visitor = {
      ip: pool[index] ?? '',
      agent: browsers[index % browsers.length] ?? '',
      customer: customerOf(index),
      isReturning: random.chance(0.35),
    };
    world.schedule.add(visit(world, random.branch('visit'), visitor));
  }
}

/** Customers who send a picture of what arrived broken. */
export function* returns(world: World): Actor {
  const random = world.random('returns');
  const pool = expandPool(world.scenario.pools.visitors);
  const { perDay, form, upload, folder, account } = world.scenario.returns;
  const effective = world.account(account);
  for (let at = world.startMs; ; ) {
    at = nextArrival(world.scenario.rhythm, random, at, perDay * world.scale);
    yield at;
    const ip = random.pick(pool);
    const agent = random.pick(world.scenario.agents.browsers);
    serve(world, { ip, agent, target: form, referrer: `https://${world.scenario.site}/returns` });
    yield (at += around(random, 70));
    const path = `${folder}/damage-${random.int(4000, 4999)}.jpg`;
    const subject = { login: undefined, effective, session: undefined, tty: '(none)', cwd: '/' };
    const command = '"php-fpm: pool www"';
    const file = { path, mode: '0100644', isNew: true, key: 'webroot' };
    writeFile(world, { subject, command, parent: 790, ...file });
    const referrer = `https://${world.scenario.site}${form}`;
    serve(world, { ip, agent, target: upload, method: 'POST', referrer, bytes: 118 });
  }
}

/** The people of the office behind one address, on weekdays. */
export function* office(world: World): Actor {
  const random = world.random('office');
  const { address, visitsPerDay } = world.scenario.office;
  const { browsers } = world.scenario.agents;
  for (let at = world.startMs; ; ) {
    at = nextArrival(world.scenario.rhythm, random, at, visitsPerDay);
    yield at;
    const hour = new Date(at).getUTCHours();
    if (hour < 7 || hour > 18) continue;
    const person = random.int(0, 11);
    const agent = browsers[person % browsers.length] ?? '';
    const visitor = {
      ip: address,
      agent,
      customer: `staff${person}@shop.example.com`,
      isReturning: true,
    };
    world.schedule.add(visit(world, random.branch('visit'), visitor));
  }
}

const customerOf = (index: number): string => `customer${1000 + index}@example.net`;
