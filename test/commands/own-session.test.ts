/** The address that the responder's own session comes from is refused, whatever the environment says: over ssh, under sudo, in tmux. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { act } from '../../src/commands/act.ts';
import { openIncident } from '../../src/commands/open-incident.ts';
import { type Loopback, startSshd } from '../host/loopback-ssh.ts';
import { isThere } from '../needs.ts';
import { BIN, ensureBuilt } from '../program.ts';
import {
  canIsolate,
  EVIL_ADDRESSES,
  FRIEND_ADDRESSES,
  HOST_ADDRESSES,
  isInstalled,
  makeWorld,
  type World,
} from '../respond/action-world.ts';
import { testContext } from './test-context.ts';

const isPossible =
  canIsolate("a responder's own session") &&
  isThere("a responder's own session: sshd", isInstalled('sshd'));
const hasTmux = isThere("a responder's own session: tmux", isInstalled('tmux'));
const hasSudo = isThere("a responder's own session: sudo", isInstalled('sudo'));
const MINE = FRIEND_ADDRESSES.ip;
const REFUSED = /is where an SSH session of that machine comes from, such as your own/;

describe.runIf(isPossible)('between namespaces', () => {
  let cwd: string;
  let world: World;
  let loopback: Loopback;
  beforeAll(async () => {
    ensureBuilt();
    cwd = mkdtempSync(join(tmpdir(), 'ir-own-'));
    world = makeWorld('o');
    mkdirSync(join(cwd, 'ssh'), { mode: 0o700 });
    const cable = { host: world.host, address: HOST_ADDRESSES.ip, clients: world.evil, from: MINE };
    loopback = await startSshd(join(cwd, 'ssh'), cable);
  });
  afterAll(() => {
    loopback?.stop();
    world?.end();
    rmSync(cwd, { recursive: true, force: true });
  });

  it('is refused over --host; another address is not', async () => {
    const context = testContext({
      cwd,
      env: { XDG_CONFIG_HOME: join(cwd, 'c'), PATH: `${loopback.path}:${process.env['PATH']}` },
    });
    await openIncident(context, { title: 'There' });
    const block = (address: string) =>
      act(context, 'block-ip', [address], { host: 'web01', yes: true, for: '1h' });
    await expect(block(MINE)).rejects.toMatchObject({
      exit: 6,
      message: expect.stringMatching(REFUSED),
    });
    expect(world.rules()).toBe('');
    expect((await block(EVIL_ADDRESSES.ip)).result.report?.state).toBe('verified');
    expect(world.rules()).toContain(EVIL_ADDRESSES.ip);
  });

  const onHost = (script: string) =>
    spawnSync(join(loopback.path, 'ssh'), ['web01', 'sh -s'], { input: script, encoding: 'utf8' });
  /** Without a word of the session in its environment, or with that of an older one. */
  const WAYS: readonly [string, boolean, (command: string) => string][] = [
    [
      'with an empty environment',
      true,
      (command) => `env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin ${command} 2>&1`,
    ],
    ['under sudo', hasSudo, (command) => `sudo -n ${command} 2>&1`],
    [
      'in tmux, with what an older session left',
      hasTmux,
      (command) =>
        `export SSH_CONNECTION='192.0.2.77 1 ${HOST_ADDRESSES.ip} 22'
         tmux -S ${join(cwd, 'tmux')} -f /dev/null new-session -d "${command} > ${join(cwd, 'said')} 2>&1; tmux -S ${join(cwd, 'tmux')} wait-for -S done"
         tmux -S ${join(cwd, 'tmux')} wait-for done
         cat ${join(cwd, 'said')}`,
    ],
  ];
  it.each(WAYS)('is refused %s', (_way, isHere, wrap) => {
    if (!isHere) return;
    const store = join(cwd, 'there');
    const ir = `${process.execPath} ${BIN} --store ${store} --no-input`;
    if (!existsSync(store)) expect(onHost(`${ir} open There`).status).toBe(0);
    const { stdout } = onHost(wrap(`${ir} act block-ip ${MINE} --for 1h --yes`));
    expect(stdout.replace(/\s+/g, ' ')).toMatch(REFUSED);
    expect(world.rules()).not.toContain(MINE);
  });
});
