/**
 * The clients of an access log with their counts. IPv4 addresses, nearly all of them, are found by number
 * in a flat table with one cache line per client, without making a string; other clients by name.
 */
import { dottedQuad, ipv4Number } from './ipv4-number.ts';
import { sourceCount, type Totals } from './totals.ts';

export interface Sources {
  /** Counts a request of the client `line[start, end)`, answered with `bytes` bytes. */
  count(line: Buffer, start: number, end: number, bytes: number): void;
  /** Adds what was counted to `totals` and forgets it. */
  addTo(totals: Totals): void;
}

interface Named {
  requests: number;
  bytes: number;
}

const FIRST_CAPACITY = 1 << 14;
/** Clients kept before the counts are handed to the totals, which rank and drop. */
const MAX_CLIENTS = 400_000;
/** Per client: address, requests (0: the slot is free), bytes below and above 2^32. */
const STRIDE = 4;
const WORD = 2 ** 32;

/** Makes an empty table. `overflow` takes the counts when there are too many clients. */
export function createSources(overflow: Totals): Sources {
  let capacity = FIRST_CAPACITY;
  let table = new Uint32Array(capacity * STRIDE);
  let used = 0;
  const named = new Map<string, Named>();

  const slotOf = (address: number): number => {
    let slot = (Math.imul(address ^ (address >>> 15), 0x9e3779b1) >>> 7) & (capacity - 1);
    while (table[slot * STRIDE + 1] !== 0 && table[slot * STRIDE] !== address) {
      slot = (slot + 1) & (capacity - 1);
    }
    return slot * STRIDE;
  };

  const addBytes = (at: number, bytes: number): void => {
    const low = (table[at + 2] as number) + bytes;
    if (low < WORD) {
      table[at + 2] = low;
      return;
    }
    table[at + 2] = low % WORD;
    table[at + 3] = (table[at + 3] as number) + Math.floor(low / WORD);
  };

  const grow = (): void => {
    const old = table;
    capacity *= 2;
    table = new Uint32Array(capacity * STRIDE);
    for (let at = 0; at < old.length; at += STRIDE) {
      if (old[at + 1] !== 0) table.set(old.subarray(at, at + STRIDE), slotOf(old[at] as number));
    }
  };

  const addTo = (totals: Totals): void => {
    for (let at = 0; at < table.length; at += STRIDE) {
      const requests = table[at + 1] as number;
      if (requests === 0) continue;
      const count = sourceCount(totals.sources, dottedQuad(table[at] as number));
      count.requests += requests;
      count.bytes += (table[at + 2] as number) + (table[at + 3] as number) * WORD;
    }
    for (const [client, { requests, bytes }] of named) {
      const count = sourceCount(totals.sources, client);
      count.requests += requests;
      count.bytes += bytes;
    }
    table.fill(0);
    used = 0;
    named.clear();
  };

  const countNamed = (client: string, bytes: number): void => {
    const known = named.get(client);
    if (known !== undefined) {
      known.requests += 1;
      known.bytes += bytes;
      return;
    }
    if (named.size > MAX_CLIENTS) addTo(overflow);
    named.set(client, { requests: 1, bytes });
  };

  return {
    count(line, start, end, bytes) {
      const address = ipv4Number(line, start, end);
      if (address < 0) {
        countNamed(line.toString('latin1', start, end), bytes);
        return;
      }
      const at = slotOf(address);
      if (table[at + 1] === 0) {
        used += 1;
        table[at] = address;
      }
      table[at + 1] = (table[at + 1] as number) + 1;
      if (bytes > 0) addBytes(at, bytes);
      if (used * 2 <= capacity) return;
      if (used > MAX_CLIENTS) addTo(overflow);
      else grow();
    },
    addTo,
  };
}
