/** Where a store on PostgreSQL is: `postgres://user@host:5432/database?schema=ir&folder=/srv/ir`. */
import { usageError } from '../../errors.ts';

/** A store on PostgreSQL as it was named. */
export interface PostgresAddress {
  /** Without anything that is secret. */
  shown: string;
  user: string | undefined;
  /** A name, an address, or the folder of a socket; undefined: what PGHOST says. */
  host: string | undefined;
  port: number | undefined;
  database: string | undefined;
  /** The schema of the database that holds the tables. */
  schema: string;
  /** Where files of evidence lie, for all who work with the store; undefined: with this user. */
  folder: string | undefined;
  tls: Tls;
}

/** How the server is spoken to. `local`: TLS unless it is this machine. */
interface Tls {
  mode: 'verify' | 'off' | 'local';
  /** A file of authorities. */
  caFile: string | undefined;
}

const KNOWN = ['schema', 'folder', 'host', 'sslmode', 'sslrootcert'];

/** Is this the address of a store on PostgreSQL? */
export const isPostgres = (store: string): boolean => /^postgres(?:ql)?:\/\//i.test(store);

/** @throws IrError (exit 2) for what is no such address, or holds a password */
export function parsePostgres(store: string): PostgresAddress {
  const url = parseUrl(store);
  const { searchParams: asked } = url;
  const strange = [...asked.keys()].find((name) => !KNOWN.includes(name));
  if (strange !== undefined)
    throw wrong(`knows no ${strange}`, `It may have ${KNOWN.join(', ')} behind the question mark.`);
  if (url.password !== '') {
    throw wrong(
      'holds a password, which other users of the machine see',
      'Leave it out; it is looked for in PGPASSWORD and in ~/.pgpass.',
    );
  }
  const schema = asked.get('schema') ?? 'ir';
  if (!/^[a-z_][a-z0-9_]{0,50}$/.test(schema))
    throw wrong(`names the schema "${schema}"`, 'Its name may have small letters, digits and _.');
  const text = (value: string): string | undefined =>
    value === '' ? undefined : decodeURIComponent(value);
  const host = asked.get('host') ?? text(url.hostname.replace(/^\[|\]$/g, ''));
  return {
    shown: `postgres://${url.username === '' ? '' : `${url.username}@`}${url.host}${url.pathname}${schema === 'ir' ? '' : `?schema=${schema}`}`,
    ...{ user: text(url.username), host, schema, database: text(url.pathname.slice(1)) },
    port: url.port === '' ? undefined : Number(url.port),
    folder: asked.get('folder') ?? undefined,
    tls: { mode: tlsMode(asked.get('sslmode')), caFile: asked.get('sslrootcert') ?? undefined },
  };
}

function parseUrl(store: string): URL {
  try {
    return new URL(store);
  } catch {
    throw wrong('cannot be read', 'Write it as postgres://user@host:5432/database.');
  }
}

function tlsMode(word: string | null): Tls['mode'] {
  if (word === null) return 'local';
  if (word === 'disable') return 'off';
  if (word === 'verify-full') return 'verify';
  throw wrong(
    `asks for sslmode=${word}`,
    'There are verify-full (as without it, for other machines) and disable.',
  );
}

/** The address is not repeated: it may hold a password. */
const wrong = (what: string, hint: string) =>
  usageError(`the address of the store (postgres://...) ${what}`, hint);

/** Is it on this machine, so that nobody can listen? */
export const isLocal = (host: string | undefined): boolean =>
  host === undefined || host.startsWith('/') || ['localhost', '127.0.0.1', '::1'].includes(host);
