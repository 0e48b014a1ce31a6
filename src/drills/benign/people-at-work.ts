/** People and pipelines that work on the host: an administrator, the deployment. */
import { endSudo, logSystem, runCommand, runSudo, splitCommand } from '../linux-host.ts';
import type { Random } from '../random.ts';
import type { AdminVisit } from '../scenario.ts';
import type { Actor } from '../schedule.ts';
import { closeSession, failPassword, openSession, type SshSession } from '../ssh-server.ts';
import { around, nextPid, type World } from '../world.ts';

const DAY_MS = 86_400_000;

/** One visit over ssh: commands, some of them through sudo, then out again. */
export function* adminVisit(world: World, visit: AdminVisit): Actor {
  const random = world.random(`visit ${visit.day} ${visit.at}`);
  yield world.startMs + visit.day * DAY_MS + visit.at * 60_000 + random.int(0, 50_000);
  const port = random.int(32_768, 60_999);
  const session =
    visit.mistakes === undefined
      ? enter(world, visit.account, port)
      : yield* enterByPassword(world, visit, port, random);
  if (visit.fumblesSudo) failSudo(world, session);
  yield* work(world, session, visit.commands, visit.pauseSeconds, random);
  closeSession(world, session);
}

/** The password, mistyped a few times on the same connection, then right. */
function* enterByPassword(
  world: World,
  visit: AdminVisit,
  port: number,
  random: Random,
): Generator<number, SshSession, void> {
  const account = world.account(visit.account);
  const peer = { ip: visit.address ?? world.scenario.office.address, port };
  let pid: number | undefined;
  for (let i = 0; i < (visit.mistakes ?? 0); i++) {
    pid = failPassword(world, peer, account.name, { isKnown: true, end: 'none', pid });
    yield world.schedule.nowMs + around(random, 7);
  }
  return openSession(world, { peer, account, tty: 'pts0', pid });
}

/** A wrong password for sudo. */
function failSudo(world: World, { account }: SshSession): void {
  const { name, uid } = account;
  logSystem(
    world,
    'auth',
    'sudo',
    `pam_unix(sudo:auth): authentication failure; logname=${name} uid=${uid} euid=0 tty=/dev/pts/0 ruser=${name} rhost=  user=${name}`,
  );
}

/** The deployment: a short login by key, a restart. */
export function* deployments(world: World): Actor {
  const random = world.random('deployments');
  const { account, at: times, commands } = world.scenario.deploys;
  for (let day = 0; ; day++) {
    for (const at of times) {
      yield world.startMs + day * DAY_MS + at * 60_000 + random.int(0, 90_000);
      const session = enter(world, account, random.int(32_768, 60_999));
      yield* work(world, session, commands, 3, random);
      closeSession(world, session);
    }
  }
}

function enter(world: World, name: string, port: number): SshSession {
  const account = world.account(name);
  const declared = world.scenario.accounts.find((candidate) => candidate.name === name);
  const peer = { ip: declared?.address ?? world.scenario.host.address, port };
  return openSession(world, { peer, account, fingerprint: declared?.fingerprint, tty: 'pts0' });
}

function* work(
  world: World,
  session: SshSession,
  commands: readonly string[],
  pauseSeconds: number,
  random: Random,
): Actor {
  const { subject } = session;
  const parent = nextPid(world);
  for (const command of commands) {
    yield world.schedule.nowMs + around(random, pauseSeconds);
    const words = splitCommand(command);
    if (words[0] !== 'sudo') {
      runCommand(world, { subject, command, parent });
      continue;
    }
    runSudo(world, { subject, command: command.slice('sudo '.length), parent });
    if (words[1] === 'systemctl') echoSystemd(world, words);
    yield world.schedule.nowMs + around(random, 2);
    endSudo(world);
  }
}

/** What systemd answers to a restart or a reload. */
function echoSystemd(world: World, words: readonly string[]): void {
  const [, , verb = '', unit = ''] = words;
  const name = unit.replace(/\.service$/, '');
  const say = (text: string): void => logSystem(world, 'syslog', 'systemd[1]', text);
  if (verb === 'reload') {
    say(`Reloading ${name}.service...`);
    say(`Reloaded ${name}.service.`);
  }
  if (verb === 'restart') {
    say(`Stopping ${name}.service...`);
    say(`Stopped ${name}.service.`);
    say(`Started ${name}.service.`);
  }
}
