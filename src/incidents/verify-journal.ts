/** Checks a journal: the chains, what was erased from it, and the rows that were made from it. */
import { EXIT, IrError } from '../errors.ts';
import { canonicalJson } from './canonical-json.ts';
import { entryProblem, GENESIS_HASH, headAfter, type StoredEntry } from './journal-chain.ts';
import { type EntryPayloads, kindOf } from './journal-entry.ts';
import { type IncidentState, ROW_NAMES, type RowName } from './projections.ts';

/** The first entry of a chain that does not hold. */
export interface EntryProblem {
  seq: number;
  reason: string;
}

/** What the chains of one incident say. */
export interface ChainCheck {
  entries: number;
  erasedPayloads: number;
  problem: EntryProblem | undefined;
  /** Kinds that this version does not know, and how often each occurs. */
  unknownKinds: ReadonlyMap<string, number>;
}

/** Takes the entries of one incident in the order of their numbers, and gives what is to be said of them. */
export function createChainCheck(): {
  /** @returns false from the first entry on that does not hold */
  see(entry: StoredEntry): boolean;
  result(): ChainCheck;
} {
  const ends = new Map<string, { seq: number; hash: string }>();
  const gone = new Map<string, number>();
  const erasures = new Map<string, number>();
  const unknownKinds = new Map<string, number>();
  let entries = 0;
  let problem: EntryProblem | undefined;
  return {
    see(entry) {
      const { seq, type, hash, writer, payloadText } = entry;
      entries += 1;
      const reason = entryProblem(entry, ends.get(writer) ?? { seq: 0, hash: GENESIS_HASH });
      if (reason !== undefined) problem ??= { seq, reason };
      ends.set(writer, { seq, hash });
      if (kindOf(type) === undefined) unknownKinds.set(type, (unknownKinds.get(type) ?? 0) + 1);
      if (payloadText === undefined) gone.set(hash, seq);
      else if (type === 'payload_erased' && reason === undefined) {
        const { entry: named } = JSON.parse(payloadText) as EntryPayloads['payload_erased'];
        erasures.set(named, seq);
      }
      return problem === undefined;
    },
    result: () => ({
      entries,
      erasedPayloads: gone.size,
      problem: problem ?? erasureProblem(gone, erasures),
      unknownKinds,
    }),
  };
}

/** @throws IrError (exit 7) where the entries of an incident are not whole */
export function assertWhole(incident: string, entries: Iterable<StoredEntry>): void {
  const chains = createChainCheck();
  let isOther = false;
  for (const entry of entries) {
    isOther ||= entry.incident !== incident;
    chains.see(entry);
  }
  const { problem, entries: count } = chains.result();
  if (problem === undefined && !isOther && count > 0) return;
  const why =
    problem === undefined ? 'they are of another one' : `entry ${problem.seq}: ${problem.reason}`;
  throw new IrError(`the entries of incident ${incident} do not hold: ${why}`, {
    exit: EXIT.integrity,
    hint: 'Nothing of them was taken. Ask for another copy.',
  });
}

/** @param gone hashes of entries without payload @param erasures hashes of entries that others say were erased; numbers of both */
function erasureProblem(
  gone: ReadonlyMap<string, number>,
  erasures: ReadonlyMap<string, number>,
): EntryProblem | undefined {
  for (const [hash, seq] of gone) {
    if (erasures.has(hash)) continue;
    return { seq, reason: 'its payload is gone, and no entry says that it was erased' };
  }
  for (const [hash, seq] of erasures) {
    if (gone.has(hash)) continue;
    const named = `entry ${hash.slice(0, 12)}`;
    return { seq, reason: `it says that the payload of ${named} was erased, and that is not so` };
  }
  return undefined;
}

/** Goes through the log of a store; gives its head, and the number of the first row that does not hold. */
export function createLogCheck(): {
  see(row: { number: number; hash: string; storeHead: string }): void;
  result(): { head: string; broken: number | undefined };
} {
  let head = GENESIS_HASH;
  let last = 0;
  let broken: number | undefined;
  return {
    see({ number, hash, storeHead }) {
      if (broken !== undefined) return;
      if (number === last + 1 && headAfter(head, hash) === storeHead) {
        head = storeHead;
        last = number;
      } else broken = number;
    },
    result: () => ({ head, broken }),
  };
}

/** Rows mostly have their members in one order and plain values, which is quicker to compare. */
const isSame = (wanted: unknown, stored: unknown): boolean =>
  isSameByValue(wanted, stored) ||
  JSON.stringify(wanted) === JSON.stringify(stored) ||
  canonicalJson(wanted) === canonicalJson(stored);

/** Have both the same members with the same plain values, or no entries? */
function isSameByValue(wanted: unknown, stored: unknown): boolean {
  const [left, right] = [wanted as Record<string, unknown>, stored as Record<string, unknown>];
  let count = 0;
  for (const name in left) {
    count += 1;
    const value = left[name];
    const other = right[name];
    if (value === other && (value !== undefined || name in right)) continue;
    const areEmpty =
      Array.isArray(value) && Array.isArray(other) && value.length + other.length === 0;
    if (!areEmpty) return false;
  }
  for (const _ in right) count -= 1;
  return count === 0;
}

/**
 * One line per row that is missing, unexpected or different.
 * @param names the rows that are compared beside the incident itself
 */
export function differences(
  id: string,
  expected: IncidentState,
  actual: IncidentState,
  names: readonly RowName[] = ROW_NAMES,
): string[] {
  const name = expected.incident?.key ?? actual.incident?.key ?? id;
  const found: string[] = [];
  const compare = (what: string, wanted: unknown, stored: unknown): void => {
    if (wanted === undefined && stored === undefined) return;
    if (stored === undefined) found.push(`${name}: ${what} is missing`);
    else if (wanted === undefined) found.push(`${name}: ${what} is not in the journal`);
    else if (!isSame(wanted, stored)) {
      found.push(`${name}: ${what} differs from the journal`);
    }
  };
  const compareRow = (rows: string, key: string, wanted: unknown, stored: unknown): void => {
    const isKnown = wanted !== undefined && stored !== undefined;
    if (!isKnown || !isSame(wanted, stored)) compare(`${rows} ${key}`, wanted, stored);
  };
  compare('incident', expected.incident, actual.incident);
  for (const rows of names) {
    const wanted: ReadonlyMap<string, unknown> = expected[rows];
    const stored: ReadonlyMap<string, unknown> = actual[rows];
    for (const [key, row] of wanted) compareRow(rows, key, row, stored.get(key));
    for (const [key, row] of stored) {
      if (!wanted.has(key)) compareRow(rows, key, undefined, row);
    }
  }
  return found;
}
