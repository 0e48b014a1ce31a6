/** Decides the years of all files of a run: the parts of a rotated log bound each other. */
import { findFolds } from './clock-folds.ts';
import type { PreparedFile, UndatedFile } from './prepare.ts';
import { rotationOf } from './rotation.ts';
import { zoneTimeAt } from './time-zone.ts';
import { findYears, type YearBasis, type YearBounds } from './year-basis.ts';

/** What the user said of the times in his logs. */
export interface DateOptions {
  /** Replaces the dates of files, their names and neighbours; milliseconds since the epoch. */
  referenceMs: number | undefined;
}

/** Between the end of one part and the beginning of the next lies no more than this. */
const MAX_PAUSE_MS = 100 * 86_400_000;

/** Gives each file the years of its stamps. */
export function dateFiles(files: readonly UndatedFile[], options: DateOptions): PreparedFile[] {
  const bases = new Map<UndatedFile, YearBasis>();
  for (const parts of partsOfLogs(files)) {
    let next: YearBasis | undefined;
    for (const file of parts) {
      const basis = basisOf(file, next, options);
      bases.set(file, basis);
      if (basis.firstMs !== undefined) next = basis;
    }
  }
  return files.map((file) => {
    const { years } = bases.get(file) as YearBasis;
    const folds = findFolds(file, years, file.zone);
    return { ...file, years: folds.length === 0 ? years : { ...years, folds } };
  });
}

/** The parts of each log, the newest first. */
function partsOfLogs(files: readonly UndatedFile[]): UndatedFile[][] {
  const logs = new Map<string, { file: UndatedFile; age: number }[]>();
  for (const file of files) {
    const { log, age } = rotationOf(file.path);
    const parts = logs.get(log);
    if (parts === undefined) logs.set(log, [{ file, age }]);
    else parts.push({ file, age });
  }
  return [...logs.values()].map((parts) =>
    parts.sort((a, b) => a.age - b.age).map(({ file }) => file),
  );
}

function basisOf(
  { stamps, dateMs, zone }: UndatedFile,
  next: YearBasis | undefined,
  { referenceMs }: DateOptions,
): YearBasis {
  const limitMs = referenceMs ?? dateMs;
  const { offsetMinutes } = zoneTimeAt(zone, limitMs);
  const bounds: YearBounds = { limitMs, isStrict: referenceMs !== undefined, offsetMinutes };
  const alone = findYears(stamps, bounds);
  if (referenceMs !== undefined || next?.firstMs === undefined) return alone;
  const nextFirstMs = next.firstMs - offsetMinutes * 60_000;
  const before = findYears(stamps, { ...bounds, nextFirstMs });
  // Files that are numbered for another reason lie beside each other, not one after the other.
  const pauseMs = next.firstMs - (before.lastMs ?? Number.NEGATIVE_INFINITY);
  return pauseMs < MAX_PAUSE_MS ? before : alone;
}
