/** Pieces searched by several threads, this one among them, and handed out in their order. */
import { Worker } from 'node:worker_threads';
import type { Turn } from '../../logs/turns.ts';
import { createPieceSearch, type PieceHits, type SearchTask } from './search-piece.ts';
import type { SearchStart } from './search-worker.ts';

/** Pieces that a thread is given at once: the next one waits where it is needed. */
const AT_ONCE = 2;
/** So many pieces are kept that cannot be handed out yet, for each thread. */
const AHEAD = 4;

/** Pieces that this thread searches before there are others. */
const OWN_FIRST = 1;

/** What all threads share. */
interface Going {
  tasks: readonly SearchTask[];
  /** The first task that nobody has. */
  next: number;
  ready: Map<number, PieceHits>;
  failure: unknown;
  wake(): void;
}

/**
 * Searches the pieces. A result is handed out when all before it were; no more of them are kept than the threads need to go on.
 * @param count further threads @param turn awaited between pieces
 */
export async function* searchPieces(
  tasks: readonly SearchTask[],
  start: SearchStart,
  count: number,
  turn: Turn,
): AsyncGenerator<PieceHits> {
  const going: Going = { tasks, next: 0, ready: new Map(), failure: undefined, wake() {} };
  let helpers: Helper[] = [];
  const searchHere = createPieceSearch(start.query, start.isCounting);
  const most = AHEAD * (count + 1);
  try {
    for (let at = 0; at < tasks.length; at += 1) {
      // What stands at the beginning is shown before a thread has started.
      if (at === OWN_FIRST)
        helpers = Array.from({ length: count }, () => createHelper(going, start));
      for (let hits: PieceHits | undefined; ; ) {
        for (const helper of helpers) helper.feed(at + most);
        hits = going.ready.get(at);
        if (hits !== undefined) {
          going.ready.delete(at);
          yield hits;
          break;
        }
        if (going.failure !== undefined) throw going.failure;
        if (going.next < Math.min(tasks.length, at + (at < OWN_FIRST ? 1 : most))) {
          const own = going.next++;
          going.ready.set(own, searchHere(tasks[own] as SearchTask));
          // What the others have found comes in between.
          if (count > 0) await new Promise((resolve) => setImmediate(resolve));
          await turn();
        } else {
          await new Promise<void>((resolve) => {
            going.wake = resolve;
          });
          await turn();
        }
      }
    }
  } finally {
    await Promise.all(helpers.map((helper) => helper.end()));
  }
}

interface Helper {
  /** Gives it tasks below `limit` until it has enough. */
  feed(limit: number): void;
  end(): Promise<unknown>;
}

function createHelper(going: Going, start: SearchStart): Helper {
  const worker = new Worker(new URL('./search-worker.js', import.meta.url));
  let given = 0;
  const fail = (reason: unknown): void => {
    going.failure ??= reason;
    going.wake();
  };
  worker.on('error', fail);
  worker.on('exit', (code) => fail(new Error(`a thread ended early with code ${code}`)));
  worker.on('message', (hits: PieceHits) => {
    given -= 1;
    going.ready.set(hits.id, hits);
    going.wake();
  });
  worker.postMessage(start);
  return {
    feed(limit) {
      while (given < AT_ONCE && going.next < Math.min(going.tasks.length, limit)) {
        worker.postMessage(going.tasks[going.next]);
        going.next += 1;
        given += 1;
      }
    },
    end: () => worker.terminate(),
  };
}
