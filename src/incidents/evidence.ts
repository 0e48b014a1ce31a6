/** What was taken into keeping, and who had it: evidence items, the events of their custody, the bags that were written. */
import type { Instant } from './incident.ts';
import type { SourceFile } from './incident-store.ts';

/** What can happen to a piece of evidence on its way from hand to hand. */
export const CUSTODY_EVENTS = [
  'collected',
  'sealed',
  'verified',
  'copied',
  'transferred',
  'received',
  'exported',
  'released',
  'returned',
  'destroyed',
] as const;

/** One of `CUSTODY_EVENTS`. */
export type CustodyEventName = (typeof CUSTODY_EVENTS)[number];

/** Who signed, and the hash of the file with the signature, which is kept beside the evidence. */
export interface Signature {
  /** Fingerprint of the key, as `ssh-keygen -l` writes it. */
  key: string;
  sha256: string;
}

/** By whom, when and why something no longer counts. */
export interface Withdrawal {
  seq: number;
  at: Instant;
  actor: string;
  reason: string;
}

/** What was acquired of a piece of evidence, as it was entered. */
export interface Acquired {
  /** 128 random bits, hex. */
  id: string;
  title: string;
  /** Of its content, hex. */
  sha256: string;
  sizeBytes: number;
  /** `copy`: it lies in the store's folder; `reference`: it was hashed and left where it is. */
  keptAs: 'copy' | 'reference';
  /** Of a copy within the store's folder, else absolute. */
  path: string;
  /** Where it was taken from. */
  origin?: string | undefined;
  /** How it was acquired: live, offline, logical, image, export, ... */
  method: string;
  host: string;
  collectedAt: Instant;
  tool?: string | undefined;
  argv?: readonly string[] | undefined;
  /** Id of the command that made it. */
  run?: string | undefined;
  /** How far the clock of the host was ahead, milliseconds. */
  clockOffsetMs?: number | undefined;
  /** The time that the content is about. */
  covers?: { from: Instant; to: Instant } | undefined;
  /** What has to be known of it, such as that it grew while it was read. */
  remarks?: readonly string[] | undefined;
  /** Hash of the bag that it came in. */
  bag?: string | undefined;
}

/** A piece of evidence as it stands. */
export interface EvidenceItem extends Acquired {
  /** E-001, E-002, ... within the incident: of each content one, log files of saved timelines included. */
  evidenceNo: string;
  seq: number;
  /** When it was entered, and by whom. */
  at: Instant;
  actor: string;
  /** Set once it no longer counts. */
  withdrawn?: Withdrawal | undefined;
}

/** One step of a piece of evidence from hand to hand. */
export interface CustodyEvent {
  id: string;
  /** Id of the item. */
  evidence: string;
  event: CustodyEventName;
  /** When it happened. */
  happenedAt: Instant;
  purpose: string;
  sha256?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
  method?: string | undefined;
  place?: string | undefined;
  /** Id of the transfer that a receipt ends. */
  transfer?: string | undefined;
  signature?: Signature | undefined;
  /** Hash of the bag that it is about. */
  bag?: string | undefined;
  /** Who did it, where that is told by a bag that came in and not by who wrote the entry. */
  by?: string | undefined;
  seq: number;
  /** When it was entered, and by whom. */
  at: Instant;
  actor: string;
}

/** A bag that was written of the incident: its evidence, or the whole case. */
export interface WrittenBag {
  id: string;
  path: string;
  /** Of its tag manifest, which covers all else in it. */
  sha256: string;
  holds: 'evidence' | 'case';
  /** The incident's chain head that stands in it. */
  head: string;
  /** For whom it was encrypted; absent where it was not. */
  encryptedTo?: readonly string[] | undefined;
  signature?: Signature | undefined;
  /** Hash of the archive, before it was encrypted; absent where the bag is a folder. */
  archive?: string | undefined;
  seq: number;
  at: Instant;
  actor: string;
}

type Numbered = Iterable<Pick<SourceFile | EvidenceItem, 'sha256' | 'evidenceNo'>>;

/**
 * Gives numbers to contents: the one that it has, else the next after the highest.
 * @param known log files and items that have theirs
 */
export function createNumbering(
  ...known: readonly Numbered[]
): (sha256: string, wanted?: string) => string {
  const numberOf = new Map<string, string>();
  let last = 0;
  const give = (sha256: string, evidenceNo: string): string => {
    numberOf.set(sha256, evidenceNo);
    last = Math.max(last, Number(evidenceNo.slice(2)) || 0);
    return evidenceNo;
  };
  for (const rows of known) for (const row of rows) give(row.sha256, row.evidenceNo);
  const taken = new Set(numberOf.values());
  return (sha256, wanted) => {
    const own = numberOf.get(sha256);
    if (own !== undefined) return own;
    const next = `E-${String(last + 1).padStart(3, '0')}`;
    const number = wanted !== undefined && !taken.has(wanted) ? wanted : next;
    taken.add(number);
    return give(sha256, number);
  };
}

/** Does the store hold its content? It may have been copied later than it was entered, or destroyed. */
export const isInStore = (
  { id, keptAs }: Pick<EvidenceItem, 'id' | 'keptAs'>,
  custody: readonly CustodyEvent[],
): boolean =>
  (keptAs === 'copy' ||
    custody.some(({ event, evidence }) => event === 'copied' && evidence === id)) &&
  !custody.some(({ event, evidence }) => event === 'destroyed' && evidence === id);

/** Where a piece of evidence is on its way. */
export interface Custody {
  /** Who has it. */
  holder: string;
  /** The transfer that nobody has received yet. */
  open: CustodyEvent | undefined;
  /** Its last event. */
  last: CustodyEvent | undefined;
}

/**
 * Who has the item after these events, which are in order. Who gives something away has it until it is received.
 */
export function custodyOf(
  item: Pick<EvidenceItem, 'id' | 'actor'>,
  events: readonly CustodyEvent[],
): Custody {
  const custody: Custody = { holder: item.actor, open: undefined, last: undefined };
  for (const event of events) {
    if (event.evidence !== item.id) continue;
    custody.last = event;
    if (event.event === 'transferred') custody.open = event;
    if (event.event === 'received' || event.event === 'returned') {
      custody.holder = event.to ?? event.by ?? event.actor;
      if (event.transfer === undefined || event.transfer === custody.open?.id)
        custody.open = undefined;
    }
  }
  return custody;
}

/**
 * The text that is signed for a seal, a transfer and its receipt: the same for everyone who has the entry, one fact a
 * line, each value as JSON.
 */
export function custodyStatement(
  incident: string,
  item: Pick<EvidenceItem, 'id' | 'evidenceNo' | 'title' | 'sha256' | 'sizeBytes'>,
  event: Pick<CustodyEvent, 'event' | 'id' | 'happenedAt' | 'purpose' | 'from' | 'to' | 'method'>,
): string {
  const facts: readonly (readonly [string, string | number | undefined])[] = [
    ['incident', incident],
    ['evidence', item.evidenceNo],
    ['id', item.id],
    ['title', item.title],
    ['sha256', item.sha256],
    ['bytes', item.sizeBytes],
    [event.event === 'sealed' ? 'seal' : 'transfer', event.id],
    ['at', event.happenedAt],
    ['from', event.from],
    ['to', event.to],
    ['method', event.method],
    ['purpose', event.purpose],
  ];
  const lines = facts.flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}: ${JSON.stringify(value)}`],
  );
  return `${event.event === 'sealed' ? 'Seal of evidence' : 'Hand-over of evidence'}\n${lines.join('\n')}\n`;
}

/** The text that the signature of an event is of; undefined where it names a transfer that is gone. */
export function signedStatement(
  incident: string,
  item: Parameters<typeof custodyStatement>[1],
  event: CustodyEvent,
  custody: readonly CustodyEvent[],
): string | undefined {
  const signed =
    event.event === 'received' ? custody.find(({ id }) => id === event.transfer) : event;
  return signed && custodyStatement(incident, item, signed);
}
