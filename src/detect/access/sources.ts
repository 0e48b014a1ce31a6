/**
 * The clients of an access log with their counts. IPv4 addresses, nearly all of them, are found by number
 * in a flat table with one cache line per client, without making a string; other clients by name.
 */
import { readPeer } from '../../events/address.ts';
import { type AddressCounts, sourceCount, type Totals } from '../totals.ts';

export interface Sources {
  /**
   * Counts a request of the client `line[start, end)`, answered with `bytes` bytes.
   * @param address the client's number, or -1
   */
  count(address: number, line: Buffer, start: number, end: number, bytes: number): void;
  /** Adds what was counted to `totals` and forgets it. */
  addTo(totals: Totals): void;
}

interface Named {
  requests: number;
  bytes: number;
}

const FIRST_CAPACITY = 1 << 14;
/** Per client: address, requests (0: the slot is free), bytes below and above 2^32. */
const STRIDE = 4;
const WORD = 2 ** 32;
const MOST_BYTES = 2 ** 44;

/** Makes an empty table. It holds the clients of one piece of a log, whose size bounds it. */
export function createSources(): Sources {
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

  const addNamed = (totals: Totals): void => {
    for (const [client, { requests, bytes }] of named) {
      const address = readPeer(client)?.address;
      if (address === undefined) continue;
      const count = sourceCount(totals.sources, address);
      count.requests += requests;
      count.bytes += bytes;
    }
    named.clear();
  };

  const take = (): AddressCounts => {
    const addresses = new Uint32Array(used);
    const requests = new Float64Array(used);
    const bytes = new Float64Array(used);
    for (let at = 0, row = 0; at < table.length; at += STRIDE) {
      if (table[at + 1] === 0) continue;
      addresses[row] = table[at] as number;
      requests[row] = table[at + 1] as number;
      bytes[row] = (table[at + 2] as number) + (table[at + 3] as number) * WORD;
      row += 1;
    }
    return { addresses, requests, bytes };
  };

  const addTo = (totals: Totals): void => {
    if (used > 0) totals.addresses.push(take());
    addNamed(totals);
    table.fill(0);
    used = 0;
  };

  const countNamed = (client: string, bytes: number): void => {
    const known = named.get(client);
    if (known !== undefined) {
      known.requests += 1;
      known.bytes += bytes;
      return;
    }
    named.set(client, { requests: 1, bytes });
  };

  return {
    count(address, line, start, end, bytes) {
      // No answer is so large: whoever wrote it must not make the columns overflow.
      if (address < 0 || bytes > MOST_BYTES) {
        countNamed(line.toString('utf8', start, end), bytes);
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
      grow();
    },
    addTo,
  };
}
