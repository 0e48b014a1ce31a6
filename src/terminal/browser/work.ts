/** What is asked for outside, each as work that ends in a message. */
import type { BrowseSource } from '../../commands/browse-source.ts';
import type { Numbers } from './rows.ts';
import type { Effect, Message } from './state.ts';

/** An effect that takes time. */
export type Asked = Exclude<Effect, { kind: 'leave' | 'interrupt' | 'suspend' | 'cancel' }>;

/** Less often than this a search that goes on is drawn. */
const DRAWN_EVERY_MS = 60;

/** Does it. @param send for what is known before the end */
export async function perform(
  source: BrowseSource,
  effect: Asked,
  signal: AbortSignal,
  send: (message: Message) => void,
): Promise<Message> {
  switch (effect.kind) {
    case 'lines': {
      const { finding } = effect;
      return { kind: 'lines', finding, list: await source.linesOf(finding, signal) };
    }
    case 'events': {
      const { entity } = effect;
      return { kind: 'events', entity, list: await source.eventsOf(entity, signal) };
    }
    case 'around':
      return { kind: 'window', window: await source.around(effect.line, signal) };
    case 'bookmark': {
      const text = await source.bookmark(effect.mark, effect.note);
      return { kind: 'said', text, isError: false };
    }
    case 'search':
      return await search(effect, signal, send);
  }
}

/** Looks through a list and tells of what it found now and then, and at the end. */
async function search(
  { list, text, among }: Effect & { kind: 'search' },
  signal: AbortSignal,
  send: (message: Message) => void,
): Promise<Message> {
  const numbers = growing();
  const total = among?.count ?? list.count;
  let told = 0;
  const seen = (looked: number): Message => {
    return { kind: 'found', list, numbers: numbers.seen(), looked, isDone: looked >= total };
  };
  const within = among && Uint32Array.from({ length: among.count }, (_, at) => among.at(at));
  await list.find(
    text,
    within,
    (found, looked) => {
      if (signal.aborted) return;
      numbers.add(found);
      if (looked >= total || performance.now() - told < DRAWN_EVERY_MS) return;
      told = performance.now();
      send(seen(looked));
    },
    signal,
  );
  return seen(total);
}

/** Numbers in a column that doubles: four bytes each. */
function growing(): { add(more: readonly number[]): void; seen(): Numbers } {
  let column = new Uint32Array(1_024);
  let count = 0;
  return {
    add(more) {
      if (count + more.length > column.length) {
        const wider = new Uint32Array(2 * (count + more.length));
        wider.set(column.subarray(0, count));
        column = wider;
      }
      column.set(more, count);
      count += more.length;
    },
    // What was seen stays as it was.
    seen() {
      const [now, length] = [column, count];
      return { count: length, at: (index) => now[index]! };
    },
  };
}
