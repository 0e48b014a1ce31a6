/**
 * What every action promises, where it can run: before `run` (a `run` that does nothing) verify fails, before `undo` (an
 * `undo` that does nothing) undo_verify fails, and afterwards everything is as it was.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keepsContract } from './action-contract.ts';
import {
  canIsolate,
  EVIL_ADDRESSES,
  FRIEND_ADDRESSES,
  HOST_ADDRESSES,
  isInstalled,
  makeWorld,
  trialOf,
  type World,
} from './action-world.ts';

const isPossible = canIsolate('actions on real packets') && isInstalled('nft');

describe.skipIf(!isPossible)('blocks, between namespaces', () => {
  let world: World;
  beforeAll(() => (world = makeWorld('c')));
  afterAll(() => world.end());

  const families = ['ip', 'ip6'] as const;
  const blocks = ['block-ip', 'block-ip-iptables'].filter(
    (id) => id === 'block-ip' || isInstalled('iptables'),
  );

  it.each(blocks.flatMap((id) => families.map((family) => [id, family] as const)))(
    '%s stops one source over %s, both ways, and nobody else',
    async (id, family) => {
      const [evil, host, friend] = [EVIL_ADDRESSES, HOST_ADDRESSES, FRIEND_ADDRESSES].map(
        (one) => one[family],
      ) as [string, string, string];
      const trial = await trialOf(id, { address: evil }, world.onHost);
      expect(world.reaches(evil, host)).toBe(true);
      keepsContract(
        trial,
        () => emptyChainsAside(world),
        () => {
          expect(world.reaches(evil, host)).toBe(false);
          expect(world.reaches(host, evil)).toBe(false);
          expect(world.reaches(friend, host)).toBe(true);
        },
      );
      expect(world.reaches(evil, host)).toBe(true);
    },
  );

  it('block-ip is ended by the kernel', async () => {
    const trial = await trialOf('block-ip', { address: EVIL_ADDRESSES.ip }, world.onHost, 2000);
    trial.run();
    expect(world.reaches(EVIL_ADDRESSES.ip, HOST_ADDRESSES.ip, 300)).toBe(false);
    for (let tries = 0; tries < 50 && trial.undoVerify() !== 'holds'; tries++)
      await new Promise((resolve) => setTimeout(resolve, 200));
    expect(world.reaches(EVIL_ADDRESSES.ip, HOST_ADDRESSES.ip)).toBe(true);
    world.onHost(['nft', 'delete', 'table', 'inet', 'ir_block']);
  });

  it.runIf(blocks.includes('block-ip-iptables'))(
    'block-ip-iptables takes back its own rules, wherever they are by then, and leaves those that somebody wrote since',
    async () => {
      const [evil, friend] = [EVIL_ADDRESSES.ip, FRIEND_ADDRESSES.ip];
      const tables = (...words: string[]): void => {
        expect(world.onHost(['iptables', '-w', ...words])).toMatchObject({ status: 0 });
      };
      const saved = (): string =>
        world.onHost(['iptables-save']).stdout.replace(/^#.*\n|\[\d+:\d+\]/gm, '');
      // The same address, another purpose; in front of ours, behind it, and in another table.
      const others = [
        ['raw', 'PREROUTING', '-s', evil, '-p', 'tcp', '-j', 'NOTRACK'],
        ['raw', 'OUTPUT', '-d', friend, '-m', 'comment', '--comment', 'mine', '-j', 'DROP'],
        ['filter', 'INPUT', '-s', evil, '-j', 'DROP'],
      ];
      const trial = await trialOf('block-ip-iptables', { address: evil }, world.onHost);
      trial.remember();
      trial.run();
      for (const [table = '', ...rule] of others) tables('-t', table, '-I', ...rule);
      // One of ours was taken out by hand.
      tables(
        ...['-t', 'raw', '-D', 'OUTPUT', '-d', evil, '-m', 'comment', '--comment', 'ir:block'],
        ...['-j', 'DROP'],
      );
      expect([trial.verify(), trial.undoVerify()]).toEqual(['fails', 'fails']);
      trial.undo();
      expect(trial.undoVerify()).toBe('holds');
      const rules = saved();
      expect(rules).not.toContain('ir:block');
      expect(rules.match(/^-A .*/gm)).toHaveLength(others.length);
      for (const [table = '', ...rule] of others) tables('-t', table, '-D', ...rule);
      expect(emptyChainsAside(world).replace(/table ip filter \{[\s\S]*?\n\}\s*/, '')).toBe('');
      world.onHost(['nft', 'delete', 'table', 'ip', 'filter']);
    },
  );

  it('block-ip leaves what others put into the set', async () => {
    const [one, other] = await Promise.all(
      ['203.0.113.7', '203.0.113.70'].map((address) =>
        trialOf('block-ip', { address }, world.onHost),
      ),
    );
    one?.run();
    other?.run();
    one?.undo();
    expect([one?.undoVerify(), other?.verify()]).toEqual(['holds', 'holds']);
    other?.undo();
    expect(emptyChainsAside(world)).toBe('');
  });
});

describe.skipIf(!isPossible)('networks, limits and isolation, between namespaces', () => {
  let world: World;
  beforeAll(() => {
    world = makeWorld('n');
  });
  afterAll(() => world.end());
  const [evil, host, friend] = [EVIL_ADDRESSES.ip, HOST_ADDRESSES.ip, FRIEND_ADDRESSES.ip];

  it('block-network stops a network, and nobody beside it', async () => {
    const trial = await trialOf('block-network', { network: '203.0.113.6/31' }, world.onHost);
    keepsContract(
      trial,
      () => world.rules(),
      () => {
        expect([world.reaches(evil, host), world.reaches(friend, host)]).toEqual([false, true]);
      },
    );
  });

  it('limit-source lets some connections through, then none, and others all', async () => {
    const trial = await trialOf('limit-source', { address: evil }, world.onHost);
    const passed = (from: string, count: number): number =>
      Array.from({ length: count }, () => world.reaches(from, host, 150)).filter(Boolean).length;
    keepsContract(
      trial,
      () => world.rules(),
      () => {
        const through = passed(evil, 16);
        expect(through).toBeGreaterThan(5);
        expect(through).toBeLessThan(16);
        expect(passed(friend, 3)).toBe(3);
      },
    );
  });

  it('limit-port lets some connections of each source through, and leaves another port alone', async () => {
    const [trial, other] = await Promise.all(
      ['9', '10'].map((port) => trialOf('limit-port', { port }, world.onHost)),
    );
    const passed = (from: string, count: number): number =>
      Array.from({ length: count }, () => world.reaches(from, host, 150)).filter(Boolean).length;
    keepsContract(
      trial!,
      () => world.rules(),
      () => {
        expect(passed(evil, 14)).toBeLessThan(14);
        expect(passed(friend, 3)).toBe(3);
      },
    );
    other!.run();
    keepsContract(trial!, () => world.rules());
    expect(other!.verify()).toBe('holds');
    other!.undo();
    expect(world.rules()).toBe('');
  });

  it('cut-account-egress refuses what an account begins, and answers on', async () => {
    const trial = await trialOf('cut-account-egress', { account: 'root' }, world.onHost);
    keepsContract(
      trial,
      () => world.rules(),
      () => {
        expect(world.reaches(evil, host)).toBe(true);
        expect(world.reaches(host, host)).toBe(true);
        const out = world.onHost([
          'ip',
          'netns',
          'exec',
          world.host,
          'bash',
          '-c',
          `exec 3<>/dev/udp/${evil}/9 && echo x >&3`,
        ]);
        expect(out.status).not.toBe(0);
      },
    );
  });

  it('drop-udp-answers closes one interface, and opens that one alone again', async () => {
    const [trial, other] = await Promise.all(
      ['eth0', 'eth1'].map((name) =>
        trialOf('drop-udp-answers', { interface: name }, world.onHost),
      ),
    );
    keepsContract(trial!, () => world.rules());
    other!.run();
    keepsContract(trial!, () => world.rules());
    expect(other!.verify()).toBe('holds');
    other!.undo();
    expect(world.rules()).toBe('');
  });

  it.each(['ip', 'ip6'] as const)(
    'isolate-host leaves one address open over %s, and the loopback',
    async (family) => {
      const [others, here, mine] = [EVIL_ADDRESSES, HOST_ADDRESSES, FRIEND_ADDRESSES];
      const trial = await trialOf('isolate-host', { management: mine[family] }, world.onHost);
      keepsContract(
        trial,
        () => world.rules(),
        () => {
          for (const one of ['ip', 'ip6'] as const) {
            expect(world.reaches(others[one], here[one])).toBe(false);
            expect(world.reaches(here[one], others[one])).toBe(false);
          }
          expect(world.reaches(mine[family], here[family])).toBe(true);
          expect(world.reaches(here[family], here[family])).toBe(true);
        },
      );
      expect(world.reaches(others[family], here[family])).toBe(true);
    },
  );

  it('isolate-host is taken back by the kernel alone, unless it is kept', async () => {
    const trial = await trialOf('isolate-host', { management: friend }, world.onHost, 2000);
    const wait = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 2600));
    trial.run();
    expect(world.reaches(evil, host, 300)).toBe(false);
    await wait();
    expect(world.reaches(evil, host)).toBe(true);
    trial.run();
    expect(trial.keep()).toMatchObject({ status: 0 });
    await wait();
    expect(trial.verify()).toBe('holds');
    expect(world.reaches(evil, host, 300)).toBe(false);
    trial.undo();
    expect(world.rules()).toBe('');
  });
});

/** iptables leaves base chains behind, which hold nothing and accept all. */
const emptyChainsAside = (world: World): string =>
  world
    .rules()
    .replace(/# Warning: table [^\n]*\n/g, '')
    .replace(
      /table ip6? raw \{\s*(chain \w+ \{\s*type filter [^\n]*policy accept;\s*\}\s*)*\}\s*/g,
      '',
    );
