/** Plays the acts of the attack, step by step, in the order of the scenario. */
import type { Mark } from '../log-writer.ts';
import type { Step } from '../scenario.ts';
import type { Actor } from '../schedule.ts';
import { around, type World } from '../world.ts';
import { callAsIntruder } from './cloud-steps.ts';
import type { Foothold, Scene } from './scene.ts';
import {
  becomeRoot,
  recordAccount,
  runShell,
  saySomething,
  silenceAudit,
  writeWatched,
} from './shell-steps.ts';
import { guessPasswords, logIn, logOut } from './ssh-steps.ts';
import { request, scan, useWebShell } from './web-steps.ts';

/** One intruder plays all acts; an act waits for the one before it. */
export function* intruder(world: World): Actor {
  const foothold: Foothold = { session: undefined, subject: undefined, shell: 0, lastPid: 0 };
  for (const act of world.scenario.acts) {
    const random = world.random(`act ${act.id}`);
    yield world.startMs + act.day * 86_400_000 + act.at * 60_000 + random.int(0, 20_000);
    for (const step of act.steps) {
      const technique = step.technique ?? act.technique;
      const mark: Mark = { act: act.id, technique, entities: act.entities };
      yield* play({ world, act, foothold, random, mark }, step);
      yield world.schedule.nowMs + around(random, step.pause ?? 5);
    }
  }
}

function* play(scene: Scene, step: Step): Actor {
  switch (step.do) {
    case 'request':
      return yield* request(scene, step);
    case 'scan':
      return yield* scan(scene, step);
    case 'webshell':
      return yield* useWebShell(scene, step);
    case 'guess':
      return yield* guessPasswords(scene, step);
    case 'login':
      return logIn(scene, step.account);
    case 'logout':
      return logOut(scene);
    case 'sudo':
      return becomeRoot(scene, step);
    case 'shell':
      return yield* runShell(scene, step);
    case 'write':
      return writeWatched(scene, step);
    case 'say':
      return saySomething(scene, step);
    case 'audit-account':
      return recordAccount(scene, step);
    case 'audit-off':
      return silenceAudit(scene);
    case 'cloud':
      return yield* callAsIntruder(scene, step);
  }
}
