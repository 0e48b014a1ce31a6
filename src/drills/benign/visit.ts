/** One visit to the shop: look, search, fill a cart, log in (some mistype), buy. */
import type { Random } from '../random.ts';
import type { Actor } from '../schedule.ts';
import { serve, type WebRequest } from '../web-server.ts';
import { around, type World } from '../world.ts';

/** Somebody with a browser. */
export interface Visitor {
  ip: string;
  agent: string;
  customer: string;
  /** The browser has the assets already. */
  isReturning: boolean;
}

/** A visit under way. */
interface Walk {
  world: World;
  random: Random;
  visitor: Visitor;
  /** The page that the next request comes from. */
  referrer: string;
  /** When the visitor is ready after a pause of about so many seconds. */
  wait(seconds: number): number;
}

/** A visit from the first page to the last. */
export function* visit(world: World, random: Random, visitor: Visitor): Actor {
  let at = world.schedule.nowMs;
  const wait = (seconds: number): number => (at += around(random, seconds));
  const referrer = random.chance(0.4) ? 'https://search.example.org/' : '-';
  const walk: Walk = { world, random, visitor, referrer, wait };
  yield* browse(walk);
  if (!random.chance(0.22)) return;
  if (random.chance(0.75)) yield* logIn(walk);
  yield* fillCart(walk);
  if (random.chance(0.6)) yield* buy(walk);
}

/** Asks for something; a page that was shown becomes the referrer of what follows. */
function ask(walk: Walk, target: string, fields: Partial<WebRequest> = {}): void {
  const { world, visitor, referrer } = walk;
  serve(world, { ip: visitor.ip, agent: visitor.agent, target, referrer, ...fields });
  if (fields.status === undefined) walk.referrer = `https://${world.scenario.site}${target}`;
}

function* browse(walk: Walk): Actor {
  const { world, random, visitor, wait } = walk;
  const { shop } = world.scenario;
  ask(walk, random.chance(0.5) ? '/' : random.pick(shop.categories));
  yield wait(0.3);
  for (const asset of shop.assets) {
    if (visitor.isReturning && random.chance(0.7)) continue;
    ask(walk, asset, { status: visitor.isReturning ? 304 : 200 });
    yield wait(0.08);
  }
  const pages = Math.min(14, 1 + Math.floor(random.wait(4)));
  for (let i = 0; i < pages; i++) {
    yield wait(22);
    ask(walk, nextPage(world, random));
    yield wait(0.4);
    yield* loadPictures(walk);
  }
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

function* loadPictures(walk: Walk): Actor {
  const { random, wait } = walk;
  const pictures = random.int(0, 4);
  for (let i = 0; i < pictures; i++) {
    const target = `/img/p/${2000 + random.int(0, 240)}-400.webp`;
    ask(walk, target, { status: random.chance(0.3) ? 304 : 200 });
    yield wait(0.06);
  }
}

/** A login: most get it right, some on the second or third try, a few have forgotten the password. */
function* logIn(walk: Walk): Actor {
  const { random, visitor, wait } = walk;
  const user = visitor.customer;
  const post = (status: number, level: number, msg: string): void =>
    ask(walk, '/login', { method: 'POST', status, event: { level, user, msg } });
  yield wait(12);
  ask(walk, '/login');
  const roll = random.float();
  const mistakes = roll < 0.8 ? 0 : roll < 0.93 ? 1 : 2;
  for (let i = 0; i < mistakes; i++) {
    yield wait(9);
    post(401, 40, 'login failed: wrong password');
  }
  if (roll > 0.975) yield* resetPassword(walk);
  yield wait(8);
  post(302, 30, 'login succeeded');
  yield wait(1);
  ask(walk, '/account');
}

function* resetPassword(walk: Walk): Actor {
  const { random, visitor, wait } = walk;
  const post = (target: string, msg: string): void =>
    ask(walk, target, { method: 'POST', status: 302, event: { user: visitor.customer, msg } });
  yield wait(11);
  post('/account/reset', 'password reset requested');
  yield wait(140);
  const target = `/account/reset/${random.text(24, 'abcdefghijklmnopqrstuvwxyz0123456789')}`;
  ask(walk, target);
  yield wait(30);
  post(target, 'password changed');
}

function* fillCart(walk: Walk): Actor {
  const { world, random, wait } = walk;
  yield wait(15);
  ask(walk, random.pick(world.scenario.shop.products));
  yield wait(9);
  ask(walk, '/cart/items', { method: 'POST', status: 302 });
  yield wait(1);
  ask(walk, '/cart');
}

function* buy(walk: Walk): Actor {
  const { random, visitor, wait } = walk;
  const user = visitor.customer;
  yield wait(25);
  ask(walk, '/checkout');
  yield wait(48);
  // Now and then the payment provider does not answer: an error that nobody meant.
  const isLost = random.chance(0.02);
  const paid = { user, order: random.int(100_000, 999_999), msg: 'order placed' };
  const lost = { level: 50, user, msg: 'payment provider did not answer, order kept for retry' };
  ask(walk, '/checkout/pay', {
    method: 'POST',
    status: isLost ? 502 : 303,
    event: isLost ? lost : paid,
  });
  yield wait(2);
  ask(walk, '/checkout/thanks');
}
