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
  const rowOf = new Map<number, number>();
  for (const { addresses } of parts) {
    for (let index = 0; index < addresses.length; index += 1) {
      const address = addresses[index] as number;
      if (!rowOf.has(address)) rowOf.set(address, rowOf.size);
    }
  }
  const sum: AddressCounts = {
    addresses: Uint32Array.from(rowOf.keys()),
    requests: new Float64Array(rowOf.size),
    bytes: new Float64Array(rowOf.size),
  };
  for (const { addresses, requests, bytes } of parts) {
    for (let index = 0; index < addresses.length; index += 1) {
      const row = rowOf.get(addresses[index] as number) as number;
      sum.requests[row] = (sum.requests[row] as number) + (requests[index] as number);
      sum.bytes[row] = (sum.bytes[row] as number) + (bytes[index] as number);
    }
  }
  return sum;
}
