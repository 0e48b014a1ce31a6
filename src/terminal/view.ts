/** How a command's result becomes output. One view file per result in `views/`, exporting `view`. */
import type { Rows } from './exports/row.ts';
import type { Style } from './style.ts';

/** Text, or pieces of it; bytes are written as they are. */
export type Output = string | Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>;

/**
 * Renderers by output format; each returns text (with line endings) and never writes. A format that is
 * missing is refused with a usage error, except `json`: without a renderer the result itself is printed.
 */
export interface View<R> {
  /** Is each piece shown as it comes, as somebody waits for it? */
  isLive?: boolean;
  text(result: R, style: Style): Output;
  json?(result: R): unknown;
  /** For results that are streamed: the elements of one JSON array. Instead of `json`. */
  jsonStream?(result: R): AsyncIterable<unknown>;
  /** One document per line. */
  jsonl?(result: R): Iterable<unknown> | AsyncIterable<unknown>;
  csv?(result: R): Output;
  md?(result: R): Output;
  /** One page that needs nothing else. */
  html?(result: R): Output;
  pdf?(result: R): Output;
  /** A picture. */
  svg?(result: R): Output;
  /** The rows that can be exported, as ECS documents, and the fields that were asked for. */
  rows?(result: R): { rows: Rows; columns?: readonly string[] | undefined };
}
