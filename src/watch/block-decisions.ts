/** Which addresses a watch would block, and for how long. Pure: findings, what was blocked before and the time come in. */
import ipaddr from 'ipaddr.js';
import { type Level, levelRank } from '../events/level.ts';
import { clientOf, proxyOf, type TrustedProxies } from './client-address.ts';
import type { LiveFinding } from './live-finding.ts';

/** What the user said of blocks. */
export interface BlockPolicy {
  /** The lowest level of findings that block. */
  level: Level;
  /** How long the first block of an address lasts, ms; each further one twice as long as the one before. */
  firstMs: number;
  /** No block lasts longer, ms. */
  longestMs: number;
  /** Blocks in a minute. */
  mostAMinute: number;
  /** Bits of the network that is blocked around an address; absent: the address alone. */
  prefix: { ipv4: number | undefined; ipv6: number | undefined };
}

/** An address that is to be blocked, and why. */
export interface Candidate {
  address: string;
  /** The step of the finding that asks for it. */
  seq: number;
  /** When that step was noted, ms since the epoch. */
  notedMs: number;
  /** The last event, ms since the epoch. */
  lastMs: number;
  /** The rule, its level, the number of events, where the first line stands. */
  why: string;
}

/** Who is behind an address, as the configuration has it. */
export interface Behind {
  proxies: TrustedProxies;
  /** Ids of rules of which each event counts by itself; of what came through a proxy, only their lines name a client. */
  singleRules: ReadonlySet<string>;
}

/** Addresses to block, each once, the latest reason first; and the proxies whose client nobody knows. */
export interface Asked {
  candidates: Candidate[];
  unknown: { proxy: string; address: string; why: string }[];
}

/**
 * What these steps of findings ask to block. Events of before the watch, or so long ago that a block would be over by now, ask for
 * nothing: a late batch of old lines shuts nobody out.
 */
export function candidatesOf(
  findings: readonly LiveFinding[],
  policy: Pick<BlockPolicy, 'level' | 'firstMs'>,
  { proxies, singleRules }: Behind,
  nowMs: number,
): Asked {
  const byAddress = new Map<string, Candidate>();
  const unknown: Asked['unknown'] = [];
  for (const { seq, notedMs, isReplayed, finding } of findings) {
    const lastUs = finding.lastUs ?? finding.atUs;
    if (isReplayed || finding.noise !== undefined || lastUs === undefined) continue;
    if (levelRank(finding.level) < levelRank(policy.level)) continue;
    const lastMs = lastUs / 1000;
    if (isStale({ lastMs }, policy, nowMs)) continue;
    const why = whyOf(finding);
    for (const address of finding.entities['source.ip'] ?? []) {
      if (!ipaddr.isValid(address)) continue;
      const proxy = proxyOf(address, proxies);
      // What was counted over everybody behind a proxy says nothing of one of them.
      const lines = singleRules.has(finding.rule.id) ? finding.evidence : [];
      const clients =
        proxy === undefined
          ? [address]
          : lines.flatMap(({ raw }) => clientOf(raw, proxy, proxies) ?? []);
      if (proxy !== undefined && clients.length === 0) unknown.push({ proxy, address, why });
      for (const client of clients)
        byAddress.set(client, { address: client, seq, notedMs, lastMs, why });
    }
  }
  return { candidates: [...byAddress.values()], unknown };
}

/** Would a block for it be over by now? */
export const isStale = (
  { lastMs }: Pick<Candidate, 'lastMs'>,
  { firstMs }: Pick<BlockPolicy, 'firstMs'>,
  nowMs: number,
): boolean => nowMs - lastMs > firstMs;

function whyOf({ id, rule, level, count, evidence: [first] }: LiveFinding['finding']): string {
  const events = `${count} event${count === 1 ? '' : 's'}`;
  const place = first === undefined ? '' : `, ${first.file}:${first.line}`;
  return `${rule.title} (${level}), ${events}, finding ${id}${place}`;
}

/** How long the next block lasts, ms. @param before number of earlier ones */
export const lengthOf = (
  { firstMs, longestMs }: Pick<BlockPolicy, 'firstMs' | 'longestMs'>,
  before: number,
): number => Math.max(firstMs, Math.min(firstMs * 2 ** Math.min(before, 40), longestMs));

const MINUTE_MS = 60_000;

/** How many more may be blocked now. @param blockedMs when others were */
export const roomFor = (
  { mostAMinute }: Pick<BlockPolicy, 'mostAMinute'>,
  blockedMs: readonly number[],
  nowMs: number,
): number => Math.max(0, mostAMinute - blockedMs.filter((atMs) => nowMs - atMs < MINUTE_MS).length);

/** The network around an address, as `203.0.113.0/24`; undefined where the address alone is meant. */
export function networkOf(
  address: string,
  { ipv4, ipv6 }: BlockPolicy['prefix'],
): string | undefined {
  const isFour = ipaddr.parse(address).kind() === 'ipv4';
  const bits = isFour ? ipv4 : ipv6;
  if (bits === undefined || bits >= (isFour ? 32 : 128)) return undefined;
  const base = isFour
    ? ipaddr.IPv4.networkAddressFromCIDR(`${address}/${bits}`)
    : ipaddr.IPv6.networkAddressFromCIDR(`${address}/${bits}`);
  return `${base.toString()}/${bits}`;
}
