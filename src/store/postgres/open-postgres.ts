/** The only module that knows the PostgreSQL driver: connections, transactions, and how values travel. */
import { readFileSync } from 'node:fs';
import {
  CompiledQuery,
  type DatabaseConnection,
  type Driver,
  Kysely as KyselyDatabase,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type CompiledQuery as Query,
  type TransactionSettings,
} from 'kysely';
import type { Pool, PoolClient, PoolConfig } from 'pg';
import { EXIT, IrError } from '../../errors.ts';
import { isRaw } from '../raw-rows.ts';
import type { Database, Tables } from '../schema.ts';
import { isLocal, type PostgresAddress } from './address.ts';
import { fromStored, toStored } from './stored-text.ts';

/** How long a transaction that writes waits for its turn. */
const TURN_WAIT_MS = 30_000;
/** A server that does not answer any more ends the command. */
const ANSWER_MS = 90_000;

/** By the number of the type: truth, 64-bit numbers (below 2^53 here, counts among them), 32-bit ones, floating ones. All else is text. */
const PARSERS: Readonly<Record<number, (text: string) => unknown>> = {
  16: (text) => text === 't',
  ...{ 20: Number, 23: Number, 701: Number },
};

const parserOf = (type: number): ((text: string) => unknown) => PARSERS[type] ?? fromStored;

/** Opens the server's database; connects with the first query. */
export async function openPostgres(
  address: PostgresAddress,
  turnWaitMs = TURN_WAIT_MS,
): Promise<Database> {
  const { default: pg } = await import('pg');
  const pool = new pg.Pool(configOf(address, turnWaitMs));
  // A connection that breaks while nobody uses it is replaced by the next query.
  pool.on('error', () => {});
  return new KyselyDatabase<Tables>({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => new PostgresDriver(pool, address.schema),
      createIntrospector: (database) => new PostgresIntrospector(database),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
  });
}

/** What both the store and who listens connect with. */
export function configOf(address: PostgresAddress, turnWaitMs = TURN_WAIT_MS): PoolConfig {
  const { user, host, port, database, schema, tls } = address;
  const isOpen = tls.mode === 'off' || (tls.mode === 'local' && isLocal(host));
  return {
    ...(user !== undefined && { user }),
    ...(host !== undefined && { host }),
    ...(port !== undefined && { port }),
    ...(database !== undefined && { database }),
    ssl: isOpen
      ? false
      : { ...(tls.caFile !== undefined && { ca: readFileSync(tls.caFile, 'utf8') }) },
    ...{ max: 4, idleTimeoutMillis: 0, connectionTimeoutMillis: 10_000, query_timeout: ANSWER_MS },
    ...{ keepAlive: true, application_name: 'ir', allowExitOnIdle: true },
    types: { getTypeParser: parserOf as never },
    // What is acknowledged is on the disk; a client that is gone keeps nobody out.
    options: [
      ...[`search_path=${schema}`, 'synchronous_commit=on', `lock_timeout=${turnWaitMs}`],
      ...['idle_in_transaction_session_timeout=120s', 'tcp_user_timeout=30s'],
    ]
      .map((setting) => `-c ${setting}`)
      .join(' '),
  };
}

class PostgresDriver implements Driver {
  readonly #pool: Pool;
  readonly #schema: string;
  readonly #clients = new WeakMap<DatabaseConnection, PoolClient>();

  constructor(pool: Pool, schema: string) {
    this.#pool = pool;
    this.#schema = schema;
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<DatabaseConnection> {
    const client = await this.#pool.connect();
    // Who waits for an answer is told by the query itself.
    client.on('error', ignore);
    const connection: DatabaseConnection = {
      executeQuery: (query) => run(client, query) as never,
      async *streamQuery(query) {
        yield (await run(client, query)) as never;
      },
    };
    this.#clients.set(connection, client);
    return connection;
  }

  /** Writers take turns, as the log of the store is one; what is only read is of one moment. */
  async beginTransaction(
    connection: DatabaseConnection,
    settings: TransactionSettings,
  ): Promise<void> {
    if (settings.accessMode === 'read only') {
      await connection.executeQuery(
        CompiledQuery.raw('begin isolation level repeatable read read only'),
      );
      return;
    }
    await connection.executeQuery(CompiledQuery.raw('begin'));
    await connection.executeQuery(
      CompiledQuery.raw('select pg_advisory_xact_lock(hashtextextended($1, 0))', [
        `ir ${this.#schema}`,
      ]),
    );
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    try {
      await connection.executeQuery(CompiledQuery.raw('commit'));
    } catch (error) {
      if (isRefused(error)) throw error;
      throw new IrError('the connection broke while the entries were being written down for good', {
        exit: EXIT.integrity,
        hint: 'All of them are in the store, or none: look with ir show before you enter them again.',
        cause: error,
      });
    }
  }

  /** A connection that is gone has rolled back. */
  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('rollback')).catch(() => {
      this.#broken.add(connection);
    });
  }

  readonly #broken = new WeakSet<DatabaseConnection>();

  async releaseConnection(connection: DatabaseConnection): Promise<void> {
    const client = this.#clients.get(connection);
    client?.removeListener('error', ignore);
    client?.release(this.#broken.has(connection));
  }

  async destroy(): Promise<void> {
    await this.#pool.end();
  }
}

const ignore = (): void => {};

/** The server answered: it said no, such as for a constraint that is looked at in the end. */
const isRefused = (error: unknown): boolean =>
  error instanceof Error &&
  /^(?!08|57)[0-9A-Z]{5}$/.test(String((error as { code?: unknown }).code));

async function run(
  client: PoolClient,
  query: Query,
): Promise<{ rows: unknown[]; numAffectedRows?: bigint }> {
  const values = query.parameters.map((value) =>
    typeof value === 'string' ? toStored(value) : value,
  );
  if (isRaw(query)) {
    let count = 0;
    const text = query.sql.replace(/\?/g, () => `$${(count += 1)}`);
    return client.query({ text, values, rowMode: 'array' });
  }
  const { rows, rowCount } = await client.query(query.sql, values);
  return { rows, ...(rowCount !== null && { numAffectedRows: BigInt(rowCount) }) };
}
