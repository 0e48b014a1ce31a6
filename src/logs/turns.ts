/**
 * Long work in the one thread that hears signals: it lets others have a turn, and stops when it is told to. Such work
 * is a generator of steps, none of which takes longer than a few milliseconds.
 */

/** Far below a second, the longest that a signal may wait; long enough to cost nothing. */
const TURN_MS = 40;

/** Awaited between steps of long work; throws when that is to end. */
export type Turn = () => Promise<void> | undefined;

/**
 * Makes a function to await between steps of the work. Most calls return at once; now and then others get a turn.
 * It throws the signal's reason once that has been aborted.
 */
export function createTurns(signal: AbortSignal | undefined): Turn {
  let last = Date.now();
  const give = async (): Promise<void> => {
    await new Promise((resolve) => setImmediate(resolve));
    last = Date.now();
    signal?.throwIfAborted();
  };
  return () => {
    signal?.throwIfAborted();
    return Date.now() - last < TURN_MS ? undefined : give();
  };
}

/** Does the work step by step and gives others a turn before each. Where that throws, the work is ended tidily. */
export async function inTurns<T>(work: Generator<void, T, void>, turn: Turn): Promise<T> {
  try {
    for (;;) {
      const pause = turn();
      if (pause !== undefined) await pause;
      const step = work.next();
      if (step.done === true) return step.value;
    }
  } finally {
    work.return(undefined as T);
  }
}

/** Does the work in one go, where nobody waits: in a thread of its own. */
export function atOnce<T>(work: Generator<void, T, void>): T {
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
  }
}
