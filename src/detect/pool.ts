/** Runs scan tasks in worker threads, or in this thread when there is little to read. */
import { Worker } from 'node:worker_threads';
import type { SigmaCorrelation, SigmaRule } from '../sigma/rule.ts';
import type { FilterOptions } from './event-filter.ts';
import type { ScanResult, ScanTask } from './scan-task.ts';

/** What a worker needs before its first task; everything can be cloned. */
export interface WorkerSetup {
  documents: readonly (SigmaRule | SigmaCorrelation)[];
  sketchMemory: SharedArrayBuffer;
  filter: FilterOptions;
}

export interface Pool {
  /** Runs all tasks; `onResult` gets each as it ends, in any order. Rejects when a worker dies. */
  run(tasks: readonly ScanTask[], onResult: (result: ScanResult) => void): Promise<void>;
  close(): Promise<void>;
}

/** A pool that reads in this thread, giving other work a turn between tasks. */
export function createInlinePool(scan: (task: ScanTask) => ScanResult): Pool {
  return {
    async run(tasks, onResult) {
      for (const task of tasks) {
        onResult(scan(task));
        await new Promise((resolve) => setImmediate(resolve));
      }
    },
    close: () => Promise.resolve(),
  };
}

/** A pool of `count` worker threads. They start at once, while the caller prepares the tasks. */
export function createWorkerPool(count: number, setup: WorkerSetup): Pool {
  const optionsOf = (index: number) => ({
    workerData: { ...setup, section: index + 1 },
    // Short-lived strings die in the young generation; a larger one would only cost memory.
    resourceLimits: { maxYoungGenerationSizeMb: 32 },
  });
  const workers = Array.from(
    { length: count },
    (_, index) => new Worker(new URL('./worker.js', import.meta.url), optionsOf(index)),
  );
  return {
    run: (tasks, onResult) => runAll(workers, tasks, onResult),
    async close() {
      await Promise.all(workers.map((worker) => worker.terminate()));
    },
  };
}

function runAll(
  workers: readonly Worker[],
  tasks: readonly ScanTask[],
  onResult: (result: ScanResult) => void,
): Promise<void> {
  const queue = [...tasks].reverse();
  let open = tasks.length;
  if (open === 0) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const finish = (act: () => void): void => {
      // By name: Node keeps listeners of its own on a worker.
      for (const worker of workers) {
        for (const name of ['message', 'error', 'exit']) worker.removeAllListeners(name);
      }
      act();
    };
    const next = (worker: Worker): void => {
      const task = queue.pop();
      if (task !== undefined) worker.postMessage(task);
    };
    for (const worker of workers) {
      worker.on('error', (error) => finish(() => reject(error)));
      worker.on('exit', (code) =>
        finish(() => reject(new Error(`a reader ended early with code ${code}`))),
      );
      worker.on('message', (result: ScanResult) => {
        next(worker);
        open -= 1;
        try {
          onResult(result);
        } catch (error) {
          finish(() => reject(error));
          return;
        }
        if (open === 0) finish(resolve);
      });
      next(worker);
    }
  });
}
