/** What a connector is: one file a place, behind a source that is read and a sink that is written to. */
import type { Place } from './place.ts';

/** A value of JSON, as other programs send it. */
export type JsonRecord = Readonly<Record<string, unknown>>;

/** One record of a source. */
export interface SourceRecord {
  /** What the place calls it; undefined where it has no names for its records. */
  id: string | undefined;
  /** As written into the file of a pull: one line of JSON. */
  record: JsonRecord;
}

/** Records that came together, and where to go on behind them. */
export interface Page {
  records: readonly SourceRecord[];
  /** What `read` takes to go on after these, in this run or a later one; it is kept as JSON. */
  cursor: unknown;
}

/** What is asked of a source. */
export interface Asked {
  since: Date | undefined;
  until: Date | undefined;
  /** In the language of the place; everything where absent. */
  query: string | undefined;
  /** Lines of one file one after the other where the place can, as it is read for the engine; else by time. */
  isByFile?: boolean;
}

/** Logs that are read. */
export interface Source {
  /** How the query reads in the language of the place, for the record of the evidence. */
  describe(asked: Asked): string;
  /**
   * Every record once, page by page.
   * @param cursor of the last page of an earlier run
   * @throws IrError (exit 5)
   */
  read(asked: Asked, cursor: unknown): AsyncGenerator<Page>;
}

/** What is written: an event, a finding or the state of an incident. */
export interface SinkDocument {
  /** The same for the same event in every run: what knows ids takes nothing twice. */
  id: string;
  /** Microseconds since the epoch. */
  timeUs: number | undefined;
  /** Nested, with names of ECS. */
  fields: JsonRecord;
  /** One line for people: that of the log, or a title. */
  text: string;
}

/** What became of a batch. */
export interface Written {
  written: number;
  /** Had been there. */
  known: number;
  refused: readonly { id: string; reason: string }[];
}

/** A place that takes documents. */
export interface Sink {
  /** The most at once. */
  limits: { documents: number; bytes: number };
  /** Makes what must be there before, such as a template. */
  prepare?(): Promise<void>;
  /** @throws IrError (exit 5) where the batch as a whole did not arrive */
  write(batch: readonly SinkDocument[]): Promise<Written>;
  /** What was written has arrived when it returns. */
  close?(): Promise<void>;
}

/** What a connector works with. */
export interface Reach {
  place: Place;
  /** By name, as `secrets` of the connector lists them. */
  secrets: Readonly<Record<string, string | undefined>>;
  env: Readonly<Record<string, string | undefined>>;
  /** Certificates that count beside those of the system, PEM. */
  ca: string | undefined;
  /** For one answer. */
  timeoutMs: number;
  signal: AbortSignal;
  say(text: string): void;
  now(): Date;
  /** Resolves after so many milliseconds; rejects when the run is ended. */
  wait(ms: number): Promise<void>;
}

/** A kind of place. */
export interface Connector {
  schemes: readonly string[];
  title: string;
  /** How such a place is written. */
  example: string;
  url: string;
  /** Each with the variables of the environment in which the maker's own tools look for it. */
  secrets: Readonly<Record<string, readonly string[]>>;
  /** Does it take the queries that rules are put into? */
  isHunted?: boolean;
  source?(reach: Reach): Source;
  sink?(reach: Reach): Sink;
}
