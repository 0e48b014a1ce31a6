/** Reading in workers and in this thread. */
import { EventEmitter } from 'node:events';
import type { Worker } from 'node:worker_threads';
import { expect, it } from 'vitest';
import { runAll } from '../../src/detect/pool.ts';
import type { ScanTask } from '../../src/detect/scan-task.ts';

/** A worker in the middle of a piece that does not end. */
const busyWorker = (): Worker =>
  Object.assign(new EventEmitter(), { postMessage: () => undefined }) as unknown as Worker;
const task = { start: 0, end: 1 } as ScanTask;

it('ends when this thread is stopped, though a worker is in the middle of a piece', async () => {
  const stopped = new Error('interrupted');
  const run = runAll(
    [busyWorker()],
    [task],
    () => Promise.reject(stopped),
    () => undefined,
  );
  await expect(run).rejects.toBe(stopped);
});

it('ends when a worker dies, though another one is in the middle of a piece', async () => {
  const dying = busyWorker();
  const run = runAll(
    [busyWorker(), dying],
    [],
    () => Promise.reject(new Error('no task')),
    () => undefined,
  );
  dying.emit('error', new Error('out of memory'));
  await expect(run).rejects.toThrow('out of memory');
});
