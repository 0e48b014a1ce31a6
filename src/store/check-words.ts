/** Compares the words that are searched with the journal they are made from, in memory that does not grow with either. */
import { createHash } from 'node:crypto';
import type { StoredEntry } from '../incidents/journal-chain.ts';
import { rawRows } from './raw-rows.ts';
import type { TransactionOf } from './schema.ts';
import { textsOfEntry } from './search-words.ts';

/** Sums of digests know no order: the texts come in that of the table, the entries in that of their incident. */
const MODULUS = 1n << 256n;
/** Rows held in memory at a time. */
const PAGE = 500;

/** What an entry of which nothing is in the journal says is never shown. */
const ROWS = `select search.rowid, search.incident, search.entry, search.text from search
  where search.rowid > ? order by search.rowid limit ${PAGE}`;
const KNOWN = 'select count(*) from journal where hash = ?';

/** Sums by incident; what is left after a comparison are those that differ. */
export interface WordSums {
  /** Counts the texts of an entry of the journal. */
  see(entry: StoredEntry): void;
  /** The ids of incidents whose rows in the table are not those texts. */
  differing(reader: TransactionOf): Promise<string[]>;
}

/** Begins with no entry. */
export function createWordSums(): WordSums {
  const sums = new Map<string, bigint>();
  const add = (incident: string, sum: bigint): void => {
    sums.set(incident, ((sums.get(incident) ?? 0n) + sum + MODULUS) % MODULUS);
  };
  return {
    see(entry) {
      for (const text of textsOfEntry(entry)) add(entry.incident, digest(entry.hash, text));
    },
    async differing(reader) {
      for (let after = Number.MIN_SAFE_INTEGER; ; ) {
        const rows = await rawRows<WordRow>(reader, ROWS, [after]);
        for (const [, incident, entry, text] of rows) {
          const [count] = (await rawRows<[number]>(reader, KNOWN, [entry])).flat();
          if (count !== 0) add(incident, -digest(entry, text));
        }
        if (rows.length < PAGE) break;
        after = rows.at(-1)![0];
      }
      return [...sums].filter(([, sum]) => sum !== 0n).map(([incident]) => incident);
    },
  };
}

type WordRow = readonly [rowid: number, incident: string, entry: string, text: string];

const digest = (entry: string, text: string): bigint =>
  BigInt(
    `0x${createHash('sha256')
      .update(`${entry}\n${asKept(text)}`)
      .digest('hex')}`,
  );

/** SQLite keeps halves of characters as signs of replacement, and ends a text at a zero. */
const asKept = (text: string): string =>
  (text.split('\0', 1)[0] ?? '').replace(/[\ud800-\udfff\ufffd]+/gu, '\ufffd');
