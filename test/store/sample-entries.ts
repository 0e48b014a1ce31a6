/** Entries of an invented incident, for the tests of journal and store. */
import type { FileAccount, Finding } from '../../src/detect/finding.ts';
import type { EntryPayloads, EntryType, NewEntry } from '../../src/incidents/journal-entry.ts';

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

export const account = (path: string, sha256: string): FileAccount => ({
  path,
  sha256,
  sizeBytes: 4_096,
  format: 'nginx-access',
  lines: 20,
  parsed: 19,
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
