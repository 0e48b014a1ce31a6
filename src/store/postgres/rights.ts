/**
 * What the roles of a plan may do, as rights of the database: who is in `ir_read` reads, who is in `ir_respond` writes what happens,
 * who is in `ir_lead` also erases, sets and lifts holds, and closes. The roles are made by whoever runs the server
 * (`create role ir_read; ...; grant ir_respond to alex`); where they are, the owner of the tables gives them their rights.
 */
import { sql } from 'kysely';
import type { Database } from '../schema.ts';
import { POSTGRES_TABLES } from './tables.ts';

/** From the least to the most. */
export const ROLES = ['ir_read', 'ir_respond', 'ir_lead'] as const;

/** Entries that only a lead may write. */
const OF_LEADS = [
  ...['payload_erased', 'hold_set', 'hold_lifted', 'disposal_planned', 'disposal_done'],
  ...['incident_closed', 'incident_reopened'],
];

/** All statements, in order; each may be run again. */
export function rightsStatements(schema: string): string[] {
  const shown = Object.keys(POSTGRES_TABLES).filter(
    (name) => !['journal', 'schema_migration'].includes(name),
  );
  const types = OF_LEADS.map((type) => `'${type}'`).join(', ');
  const policy = (name: string, what: string): string[] => [
    `drop policy if exists ${name} on journal`,
    `create policy ${name} on journal ${what}`,
  ];
  return [
    `grant usage on schema ${schema} to ${ROLES.join(', ')}`,
    `grant select on all tables in schema ${schema} to ${ROLES.join(', ')}`,
    'grant insert on journal to ir_respond, ir_lead',
    `grant insert, update, delete on ${shown.join(', ')} to ir_respond, ir_lead`,
    'grant update (payload) on journal to ir_lead',
    'alter table journal enable row level security',
    ...policy('read_all', 'for select using (true)'),
    ...policy('respond', `for insert to ir_respond with check (type not in (${types}))`),
    ...policy('lead', 'for insert to ir_lead with check (true)'),
    ...policy('erase', 'for update to ir_lead using (true) with check (payload is null)'),
  ];
}

/** Gives them where the roles are and have none yet, and whoever runs this owns the tables. */
export async function grantRights(database: Database, schema: string): Promise<void> {
  const { rows } = await sql<{ wanted: boolean }>`
    select count(*) = ${ROLES.length}
      and bool_or(not has_table_privilege(rolname, ${`${schema}.journal`}, 'select'))
      and pg_has_role(current_user, (select relowner from pg_class where oid = ${`${schema}.journal`}::regclass), 'member') as wanted
    from pg_roles where rolname in (${sql.join([...ROLES])})`.execute(database);
  if (rows[0]?.wanted !== true) return;
  await database.transaction().execute(async (transaction) => {
    for (const statement of rightsStatements(schema)) await sql.raw(statement).execute(transaction);
  });
}
