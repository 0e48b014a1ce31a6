/** What the suspects' own events say beyond findings: when each address was first and last seen, what was sent to it. */
import { byteSize } from '../../events/words.ts';
import type { Fact } from './fact.ts';
import type { StoryItem } from './story.ts';

/** What was seen of one address. Times are microseconds since the epoch. */
export interface AddressTrace {
  firstUs: number;
  lastUs: number;
  /** Bytes of answers to its requests. */
  bytes: number;
  events: number;
}

/** The events of suspects, summed up. */
export interface Traces {
  byAddress: ReadonlyMap<string, AddressTrace>;
  /** From which address a login session came. */
  addressOf(session: string, host: string | undefined): string | undefined;
  /** When an account was first used from one of the addresses. */
  firstUse(account: string, addresses: readonly string[]): number | undefined;
}

/** Less than this sent to an address is no theft by itself. */
const LEAST_BYTES = 50_000_000;

/** `1.4 GB to 203.0.113.77 in all`, for addresses to which much was sent. */
export function sentItems(facts: readonly Fact[], traces: Traces | undefined): StoryItem[] {
  const addresses = new Set(facts.flatMap((fact) => fact.addresses));
  return [...addresses].flatMap((address) => {
    const trace = traces?.byAddress.get(address);
    if (trace === undefined || trace.bytes < LEAST_BYTES) return [];
    const text = `${byteSize(trace.bytes)} to ${address} in all`;
    return {
      text,
      atUs: trace.lastUs,
      untilUs: undefined,
      place: undefined,
      findings: [],
      weight: 100,
    };
  });
}
