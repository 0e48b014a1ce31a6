/** Statements of SQLite, made ready once for each text: making one ready costs more than most of ours take to run. */
import type { Database as Connection, Statement } from 'better-sqlite3';
import type { QueryResult } from 'kysely';

/** Texts that are kept; those of one command are some fifty. */
const MOST_KEPT = 200;
/** Longer ones add many rows at once, and hardly come again with as many. */
const LONGEST_KEPT = 4000;
/** Whatever else there is changes the schema or a setting. */
const KEPT = /^\s*(?:select|insert|update|delete)\b/i;

/** Runs statements of a connection. */
export interface Statements {
  /** @throws what the driver throws */
  run(text: string, parameters: readonly unknown[]): QueryResult<unknown>;
}

/** For one connection. */
export function statementsOf(database: Connection): Statements {
  const kept = new Map<string, Statement>();
  const ready = (text: string): Statement => {
    const known = kept.get(text);
    if (known !== undefined) return known;
    const made = database.prepare(text);
    if (text.length > LONGEST_KEPT || !KEPT.test(text)) return made;
    if (kept.size >= MOST_KEPT) kept.clear();
    kept.set(text, made);
    return made;
  };
  return {
    run(text, parameters) {
      const statement = ready(text);
      if (statement.reader) return { rows: statement.all(parameters) };
      const { changes, lastInsertRowid } = statement.run(parameters);
      return { numAffectedRows: BigInt(changes), insertId: BigInt(lastInsertRowid), rows: [] };
    },
  };
}
