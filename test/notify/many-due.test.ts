/** A look at many incidents reads what is the same for all of them once, however many are due. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { notifyDue } from '../../src/commands/notify-due.ts';
import { openIncident } from '../../src/commands/open-incident.ts';
import { addTask } from '../../src/commands/tasks.ts';
import { loadPlaybooks } from '../../src/respond/load-playbooks.ts';
import { createReceiver, type Receiver } from './receiver.ts';
import { type Setup, setUp } from './setup.ts';

vi.mock('../../src/respond/load-playbooks.ts', async (original) => {
  const real = await original<typeof import('../../src/respond/load-playbooks.ts')>();
  return { ...real, loadPlaybooks: vi.fn(real.loadPlaybooks) };
});

let server: Receiver;
let setup: Setup;
beforeEach(async () => {
  server = await createReceiver();
  const ops = { type: 'webhook', url: server.url, on: ['step_overdue'] };
  setup = await setUp('CLEAR', {}, { ops });
});
afterEach(async () => {
  setup.remove();
  await server.close();
});

it('ir notify --due tells of all that is late, and reads the playbooks once', async () => {
  const { context } = setup;
  for (let number = 0; number < 4; number += 1) {
    await openIncident(context, { title: `Case ${number}`, tlp: 'CLEAR', type: 'ransomware' });
    await addTask(context, 'image the disk', { due: '2026-03-01T13:00:00Z' });
  }
  context.tick(100 * 3_600_000);
  vi.mocked(loadPlaybooks).mockClear();
  await notifyDue(context, {});
  expect(server.got.filter(({ body }) => body.includes('image the disk'))).toHaveLength(4);
  expect(loadPlaybooks).toHaveBeenCalledTimes(1);
});
