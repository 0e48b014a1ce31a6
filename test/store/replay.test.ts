import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { canonicalJson } from '../../src/incidents/canonical-json.ts';
import {
  DEGREES,
  NOTE_KINDS,
  PHASES,
  RUN_ROLES,
  SEVERITIES,
} from '../../src/incidents/incident.ts';
import { type IncidentStore, loadWhole } from '../../src/incidents/incident-store.ts';
import type { NewEntry } from '../../src/incidents/journal-entry.ts';
import { applyEntry } from '../../src/incidents/projection.ts';
import { emptyState, ROW_NAMES } from '../../src/incidents/projections.ts';
import { openDatabase } from '../../src/store/open-database.ts';
import { openStore } from '../../src/store/open-store.ts';
import { entriesOf } from '../../src/store/read-journal.ts';
import { account, entry, finding, opened } from './sample-entries.ts';

const stepId = fc.constantFrom('one', 'two', 'three');
const phase = fc.constantFrom(...PHASES);
const text = fc.string({ unit: 'grapheme', maxLength: 12 });
const at = fc
  .date({ min: new Date('2026-01-01'), max: new Date('2026-12-31'), noInvalidDate: true })
  .map((date) => date.toISOString());
const argv = fc.array(text, { maxLength: 3 });

const changes = fc.record(
  {
    title: text,
    severity: fc.constantFrom(...SEVERITIES),
    impact: fc.constantFrom(...DEGREES),
    times: fc.record({ occurred: at, contained: at }, { requiredKeys: [] }),
    clearedTimes: fc.subarray(['occurred', 'acknowledged', 'recovered'] as const),
  },
  { requiredKeys: [] },
);

const run = fc.constantFrom('a', 'b', 'c').map((digit) => digit.repeat(32));
/** Stands for the note with that number, if there is one when the entry is added. */
const anyNote = fc.nat(12).map(String);

const anyEntry: fc.Arbitrary<NewEntry> = fc.oneof(
  fc.record({ changes, reason: text }).map((payload) => entry('incident_updated', payload)),
  fc
    .record(
      {
        text,
        kind: fc.constantFrom(...NOTE_KINDS),
        stepId,
        happenedAt: at,
        variables: fc.dictionary(text, text, { maxKeys: 2 }),
      },
      { requiredKeys: ['text'] },
    )
    .map((payload) => entry('note_added', payload)),
  fc
    .record({ id: anyNote, text, reason: text })
    .map(({ id, text: better, reason }) =>
      entry('item_corrected', { of: 'note', id, changes: { text: better }, reason }),
    ),
  fc
    .record({ id: anyNote, reason: text })
    .map((payload) => entry('item_withdrawn', { of: 'note', ...payload })),
  fc
    .record({ stepId, phase, note: text, at })
    .map(({ at: time, ...payload }) => entry('step_done', payload, time)),
  fc.record({ stepId, phase, reason: text }).map((payload) => entry('step_waived', payload)),
  fc.record({ stepId, phase, reason: text }).map((payload) => entry('step_reopened', payload)),
  fc
    .record({ run, role: fc.constantFrom(...RUN_ROLES), stepId, argv, host: text, user: text })
    .map((payload) => entry('command_started', payload)),
  fc
    .record({
      run,
      exitCode: fc.option(fc.nat(255), { nil: undefined }),
      durationMs: fc.nat(),
      stdoutSha256: fc.constantFrom('', 'aa'),
      stderrSha256: fc.constant('bb'),
      stdoutHead: text,
      stderrHead: text,
    })
    .map((payload) => entry('command_finished', payload)),
  fc
    .record({ from: phase, to: phase, reason: text, waivedSteps: fc.array(stepId), at })
    .map(({ at: time, ...payload }) => entry('phase_changed', payload, time)),
  fc.record({ reason: text }).map((payload) => entry('incident_closed', payload)),
  fc.record({ reason: text }).map((payload) => entry('incident_reopened', payload)),
  fc
    .record({
      findings: fc.array(fc.tuple(fc.constantFrom('f1', 'f2', 'f3'), fc.nat(9)), { maxLength: 4 }),
      files: fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.constantFrom('', '11', '22')), {
        maxLength: 4,
      }),
    })
    .map(({ findings, files }) =>
      entry('timeline_saved', {
        findings: findings.map(([id, count]) => finding(id, count)),
        files: files.map(([path, sha256]) => account(path, sha256)),
        argv: [],
      }),
    ),
  fc
    .record({ path: text, sha256: text, template: text })
    .map((payload) => entry('report_rendered', payload)),
);

let folder: string;
let store: IncidentStore;
let count = 0;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ir-replay-'));
  store = await openStore(folder, { create: true });
});

afterAll(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

/** The entries with the ids of notes in place of their numbers. */
async function withNotes(id: string, entries: readonly NewEntry[]): Promise<NewEntry[]> {
  const notes = await store.notes(id);
  return entries.map((one) =>
    one.type === 'item_corrected' || one.type === 'item_withdrawn'
      ? ({
          ...one,
          payload: { ...one.payload, id: notes[Number(one.payload.id)]?.id ?? '0'.repeat(64) },
        } as NewEntry)
      : one,
  );
}

it('the tables are what a replay of the journal gives, however the entries were batched', async () => {
  const batches = fc.array(fc.array(anyEntry, { minLength: 1, maxLength: 6 }), { maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(batches, async (appends) => {
      count += 1;
      const id = `incident-${count}`;
      await store.append(id, [opened(`INC-2026-${String(count).padStart(4, '0')}`)]);
      for (const entries of appends) await store.append(id, await withNotes(id, entries));
      const { incident, ...detail } = await loadWhole(store, id);
      const shown = {
        ...detail,
        indicators: await store.items(id, 'indicators'),
        sightings: await store.items(id, 'sightings'),
        alerts: await store.items(id, 'alerts'),
        silences: await store.items(id, 'silences'),
      };
      const database = openDatabase(join(folder, 'ir.db'), { create: false });
      const state = emptyState();
      for await (const stored of entriesOf(database, id)) applyEntry(state, stored);
      await database.destroy();
      const byKey = (rows: Iterable<unknown>): string[] => [...rows].map(canonicalJson).sort();
      expect(canonicalJson(incident)).toBe(canonicalJson(state.incident));
      for (const rows of ROW_NAMES) {
        if (rows !== 'actors')
          expect(byKey(shown[rows] ?? [])).toEqual(byKey(state[rows].values()));
      }
    }),
    { numRuns: 60 },
  );
  const result = await store.verify();
  expect(result).toMatchObject({ isIntact: true, staleProjections: [] });
  expect(result.entries).toBeGreaterThan(100);
}, 60_000);
