/** Compares the words that are searched with the journal they are made from, in memory that does not grow with either. */
import { hash } from 'node:crypto';
import type { StoredEntry } from '../incidents/journal-chain.ts';
import { isOnPostgres } from './postgres/is-postgres.ts';
import { rawRows } from './raw-rows.ts';
import type { LogRow } from './read-journal.ts';
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
interface WordSums {
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

/** Texts that stand elsewhere in one order than in the other, held at a time. */
const MOST_MOVED = 50_000;

/**
 * Goes through the log and the rows side by side. Both mostly have one order, and then each text is compared as it stands,
 * which takes a fifth of the time that sums do; `isSame` is false where that does not settle it.
 */
export function createWordMatch(reader: TransactionOf): {
  see(page: readonly LogRow[]): Promise<void>;
  isSame(): Promise<boolean>;
} {
  const query = pageOf(isOnPostgres(reader) ? OF_POSTGRES : OF_FTS5);
  const moved = new Map<string, number>();
  let rows: readonly WordRow[] = [];
  let at = 0;
  const nextRow = async (): Promise<WordRow | undefined> => {
    if (at >= rows.length) {
      const after = rows.at(-1)?.[0] ?? Number.MIN_SAFE_INTEGER;
      rows = await rawRows<WordRow>(reader, query, [after]);
      at = 0;
    }
    return rows[at++];
  };
  let isLost = false;
  const count = (incident: string, entry: string, text: string, step: 1 | -1): void => {
    const key = `${incident} ${entry} ${text}`;
    const left = (moved.get(key) ?? 0) + step;
    if (left === 0) moved.delete(key);
    else moved.set(key, left);
    isLost ||= moved.size > MOST_MOVED;
  };
  return {
    async see(page) {
      for (const [, hash, , incident, type, payload] of page) {
        if (isLost || payload === null) continue;
        for (const said of textsOfEntry({ type, payloadText: payload })) {
          const text = asKept(said);
          const row = at < rows.length ? rows[at++] : await nextRow();
          if (row !== undefined && row[3] === text && row[2] === hash && row[1] === incident)
            continue;
          count(incident, hash, text, 1);
          if (row !== undefined) count(row[1], row[2], row[3], -1);
        }
      }
    },
    async isSame() {
      for (let row = await nextRow(); !isLost && row !== undefined; row = await nextRow())
        count(row[1], row[2], row[3], -1);
      return !isLost && moved.size === 0;
    },
  };
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
