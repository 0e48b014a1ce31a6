/** Address pools written as `192.0.2.10-60` (last byte) or `2001:db8:40::1-c8` (last group, hex). */

/** All addresses of a pool. Throws a RangeError on an entry that is not an address or a range. */
export function expandPool(entries: readonly string[]): string[] {
  return entries.flatMap((entry) => {
    const match = /^(.*[.:])([0-9a-f]+)(?:-([0-9a-f]+))?$/i.exec(entry);
    if (match === null) throw new RangeError(`"${entry}" is not an address range`);
    const [, prefix = '', first = '', last = first] = match;
    const base = prefix.endsWith('.') ? 10 : 16;
    const addresses: string[] = [];
    for (let i = parseInt(first, base); i <= parseInt(last, base); i++) {
      addresses.push(prefix + i.toString(base));
    }
    return addresses;
  });
}
