/**
 * Counts by source. IPv4 addresses, nearly all there are, are found by number in flat columns without making a string;
 * others by name. Plain data, so that a reader can hand it over as it is.
 */
import { dottedQuad, ipv4NumberOfText } from '../logs/formats/ipv4-number.ts';

/** What was counted of one source; `bytes` are those of the bodies of answers to it. */
export interface SourceCount {
  requests: number;
  bytes: number;
  failedLogins: number;
}

/** What is counted, in the order of the columns. */
export const MEASURES = ['requests', 'bytes', 'failedLogins'] as const;

/** Counts of many sources, as a reader hands them over. */
export interface SourceCounts {
  /** Addresses that were counted; each has a place below this in the columns. */
  size: number;
  addresses: Uint32Array;
  /** By place, the measures one after the other. */
  values: Float64Array;
  /** By hash of the address: the address, then its place and one, or 0 where the slot is free. */
  slots: Uint32Array;
  named: Map<string, SourceCount>;
}

const FIRST_CAPACITY = 64;

/** Makes empty counts. */
export const createSourceCounts = (): SourceCounts => ({
  size: 0,
  addresses: new Uint32Array(FIRST_CAPACITY),
  values: new Float64Array(FIRST_CAPACITY * MEASURES.length),
  slots: new Uint32Array(FIRST_CAPACITY * 4),
  named: new Map(),
});

/** A 32-bit hash of an address. */
export const hashOfAddress = (address: number): number => {
  const product = Math.imul(address ^ (address >>> 15), 0x9e3779b1);
  return product ^ (product >>> 16);
};

/** Where the slot of an address is, or where it would be. */
function slotOf(slots: Uint32Array, address: number): number {
  const mask = slots.length - 1;
  let slot = (hashOfAddress(address) << 1) & mask;
  while (slots[slot + 1] !== 0 && slots[slot] !== address) slot = (slot + 2) & mask;
  return slot;
}

/** The place of an address, made when new; it never changes. */
export function placeOf(counts: SourceCounts, address: number): number {
  const slot = slotOf(counts.slots, address);
  const known = counts.slots[slot + 1] as number;
  if (known !== 0) return known - 1;
  if (counts.size === counts.addresses.length) {
    grow(counts);
    return placeOf(counts, address);
  }
  counts.addresses[counts.size] = address;
  counts.size += 1;
  counts.slots[slot] = address;
  counts.slots[slot + 1] = counts.size;
  return counts.size - 1;
}

function grow(counts: SourceCounts): void {
  const { size, addresses, values } = counts;
  counts.addresses = new Uint32Array(size * 2);
  counts.addresses.set(addresses);
  counts.values = new Float64Array(size * 2 * MEASURES.length);
  counts.values.set(values);
  const slots = new Uint32Array(size * 8);
  for (let place = 0; place < size; place += 1) {
    const slot = slotOf(slots, addresses[place] as number);
    slots[slot] = addresses[place] as number;
    slots[slot + 1] = place + 1;
  }
  counts.slots = slots;
}

/** Adds to what was counted at a place. */
export function addAt(
  { values }: SourceCounts,
  place: number,
  requests: number,
  bytes: number,
  failedLogins: number,
): void {
  const at = place * MEASURES.length;
  values[at] = (values[at] as number) + requests;
  values[at + 1] = (values[at + 1] as number) + bytes;
  values[at + 2] = (values[at + 2] as number) + failedLogins;
}

/** Adds to the counts of a source of any name. */
export function addSource(
  counts: SourceCounts,
  source: string,
  { requests, bytes, failedLogins }: SourceCount,
): void {
  const address = ipv4NumberOfText(source);
  if (address >= 0) {
    addAt(counts, placeOf(counts, address), requests, bytes, failedLogins);
    return;
  }
  const known = counts.named.get(source);
  if (known === undefined) counts.named.set(source, { requests, bytes, failedLogins });
  else {
    known.requests += requests;
    known.bytes += bytes;
    known.failedLogins += failedLogins;
  }
}

/** A source as it is counted: an address by its number, others by name. */
export type SourceKey = number | string;

/** The address in dotted form, or the name. */
export const nameOfSource = (key: SourceKey): string =>
  typeof key === 'number' ? dottedQuad(key) : key;

/** Calls `visit` for every source that anything was counted of. */
export function eachSource(
  { size, addresses, values, named }: SourceCounts,
  visit: (key: SourceKey, requests: number, bytes: number, failedLogins: number) => void,
): void {
  for (let place = 0; place < size; place += 1) {
    const at = place * MEASURES.length;
    const requests = values[at] as number;
    const bytes = values[at + 1] as number;
    const failedLogins = values[at + 2] as number;
    if (requests > 0 || bytes > 0 || failedLogins > 0)
      visit(addresses[place] as number, requests, bytes, failedLogins);
  }
  for (const [name, { requests, bytes, failedLogins }] of named)
    visit(name, requests, bytes, failedLogins);
}

/** Adds other counts. */
export function addCounts(counts: SourceCounts, others: SourceCounts): void {
  eachSource(others, (key, requests, bytes, failedLogins) => {
    if (typeof key === 'number') addAt(counts, placeOf(counts, key), requests, bytes, failedLogins);
    else addSource(counts, key, { requests, bytes, failedLogins });
  });
}

/** What was counted of a source. */
export function countOf(counts: SourceCounts, key: SourceKey): SourceCount | undefined {
  if (typeof key === 'string') return counts.named.get(key);
  const place = (counts.slots[slotOf(counts.slots, key) + 1] as number) - 1;
  if (place < 0) return undefined;
  const at = place * MEASURES.length;
  const [requests = 0, bytes = 0, failedLogins = 0] = counts.values.subarray(at);
  return { requests, bytes, failedLogins };
}
