/** What `ir grep` asks, gives and ends with, whether it searched lines or events. */
import type { StreamedEvent } from '../detect/event-stream.ts';
import type { Span } from '../detect/search/addresses.ts';
import type { Around } from '../detect/search/context-lines.ts';
import type { SearchQuery } from '../detect/search/query.ts';
import type { FoundPart } from '../detect/search/search-files.ts';
import { EXIT, type ExitCode } from '../errors.ts';
import type { CommandOutcome } from './outcome.ts';
import type { SaidOptions } from './said-options.ts';

/** The options of `ir grep` as commander gives them. */
export interface GrepOptions extends SaidOptions {
  regexp?: readonly string[];
  fixedStrings?: boolean;
  ignoreCase?: boolean;
  invertMatch?: boolean;
  count?: boolean;
  by?: string;
  afterContext?: string;
  beforeContext?: string;
  context?: string;
  around?: string;
  since?: string;
  until?: string;
  where?: string;
  columns?: string;
  output?: string;
  force?: boolean;
  save?: boolean;
  note?: string;
  sort?: 'file' | 'time';
  referenceTime?: string;
  workers?: string;
  follow?: boolean;
  passwordFile?: string;
}

/** What the view shows. */
export type GrepResult = LinesResult | CountsResult | EventsResult;

/** Lines as they are written. */
export interface LinesResult {
  kind: 'lines';
  pathOf(file: number): string;
  parts: AsyncIterable<FoundPart>;
  /** What is to be seen at once in a line. */
  spansIn(line: string): readonly Span[];
}

/** How many there are, of each file or each value of a field. */
export interface CountsResult {
  kind: 'counts';
  /** `file`, or the name of a field. */
  by: string;
  counts: AsyncIterable<{ value: string; count: number }>;
}

/** Events with their fields. */
export interface EventsResult {
  kind: 'events';
  /** The fields that are wanted; undefined: all that an event has. */
  columns: readonly string[] | undefined;
  events: AsyncIterable<StreamedEvent>;
}

/** What is asked, checked. */
export interface Asked {
  paths: readonly string[];
  query: SearchQuery;
  around: Around | undefined;
  columns: readonly string[] | undefined;
  options: GrepOptions;
}

/** What ends a run: whether there was anything, and what could not be read. */
export interface Tally {
  found: number;
  reasons(): string[];
}

/** How a search ends: 4 where something could not be read, else 1 where nothing was found. */
export const ending = (tally: Tally): Pick<CommandOutcome<unknown>, 'exitAfter' | 'reasons'> => ({
  exitAfter: (): ExitCode => {
    if (tally.reasons().length > 0) return EXIT.unreadableInput;
    return tally.found > 0 ? EXIT.done : EXIT.findings;
  },
  reasons: tally.reasons,
});

/** Counts what passes by. */
export async function* counted(
  parts: AsyncIterable<FoundPart>,
  tally: Tally,
): AsyncGenerator<FoundPart> {
  for await (const part of parts) {
    tally.found += part.count;
    yield part;
  }
}
