/** The stores that must pass the contract. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LoggedEntry } from '../../src/incidents/append-entries.ts';
import type { ClockDoubt } from '../../src/incidents/incident.ts';
import type { IncidentStore } from '../../src/incidents/incident-store.ts';
import { GENESIS_HASH, headAfter } from '../../src/incidents/journal-chain.ts';
import { openDatabase } from '../../src/store/open-database.ts';
import { openStore } from '../../src/store/open-store.ts';
import { parsePostgres } from '../../src/store/postgres/address.ts';
import { openPostgres } from '../../src/store/postgres/open-postgres.ts';
import { entryFromRow, entryToRow } from '../../src/store/rows.ts';
import { type Cluster, hasPostgres, startPostgres } from '../postgres.ts';
import { createMemoryStore } from './memory-store.ts';

export interface OpenedKind {
  store: IncidentStore;
  /** Everything in its journal, in the order in which it came. */
  log(): Promise<LoggedEntry[]>;
  remove(): Promise<void>;
}

type Open = (
  told?: (doubt: ClockDoubt) => void,
  log?: readonly LoggedEntry[],
) => Promise<OpenedKind>;

let cluster: Promise<Cluster> | undefined;

/** For `afterAll` of every file that opens stores of all kinds: files may share this module. */
export async function endServers(): Promise<void> {
  const started = await cluster;
  cluster = undefined;
  await started?.remove();
}

let schemas = 0;

/** A schema each in one cluster, which is started by the first that asks. */
const openOnPostgres: Open = async (onClockDoubt = () => {}, log = []) => {
  cluster ??= startPostgres();
  const address = (await cluster).addressOf(`s${(schemas += 1)}`);
  const folder = mkdtempSync(join(tmpdir(), 'ir-contract-'));
  const store = await openStore(address, { create: true, onClockDoubt, folder });
  const raw = () => openPostgres(parsePostgres(address));
  if (log.length > 0) {
    const database = await raw();
    await database.insertInto('journal').values(log.map(entryToRow)).execute();
    await database.destroy();
    await store.rebuild();
  }
  return {
    store,
    async log() {
      const database = await raw();
      const rows = await database.selectFrom('journal').selectAll().orderBy('number').execute();
      await database.destroy();
      return rows.map(entryFromRow);
    },
    async remove() {
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};

/** By name: opens a store, empty or with these entries, whose rows it has yet to make. */
export const STORE_KINDS: Record<string, Open> = {
  async SQLite(onClockDoubt = () => {}, log = []) {
    const root = mkdtempSync(join(tmpdir(), 'ir-contract-'));
    const folder = join(root, '.ir');
    const store = await openStore(folder, { create: true, onClockDoubt });
    const raw = () => openDatabase(join(folder, 'ir.db'), { create: false });
    if (log.length > 0) {
      const database = raw();
      await database.insertInto('journal').values(log.map(entryToRow)).execute();
      await database.destroy();
      await store.rebuild();
    }
    return {
      store,
      async log() {
        const database = raw();
        const rows = await database.selectFrom('journal').selectAll().orderBy('number').execute();
        await database.destroy();
        return rows.map(entryFromRow);
      },
      async remove() {
        await store.close();
        rmSync(root, { recursive: true, force: true });
      },
    };
  },
  ...(hasPostgres() && { PostgreSQL: openOnPostgres }),
  async memory(onClockDoubt, log = []) {
    const kept = log.map((entry) => ({ ...entry }));
    return {
      store: createMemoryStore(onClockDoubt, kept),
      log: async () => kept.map((entry) => ({ ...entry })),
      remove: async () => {},
    };
  },
};

/** The log of a store that takes in what another one wrote. */
export function joined(own: readonly LoggedEntry[], others: readonly LoggedEntry[]): LoggedEntry[] {
  const log = [...own];
  for (const entry of others) {
    if (log.some(({ hash }) => hash === entry.hash)) continue;
    const { number, storeHead } = log.at(-1) ?? { number: 0, storeHead: GENESIS_HASH };
    log.push({ ...entry, number: number + 1, storeHead: headAfter(storeHead, entry.hash) });
  }
  return log;
}
