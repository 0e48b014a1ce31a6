/** Finds an item of a collection by what people call it. */
import { refusedError, suggestion } from '../errors.ts';
import { type Item, itemNumber } from '../incidents/items.ts';

/** What a collection is called. */
export interface Collection {
  /** `C`, in front of the numbers. */
  letter: string;
  /** `clock` */
  name: string;
  /** `ir clock list` */
  list: string;
}

/**
 * The item: by its number (`C-012`, `12`), the beginning of its id, or a name of its own.
 * @param nameOf other names by which an item is known
 * @throws IrError (exit 6) where none or several have it
 */
export function findItem<I extends Item>(
  items: readonly I[],
  wanted: string,
  { letter, name, list }: Collection,
  nameOf: (item: I) => readonly string[] = () => [],
): I {
  const text = wanted.trim().toLowerCase();
  const number = new RegExp(`^(?:${letter.toLowerCase()}-?)?0*(\\d{1,9})$`).exec(text)?.[1];
  const byNumber = number === undefined ? [] : items.filter(({ seq }) => seq === Number(number));
  const named = items.filter((item) => nameOf(item).some((one) => one.toLowerCase() === text));
  // Of several with one name, what still counts is meant.
  const standing = named.filter(({ withdrawn }) => withdrawn === undefined);
  const byId = /^[0-9a-f]{8,32}$/.test(text) ? items.filter(({ id }) => id.startsWith(text)) : [];
  const found = [byNumber, byId, standing.length > 0 ? standing : named].find(
    (some) => some.length > 0,
  );
  const [first, ...more] = found ?? [];
  if (first !== undefined && more.length === 0) return first;
  const numbers = (some: readonly I[]): string[] => some.map((item) => itemNumber(letter, item));
  if (found !== undefined && first !== undefined) {
    throw refusedError(
      `"${wanted}" is the name of ${found.length}`,
      `Name one by its number: ${numbers(found).join(', ')}; or by its id, as in ${first.id.slice(0, 8)}.`,
    );
  }
  throw refusedError(
    `there is no ${name} "${wanted}"`,
    suggestion(text, [...numbers(items), ...items.flatMap(nameOf)], `See them with: ${list}`),
  );
}
