/** Takes an item of any collection back: it stays in the journal, struck out. */
import { refusedError } from '../errors.ts';
import type { Author } from './incident-rules.ts';
import type { Item, ItemName } from './items.ts';
import type { NewEntry } from './journal-entry.ts';

/** @param name how people call the item, such as `C-012` @throws IrError (exit 6) without a reason, or a second time */
export function withdrawItem(
  of: Exclude<ItemName, 'hold' | 'alert' | 'silence'>,
  item: Item,
  name: string,
  reason: string,
  { actor, now }: Author,
): NewEntry {
  if (item.withdrawn !== undefined) {
    throw refusedError(`${name} was withdrawn at ${item.withdrawn.at} by ${item.withdrawn.actor}`);
  }
  if (reason.trim() === '')
    throw refusedError(`withdrawing ${name} needs a reason`, 'Give it with --reason "...".');
  const payload = { of, id: item.id, reason: reason.trim() };
  return { type: 'item_withdrawn', payload, at: now.toISOString(), actor };
}
