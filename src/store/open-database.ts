/**
 * The only module that knows which database is behind the store: file, pragmas, transactions. A store on
 * PostgreSQL is another file like this one.
 */
import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  statSync,
} from 'node:fs';
import { dirname } from 'node:path';
import type { Database as Connection } from 'better-sqlite3';
import {
  type CompiledQuery as Compiled,
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  Kysely as KyselyDatabase,
  type QueryResult,
  SqliteAdapter,
  SqliteDriver,
  SqliteIntrospector,
  SqliteQueryCompiler,
  sql,
  type TransactionSettings,
} from 'kysely';
import { EXIT, IrError, refusedError } from '../errors.ts';
import { isRaw } from './raw-rows.ts';
import type { Database, Tables, TransactionOf } from './schema.ts';
import { openSqlite } from './sqlite-driver.ts';
import { type Statements, statementsOf } from './statements.ts';

/** How long a statement waits for another process's lock. */
const LOCK_WAIT_MS = 5_000;

/** How long a transaction that writes waits for its turn: many short ones of other processes may come first. */
const TURN_WAIT_MS = 30_000;

/**
 * Takes the write lock when a transaction starts: with a plain BEGIN, two processes that both read first
 * would fail instead of waiting for each other. SQLite's own wait asks ever less often the longer it lasts, so that
 * newcomers always come first; here who waits longest asks most often.
 */
class ImmediateDriver extends SqliteDriver {
  readonly #database: Connection;
  readonly #lockWaitMs: number;
  readonly #turnWaitMs: number;
  readonly #statements: Statements;

  constructor(database: Connection, lockWaitMs: number, turnWaitMs: number) {
    super({ database });
    this.#database = database;
    this.#lockWaitMs = lockWaitMs;
    this.#turnWaitMs = turnWaitMs;
    this.#statements = statementsOf(database);
  }

  /** Rows that are wanted as arrays do not go through objects. */
  override async acquireConnection(): Promise<DatabaseConnection> {
    const connection = await super.acquireConnection();
    return {
      executeQuery: async <R>(query: Compiled) =>
        (isRaw(query)
          ? { rows: this.#database.prepare(query.sql).raw().all(query.parameters) }
          : this.#statements.run(query.sql, query.parameters)) as QueryResult<R>,
      streamQuery: (query, size) => connection.streamQuery(query, size),
    };
  }

  override async beginTransaction(
    connection: DatabaseConnection,
    settings?: TransactionSettings,
  ): Promise<void> {
    if (settings?.accessMode === 'read only') {
      await connection.executeQuery(CompiledQuery.raw('begin'));
      return;
    }
    const started = performance.now();
    for (;;) {
      const waited = performance.now() - started;
      if (this.#tryBegin(waited >= this.#turnWaitMs)) return;
      await new Promise((resolve) => setTimeout(resolve, pauseMs(waited)));
    }
  }

  /** True when the write lock is ours; false when another process has it. At the last try that is thrown. */
  #tryBegin(isLast: boolean): boolean {
    this.#database.pragma('busy_timeout = 0');
    try {
      this.#database.exec('begin immediate');
      return true;
    } catch (error) {
      const isBusy = error instanceof Error && 'code' in error && error.code === 'SQLITE_BUSY';
      if (!isBusy || isLast) throw error;
      return false;
    } finally {
      this.#database.pragma(`busy_timeout = ${this.#lockWaitMs}`);
    }
  }

  /** SQLite has rolled back by itself when the disk was full; a second time would hide that error. */
  override async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    if (this.#database.inTransaction) await super.rollbackTransaction(connection);
  }
}

/** A pause of random length, so that two do not ask in step; the shorter, the longer the wait has lasted. */
const pauseMs = (waitedMs: number): number => 1 + Math.random() * Math.max(2, 20 - waitedMs / 100);

/**
 * Opens the SQLite file, for reading alone where nothing can be written; with `create` makes it and its folder when they are not there (0600, 0700).
 * @throws what the driver throws
 */
export function openDatabase(
  path: string,
  { create, lockWaitMs }: { create: boolean; lockWaitMs?: number },
): Database {
  if (create) createFile(path);
  else if (!existsSync(path)) {
    throw refusedError(`there is no store in ${dirname(path)}`, 'Make one with: ir open');
  }
  const isWritable = canWrite(path) && canWrite(dirname(path));
  const connection = isWritable
    ? openSqlite(path, lockWaitMs ?? LOCK_WAIT_MS)
    : openSqlite(readSnapshot(path));
  try {
    setPragmas(connection, isWritable);
  } catch (error) {
    connection.close();
    throw error;
  }
  return overConnection(connection, lockWaitMs ?? LOCK_WAIT_MS, lockWaitMs ?? TURN_WAIT_MS);
}

/** Runs `body` on a database that is empty and kept nowhere. */
export async function withMemoryDatabase<T>(body: (database: Database) => Promise<T>): Promise<T> {
  const database = overConnection(openSqlite(':memory:'));
  try {
    return await body(database);
  } finally {
    await database.destroy();
  }
}

/** Loaded when a store is opened, and by no other command. */
function overConnection(
  connection: Connection,
  lockWaitMs = LOCK_WAIT_MS,
  turnWaitMs = TURN_WAIT_MS,
): Database {
  const dialect: Dialect = {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new ImmediateDriver(connection, lockWaitMs, turnWaitMs),
    createIntrospector: (database) => new SqliteIntrospector(database),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  };
  return new KyselyDatabase<Tables>({ dialect });
}

function setPragmas(connection: Connection, isWritable: boolean): void {
  if (isWritable) {
    // WAL is a property of the file: setting it again needs no lock.
    connection.pragma('journal_mode = wal');
    connection.pragma('synchronous = full');
    // What is erased must not stay in free space of the file.
    connection.pragma('secure_delete = on');
  } else {
    connection.pragma('query_only = on');
  }
  connection.pragma('foreign_keys = on');
  // What SQL text in a tampered schema could do is cut down.
  connection.pragma('trusted_schema = off');
}

function canWrite(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * The content of a store that may only be read, such as an auditor's copy. SQLite itself cannot open a WAL
 * database where it cannot write, so it gets the bytes, marked as no longer in WAL mode.
 * @see https://www.sqlite.org/fileformat2.html#the_database_header (offsets 18 and 19)
 */
function readSnapshot(path: string): Buffer {
  const wal = statSync(`${path}-wal`, { throwIfNoEntry: false });
  if (wal !== undefined && wal.size > 0) {
    throw new IrError(`the store ${path} is read-only and holds changes that were not merged`, {
      exit: EXIT.integrity,
      hint: 'Copy its whole folder to a place where you can write, and name that with --store.',
    });
  }
  const content = readFileSync(path);
  content.fill(1, 18, 20);
  return content;
}

/**
 * Has the database check its own file.
 * @returns the first thing that is wrong, or undefined
 */
export async function fileProblem(reader: Database | TransactionOf): Promise<string | undefined> {
  const { rows } = await sql<{ integrity_check: string }>`pragma integrity_check(1)`.execute(
    reader,
  );
  const found = rows[0]?.integrity_check ?? 'no answer';
  return found === 'ok' ? undefined : found.split('\n').at(-1);
}

/** Puts the index of words together anew, rewrites the file and empties its log: nothing of what was deleted stays in them. */
export async function scrubDatabase(database: Database): Promise<void> {
  await sql`insert into search (search) values ('optimize')`.execute(database);
  await sql`vacuum`.execute(database);
  await sql`pragma wal_checkpoint(truncate)`.execute(database);
}

/** SQLite would create the file with the umask's mode; its -wal and -shm files copy the mode it has. */
function createFile(path: string): void {
  makeFolder(dirname(path));
  closeSync(openSync(path, 'a', 0o600));
}

/** One folder after the other: Node's own way never ends where a folder cannot be made, as below /proc. */
function makeFolder(path: string): void {
  if (existsSync(path)) return;
  const parent = dirname(path);
  if (parent !== path) makeFolder(parent);
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    // Another run may have made it meanwhile.
    if (!existsSync(path)) throw error;
  }
}
