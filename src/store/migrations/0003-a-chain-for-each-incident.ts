/**
 * A chain for each incident and writer, under the log of the store; salted payloads; actors by id; runs of commands
 * by id. The journal is written anew: what it says stays, hashes and numbers change, and the old ones are kept in
 * an entry of each incident. How entries are sealed stands here once more, as later code cannot change what this did.
 */
import { createHash, randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { EXIT, IrError } from '../../errors.ts';
import type { Migration } from './migration.ts';

const GONE = ['note', 'command_run', 'report', 'clock_doubt', 'step', 'finding', 'source_file'];

const BEFORE = [
  'drop trigger if exists journal_keeps_entries',
  'drop trigger if exists journal_keeps_content',
  'drop index if exists journal_by_incident',
  ...[...GONE, 'incident'].map((table) => `drop table ${table}`),
  'alter table journal rename to journal_of_version_2',
  `create table journal (
     number integer primary key, incident text not null, writer text not null, seq integer not null,
     at text not null, actor text not null, type text not null, payload text, payload_hash text not null,
     prev_hash text not null, hash text not null unique, store_head text not null,
     unique (incident, seq, writer)) strict`,
  'create index journal_by_type on journal (incident, type)',
];

const AFTER = [
  'drop table journal_of_version_2',
  // The triggers stop accidents; whoever can drop them is found out by the hash chains.
  `create trigger journal_keeps_entries before delete on journal
     begin select raise(abort, 'the journal is append-only'); end`,
  `create trigger journal_keeps_content before update on journal
     when new.payload is not null or old.payload is null or new.number is not old.number
       or new.incident is not old.incident or new.writer is not old.writer or new.seq is not old.seq
       or new.at is not old.at or new.actor is not old.actor or new.type is not old.type
       or new.payload_hash is not old.payload_hash or new.prev_hash is not old.prev_hash
       or new.hash is not old.hash or new.store_head is not old.store_head
     begin select raise(abort, 'the journal is append-only'); end`,
  `create table incident (
     id text primary key, key text not null collate nocase, title text not null,
     description text not null, severity text not null, impact text not null, urgency text not null,
     type text not null, phase text not null, status text not null, determination text not null,
     occurred text, detected text, acknowledged text, declared text, contained text, eradicated text,
     recovered text, closed text, opened_by text not null, is_drill integer not null,
     phase_entered text not null) strict`,
  'create index incident_by_key on incident (key)',
  // The name of who opens an incident is known before the incident is.
  `create table actor (
     incident text not null references incident (id) deferrable initially deferred,
     id text not null, name text not null, primary key (incident, id)) strict`,
  `create table step (
     incident text not null references incident (id), step_id text not null, phase text not null,
     status text not null, reason text not null, at text, actor text not null,
     primary key (incident, step_id)) strict`,
  `create table note (
     incident text not null references incident (id), id text not null, seq integer not null,
     at text not null, actor text not null, kind text not null, text text not null, step_id text,
     happened_at text, corrections text not null, withdrawn text, variables text,
     primary key (incident, id)) strict`,
  'create index note_by_incident on note (incident, seq)',
  'create index note_that_settles on note (incident, seq) where variables is not null',
  `create table command_run (
     incident text not null references incident (id), id text not null, role text not null,
     seq integer not null, step_id text not null, at text not null, actor text not null,
     host text not null, argv text not null, exit_code integer, duration_ms real not null,
     stdout_sha256 text not null, stderr_sha256 text not null, stdout_head text not null,
     stderr_head text not null, primary key (incident, id)) strict`,
  `create table finding (
     incident text not null references incident (id), id text not null, level text not null,
     first_us integer, document text not null, primary key (incident, id)) strict`,
  `create table source_file (
     incident text not null references incident (id), sha256 text not null, path text not null,
     evidence_no text not null, document text not null, primary key (incident, sha256, path)) strict`,
  `create table report (
     incident text not null references incident (id), id text not null, seq integer not null,
     at text not null, actor text not null, path text not null, sha256 text not null,
     template text not null, primary key (incident, id)) strict`,
  `create table clock_doubt (
     incident text not null references incident (id), id text not null, seq integer not null,
     at text not null, before_seq integer not null, before_at text not null, kind text not null,
     primary key (incident, id)) strict`,
];

/** Version 3. Throws an `IrError` (exit 7) for a journal that does not hold: it cannot be written anew. */
export const migration: Migration = {
  number: 3,
  name: 'a-chain-for-each-incident',
  async up(transaction) {
    for (const statement of BEFORE) await sql.raw(statement).execute(transaction);
    const writer = randomId();
    await sql`insert into setting (name, value) values ('store_id', ${writer})`.execute(
      transaction,
    );
    const converter = createConverter(writer);
    const write = async (rows: readonly NewRow[]): Promise<void> => {
      for (const row of rows) {
        await sql`insert into journal values (${sql.join(Object.values(row))})`.execute(
          transaction,
        );
      }
    };
    for (let last = 0, hash = ZEROS; ; ) {
      const { rows } = await sql<OldRow>`
        select * from journal_of_version_2 where seq > ${last} order by seq limit 500`.execute(
        transaction,
      );
      for (const row of rows) {
        assertHolds(row, last, hash);
        await write(converter.convert(row));
        ({ seq: last, hash } = row);
      }
      if (rows.length < 500) break;
    }
    await write(converter.close(new Date().toISOString()));
    for (const statement of AFTER) await sql.raw(statement).execute(transaction);
  },
};

interface OldRow {
  seq: number;
  incident: string;
  at: string;
  actor: string;
  type: string;
  payload: string | null;
  payload_hash: string;
  prev_hash: string;
  hash: string;
}

/** In the order of the columns. */
interface NewRow {
  number: number;
  incident: string;
  writer: string;
  seq: number;
  at: string;
  actor: string;
  type: string;
  payload: string | null;
  payload_hash: string;
  prev_hash: string;
  hash: string;
  store_head: string;
}

type Payload = Record<string, unknown>;

const ZEROS = '0'.repeat(64);
const sha256 = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');
const randomId = (): string => randomBytes(16).toString('hex');

/** Canonical JSON (RFC 8785) of values that were parsed from JSON. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`).join(',')}}`;
}

/** What does not hold would hold once it is sealed anew. */
function assertHolds(row: OldRow, last: number, hash: string): void {
  const { actor, at, incident, payload, payload_hash, seq, type } = row;
  const covered = canonical({ actor, at, incident, payload_hash, seq, type });
  const holds =
    seq === last + 1 &&
    row.prev_hash === hash &&
    row.hash === sha256(hash + covered) &&
    (payload === null || payload_hash === sha256(payload));
  if (holds) return;
  throw new IrError(
    `the store cannot be brought to the form of this version: entry ${seq} of its journal does not hold`,
    {
      exit: EXIT.integrity,
      hint: 'Somebody changed the file. Keep it as it is and restore the store from a copy. Nothing was changed.',
    },
  );
}

/** What is known of one incident while its entries are converted. */
interface Journal {
  seq: number;
  hash: string;
  actors: Map<string, string>;
  /** New hashes by old numbers. */
  hashes: Map<number, string>;
  /** Runs that were started and have no end yet, by step. */
  runs: Map<unknown, string>;
  former: { seq: number; hash: string }[];
}

function createConverter(writer: string): {
  convert(row: OldRow): NewRow[];
  /** The entries that keep the old hashes. */
  close(at: string): NewRow[];
} {
  const journals = new Map<string, Journal>();
  let number = 0;
  let head = ZEROS;

  const seal = (
    journal: Journal,
    { incident, at, actor, type }: Pick<OldRow, 'incident' | 'at' | 'actor' | 'type'>,
    payload: string | null,
    gone?: string,
  ): NewRow => {
    const prev_hash = journal.hash;
    const payload_hash = payload === null ? (gone as string) : sha256(payload);
    const seq = journal.seq + 1;
    const covered = { actor, at, incident, payload_hash, seq, type, writer };
    const hash = sha256(prev_hash + canonical(covered));
    Object.assign(journal, { seq, hash });
    number += 1;
    head = sha256(head + hash);
    const row = { number, incident, writer, seq, at, actor, type };
    return { ...row, payload, payload_hash, prev_hash, hash, store_head: head };
  };
  const salted = (payload: Payload): string => canonical({ ...payload, salt: randomId() });

  /** The actor's id, and the entry that names it where it is new. */
  const actorOf = (journal: Journal, row: Pick<OldRow, 'incident' | 'at' | 'actor'>) => {
    const known = journal.actors.get(row.actor);
    if (known !== undefined) return { actor: known, rows: [] };
    const actor = randomId();
    journal.actors.set(row.actor, actor);
    const payload = salted({ actor, name: row.actor });
    return { actor, rows: [seal(journal, { ...row, actor, type: 'actor_named' }, payload)] };
  };

  return {
    convert(row) {
      const journal: Journal = journals.get(row.incident) ?? {
        ...{ seq: 0, hash: ZEROS, actors: new Map(), hashes: new Map() },
        ...{ runs: new Map(), former: [] },
      };
      journals.set(row.incident, journal);
      const { actor, rows } = actorOf(journal, row);
      const old = row.payload === null ? undefined : (JSON.parse(row.payload) as Payload);
      const { type, payload } = converted(journal, row.type, old);
      const text = payload === undefined ? null : salted(payload);
      // Without a salt, what was erased could be guessed from its hash.
      const sealed = seal(journal, { ...row, actor, type }, text, sha256(randomId() + randomId()));
      journal.hashes.set(row.seq, sealed.hash);
      journal.former.push({ seq: row.seq, hash: row.hash });
      return [...rows, sealed];
    },
    close: (at) =>
      [...journals].flatMap(([incident, journal]) => {
        const { actor, rows } = actorOf(journal, { incident, at, actor: 'ir' });
        const payload = salted({ version: 2, entries: journal.former });
        return [
          ...rows,
          seal(journal, { incident, at, actor, type: 'journal_converted' }, payload),
        ];
      }),
  };
}

/** Entries name others by hash, runs of commands have an id, and what takes things back is one kind for all. */
function converted(
  journal: Journal,
  type: string,
  payload: Payload | undefined,
): { type: string; payload: Payload | undefined } {
  const hashOf = (seq: unknown): string => journal.hashes.get(seq as number) ?? ZEROS;
  const newType =
    type === 'note_corrected'
      ? 'item_corrected'
      : type === 'note_withdrawn'
        ? 'item_withdrawn'
        : type;
  if (payload === undefined) return { type: newType, payload };
  if (type === 'note_corrected') {
    const { note, reason, ...changes } = payload;
    return { type: newType, payload: { of: 'note', id: hashOf(note), changes, reason } };
  }
  if (type === 'note_withdrawn') {
    const { note, reason } = payload;
    return { type: newType, payload: { of: 'note', id: hashOf(note), reason } };
  }
  if (type === 'payload_erased') {
    const { entry, reason } = payload;
    return { type, payload: { entry: hashOf(entry), reason } };
  }
  if (type === 'command_started') {
    const run = randomId();
    journal.runs.set(payload['stepId'], run);
    return { type, payload: { ...payload, run, role: 'run' } };
  }
  if (type === 'command_finished') {
    const { stepId, argv: _argv, host: _host, user: _user, ...end } = payload;
    const run = journal.runs.get(stepId) ?? randomId();
    journal.runs.delete(stepId);
    return { type, payload: { ...end, run } };
  }
  return { type, payload };
}
