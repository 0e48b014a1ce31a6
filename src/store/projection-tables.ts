/** Reads and writes the tables that show an incident's current state: one for each name of rows. */
import type { Needs } from '../incidents/entry-kind.ts';
import type { Incident, Note } from '../incidents/incident.ts';
import type { Item, ItemRows } from '../incidents/items.ts';
import { kindOf, type NewEntry } from '../incidents/journal-entry.ts';
import {
  type Change,
  emptyState,
  type IncidentState,
  KEY_OF,
  ROW_NAMES,
  type RowName,
  type Rows,
} from '../incidents/projections.ts';
import type { Turn } from '../logs/turns.ts';
import { rawRows } from './raw-rows.ts';
import * as rows from './rows.ts';
import type { Database, Tables, TransactionOf } from './schema.ts';

type Reader = Database | TransactionOf;

interface TableOf<Row> {
  table: Exclude<keyof Tables, 'journal' | 'incident' | 'search' | 'setting' | 'schema_migration'>;
  /** The columns that tell rows of one incident apart. */
  key: readonly string[];
  toRow(incident: string, row: Row): object;
  fromRow(row: object): Row;
}

/** The type of a table's rows is that of its two functions; what the database gives is not checked again. */
const table = <Row, Stored extends object>(declared: {
  table: TableOf<Row>['table'];
  key?: readonly string[];
  toRow(incident: string, row: Row): Stored;
  fromRow(row: Stored): Row;
}): TableOf<Row> => ({ key: ['id'], ...declared, fromRow: declared.fromRow as never });

/** Items are told apart by their id, and read as they were written. */
const itemTable = <I extends Item>(name: TableOf<I>['table']): TableOf<I> =>
  table<I, object>({ table: name, toRow: rows.itemToRow, fromRow: rows.itemFromRow as never });

const TABLE_OF: { readonly [N in RowName]: TableOf<Rows[N]> } = {
  actors: table({ table: 'actor', toRow: rows.actorToRow, fromRow: rows.actorFromRow }),
  steps: table({
    table: 'step',
    key: ['step_id'],
    toRow: rows.stepToRow,
    fromRow: rows.stepFromRow,
  }),
  notes: table({ table: 'note', toRow: rows.noteToRow, fromRow: rows.noteFromRow }),
  commandRuns: table({
    table: 'command_run',
    toRow: rows.commandRunToRow,
    fromRow: rows.commandRunFromRow,
  }),
  actions: table({ table: 'action', toRow: rows.actionToRow, fromRow: rows.actionFromRow }),
  findings: table({ table: 'finding', toRow: rows.findingToRow, fromRow: rows.findingFromRow }),
  sources: table({
    table: 'source_file',
    key: ['sha256', 'path'],
    toRow: rows.sourceToRow,
    fromRow: rows.sourceFromRow,
  }),
  evidence: table({ table: 'evidence', toRow: rows.evidenceToRow, fromRow: rows.evidenceFromRow }),
  custody: table({ table: 'custody', toRow: rows.custodyToRow, fromRow: rows.custodyFromRow }),
  bags: table({ table: 'bag', toRow: rows.bagToRow, fromRow: rows.bagFromRow }),
  reports: table({ table: 'report', toRow: rows.reportToRow, fromRow: rows.reportFromRow }),
  clockDoubts: table({
    table: 'clock_doubt',
    toRow: rows.clockDoubtToRow,
    fromRow: rows.clockDoubtFromRow,
  }),
  clocks: itemTable('clock'),
  roles: itemTable('role'),
  decisions: itemTable('decision'),
  tasks: itemTable('task'),
  assets: itemTable('asset'),
  indicators: itemTable('indicator'),
  sightings: itemTable('sighting'),
  notices: itemTable('notice'),
  holds: itemTable('hold'),
  alerts: itemTable('alert'),
  silences: itemTable('silence'),
};

/** Tables made from the journal beside `incident`, to which they refer. */
export const TABLES = ROW_NAMES.map((name) => TABLE_OF[name].table);

/** Rows read at a time. */
const PAGE = 1000;
/** Rows per INSERT: SQLite takes 32,766 parameters in one statement. */
const BATCH = 500;
/** Nobody waits for a turn. */
const atOnce: Turn = () => undefined;

/** Adds or replaces the rows of a change. */
export async function writeChange(
  transaction: TransactionOf,
  incident: string,
  change: Change,
  turn: Turn = atOnce,
): Promise<void> {
  if (change.incident !== undefined) await writeIncident(transaction, change.incident);
  const superseded = change.supersededFindings ?? [];
  for (let start = 0; start < superseded.length; start += BATCH) {
    await turn();
    await transaction
      .deleteFrom('finding')
      .where('incident', '=', incident)
      .where('id', 'in', superseded.slice(start, start + BATCH))
      .execute();
  }
  for (const name of ROW_NAMES)
    await writeRows(transaction, incident, name, change[name] ?? [], turn);
}

/** All of a state, into tables that hold nothing of it. */
export const writeState = (
  transaction: TransactionOf,
  incident: string,
  state: IncidentState,
): Promise<void> => {
  const all = Object.fromEntries(ROW_NAMES.map((name) => [name, [...state[name].values()]]));
  return writeChange(transaction, incident, { incident: state.incident, ...all });
};

async function writeIncident(transaction: TransactionOf, incident: Incident): Promise<void> {
  const row = rows.incidentToRow(incident);
  await transaction
    .insertInto('incident')
    .values(row)
    .onConflict((conflict) => conflict.column('id').doUpdateSet(row))
    .execute();
}

/** One payload may hold a finding twice; the later one counts. */
async function writeRows<N extends RowName>(
  transaction: TransactionOf,
  incident: string,
  name: N,
  changed: readonly Rows[N][],
  turn: Turn,
): Promise<void> {
  if (changed.length === 0) return;
  const { table: into, key, toRow } = TABLE_OF[name];
  const unique = new Map(changed.map((row) => [KEY_OF[name](row), toRow(incident, row)]));
  const all = [...unique.values()];
  const identity = ['incident', ...key];
  const others = Object.keys(all[0]!).filter((column) => !identity.includes(column));
  for (let start = 0; start < all.length; start += BATCH) {
    await turn();
    await transaction
      .insertInto(into)
      .values(all.slice(start, start + BATCH) as never)
      .onConflict((conflict) =>
        conflict
          .columns(identity as never)
          .doUpdateSet(
            (excluded) =>
              Object.fromEntries(
                others.map((column) => [column, excluded.ref(`excluded.${column}` as never)]),
              ) as never,
          ),
      )
      .execute();
  }
}

/** The incident of this id. */
export async function readIncident(reader: Reader, id: string): Promise<Incident | undefined> {
  const query = reader.selectFrom('incident').selectAll().where('id', '=', id);
  const row = await query.executeTakeFirst();
  return row === undefined ? undefined : rows.incidentFromRow(row);
}

/** Only what these new entries build on: a journal of any length costs the next entry the same. */
export async function readKnown(
  reader: Reader,
  id: string,
  entries: readonly NewEntry[],
): Promise<IncidentState> {
  const state = emptyState();
  state.last = await readLast(reader, id);
  if (state.last === undefined) return state;
  state.incident = await readIncident(reader, id);
  await readRows(reader, id, 'actors', state);
  const needs = entries.map(({ type, payload }) => kindOf(type)?.needs?.(payload) ?? {});
  for (const need of needs) await readNeeds(reader, id, need, state);
  if (needs.some(({ sources }) => sources)) {
    await readRows(reader, id, 'sources', state);
    await readRows(reader, id, 'evidence', state);
  }
  return state;
}

async function readNeeds(
  reader: Reader,
  id: string,
  { note, run, action, actions, evidence, items = [] }: Needs,
  state: IncidentState,
): Promise<void> {
  if (note !== undefined) await readRows(reader, id, 'notes', state, note);
  if (run !== undefined) await readRows(reader, id, 'commandRuns', state, run);
  for (const [name, item] of items) await readRows(reader, id, name, state, item);
  if (action !== undefined) await readRows(reader, id, 'actions', state, action);
  if (actions && state.actions.size === 0) await readRows(reader, id, 'actions', state);
  if (evidence !== undefined) await readRows(reader, id, 'evidence', state, evidence);
}

async function readLast(reader: Reader, incident: string): Promise<IncidentState['last']> {
  const ofIncident = reader.selectFrom('journal').where('incident', '=', incident);
  const newest = ofIncident.select('seq').orderBy('seq', 'desc').limit(1);
  const [last, ...beside] = await ofIncident
    .select(['seq', 'at', 'writer'])
    .where('seq', '=', newest)
    .orderBy('writer', 'desc')
    .execute();
  return last === undefined || beside.length === 0 ? last : { ...last, beside };
}

/** Rows of which an incident may have very many; who wants them asks for them. */
const MANY: readonly RowName[] = ['notes', 'indicators', 'sightings', 'alerts'];

/** All that the tables say but what may be very much; of the notes, those that settle playbook variables. */
export async function readOverview(reader: Reader, id: string): Promise<IncidentState> {
  const state = await readTables(
    reader,
    id,
    ROW_NAMES.filter((name) => !MANY.includes(name)),
  );
  const query = reader.selectFrom('note').selectAll().where('incident', '=', id);
  for (const row of await query.where('variables', 'is not', null).execute()) {
    state.notes.set(row.id, rows.noteFromRow(row));
  }
  return state;
}

/** Everything the tables say about an incident, or the rows of some names. */
export const readState = (
  reader: Reader,
  id: string,
  names: readonly RowName[] = ROW_NAMES,
): Promise<IncidentState> => readTables(reader, id, names);

async function readTables(
  reader: Reader,
  id: string,
  names: readonly RowName[],
): Promise<IncidentState> {
  const state = emptyState();
  state.incident = await readIncident(reader, id);
  for (const name of names) await readRows(reader, id, name, state);
  return state;
}

/** Reads the rows of one name, or the one with that id, into `state`. */
async function readRows<N extends RowName>(
  reader: Reader,
  incident: string,
  name: N,
  state: IncidentState,
  id?: string,
): Promise<void> {
  const { table: from, fromRow } = TABLE_OF[name];
  const query = reader
    .selectFrom(from as 'note')
    .selectAll()
    .where('incident', '=', incident);
  for (const row of await (id === undefined ? query : query.where('id', '=', id)).execute()) {
    const shown = fromRow(row);
    (state[name] as Map<string, Rows[N]>).set(KEY_OF[name](shown), shown);
  }
}

/**
 * The names of rows of which the tables do not hold, column by column, what `state` writes there. They may say the same
 * in another way: who wants to know reads them.
 */
export async function unlikeTables(
  reader: Reader,
  incident: string,
  state: IncidentState,
): Promise<RowName[]> {
  const unlike: RowName[] = [];
  for (const name of ROW_NAMES)
    if (!(await isAsWritten(reader, incident, name, state[name]))) unlike.push(name);
  return unlike;
}

/** Rows come as arrays, a page at a time: read as objects, all of them at once, they take three times as long. */
async function isAsWritten<N extends RowName>(
  reader: Reader,
  incident: string,
  name: N,
  wanted: ReadonlyMap<string, Rows[N]>,
): Promise<boolean> {
  const { table: from, key, toRow } = TABLE_OF[name];
  const [first] = wanted.values();
  const others = first === undefined ? [] : Object.keys(toRow(incident, first));
  const columns = [
    ...key,
    ...others.filter((column) => column !== 'incident' && !key.includes(column)),
  ];
  const places = key.map(() => '?').join(', ');
  const query = `select ${columns.map((column) => `"${column}"`).join(', ')} from ${from}
    where incident = ? and (${key.join(', ')}) > (${places}) order by ${key.join(', ')} limit ${PAGE}`;
  let count = 0;
  for (let after: readonly unknown[] = key.map(() => ''); ; ) {
    const page = await rawRows<readonly unknown[]>(reader, query, [incident, ...after]);
    for (const stored of page) {
      const row = wanted.get(key.length === 1 ? (stored[0] as string) : keyOf(stored, key.length));
      if (row === undefined) return false;
      const written = toRow(incident, row) as Readonly<Record<string, unknown>>;
      for (let at = 0; at < columns.length; at += 1)
        if (written[columns[at]!] !== stored[at]) return false;
    }
    count += page.length;
    if (page.length < PAGE) return count === wanted.size;
    after = page.at(-1)!.slice(0, key.length);
  }
}

/** As `KEY_OF` puts it together. */
const keyOf = (stored: readonly unknown[], parts: number): string =>
  stored.slice(0, parts).join(':');

/** The items of a collection, in the order in which they were entered. */
export async function readItems<N extends ItemRows | 'sightings'>(
  reader: Reader,
  incident: string,
  name: N,
): Promise<Rows[N][]> {
  const { table: from, fromRow } = TABLE_OF[name];
  const query = reader.selectFrom(from as 'clock').selectAll();
  const found = await query.where('incident', '=', incident).orderBy('seq').orderBy('id').execute();
  return found.map((row) => fromRow(row));
}

/** The notes of an incident, oldest first; with `latest` only so many of the newest. */
export async function readNotes(reader: Reader, id: string, latest?: number): Promise<Note[]> {
  const all = reader.selectFrom('note').selectAll().where('incident', '=', id);
  if (latest === undefined) return (await all.orderBy('seq').execute()).map(rows.noteFromRow);
  const newest = await all.orderBy('seq', 'desc').limit(latest).execute();
  return newest.reverse().map(rows.noteFromRow);
}

/** One note of an incident, by the number of its entry. */
export async function readNote(
  reader: Reader,
  incident: string,
  seq: number,
): Promise<Note | undefined> {
  const query = reader.selectFrom('note').selectAll().where('incident', '=', incident);
  const row = await query.where('seq', '=', seq).executeTakeFirst();
  return row === undefined ? undefined : rows.noteFromRow(row);
}
