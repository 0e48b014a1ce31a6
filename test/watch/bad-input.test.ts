/** What goes wrong while a watch runs is said once, recovered from, and loses nothing. */
import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readAddress } from '../../src/watch/receive/address.ts';
import { openFeed } from '../../src/watch/receive/feed.ts';
import { listen } from '../../src/watch/receive/listen.ts';
import { sayOnlyRoot } from '../needs.ts';
import { begin, clockAt, closedOf, keepingSink } from './live.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ir-bad-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Guessing by one address, a burst of its own for each. */
const guesses = (address: number): string =>
  Array.from(
    { length: 40 },
    (_, index) =>
      `2026-11-20T10:0${address}:${`${index}`.padStart(2, '0')}.000000+00:00 web01 sshd[${900 + index}]: Failed password for root from 203.0.113.${address} port ${4000 + index} ssh2\n`,
  ).join('');

it('a port that is taken is named, and what to do', async () => {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as { port: number };
  const url = `syslog+tcp://127.0.0.1:${port}`;
  const feed = openFeed(join(folder, 'feed'), url);
  const options = { feed, token: undefined, tls: undefined, mostBytes: 1000, say: () => {} };
  await expect(listen({ address: readAddress(url)!, ...options } as never)).rejects.toMatchObject({
    message: expect.stringContaining(`nothing can listen on ${url}: `),
    hint: expect.stringContaining('Choose another port'),
  });
  await new Promise((done) => server.close(done));
});

const isRoot = process.getuid?.() === 0 || sayOnlyRoot('a watch on a full disk');

describe.runIf(isRoot)('a disk that is full', () => {
  it('of the state is said once for each thing, and what was found meanwhile is told when there is room', async () => {
    const state = join(folder, 'state');
    mkdirSync(state);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=512k', 'tmpfs', state]);
    let end = (): void => undefined;
    try {
      const log = join(folder, 'auth.log');
      writeFileSync(log, guesses(1));
      const clock = clockAt('2026-11-20T10:30:00Z');
      const sink = keepingSink();
      const live = await begin(state, [log], { now: clock.now, sinks: [sink] });
      end = live.crash;
      const steps = async (count: number): Promise<void> => {
        for (let step = 0; step < count; step += 1) {
          clock.ms += 1500;
          await live.watch.step();
        }
      };
      await steps(4);
      const before = sink.taken.length;
      expect(before).toBeGreaterThan(0);
      const ballast = join(state, 'ballast');
      const { bavail, bsize } = statfsSync(state);
      writeFileSync(ballast, Buffer.alloc(bavail * bsize));
      appendFileSync(log, guesses(2));
      await steps(12);
      const full = live.said.filter(
        (text) => text.includes('No space left') || text.includes('ENOSPC'),
      );
      expect(full.length).toBeGreaterThan(0);
      expect(new Set(full).size).toBe(full.length);
      expect(sink.taken.length).toBe(before);
      rmSync(ballast);
      await steps(4);
      await live.watch.end();
      live.watch.keep();
      expect(live.said.filter((text) => text.endsWith('works again')).length).toBe(full.length);
      const ips = sink.taken.flatMap(({ finding }) => finding.entities['source.ip'] ?? []);
      expect(new Set(ips)).toEqual(new Set(['203.0.113.1', '203.0.113.2']));
      expect(sink.taken.map(({ seq }) => seq)).toEqual(sink.taken.map((_, index) => index + 1));
      expect(closedOf(sink.taken).length).toBe(new Set(closedOf(sink.taken)).size);
    } finally {
      end();
      execFileSync('umount', [state]);
    }
  });
});

/** As whom it is read. */
const SELF = process.getuid?.() ?? 0;
const NOBODY_OR_SELF = SELF === 0 ? 65_534 : SELF;

it('a log that may not be read any more is said once, and read on from there when it may', async () => {
  const log = join(folder, 'auth.log');
  writeFileSync(log, guesses(1));
  const clock = clockAt('2026-11-20T10:30:00Z');
  const sink = keepingSink();
  // Root may read everything, so that it is somebody else who reads.
  for (const path of [folder, log]) chownSync(path, NOBODY_OR_SELF, process.getgid?.() ?? 0);
  process.seteuid?.(NOBODY_OR_SELF);
  try {
    const live = await begin(join(folder, 'state'), [log], { now: clock.now, sinks: [sink] });
    const steps = async (count: number): Promise<void> => {
      for (let step = 0; step < count; step += 1) {
        clock.ms += 1500;
        await live.refresh();
        await live.watch.step();
      }
    };
    await steps(3);
    renameSync(log, `${log}.1`);
    writeFileSync(log, guesses(2));
    chmodSync(log, 0);
    await steps(8);
    const troubles = live.said.filter(
      (text) => text.includes('auth.log') && text.includes('permi'),
    );
    expect(troubles).toHaveLength(1);
    chmodSync(log, 0o644);
    await steps(6);
    await live.watch.end();
    live.close();
  } finally {
    process.seteuid?.(SELF);
  }
  const ips = sink.taken.flatMap(({ finding }) => finding.entities['source.ip'] ?? []);
  expect(new Set(ips)).toEqual(new Set(['203.0.113.1', '203.0.113.2']));
});
