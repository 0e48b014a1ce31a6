/** `kill -9` while a notice is being sent, and two runs at once: nothing is lost, nothing sent twice. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ensureBuilt, runIr } from '../program.ts';
import { answer, createReceiver, hang, type Receiver } from './receiver.ts';
import { type Setup, setUp } from './setup.ts';

let server: Receiver;
let setup: Setup;
beforeEach(async () => {
  ensureBuilt();
  server = await createReceiver();
  setup = await setUp();
});
afterEach(async () => {
  setup.remove();
  await server.close();
});

const ir = (...args: string[]) =>
  runIr(args, { cwd: setup.folder, env: { XDG_CONFIG_HOME: setup.folder } });

/** Kills the run once the server has its request. */
const killed = () =>
  runIr(['notify', 'hello'], {
    cwd: setup.folder,
    env: { XDG_CONFIG_HOME: setup.folder },
    whileRunning: (child) => void server.received(1).then(() => child.kill('SIGKILL')),
  });

it('sends again under the same id where that is known', async () => {
  setup.configure({ ops: { type: 'webhook', url: server.url } });
  server.answers.unshift(hang);
  await killed();
  expect((await ir('notify', '--flush')).exit).toBe(0);
  await ir('notify', '--flush');
  const ids = server.got.map(({ headers }) => headers['idempotency-key']);
  expect(ids).toEqual([ids[0], ids[0]]);
});

it('keeps and names what may have arrived elsewhere, until somebody says so', async () => {
  setup.configure({ chat: { type: 'slack', url: server.url } });
  server.answers.unshift(hang);
  await killed();
  const held = await ir('notify', '--flush');
  expect([held.exit, server.got.length]).toEqual([5, 1]);
  const number = /--again (N-\d+)/.exec(held.stdout)?.[1];
  expect((await ir('notify', '--flush', '--again', number!)).exit).toBe(0);
  expect(server.got).toHaveLength(2);
});

it('sends once though two runs flush', async () => {
  setup.configure({ ops: { type: 'webhook', url: server.url } });
  server.answers.unshift(answer(503));
  await ir('notify', 'hello');
  await Promise.all([ir('notify', '--flush'), ir('notify', '--flush')]);
  expect(server.got).toHaveLength(2);
});
