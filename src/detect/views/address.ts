/** A request with the hosts of its addresses written in the one usual way: `http://0x7f.1/` is `http://127.0.0.1/`. */

/** What stands before a host: a scheme, slashes, and who logs in. */
const HOST =
  /((?:[a-z][a-z0-9+.-]{1,12}:[/\\]{0,4}|[=/\\][/\\]{1,3})(?:[^/\\?#@\s&]{0,100}@){0,3})(\[[0-9a-f:.%]{2,60}\]|[^/\\?#@\s&:,'"<>[\]]{1,100})/gi;

/** The text, and where it is another one the text with every host in its usual form. */
export function addressForms(text: string): string[] {
  const plain = text.replace(HOST, (_, before: string, host: string) => {
    const scheme = /^([a-z][a-z0-9+.-]{1,12}):/i.exec(before);
    const start = scheme === null ? before : `${scheme[1]}://`;
    return `${start}${canonicalHost(host)}`;
  });
  return plain === text ? [text] : [text, plain];
}

/** A host as it is usually written; names stay what they are, without the dot at their end. */
function canonicalHost(host: string): string {
  if (host.startsWith('[')) return mappedAddress(host.slice(1, -1)) ?? host;
  const bare = host.endsWith('.') ? host.slice(0, -1) : host;
  return numericAddress(bare) ?? bare;
}

/** One to four numbers, decimal, octal or hexadecimal, the last of which fills the rest (inet_aton). */
function numericAddress(host: string): string | undefined {
  if (!/^(?:0x[0-9a-f]{0,16}|\d{1,16})(?:\.(?:0x[0-9a-f]{0,16}|\d{1,16})){0,3}$/i.test(host)) {
    return undefined;
  }
  const parts = host.split('.').map(numberOf);
  const last = parts.pop() ?? Number.NaN;
  const room = 256 ** (4 - parts.length);
  if (parts.some((part) => !(part <= 255)) || !(last < room)) return undefined;
  const value = parts.reduce((sum, part, index) => sum + part * 256 ** (3 - index), last);
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');
}

function numberOf(part: string): number {
  if (/^0x/i.test(part)) return part.length === 2 ? 0 : Number.parseInt(part, 16);
  if (/^0[0-7]+$/.test(part)) return Number.parseInt(part, 8);
  return Number(part);
}

/** The IPv4 address inside of an IPv6 address (mapped, compatible, NAT64), and loopback. */
function mappedAddress(address: string): string | undefined {
  const bare = (address.split('%')[0] ?? '').toLowerCase();
  if (/^(?:0{1,4}:){1,7}:?0{0,3}1$|^::0{0,3}1$/.test(bare)) return '127.0.0.1';
  const found =
    /^(?:(?:0{1,4}:){0,6}:?(?:ffff:(?:0{1,4}:)?)?|::(?:ffff:(?:0{1,4}:)?)?|64:ff9b::)(?:(\d{1,3}(?:\.\d{1,3}){3})|([0-9a-f]{1,4}):([0-9a-f]{1,4}))$/.exec(
      bare,
    );
  if (found === null) return undefined;
  const [, dotted, high, low] = found;
  if (dotted !== undefined) return dotted;
  const [left, right] = [Number.parseInt(high ?? '', 16), Number.parseInt(low ?? '', 16)];
  return `${left >> 8}.${left & 255}.${right >> 8}.${right & 255}`;
}
