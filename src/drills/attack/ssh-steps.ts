/** The attack over ssh: guessing, the login that works, the way out. */
import type { Actor } from '../schedule.ts';
import { closeSession, failPassword, openSession } from '../ssh-server.ts';
import { around, nextPid } from '../world.ts';
import type { Scene, StepOf } from './scene.ts';

/** Tries passwords, account names in turn, a connection every few seconds. */
export function* guessPasswords(scene: Scene, step: StepOf<'guess'>): Actor {
  const { world, chapter, mark, random } = scene;
  const most = Math.max(...step.users.map(({ tries }) => tries));
  for (let round = 0; round < most; round++) {
    for (const { name, tries } of step.users) {
      if (round >= tries) continue;
      const isKnown = world.scenario.accounts.some((account) => account.name === name);
      const peer = { ip: chapter.from, port: random.int(32_768, 60_999) };
      failPassword(world, peer, name, { isKnown, mark });
      yield world.schedule.nowMs + around(random, 8);
    }
  }
}

/** The password is right. */
export function logIn({ world, chapter, foothold, mark, random }: Scene, name: string): void {
  const account = world.account(name);
  const peer = { ip: chapter.from, port: random.int(32_768, 60_999) };
  foothold.session = openSession(world, { peer, account, tty: 'pts1', mark });
  foothold.subject = foothold.session.subject;
  foothold.shell = nextPid(world);
}

/** The session ends. */
export function logOut({ world, foothold, mark }: Scene): void {
  if (foothold.session !== undefined) closeSession(world, foothold.session, mark);
  foothold.session = undefined;
  foothold.subject = undefined;
}
