/** What the server or the way to it says, as failures that say what to do. */
import { EXIT, IrError } from '../../errors.ts';

interface Explanation {
  says: string;
  hint: string;
}

/** By the start of the code: those of PostgreSQL, of the system and of TLS. @see https://www.postgresql.org/docs/current/errcodes-appendix.html */
const EXPLANATIONS: readonly (readonly [prefix: string, explanation: Explanation])[] = [
  [
    '28',
    {
      says: 'does not let this user in',
      hint: 'Check user and password (PGUSER, PGPASSWORD, ~/.pgpass), and pg_hba.conf there.',
    },
  ],
  ['3D000', { says: 'has no such database', hint: 'Make it there with: createdb NAME' }],
  [
    '42501',
    {
      says: 'does not let this user do that',
      hint: 'Who runs the server gives rights: grant ir_read, ir_respond or ir_lead to the user. Nothing was written.',
    },
  ],
  [
    '55P03',
    {
      says: 'is locked by another process',
      hint: 'Wait until the other ir command has ended, then run this one again; nothing was written.',
    },
  ],
  [
    '42P01',
    {
      says: 'does not have the tables that this version makes',
      hint: 'ir verify lists what is missing or changed.',
    },
  ],
  [
    '53',
    {
      says: 'has no room or no more connections',
      hint: 'Run the command again later; nothing was written.',
    },
  ],
  [
    '25006',
    { says: 'may only be read', hint: 'Name the server that is written to, not its copy.' },
  ],
  [
    '57',
    { says: 'was shut down', hint: 'Run the command again once it is back; nothing was written.' },
  ],
  ['08', { says: 'broke the connection', hint: 'Run the command again; nothing was written.' }],
  [
    'ENOTFOUND',
    { says: 'is on a machine whose name is not known', hint: 'Check the host in the address.' },
  ],
];

const REACH: Explanation = {
  says: 'cannot be reached',
  hint: 'Check host and port, and whether the server runs; nothing was written.',
};
const BROKEN: Explanation = {
  says: 'broke the connection, or did not answer any more',
  hint: 'Run the command again; nothing was written.',
};
const TLS: Explanation = {
  says: 'has no certificate that this machine trusts',
  hint: 'Name its authority: ?sslrootcert=FILE. It is never spoken to unchecked.',
};

const SYSTEM = /^E(?:CONNREFUSED|HOSTUNREACH|NETUNREACH|TIMEDOUT|ACCES|NOENT|AI_AGAIN)/;
const CERTIFICATE = /^(?:ERR_TLS_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|CERT_)/;
const CUT = /terminated|timeout|ECONNRESET|EPIPE|ended/i;

/** An `IrError` (exit 7) for a failure with a known cause; anything else as it is. */
export function explainPostgresError(error: unknown, shown: string): unknown {
  if (!(error instanceof Error) || error instanceof IrError) return error;
  const { code, errors } = error as { code?: unknown; errors?: readonly Error[] };
  const word = String(code ?? (errors?.[0] as { code?: unknown } | undefined)?.code ?? '');
  const found = explanationOf(word, error.message);
  if (found === undefined) return error;
  return new IrError(`the store ${shown} ${found.says}: ${error.message || word}`, {
    exit: EXIT.integrity,
    hint: found.hint,
    cause: error,
  });
}

function explanationOf(code: string, message: string): Explanation | undefined {
  const listed = EXPLANATIONS.find(([prefix]) => code.startsWith(prefix));
  if (listed !== undefined) return listed[1];
  if (SYSTEM.test(code)) return REACH;
  if (CERTIFICATE.test(code) || message.includes('does not support SSL')) return TLS;
  return CUT.test(`${code} ${message}`) ? BROKEN : undefined;
}
