/** What can be wrong with the tables of a store on PostgreSQL. */
import { sql } from 'kysely';
import type { TransactionOf } from '../schema.ts';
import { CREATE_GUARDS, POSTGRES_TABLES } from './tables.ts';

/** One sentence part for each table, column or trigger that is not as this version makes it. */
export async function postgresSchemaProblems(reader: TransactionOf): Promise<string[]> {
  return [...(await tableProblems(reader)), ...(await guardProblems(reader))];
}

async function tableProblems(reader: TransactionOf): Promise<string[]> {
  const { rows } = await sql<{ name: string; column: string; type: string }>`
    select table_name as name, column_name as column,
      data_type || case is_nullable when 'YES' then '?' else '' end as type
    from information_schema.columns where table_schema = current_schema()`.execute(reader);
  const actual = new Map<string, Map<string, string>>();
  for (const { name, column, type } of rows)
    actual.set(name, (actual.get(name) ?? new Map<string, string>()).set(column, type));
  const found: string[] = [];
  for (const [name, { columns }] of Object.entries(POSTGRES_TABLES)) {
    const there = actual.get(name);
    const isSame = (): boolean =>
      there?.size === Object.keys(columns).length &&
      Object.entries(columns).every(([column, type]) => there.get(column) === type);
    if (there === undefined) found.push(`the table ${name} is missing`);
    else if (!isSame()) found.push(`the table ${name} was changed`);
  }
  for (const name of actual.keys())
    if (!(name in POSTGRES_TABLES)) found.push(`the table ${name} is none of ours`);
  return found;
}

/** Both triggers must be there and on, their function the one that we made, and no other trigger beside them. */
async function guardProblems(reader: TransactionOf): Promise<string[]> {
  const { rows } = await sql<{ name: string; isOn: boolean; source: string }>`
    select tgname as name, tgenabled in ('O', 'A') as "isOn", prosrc as source
    from pg_trigger join pg_class on pg_class.oid = tgrelid join pg_proc on pg_proc.oid = tgfoid
    where relnamespace = current_schema()::regnamespace and not tgisinternal`.execute(reader);
  const source = CREATE_GUARDS[0]?.split('$$')[1];
  const names = ['journal_keeps_content', 'journal_keeps_entries'];
  return [
    ...names.flatMap((name) => {
      const there = rows.find((row) => row.name === name);
      if (there === undefined) return [`the trigger ${name} is missing`];
      if (!there.isOn) return [`the trigger ${name} is switched off`];
      return there.source === source ? [] : [`the trigger ${name} was changed`];
    }),
    ...rows.flatMap(({ name }) =>
      names.includes(name) ? [] : [`the trigger ${name} is none of ours`],
    ),
  ];
}
