/** Fields written as `name=value` inside a message. */

/** The value after `field` (given with its `=`), up to the next space; undefined when absent or empty. */
export function keyValue(text: string, field: string, from: number): string | undefined {
  const at = text.indexOf(field, from);
  if (at < 0) return undefined;
  const start = at + field.length;
  const space = text.indexOf(' ', start);
  const value = text.slice(start, space < 0 ? text.length : space);
  return value === '' ? undefined : value;
}
