/** Machine output shows what is not known as null: a member that comes and goes is hard to rely on. */

/** A copy in which every undefined member is null. Key order and `__proto__` members stay as they are. */
export function withNulls(value: unknown): unknown {
  if (value === undefined) return null;
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(withNulls);
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, withNulls(member)]));
}
