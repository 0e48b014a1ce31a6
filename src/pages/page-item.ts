/** What a page tells of in time: a finding, something that a responder did, something that a system did by itself. */
import type { Level } from '../events/level.ts';

/** Whose doing it was. */
export const SIDES = ['attacker', 'responder', 'system'] as const;

/** Whose doing it was. */
export type Side = (typeof SIDES)[number];

/** Its names for people. */
export const SIDE_NAMES: Readonly<Record<Side, string>> = {
  attacker: 'Attacker',
  responder: 'Responder',
  system: 'System',
};

/** A line that it rests on, or that stands around one. */
export interface PageLine {
  /** `access.log:12`, or `E-001:12`. */
  place: string;
  text: string;
  /** Stands around a cited line, and is not cited itself. */
  isAround?: boolean;
}

/** One row of a page. Text may come from attackers. */
export interface PageItem {
  /** `F-01`, or the id that `ir explain` takes. */
  number: string;
  side: Side;
  /** Microseconds since the epoch; undefined: no time. */
  atUs: number | undefined;
  untilUs: number | undefined;
  /** Absent for what is no finding. */
  level?: Level | undefined;
  title: string;
  tactics: readonly string[];
  techniques: readonly string[];
  /** Events that it stands for. */
  count: number;
  /** ECS field and value. */
  entities: readonly (readonly [field: string, value: string])[];
  /** File, or who did it. */
  source: string;
  lines: readonly PageLine[];
  /** Further sentences on it. */
  notes: readonly string[];
}

/** Items as columns: what filters, charts and the table need of each. Indexes point into the lists of values. */
export interface ItemIndex {
  titles: readonly string[];
  sources: readonly string[];
  /** ECS field and value. */
  entities: readonly (readonly [field: string, value: string])[];
  tactics: readonly string[];
  techniques: readonly string[];
  /** Milliseconds since the epoch, each less the one before; null: no time. */
  at: readonly (number | null)[];
  /** Milliseconds that it lasted. */
  lasted: readonly number[];
  /** One digit an item: 0 informational to 4 critical, 9 none; and the index in `SIDES`. */
  levels: string;
  sides: string;
  title: readonly number[];
  source: readonly number[];
  count: readonly number[];
  entity: readonly (readonly number[])[];
  tactic: readonly (readonly number[])[];
  technique: readonly (readonly number[])[];
  /** Items in one block of details. */
  blockSize: number;
}

/** What only the panel beside the table shows, of one item. */
export interface ItemDetail {
  number: string;
  lines: readonly PageLine[];
  notes: readonly string[];
}
