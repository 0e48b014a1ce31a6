/** Compares the words that are searched with the journal they are made from, in memory that does not grow with either. */
import { hash } from 'node:crypto';
import type { StoredEntry } from '../incidents/journal-chain.ts';
import { isOnPostgres } from './postgres/is-postgres.ts';
import { rawRows } from './raw-rows.ts';
import type { TransactionOf } from './schema.ts';
import { textsOfEntry } from './search-words.ts';

/** Sums of digests know no order: the texts come in that of the table, the entries in that of their incident. */
const MODULUS = 1n << 256n;
/** A sum is kept in eight parts of 32 bits, as numbers: so many additions stay exact, and a big one costs ten times as much. */
const PARTS = 8;
const MOST_ADDITIONS = 1 << 20;
/** Rows held in memory at a time. */
const PAGE = 1000;

/** The table in which FTS5 keeps the columns of `search`, in their order: read through FTS5, a row takes ten times as long. */
const OF_FTS5 = 'select id as place, c1 as incident, c2 as entry, c0 as text from search_content';
const OF_POSTGRES = 'select rowid as place, incident, entry, text from search';
/** What an entry of which nothing is in the journal says is never shown. */
const STRANGE = 'and not exists (select 1 from journal where hash = found.entry)';
const pageOf = (rows: string, only = ''): string =>
  `select place, incident, entry, text from (${rows}) found where place > ? ${only} order by place limit ${PAGE}`;

/** Sums by incident; what is left after a comparison are those that differ. */
export interface WordSums {
  /** Counts the texts of an entry of the journal. */
  see(entry: StoredEntry): void;
  /** The ids of incidents whose rows in the table are not those texts. */
  differing(reader: TransactionOf): Promise<string[]>;
}

/** What was added less what was taken away, modulo 2^256. */
interface Sum {
  parts: Float64Array;
  additions: number;
  carried: bigint;
}

/** Begins with no entry. */
export function createWordSums(): WordSums {
  const sums = new Map<string, Sum>();
  const add = (incident: string, digest: Buffer, sign: 1 | -1): void => {
    let sum = sums.get(incident);
    if (sum === undefined) {
      sum = { parts: new Float64Array(PARTS), additions: 0, carried: 0n };
      sums.set(incident, sum);
    }
    for (let at = 0; at < PARTS; at++) sum.parts[at]! += sign * digest.readUInt32BE(at * 4);
    sum.additions += 1;
    if (sum.additions >= MOST_ADDITIONS) carry(sum);
  };
  return {
    see(entry) {
      for (const text of textsOfEntry(entry)) add(entry.incident, digestOf(entry.hash, text), 1);
    },
    async differing(reader) {
      const take = async (query: string, sign: 1 | -1): Promise<string[]> => {
        for (let after = Number.MIN_SAFE_INTEGER; ; ) {
          const rows = await rawRows<WordRow>(reader, query, [after]);
          for (const [, incident, entry, text] of rows) add(incident, digestOf(entry, text), sign);
          if (rows.length < PAGE) break;
          after = rows.at(-1)![0];
        }
        return [...sums].filter(([, sum]) => carry(sum) !== 0n).map(([incident]) => incident);
      };
      const rows = isOnPostgres(reader) ? OF_POSTGRES : OF_FTS5;
      // Where all is well nobody needs to look which rows count.
      const found = await take(pageOf(rows), -1);
      return found.length === 0 ? found : take(pageOf(rows, STRANGE), 1);
    },
  };
}

/** Brings the parts together; gives the sum. */
function carry(sum: Sum): bigint {
  const total = sum.parts.reduce((all, part) => (all << 32n) + BigInt(part), 0n);
  sum.carried = (((sum.carried + total) % MODULUS) + MODULUS) % MODULUS;
  sum.parts.fill(0);
  sum.additions = 0;
  return sum.carried;
}

type WordRow = readonly [place: number, incident: string, entry: string, text: string];

const digestOf = (entry: string, text: string): Buffer =>
  hash('sha256', `${entry}\n${asKept(text)}`, 'buffer');

/** SQLite keeps halves of characters as signs of replacement, and ends a text at a zero. */
const asKept = (text: string): string =>
  PLAIN.test(text)
    ? text
    : (text.split('\0', 1)[0] ?? '').replace(/[\ud800-\udfff\ufffd]+/gu, '\ufffd');

/** Nothing in it that is kept otherwise. */
const PLAIN = /^[\u0001-\ud7ff\ue000-\ufffc]*$/;
