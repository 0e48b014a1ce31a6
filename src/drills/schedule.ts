/**
 * The stage of a drill: actors sleep until a time and are woken in order. Only sleeping actors are
 * held, so memory follows the number of people in the shop, not the number of lines.
 */

/** Does something, yields the time (ms since the epoch) of its next move, and so on. */
export type Actor = Generator<number, void, void>;

/** What happens when: all actors of a drill share one. */
export interface Schedule {
  /** The time of the current move, ms since the epoch. */
  nowMs: number;
  /** Lets an actor in now; its first move is made at once. */
  add(actor: Actor): void;
  /** Makes moves until nobody is left, `endMs` is reached or `moves` are made. True when over. */
  run(endMs: number, moves: number): boolean;
}

interface Entry {
  atMs: number;
  order: number;
  actor: Actor;
}

/** Makes an empty stage at `startMs`. */
export function createSchedule(startMs: number): Schedule {
  const heap: Entry[] = [];
  let order = 0;
  const schedule: Schedule = {
    nowMs: startMs,
    add(actor) {
      push(heap, { atMs: schedule.nowMs, order: order++, actor });
    },
    run(endMs, moves) {
      for (let move = 0; move < moves; move++) {
        const entry = pop(heap);
        if (entry === undefined || entry.atMs >= endMs) return true;
        schedule.nowMs = entry.atMs;
        const step = entry.actor.next();
        if (step.done === true) continue;
        const atMs = Math.max(Math.round(step.value), entry.atMs);
        push(heap, { atMs, order: order++, actor: entry.actor });
      }
      return false;
    },
  };
  return schedule;
}

const isBefore = (a: Entry, b: Entry): boolean =>
  a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);

function push(heap: Entry[], entry: Entry): void {
  let at = heap.length;
  heap.push(entry);
  while (at > 0) {
    const above = (at - 1) >> 1;
    const parent = heap[above] as Entry;
    if (!isBefore(entry, parent)) break;
    heap[at] = parent;
    at = above;
  }
  heap[at] = entry;
}

function pop(heap: Entry[]): Entry | undefined {
  const top = heap[0];
  const last = heap.pop();
  if (top === undefined || last === undefined || heap.length === 0) return top;
  let at = 0;
  for (;;) {
    let below = 2 * at + 1;
    if (below >= heap.length) break;
    const right = heap[below + 1];
    if (right !== undefined && isBefore(right, heap[below] as Entry)) below += 1;
    const child = heap[below] as Entry;
    if (!isBefore(child, last)) break;
    heap[at] = child;
    at = below;
  }
  heap[at] = last;
  return top;
}
