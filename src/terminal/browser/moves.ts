/** Keys that move, as in a pager. */
import type { Message } from './state.ts';

/** How far a key moves; undefined: it moves nothing. */
export function moveOf(
  { name, text, isControl }: Message & { kind: 'key' },
  height: number,
  count: number,
): number | undefined {
  if (name === 'up' || text === 'k') return -1;
  if (name === 'down' || text === 'j') return 1;
  if (name === 'pageup' || (isControl && name === 'b')) return -height;
  if (name === 'pagedown' || text === ' ' || (isControl && name === 'f')) return height;
  if (name === 'home' || text === 'g') return -count;
  if (name === 'end' || text === 'G') return count;
  return undefined;
}
