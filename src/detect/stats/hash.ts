/** A hash of a text for counting: 64 bits in two halves, of which every bit depends on every character. */

/**
 * Two 32-bit halves, independent of each other.
 * @see Appleby: MurmurHash3 (2008), its final mix
 */
export function hashText(text: string): readonly [number, number] {
  let high = 0xdeadbeef;
  let low = 0x41c6ce57;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    high = Math.imul(high ^ code, 0x9e3779b1);
    high = (high << 13) | (high >>> 19);
    low = Math.imul(low ^ code, 0x5f356495);
    low = (low << 15) | (low >>> 17);
  }
  return [mix(high ^ (low >>> 7) ^ text.length), mix(low ^ Math.imul(high, 0x85ebca77))];
}

function mix(hash: number): number {
  let mixed = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
