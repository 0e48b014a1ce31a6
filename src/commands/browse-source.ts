/** What a full-screen browser of a timeline is given: rows that are there, lines that are read where somebody looks, and what can be asked for. */
import type { Level } from '../events/level.ts';

/** A line of a log, which an attacker may have written. */
export interface BrowseLine {
  /** Microseconds since the epoch; undefined: no time. */
  atUs: number | undefined;
  /** As the user named the file. */
  path: string;
  /** Byte offset in its content, unpacked. */
  offset: number;
  /** 1-based; undefined where lines were not counted yet. */
  line: number | undefined;
  text: string;
}

/** ECS field and value. */
export type BrowseEntity = readonly [field: string, value: string];

/** What a single line says beyond its text. */
export interface LineDetail {
  /** 1-based; 0: not known. */
  line: number;
  entities: readonly BrowseEntity[];
  /** ECS field and value, all of the event. */
  fields: readonly BrowseEntity[];
}

/** Lines by number, in the order of time. */
export interface LineList {
  readonly count: number;
  /** Reads a line; neighbours are read with it. */
  at(number: number): BrowseLine;
  detail(number: number): LineDetail;
  /** Looks for a text in any case among all lines, or those named; hands over numbers in order, and how many were looked at. */
  find(
    text: string,
    among: ArrayLike<number> | undefined,
    onFound: (numbers: readonly number[], looked: number) => void,
    signal: AbortSignal,
  ): Promise<void>;
}

/** A finding as a row. */
export interface BrowseFinding {
  id: string;
  atUs: number | undefined;
  untilUs: number | undefined;
  level: Level;
  title: string;
  /** Events. */
  count: number;
  source: string;
  entities: readonly BrowseEntity[];
  techniques: readonly string[];
  /** Further sentences on it. */
  notes: readonly string[];
  /** The lines that it cites. */
  cited: LineList;
}

/** A line of a file, with those around it. */
export interface FileWindow {
  path: string;
  lines: readonly { number: number | undefined; offset: number; text: string }[];
  /** Which of them was asked for. */
  at: number;
  /** Do the lines reach the beginning, the end, of the file? */
  isStart: boolean;
  isEnd: boolean;
}

/** A zone in which times are shown. */
export interface BrowseZone {
  name: string;
  /** Minutes east of UTC at a moment, milliseconds since the epoch. */
  offsetAt(ms: number): number;
}

/** A row that is bookmarked: a finding, or a line of its own. */
export interface BrowseMark {
  finding?: BrowseFinding | undefined;
  line?: (BrowseLine & { line: number }) | undefined;
}

/** All that a browser shows and asks for. What is asked for takes as long as reading takes, and throws `IrError`s. */
export interface BrowseSource {
  /** What the start shows: findings, or with `--all` every event. */
  findings: readonly BrowseFinding[] | undefined;
  events: LineList | undefined;
  /** Said below the list at the start, such as why there is nothing. */
  remark: string;
  zones: readonly BrowseZone[];
  /** All lines of a finding: those that its rules hit or counted. */
  linesOf(finding: BrowseFinding, signal: AbortSignal): Promise<LineList>;
  /** Every event that names an entity, or belongs to its sessions. */
  eventsOf(entity: BrowseEntity, signal: AbortSignal): Promise<LineList>;
  /** A line in its file; undefined where that is no text. */
  around(line: BrowseLine, signal: AbortSignal): Promise<FileWindow | undefined>;
  /** Puts a row into the incident, with a note; gives what is said of it. */
  bookmark(mark: BrowseMark, note: string): Promise<string>;
}

/** The screen of this run. */
export interface BrowseScreen {
  /** Are standard input and output terminals that can be drawn on? */
  readonly isPossible: boolean;
  /** Shows it until it is left. @throws IrError where the run is interrupted */
  browse(source: BrowseSource): Promise<void>;
}
