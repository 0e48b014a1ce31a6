/** Reads and writes the tables that show an incident's current state. */
import type { Finding } from '../detect/finding.ts';
import type { Incident } from '../incidents/incident.ts';
import { emptyState, type IncidentState } from '../incidents/incident-state.ts';
import { type Change, isOpenRun, sourceKey } from '../incidents/projection.ts';
import * as rows from './rows.ts';
import type { Database, TransactionOf } from './schema.ts';

type Reader = Database | TransactionOf;

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
    await transaction.insertInto('note').values(rows.noteToRow(incident, note)).execute();
  }
  for (const run of change.commandRuns) {
    const row = rows.commandRunToRow(incident, run);
    await transaction
      .insertInto('command_run')
      .values(row)
      .onConflict((conflict) => conflict.column('seq').doUpdateSet(row))
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

/** Only what new entries build on: the incident, its sources and unfinished commands. */
export async function readKnown(reader: Reader, id: string): Promise<IncidentState> {
  const state = emptyState();
  state.incident = await readIncident(reader, id);
  if (state.incident === undefined) return state;
  await readSources(reader, id, state);
  await readCommandRuns(reader, id, state);
  return state;
}

/** Everything the tables say about an incident. */
export async function readState(reader: Reader, id: string): Promise<IncidentState> {
  const state = await readKnown(reader, id);
  const steps = reader.selectFrom('step').selectAll().where('incident', '=', id).orderBy('step_id');
  for (const row of await steps.execute()) state.steps.set(row.step_id, rows.stepFromRow(row));
  const notes = reader.selectFrom('note').selectAll().where('incident', '=', id).orderBy('seq');
  for (const row of await notes.execute()) state.notes.set(row.seq, rows.noteFromRow(row));
  await readFindings(reader, id, state);
  const reports = reader.selectFrom('report').selectAll().where('incident', '=', id).orderBy('seq');
  for (const row of await reports.execute()) state.reports.set(row.seq, rows.reportFromRow(row));
  return state;
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
