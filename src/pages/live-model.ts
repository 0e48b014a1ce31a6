/** What the live pages show, as data that the program makes and the page draws. Any text in it may come from attackers. */
import type { Level } from '../events/level.ts';

/** A number with its name. */
export interface Figure {
  label: string;
  value: string;
  /** Coloured as this level. */
  level?: Level | undefined;
  /** Where the lines behind it are. */
  href?: string | undefined;
}

/** A row of a table: a cell is a text, a level, or a text that leads to another page of the server. */
export type Cell = string | { level: Level } | { text: string; href: string };

/** What a number counts. */
export type Unit = 'count' | 'bytes' | 'ms' | 'part';

/** A figure over time; null: nothing is known of that bucket. */
export interface SeriesRow {
  label: string;
  unit: Unit;
  values: readonly (number | null)[];
}

/** A value with a bar. */
export interface BarRow {
  value: string;
  count: number;
  /** The count for people; absent: as it is. */
  text?: string;
  /** Where the value leads. */
  href?: string;
}

/** What a panel shows. */
export type PanelData =
  | { show: 'figures'; figures: readonly Figure[]; remark?: string | undefined }
  | {
      show: 'chart';
      startUs: number;
      bucketUs: number;
      /** Events per bucket. */
      events: readonly number[];
      /** Findings per bucket, of each level from informational to critical. */
      findings: readonly (readonly number[])[];
    }
  | {
      show: 'table';
      heads: readonly string[];
      rows: readonly (readonly Cell[])[];
      /** Further rows that are not shown. */
      more: number;
      /** What is said where there is no row. */
      none: string;
    }
  | { show: 'series'; startUs: number; bucketUs: number; rows: readonly SeriesRow[] }
  | { show: 'bars'; heading: string; rows: readonly BarRow[] };

/** A panel of a page. */
export interface LivePanel {
  id: string;
  title: string;
  data: PanelData;
}

/** What every page of the server has on top. */
export interface LiveFrame {
  title: string;
  about: string;
  /** Other pages. */
  links: readonly { text: string; href: string; isHere: boolean }[];
}

/** What a dashboard is asked for. */
export interface LiveQuery {
  /** A key of `RANGES`. */
  range: string;
  /** Part of a value; empty: everything. */
  entity: string;
  /** Milliseconds since the epoch; both or none: then `range` does not count. */
  fromMs?: number | undefined;
  toMs?: number | undefined;
}

/** Stretches of time that can be looked at, in minutes. */
export const RANGES: Readonly<Record<string, number>> = {
  '15m': 15,
  '1h': 60,
  '6h': 360,
  '24h': 1440,
  '7d': 10_080,
  '30d': 43_200,
  all: Number.POSITIVE_INFINITY,
};

/** The part of an address that asks for it. */
export const queryText = ({ range, entity, fromMs, toMs }: LiveQuery): string =>
  `?${new URLSearchParams({
    range,
    ...(entity === '' ? {} : { entity }),
    ...(fromMs === undefined || toMs === undefined
      ? {}
      : { from: String(fromMs), to: String(toMs) }),
  }).toString()}`;
