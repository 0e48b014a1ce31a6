/** Holds the sorted rows of all pieces of work, spilling to disk beyond a budget, and gives them merged. */
import { BYTES_PER_ROW, createRowFile, type RowFile } from './row-file.ts';
import { createRun, mergeRuns, type Run, type Stretch } from './row-merge.ts';
import { type Rows, weightOf } from './rows.ts';
import { createTextTable } from './text-table.ts';

/** All rows of a run. Times are microseconds since the epoch. */
export interface RowStore {
  /** Takes sorted rows over, columns and all. Throws an `IrError` when the disk is full. */
  add(rows: Rows): void;
  /** The text of a group or value of the merged rows: equal texts have one number. */
  textOf(index: number): string;
  /** How often the event of a row happened, by the row's value, of kinds that do not count by value. */
  weightOf(value: number): number;
  /** How many rows of a kind a group has, all in all, each for as many as it stands for; never too few: from 255 on, very many. */
  rowsOf(kind: number, group: number): number;
  /** All rows by (time, location, kind). The same object is yielded each time. Call once. */
  merged(): IterableIterator<Stretch>;
  /** Gives disk space back. */
  remove(): void;
}

/** Rows are kept in memory up to here, then all further runs go to disk. */
const MEMORY_BUDGET_BYTES = 40 * 1024 * 1024;

/** There may be millions of groups for each of many kinds, nearly all of them with a row or two: a byte is enough to tell. */
const MANY = 255;

/** Makes an empty store. Whoever makes it calls `remove` in the end. */
export function createRowStore(): RowStore {
  const runs: Run[] = [];
  const known = createTextTable();
  /** By kind, then by group. */
  const counts: (Uint8Array | undefined)[] = [];
  /** By number of the text; nearly always empty. */
  const weights = new Map<number, number>();
  let memoryBytes = 0;

  const countRows = ({ count, kinds, groups, values }: Rows): void => {
    for (let index = 0; index < count; index += 1) {
      const kind = kinds[index]!;
      const group = groups[index]!;
      let ofKind = counts[kind];
      if (ofKind === undefined || group >= ofKind.length) {
        const wider = new Uint8Array(Math.max(group + 1, 2 * (ofKind?.length ?? 128)));
        if (ofKind !== undefined) wider.set(ofKind);
        counts[kind] = ofKind = wider;
      }
      const weight = weights.size === 0 ? 1 : (weights.get(values[index]!) ?? 1);
      ofKind[group] = Math.min(MANY, ofKind[group]! + weight);
    }
  };
  let file: RowFile | undefined;

  const tableOf = (texts: readonly string[]): Uint32Array =>
    Uint32Array.from(texts, (text) => {
      const { size } = known;
      const index = known.numberOf(text);
      const weight = index < size ? undefined : weightOf(text);
      if (weight !== undefined) weights.set(index, weight);
      return index;
    });

  const remove = (): void => {
    file?.remove();
    file = undefined;
  };

  return {
    remove,
    textOf: known.textOf,
    weightOf: (value) => weights.get(value) ?? 1,
    rowsOf(kind, group) {
      const rows = counts[kind]?.[group] ?? 0;
      return rows < MANY ? rows : Number.MAX_SAFE_INTEGER;
    },
    add(rows) {
      if (rows.count === 0) return;
      const table = tableOf(rows.strings);
      renumber(rows.groups, table);
      renumber(rows.values, table);
      countRows(rows);
      const bytes = rows.count * BYTES_PER_ROW;
      if (memoryBytes + bytes <= MEMORY_BUDGET_BYTES) {
        memoryBytes += bytes;
        runs.push(createRun(rows));
        return;
      }
      file ??= createRowFile();
      runs.push(createRun(rows, file.append(rows)));
    },
    *merged() {
      yield* mergeRuns(runs);
      remove();
    },
  };
}

/** In place: there may be millions. */
function renumber(column: Uint32Array, table: Uint32Array): void {
  for (let index = 0; index < column.length; index += 1) column[index] = table[column[index]!]!;
}
