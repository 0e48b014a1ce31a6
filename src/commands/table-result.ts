/** What most commands on collections give: rows to look at, or a receipt for what was written. */
import type { NextCommand } from './next-commands.ts';

/** A time, which is shown in the user's zone. */
export interface AtCell {
  at: string;
}

/** What may stand in a cell or in a line. */
export type Cell = string | number | undefined | AtCell;

/** Rows of a collection. */
export interface TableResult {
  /** Above the rows; in `md` a heading. */
  title: string;
  heads: readonly string[];
  rows: readonly (readonly Cell[])[];
  /** The column that gets what room is left and may be cut on a terminal; the last one where absent. */
  widest?: number;
  /** Below the rows, for people. */
  notes: readonly string[];
  /** Lines of a file below them, for a program to take: neither folded nor changed. */
  verbatim?: readonly string[];
  next: readonly NextCommand[];
  /** For programs: one for each row, in `json` with what `about` says. */
  documents: readonly object[];
  /** Members of the JSON document beside `items`. */
  about: object;
}

/** A receipt. */
export interface ReceiptResult {
  lines: readonly (readonly Cell[])[];
  next: readonly NextCommand[];
  /** For programs. */
  document: object;
}
