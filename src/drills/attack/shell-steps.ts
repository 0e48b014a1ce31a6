/** The attack from a shell on the host: commands, sudo, watched files, the end of auditing. */
import { daemonEndRecord, enabledRecord, type Subject } from '../lines/auditd.ts';
import { audit, auditUser, logSystem, runCommand, runSudo, writeFile } from '../linux-host.ts';
import type { Actor } from '../schedule.ts';
import { around, nextPid } from '../world.ts';
import type { Scene, StepOf } from './scene.ts';

function subjectOf({ foothold, chapter }: Scene): Subject {
  if (foothold.subject === undefined) {
    throw new RangeError(`chapter "${chapter.id}" uses a shell before any step "login"`);
  }
  return foothold.subject;
}

/** Commands in the shell, one after the other. */
export function* runShell(scene: Scene, step: StepOf<'shell'>): Actor {
  const { world, foothold, mark, random } = scene;
  const subject = { ...subjectOf(scene), ...(step.cwd === undefined ? {} : { cwd: step.cwd }) };
  for (const command of step.run) {
    foothold.lastPid = runCommand(world, { subject, command, parent: foothold.shell, mark });
    yield world.schedule.nowMs + around(random, step.pause ?? 12);
  }
}

/** `sudo`; with `become` what it starts is the shell from now on. */
export function becomeRoot(scene: Scene, step: StepOf<'sudo'>): void {
  const { world, foothold, mark } = scene;
  const options = { subject: subjectOf(scene), command: step.run, parent: foothold.shell, mark };
  const asRoot = runSudo(world, options);
  if (!step.become) return;
  foothold.subject = asRoot;
  foothold.shell = nextPid(world);
}

/** A file under watch is written, by the intruder or by a daemon under his control. */
export function writeWatched(scene: Scene, step: StepOf<'write'>): void {
  const { world, foothold, mark } = scene;
  const daemon = step.account === undefined ? undefined : world.account(step.account);
  const subject: Subject =
    daemon === undefined
      ? subjectOf(scene)
      : { login: undefined, effective: daemon, session: undefined, tty: '(none)', cwd: '/' };
  const { path, by: command, key, mode, isNew } = step;
  writeFile(world, { subject, command, parent: foothold.shell, key, mark, path, mode, isNew });
}

/** A line that the program just started, or a service, writes about what the intruder did. */
export function saySomething({ world, foothold, mark }: Scene, step: StepOf<'say'>): void {
  const tag = step.pid ? `${step.program}[${foothold.lastPid}]` : step.program;
  logSystem(world, step.file, tag, step.text, mark);
}

/** An account tool reports to the audit system. */
export function recordAccount(scene: Scene, step: StepOf<'audit-account'>): void {
  const { world, foothold, mark } = scene;
  const { login, effective, session, tty } = subjectOf(scene);
  const terminal = tty.replace(/^pts(\d)/, 'pts/$1');
  const text = `${step.text} exe="${step.program}" hostname=? addr=? terminal=${terminal} res=success`;
  auditUser(
    world,
    { type: step.type, pid: foothold.lastPid, uid: effective, login, session, text },
    mark,
  );
}

/** Auditing is switched off and the daemon ended: the audit log has nothing to say afterwards. */
export function silenceAudit(scene: Scene): void {
  const { world, mark } = scene;
  const subject = subjectOf(scene);
  audit(world, (atMs, serial) => enabledRecord(atMs, serial, subject, 0), mark);
  audit(world, (atMs, serial) => daemonEndRecord(atMs, serial, subject, 7), mark);
  world.isAuditing = false;
}
