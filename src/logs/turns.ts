/** Long work in the one thread that hears signals: it lets others have a turn, and stops when it is told to. */

/** Far below a second, the longest that a signal may wait; long enough to cost nothing. */
const TURN_MS = 40;

/**
 * Makes a function to await between steps of the work. Most calls return at once; now and then others get a turn.
 * It throws the signal's reason once that has been aborted.
 */
export function createTurns(signal: AbortSignal | undefined): () => Promise<void> | undefined {
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
