/** Plays the chapters of the attack, step by step, in the order of the scenario. */
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

/** One intruder plays all chapters; a chapter waits for the one before it. */
export function* intruder(world: World): Actor {
  const foothold: Foothold = { session: undefined, subject: undefined, shell: 0, lastPid: 0 };
  for (const chapter of world.scenario.chapters) {
    const random = world.random(`chapter ${chapter.id}`);
    yield world.startMs + chapter.day * 86_400_000 + chapter.at * 60_000 + random.int(0, 20_000);
    for (const step of chapter.steps) {
      const technique = step.technique ?? chapter.technique;
      const mark: Mark = { chapter: chapter.id, technique, entities: chapter.entities };
      yield* play({ world, chapter, foothold, random, mark }, step);
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
