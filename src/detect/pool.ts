/**
 * Runs scan tasks: in worker threads, and small ones in this thread too, which would otherwise only wait.
 * With little to read there are no workers: starting one costs more than reading a few megabytes.
 */
import { Worker } from 'node:worker_threads';
import type { FormatDocument } from '../logs/pattern/format-document.ts';
import { inTurns, type Turn } from '../logs/turns.ts';
import type { SigmaCorrelation, SigmaRule } from '../sigma/rule.ts';
import { type Claims, claim, claimAll, createClaims } from './claims.ts';
import type { FilterOptions } from './event-filter.ts';
import type { LoadedMappings } from './load-mappings.ts';
import { type PackedDocuments, packDocuments } from './rule-cache.ts';
import type { Scanner, ScanResult, ScanTask } from './scan-task.ts';

/** What a worker needs before its first task. */
export interface WorkerSetup {
  documents: readonly (SigmaRule | SigmaCorrelation)[];
  /** The user's own formats. */
  ownFormats: readonly FormatDocument[];
  mappings: Pick<LoadedMappings, 'bundled' | 'own'>;
  sketchMemory: SharedArrayBuffer;
  filter: FilterOptions;
  /** The file of places. Absent: nothing has a place. */
  places?: SharedArrayBuffer | undefined;
}

/** The first message to a worker; everything can be cloned. */
export interface WorkerStart extends Omit<WorkerSetup, 'documents'> {
  documents: PackedDocuments;
  /** Which section of the sketch memory it counts in. */
  section: number;
}

/** What a worker gets for a run: it reads the pieces that it claims, from the first one on. */
export interface WorkerTasks {
  tasks: readonly ScanTask[];
  claims: Claims;
}

/** The readers of a run, this thread among them. */
export interface Pool {
  /** Gives the readers what they need. Call once, before `run`. @param scanner reads in this thread */
  begin(setup: WorkerSetup, scanner: Scanner): void;
  /**
   * Runs all tasks. `onResult` gets each as it ends, in any order.
   * Rejects when a worker dies, or when `turn`, awaited between the steps of this thread, throws.
   */
  run(
    tasks: readonly ScanTask[],
    turn: Turn,
    onResult: (result: ScanResult) => void,
  ): Promise<void>;
  close(): Promise<void>;
}

/** Tasks up to this size may be read in this thread: progress waits for one at most. */
const OWN_TASK_BYTES = 16 * 1024 * 1024;

/**
 * A pool of `count` readers, this thread among them; 0 and 1 differ in that 0 starts no worker. Workers load
 * their code while the caller loads the rules; a last one is added only for tasks that this thread must not
 * take.
 */
export function createPool(count: number): Pool {
  const workers: Worker[] = [];
  /** Why a worker ended before it was given anything to read. */
  let earlyEnd: unknown;
  let closing: Promise<unknown> | undefined;
  let begun: { setup: WorkerSetup; documents: PackedDocuments; scanner: Scanner } | undefined;
  const start = (worker: Worker, index: number): void => {
    if (begun === undefined) return;
    const { setup, documents } = begun;
    const message: WorkerStart = { ...setup, documents, section: index + 2 };
    worker.postMessage(message);
  };
  const addWorker = (): void => {
    // Short-lived strings die in the young generation; a larger one would only cost memory.
    const resourceLimits = { maxYoungGenerationSizeMb: 32 };
    const worker = new Worker(new URL('./worker.js', import.meta.url), { resourceLimits });
    const note = (reason: unknown): void => {
      earlyEnd ??= typeof reason === 'number' ? endedEarly(reason) : reason;
    };
    worker.on('error', note);
    worker.on('exit', note);
    start(worker, workers.length);
    workers.push(worker);
  };
  const first = count > 1 ? count - 1 : count;
  for (let index = 0; index < first; index += 1) addWorker();

  return {
    begin(setup, scanner) {
      begun = { setup, documents: packDocuments(setup.documents), scanner };
      workers.forEach(start);
    },
    async run(tasks, turn, onResult) {
      if (begun === undefined) throw new Error('the pool was not begun');
      if (earlyEnd !== undefined) throw earlyEnd;
      const { scanner } = begun;
      const large = tasks.filter((task) => !isOwn(task)).length;
      while (count > 0 && workers.length < count && large > workers.length) addWorker();
      await runAll(workers, tasks, (task) => inTurns(scanner.scan(task), turn), onResult);
    },
    async close() {
      closing ??= Promise.all(workers.map((worker) => worker.terminate()));
      await closing;
    },
  };
}

const isOwn = ({ start, end }: ScanTask): boolean => end - start <= OWN_TASK_BYTES;

/**
 * Runs all tasks in the workers and here, each once.
 * @param scan reads one task in this thread
 * @throws what the first reader threw, at once: the others may still be reading
 */
export async function runAll(
  workers: readonly Worker[],
  tasks: readonly ScanTask[],
  scan: (task: ScanTask) => Promise<ScanResult>,
  onResult: (result: ScanResult) => void,
): Promise<void> {
  const claims = createClaims(tasks.length);
  let fail: (error: unknown) => void = () => undefined;
  const failed = new Promise<never>((_, reject) => {
    fail = reject;
  });
  let isStopped = false;
  const stop = (error: unknown): void => {
    isStopped = true;
    claimAll(claims);
    fail(error);
  };
  const take = (result: ScanResult): void => {
    try {
      if (!isStopped) onResult(result);
    } catch (error) {
      stop(error);
    }
  };
  const readHere = async (): Promise<void> => {
    // From the last one on: workers begin at the front.
    for (let index = tasks.length - 1; index >= 0; index -= 1) {
      const task = tasks[index] as ScanTask;
      if (workers.length > 0 && !isOwn(task)) continue;
      if (!claim(claims, index)) continue;
      take(await scan(task));
      // Results of the others come in between, so that none of them pile up.
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  const all = Promise.all([
    ...workers.map((worker) => readIn(worker, { tasks, claims }, { take, stop })),
    readHere().catch(stop),
  ]);
  // Whoever stopped need not wait for the pieces that workers are in the middle of: closing the pool ends them.
  await Promise.race([all, failed]);
}

interface Handlers {
  take(result: ScanResult): void;
  stop(error: unknown): void;
}

const endedEarly = (code: number): Error => new Error(`a reader ended early with code ${code}`);

/** Has a worker read what it can claim. It asks nobody for the next piece, so it never waits for this thread. */
function readIn(worker: Worker, work: WorkerTasks, { take, stop }: Handlers): Promise<void> {
  return new Promise((resolve) => {
    const onMessage = (message: ScanResult | { end: true }): void => {
      if (!('end' in message)) {
        take(message);
        return;
      }
      finish();
    };
    const onError = (error: unknown): void => {
      stop(error);
      finish();
    };
    const onExit = (code: number): void => onError(endedEarly(code));
    const finish = (): void => {
      worker.off('message', onMessage).off('error', onError).off('exit', onExit);
      resolve();
    };
    worker.on('message', onMessage).on('error', onError).on('exit', onExit);
    worker.postMessage(work);
  });
}
