/** Entries of an invented incident, for the tests of journal and store. */
import type { FileAccount, Finding } from '../../src/detect/finding.ts';
import { type LoggedEntry, planAppend } from '../../src/incidents/append-entries.ts';
import { GENESIS_HASH } from '../../src/incidents/journal-chain.ts';
import type { EntryPayloads, EntryType, NewEntry } from '../../src/incidents/journal-entry.ts';
import { emptyState } from '../../src/incidents/projections.ts';

export const AT = '2026-03-01T08:00:00.000Z';

/** An entry of `type` by alex at `at`. */
export const entry = <T extends EntryType>(type: T, payload: EntryPayloads[T], at = AT): NewEntry =>
  ({ type, payload, at, actor: 'alex' }) as unknown as NewEntry;

export const opened = (
  key: string,
  changes: Partial<EntryPayloads['incident_opened']> = {},
): NewEntry =>
  entry('incident_opened', {
    key,
    title: 'Shop server shows a web shell',
    description: '',
    severity: 'SEV2',
    impact: 'medium',
    urgency: 'high',
    type: 'web-compromise',
    determination: 'suspected',
    isDrill: false,
    times: { detected: '2026-03-01T07:30:00.000Z' },
    ...changes,
  });

export const note = (text: string): NewEntry => entry('note_added', { text });

/** The entries as a store has them in the journal of that incident: sealed, with the names of those who made them. */
export function journalOf(entries: readonly NewEntry[], incident = 'a1'): LoggedEntry[] {
  let id = 0;
  const ends = { writer: '5'.repeat(32), hash: GENESIS_HASH, number: 0, storeHead: GENESIS_HASH };
  const randomId = (): string => (id += 1).toString(16).padStart(32, '0');
  return planAppend(incident, entries, emptyState(), ends, randomId).steps.map(
    ({ entry: one }) => one,
  );
}

/** A run of a command from start to end, or without one. */
export const command = (
  run: string,
  argv: readonly string[],
  exitCode: number | undefined,
  stepId = 'look',
): NewEntry[] => [
  entry('command_started', { run, role: 'run', stepId, argv, host: 'web01', user: 'root' }),
  ...(exitCode === undefined
    ? []
    : [
        entry('command_finished', {
          ...{ run, exitCode, durationMs: 12.5, stdoutHead: '', stderrHead: '' },
          ...{ stdoutSha256: 'aa'.repeat(32), stderrSha256: 'bb'.repeat(32) },
        }),
      ]),
];

export const account = (path: string, sha256: string): FileAccount => ({
  path,
  sha256,
  sizeBytes: 4_096,
  format: 'nginx-access',
  lines: 20,
  parsed: 19,
  generic: 0,
  joined: 0,
  skipped: 1,
  skips: { 'not a request': { count: 1, firstLine: 7, example: '\u001b[31m-' } },
  firstUs: 1_772_352_000_000_000,
  lastUs: undefined,
  problem: undefined,
});

export const finding = (id: string, count = 1): Finding => ({
  id,
  rule: {
    id: '00000000-0000-4000-8000-000000000001',
    name: 'web_shell_request',
    title: 'Request to a web shell',
    level: 'high',
    tactics: ['persistence'],
    techniques: ['T1505.003'],
  },
  level: 'high',
  firstUs: 1_772_352_000_000_000 + count,
  lastUs: undefined,
  count,
  entities: { 'source.ip': ['203.0.113.7'] },
  evidence: [
    {
      file: 'access.log',
      sha256: 'ab'.repeat(32),
      line: 3,
      offset: 210,
      raw: '203.0.113.7 - - "GET /up/x.php?c=id HTTP/1.1" 200 \ud800',
      timeUs: 1_772_352_000_000_000,
    },
  ],
  event: JSON.parse('{"__proto__": {"polluted": true}, "source": {"ip": "203.0.113.7"}}') as Record<
    string,
    unknown
  >,
});
