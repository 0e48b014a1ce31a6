/** `ir watch --block` on real nftables in network namespaces: whose packets stop, whose pass, and what the journal says. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { listActions, undoActions } from '../../src/commands/actions.ts';
import { type BlockOptions, blockSink } from '../../src/commands/block-sink.ts';
import { openIncident } from '../../src/commands/open-incident.ts';
import type { LiveFinding, LiveSink } from '../../src/watch/live-finding.ts';
import { BIN, cleanEnv, ensureBuilt } from '../program.ts';
import { canIsolate, isInstalled, makeWorld, type World } from '../respond/action-world.ts';
import { showWhole, type TestContext, testContext } from './test-context.ts';

const isPossible = canIsolate('blocks of a watch') && isInstalled('nft');
const EVIL = '203.0.113.7';
const FRIEND = '203.0.113.9';
const HOST = '203.0.113.1';

/** The id of a rule of single events. */
const SINGLE = new Set(['single']);

let seq = 0;
/** A step of a finding about an address, whose last event was `agoMs` before the clock of the context. */
const stepOf = (
  context: TestContext,
  address: string,
  { level = 'high', agoMs = 100, isReplayed = false } = {},
): LiveFinding => {
  const nowMs = context.now().getTime();
  const lastUs = (nowMs - agoMs) * 1000;
  return {
    ...{ seq: (seq += 1), state: 'open', notedMs: nowMs, isReplayed },
    finding: {
      ...{ id: `${seq}`.padStart(16, '0'), level, count: 12, firstUs: lastUs - 1e6, lastUs },
      ...{ rule: { title: 'Guessing' }, entities: { 'source.ip': [address] }, event: {} },
      evidence: [{ file: 'auth.log', line: 3, raw: '', offset: 0, sha256: '', timeUs: lastUs }],
    } as unknown as LiveFinding['finding'],
  };
};

let world: World;
let folder: string;
let context: TestContext;
let said: string[];

beforeAll(() => {
  if (isPossible) world = makeWorld('block');
});
afterAll(() => world?.end());
beforeEach(async () => {
  if (!isPossible) return;
  folder = mkdtempSync(join(tmpdir(), 'ir-block-'));
  mkdirSync(join(folder, 'bin'));
  mkdirSync(join(folder, 'watch'));
  mkdirSync(join(folder, 'config/ir'), { recursive: true });
  // The one program that changes something works in the namespace; it is the real one.
  const nft = `#!/bin/sh\nexec ip netns exec ${world.host} /usr/sbin/nft "$@"\n`;
  writeFileSync(join(folder, 'bin/nft'), nft, { mode: 0o755 });
  said = [];
  context = testContext({
    cwd: folder,
    env: {
      XDG_CONFIG_HOME: join(folder, 'config'),
      PATH: `${join(folder, 'bin')}:${process.env['PATH']}`,
    },
  });
  context.say = (text) => void said.push(text);
  await openIncident(context, { title: 'Sample', severity: 'SEV2' });
});
afterEach(() => {
  if (!isPossible) return;
  world.onHost(['nft', 'flush', 'ruleset']);
  rmSync(folder, { recursive: true, force: true });
});

const begin = async (options: BlockOptions = {}): Promise<LiveSink> => {
  const all = { block: true, ...options };
  const sink = await blockSink(context, all, {
    folder: join(folder, 'watch'),
    name: 'main',
    singleRules: SINGLE,
  });
  if (sink === undefined) throw new Error('no sink');
  return sink;
};
const take = (sink: LiveSink, ...steps: LiveFinding[]): Promise<void> =>
  sink.take(steps, context.now().getTime());
const tick = async (sink: LiveSink, laterMs: number): Promise<void> => {
  context.tick(laterMs);
  await sink.tick?.(context.now().getTime());
};
const inPlace = async () =>
  (await listActions(context, {})).result.actions.map(({ target, state }) => ({ target, state }));
/** The addresses in the set of the kernel, with how long they were given. */
const inKernel = (): string[] =>
  [...world.rules().matchAll(/([0-9a-f.:/]+) timeout (\w+)/g)].map(
    ([, target, time]) => `${target} ${time}`,
  );

describe.skipIf(!isPossible)('a watch that blocks', () => {
  it('stops the packets of whom a finding names, and nobody else', async () => {
    const sink = await begin();
    expect(world.reaches(EVIL, HOST)).toBe(true);
    await take(sink, stepOf(context, EVIL), stepOf(context, EVIL));
    expect(inKernel()).toEqual([`${EVIL} 10m`]);
    expect(world.reaches(EVIL, HOST, 300)).toBe(false);
    expect(world.reaches(FRIEND, HOST)).toBe(true);
    expect(await inPlace()).toEqual([{ target: EVIL, state: 'verified' }]);
    const { journal } = await showWhole(context);
    expect(journal.find(({ type }) => type === 'action_proposed')?.payload).toMatchObject({
      reason: expect.stringMatching(
        /^ir watch --name main: Guessing \(high\), 12 events, finding 0+\d, auth\.log:3$/,
      ),
      until: '2026-03-01T12:10:00.000Z',
    });
    expect(said.join('\n')).toMatch(/blocked 203\.0\.113\.7 for 10m: Guessing .* ir undo A-001/);
  });

  it('blocks for twice as long who comes again, and leaves alone whom a person took back', async () => {
    const sink = await begin({ blockFor: '1h', blockUpTo: '3h' });
    for (const [hours, time] of [
      [1, '1h'],
      [2, '2h'],
      [3, '3h'],
    ] as const) {
      await take(sink, stepOf(context, EVIL));
      expect(inKernel()).toEqual([`${EVIL} ${time}`]);
      // The kernel's clock is not ours: what it would end is taken out as its end does.
      world.onHost(['nft', 'flush', 'set', 'inet', 'ir_block', 'block_ip']);
      await tick(sink, hours * 3_600_000 + 1000);
      expect(await inPlace()).toEqual([]);
    }
    await take(sink, stepOf(context, EVIL));
    await undoActions(context, 'A-004', { yes: true });
    context.tick(1000);
    expect(inKernel()).toEqual([]);
    await take(sink, stepOf(context, EVIL));
    expect(inKernel()).toEqual([]);
    expect(said.join('\n')).toContain('took that back (A-004)');
  });

  it.each([
    ['events of before the watch', { isReplayed: true }],
    ['events that are older than a block lasts', { agoMs: 11 * 60_000 }],
    ['a level that is too low', { level: 'low' }],
  ])('blocks nobody for %s', async (_, more) => {
    const sink = await begin();
    await take(sink, stepOf(context, EVIL, more));
    expect(await inPlace()).toEqual([]);
    await take(sink, stepOf(context, EVIL));
    expect(await inPlace()).toHaveLength(1);
  });

  it('spares what the configuration, the plan and the machine itself name', async () => {
    writeFileSync(
      join(folder, 'config/ir/config.yml'),
      'never_block: { office: 203.0.113.7 }\ntrusted_proxies: { cdn: 203.0.113.8 }\n',
    );
    writeFileSync(join(folder, '.ir/plan.yml'), 'never_block: { bastion: [203.0.113.9] }\n');
    const sink = await begin();
    await take(
      sink,
      ...[EVIL, FRIEND, '127.0.0.1', '203.0.113.8'].map((one) => stepOf(context, one)),
    );
    await take(sink, stepOf(context, EVIL));
    expect(await inPlace()).toEqual([]);
    expect(said.filter((text) => text.startsWith('not blocked'))).toEqual([
      expect.stringMatching(
        /203\.0\.113\.8 is a proxy \(trusted_proxies\.cdn\), and whose requests/,
      ),
      expect.stringContaining('spared by the configuration, as never_block.office'),
      expect.stringContaining('spared by the plan, as never_block.bastion'),
      expect.stringContaining('127.0.0.1 is a loopback address'),
    ]);
  });

  it('blocks a network where that is asked for, and the address alone where the network holds a friend', async () => {
    const sink = await begin({ blockNetwork: '24,64' });
    await take(sink, stepOf(context, '198.51.100.7'), stepOf(context, '2001:db8:5::9'));
    expect(inKernel()).toEqual(['198.51.100.0/24 10m', '2001:db8:5::/64 10m']);
    writeFileSync(join(folder, 'config/ir/config.yml'), 'never_block: { friend: 203.0.113.9 }\n');
    await take(sink, stepOf(context, EVIL));
    expect(inKernel()).toContain(`${EVIL} 10m`);
  });

  it('keeps to the cap of a minute, over a restart, and blocks who waits afterwards', async () => {
    const addresses = Array.from({ length: 5 }, (_, index) => `198.51.100.${index + 1}`);
    const steps = addresses.map((one) => stepOf(context, one));
    await take(await begin({ blockMost: '2' }), ...steps);
    expect(await inPlace()).toHaveLength(2);
    expect(said.join('\n')).toContain('3 wait to be blocked: at most 2 a minute');
    const next = await begin({ blockMost: '2' });
    expect(await next.position()).toBe(seq);
    await take(next, ...steps);
    await tick(next, 1000);
    expect(await inPlace()).toHaveLength(2);
    await tick(next, 61_000);
    expect(await inPlace()).toHaveLength(4);
    await tick(next, 61_000);
    expect((await inPlace()).map(({ target }) => target).sort()).toEqual(addresses);
  });

  it('says whom it would block, and changes nothing', async () => {
    const sink = await begin({ dryRun: true });
    await take(sink, stepOf(context, EVIL), stepOf(context, '127.0.0.1'));
    await take(sink, stepOf(context, EVIL));
    expect(said.filter((text) => /would|not blocked/.test(text))).toEqual([
      expect.stringMatching(/^would block 203\.0\.113\.7 for 10m: Guessing \(high\)/),
      expect.stringContaining('127.0.0.1 is a loopback address'),
    ]);
    expect([await inPlace(), world.rules()]).toEqual([[], '']);
  });

  it('waits for the incident that an alert opens', async () => {
    rmSync(join(folder, '.ir'), { recursive: true });
    const sink = await begin({ open: true });
    await take(sink, stepOf(context, EVIL));
    await tick(sink, 1000);
    expect(world.rules()).toBe('');
    await openIncident(context, { title: 'By an alert', severity: 'SEV2' });
    await tick(sink, 1000);
    expect(inKernel()).toEqual([`${EVIL} 10m`]);
  });

  it('refuses to begin where it could not block', async () => {
    const none = testContext({ cwd: tmpdir(), env: { PATH: process.env['PATH'] ?? '' } });
    await expect(
      blockSink(
        none,
        { block: true },
        { folder: join(folder, 'watch'), name: 'main', singleRules: SINGLE },
      ),
    ).rejects.toThrow('--block writes what it does into an incident');
    await expect(begin({ blockMost: '0' })).rejects.toThrow('no number of blocks a minute');
    await expect(begin({ blockNetwork: '4' })).rejects.toThrow('16 to 32');
    await expect(
      blockSink(none, { dryRun: true }, { folder, name: 'main', singleRules: SINGLE }),
    ).rejects.toThrow('nothing is blocked');
  });

  it('lets the packets flow again when time is up, killed as it was', {
    timeout: 60_000,
  }, async () => {
    ensureBuilt();
    const log = join(folder, 'auth.log');
    writeFileSync(log, '');
    const options = ['--block', '--block-for', '6s', '--learn', '1s', '--no-input'];
    const argv = ['netns', 'exec', world.host, process.execPath, BIN, 'watch', log, ...options];
    const env = { ...cleanEnv(), ...context.settings.env, PATH: process.env['PATH'] };
    const child = spawn('ip', argv, { cwd: folder, env, stdio: ['ignore', 'ignore', 'pipe'] });
    const heard = async (wanted: RegExp): Promise<void> => {
      for (let text = ''; !wanted.test(text); )
        text += String((await once(child.stderr, 'data'))[0]);
    };
    await heard(/watching 1 source/);
    const blocked = heard(/blocked 203\.0\.113\.7 for 6s/);
    for (let index = 0; index < 40; index += 1)
      appendFileSync(
        log,
        `${new Date().toISOString()} web01 sshd[${900 + index}]: Failed password for root from ${EVIL} port ${40000 + index} ssh2\n`,
      );
    await blocked;
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(world.reaches(EVIL, HOST, 300)).toBe(false);
    expect(world.reaches(FRIEND, HOST)).toBe(true);
    while (inKernel().length > 0) await new Promise((done) => setTimeout(done, 200));
    expect(world.reaches(EVIL, HOST)).toBe(true);
  });
});
