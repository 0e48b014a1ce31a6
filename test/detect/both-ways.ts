/** One piece of a file, read in the fast way of its format and with care. */
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFilter } from '../../src/detect/event-filter.ts';
import type { Plan } from '../../src/detect/plan.ts';
import { createScanner, type ScanResult } from '../../src/detect/scan-task.ts';
import { createSketchMemory } from '../../src/detect/sketch.ts';
import { eachSource, nameOfSource, type SourceCounts } from '../../src/detect/source-counts.ts';
import { FORMATS } from '../../src/logs/formats/list.ts';
import type { LogFormat } from '../../src/logs/formats/log-format.ts';
import { atOnce } from '../../src/logs/turns.ts';
import { yearsBefore } from '../../src/logs/year-basis.ts';

/**
 * Reads `text` as a format, and counts the lines that are read with care.
 * @param isFast false: every line is
 */
export function scanPiece(
  text: string,
  isFast: boolean,
  plan: Plan,
  format: string,
): ScanResult & { parses: number; cells: Uint8Array } {
  const folder = mkdtempSync(join(tmpdir(), 'ir-piece-'));
  const path = join(folder, 'log');
  writeFileSync(path, text);
  const sizeBytes = statSync(path).size;
  const limits = { sinceUs: -Infinity, untilUs: Infinity, entities: [], isCareful: !isFast };
  let parses = 0;
  const counted = (real: LogFormat): LogFormat => ({
    ...real,
    parse(line, clock) {
      parses += 1;
      return real.parse(line, clock);
    },
  });
  const sketchMemory = createSketchMemory(plan.sketchCount, 1);
  const scanner = createScanner({
    plan,
    formats: FORMATS.map((each) => (each.name === format ? counted(each) : each)),
    sketchMemory,
    section: 1,
    filter: createFilter(limits),
  });
  const scan = scanner.scan({
    id: 0,
    file: 0,
    absolute: path,
    start: 0,
    end: sizeBytes,
    sizeBytes,
    state: undefined,
    format,
    streams: {},
    isRecords: false,
    years: yearsBefore({ limitMs: Date.UTC(2026, 11, 31), isStrict: false, offsetMinutes: 0 }),
    headers: [],
    zone: 'Europe/Berlin',
    adjustment: undefined,
    before: [],
    purpose: 'rules',
    gapUs: 0,
  });
  const result = atOnce(scan);
  rmSync(folder, { recursive: true });
  return { ...result, parses, cells: new Uint8Array(sketchMemory, 0, sketchMemory.byteLength - 4) };
}

/** The counts of all sources by name. */
export function listed(counts: SourceCounts): string[] {
  const list: string[] = [];
  eachSource(counts, (key, ...values) => list.push(`${nameOfSource(key)} ${values.join(' ')}`));
  return list.sort();
}

/** Everything that a piece gives, with rows as text. */
export function written({ account, totals, bursts, rows, problem }: ScanResult): unknown {
  const { count, times, locations, kinds, groups, values, strings } = rows;
  return {
    problem,
    account,
    totals: { ...totals, sources: listed(totals.sources), echoes: listed(totals.echoes) },
    bursts: bursts.map((burst) => JSON.stringify(burst)).sort(),
    rows: Array.from({ length: count }, (_, row) =>
      [times[row], locations[row], kinds[row], strings[groups[row]!], strings[values[row]!]].join(
        ' ',
      ),
    ),
  };
}
