/** People in the shop: they look, search, fill a cart, log in (some mistype), buy. */
import { expandPool } from '../addresses.ts';
import { writeFile } from '../linux-host.ts';
import type { Random } from '../random.ts';
import type { Actor } from '../schedule.ts';
import { serve } from '../web-server.ts';
import { around, nextArrival, type World } from '../world.ts';

interface Visitor {
  ip: string;
  agent: string;
  customer: string;
  /** The browser has the assets already. */
  isReturning: boolean;
}

/** Lets visitors in with the rhythm of the day. */
export function* visitors(world: World): Actor {
  const random = world.random('visitors');
  const pool = expandPool(world.scenario.pools.visitors);
  const { browsers } = world.scenario.agents;
  const perDay = world.scenario.traffic.visitsPerDay * world.scale;
  for (let at = world.startMs; ; ) {
    at = nextArrival(world, random, at, perDay);
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
    at = nextArrival(world, random, at, perDay * world.scale);
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
    at = nextArrival(world, random, at, visitsPerDay);
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

function* visit(world: World, random: Random, visitor: Visitor): Actor {
  let referrer = random.chance(0.4) ? 'https://search.example.org/' : '-';
  let at = world.schedule.nowMs;
  const wait = (seconds: number): number => (at += around(random, seconds));
  const show = (target: string, fields: Partial<Parameters<typeof serve>[1]> = {}): void => {
    const { ip, agent } = visitor;
    serve(world, { ip, agent, target, referrer, ...fields });
    if (fields.status === undefined) referrer = `https://${world.scenario.site}${target}`;
  };
  const { shop } = world.scenario;

  show(random.chance(0.5) ? '/' : random.pick(shop.categories));
  yield wait(0.3);
  yield* loadAssets(world, random, visitor, wait, referrer);
  const pages = 1 + Math.floor(random.wait(4));
  for (let i = 0; i < Math.min(pages, 14); i++) {
    yield wait(22);
    show(nextPage(world, random));
    yield wait(0.4);
    yield* loadPictures(world, random, visitor, wait, referrer);
  }
  if (!random.chance(0.22)) return;
  const customer = { user: visitor.customer };
  if (random.chance(0.75)) yield* logIn(world, random, visitor, wait);
  yield wait(15);
  show(random.pick(shop.products));
  yield wait(9);
  show('/cart/items', { method: 'POST', status: 302 });
  yield wait(1);
  show('/cart');
  if (!random.chance(0.6)) return;
  yield wait(25);
  show('/checkout');
  yield wait(48);
  const isSlow = random.chance(0.02);
  show('/checkout/pay', {
    method: 'POST',
    status: isSlow ? 502 : 303,
    event: isSlow
      ? { level: 50, ...customer, msg: 'payment provider did not answer, order kept for retry' }
      : { ...customer, order: random.int(100_000, 999_999), msg: 'order placed' },
  });
  yield wait(2);
  show('/checkout/thanks');
}

function nextPage(world: World, random: Random): string {
  const { shop } = world.scenario;
  const roll = random.float();
  if (roll < 0.24) return `/search?q=${asFormValue(random.pick(shop.searches))}`;
  if (roll < 0.5) return random.pick(shop.categories);
  if (roll < 0.95) return random.pick(shop.products);
  return random.pick(shop.information);
}

/** As a browser sends the value of a form field. */
const asFormValue = (text: string): string =>
  encodeURIComponent(text).replaceAll('%20', '+').replaceAll("'", '%27');

function* loadAssets(
  world: World,
  random: Random,
  visitor: Visitor,
  wait: (seconds: number) => number,
  referrer: string,
): Actor {
  const { ip, agent, isReturning } = visitor;
  for (const target of world.scenario.shop.assets) {
    if (isReturning && random.chance(0.7)) continue;
    const status = isReturning ? 304 : 200;
    serve(world, { ip, agent, target, referrer, status });
    yield wait(0.08);
  }
}

function* loadPictures(
  world: World,
  random: Random,
  visitor: Visitor,
  wait: (seconds: number) => number,
  referrer: string,
): Actor {
  const { ip, agent } = visitor;
  const pictures = random.int(0, 4);
  for (let i = 0; i < pictures; i++) {
    const target = `/img/p/${2000 + random.int(0, 240)}-400.webp`;
    const isKnown = random.chance(0.3);
    serve(world, { ip, agent, target, referrer, status: isKnown ? 304 : 200 });
    yield wait(0.06);
  }
}

/** A login: most get it right, some on the second or third try, a few have forgotten the password. */
function* logIn(
  world: World,
  random: Random,
  visitor: Visitor,
  wait: (seconds: number) => number,
): Actor {
  const { ip, agent, customer } = visitor;
  const referrer = `https://${world.scenario.site}/login`;
  const post = (status: number, msg: string, level = 30): void =>
    serve(world, {
      ...{ ip, agent, referrer, method: 'POST', target: '/login', status },
      event: { level, user: customer, msg },
    });
  yield wait(12);
  serve(world, { ip, agent, target: '/login' });
  const roll = random.float();
  const mistakes = roll < 0.8 ? 0 : roll < 0.93 ? 1 : 2;
  for (let i = 0; i < mistakes; i++) {
    yield wait(9);
    post(401, 'login failed: wrong password', 40);
  }
  if (roll > 0.975) {
    yield wait(11);
    const event = { user: customer, msg: 'password reset requested' };
    serve(world, { ip, agent, target: '/account/reset', method: 'POST', status: 302, event });
    yield wait(140);
    const token = random.text(24, 'abcdefghijklmnopqrstuvwxyz0123456789');
    serve(world, { ip, agent, target: `/account/reset/${token}` });
    yield wait(30);
    const changed = { user: customer, msg: 'password changed' };
    serve(world, {
      ip,
      agent,
      target: `/account/reset/${token}`,
      method: 'POST',
      status: 302,
      event: changed,
    });
  }
  yield wait(8);
  post(302, 'login succeeded');
  yield wait(1);
  serve(world, { ip, agent, target: '/account', referrer });
}
