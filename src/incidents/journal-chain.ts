/**
 * The hash chains of the journal: one for each incident and writer, so that what is handed on of one incident
 * shows nothing of the others, and what two stores wrote can stand side by side. Each hash covers the one before
 * it: no entry can be changed, removed from the middle or put in later without every following hash giving it away.
 *
 *     payload_hash = SHA-256(canonical JSON of the payload with its salt)
 *     hash         = SHA-256(prev_hash || canonical JSON of {actor, at, incident, payload_hash, seq, type, writer})
 *
 * A store's log goes through the hashes of all its entries in the order in which they came:
 *
 *     store_head   = SHA-256(store_head of the entry before || hash)
 *
 * Hashes are lower-case hex, also where they are hashed themselves; before the first there are 64 zeros.
 */
import { hash as digest } from 'node:crypto';
import { canonicalJson } from './canonical-json.ts';
import type { Actor, JournalEntry } from './incident.ts';

/** The hash before the first entry. */
export const GENESIS_HASH = '0'.repeat(64);

/** A journal entry with its payload as the canonical text that is stored and hashed. */
export interface StoredEntry extends Omit<JournalEntry, 'payload' | 'salt' | 'actor' | 'actorId'> {
  /** Id of who made it. */
  actor: string;
  /** Undefined when the payload was erased. */
  payloadText: string | undefined;
}

const sha256 = (text: string): string => digest('sha256', text, 'hex');

type Unsealed = Pick<StoredEntry, 'incident' | 'writer' | 'seq' | 'at' | 'actor' | 'type'>;

/**
 * Puts an entry behind the one that has `prevHash`.
 * @param salt 128 random bits, hex: what an erased payload said cannot be found by guessing
 */
export function sealEntry(
  entry: Unsealed & { payload: object; prevHash: string },
  salt: string,
): StoredEntry {
  const { payload, ...unsealed } = entry;
  const payloadText = canonicalJson({ ...payload, salt });
  const sealed = { ...unsealed, payloadHash: sha256(payloadText) };
  return { ...sealed, payloadText, hash: entryHash(sealed) };
}

/** The hash that an entry must have. */
function entryHash(entry: Omit<StoredEntry, 'payloadText' | 'hash'>): string {
  const { actor, at, incident, payloadHash, prevHash, seq, type, writer } = entry;
  const covered = { actor, at, incident, payload_hash: payloadHash, seq, type, writer };
  return sha256(prevHash + canonicalJson(covered));
}

/** The store's head once an entry with this hash has come. */
export const headAfter = (head: string, hash: string): string => sha256(head + hash);

/**
 * Checks one entry against the one before it in its chain.
 * @returns what is wrong, or undefined when the entry holds
 */
export function entryProblem(
  entry: StoredEntry,
  before: { seq: number; hash: string },
): string | undefined {
  if (entry.payloadText !== undefined && sha256(entry.payloadText) !== entry.payloadHash) {
    return 'the payload was changed: its SHA-256 is not the recorded one';
  }
  if (entry.prevHash !== before.hash || entry.seq <= before.seq) {
    return entry.seq === before.seq + 1
      ? `it does not follow entry ${before.seq}: the hash it names is another one`
      : `entry ${before.seq + 1} is missing: ${before.seq === 0 ? 'the journal begins with' : `entry ${before.seq} is followed by`} ${entry.seq}`;
  }
  if (entryHash(entry) !== entry.hash) {
    return 'its time, actor, kind, number, incident, writer or hash was changed: the recorded hash does not fit';
  }
  return undefined;
}

/** The entry as the domain sees it: payload parsed, the actor by name as far as it is known. */
export function parseEntry(
  stored: StoredEntry,
  actors: ReadonlyMap<string, Pick<Actor, 'name'>>,
): JournalEntry {
  const { incident, writer, seq, at, type, payloadText, payloadHash, prevHash, hash } = stored;
  const { salt, ...payload } =
    payloadText === undefined ? {} : (JSON.parse(payloadText) as Record<string, unknown>);
  return {
    ...{ incident, writer, seq, at },
    actor: actors.get(stored.actor)?.name ?? `erased-${stored.actor.slice(0, 8)}`,
    actorId: stored.actor,
    type,
    payload: payloadText === undefined ? undefined : payload,
    salt: salt as string | undefined,
    ...{ payloadHash, prevHash, hash },
  };
}
