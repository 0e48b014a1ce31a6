/**
 * The hash chain of the journal. Each entry's hash covers the one before it, so that no entry can be
 * changed, removed from the middle or put in later without every following hash giving it away.
 *
 *     payload_hash = SHA-256(canonical JSON of the payload)
 *     hash         = SHA-256(prev_hash || canonical JSON of {actor, at, incident, payload_hash, seq, type})
 *
 * Hashes are lower-case hex, also where they are hashed themselves; the first entry's prev_hash is 64 zeros.
 */
import { createHash } from 'node:crypto';
import { canonicalJson } from './canonical-json.ts';
import type { JournalEntry } from './incident.ts';
import type { NewEntry } from './journal-entry.ts';

/** The hash before the first entry. */
export const GENESIS_HASH = '0'.repeat(64);

/** A journal entry with its payload as the canonical text that is stored and hashed. */
export interface StoredEntry extends Omit<JournalEntry, 'payload'> {
  /** Undefined when the payload was erased. */
  payloadText: string | undefined;
}

const sha256 = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');

/** Puts an entry behind the one that has `prevHash`. */
export function sealEntry(
  prevHash: string,
  seq: number,
  incident: string,
  entry: NewEntry,
): StoredEntry {
  const payloadText = canonicalJson(entry.payload);
  const { type, at, actor } = entry;
  const payloadHash = sha256(payloadText);
  const unsealed = { seq, incident, at, actor, type, payloadHash, prevHash };
  return { ...unsealed, payloadText, hash: entryHash(unsealed) };
}

/** The hash that an entry must have. */
export function entryHash(entry: Omit<StoredEntry, 'payloadText' | 'hash'>): string {
  const { actor, at, incident, payloadHash, prevHash, seq, type } = entry;
  const covered = canonicalJson({ actor, at, incident, payload_hash: payloadHash, seq, type });
  return sha256(prevHash + covered);
}

/**
 * Checks one entry against the one before it.
 * @returns what is wrong, or undefined when the entry holds
 */
export function entryProblem(
  entry: StoredEntry,
  before: { seq: number; hash: string },
): string | undefined {
  if (entry.seq !== before.seq + 1) {
    return `entry ${before.seq + 1} is missing: entry ${before.seq} is followed by ${entry.seq}`;
  }
  if (entry.payloadText !== undefined && sha256(entry.payloadText) !== entry.payloadHash) {
    return 'the payload was changed: its SHA-256 is not the recorded one';
  }
  if (entry.prevHash !== before.hash) {
    return `it does not follow entry ${before.seq}: the hash it names is another one`;
  }
  if (entryHash(entry) !== entry.hash) {
    return 'its time, actor, type, incident or hash was changed: the recorded hash does not fit';
  }
  return undefined;
}

/** The entry as the domain sees it, payload parsed. */
export function parseEntry(stored: StoredEntry): JournalEntry {
  const { seq, incident, at, actor, type, payloadText, payloadHash, prevHash, hash } = stored;
  const payload: unknown = payloadText === undefined ? undefined : JSON.parse(payloadText);
  return { seq, incident, at, actor, type, payload, payloadHash, prevHash, hash };
}
