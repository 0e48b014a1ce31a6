/** The sources with the most requests, bytes and failed logins. */
import { dottedQuad } from '../logs/formats/ipv4-number.ts';
import type { Timeline, TopSource } from './finding.ts';
import { type AddressCounts, sourcesOf, type Totals } from './totals.ts';

const TOP = 10;

/** Works out the ranks; equal counts are in the order of the names. */
export function topSources(totals: Totals): Timeline['top'] {
  const byRequests = createRank();
  const byBytes = createRank();
  const byFailedLogins = createRank();
  if (totals.sources.size === 0 && totals.echoes.size === 0) {
    // Access logs alone: only the addresses that are shown get a name.
    const { addresses, requests, bytes } = sumOf(totals.addresses);
    for (let index = 0; index < addresses.length; index += 1) {
      const name = (): string => dottedQuad(addresses[index] as number);
      byRequests.add(requests[index] as number, name);
      byBytes.add(bytes[index] as number, name);
    }
  } else {
    for (const [source, count] of sourcesOf(totals)) {
      const name = (): string => source;
      byRequests.add(count.requests, name);
      byBytes.add(count.bytes, name);
      byFailedLogins.add(count.failedLogins, name);
    }
  }
  return {
    byRequests: byRequests.top,
    byBytes: byBytes.top,
    byFailedLogins: byFailedLogins.top,
  };
}

interface Rank {
  top: TopSource[];
  add(count: number, name: () => string): void;
}

function createRank(): Rank {
  const top: TopSource[] = [];
  let least = 1;
  return {
    top,
    add(count, name) {
      if (count < least) return;
      top.push({ value: name(), count });
      top.sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1));
      if (top.length > TOP) top.pop();
      if (top.length === TOP) least = (top[TOP - 1] as TopSource).count;
    },
  };
}

/** One row per address. */
function sumOf(parts: readonly AddressCounts[]): AddressCounts {
  if (parts.length === 1) return parts[0] as AddressCounts;
  const most = parts.reduce((sum, { addresses }) => sum + addresses.length, 0);
  const addresses = new Uint32Array(most);
  const requests = new Float64Array(most);
  const bytes = new Float64Array(most);
  let rows = 0;
  // Row plus one by hash, at most half full.
  const places = new Int32Array(2 ** Math.ceil(Math.log2(most * 2 + 2)));
  const rowOf = (address: number): number => {
    let place = (Math.imul(address ^ (address >>> 15), 0x9e3779b1) >>> 7) & (places.length - 1);
    for (; places[place] !== 0; place = (place + 1) & (places.length - 1)) {
      const row = (places[place] as number) - 1;
      if (addresses[row] === address) return row;
    }
    addresses[rows] = address;
    rows += 1;
    places[place] = rows;
    return rows - 1;
  };
  for (const part of parts) {
    for (let index = 0; index < part.addresses.length; index += 1) {
      const row = rowOf(part.addresses[index] as number);
      requests[row] = (requests[row] as number) + (part.requests[index] as number);
      bytes[row] = (bytes[row] as number) + (part.bytes[index] as number);
    }
  }
  return {
    addresses: addresses.subarray(0, rows),
    requests: requests.subarray(0, rows),
    bytes: bytes.subarray(0, rows),
  };
}
