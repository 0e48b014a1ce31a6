/**
 * Where an event comes from, as one who counts sources must see it: an IPv4 address is itself, an IPv6 address the
 * /64 around it, inside of which one customer changes addresses as he likes (RFC 6177, RFC 8981).
 */

/** The /64 of an IPv6 address; what is none stays as it is, a mapped IPv4 address becomes that. */
export function networkOf(address: string): string {
  if (!address.includes(':')) return address;
  const bare = (address.split('%')[0] ?? '').toLowerCase();
  const mapped = /^::ffff:(\d{1,3}(?:\.\d{1,3}){3})$/.exec(bare);
  if (mapped !== null) return mapped[1] as string;
  if (!/^[0-9a-f:]+(?:\d+\.\d+\.\d+\.\d+)?$/.test(bare)) return address;
  const [head = '', tail] = bare.split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const parts =
    tail === undefined
      ? before
      : [
          ...before,
          ...new Array<string>(Math.max(0, 8 - before.length - after.length)).fill('0'),
          ...after,
        ];
  const network = parts.slice(0, 4).map((part) => part.replace(/^0+(?=.)/, ''));
  return network.length === 4 ? `${network.join(':')}::/64` : address;
}
