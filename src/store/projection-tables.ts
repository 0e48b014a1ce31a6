/** Reads and writes the tables that show an incident's current state. */
import type { Finding } from '../detect/finding.ts';
import type { Incident } from '../incidents/incident.ts';
import { emptyState, type IncidentState } from '../incidents/incident-state.ts';
import type { NewEntry } from '../incidents/journal-entry.ts';
import { type Change, isOpenRun, type KindNote, sourceKey } from '../incidents/projection.ts';
import * as rows from './rows.ts';
import type { Database, TransactionOf } from './schema.ts';

type Reader = Database | TransactionOf;

/** Tables made from the journal beside `incident`, to which they refer. */
export const TABLES = [
  'step',
  'note',
  'command_run',
  'finding',
  'source_file',
  'report',
  'clock_doubt',
] as const;

/** Rows per INSERT: SQLite takes 32,766 parameters in one statement. */
const BATCH = 500;

/** Adds or replaces the rows of a change. */
export async function writeChange(
  transaction: TransactionOf,
  incident: string,
  change: Change,
): Promise<void> {
  if (change.incident !== undefined) await writeIncident(transaction, change.incident);
  for (const step of change.steps) {
    const row = rows.stepToRow(incident, step);
    await transaction
      .insertInto('step')
      .values(row)
      .onConflict((conflict) => conflict.columns(['incident', 'step_id']).doUpdateSet(row))
      .execute();
  }
  for (const note of change.notes) {
    const row = rows.noteToRow(incident, note);
    await transaction
      .insertInto('note')
      .values(row)
      .onConflict((conflict) => conflict.column('seq').doUpdateSet(row))
      .execute();
  }
  for (const run of change.commandRuns) {
    const row = rows.commandRunToRow(incident, run);
    await transaction
      .insertInto('command_run')
      .values(row)
      .onConflict((conflict) => conflict.column('seq').doUpdateSet(row))
      .execute();
  }
  for (let start = 0; start < change.supersededFindings.length; start += BATCH) {
    await transaction
      .deleteFrom('finding')
      .where('incident', '=', incident)
      .where('id', 'in', change.supersededFindings.slice(start, start + BATCH))
      .execute();
  }
  await writeFindings(transaction, incident, change.findings);
  for (const source of change.sources) {
    await transaction
      .insertInto('source_file')
      .values(rows.sourceToRow(incident, source))
      .execute();
  }
  for (const report of change.reports) {
    await transaction.insertInto('report').values(rows.reportToRow(incident, report)).execute();
  }
  for (const doubt of change.clockDoubts) {
    const row = rows.clockDoubtToRow(incident, doubt);
    await transaction.insertInto('clock_doubt').values(row).execute();
  }
}

async function writeIncident(transaction: TransactionOf, incident: Incident): Promise<void> {
  const row = rows.incidentToRow(incident);
  await transaction
    .insertInto('incident')
    .values(row)
    .onConflict((conflict) => conflict.column('id').doUpdateSet(row))
    .execute();
}

/** One payload may hold a finding twice; the later one counts. */
async function writeFindings(
  transaction: TransactionOf,
  incident: string,
  findings: readonly Finding[],
): Promise<void> {
  const unique = [...new Map(findings.map((finding) => [finding.id, finding])).values()];
  for (let start = 0; start < unique.length; start += BATCH) {
    const batch = unique.slice(start, start + BATCH);
    await transaction
      .insertInto('finding')
      .values(batch.map((finding) => rows.findingToRow(incident, finding)))
      .onConflict((conflict) =>
        conflict.columns(['incident', 'id']).doUpdateSet((excluded) => ({
          level: excluded.ref('excluded.level'),
          first_us: excluded.ref('excluded.first_us'),
          document: excluded.ref('excluded.document'),
        })),
      )
      .execute();
  }
}

/** The incident of this id. */
export async function readIncident(reader: Reader, id: string): Promise<Incident | undefined> {
  const row = await reader
    .selectFrom('incident')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirst();
  return row === undefined ? undefined : rows.incidentFromRow(row);
}

/** Only what these new entries build on: a journal of any length costs the next entry the same. */
export async function readKnown(
  reader: Reader,
  id: string,
  entries: readonly NewEntry[],
): Promise<IncidentState> {
  const state = emptyState();
  state.incident = await readIncident(reader, id);
  if (state.incident === undefined) return state;
  state.last = await readLast(reader, id);
  for (const { type, payload } of entries) {
    if (type === 'timeline_saved' && state.sources.size === 0) await readSources(reader, id, state);
    if (type === 'command_finished' && state.commandRuns.size === 0) {
      await readCommandRuns(reader, id, state);
    }
    if (type === 'note_corrected' || type === 'note_withdrawn') {
      const note = await readNote(reader, id, payload.note);
      if (note !== undefined) state.notes.set(note.seq, note);
    }
  }
  return state;
}

async function readLast(reader: Reader, id: string): Promise<IncidentState['last']> {
  return reader
    .selectFrom('journal')
    .select(['seq', 'at'])
    .where('incident', '=', id)
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst();
}

/** Everything the tables say about an incident, its notes aside. */
export async function readOverview(reader: Reader, id: string): Promise<IncidentState> {
  const state = emptyState();
  state.incident = await readIncident(reader, id);
  if (state.incident === undefined) return state;
  state.last = await readLast(reader, id);
  await readSources(reader, id, state);
  await readCommandRuns(reader, id, state);
  const steps = reader.selectFrom('step').selectAll().where('incident', '=', id).orderBy('step_id');
  for (const row of await steps.execute()) state.steps.set(row.step_id, rows.stepFromRow(row));
  await readFindings(reader, id, state);
  const reports = reader.selectFrom('report').selectAll().where('incident', '=', id).orderBy('seq');
  for (const row of await reports.execute()) state.reports.set(row.seq, rows.reportFromRow(row));
  const doubts = reader
    .selectFrom('clock_doubt')
    .selectAll()
    .where('incident', '=', id)
    .orderBy('seq');
  for (const row of await doubts.execute()) {
    state.clockDoubts.set(row.seq, rows.clockDoubtFromRow(row));
  }
  return state;
}

/** Everything the tables say about an incident. */
export async function readState(reader: Reader, id: string): Promise<IncidentState> {
  const state = await readOverview(reader, id);
  for (const note of await readNotes(reader, id)) state.notes.set(note.seq, note);
  return state;
}

/** The notes of an incident, oldest first; with `latest` only so many of the newest. */
export async function readNotes(reader: Reader, id: string, latest?: number): Promise<KindNote[]> {
  const all = reader.selectFrom('note').selectAll().where('incident', '=', id);
  if (latest === undefined) return (await all.orderBy('seq').execute()).map(rows.noteFromRow);
  const newest = await all.orderBy('seq', 'desc').limit(latest).execute();
  return newest.reverse().map(rows.noteFromRow);
}

/** The notes that settle playbook variables, oldest first. */
export async function readSettlingNotes(reader: Reader, id: string): Promise<KindNote[]> {
  const query = reader
    .selectFrom('note')
    .selectAll()
    .where('incident', '=', id)
    .where('variables', 'is not', null)
    .orderBy('seq');
  return (await query.execute()).map(rows.noteFromRow);
}

/** One note of an incident, by the sequence number of its entry. */
export async function readNote(
  reader: Reader,
  id: string,
  seq: number,
): Promise<KindNote | undefined> {
  const query = reader
    .selectFrom('note')
    .selectAll()
    .where('incident', '=', id)
    .where('seq', '=', seq);
  const row = await query.executeTakeFirst();
  return row === undefined ? undefined : rows.noteFromRow(row);
}

async function readSources(reader: Reader, id: string, state: IncidentState): Promise<void> {
  const query = reader
    .selectFrom('source_file')
    .selectAll()
    .where('incident', '=', id)
    // E-1000 comes after E-999.
    .orderBy((columns) => columns.fn('length', ['evidence_no']))
    .orderBy('evidence_no')
    .orderBy('path');
  for (const row of await query.execute()) {
    const source = rows.sourceFromRow(row);
    state.sources.set(sourceKey(source), source);
  }
}

async function readCommandRuns(reader: Reader, id: string, state: IncidentState): Promise<void> {
  const query = reader
    .selectFrom('command_run')
    .selectAll()
    .where('incident', '=', id)
    .orderBy('seq');
  for (const row of await query.execute()) {
    const run = rows.commandRunFromRow(row);
    state.commandRuns.set(run.seq, run);
    if (isOpenRun(run)) state.openRuns.set(run.stepId, run);
    else state.openRuns.delete(run.stepId);
  }
}

async function readFindings(reader: Reader, id: string, state: IncidentState): Promise<void> {
  const query = reader
    .selectFrom('finding')
    .selectAll()
    .where('incident', '=', id)
    .orderBy('first_us', (order) => order.asc().nullsLast())
    .orderBy('id');
  for (const row of await query.execute()) state.findings.set(row.id, rows.findingFromRow(row));
}
