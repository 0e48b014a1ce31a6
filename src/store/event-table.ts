/** Events as a table that lives as long as a question: a private file, made for it and removed with it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { usageError } from '../errors.ts';
import { openSqlite } from './sqlite-driver.ts';

/** What a row holds, in the order of the columns. */
export type Cell = string | number | null;

/** A table `events` that can be filled and asked once. */
export interface EventTable {
  /** Rows are written in batches. */
  add(row: readonly Cell[]): void;
  /** The answer. @throws IrError (exit 2) for what SQLite refuses */
  ask(): { columns: readonly string[]; rows: Iterable<readonly unknown[]> };
  /** Removes the file. */
  close(): void;
}

const BATCH = 2_000;

/**
 * Makes the table and reads the question, so that a mistake is said before any log is read.
 * @throws IrError (exit 2) for a question that is no single SELECT, with the words of SQLite
 */
export function createEventTable(columns: readonly string[], sql: string): EventTable {
  const folder = mkdtempSync(join(tmpdir(), 'ir-sql-'));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  try {
    const path = join(folder, 'events.db');
    writeFileSync(path, '', { mode: 0o600 });
    const database = openSqlite(path);
    database.pragma('journal_mode = OFF');
    database.pragma('synchronous = OFF');
    database.exec(`CREATE TABLE events (${columns.map((name) => `"${name}"`).join(', ')})`);
    const question = prepared(() => database.prepare(sql));
    if (!question.reader || !question.readonly)
      throw usageError('--sql only reads', 'Write one SELECT over the table events.');
    const insert = database.prepare(`INSERT INTO events VALUES (${columns.map(() => '?').join()})`);
    let batch: (readonly Cell[])[] = [];
    const write = database.transaction(() => {
      for (const row of batch) insert.run(row);
    });
    const flush = (): void => {
      write();
      batch = [];
    };
    return {
      add(row) {
        batch.push(row);
        if (batch.length >= BATCH) flush();
      },
      ask() {
        flush();
        const names = prepared(() => question.columns()).map(({ name }) => name);
        return { columns: names, rows: prepared(() => question.raw(true).all()) as unknown[][] };
      },
      close() {
        database.close();
        remove();
      },
    };
  } catch (error) {
    remove();
    throw error;
  }
}

/** What SQLite says of a question is said as a mistake of who asked. */
function prepared<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    const { message, code = '' } = error as Error & { code?: string };
    if (!code.startsWith('SQLITE_') && !(error instanceof RangeError)) throw error;
    throw usageError(
      `--sql: ${message}`,
      'Columns of the table events are fields with _ for the dots: source_ip, event_outcome; see ir stats --help.',
    );
  }
}
