/**
 * The tables on PostgreSQL, as data: those that the migrations of SQLite make, which a test holds them to. Texts are compared by their
 * bytes, as SQLite does.
 */

/** A table: columns with their types, all of them `not null` unless marked with `?`. */
export interface PostgresTable {
  columns: Readonly<Record<string, string>>;
  key: readonly string[];
  /** Indexes, each by its columns; `unique` first where it is one. */
  indexes?: readonly (readonly string[])[];
}

const text = (...names: string[]): Record<string, string> =>
  Object.fromEntries(names.map((name) => [name, 'text']));

const ITEM: PostgresTable = {
  columns: { ...text('incident', 'id'), seq: 'bigint', document: 'text' },
  key: ['incident', 'id'],
};
const ITEMS = ['clock', 'role', 'decision', 'task', 'asset', 'indicator', 'sighting', 'notice'];
const OF_INCIDENT = { key: ['incident', 'id'] };

/** By name. */
export const POSTGRES_TABLES: Readonly<Record<string, PostgresTable>> = {
  schema_migration: {
    columns: { number: 'bigint', ...text('name', 'applied_at') },
    key: ['number'],
  },
  setting: { columns: text('name', 'value'), key: ['name'] },
  journal: {
    columns: {
      ...{ number: 'bigint', ...text('incident', 'writer'), seq: 'bigint' },
      ...text('at', 'actor', 'type'),
      payload: 'text?',
      ...text('payload_hash', 'prev_hash', 'hash', 'store_head'),
    },
    key: ['number'],
    indexes: [
      ['unique', 'hash'],
      ['unique', 'incident', 'seq', 'writer'],
      ['incident', 'type'],
      ['store_head'],
    ],
  },
  incident: {
    columns: {
      ...text(
        'id',
        'key',
        'title',
        'description',
        'severity',
        'impact',
        'urgency',
        'type',
        'phase',
      ),
      ...text('status', 'determination'),
      ...Object.fromEntries(
        [
          ...['occurred', 'detected', 'acknowledged', 'declared', 'contained', 'eradicated'],
          ...['recovered', 'closed'],
        ].map((name) => [name, 'text?']),
      ),
      ...{ opened_by: 'text', is_drill: 'bigint', ...text('phase_entered', 'facts') },
    },
    key: ['id'],
  },
  actor: { columns: text('incident', 'id', 'name'), ...OF_INCIDENT },
  step: {
    columns: {
      ...text('incident', 'step_id', 'phase', 'status', 'reason', 'actor'),
      at: 'text?',
    },
    key: ['incident', 'step_id'],
  },
  note: {
    columns: {
      ...{ ...text('incident', 'id', 'at', 'actor', 'kind', 'text'), seq: 'bigint' },
      ...{ step_id: 'text?', happened_at: 'text?', corrections: 'text' },
      ...{ withdrawn: 'text?', variables: 'text?' },
    },
    ...OF_INCIDENT,
    indexes: [['incident', 'seq']],
  },
  command_run: {
    columns: {
      ...{
        ...text('incident', 'id', 'role', 'step_id', 'at', 'actor', 'host', 'argv'),
        seq: 'bigint',
      },
      ...{ exit_code: 'bigint?', duration_ms: 'double precision' },
      ...text('stdout_sha256', 'stderr_sha256', 'stdout_head', 'stderr_head'),
    },
    ...OF_INCIDENT,
  },
  action: {
    columns: {
      ...text('incident', 'id', 'no', 'state', 'document'),
      seq: 'bigint',
      until: 'text?',
    },
    ...OF_INCIDENT,
  },
  finding: {
    columns: { ...text('incident', 'id', 'level', 'document'), first_us: 'bigint?' },
    ...OF_INCIDENT,
  },
  source_file: {
    columns: text('incident', 'sha256', 'path', 'evidence_no', 'document'),
    key: ['incident', 'sha256', 'path'],
  },
  evidence: {
    columns: text('incident', 'id', 'evidence_no', 'sha256', 'document'),
    ...OF_INCIDENT,
  },
  custody: { columns: { ...ITEM.columns, evidence: 'text' }, ...OF_INCIDENT },
  bag: ITEM,
  report: {
    columns: {
      ...text('incident', 'id', 'at', 'actor', 'path', 'sha256', 'template'),
      seq: 'bigint',
    },
    ...OF_INCIDENT,
  },
  clock_doubt: {
    columns: {
      ...text('incident', 'id', 'at', 'before_at', 'kind'),
      seq: 'bigint',
      before_seq: 'bigint',
    },
    ...OF_INCIDENT,
  },
  ...Object.fromEntries([...ITEMS, 'hold', 'alert', 'silence'].map((name) => [name, ITEM])),
  search: {
    columns: { rowid: 'bigint', ...text('text', 'incident', 'entry', 'words') },
    key: ['rowid'],
    indexes: [['entry']],
  },
};

/** Statements that make all of them. */
export const CREATE_TABLES: readonly string[] = Object.entries(POSTGRES_TABLES).flatMap(
  ([name, { columns, key, indexes = [] }]) => [
    `create table ${name} (${[
      ...Object.entries(columns).map(([column, type]) => columnText(column, type)),
      `primary key (${key.join(', ')})`,
    ].join(', ')})`,
    ...indexes.map(([first = '', ...rest]) =>
      first === 'unique'
        ? `create unique index ${name}_by_${rest.join('_')} on ${name} (${rest.join(', ')})`
        : `create index ${name}_by_${[first, ...rest].join('_')} on ${name} (${[first, ...rest].join(', ')})`,
    ),
  ],
);

function columnText(column: string, type: string): string {
  const plain = type.replace('?', '');
  const collation = plain === 'text' ? ' collate "C"' : '';
  const given = column === 'rowid' ? ' generated always as identity' : '';
  return `"${column}" ${plain}${collation}${given}${type.endsWith('?') ? '' : ' not null'}`;
}

/** What keeps entries as they are: a payload may go, nothing else. These stop accidents; the chains show the rest. */
export const CREATE_GUARDS: readonly string[] = [
  `create function journal_keeps_content() returns trigger language plpgsql as $$
   begin
     if tg_op = 'UPDATE' and new.payload is null and old.payload is not null
       and (new.number, new.incident, new.writer, new.seq, new.at, new.actor, new.type, new.payload_hash, new.prev_hash, new.hash, new.store_head)
         = (old.number, old.incident, old.writer, old.seq, old.at, old.actor, old.type, old.payload_hash, old.prev_hash, old.hash, old.store_head)
     then return new; end if;
     raise exception 'the journal is append-only';
   end $$`,
  'create trigger journal_keeps_content before update or delete on journal for each row execute function journal_keeps_content()',
  'create trigger journal_keeps_entries before truncate on journal for each statement execute function journal_keeps_content()',
];
