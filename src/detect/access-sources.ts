/**
 * The clients of an access log with their counts. IPv4 addresses, nearly all of them, are found by
 * number in a flat hash table, without making a string; other clients by name.
 */
import { isIpText } from '../logs/formats/ip-text.ts';
import { hashGroup } from './sketch.ts';
import { sourceCount, type Totals } from './totals.ts';

export interface Source {
  client: string;
  isIp: boolean;
  hash: number;
  requests: number;
  bytes: number;
}

export interface Sources {
  /** The client whose text is `text[start, end)`. */
  find(text: string, start: number, end: number): Source;
  /** Adds what was counted to `totals` and forgets it. */
  addTo(totals: Totals): void;
}

const FIRST_CAPACITY = 1 << 15;
/** Sources that were not seen in the last piece are dropped above this many. */
const MAX_SOURCES = 400_000;

/** Makes an empty table. */
export function createSources(): Sources {
  let capacity = FIRST_CAPACITY;
  let keys = new Uint32Array(capacity);
  let slots: (Source | undefined)[] = new Array(capacity);
  let used = 0;
  const named = new Map<string, Source>();

  const slotOf = (address: number): number => {
    let slot = (Math.imul(address ^ (address >>> 15), 0x9e3779b1) >>> 7) & (capacity - 1);
    while (slots[slot] !== undefined && keys[slot] !== address) slot = (slot + 1) & (capacity - 1);
    return slot;
  };
  const grow = (): void => {
    const oldKeys = keys;
    const oldSlots = slots;
    capacity *= 2;
    keys = new Uint32Array(capacity);
    slots = new Array(capacity);
    oldSlots.forEach((source, index) => {
      const key = oldKeys[index] as number;
      const slot = slotOf(key);
      keys[slot] = key;
      slots[slot] = source;
    });
  };
  const findNamed = (client: string): Source => {
    let source = named.get(client);
    if (source === undefined) {
      source = newSource(client);
      named.set(source.client, source);
    }
    return source;
  };

  return {
    find(text, start, end) {
      const address = ipv4Number(text, start, end);
      if (address < 0) return findNamed(text.slice(start, end));
      const slot = slotOf(address);
      const known = slots[slot];
      if (known !== undefined) return known;
      const source = newSource(text.slice(start, end));
      keys[slot] = address;
      slots[slot] = source;
      used += 1;
      if (used * 2 > capacity) grow();
      return source;
    },
    addTo(totals) {
      const add = (source: Source | undefined): void => {
        if (source === undefined || source.requests === 0) return;
        const count = sourceCount(totals, source.client);
        count.requests += source.requests;
        count.bytes += source.bytes;
        source.requests = 0;
        source.bytes = 0;
      };
      slots.forEach(add);
      for (const source of named.values()) add(source);
      if (named.size > MAX_SOURCES) named.clear();
      if (used <= MAX_SOURCES) return;
      capacity = FIRST_CAPACITY;
      keys = new Uint32Array(capacity);
      slots = new Array(capacity);
      used = 0;
    },
  };
}

function newSource(client: string): Source {
  // A copy: the slice would keep its whole chunk in memory.
  const copy = Buffer.from(client, 'latin1').toString('latin1');
  return { client: copy, isIp: isIpText(copy), hash: hashGroup(copy), requests: 0, bytes: 0 };
}

/** The 32-bit number of a dotted quad without leading zeros, or -1. */
function ipv4Number(text: string, start: number, end: number): number {
  let address = 0;
  let octet = 0;
  let digits = 0;
  let dots = 0;
  for (let index = start; index < end; index += 1) {
    const code = text.charCodeAt(index);
    if (code === 46) {
      if (digits === 0) return -1;
      address = address * 256 + octet;
      octet = 0;
      digits = 0;
      dots += 1;
    } else {
      const digit = code - 48;
      if (digit < 0 || digit > 9 || (digits > 0 && octet === 0)) return -1;
      octet = octet * 10 + digit;
      digits += 1;
      if (octet > 255) return -1;
    }
  }
  return dots === 3 && digits > 0 ? address * 256 + octet : -1;
}
