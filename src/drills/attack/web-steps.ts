/** The attack through the web server: requests, scans, commands through a web shell. */
import type { Subject } from '../lines/auditd.ts';
import { runCommand } from '../linux-host.ts';
import type { Actor } from '../schedule.ts';
import { serve } from '../web-server.ts';
import { around, nextPid } from '../world.ts';
import type { Scene, StepOf } from './scene.ts';

/** One request, or the same one several times. */
export function* request({ world, chapter, mark, random }: Scene, step: StepOf<'request'>): Actor {
  for (let i = 0; i < step.times; i++) {
    if (i > 0) yield world.schedule.nowMs + around(random, step.pause ?? 5);
    const { method, target, status, bytes, referrer, error, failure } = step;
    const sender = { ip: chapter.from, agent: step.agent ?? chapter.agent };
    serve(world, { ...sender, method, target, status, bytes, referrer, error, failure, mark });
  }
}

/** A list of targets, one after the other, a few per second. */
export function* scan({ world, chapter, mark, random }: Scene, step: StepOf<'scan'>): Actor {
  for (let round = 0; round < step.times; round++) {
    for (const pattern of step.targets) {
      const target = pattern.replace('%n', () => String(random.int(1, 999)));
      const status = /\/\.(?!well-known)/.test(target) ? 403 : step.status;
      serve(world, { ip: chapter.from, agent: step.agent ?? chapter.agent, target, status, mark });
      yield world.schedule.nowMs + around(random, 0.4);
    }
  }
}

/** Commands through the web shell: the request, PHP's shell, the command. */
export function* useWebShell(scene: Scene, step: StepOf<'webshell'>): Actor {
  const { world, chapter, mark, random } = scene;
  const daemon = world.account(step.account);
  const subject: Subject = {
    ...{ login: undefined, effective: daemon, session: undefined, tty: '(none)', cwd: step.cwd },
  };
  const pool = nextPid(world);
  for (const command of step.run) {
    const shell = runCommand(world, {
      ...{ subject, command: `sh -c '${command}'`, parent: pool, key: 'webexec', mark },
    });
    runCommand(world, { subject, command, parent: shell, key: 'webexec', mark });
    yield world.schedule.nowMs + random.int(20, 400);
    const target = `${step.target}${encodeURIComponent(command).replaceAll('%20', '+')}`;
    const bytes = random.int(40, 2600);
    serve(world, { ip: chapter.from, agent: chapter.agent, target, status: 200, bytes, mark });
    yield world.schedule.nowMs + around(random, step.pause ?? 25);
  }
}
